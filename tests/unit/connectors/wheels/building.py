"""Builds and installs wheels of connectors, without a network."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

PROJECT = Path(__file__).with_name("ledger_project")


def installed(folder: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """Build the ledger's wheel and install it; return the folder of wheels.

    Args:
        folder: an empty one, of the test.
        changes: by file of the project, a text and what stands in its place.
    """
    wheels = folder / "wheels"
    with zipfile.ZipFile(built(folder, changes)) as archive:
        archive.extractall(wheels)
    return wheels


def built(folder: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """Build the ledger's wheel, changed as `installed` says; return its file."""
    folder.mkdir(exist_ok=True)
    project = folder / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (before, after) in (changes or {}).items():
        path = project / name
        content = path.read_text("utf-8") if path.is_file() else ""
        assert before in content, f"{name} has changed"
        path.write_text(content.replace(before, after) if before else after, "utf-8")
    (wheel,) = WheelBuilder(str(project)).build(directory=str(folder / "dist"), versions=["standard"])
    return Path(wheel)
