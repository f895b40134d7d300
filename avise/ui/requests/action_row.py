"""What can be done with a request: a primary button, a few plain ones, the rest in a menu (`ui.md` 5.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget
from typing_extensions import override

from avise.models.journal import EventKind
from avise.models.requests import CLOCK_STOPS
from avise.models.roles import Role, Session
from avise.services.request_values import RequestDetail
from avise.texts import text
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. Words: catalogue key `request_panel.action.<id>`."""

    id: str
    icon: str
    kind: EventKind | None = None
    """What the user must be allowed to do; None for what changes nothing."""
    shortcut: str = ""


ACTIONS: tuple[Action, ...] = (
    Action("take", "hand", EventKind.REQUEST_CLAIMED, "request_take"),
    Action("reply", "reply", EventKind.REQUEST_REPLIED, "request_reply"),
    Action("compare", "git-compare", EventKind.REQUEST_COMPLETED),
    Action("transfer", "arrow-right-left", EventKind.REQUEST_TRANSFERRED, "request_transfer"),
    Action("pause", "pause", EventKind.REQUEST_PAUSED, "request_pause"),
    Action("resume", "rotate-cw", EventKind.REQUEST_RESUMED, "request_pause"),
    Action("end", "check", EventKind.REQUEST_RESOLVED, "request_end"),
    Action("close", "check", EventKind.REQUEST_CLOSED, "request_end"),
    Action("reopen", "history", EventKind.REQUEST_REOPENED),
    Action("complete", "pen-line", EventKind.REQUEST_COMPLETED),
    Action("ask", "circle-help", EventKind.REQUEST_ASKED),
    Action("release", "inbox", EventKind.REQUEST_RELEASED),
    Action("assign", "user", EventKind.REQUEST_ASSIGNED),
    Action("prioritise", "arrow-up", EventKind.REQUEST_PRIORITISED),
    Action("escalate", "flag", EventKind.REQUEST_ESCALATED),
    Action("merge", "git-compare", EventKind.REQUEST_MERGED),
    Action("split", "list-plus", EventKind.REQUEST_NOTED),
    Action("cancel", "x", EventKind.REQUEST_CANCELLED),
    Action("customer", "arrow-up-right", None, "request_customer"),
    Action("copy_number", "copy"),
)
BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}
_WITH_KEYS = (("take", "reply", "transfer"), ("take", "reply"), ("take",), ())
"""Buttons that show their keys, as long as there is room."""
_BUTTONS = ("take", "compare", "reply", "transfer", "pause", "resume", "end", "close", "reopen")
"""Those with a button, in the order of the row, as long as there is room."""


def offered(detail: RequestDetail) -> list[Action]:
    """Return what can be done with a request now, in order."""
    return [action for action in ACTIONS if _is_offered(action, detail)]


def _is_offered(action: Action, detail: RequestDetail) -> bool:
    request = detail.request
    if action.kind is not None and (request.newer or action.kind not in detail.allowed):
        return False
    may_pause = EventKind.REQUEST_PAUSED in detail.allowed
    conditions = {
        "compare": detail.comparison is not None,
        "complete": bool(detail.fields),
        "resume": request.status in CLOCK_STOPS or not may_pause,
        "merge": bool(detail.related),
        "customer": detail.who is not None,
        "copy_number": bool(request.number),
        "transfer": bool(detail.queues),
        "split": request.is_open,
    }
    return conditions.get(action.id, True)


def primary(detail: RequestDetail, session: Session) -> str:
    """Return the action that comes first: taking the request until it is taken, then replying."""
    allowed = {action.id for action in offered(detail)}
    if "take" in allowed and not detail.request.holder:
        return "take"
    request = detail.request
    handles = session.role in (Role.CASE_MANAGER, Role.TEAM_LEAD) and request.requester != session.user
    if request.holder in ("", session.user) or not handles:
        return "reply" if "reply" in allowed else next((one for one in _BUTTONS if one in allowed), "")
    return ""


class ActionRow(QWidget):
    """The row.

    Args:
        session: who works here.
        parent: of the widget.

    Signals:
        wanted: id of the action that the user takes.
    """

    wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._detail: RequestDetail | None = None
        self.buttons: dict[str, Button] = {}
        for name in _BUTTONS:
            action = BY_ID[name]
            button = Button(
                _words(name), icon=action.icon, keys=keys_of(action.shortcut) if action.shortcut else ""
            )
            button.clicked.connect(lambda _checked=False, one=name: self.wanted.emit(one))
            self.buttons[name] = button
        self.more = Button(icon="ellipsis", name=text("request_panel.more"))
        self.more.clicked.connect(self._open)
        for child in (*self.buttons.values(), self.more):
            child.setParent(self)
        self._offered: frozenset[str] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._place)

    def show_detail(self, detail: RequestDetail) -> None:
        """Offer what can be done with a request now."""
        self._detail = detail
        found = {action.id for action in offered(detail)}
        first = primary(detail, self._session)
        self._offered = frozenset(found)
        for name, button in self.buttons.items():
            button.set_kind(ButtonKind.PRIMARY if name == first else ButtonKind.PLAIN)
        self._place()

    @override
    def sizeHint(self) -> QSize:
        """Return the height of a button."""
        return QSize(theme().px(400), theme().height_of("control"))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the room of the menu: what has no room for a button is in it."""
        return self.more.sizeHint()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many buttons as there is room for."""
        self._place()

    @Slot()
    def _place(self) -> None:
        shown = [name for name in _BUTTONS if name in self._offered]
        gap, more = theme().px(6), self.more.sizeHint()
        room = self.width() - more.width() - gap
        for with_keys in _WITH_KEYS:
            self._write_keys(with_keys)
            if sum(self.buttons[name].sizeHint().width() + gap for name in shown) <= room:
                break
        left = 0
        for name, button in self.buttons.items():
            size = button.sizeHint()
            fits = name in shown and left + size.width() <= room
            button.setVisible(fits)
            if fits:
                button.setGeometry(left, 0, size.width(), size.height())
                left += size.width() + gap
            elif name in shown:
                room = 0  # what comes after has no button either: the order is kept
        self.more.setGeometry(left, 0, more.width(), more.height())

    def _write_keys(self, with_keys: Sequence[str]) -> None:
        """Write keys on these buttons; the tooltips of the others say theirs."""
        for name, button in self.buttons.items():
            keys = keys_of(BY_ID[name].shortcut) if BY_ID[name].shortcut else ""
            button.set_keys(keys if name in with_keys else "")
            button.setToolTip(f"{_words(name)} ({keys})" if keys and name not in with_keys else "")

    def menu(self) -> QMenu:
        """Return everything that can be done, what has no button first."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(text("request_panel.more"))
        detail = self._detail
        found = offered(detail) if detail is not None else []
        rest = [action for action in found if action.id not in _BUTTONS]
        for action in rest:
            self._entry(menu, action)
        menu.addSeparator()
        for action in found:
            if action.id in _BUTTONS:
                self._entry(menu, action)
        return menu

    def _entry(self, menu: QMenu, action: Action) -> None:
        keys = keys_of(action.shortcut) if action.shortcut else ""
        entry = menu.addAction(f"{_words(action.id)}\t{keys}" if keys else _words(action.id))
        entry.triggered.connect(lambda _checked=False: self.wanted.emit(action.id))

    @Slot()
    def _open(self) -> None:
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))


def _words(name: str) -> str:
    return text(f"request_panel.action.{name}")
