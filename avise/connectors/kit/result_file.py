"""Writes the result of a run beside the connector (`levels.py` reads it)."""

from __future__ import annotations

import json
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from avise.connectors.kit.contents import content_hash
from avise.connectors.kit.levels import FORMAT
from avise.connectors.kit.subject import Subject
from avise.connectors.kit.suite import Report
from avise.connectors.kit.verdicts import Verdict
from avise.models.json_types import JSON


def write_result(path: Path, subject: Subject, report: Report, tool: str, now: datetime) -> None:
    """Write the result of a run.

    Args:
        path: of the result file.
        subject: what was tested.
        report: what came of it.
        tool: "live" or "recorded".
        now: aware.

    Raises:
        OSError: it cannot be written.
    """
    skips: list[JSON] = [
        {"check": one.name, "reason": one.params.get("reason", ""), "until": one.until}
        for one in report.results
        if one.verdict is Verdict.SKIPPED
    ]
    result: dict[str, JSON] = {
        "format": FORMAT,
        "connector": report.connector,
        "version": report.version,
        "level": str(report.level) if report.level is not None else None,
        "on": now.date().isoformat(),
        "tool": tool,
        "avise": program_version(),
        "content": content_hash([subject.file] if subject.file is not None else ()),
        "code": content_hash(subject.code),
        "skips": skips,
    }
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def program_version() -> str:
    """Return the version of Avise, "" when it is not installed."""
    try:
        return version("avise")
    except PackageNotFoundError:
        return ""
