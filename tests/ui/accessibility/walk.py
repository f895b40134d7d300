"""What a screen reader and a keyboard find on screen, and what is wrong with it: plain sentences."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from babel.messages.pofile import read_po
from PySide6.QtCore import QAbstractItemModel, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QSplitterHandle,
    QWidget,
)

from avise.resources import resource_folder
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.customer.page import CustomerPage
from avise.ui.shell.detached_window import DetachedWindow
from avise.ui.shell.page import Zone
from tests.ui.accessibility.screens import on_screen
from tests.ui.outbox.acting_window import ActingStage

LEAST = 24
"""Pixels of a target (WCAG 2.5.8)."""
ROWS_HEARD = 40
MOST_STEPS = 400

_KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_NO_ROLE = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Window)
_CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)


# ---- what there is -----------------------------------------------------------------------------
def is_control(widget: QWidget) -> bool:
    """Return whether something can be done with a widget."""
    if isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox) or isinstance(widget, QHeaderView):
        return False  # The line edit of a field and the headers of a table are parts of one control.
    if isinstance(widget, QAbstractItemView) and widget.focusPolicy() is Qt.FocusPolicy.NoFocus:
        return False  # The arrows move in it from the field beside, which says each row.
    takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes_focus or isinstance(widget, _CONTROLS)


def controls(stage: ActingStage) -> list[QWidget]:
    """Return the controls of the window in front; while the palette holds the keyboard, its own."""
    palette = stage.window.palette_view
    shown = palette.findChildren(QWidget) if palette.isVisible() else on_screen(stage)
    active = QApplication.activeWindow()
    return [
        widget
        for widget in shown
        if widget.isVisible() and widget.window() is active and is_control(widget) and not _is_empty(widget)
    ]


def _is_empty(widget: QWidget) -> bool:
    """Return whether nothing of a widget is seen: an empty place in a layout."""
    return widget.width() == 0 or widget.height() == 0


def interface(widget: QWidget) -> QAccessibleInterface:
    """Return what assistive technology is told of a widget."""
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def name_of(widget: QWidget) -> str:
    """Return the name that is spoken."""
    return interface(widget).text(QAccessible.Text.Name)


def described(widget: QWidget) -> str:
    """Return a widget for the sentence of a failure."""
    own = type(widget).__name__
    parent = widget.parentWidget()
    return f"{own} « {name_of(widget)} » in {type(parent).__name__ if parent is not None else 'nothing'}"


# ---- role, name, state -------------------------------------------------------------------------
def wrong_roles(found: Sequence[QWidget]) -> list[str]:
    """Return the controls of which nobody is told what they are."""
    return [described(widget) for widget in found if interface(widget).role() in _NO_ROLE]


def wrong_names(found: Sequence[QWidget]) -> list[str]:
    """Return the controls without a name, or with one that is not French."""
    wrong = []
    for widget in found:
        name = name_of(widget).strip()
        if not name or _KEY.fullmatch(name) or name in english_only():
            wrong.append(described(widget))
    return wrong


@cache
def english_only() -> frozenset[str]:
    """Return the sentences of the English catalogue that are not French ones."""
    english, french = (_sentences(code) for code in ("en", "fr"))
    return frozenset(english - french)


def _sentences(code: str) -> set[str]:
    found = set()
    for path in (resource_folder("translations") / code).glob("*.po"):
        with path.open("rb") as stream:
            found |= {str(message.string) for message in read_po(stream) if message.id}
    return found - {""}


def wrong_states(found: Sequence[QWidget]) -> list[str]:
    """Return the controls whose state is told wrongly."""
    wrong = []
    for widget in found:
        state = interface(widget).state()
        if bool(state.disabled) == widget.isEnabled():
            wrong.append(f"disabled: {described(widget)}")
        if bool(state.focused) != widget.hasFocus():
            wrong.append(f"focused: {described(widget)}")
        if isinstance(widget, QAbstractButton) and widget.isCheckable():
            wrong += [f"checked: {described(widget)}"] * (bool(state.checked) != widget.isChecked())
        if isinstance(widget, QLineEdit) and bool(state.readOnly) != widget.isReadOnly():
            wrong.append(f"read only: {described(widget)}")
    return wrong


def silent_rows(found: Sequence[QWidget]) -> list[str]:
    """Return the rows of lists that are not said as a sentence."""
    wrong = []
    for widget in found:
        if not isinstance(widget, QAbstractItemView) or isinstance(widget.parent(), QComboBox):
            continue
        model = widget.model()
        for row in range(min(model.rowCount(), ROWS_HEARD)):
            if not any(_said(model, row, column) for column in range(max(model.columnCount(), 1))):
                wrong.append(f"row {row} of {described(widget)}")  # noqa: PERF401 - read as it is heard
    return wrong


def _said(model: QAbstractItemModel, row: int, column: int) -> str:
    index = model.index(row, column)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data(Qt.ItemDataRole.DisplayRole)
    return str(spoken or "").strip()


# ---- targets -----------------------------------------------------------------------------------
def small_targets(found: Sequence[QWidget]) -> list[str]:
    """Return what is smaller than a finger or a trembling hand can hit."""
    return [
        f"{widget.width()} × {widget.height()}: {described(widget)}"
        for widget in found
        if widget.isEnabled()
        and min(widget.width(), widget.height()) < LEAST
        # The arrows move an edge, and Réglages has no other size to set: WCAG 2.5.8, "equivalent".
        and not isinstance(widget, QSplitterHandle)
        # Text that can be selected is read, not hit.
        and not isinstance(widget, QLabel)
    ]


# ---- names inside a zone -----------------------------------------------------------------------
def same_names(stage: ActingStage, found: Sequence[QWidget]) -> list[str]:
    """Return the controls of one zone that nothing tells apart."""
    groups: dict[tuple[QWidget, int, str, str], list[QWidget]] = defaultdict(list)
    for widget in found:
        told = interface(widget)
        spoken = told.text(QAccessible.Text.Description)
        groups[place_of(stage, widget), told.role().value, name_of(widget), spoken].append(widget)
    return [
        f"{len(same)} × {described(same[0])} in {type(place).__name__}"
        for (place, _role, _name, _spoken), same in groups.items()
        if len(same) > 1
    ]


def place_of(stage: ActingStage, widget: QWidget) -> QWidget:
    """Return the zone, the panel or the window that holds a control."""
    window = stage.window
    parts = [window.stack.currentWidget(), window.top_bar, window.rail, window.status_bar]
    places = {id(part) for part in [*parts, *(zone[1] for zone in zones(stage))]}
    inside: QWidget = widget
    while not (id(inside) in places or isinstance(inside, FloatingPanel) or inside.isWindow()):
        parent = inside.parentWidget()
        assert parent is not None
        inside = parent
    return inside


def zones(stage: ActingStage) -> list[Zone]:
    """Return the zones that F6 goes through in the window in front."""
    active = QApplication.activeWindow()
    page = active.findChild(CustomerPage) if isinstance(active, DetachedWindow) else None
    return [zone for zone in (page or stage.window).zones() if zone[1].isVisible()]


# ---- the keyboard ------------------------------------------------------------------------------
def walked(stage: ActingStage) -> list[QWidget]:
    """Return what Tab reaches, in order, from where focus is."""
    return list(_steps(stage))


def _steps(stage: ActingStage) -> Iterator[QWidget]:
    seen: set[int] = set()
    for _ in range(MOST_STEPS):
        focused = QApplication.focusWidget()
        if focused is None or id(focused) in seen:
            return
        seen.add(id(focused))
        yield focused
        QTest.keyClick(focused, Qt.Key.Key_Tab)


def reached(stage: ActingStage) -> tuple[list[QWidget], set[int]]:
    """Return the order of Tab, and what Tab and F6 reach between them."""
    order = walked(stage)
    found = {id(widget) for widget in order}
    for _ in range(len(zones(stage)) + 1):
        QTest.keyClick(QApplication.focusWidget() or stage.window, Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        if focused is None:
            break
        found |= {id(widget) for widget in walked(stage)}
    return order, found


def unreached(found: Sequence[QWidget], by_keys: set[int]) -> list[str]:
    """Return the controls that neither Tab nor F6 reaches."""
    return [
        described(widget)
        for widget in found
        if widget.isEnabled()
        and id(widget) not in by_keys
        and not _proxied(widget, by_keys)
        and not _by_arrows(widget, by_keys)
        and not isinstance(widget, QScrollArea)
    ]


def _proxied(widget: QWidget, by_keys: set[int]) -> bool:
    """Return whether focus goes to another widget in its place."""
    proxy = widget.focusProxy()
    return isinstance(proxy, QWidget) and id(proxy) in by_keys


def _by_arrows(widget: QWidget, by_keys: set[int]) -> bool:
    """Return whether a widget is one of several that exclude each other: Tab stops at the chosen one."""
    around = widget.parentWidget()
    if not isinstance(widget, QRadioButton) or not widget.autoExclusive() or around is None:
        return False
    mates = around.findChildren(QRadioButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return any(mate.isChecked() and id(mate) in by_keys for mate in mates)


def out_of_order(stage: ActingStage, order: Sequence[QWidget]) -> list[str]:
    """Return the steps of Tab that go back, inside one zone or one panel: up, or left on one line."""
    wrong = []
    for before, after in itertools.pairwise(order):
        if place_of(stage, before) is not place_of(stage, after):
            continue
        first, second = _on_window(before), _on_window(after)
        is_above = second.bottom() <= first.top() and second.left() < first.right()
        same_line = second.top() < first.bottom() and first.top() < second.bottom()
        if is_above or (same_line and second.right() <= first.left()):
            wrong.append(f"{described(before)} → {described(after)}")
    return wrong


def scattered(stage: ActingStage, order: Sequence[QWidget]) -> list[str]:
    """Return the zones and panels that Tab enters twice: what is seen together is walked together."""
    places = [place for place, _same in itertools.groupby(place_of(stage, widget) for widget in order)]
    if len(places) > 1 and places[0] is places[-1]:
        places.pop()  # The walk began in the middle of a zone.
    names = {id(zone[1]): zone[0] for zone in zones(stage)}
    counted = Counter(id(place) for place in places)
    return [
        f"{names[place]}, {count} times" for place, count in counted.items() if count > 1 and place in names
    ]


def _on_window(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
