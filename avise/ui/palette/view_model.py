"""What the palette knows: the question under way and its rows; the latest question wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.env import Env
from avise.models.customer import PersonId, SearchAnswer, SearchHit
from avise.models.errors import AviseError
from avise.services.request_values import RequestRow
from avise.services.search_words import RefusedSearchError, refuse_unsearchable
from avise.texts import text
from avise.texts.formats import format_moment
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.palette.rows import listing
from avise.ui.palette.values import Listing, PaletteCommand, PaletteScope, Question, SearchState

ENOUGH = 8
"""Fewer customers found than this, a screen of them, have names with two wrong letters looked for too."""
READING_AFTER_MS = 200
"""Before "recherche en cours" is said (`ui.md` 11)."""
AGAIN_AFTER_MS = 1000
"""Before a directory that is being prepared is asked again: nobody has to press a key for it."""


class PaletteViewModel(QObject):
    """State of the palette.

    Args:
        desk: asked for customers.
        env: the clock.
        report: told of failures that are not ours to show.
        parent: of the object.

    Signals:
        listed: the rows are not what they were.
    """

    listed = Signal()

    def __init__(self, desk: DeskBridge, env: Env, report: Report, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._env = env
        self._tasks = TaskScope(self, report)
        self._used: Counter[str] = Counter()
        self._commands: Sequence[PaletteCommand] = ()
        self._open_people: Collection[PersonId] = ()
        self._recents: Sequence[SearchHit] = ()
        self._answer: SearchAnswer | None = None
        self._requests: Sequence[RequestRow] = ()
        self._state = SearchState.DONE
        self._failure = ""
        self._can_retry = True
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(READING_AFTER_MS)
        self._slow.timeout.connect(self._on_slow)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_AFTER_MS)
        self._again.timeout.connect(self._on_again)
        self.words = ""
        self.scope = PaletteScope.ALL
        self.found_at_once = False
        """Whether the first part of the answer has somebody: the second forgives words, letters and dates."""
        self.found = Listing((), dict.fromkeys(PaletteScope, 0))

    def open(self, commands: Sequence[PaletteCommand], open_people: Collection[PersonId], words: str) -> None:
        """Start over with the commands that can be run now."""
        self._commands, self._open_people = commands, open_people
        self._answer, self._requests, self._state = None, (), SearchState.DONE
        self.scope = PaletteScope.ALL
        self.words = ""
        self._tasks.spawn(self._read_recents(), name="palette recents")
        self.look_for(words)

    def close(self) -> None:
        """Stop looking."""
        self._slow.stop()
        self._again.stop()
        self._tasks.cancel()

    async def aclose(self) -> None:
        """Stop looking, and wait until nothing runs."""
        self._slow.stop()
        self._again.stop()
        await self._tasks.aclose()

    def look_for(self, words: str) -> None:
        """Look for other words; what the question before finds is dropped."""
        self.words = words
        self._again.stop()
        if words.strip():
            # The rows of the words before stay until the answer comes: nothing flickers.
            self._state = SearchState.IDLE
            self._tasks.spawn(self._search(words), name="palette search")
            self._tasks.spawn(self._find_requests(words), name="palette requests")
        else:
            self._tasks.spawn(_nothing(), name="palette search")
            self._tasks.spawn(_nothing(), name="palette requests")
            self._slow.stop()
            self._answer, self._requests, self._state = None, (), SearchState.DONE
        self._list()

    @property
    def is_settled(self) -> bool:
        """Whether the rows answer the words of the field."""
        return self._state in (SearchState.DONE, SearchState.FAILED)

    @property
    def has_looked(self) -> bool:
        """Whether everybody was looked for with the words of the field."""
        return self._state is SearchState.DONE

    def set_scope(self, scope: PaletteScope) -> None:
        """Look for customers alone, commands alone, or both."""
        self.scope = scope
        self._list()

    def command(self, identifier: str) -> Callable[[], None] | None:
        """Return what a command does, and count its use."""
        for command in self._commands:
            if command.id == identifier:
                self._used[identifier] += 1
                return command.run
        return None

    async def _read_recents(self) -> None:
        self._recents = await self._desk.recents()
        self._list()

    async def _search(self, words: str) -> None:
        self._slow.start()
        try:
            # Here already: an error that crosses from the engine is of no class of ours.
            refuse_unsearchable(words)
            found = await self._desk.search(words)
        except AviseError as error:
            self._answer, self._state = None, SearchState.FAILED
            self._can_retry = not isinstance(error, RefusedSearchError)
            self._failure = text(error.message_key, **error.params)
            self._slow.stop()
            self._list()
            if error.message_key == "directory.building":
                self._again.start()
            return
        self.found_at_once = bool(found.hits)
        if not found.hits:
            # That there is nobody is said once nobody is looked for any more.
            found = await self._with_wider(words, found)
        self._answer, self._state, self._failure = found, SearchState.DONE, ""
        self._slow.stop()
        self._list()
        if self.found_at_once and (more := await self._with_wider(words, found)) is not found:
            self._answer = more
            self._list()

    async def _with_wider(self, words: str, found: SearchAnswer) -> SearchAnswer:
        """Return an answer with those whose name has two wrong letters below: no row moves."""
        if found.total >= ENOUGH:
            return found
        try:
            wider = await self._desk.search_wider(words, [hit.entry.person for hit in found.hits])
        except AviseError:
            # What was found answers: the second part is nobody's loss.
            return found
        if not wider.hits:
            return found
        return replace(
            found,
            hits=(*found.hits, *wider.hits),
            total=found.total + wider.total,
            more=found.more or wider.more,
        )

    async def _find_requests(self, words: str) -> None:
        """Look for requests apart: the hub may take longer than the directory, or not be there."""
        try:
            refuse_unsearchable(words)
            self._requests = await self._desk.find_request(words.strip())
        except AviseError:
            self._requests = ()
        self._list()

    @Slot()
    def _on_again(self) -> None:
        # The sentence stays on screen until there is an answer.
        self._tasks.spawn(self._search(self.words), name="palette search")

    @Slot()
    def _on_slow(self) -> None:
        self._state = SearchState.READING
        self._list()

    def _list(self) -> None:
        self.found = listing(
            Question(
                self.words,
                self.scope,
                self._commands,
                [command for command, _count in self._used.most_common()],
                self._recents,
                self._answer,
                self._state,
                self._open_people,
                self._env.now().date(),
                self._directory_time(),
                self._failure,
                self._requests,
                self._can_retry,
            )
        )
        self.listed.emit()

    def _directory_time(self) -> str:
        if self._answer is None or not self._answer.as_of:
            return ""
        read = datetime.fromisoformat(self._answer.as_of)
        return text("palette.directory_read", time=format_moment(read, self._env.now()))


async def _nothing() -> None:
    """Take the place of the search under way, which is cancelled."""
