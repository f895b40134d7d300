"""Checks that an author leaves out for a time: `conformance.toml`, each with its reason and its last day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

from pydantic import Field

from avise.connectors.declarative.documents import check_file
from avise.connectors.declarative.problems import Finding, ProblemAt, closest
from avise.connectors.declarative.values import Section
from avise.connectors.kit.check import Check
from avise.connectors.kit.verdicts import CheckResult, Verdict
from avise.env import Env
from avise.models.errors import AviseError

FILE_NAME = "conformance.toml"


class Skip(Section):
    """One check left out."""

    check: str
    reason: str = Field(min_length=1)
    until: date
    """The last day on which it is."""
    connector: str = ""
    """Of which connector of the folder; all when empty."""


class Skips(Section):
    """What the file says."""

    skip: list[Skip] = Field(default_factory=list)


class SkipsError(AviseError):
    """A `conformance.toml` with errors; all of them are in it."""

    def __init__(self, path: Path, problems: tuple[ProblemAt, ...]) -> None:
        super().__init__("kit.skips_refused", name=path.name, count=str(len(problems)))
        self.path = path
        self.problems = problems


def read_skips(folder: Path, connector: str, checks: Collection[str]) -> Sequence[Skip]:
    """Return what is left out for a connector; nothing when the folder has no such file.

    Args:
        folder: the connector's.
        connector: its name.
        checks: names of all checks.

    Raises:
        SkipsError: the file has errors.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return ()

    def unknown(content: Skips) -> Iterable[Finding]:
        for number, skip in enumerate(content.skip):
            if skip.check not in checks:
                params = {"name": skip.check, "suggestion": closest(skip.check, checks)}
                yield Finding(("skip", number, "check"), "kit.scenarios.unknown_check", params)

    checked = check_file(path, Skips, unknown)
    if checked.content is None:
        raise SkipsError(path, checked.problems)
    return [skip for skip in checked.content.skip if skip.connector in {"", connector}]


def skipped(check: Check, skip: Skip, env: Env) -> CheckResult | None:
    """Return the result of a check that is left out, None when its last day has passed."""
    if skip.until < env.now().date():
        return None
    params = {"reason": skip.reason}
    return CheckResult(check.name, check.level, Verdict.SKIPPED, params=params, until=skip.until.isoformat())
