"""What ships is read by somebody."""

from __future__ import annotations

from pathlib import Path

from avise.resources import resource_folder

AVISE = Path(__file__).parents[3] / "avise"


def test_every_icon_that_ships_is_named_by_the_program() -> None:
    code = "\n".join(path.read_text("utf-8") for path in AVISE.rglob("*.py"))
    icons = [path.stem for path in resource_folder("icons").glob("*.svg")]
    assert icons
    assert [icon for icon in icons if f'"{icon}"' not in code] == []
