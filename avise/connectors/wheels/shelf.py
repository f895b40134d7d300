"""Takes a connector out of its wheel: the folder joins the import path, behind everything of Avise."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

from avise.connectors.wheels.scanning import WheelConnector, scan_wheels


@dataclass(frozen=True, slots=True)
class WheelPoint:
    """The class behind an entry point of a wheel."""

    point: EntryPoint
    folder: Path

    def load(self) -> object:
        """Import the class.

        Raises:
            Exception: whatever the module does wrong while it is imported.
        """
        place = str(self.folder)
        if place not in sys.path:
            # Last: no wheel may put itself in the place of what Avise or Python ships.
            sys.path.append(place)
            importlib.invalidate_caches()
        return self.point.load()


class WheelShelf:
    """The connectors of the wheels in a folder, scanned when first asked for.

    Args:
        folder: where IT installs wheels (`pip install --no-deps --target`); None for nowhere.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._found: Mapping[str, WheelConnector] | None = None

    @property
    def connectors(self) -> Mapping[str, WheelConnector]:
        """Every connector by name, refused ones included."""
        if self._found is None:
            self._found = {connector.name: connector for connector in scan_wheels(self._folder)}
        return self._found

    def points(self) -> Mapping[str, WheelPoint]:
        """Return the classes that a file of kind `python` may use, those of refused wheels left out."""
        return {
            name: WheelPoint(found.point, found.folder)
            for name, found in self.connectors.items()
            if found.has_code and found.refusal is None
        }

    def look_again(self) -> None:
        """Scan the folder at the next question: a wheel may have been added meanwhile."""
        self._found = None
