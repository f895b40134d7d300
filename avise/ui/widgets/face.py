"""The face of a painted widget: kept as a picture, and drawn anew within a budget.

A page of seventeen blocks painted in one go takes half a frame of Qt's thread and, while tools are
answering, much more. Each block keeps its picture: what did not change is copied, and what did is drawn
until the turn of the loop has no time left; the others show the picture that they had until the next turn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from avise.ui.theme import theme
from avise.ui.turns import turns


class _Faces(QObject):
    """The faces that wait for another turn. One a process, like the turns."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._unlimited = 0
        self._waiting: list[QWidget] = []
        turns().begun.connect(self._on_begun)

    def may_draw(self) -> bool:
        """Return whether another face may be drawn in this turn."""
        return self._unlimited > 0 or turns().has_time()

    @contextlib.contextmanager
    def without_limit(self) -> Iterator[None]:
        """Let every face be drawn during the block."""
        self._unlimited += 1
        try:
            yield
        finally:
            self._unlimited -= 1

    def wait(self, widget: QWidget) -> None:
        """Ask this widget to paint itself again in the next turn."""
        self._waiting.append(widget)
        turns().give_way()
        turns().open_next()

    def is_short(self) -> bool:
        """Return whether a face waits for the next turn."""
        return bool(self._waiting)

    @Slot()
    def _on_begun(self) -> None:
        waiting, self._waiting = self._waiting, []
        for widget in waiting:
            if shiboken6.isValid(widget):
                widget.update()


def _faces() -> _Faces:
    application = QCoreApplication.instance()
    if application is None:
        raise RuntimeError("Qt has no application yet")
    found = application.findChild(_Faces, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, _Faces) else _Faces(application)


class Face:
    """The picture of one widget, which owns it.

    Args:
        widget: painted; opaque over its whole rectangle.
        paint: draws the widget, in its own coordinates.
    """

    def __init__(self, widget: QWidget, paint: Callable[[QPainter], None]) -> None:
        self._widget, self._paint = widget, paint
        self._picture: QPixmap | None = None
        self._current = False

    def outdate(self) -> None:
        """Draw it again: the widget is not what it was."""
        self._current = False
        self._widget.update()

    def forget(self) -> None:
        """Give the picture's memory back; for a widget that nobody sees."""
        self._picture = None
        self._current = False

    def draw(self, painter: QPainter) -> None:
        """Draw the widget: its picture, brought up to date when the turn still allows it."""
        ratio = self._widget.devicePixelRatioF()
        size = self._widget.size() * ratio
        fits = self._picture is not None and self._picture.size() == size
        if not (self._current and fits):
            if _faces().may_draw():
                with turns().spending():
                    self._picture = self._drawn(ratio)
                self._current = True
            else:
                _faces().wait(self._widget)
        if not fits and not self._current:
            painter.fillRect(self._widget.rect(), theme().colour("bg-app"))
        if self._picture is not None:
            painter.drawPixmap(0, 0, self._picture)

    def _drawn(self, ratio: float) -> QPixmap:
        picture = QPixmap(self._widget.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        # Opaque, so that letters keep the smoothing of the screen.
        picture.fill(theme().colour("bg-app"))
        with QPainter(picture) as painter:
            self._paint(painter)
        return picture


def whole_faces() -> contextlib.AbstractContextManager[None]:
    """Draw every face at once during a `with` block: for pictures, where there is no next turn."""
    return _faces().without_limit()


def drawn_within_budget(widget: QWidget, draw: Callable[[], None]) -> bool:
    """Draw something long, or leave it to the next turn; return whether it was drawn.

    Args:
        widget: painted again in the next turn when this one has no time left.
        draw: draws.
    """
    if not _faces().may_draw():
        _faces().wait(widget)
        return False
    with turns().spending():
        draw()
    return True


def faces_wait() -> bool:
    """Return whether a face that is on screen is not drawn as it now is."""
    return _faces().is_short()
