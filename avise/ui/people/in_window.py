"""What a window does with people whom no tool knows: adds a prospect, keeps an exchange, attaches it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.added_person import NewPerson
from avise.models.customer import PersonId, SearchHit
from avise.models.errors import AviseError
from avise.models.interaction import Channel, Direction
from avise.models.wrap_up import WrapUp
from avise.services.search_words import nothing_found
from avise.texts import text
from avise.texts.formats import format_list_name
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.theme import theme
from avise.ui.undoing import Undoing
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.services.desk import IncomingCall
    from avise.ui.people.caller_form import CallerDetails, CallerForm, FormKind
    from avise.ui.people.unlinked_panel import UnlinkedPanel

MOST_FOUND = 8


class PeopleInWindow(QObject):
    """The forms and the list, made at their first use.

    Args:
        desk: the services.
        now: the clock.
        undoing: offers to take back what is done here.
        tasks: owner of what runs.
        window: over which they stand.

    Signals:
        person_added: a prospect whose file opens: the person, and the name for the tab.
        person_removed: a prospect who was added by mistake: the person.
        exchange_kept: an exchange without a file was recorded.
        message: what to show (a `Message`).
    """

    person_added = Signal(object, str)
    person_removed = Signal(object)
    exchange_kept = Signal()
    message = Signal(object)

    def __init__(
        self,
        desk: DeskBridge,
        now: Callable[[], datetime],
        undoing: Undoing,
        tasks: TaskScope,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._desk, self._now, self._undoing, self._tasks = desk, now, undoing, tasks
        self._window = window
        self._call: IncomingCall | None = None
        undoing.undone.connect(self._on_undone)

    # ---- somebody new ------------------------------------------------------------------------
    @cached_property
    def prospect_form(self) -> CallerForm:
        """The form of a prospect."""
        from avise.ui.people.caller_form import FormKind  # noqa: PLC0415 - not needed by the first paint

        form = self._form(FormKind.PROSPECT)
        form.submitted.connect(self._on_prospect)
        return form

    @cached_property
    def exchange_form(self) -> CallerForm:
        """The form of an exchange without a file."""
        from avise.ui.people.caller_form import FormKind  # noqa: PLC0415 - not needed by the first paint

        form = self._form(FormKind.EXCHANGE)
        form.submitted.connect(self._on_exchange)
        return form

    def _form(self, kind: FormKind) -> CallerForm:
        from avise.ui.people.caller_form import CallerForm  # noqa: PLC0415 - as above

        return CallerForm(kind, self._desk.check_note, self._tasks, self._window)

    def add_prospect(self, call: IncomingCall | None) -> None:
        """Ask who a prospect is; the number is that of the call."""
        self._tasks.spawn(self._open(self.prospect_form, call), name="open a form")

    def keep_exchange(self, call: IncomingCall | None) -> None:
        """Ask what was said by somebody without a file."""
        self._tasks.spawn(self._open(self.exchange_form, call), name="open a form")

    async def _open(self, form: CallerForm, call: IncomingCall | None) -> None:
        self._call = call
        for other in ("prospect_form", "exchange_form"):
            if other in self.__dict__:
                getattr(self, other).close_panel()
        reasons = await self._desk.contact_reasons()
        queue = call.queue if call is not None else ""
        guesses = await self._desk.guess_reasons(None, (), queue) if queue else ()
        form.ready(call.number if call is not None else "", reasons, guesses[0].reason if guesses else "")
        form.open_at(self._place())
        form.focus_first()

    def _place(self) -> QPoint:
        px = theme().px
        return QPoint(self._window.width() - px(472), px(48))

    @Slot(object)
    def _on_prospect(self, told: CallerDetails) -> None:
        self._tasks.spawn(self._add(told), name="add a prospect", when_busy="drop")

    async def _add(self, told: CallerDetails) -> None:
        new = NewPerson(told.last_name, told.first_name, told.phone, city=told.city)
        try:
            act = await self._desk.add_person(new)
        except AviseError as error:
            self.prospect_form.say_failed(text(error.message_key, **error.params))
            return
        self.prospect_form.close_panel()
        if act.subject is None:
            return
        await self._prefill(act.subject, told)
        self._undoing.offer(text("people.prospect.told"), act, functools.partial(self._remove, act.subject))
        name = format_list_name(told.last_name, told.first_name) or told.phone
        self.person_added.emit(act.subject, name)

    def _remove(self, person: PersonId) -> None:
        """Close the file of a prospect who was taken back, and forget what was being written there."""
        self.person_removed.emit(person)
        self._tasks.spawn(self._forget_draft(person), name="forget a draft", when_busy="parallel")

    async def _forget_draft(self, person: PersonId) -> None:
        try:
            await self._desk.save_wrap_up(person, WrapUp())
        except AviseError as error:
            self._say_failed(error)

    async def _prefill(self, person: PersonId, told: CallerDetails) -> None:
        """Leave the reason and the note in the wrap-up of the file that opens: nothing is typed twice."""
        if not (told.reason or told.note):
            return
        call = self._call
        draft = WrapUp(
            reason=told.reason,
            note=told.note,
            call_id=call.call_id if call is not None else "",
            confirmed=bool(told.reason),
        )
        try:
            await self._desk.save_wrap_up(person, draft)
        except AviseError as error:
            self._say_failed(error)

    @Slot(object)
    def _on_exchange(self, told: CallerDetails) -> None:
        self._tasks.spawn(self._keep(told), name="record a call", when_busy="drop")

    async def _keep(self, told: CallerDetails) -> None:
        from avise.models.identifiers import parse_phone  # noqa: PLC0415 - not needed by the first paint

        name = " ".join(part for part in (told.first_name, told.last_name) if part)
        body = {
            "channel": Channel.PHONE_IN.value,
            "direction": Direction.IN.value,
            "title": name or text("call.unlinked_title"),
            "note": told.note,
            "reason": told.reason,
            "caller": name,
            "phone": parse_phone(told.phone) if told.phone else "",
            "call_id": self._call.call_id if self._call is not None else "",
        }
        try:
            await self._desk.record_interaction(None, {key: value for key, value in body.items() if value})
        except AviseError as error:
            self.exchange_form.say_failed(text(error.message_key, **error.params))
            return
        self.exchange_form.close_panel()
        self.exchange_kept.emit()
        see = text("people.exchange.see")
        self.message.emit(Message(text("people.exchange.told"), action=see, on_action=self.show_unlinked))

    # ---- exchanges without a file ------------------------------------------------------------
    @cached_property
    def unlinked_panel(self) -> UnlinkedPanel:
        """The list of exchanges."""
        from avise.ui.people.unlinked_panel import UnlinkedPanel  # noqa: PLC0415 - as above

        panel = UnlinkedPanel(self._window)
        panel.words_typed.connect(self._on_words_typed)
        panel.attached.connect(self._on_attached)
        return panel

    @Slot()
    def show_unlinked(self, event: UUID | None = None) -> None:
        """Show the exchanges that wait; one of them is to be attached when it is given."""
        self._tasks.spawn(self._show(event), name="exchanges without a file")

    async def _show(self, event: UUID | None) -> None:
        try:
            await self._read()
        except AviseError as error:
            self._say_failed(error)
            return
        panel = self.unlinked_panel
        width = theme().px(600)
        panel.open_at(QPoint((self._window.width() - width) // 2, theme().px(84)))
        if event is not None:
            panel.attach(event)
        panel.focus_first()

    async def _read(self) -> None:
        self.unlinked_panel.set_waiting(await self._desk.unlinked_interactions(), self._now())

    @Slot(str)
    def _on_words_typed(self, words: str) -> None:
        self._tasks.spawn(self._search(words.strip()), name="search to attach")

    async def _search(self, words: str) -> None:
        if not words:
            self.unlinked_panel.set_hits((), "")
            return
        try:
            answer = await self._desk.search(words, MOST_FOUND)
        except AviseError as error:
            self.unlinked_panel.set_hits((), text(error.message_key, **error.params))
            return
        sentence = "" if answer.hits else nothing_found(words, self._now().date())
        self.unlinked_panel.set_hits(answer.hits[:MOST_FOUND], sentence)

    @Slot(object, object)
    def _on_attached(self, event: UUID, hit: SearchHit) -> None:
        self._tasks.spawn(self._attach(event, hit), name="attach an exchange", when_busy="drop")

    async def _attach(self, event: UUID, hit: SearchHit) -> None:
        try:
            act = await self._desk.attach_interaction(event, hit.entry.person)
            await self._read()
        except AviseError as error:
            self._say_failed(error)
            return
        self.unlinked_panel.show_list()
        self._undoing.offer(text("unlinked.told"), act)

    @Slot(object)
    def _on_undone(self, _act: object) -> None:
        if "unlinked_panel" in self.__dict__ and self.unlinked_panel.isVisible():
            self._tasks.spawn(self._read(), name="exchanges without a file")

    def _say_failed(self, error: AviseError) -> None:
        self.message.emit(Message(text(error.message_key, **error.params), "circle-x", is_error=True))
