"""What the sheet of a new request knows: the types, the form, what was typed, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.services.request_values import NewRequest, RequestDeed
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.new_request.draft import TARGET, RequestDraft, draft_key, draft_text, read_draft

if TYPE_CHECKING:
    from avise.services.request_values import RequestForm, RequestRow, RequestTypeRow
    from avise.ui.bridge import DeskBridge

PAUSE_MS = 500
"""What is typed is kept half a second after the last key (`ui.md` 2)."""
GUESSED = 3
"""Types offered before the others."""
WORDS = "words"
"""Where the desk says what is wrong with the message."""
CHANNELS = ("phone_in", "email", "secure_message", "letter_in", "agency", "chat")
"""By which a request comes, besides those that come by themselves."""


class NewRequestModel(QObject):
    """One new request, until it is sent.

    Args:
        desk: the services.
        person: whom it is about; None for nobody.
        now: the clock.
        report: told of what nobody expected.
        parent: of the object.

    Signals:
        types_read: the types that can be created are known.
        form_read: the form of the type is there, prefilled.
        form_known: more is known of what the form asks, nothing that was typed has changed.
        closed_form: another type is being chosen.
        troubles_found: what is wrong, by field (a dict); empty when nothing is.
        told: a sentence, and whether it refuses.
        sent: what came of it (a `RequestActs`), and the form (a `RequestForm`).
        completed: the same, and the request completed instead (a `RequestRow`).
    """

    types_read = Signal()
    form_read = Signal()
    form_known = Signal()
    closed_form = Signal()
    troubles_found = Signal(dict)
    told = Signal(str, bool)
    sent = Signal(object, object)
    completed = Signal(object, object)

    def __init__(
        self,
        desk: DeskBridge,
        person: PersonId | None,
        now: Callable[[], datetime],
        report: Report,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self.person, self.now = desk, person, now
        self._tasks = TaskScope(self, report)
        self.types: tuple[RequestTypeRow, ...] = ()
        self.form: RequestForm | None = None
        self.draft = RequestDraft()
        self.troubles: Mapping[str, str] = {}
        self.is_sending = False
        self.channel = CHANNELS[0]
        """By which it came, unless the user says another."""
        self.last_sent = RequestDraft()
        """Given back to be written when its sending is undone."""
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(PAUSE_MS)
        self._save.timeout.connect(self.keep)
        self._is_dirty = False

    def close(self) -> None:
        """Keep what was typed; the sheet closes with its page."""
        self.keep()
        self._save.stop()

    async def aclose(self) -> None:
        """Wait until nothing runs."""
        await self._tasks.aclose()

    # ---- choosing a type ---------------------------------------------------------------------
    def open(self, type_id: str = "", words: str = "") -> None:
        """Begin, or take up what was being written.

        Args:
            type_id: chosen at once; "" to choose one, or the one of the draft.
            words: of the message, when none was being written.
        """
        self._tasks.spawn(self._open(type_id, words), name="open a new request")

    async def _open(self, type_id: str, words: str) -> None:
        self.troubles, self.is_sending = {}, False
        try:
            kept = await self._desk.request_drafts(draft_key(self.person))
            self.draft = read_draft(kept.get(TARGET, ""))
            self.types = await self._desk.request_types(self.person)
        except AviseError as error:
            self._refuse(error)
            return
        self.types_read.emit()
        wanted = type_id or self.draft.type
        if words and not self.draft.words:
            self.draft = replace(self.draft, words=words)
        if wanted and any(found.id == wanted for found in self.types):
            if wanted != self.draft.type:
                self.draft = replace(self.draft, type=wanted, values={}, documents=())
            await self._read_form(wanted)
        elif type_id:
            self._refuse(AviseError("request.no_type"))

    def choose(self, type_id: str) -> None:
        """Take a type; what was typed stays where the other one asks it too."""
        self.draft = replace(self.draft, type=type_id, documents=())
        self._tasks.spawn(self._read_form(type_id), name="read a form")

    def choose_again(self) -> None:
        """Go back to the types; what was typed is kept."""
        self.form, self.troubles = None, {}
        self.closed_form.emit()

    async def _read_form(self, type_id: str) -> None:
        try:
            self.form = await self._desk.request_form(type_id, self.person)
        except AviseError as error:
            self._refuse(error)
            return
        self.troubles = {}
        self.form_read.emit()

    def read_again(self) -> None:
        """Take what the tools have said since the form was shown."""
        if self.form is not None and not self.is_sending:
            self._tasks.spawn(self._read_again(self.form.type), name="read a form again")

    async def _read_again(self, type_id: str) -> None:
        try:
            form = await self._desk.request_form(type_id, self.person)
        except AviseError:
            # What is on screen stays; sending says what is wrong.
            return
        if self.form is not None and self.form.type == type_id and form != self.form:
            self.form = form
            self.form_known.emit()

    # ---- what is typed -----------------------------------------------------------------------
    def value(self, field: str) -> str:
        """Return what a field holds: what was typed, else what is known."""
        if field in self.draft.values:
            return self.draft.values[field]
        form = self.form
        found = (known.value for known in form.fields if known.id == field) if form is not None else ()
        return next(iter(found), "")

    def write(self, field: str, words: str) -> None:
        """Take what was typed in a field."""
        self.draft = replace(self.draft, values={**self.draft.values, field: words})
        self._touched(field)

    def write_words(self, words: str) -> None:
        """Take the message to whoever handles it."""
        self.draft = replace(self.draft, words=words)
        self._touched(WORDS)

    def choose_channel(self, channel: str) -> None:
        """Say by which channel it came."""
        self.draft = replace(self.draft, channel=channel)
        self._changed()

    def tick(self, document: str, *, on: bool) -> None:
        """Say whether a document is there."""
        others = tuple(code for code in self.draft.documents if code != document)
        self.draft = replace(self.draft, documents=(*others, document) if on else others)
        self._touched(document)

    def join(self, files: tuple[Path, ...]) -> None:
        """Join files of this machine."""
        joined = dict.fromkeys((*self.draft.files, *files))
        self.draft = replace(self.draft, files=tuple(joined))
        self._changed()

    def leave_out(self, file: Path) -> None:
        """Join a file no longer."""
        self.draft = replace(self.draft, files=tuple(path for path in self.draft.files if path != file))
        self._changed()

    def _touched(self, field: str) -> None:
        if field in self.troubles:
            self.troubles = {name: told for name, told in self.troubles.items() if name != field}
            self.troubles_found.emit(dict(self.troubles))
        self._changed()

    def _changed(self) -> None:
        self._is_dirty = True
        self._save.start()

    @Slot()
    def keep(self) -> None:
        """Keep the draft now, when something was typed since it was last kept."""
        if not self._is_dirty:
            return
        self._is_dirty = False
        self._save.stop()
        self._tasks.spawn(self._keep(draft_text(self.draft)), name="keep a new request", when_busy="parallel")

    async def _keep(self, words: str) -> None:
        try:
            await self._desk.save_request_draft(draft_key(self.person), TARGET, words)
        except AviseError:
            # It holds a number that may not be kept; sending says so, at its field.
            return

    # ---- sending -----------------------------------------------------------------------------
    def new(self, *, anyway: bool = False) -> NewRequest:
        """Return the request as it now stands."""
        form, draft = self.form, self.draft
        fields = form.fields if form is not None else ()
        values = {known.id: found for known in fields if (found := self.value(known.id).strip())}
        return NewRequest(
            type=form.type if form is not None else draft.type,
            person=self.person,
            values=values,
            words=draft.words,
            documents=draft.documents,
            files=draft.files,
            channel=draft.channel or self.channel,
            anyway=anyway,
        )

    def send(self, *, anyway: bool = False) -> None:
        """Send it, unless something is wrong with it."""
        if self.form is not None and not self.is_sending:
            self._tasks.spawn(self._send(anyway=anyway), name="send a request", when_busy="drop")

    async def _send(self, *, anyway: bool) -> None:
        form = self.form
        if form is None:
            return
        if form.duplicates and not anyway:
            self.told.emit(text("new_request.choose_duplicate"), True)
            return
        self.is_sending = True
        try:
            new = self.new(anyway=anyway)
            troubles = await self._desk.check_request(new)
            self.troubles = {found.field: found.sentence for found in reversed(troubles)}
            self.troubles_found.emit(dict(self.troubles))
            if troubles:
                return
            acts = await self._desk.create_request(new)
        except AviseError as error:
            self._refuse(error)
            return
        finally:
            self.is_sending = False
        self._forget()
        self.sent.emit(acts, form)

    def complete(self, row: RequestRow) -> None:
        """Add what was typed to a request that is open already, instead of sending another."""
        if self.form is not None and not self.is_sending:
            self._tasks.spawn(self._complete(row), name="complete a request", when_busy="drop")

    async def _complete(self, row: RequestRow) -> None:
        self.is_sending = True
        deed = RequestDeed(
            EventKind.REQUEST_COMPLETED,
            words=self._told_words(),
            documents=self.draft.documents,
            files=self.draft.files,
        )
        try:
            acts = await self._desk.act_on_requests((row.id,), deed)
        except AviseError as error:
            self._refuse(error)
            return
        finally:
            self.is_sending = False
        if acts.refused:
            self.told.emit(acts.refused[0][1], True)
            return
        self._forget()
        self.completed.emit(acts, row)

    def _told_words(self) -> str:
        """Return what was typed, as lines: fields are kept in the form of the request completed."""
        fields = self.form.fields if self.form is not None else ()
        lines = [
            text("new_request.line", label=known.label, value=_shown(known.choices, typed))
            for known in fields
            if (typed := self.draft.values.get(known.id, "").strip())
        ]
        return "\n".join([*filter(None, [self.draft.words.strip()]), *lines])

    def _forget(self) -> None:
        self._save.stop()
        self._is_dirty = False
        self.last_sent, self.draft = self.draft, RequestDraft()
        self._tasks.spawn(self._keep(""), name="forget a new request", when_busy="parallel")

    def restore(self) -> None:
        """Give back to be written what was sent and is taken back."""
        if self.draft.is_empty and not self.last_sent.is_empty:
            self.draft, self.last_sent = self.last_sent, RequestDraft()
            words = draft_text(self.draft)
            self._tasks.spawn(self._keep(words), name="keep a new request", when_busy="parallel")

    def _refuse(self, error: AviseError) -> None:
        self.told.emit(text(error.message_key, **error.params), True)


def _shown(choices: tuple[tuple[str, str], ...], typed: str) -> str:
    return dict(choices).get(typed, typed)
