"""What the palette is asked and what it lists, as values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from avise.models.customer import PersonId, SearchAnswer, SearchHit
from avise.services.request_values import RequestRow
from avise.texts import text
from avise.ui.palette.matching import Mark


class PaletteScope(StrEnum):
    """What is looked for. Title: catalogue key `palette.scope.<scope>`."""

    ALL = "all"
    CUSTOMERS = "customers"
    REQUESTS = "requests"
    COMMANDS = "commands"


class RowKind(StrEnum):
    """How a row is painted, and whether it can be chosen."""

    GROUP = "group"
    COMMAND = "command"
    CUSTOMER = "customer"
    REQUEST = "request"
    NOTICE = "notice"
    """A sentence, with an action that Enter does ("Réessayer")."""
    SKELETON = "skeleton"


class SearchState(StrEnum):
    """Where the directory's answer stands."""

    IDLE = "idle"
    READING = "reading"
    """Slower than 200 ms."""
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a row's text."""

    text: str
    matched: bool = False
    strong: bool = False
    """The name; what follows is quieter."""
    kept: bool = False
    """Of the end of the text: stays whole when the row is too narrow, and what is before it is cut."""


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """One row."""

    kind: RowKind
    parts: tuple[Part, ...]
    icon: str = ""
    right: tuple[Part, ...] = ()
    """Number or place in one run, right-aligned."""
    keys: str = ""
    chip: str = ""
    """"open" or "restricted"."""
    command: str = ""
    """What Enter does, for a command or a notice."""
    hit: SearchHit | None = None
    request: RequestRow | None = None

    @property
    def can_be_chosen(self) -> bool:
        """Whether the arrows stop here."""
        return self.kind in (RowKind.COMMAND, RowKind.CUSTOMER, RowKind.REQUEST) or bool(self.command)

    @property
    def identity(self) -> str:
        """Names the row across answers, so that the choice stays on it."""
        if self.request is not None:
            return str(self.request.id)
        return str(self.hit.entry.person) if self.hit is not None else f"{self.kind}:{self.command}"

    @property
    def sentence(self) -> str:
        """The row as one sentence, for a screen reader."""
        words = "".join(part.text for part in self.parts)
        right = "".join(part.text for part in self.right)
        chip = text(f"palette.{self.chip}") if self.chip else ""
        return ", ".join(piece for piece in (words, chip, right, self.keys) if piece)


@dataclass(frozen=True, slots=True)
class PaletteCommand:
    """A command that can be found."""

    id: str
    label: str
    icon: str
    keys: str
    of_customer: bool
    """Acts on the customer shown."""
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What the palette was asked, and with what it answers."""

    words: str
    scope: PaletteScope
    commands: Sequence[PaletteCommand]
    used: Sequence[str]
    """Ids of the commands used most, best first."""
    recents: Sequence[SearchHit]
    answer: SearchAnswer | None
    state: SearchState
    open_people: Collection[PersonId]
    today: date
    directory_time: str = ""
    """When the directory was read, written."""
    failure: str = ""
    """Why nobody was looked for, as a sentence."""
    requests: Sequence[RequestRow] = ()
    """Those of the middle office that the words name."""
    can_retry: bool = True
    """Whether looking again may answer, after a failure."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows, and how many results there are in each scope."""

    rows: tuple[PaletteRow, ...]
    counts: dict[PaletteScope, int]
    more: bool = False
    """The count of customers stopped before the end."""


def marked(words: str, marks: Sequence[Mark], *, strong: bool = False) -> tuple[Part, ...]:
    """Return a text cut where its marks start and end."""
    parts: list[Part] = []
    done = 0
    for start, length in marks:
        if start > done:
            parts.append(Part(words[done:start], strong=strong))
        parts.append(Part(words[start : start + length], matched=True, strong=strong))
        done = start + length
    if done < len(words):
        parts.append(Part(words[done:], strong=strong))
    return tuple(parts)
