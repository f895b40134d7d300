"""Icons: Lucide shapes in a colour of the theme, rendered once for each size, colour and screen."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from avise.resources import resource_folder

STROKE = "1.75"
"""Stroke on the grid of 24 (`ui.md` 3.3)."""


class IconCache:
    """Pixmaps of icons, kept by name, size, colour and device pixel ratio."""

    def __init__(self) -> None:
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, int, str, float], QPixmap] = {}

    def pixmap(self, name: str, size: int, colour: str, ratio: float) -> QPixmap:
        """Return an icon as a pixmap of `size` device-independent pixels."""
        key = (name, size, colour, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._render(name, size, colour, ratio)
        return found

    def clear(self) -> None:
        """Forget the pixmaps: the zoom or the colours changed."""
        self._pixmaps.clear()

    def _source(self, name: str) -> str:
        if name not in self._sources:
            path = resource_folder("icons") / f"{name}.svg"
            self._sources[name] = path.read_text(encoding="utf-8")
        return self._sources[name]

    def _render(self, name: str, size: int, colour: str, ratio: float) -> QPixmap:
        svg = self._source(name).replace("currentColor", colour)
        svg = svg.replace('stroke-width="2"', f'stroke-width="{STROKE}"')
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            QSvgRenderer(QByteArray(svg.encode())).render(
                painter, QRectF(0, 0, pixmap.width(), pixmap.height())
            )
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
