"""The file beside the code of a Python connector, and what is told of it after a change of its options."""

from __future__ import annotations

from pathlib import Path

from avise.connectors.declarative.load import check_connector_file
from avise.connectors.shipped import FILE_NAME


def file_of(room: str) -> Path:
    """Return the file beside a connector's code."""
    return Path(__file__).parents[3] / "avise" / "connectors" / room / FILE_NAME


def told_after(file: Path, folder: Path, good: str, bad: str) -> list[tuple[int, str]]:
    """Return line and key of each error once the first `good` of the options has become `bad`."""
    text = file.read_text("utf-8")
    at = text.index(good, text.index("[options]"))
    copy = folder / file.name
    copy.write_text(text[:at] + bad + text[at + len(good) :], "utf-8")
    return [(problem.line, problem.key_path) for problem in check_connector_file(copy)]
