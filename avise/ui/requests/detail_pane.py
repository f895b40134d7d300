"""One request: whom it is about, where it stands, conversation, composer and side (`ui.md` 5.10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from typing_extensions import override

from avise.models.business_hours import DEFAULT_HOURS, BusinessHours
from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.services.request_values import HubState, PresenceKind, RequestDetail
from avise.texts import plural, text
from avise.texts.formats import format_short_date
from avise.ui.customer.discreet import Veil
from avise.ui.discretion import discretion
from avise.ui.requests.action_row import ActionRow
from avise.ui.requests.composer import RequestComposer
from avise.ui.requests.conversation import Conversation
from avise.ui.requests.notice import Notice
from avise.ui.requests.side_pane import WIDTH as SIDE_WIDTH
from avise.ui.requests.side_pane import SidePane
from avise.ui.requests.wording import presence_words, refused_words, shown_title, state_spec
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.turns import turns
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine, VerticalLine
from avise.ui.widgets.presence import SIZE as AVATAR
from avise.ui.widgets.presence import PresenceAvatar
from avise.ui.widgets.segmented import Segmented
from avise.ui.widgets.sla_chip import SlaChip

LEAST_WIDTH, SIDE_FROM = 470, 640
"""Narrower, conversation and side take turns."""
ORIGIN_WIDTH = 70
"""With less room than that, the header leaves out who sent the request."""
TALK, FILE = "talk", "file"
_MOST_AVATARS = 4


class DetailPane(QWidget):
    """The pane.

    Args:
        now: the present.
        session: who works here.
        parent: of the widget.

    Signals:
        step_requested: the next request of the list (1), or the one before (-1).
        expand_requested: this pane alone is wanted, or all of them again.
        back_requested: the list is wanted, in a window without room for both.
        next_requested: nothing is on screen, and the most urgent request is wanted.
        escaped: Échap was pressed: focus goes back to the list.
    """

    step_requested = Signal(int)
    expand_requested = Signal()
    back_requested = Signal()
    next_requested = Signal()
    escaped = Signal()

    def __init__(self, now: Callable[[], datetime], session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._session = now, session
        self.detail: RequestDetail | None = None
        self._hours: BusinessHours = DEFAULT_HOURS
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = Button(icon="arrow-left", kind=ButtonKind.QUIET, name=text("request_panel.back"))
        self.title = ElidedLabel("", "title")
        self.place = Label("", "small", "muted", tabular=True)
        self.previous = Button(
            icon="chevron-up",
            kind=ButtonKind.QUIET,
            name=text("request_panel.previous"),
            keys=keys_of("request_previous"),
        )
        self.next = Button(
            icon="chevron-down",
            kind=ButtonKind.QUIET,
            name=text("request_panel.following"),
            keys=keys_of("request_following"),
        )
        self.expand = Button(icon="maximize-2", kind=ButtonKind.QUIET, name=text("request_panel.expand"))
        self.number = Label("", "body", "muted")
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = Chip(ChipSpec("", Tone.NEUTRAL))
        self.legal = Chip(ChipSpec("", Tone.NEUTRAL))
        self.waiting = Chip(ChipSpec(text("request_panel.tentative"), Tone.INFO, "cloud-upload"))
        self.origin = ElidedLabel("", "small", "text-3")
        self.people = QHBoxLayout()
        self._people: tuple[object, ...] = ()
        self.clock: SlaChip | None = None
        self._clock_place = QHBoxLayout()
        self.action_row = ActionRow(session)
        self._strip_icon = Icon("circle-alert", 14, "danger")
        self._strip = Label("", "small", "muted", wrap=True)
        self.parts = Segmented(
            [(TALK, text("request_panel.part.talk")), (FILE, text("request_panel.part.file"))],
            TALK,
            text("request_panel.part"),
        )
        self.conversation = Conversation(now)
        self.composer = RequestComposer(now, session)
        self.side = SidePane(now)
        self.notice = Notice()
        self._build()
        self._connect()
        self.show_nothing()

    def _build(self) -> None:
        self.people.setSpacing(6)
        head = row(self.back, self.title, self.place, self.previous, self.next, self.expand, gap=4)
        head.setSpacing(6)
        line = row(
            self.number,
            self.state,
            self._clock_place,
            self.legal,
            self.waiting,
            self.origin,
            None,
            self.people,
            gap=8,
        )
        self._head = QWidget()
        self._head.setLayout(column(head, line, self.action_row, gap=6, margins=(16, 8, 10, 9)))
        self._strip_line = QWidget()
        strip = row(self._strip_icon, self._strip, gap=8, margins=(16, 6, 12, 6))
        strip.setStretch(1, 1)
        self._strip_line.setLayout(strip)
        self._parts_line = QWidget()
        self._parts_line.setLayout(row(self.parts, None, margins=(16, 6, 12, 6)))
        self._talk = QWidget()
        talk = column(self.conversation, self.composer)
        talk.setStretch(0, 1)
        self._talk.setLayout(talk)
        self._edge = VerticalLine(strong=True)
        middle = row(self._talk, self._edge, self.side)
        middle.setStretch(0, 1)
        self._middle = QWidget()
        self._middle.setLayout(middle)
        self._line = HorizontalLine(strong=True)
        content = column(
            self._head, self._line, self._strip_line, self._parts_line, self._middle, self.notice
        )
        content.setStretch(4, 1)
        content.setStretch(5, 1)
        whole = row(VerticalLine(strong=True), content)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.veil = Veil(self._talk, 0)

    def _connect(self) -> None:
        self.previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self.next.clicked.connect(lambda: self.step_requested.emit(1))
        self.expand.clicked.connect(self.expand_requested)
        self.back.clicked.connect(self.back_requested)
        self.parts.chosen.connect(self._show_part)
        self.notice.acted.connect(self.next_requested)
        theme().changed.connect(self._shape)
        discretion().changed.connect(self._show_again)

    # ---- content ---------------------------------------------------------------------------------
    _offers_next = True
    _nothing = ("", "")
    """Title and sentence of what is shown instead of a request."""

    def show_nothing(self, title: str = "", sentence: str = "") -> None:
        """Show that no request is on screen, and offer the next one."""
        self.composer.forget()
        self.side.forget()
        self.detail = None
        self._nothing = (title, sentence)
        offers = self._offers_next
        self.notice.show_notice(
            title or text("request_panel.nothing"),
            sentence or text("request_panel.nothing.sentence" if offers else "request_panel.nothing.choose"),
            action=text("request_panel.next") if offers else "",
            keys=keys_of("request_take_next"),
        )
        self._set_content(shown=False)

    def set_offers_next(self, *, offers: bool) -> None:
        """Say whether this user takes requests from a corbeille: only then is the next one offered."""
        if offers != self._offers_next:
            self._offers_next = offers
            if self.detail is None:
                self.show_nothing(*self._nothing)

    def show_failure(self, error: AviseError) -> None:
        """Say why a request cannot be shown."""
        self.show_nothing(text("request_panel.not_shown"), text(error.message_key, **error.params))

    def _set_content(self, *, shown: bool) -> None:
        focused = QApplication.focusWidget()
        content, notice = (self._head, self._middle, self._line), (self.notice,)
        coming, going = (content, notice) if shown else (notice, content)
        loses_focus = focused is not None and any(part.isAncestorOf(focused) for part in going)
        for part in coming:
            part.show()
        if loses_focus:
            # What had focus goes; focus stays in the pane.
            self.focus_current()
        for part in going:
            part.hide()
        if not shown:
            self._strip_line.hide()
            self._parts_line.hide()

    def show_detail(self, detail: RequestDetail) -> None:
        """Show a request as it now is; the parts that take longest wait for the next turns."""
        is_other = self.detail is None or self.detail.request.id != detail.request.id
        self.detail = detail
        self._hours = _hours_of(detail)
        self._show_head(detail)
        self.action_row.show_detail(detail)
        if is_other:
            self._set_content(shown=True)
            self._shape()
        turns().soon(("request talk", id(self)), self._show_talk)
        turns().soon(("request composer", id(self)), self.show_composer)
        self.side.show_detail(detail)

    def _show_talk(self) -> None:
        if self.detail is not None:
            self.conversation.show_detail(self.detail)

    def show_composer(self) -> None:
        """Have the composer write about the request on screen now, not in a later turn."""
        turns().forget(("request composer", id(self)))
        if self.detail is not None and self.composer.detail is not self.detail:
            self.composer.show_detail(self.detail)

    @Slot()
    def _show_again(self) -> None:
        if self.detail is not None:
            self._show_head(self.detail)

    def show_place(self, place: int, total: int) -> None:
        """Show where the request stands in the list."""
        shown = place > 0 and total > 0
        self.place.setText(text("request_panel.of", shown=place, total=total) if shown else "")
        self.previous.setEnabled(shown and place > 1)
        self.next.setEnabled(shown and place < total)

    def _show_head(self, detail: RequestDetail) -> None:
        now, row_ = self._now(), detail.row
        self.title.setText(shown_title(row_))
        self.number.setText(detail.request.number or text("request_panel.provisional"))
        self.state.set_spec(state_spec(row_, self._session.user))
        self._show_clock(detail, now)
        legal = detail.legal
        self.legal.setVisible(legal is not None)
        if legal is not None:
            words = text("request_panel.legal", day=format_short_date(legal.answer_day))
            self.legal.set_spec(ChipSpec(words, Tone.DANGER, "flag"))
        self.waiting.setVisible(detail.request.tentative)
        self.origin.setText(detail.state_line)
        self._show_people(detail, now)
        self._show_strip(detail)
        self._fit_line()

    def _show_clock(self, detail: RequestDetail, now: datetime) -> None:
        if self.clock is None:
            self.clock = SlaChip(detail.clock, now, self._hours, in_full=True)
            self._clock_place.addWidget(self.clock)
        self.clock.show_clock(detail.clock, now, self._hours)

    def _show_people(self, detail: RequestDetail, now: datetime) -> None:
        shown = [(one.initials, one.kind, one.name, one.since) for one in detail.present]
        if tuple(shown) == self._people:
            return
        self._people = tuple(shown)
        clear(self.people)
        for colleague in detail.present[:_MOST_AVATARS]:
            words = f"{colleague.name} {presence_words(colleague, now)}"
            kind: PresenceKind | None = colleague.kind
            self.people.addWidget(PresenceAvatar(colleague.initials, words, kind))

    def _show_strip(self, detail: RequestDetail) -> None:
        request, row_ = detail.request, detail.row
        icon, role, words = "", "", ""
        if row_.refused:
            icon, role, words = "circle-x", "danger", refused_words(row_.refused)
        elif detail.comparison is not None:
            names = ", ".join(each.label for each in detail.comparison.open)
            words = text("conflict.banner", who=detail.comparison.where, fields=names)
            icon, role = "git-compare", "warn"
        elif request.newer:
            icon, role, words = "lock", "text-2", text("request_panel.newer")
        elif request.merged_into is not None:
            icon, role, words = "git-compare", "text-2", text("request_panel.merged")
        elif detail.hub.state is HubState.OFFLINE:
            icon, role, words = "cloud-off", "text-2", text("request_panel.offline")
        elif not detail.allowed:
            icon, role, words = "lock", "text-2", text("request_panel.read_only")
        elif row_.questions:
            icon, role, words = "circle-help", "warn", plural("request_panel.questions", row_.questions)
        self._strip_line.setVisible(bool(words))
        if words:
            self._strip_icon.set_icon(icon, role)
            self._strip.setText(words)

    def strip_words(self) -> str:
        """Return what the line under the actions says."""
        return self._strip.text() if self._strip_line.isVisibleTo(self) else ""

    def tick(self) -> None:
        """Tell clocks, ages and presence again: a minute went by."""
        if self.detail is not None:
            self._show_clock(self.detail, self._now())
            self.conversation.tick()
            self.composer.tick()

    def close(self) -> bool:
        """Forget what waits for a turn."""
        for name in ("request talk", "request composer"):
            turns().forget((name, id(self)))
        return super().close()

    # ---- shape -----------------------------------------------------------------------------------
    @property
    def has_side(self) -> bool:
        """Whether there is room for the side beside the conversation."""
        return self.width() >= theme().px(SIDE_FROM)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the least width: the side gives way before the conversation does."""
        return QSize(theme().px(LEAST_WIDTH), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the side take turns with the conversation where there is no room for both."""
        super().resizeEvent(event)
        self._shape()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to the list with Échap; what was typed stays."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        super().keyPressEvent(event)

    @Slot()
    def _shape(self) -> None:
        both = self.has_side
        shown = self.detail is not None
        self._parts_line.setVisible(shown and not both)
        self._fit_line()
        self.side.setMinimumWidth(theme().px(SIDE_WIDTH) if both else 0)
        self.side.setMaximumWidth(theme().px(SIDE_WIDTH) if both else _NO_LIMIT)
        self._edge.setVisible(both)
        self._talk.setVisible(both or self.parts.current == TALK)
        self.side.setVisible(both or self.parts.current == FILE)

    def _fit_line(self) -> None:
        """Say the clock in a few signs, then leave out who sent the request, where there is no room."""
        if self.clock is None or self.detail is None:
            return
        px, now = theme().px, self._now()
        self.clock.set_in_full(in_full=True, now=now)
        marks = [self.number, self.state, self.clock]
        marks += [mark for mark in (self.legal, self.waiting) if not mark.isHidden()]
        people = min(len(self.detail.present), _MOST_AVATARS) * px(AVATAR + 6)
        taken = sum(mark.sizeHint().width() + px(8) for mark in marks) + people + px(16 + 10 + 8)
        left = self.width() - taken
        self.origin.setVisible(left >= px(ORIGIN_WIDTH))
        if left < 0:
            self.clock.set_in_full(in_full=False, now=now)

    @Slot(str)
    def _show_part(self, _part: str) -> None:
        self._shape()

    def show_talk(self) -> None:
        """Show the conversation and the composer, where they take turns with the side."""
        if self.parts.current != TALK:
            self.parts.set_current(TALK)
            self._shape()

    def focus_current(self) -> None:
        """Take focus on what comes first: the primary action, or the sentence that stands in its place."""
        if self.detail is None:
            self.notice.focus_current()
            return
        shown = [button for button in self.action_row.buttons.values() if not button.isHidden()]
        (shown[0] if shown else self.action_row.more).setFocus(Qt.FocusReason.OtherFocusReason)


_NO_LIMIT = (1 << 24) - 1
"""Qt's own bound, which the bindings do not export."""


def _hours_of(detail: RequestDetail) -> BusinessHours:
    try:
        return BusinessHours.from_json(dict(detail.request.terms.hours))
    except AviseError:
        # Of a newer version: the mark says it by the usual hours, the hub counts by the right ones.
        return DEFAULT_HOURS
