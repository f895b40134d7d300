"""Pictures of the window: what the tour, the user guide and a person who checks the looks need."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from avise.ui.theme import Scheme, theme
from avise.ui.widgets.face import whole_faces


def render(
    window: QWidget, path: Path, size: QSize, scheme: Scheme | None = None, scale: float = 1.0
) -> Path:
    """Write a picture of a widget as PNG, at the size asked for, with its layouts settled.

    Args:
        window: shown or not; it is given the size and keeps it.
        path: of the file to write.
        size: in device-independent pixels.
        scheme: light or dark first, None to leave the theme as it is.
        scale: device pixels for each device-independent pixel.

    Returns:
        The path written.

    Raises:
        OSError: the file cannot be written.
    """
    if scheme is not None:
        theme().set_scheme(scheme)
    window.resize(size)
    settle(window)
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter, whole_faces():
        window.render(painter, QPoint())
    if not image.save(str(path)):
        raise OSError(path.name)
    return path


def settle(window: QWidget) -> None:
    """Let layouts take their final places, as they do before a first paint."""
    window.ensurePolished()
    # Deferred deletions and layout requests are posted events; nothing else is waited for.
    for _ in range(3):
        QApplication.sendPostedEvents()
        if (layout := window.layout()) is not None:
            layout.activate()
