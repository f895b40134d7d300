"""Who is beside a request: initials in a circle, whose edge says what they do (`ui.md` 5.11).

Plain: looks. Two pixels of accent: writes. Dashed and dimmed: away. The word stands beside, or is heard.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.services.request_values import PresenceKind
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, draw_text

SIZE = 20
_INKS: dict[PresenceKind | None, str] = {PresenceKind.WRITING: "accent-text", PresenceKind.ABSENT: "text-3"}


def initials_of(name: str) -> str:
    """Return the initials of a display name: "Karim Benali" gives KB."""
    words = name.replace("-", " ").split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()


def paint_avatar(
    painter: QPainter,
    initials: str,
    left: float,
    middle: float,
    *,
    kind: PresenceKind | None = None,
    size: float = SIZE,
) -> QRectF:
    """Paint initials in a circle whose left edge and middle are given; return its place.

    Args:
        painter: of a widget or a delegate.
        initials: at most two letters.
        left: of the circle.
        middle: of its height.
        kind: what the person does now; None for an author, or whoever holds a request.
        size: at 100 %.
    """
    px = theme().px
    place = QRectF(left, round(middle - px(size) / 2), px(size), px(size))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme().colour("bg-surface" if kind is PresenceKind.WRITING else "neutral-bg"))
    painter.setPen(_edge(kind))
    inset = 1.0 if kind is PresenceKind.WRITING else 0.5
    painter.drawEllipse(place.adjusted(inset, inset, -inset, -inset))
    painter.restore()
    # Two wide letters may touch the edge: they are never cut.
    draw_text(
        painter, place.adjusted(-px(3), 0, px(3), 0), initials, "micro", _INKS.get(kind, "text-2"), CENTRE
    )
    return place


def _edge(kind: PresenceKind | None) -> QPen:
    if kind is PresenceKind.WRITING:
        return QPen(theme().colour("accent"), 2)
    if kind is PresenceKind.ABSENT:
        return QPen(theme().colour("border-control"), 1, Qt.PenStyle.DashLine)
    return QPen(theme().colour("border"), 1)


class PresenceAvatar(QWidget):
    """A person beside a request.

    Args:
        initials: shown.
        words: said, and shown by the tooltip: who, and what they do.
        kind: what they do now.
        size: 20, or 24 beside an exchange.
        parent: of the widget.
    """

    def __init__(
        self,
        initials: str,
        words: str,
        kind: PresenceKind | None = None,
        size: float = SIZE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._initials, self._kind, self._size = initials, kind, size
        heard_as(self, Role.Graphic)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._say(words)
        theme().changed.connect(self._on_theme_changed)

    @property
    def kind(self) -> PresenceKind | None:
        """What the person does now."""
        return self._kind

    def show_person(self, initials: str, words: str, kind: PresenceKind | None) -> None:
        """Show somebody else, or the same person doing something else."""
        self._say(words)
        if (initials, kind) != (self._initials, self._kind):
            self._initials, self._kind = initials, kind
            self.update()

    def _say(self, words: str) -> None:
        self.setAccessibleName(words)
        self.setToolTip(words)

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the circle."""
        return QSize(theme().px(self._size), theme().px(self._size))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the circle."""
        with QPainter(self) as painter:
            paint_avatar(painter, self._initials, 0, self.height() / 2, kind=self._kind, size=self._size)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
