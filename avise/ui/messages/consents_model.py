"""State of a member's consents on screen: the matrix, the questions, and what the agent notes."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from avise.models.consent import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentPurpose,
    ConsentQuestion,
    ConsentState,
)
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.interaction import Channel
from avise.texts import text
from avise.texts.formats import format_date
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge

Place = tuple[ConsentPurpose, ConsentChannel]

PURPOSES = tuple(purpose for purpose in ConsentPurpose if purpose is not ConsentPurpose.SERVICE)
CHANNELS = tuple(ConsentChannel)


@dataclass(frozen=True, slots=True)
class ShownConsents:
    """What the panel shows."""

    cells: Mapping[Place, Consent] = field(default_factory=dict)
    questions: Mapping[Place, ConsentQuestion] = field(default_factory=dict)
    to_ask: frozenset[Place] = frozenset()
    """Never asked, or too long ago."""
    told: str = ""
    is_refusal: bool = False
    is_busy: bool = False
    slip: Place | None = None
    """The cell of which something was just noted, and may be taken back."""

    def cell(self, place: Place) -> Consent:
        """Return what was said for a purpose on a channel."""
        return self.cells.get(place) or Consent(*place)

    def is_expired(self, place: Place) -> bool:
        """Return whether a positive act is too old to count."""
        return place in self.to_ask and self.cell(place).state is ConsentState.YES

    def state_word(self, place: Place) -> str:
        """Return the state of a cell in a word or two."""
        state = "expired" if self.is_expired(place) else self.cell(place).state.value
        return text(f"consents_panel.{state}")

    def spoken(self, place: Place) -> str:
        """Return a cell as one sentence."""
        since = self.cell(place).since
        day = text("consents_panel.since", date=format_date(since)) if since is not None else ""
        return ", ".join(part for part in (cell_words(place), self.state_word(place), day) if part)


def cell_words(place: Place) -> str:
    """Return the name of a cell: its purpose and its channel."""
    purpose, channel = place
    return text(
        "consents_panel.cell",
        purpose=text(f"consent.purpose.{purpose}"),
        channel=text(f"consent.channel.{channel}"),
    )


class ConsentsModel(QObject):
    """What one member accepts.

    Args:
        desk: the services.
        person: whose dossier is open.
        report: told of what nobody expected.
        parent: Qt's owner.

    Signals:
        changed: `shown()` is not what it was.
        noted: something was noted; "given" or "withdrawn".
    """

    changed = Signal()
    noted = Signal(str)

    def __init__(self, desk: DeskBridge, person: PersonId, report: Report, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._person = desk, person
        self._tasks = TaskScope(self, report)
        self._cells: dict[Place, Consent] = {}
        self._questions: dict[Place, ConsentQuestion] = {}
        self._to_ask: tuple[ConsentQuestion, ...] = ()
        self._told, self._is_refusal, self._is_busy = "", False, False
        self._slip: Place | None = None

    def shown(self) -> ShownConsents:
        """Return what is shown."""
        return ShownConsents(
            dict(self._cells),
            dict(self._questions),
            frozenset((question.purpose, question.channel) for question in self._to_ask),
            self._told,
            self._is_refusal,
            self._is_busy,
            self._slip,
        )

    @property
    def to_ask(self) -> tuple[ConsentQuestion, ...]:
        """The questions still to be asked, in the order of the purposes."""
        return self._to_ask

    def close(self) -> None:
        """End what is under way."""
        self._tasks.cancel()

    # ---- reading -----------------------------------------------------------------------------------
    def read(self) -> None:
        """Read the matrix and the questions."""
        self._told, self._is_refusal, self._slip = "", False, None
        self._tasks.spawn(self._read(), name="consents")

    async def _read(self) -> None:
        try:
            self._take(await self._desk.consents(self._person))
            every = await self._desk.consent_questions(self._person, every=True)
            self._questions = {(one.purpose, one.channel): one for one in every}
            self._to_ask = await self._desk.consent_questions(self._person)
        except AviseError as error:
            self._tell(text(error.message_key, **error.params), is_refusal=True)
            return
        self.changed.emit()

    def _take(self, cells: tuple[Consent, ...]) -> None:
        self._cells = {(cell.purpose, cell.channel): cell for cell in cells}

    # ---- noting ------------------------------------------------------------------------------------
    def give(
        self, place: Place, said_on: Channel = Channel.PHONE_IN, proof: str = "", version: str = ""
    ) -> None:
        """Note a positive act; the version of the question that was read is kept with it."""
        act = ConsentAct(*place, said_on=said_on, proof=proof, text_version=version)
        told = _words("consents_panel.given", place)
        self._note(self._give(act), told, "given", place)

    async def _give(self, act: ConsentAct) -> tuple[Consent, ...]:
        return await self._desk.give_consent(self._person, act)

    def withdraw(self, place: Place | None, said_on: Channel = Channel.PHONE_IN, proof: str = "") -> None:
        """Note a refusal or a withdrawal, of one cell or, without one, of everything."""
        told = _words("consents_panel.withdrawn", place) if place else text("consents_panel.all_withdrawn")
        self._note(self._withdraw(place, said_on, proof), told, "withdrawn", place)

    async def _withdraw(self, place: Place | None, said_on: Channel, proof: str) -> tuple[Consent, ...]:
        purpose, channel = place if place is not None else (None, None)
        return await self._desk.withdraw_consent(self._person, purpose, channel, said_on, proof)

    def take_back(self, place: Place) -> None:
        """Take back what was just noted of a cell: a slip of the hand."""
        self._note(self._take_back(place), text("undo.done"), "taken_back")

    async def _take_back(self, place: Place) -> tuple[Consent, ...]:
        return await self._desk.undo_consent(self._person, *place)

    def _note(
        self,
        writing: Coroutine[object, object, tuple[Consent, ...]],
        told: str,
        what: str,
        slip: Place | None = None,
    ) -> None:
        if self._is_busy:
            writing.close()
            return
        self._is_busy, self._slip = True, None
        self.changed.emit()
        self._tasks.spawn(self._write(writing, told, what, slip), name="note", when_busy="parallel")

    async def _write(
        self,
        writing: Coroutine[object, object, tuple[Consent, ...]],
        told: str,
        what: str,
        slip: Place | None,
    ) -> None:
        try:
            self._take(await writing)
            self._to_ask = await self._desk.consent_questions(self._person)
        except AviseError as error:
            self._is_busy = False
            self._tell(text(error.message_key, **error.params), is_refusal=True)
            return
        self._is_busy, self._slip = False, slip
        self._tell(told)
        self.noted.emit(what)

    def _tell(self, sentence: str, *, is_refusal: bool = False) -> None:
        self._told, self._is_refusal = sentence, is_refusal
        self.changed.emit()


def _words(key: str, place: Place) -> str:
    purpose, channel = place
    return text(key, purpose=text(f"consent.purpose.{purpose}"), channel=text(f"consent.channel.{channel}"))
