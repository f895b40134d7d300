"""Where Tab goes: through what is seen, from top left to bottom right, whatever was built first.

Qt goes in the order in which widgets were made. Blocks, chips and tabs come when tools answer, so that
they would all come last. A floating panel comes after what it lies over.

Qt's own chain is left alone: asked for by Python (`nextInFocusChain`, PySide 6.11), each of its widgets is
tied to the one before, and the program fails when one of them goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cmp_to_key

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from avise.ui.customer.floating_panel import FloatingPanel

_LEAVES = (QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)
"""What is one stop, whatever it is made of."""


def go(window: QWidget, *, forward: bool) -> bool:
    """Give focus to the next stop of a window, or to the one before; return whether there is one."""
    focused = window.focusWidget()
    found = list(stops(window, focused))
    if not found:
        return False
    step = 1 if forward else -1
    here = _place_of(focused, found)
    target = found[(here + step) % len(found)] if here is not None else found[0 if forward else -1]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    target.setFocus(reason)
    _bring_into_sight(target)
    return True


def stops(parent: QWidget, focused: QWidget | None = None) -> Iterator[QWidget]:
    """Give what Tab stops at inside a widget, in the order in which it is seen.

    Args:
        parent: not a stop itself.
        focused: given in its place too, where a press of the mouse left it though Tab would not.
    """
    panels = []
    for child in _seen(parent):
        if isinstance(child, FloatingPanel):
            panels.append(child)
            continue
        if _takes_tab(child) or child is focused:
            yield child
        if not isinstance(child, _LEAVES):
            yield from stops(child, focused)
    for panel in panels:
        yield from stops(panel, focused)


def _seen(parent: QWidget) -> list[QWidget]:
    # Widgets alone: Python must keep no hold of the layouts among the children, which come and go.
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    children = parent.findChildren(QWidget, options=direct)
    shown = [child for child in children if not child.isWindow() and child.isVisible()]
    return sorted(shown, key=cmp_to_key(_before))


def _before(one: QWidget, other: QWidget) -> int:
    """Compare two neighbours: those on one line by their left, the others by their top."""
    first, second = one.geometry(), other.geometry()
    shared = min(first.bottom(), second.bottom()) - max(first.top(), second.top())
    if 2 * shared > min(first.height(), second.height()):
        return first.left() - second.left()
    return first.top() - second.top()


def _takes_tab(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isEnabled() and widget.focusProxy() is None


def _place_of(focused: QWidget | None, found: list[QWidget]) -> int | None:
    """Return the place of what has focus, or of what is around it."""
    places = {id(stop): place for place, stop in enumerate(found)}
    widget = focused
    while widget is not None:
        if id(widget) in places:
            return places[id(widget)]
        widget = widget.parentWidget()
    return None


def _bring_into_sight(widget: QWidget) -> None:
    """Scroll what is around so that a stop can be seen."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
