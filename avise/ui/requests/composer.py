"""The composer of a request: to whom, what, with which files; drafts kept at each pause (`ui.md` 5.11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from avise.models.journal import EventKind
from avise.models.requests import Question, RequestId
from avise.models.roles import Role, Session
from avise.services.request_values import RequestDeed, RequestDetail
from avise.texts import text
from avise.ui.discretion import discretion
from avise.ui.requests.composer_menus import ComposerMenus
from avise.ui.requests.presence_strip import PresenceStrip
from avise.ui.requests.target_tabs import TargetTabs
from avise.ui.requests.words_edit import WordsEdit
from avise.ui.shortcuts import written
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine

PAUSE_MS = 500
"""A draft is kept at each pause as long (`ui.md` 2, rule 7)."""
REQUESTER, NOTE, MEMBER = "requester", "note", "member"
KINDS: Mapping[str, EventKind] = {
    REQUESTER: EventKind.REQUEST_REPLIED,
    NOTE: EventKind.REQUEST_NOTED,
    MEMBER: EventKind.REQUEST_MEMBER_WRITTEN,
}
_HANDLERS = (Role.CASE_MANAGER, Role.TEAM_LEAD)


@dataclass(frozen=True, slots=True)
class Written:
    """What the user sends."""

    request: RequestId
    """For which it was written: another one may be on screen by then."""
    target: str
    deed: RequestDeed


class RequestComposer(QWidget):
    """Writes to the other desk, to colleagues, or to the member.

    Args:
        now: the present.
        session: who works here.
        parent: of the widget.

    Signals:
        send_requested: what is sent (a `Written`).
        draft_changed: a text that is to be kept: its request, its target, its words.
        writing_changed: whether somebody types here now.
        files_requested: files of this machine are wanted.
        take_over_requested: a lead takes the request over.
    """

    send_requested = Signal(object)
    draft_changed = Signal(object, str, str)
    writing_changed = Signal(bool)
    files_requested = Signal()
    take_over_requested = Signal()

    def __init__(self, now: Callable[[], datetime], session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._session = now, session
        self._detail: RequestDetail | None = None
        self._words: dict[str, str] = {}
        """What is typed, by target."""
        self._files: dict[str, tuple[Path, ...]] = {}
        self._unsaved: set[str] = set()
        """Targets whose words are not kept yet."""
        self.setAccessibleName(text("request_panel.composer"))
        self.strip = PresenceStrip(now, session.user)
        self.tabs = TargetTabs()
        self.edit = WordsEdit()
        self.menus = ComposerMenus(self.edit, self)
        self._asked = Label("", "small", "info", wrap=True)
        self._file_row = QHBoxLayout()
        self._file_row.setSpacing(6)
        self.templates = Button(
            icon="scroll-text", kind=ButtonKind.QUIET, name=text("request_panel.templates")
        )
        self.facts = Button(icon="list-plus", kind=ButtonKind.QUIET, name=text("request_panel.insert_fact"))
        self.attach = Button(icon="paperclip", kind=ButtonKind.QUIET, name=text("request_panel.attach"))
        self.mention = Button(icon="user", kind=ButtonKind.QUIET, name=text("request_panel.mention"))
        self.send_and_close = Button(text("request_panel.send_and_close"))
        self.send_and_close.setToolTip(written("Ctrl+Shift+Return"))
        self.send = Button(
            text("request_panel.send"), ButtonKind.PRIMARY, icon="send", keys=written("Ctrl+Return")
        )
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._build()
        self._connect()

    def _build(self) -> None:
        tools = row(
            self.templates,
            self.facts,
            self.attach,
            self.mention,
            None,
            self.send_and_close,
            self.send,
            gap=6,
        )
        self.setLayout(
            column(
                HorizontalLine(strong=True),
                self.strip,
                column(
                    self.tabs, self._asked, self.edit, self._file_row, tools, gap=6, margins=(16, 2, 12, 10)
                ),
            )
        )

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._on_target)
        self.tabs.entered.connect(self._focus_words)
        self.edit.edited.connect(self._on_edited)
        self.edit.send_requested.connect(self._on_send_keys)
        self.edit.mention_requested.connect(
            lambda where: self.menus.open_colleagues_after_sign(self.mention, where)
        )
        self.send.clicked.connect(self.try_send)
        self.send_and_close.clicked.connect(self.try_send_and_close)
        self.attach.clicked.connect(self.files_requested)
        self.templates.clicked.connect(lambda: self.menus.open_templates(self.templates))
        self.facts.clicked.connect(lambda: self.menus.open_facts(self.facts))
        self.mention.clicked.connect(lambda: self.menus.open_colleagues(self.mention))
        self.strip.anyway.connect(self._send_anyway)
        self.strip.kept_back.connect(self._focus_words)
        self.strip.take_over_requested.connect(self.take_over_requested)
        self.strip.write_requested.connect(self._write_to)
        self._pause.timeout.connect(self.keep_draft)
        discretion().changed.connect(self._show_allowed)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the keys to the tooltip where the buttons have no room for them."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        keys = written("Ctrl+Return")
        self.send.set_keys(keys)
        tools = (self.templates, self.facts, self.attach, self.mention, self.send, self.send_and_close)
        px = theme().px
        taken = sum(tool.sizeHint().width() + px(6) for tool in tools if not tool.isHidden())
        wanted = taken - px(6) + px(16 + 12)
        self.send.set_keys(keys if wanted <= self.width() else "")
        self.send.setToolTip(keys)

    # ---- content ---------------------------------------------------------------------------------
    @property
    def detail(self) -> RequestDetail | None:
        """The request that is written about, None when there is none."""
        return self._detail

    def show_detail(self, detail: RequestDetail) -> None:
        """Show to whom one may write about a request, and who else is there."""
        is_other = self._detail is None or self._detail.request.id != detail.request.id
        if is_other:
            self.keep_draft()
            self._words, self._files = {}, {}
            self.menus.forget()
            self._closes = False
            self.edit.load("")
            self._show_files()
        self._detail = self.menus.detail = detail
        self._show_targets()
        if is_other:
            self.edit.load("")
        self._show_allowed()
        if self._early is not None:
            self.show_drafts(*self._early)

    def forget(self) -> None:
        """Show nothing: no request is on screen. What was typed is kept first."""
        self.keep_draft()
        self._detail = self.menus.detail = None
        self._words, self._files = {}, {}
        self.menus.forget()
        self.edit.load("")

    def show_drafts(self, request: RequestId, drafts: Mapping[str, str]) -> None:
        """Give back what was being typed on a request, unless something was typed since."""
        if self._detail is None or self._detail.request.id != request:
            # Read before the request itself: given back once it is shown.
            self._early = (request, drafts)
            return
        self._early = None
        for target, words in drafts.items():
            self._words.setdefault(target, words)
        self._show_targets()
        if drafts and not self.edit.words():
            if self.tabs.current not in drafts:
                self.tabs.set_current(next(iter(drafts)))
            self.edit.load(self._words.get(self.tabs.current, ""))
        self._show_allowed()

    def add_files(self, files: Sequence[Path]) -> None:
        """Join files of this machine."""
        target = self.tabs.current
        kept = self._files.get(target, ())
        self._files[target] = (*kept, *(file for file in files if file not in kept))
        self._show_files()
        self._show_allowed()

    def question(self) -> Question | None:
        """Return the question that waits for this user's answer."""
        detail = self._detail
        if detail is None:
            return None
        mine = detail.request.requester == self._session.user
        holds = detail.request.holder == self._session.user
        asked = [one for one in detail.request.open_questions if one.asked_by != self._session.user]
        return next((one for one in asked if (mine if one.to_requester else holds)), None)

    def is_taken_by_other(self) -> bool:
        """Return whether somebody else handles the request, so that a reply from here would cross theirs."""
        detail = self._detail
        if detail is None or self._session.role not in _HANDLERS:
            return False
        request = detail.request
        return request.holder not in ("", self._session.user) and request.requester != self._session.user

    def _show_targets(self) -> None:
        detail = self._detail
        if detail is None:
            return
        asked = self.question()
        reply = text(
            "request_panel.target.requester", name=detail.reply_to or text("request_panel.the_other")
        )
        if asked is not None:
            reply = text("request_panel.target.answer")
        labels = {
            REQUESTER: reply,
            NOTE: text("request_panel.target.note"),
            MEMBER: text("request_panel.target.member"),
        }
        wanted = [target for target in (REQUESTER, NOTE, MEMBER) if self._may(target)]
        drafts = frozenset(target for target, words in self._words.items() if words.strip())
        self.tabs.show_choices([(target, labels[target]) for target in wanted], drafts)
        self.setVisible(bool(wanted))
        self._asked.setText(text("request_panel.asked", words=asked.words) if asked is not None else "")
        self._asked.setVisible(asked is not None and self.tabs.current == REQUESTER)

    def _may(self, target: str) -> bool:
        detail = self._detail
        if detail is None:
            return False
        if target == MEMBER and detail.request.person is None:
            return False
        answers = target == REQUESTER and self.question() is not None
        return KINDS[target] in detail.allowed or (answers and EventKind.REQUEST_ANSWERED in detail.allowed)

    @Slot()
    def _show_allowed(self) -> None:
        detail = self._detail
        if detail is None:
            return
        read_only = (self.is_taken_by_other() and self.tabs.current != NOTE) or discretion().is_on
        self.edit.setReadOnly(read_only)
        recipient = self.tabs.label()
        self.edit.setAccessibleName(recipient)
        self.edit.setPlaceholderText("" if read_only else self._hint(detail))
        # Qt paints another hint only where there was none.
        self.edit.viewport().update()
        for tool in (self.templates, self.facts, self.attach, self.mention):
            tool.setEnabled(not read_only)
        empty = not self.edit.words().strip()
        self.send.setEnabled(not read_only and not empty)
        to_member = self.tabs.current == MEMBER
        self.send.setText(text("request_panel.send_to_member" if to_member else "request_panel.send"))
        self.send.setAccessibleDescription(recipient)
        self.send.updateGeometry()
        may_close = self.may_close()
        self.send_and_close.setVisible(may_close and self.tabs.current != NOTE)
        self.send_and_close.setEnabled(not read_only and not empty)
        self._fit()
        taken = detail.row.holder_name if self.is_taken_by_other() else ""
        may_take_over = bool({EventKind.REQUEST_ASSIGNED, EventKind.REQUEST_CLAIMED} & detail.allowed)
        self.strip.show_detail(detail, taken_by=taken, may_take_over=may_take_over)

    def _hint(self, detail: RequestDetail) -> str:
        target = self.tabs.current or REQUESTER
        if target == REQUESTER and detail.request.requester == self._session.user:
            target = "handlers"
        return text(f"request_panel.hint.{target}")

    def may_close(self) -> bool:
        """Return whether this user may end the request now."""
        detail = self._detail
        ends = {EventKind.REQUEST_RESOLVED, EventKind.REQUEST_CLOSED}
        return detail is not None and bool(ends & detail.allowed)

    def _show_files(self) -> None:
        clear(self._file_row)
        target = self.tabs.current
        for file in self._files.get(target, ()):
            button = Button(file.name, ButtonKind.PLAIN, icon="paperclip", small=True)
            button.setAccessibleName(text("request_panel.remove_file", name=file.name))
            button.setToolTip(button.accessibleName())
            button.clicked.connect(lambda _checked=False, one=file: self._remove_file(one))
            self._file_row.addWidget(button)
            button.show()
        if self._files.get(target):
            self._file_row.addStretch(1)

    def _remove_file(self, file: Path) -> None:
        target = self.tabs.current
        self._files[target] = tuple(one for one in self._files.get(target, ()) if one != file)
        self.attach.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_files()

    # ---- drafts ----------------------------------------------------------------------------------
    @Slot()
    def _on_edited(self) -> None:
        self._words[self.tabs.current] = self.edit.words()
        self._unsaved.add(self.tabs.current)
        self._pause.start()
        self._tell_writing()
        self._show_allowed()

    def _tell_writing(self) -> None:
        self.writing_changed.emit(bool(self.edit.words().strip()))

    @Slot()
    def keep_draft(self) -> None:
        """Keep what was typed since the last pause."""
        self._pause.stop()
        unsaved, self._unsaved = self._unsaved, set()
        if self._detail is None or not unsaved:
            return
        for target in sorted(unsaved):
            self.draft_changed.emit(self._detail.request.id, target, self._words.get(target, ""))
        self._show_targets()

    def has_words(self) -> bool:
        """Return whether something is being written to somebody."""
        return any(words.strip() for words in self._words.values())

    @Slot(str)
    def _on_target(self, target: str) -> None:
        self.edit.load(self._words.get(target, ""))
        self._show_files()
        self._show_targets()
        self._show_allowed()

    def go_to(self, target: str) -> None:
        """Write to somebody: take focus on the words."""
        if self._may(target) and target != self.tabs.current:
            self.tabs.set_current(target)
            self._on_target(target)
        self._focus_words()

    @Slot()
    def _focus_words(self) -> None:
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- sending ---------------------------------------------------------------------------------
    _closes = False
    _early: tuple[RequestId, Mapping[str, str]] | None = None
    """What was being typed on a request that is not shown yet."""

    @Slot(bool)
    def _on_send_keys(self, closes: bool) -> None:
        if closes and self.may_close():
            self.try_send_and_close()
        elif not closes:
            self.try_send()

    @Slot()
    def try_send(self) -> None:
        """Send, unless somebody else writes too: then ask first."""
        self._closes = False
        self._send_or_ask()

    @Slot()
    def try_send_and_close(self) -> None:
        """Send and end the request, unless somebody else writes too."""
        self._closes = True
        self._send_or_ask()

    def _send_or_ask(self) -> None:
        if not self.send.isEnabled():
            return
        if self.strip.writers() and self.tabs.current != NOTE and not self.strip.is_asking:
            self.strip.ask()
            self.strip.send.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._send_anyway()

    @Slot()
    def _send_anyway(self) -> None:
        self.strip.is_asking = False
        if self._detail is None:
            return
        target = self.tabs.current
        words = self.edit.words().strip()
        asked = self.question() if target == REQUESTER else None
        deed = RequestDeed(
            EventKind.REQUEST_ANSWERED if asked is not None else KINDS[target],
            words=words,
            mentions=self.menus.mentions(words),
            files=self._files.get(target, ()),
            question=asked.event if asked is not None else None,
            then_close=self._closes,
        )
        self.send_requested.emit(Written(self._detail.request.id, target, deed))

    @Slot(object, str)
    def forget_sent(self, request: RequestId, target: str) -> None:
        """Forget what was sent: its draft, and the words in the field where that request is still shown."""
        self.draft_changed.emit(request, target, "")
        if self._detail is None or self._detail.request.id != request:
            return
        self._words.pop(target, None)
        self._files.pop(target, None)
        self._unsaved.discard(target)
        if self.tabs.current == target:
            self.edit.load("")
            self._show_files()
        self.writing_changed.emit(False)
        self._show_targets()
        self._show_allowed()

    # ---- tools -----------------------------------------------------------------------------------
    @Slot(str)
    def _write_to(self, login: str) -> None:
        """Begin an internal note to somebody who is beside the request."""
        known = self._detail.names.get(login, "") if self._detail is not None else ""
        name = next((one.name for one in self.menus.colleagues if one.login == login), known)
        self.go_to(NOTE)
        if self.tabs.current == NOTE and name:
            self.menus.mention(name, login)

    def tick(self) -> None:
        """Tell since when colleagues are there again."""
        self.strip.tick()
