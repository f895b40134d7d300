"""State of the composer: the template, the channel, the draft of the engine, what was written over.

The engine owns every rule (channel, consent, facts, gaps); this holds what the agent asked for and what
came back. What is typed is marked at once, and read by the engine after a pause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.models.consent import ConsentChannel
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.note_findings import Finding, FindingKind, blocking
from avise.models.outgoing import Fragments, LetterPage, MessageDraft, TemplateChoice, plain
from avise.services.messages.rewriting import rewritten
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.messages.wording import matching

PAUSE_MS = 400
"""After the last letter typed, the engine reads what was written."""

_Place = tuple[str, ConsentChannel | None, str]
"""Template, channel and language: what was written over belongs to one of them."""


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """What the composer shows."""

    templates: tuple[TemplateChoice, ...] = ()
    """Those that fit what is searched."""
    template: str = ""
    draft: MessageDraft | None = None
    findings: tuple[Finding, ...] = ()
    told: str = ""
    """What came of what was asked."""
    is_refusal: bool = False
    is_busy: bool = False
    """Being read, or planned."""
    pages: tuple[LetterPage, ...] = ()
    """The letter as it is printed, when the agent looks at it so."""
    version: int = 0
    """Of the body: another one is loaded in the field, the same one is being typed there."""

    @property
    def may_send(self) -> bool:
        """Whether the button does something."""
        return (
            self.draft is not None and self.draft.ready and not blocking(self.findings) and not self.is_busy
        )


class ComposerModel(QObject):
    """Writes one message to the member of an open dossier.

    Args:
        desk: the services.
        person: whose dossier is open.
        report: told of what nobody expected.
        parent: Qt's owner.

    Signals:
        changed: `shown()` is not what it was.
        planned: a message leaves in two minutes (an `OutgoingMessage`).
    """

    changed = Signal()
    planned = Signal(object)

    def __init__(self, desk: DeskBridge, person: PersonId, report: Report, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._person = desk, person
        self._tasks = TaskScope(self, report)
        self._templates: tuple[TemplateChoice, ...] = ()
        self._words = ""
        self._kind: ConsentChannel | None = None
        self._template = ""
        self._channel: ConsentChannel | None = None
        self._language = ""
        self._filled: dict[str, str] = {}
        self._made: MessageDraft | None = None
        """As the template alone makes it."""
        self._written: dict[_Place, str] = {}
        self._draft: MessageDraft | None = None
        self._findings: tuple[Finding, ...] = ()
        self._told, self._is_refusal, self._is_busy = "", False, False
        self._pages: tuple[LetterPage, ...] = ()
        self._version = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)

    def shown(self) -> ShownMessage:
        """Return what is shown."""
        return ShownMessage(
            self.matching(),
            self._template,
            self._draft,
            self._findings,
            self._told,
            self._is_refusal,
            self._is_busy,
            self._pages,
            self._version,
        )

    def matching(self) -> tuple[TemplateChoice, ...]:
        """Return the templates that fit what is searched."""
        return matching(self._templates, self._words, self._kind)

    @property
    def kind(self) -> ConsentChannel | None:
        """The channel that the composer was opened for, None for any."""
        return self._kind

    @property
    def filled(self) -> Mapping[str, str]:
        """Facts that the agent gave."""
        return self._filled

    @property
    def is_rewritten(self) -> bool:
        """Whether the agent wrote the body over."""
        return bool(self._over())

    def close(self) -> None:
        """End what is under way."""
        self._pause.stop()
        self._tasks.cancel()

    # ---- what the agent does -----------------------------------------------------------------------
    def open(self, kind: ConsentChannel | None, template: str = "", reason: str = "") -> None:
        """Begin a message.

        Args:
            kind: only the templates of a channel, and by that channel; None for all.
            template: chosen at once.
            reason: for contact, whose templates come first.
        """
        self.forget()
        self._kind = self._channel = kind
        self._template = template
        self._is_busy = True
        self._tasks.spawn(self._load(reason), name="templates")

    def forget(self) -> None:
        """Forget what was written: the panel closes."""
        self.close()
        self._words, self._kind, self._template, self._channel, self._language = "", None, "", None, ""
        self._filled, self._written = {}, {}
        self._made = self._draft = None
        self._findings, self._pages = (), ()
        self._told, self._is_refusal, self._is_busy = "", False, False

    def search(self, words: str) -> None:
        """Show the templates that hold some words; one of them stays chosen."""
        self._words = words
        found = [template.id for template in self.matching()]
        if found and self._template not in found:
            self.choose(found[0])
        self.changed.emit()

    def choose(self, template: str) -> None:
        """Write from another template."""
        if template == self._template and self._draft is not None:
            return
        self._template = template
        self._filled = {}
        self._channel = self._kind
        self._made = self._draft = None
        self._read()

    def choose_channel(self, channel: ConsentChannel) -> None:
        """Write by another channel."""
        self._channel = channel
        self._read()

    def choose_language(self, code: str) -> None:
        """Write in another language."""
        self._language = code
        self._read()

    def fill(self, name: str, value: str) -> None:
        """Give a fact that nobody knows; an empty value is a gap again."""
        value = value.strip()
        if value == self._filled.get(name, ""):
            return
        gap = self._gap(name)
        self._filled = {key: known for key, known in self._filled.items() if key != name}
        if value:
            self._filled[name] = value
        if value and gap and self._over():
            # The gap may stand in what was written over as well.
            self._written[self._place()] = self._over().replace(gap, value)
        self._read()

    def write(self, words: str) -> None:
        """Take the body as the agent writes it."""
        if self._made is None:
            return
        # Nothing at all is the agent's own as well: it is refused, not taken for the template's.
        self._written[self._place()] = "" if words == plain(self._made.body) else words or " "
        self._told, self._is_refusal = "", False
        self._mark()
        self._pause.start()
        self.changed.emit()

    def restore(self) -> None:
        """Come back to the template's own words."""
        self._written.pop(self._place(), None)
        self._findings = ()
        self._read()

    def remove_numbers(self) -> None:
        """Take out of the body the numbers that must not stay in a message."""
        words = self.body()
        for found in reversed(blocking(self._findings)):
            words = (words[: found.start].rstrip(" \u00a0\u202f") + words[found.end :]).strip()
        self._findings = ()
        self._version += 1
        self.write(words)

    def show_letter(self) -> None:
        """Show the letter as it is printed, or come back to its text."""
        if self._pages:
            self._pages = ()
            self.changed.emit()
        elif self._draft is not None:
            self._tasks.spawn(self._print(self._draft), name="letter")

    async def _print(self, draft: MessageDraft) -> None:
        try:
            self._pages = await self._desk.letter_pages(draft)
        except AviseError as error:
            self._tell(text(error.message_key, **error.params), is_refusal=True)
            return
        self.changed.emit()

    def read_again(self) -> None:
        """Make the draft again: more of the file is known by now."""
        if self._template and not self._is_busy:
            self._read()

    def send(self) -> None:
        """Have the message leave in two minutes; what keeps it from leaving is told."""
        if self._is_busy or self._draft is None:
            return
        refusal = self._refusal(self._draft)
        if refusal:
            self._tell(refusal, is_refusal=True)
            return
        self._pause.stop()
        self._is_busy = True
        self._tell("")
        self._tasks.spawn(self._send(), name="send", when_busy="drop")

    # ---- the draft -----------------------------------------------------------------------------------
    def body(self) -> str:
        """Return the body as it stands."""
        return self._over() or (plain(self._made.body) if self._made is not None else "")

    def marked(self) -> Fragments:
        """Return the body with its facts and gaps."""
        return self._draft.body if self._draft is not None else ()

    def _place(self) -> _Place:
        made = self._made
        return self._template, made.channel if made is not None else None, self._language

    def _over(self) -> str:
        return self._written.get(self._place(), "")

    def _gap(self, name: str) -> str:
        body = self._made.body if self._made is not None else ()
        return next((run.text for run in body if run.missing and run.fact == name), "")

    def _mark(self) -> None:
        """Mark what was typed, before the engine reads it."""
        made = self._made
        if made is None:
            return
        body = rewritten(made.body, self.body())
        left = {run.fact for run in (*made.subject, *body) if run.missing}
        missing = tuple(fact for fact in made.missing if fact.name in left)
        self._draft = replace(self._draft or made, body=body, missing=missing, words=self._over())

    def _read(self) -> None:
        self._is_busy = True
        self._pages = ()
        self._told, self._is_refusal = "", False
        self._tasks.spawn(self._draw(), name="draft")
        self.changed.emit()

    async def _load(self, reason: str) -> None:
        try:
            self._templates = await self._desk.message_templates(reason)
        except AviseError as error:
            self._is_busy = False
            self._tell(text(error.message_key, **error.params), is_refusal=True)
            return
        found = self.matching()
        if not any(template.id == self._template for template in self._templates):
            self._template = found[0].id if found else ""
        self._is_busy = False
        if self._template:
            self._read()
        else:
            self._tell(text("composer.no_template"))

    async def _draw(self) -> None:
        try:
            made = await self._make("")
        except AviseError as error:
            self._is_busy = False
            self._tell(text(error.message_key, **error.params), is_refusal=True)
            return
        self._made = self._draft = made
        self._findings = ()
        self._is_busy = False
        self._version += 1
        if self._over():
            self._mark()
            self._pause.start()
        self.changed.emit()

    async def _make(self, words: str) -> MessageDraft:
        channel = self._channel
        known = next((one for one in self._templates if one.id == self._template), None)
        if known is not None and channel not in known.channels:
            channel = None
        return await self._desk.draft_message(
            self._person, self._template, channel, self._language, dict(self._filled), words
        )

    @Slot()
    def _on_pause(self) -> None:
        self._tasks.spawn(self._check(), name="check")

    async def _check(self) -> None:
        """Have the engine read what was written: its numbers, its words, its length."""
        words = self._over()
        if not words:
            self._findings = ()
            self.changed.emit()
            return
        try:
            found = await self._desk.check_note(words)
            self._findings = tuple(one for one in found if one.kind is not FindingKind.LONG)
            if not blocking(self._findings):
                drawn = await self._make(words)
                if words == self._over():
                    self._draft = drawn
        except AviseError as error:
            self._tell(text(error.message_key, **error.params), is_refusal=True)
            return
        self.changed.emit()

    # ---- sending -------------------------------------------------------------------------------------
    def _refusal(self, draft: MessageDraft) -> str:
        """Return why a draft cannot leave, "" when it can."""
        if draft.channel is None:
            return text("composer.no_channel")
        if not plain(draft.body).strip():
            return text("composer.empty")
        if draft.missing:
            return text("message.missing_facts", facts=", ".join(fact.label for fact in draft.missing))
        return text("message.restricted_number") if blocking(self._findings) else ""

    async def _send(self) -> None:
        words = self._over()
        try:
            # Typed a moment ago, perhaps: what leaves is what the engine read.
            draft = await self._make(words) if words or self._draft is None else self._draft
            refusal = self._refusal(draft)
            if refusal:
                self._draft = draft
                self._tell_over(refusal)
                return
            message = await self._desk.send_message(draft)
        except AviseError as error:
            self._tell_over(text(error.message_key, **error.params))
            if error.message_key == "message.changed":
                await self._draw_changed(text(error.message_key))
            return
        self._is_busy = False
        self.planned.emit(message)

    async def _draw_changed(self, sentence: str) -> None:
        """Show the message as it would leave now; the agent reads it before sending it."""
        await self._draw()
        self._tell(sentence, is_refusal=True)

    def _tell_over(self, sentence: str) -> None:
        self._is_busy = False
        self._tell(sentence, is_refusal=True)

    def _tell(self, sentence: str, *, is_refusal: bool = False) -> None:
        self._told, self._is_refusal = sentence, is_refusal
        self.changed.emit()
