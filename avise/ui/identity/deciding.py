"""What a user decides of records that may be one person's, over a page or the window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property, partial
from uuid import UUID

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from avise.models.acts import Act
from avise.models.customer import PersonId, SearchHit
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.services.identity.values import RecordPair
from avise.services.search_words import nothing_found
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.identity.panel import WIDTH, SamePersonPanel
from avise.ui.theme import theme

MOST_FOUND = 6

_TOLD = {
    EventKind.IDENTITY_LINKED: "identity.told.linked",
    EventKind.IDENTITY_PROPOSED: "identity.told.proposed",
    EventKind.IDENTITY_REFUSED: "identity.told.apart",
    EventKind.IDENTITY_UNLINKED: "identity.told.unlinked",
}


class DecidingRecords(QObject):
    """Opens the panel and does what is said there.

    Args:
        desk: the services.
        now: the clock.
        tasks: owner of what runs.
        page: over which the panel stands.

    Signals:
        acted: a sentence and an act that can be taken back.
        opened: the file of a record is wanted (a `SearchHit`).
    """

    acted = Signal(str, object)
    opened = Signal(object)

    def __init__(
        self, desk: DeskBridge, now: Callable[[], datetime], tasks: TaskScope, page: QWidget
    ) -> None:
        super().__init__(page)
        self._desk, self._now, self._tasks, self._page = desk, now, tasks, page
        self._read: Callable[[], Awaitable[None]] = self._read_pairs
        self._person: PersonId | None = None

    @cached_property
    def panel(self) -> SamePersonPanel:
        """The panel, made at its first use."""
        panel = SamePersonPanel(self._page)
        panel.linked.connect(self._on_linked)
        panel.kept_apart.connect(self._on_apart)
        panel.compared.connect(self._on_compared)
        panel.put_off.connect(self._on_put_off)
        panel.unlinked.connect(self._on_unlinked)
        panel.words_typed.connect(self._on_words_typed)
        panel.chosen.connect(self._on_chosen)
        panel.opened.connect(self._on_opened)
        return panel

    # ---- what is shown -------------------------------------------------------------------------
    def show_proposals(self, person: PersonId | None = None) -> None:
        """Show the pairs that wait: of a person, or all."""
        self._person, self._read = person, self._read_pairs
        self._tasks.spawn(self._show(), name="same person")

    def show_links(self, person: PersonId) -> None:
        """Show the links of a person, and let another record be compared with it."""
        self._person, self._read = person, self._read_links
        self._tasks.spawn(self._show(), name="same person")

    @Slot()
    def read_again(self) -> None:
        """Read the list on screen again: what was decided of a pair was taken back."""
        if "panel" in self.__dict__ and self.panel.shows_list:
            self._tasks.spawn(self._read_in_place(), name="same person")

    async def _read_in_place(self) -> None:
        before = QApplication.focusWidget()
        try:
            await self._read()
        except AviseError as error:
            self._say(error)
        if before is not None and isValid(before) and not self.panel.isAncestorOf(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _show(self) -> None:
        self.panel.open_at(QPoint((self._page.width() - theme().px(WIDTH)) // 2, theme().px(64)))
        try:
            await self._read()
        except AviseError as error:
            self._say(error)

    async def _read_pairs(self) -> None:
        pairs = await self._desk.same_person_proposals(self._person)
        self.panel.set_pairs(pairs)
        if self._person is not None and len(pairs) == 1:
            self._show_one(pairs[0])

    def _show_one(self, pair: RecordPair) -> None:
        """Show a pair; of one that is not told here, the hub is asked first."""
        if pair.is_sealed:
            self._on_compared(pair)
        else:
            self.panel.show_pair(pair)

    async def _read_links(self) -> None:
        if self._person is not None:
            self.panel.search_wanted = True
            self.panel.set_links(await self._desk.record_links(self._person), self._now())

    # ---- what is decided -----------------------------------------------------------------------
    @Slot(object)
    def _on_linked(self, pair: RecordPair) -> None:
        self._decide(partial(self._desk.link_records, pair.one.person, pair.other.person))

    @Slot(object)
    def _on_apart(self, pair: RecordPair) -> None:
        self._decide(partial(self._desk.keep_records_apart, pair.one.person, pair.other.person))

    @Slot(object, str)
    def _on_unlinked(self, link: UUID, reason: str) -> None:
        self._decide(partial(self._desk.unlink_records, link, reason))

    def _decide(self, deciding: Callable[[], Awaitable[Act]]) -> None:
        self._tasks.spawn(self._done(deciding), name="decide of records", when_busy="drop")

    async def _done(self, deciding: Callable[[], Awaitable[Act]]) -> None:
        try:
            act = await deciding()
            await self._read()
        except AviseError as error:
            self._say(error)
            return
        self.acted.emit(text(_TOLD[act.kind]), act)

    @Slot(object)
    def _on_put_off(self, pair: RecordPair) -> None:
        self._tasks.spawn(self._put_off(pair), name="put a pair off")

    async def _put_off(self, pair: RecordPair) -> None:
        await self._desk.put_off_records(pair.pair)
        if self._person is not None:
            self.panel.close_panel()
            return
        await self._read()

    # ---- comparing by hand ---------------------------------------------------------------------
    @Slot(str)
    def _on_words_typed(self, words: str) -> None:
        self._tasks.spawn(self._search(words.strip()), name="search a record")

    async def _search(self, words: str) -> None:
        search = self.panel.search
        if not words:
            search.set_hits((), "")
            return
        try:
            answer = await self._desk.search(words, MOST_FOUND + 1)
        except AviseError as error:
            search.set_hits((), text(error.message_key, **error.params))
            return
        hits = [hit for hit in answer.hits if hit.entry.person != self._person][:MOST_FOUND]
        search.set_hits(hits, "" if hits else nothing_found(words, self._now().date()))

    @Slot(object)
    def _on_chosen(self, hit: SearchHit) -> None:
        if self._person is not None:
            self._tasks.spawn(self._compare(self._person, hit.entry.person), name="compare records")

    @Slot(object)
    def _on_compared(self, pair: RecordPair) -> None:
        comparing = self._compare(pair.one.person, pair.other.person)
        self._tasks.spawn(comparing, name="compare records", when_busy="drop")

    async def _compare(self, one: PersonId, other: PersonId) -> None:
        try:
            self.panel.show_pair(await self._desk.compare_records(one, other))
        except AviseError as error:
            self._say(error)

    @Slot(object, str)
    def _on_opened(self, person: PersonId, name: str) -> None:
        self._tasks.spawn(self._open(person, name), name="open a record", when_busy="drop")

    async def _open(self, person: PersonId, name: str) -> None:
        """Open a file as one that was searched: a protected one asks for its reason."""
        try:
            found = (await self._desk.search(name, MOST_FOUND * 4)).hits
        except AviseError as error:
            self._say(error)
            return
        hit = next((hit for hit in found if hit.entry.person == person), None)
        if hit is None:
            self._say(AviseError("identity.unknown"))
            return
        self.panel.close_panel()
        self.opened.emit(hit)

    def _say(self, error: AviseError) -> None:
        self.panel.say_failed(text(error.message_key, **error.params))
