"""A reading of several folders as one: the newest letter of all comes first."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from avise.connectors.contract import Batch, Completeness
from avise.connectors.declarative.batches import MORE_THAN_SHOWN
from avise.connectors.imap.letters import Headers, Letter, read_letter
from avise.connectors.imap.places import Place
from avise.models.customer import IdentityEvidence
from avise.models.interaction import Interaction

PAGE = 100
"""Letters whose headers are asked for at a time."""
TOO_OLD = "past_days"

Ask = Callable[[Sequence[Place]], Awaitable[list[Headers]]]


@dataclass(slots=True)
class _Folder:
    """What is still to be told of a folder, newest first."""

    waiting: deque[Place]
    letters: deque[Letter] = field(default_factory=deque)

    @property
    def newest(self) -> datetime:
        return self.letters[0].interaction.at


@dataclass(slots=True)
class LettersReading:
    """Tells the letters of one customer.

    Args:
        addresses: the customer's.
        scheme: of the identifier that holds them.
        asked: its value.
        limit: letters told; more make the reading truncated.
        windowed: older letters were not looked for.
    """

    addresses: Collection[str]
    scheme: str
    asked: str
    limit: int
    windowed: bool
    _unreadable: int = 0
    _stranger: str = ""
    _seen: set[str] = field(default_factory=set)

    async def batches(self, found: Sequence[Sequence[Place]], ask: Ask) -> AsyncIterator[Batch[Interaction]]:
        """Yield the letters, page by page.

        Args:
            found: the letters of each folder, newest first.
            ask: asks for the headers of some of one folder.

        Raises:
            ConnectorError: the server could not be read.
        """
        folders = [_Folder(deque(places)) for places in found]
        told, page = 0, list[Interaction]()
        while True:
            if any(not folder.letters and folder.waiting for folder in folders):
                if page:
                    yield self._batch(page, Completeness.MORE)
                    page = []
                await self._fill(folders, ask)
            ready = [folder for folder in folders if folder.letters]
            if not ready:
                break
            if told >= self.limit:
                yield self._batch(page, Completeness.TRUNCATED, MORE_THAN_SHOWN)
                return
            page.append(max(ready, key=lambda folder: folder.newest).letters.popleft().interaction)
            told += 1
        ended = Completeness.TRUNCATED if self.windowed else Completeness.COMPLETE
        yield self._batch(page, ended, TOO_OLD if self.windowed else "")

    async def _fill(self, folders: Sequence[_Folder], ask: Ask) -> None:
        for folder in folders:
            while folder.waiting and not folder.letters:
                places = [folder.waiting.popleft() for _ in range(min(PAGE, len(folder.waiting)))]
                letters = [letter for headers in await ask(places) if (letter := self._read(headers))]
                folder.letters.extend(sorted(letters, key=lambda one: one.interaction.at, reverse=True))

    def _read(self, headers: Headers) -> Letter | None:
        try:
            letter = read_letter(headers, self.addresses)
        except ValueError:
            self._unreadable += 1
            return None
        self._stranger = self._stranger or letter.stranger
        if not letter.ours or letter.same in self._seen:
            return None
        self._seen |= {letter.same} - {""}
        return letter

    def _batch(
        self, page: Sequence[Interaction], completeness: Completeness, because: str = ""
    ) -> Batch[Interaction]:
        unreadable, self._unreadable = self._unreadable, 0
        return Batch(
            tuple(page),
            completeness,
            truncated_because=because,
            unreadable=unreadable,
            evidence=IdentityEvidence(ids={self.scheme: self._stranger or self.asked}),
        )
