"""What the palette lists: pure values made from a query, the commands and an answer of the directory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from avise.models.customer import MatchedOn, Party, PartyKind, PersonId, SearchAnswer, SearchHit
from avise.models.names import fold
from avise.services.request_values import RequestRow
from avise.services.search_words import nothing_found
from avise.texts import plural, text
from avise.texts.formats import format_date, format_member_number, format_phone
from avise.ui.palette.matching import Mark, marks_of, merged


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


CUSTOMERS_IN_ALL = 8
COMMANDS_IN_ALL = 4
REQUESTS_IN_ALL = 4
COMMANDS_WHEN_EMPTY = 6


_WITH_COMMANDS = (PaletteScope.ALL, PaletteScope.COMMANDS)


def listing(question: Question) -> Listing:
    """Return what the palette shows for a question."""
    found = _found_commands(question)
    total = question.answer.total if question.answer is not None and question.words.strip() else 0
    requests = question.requests if question.words.strip() else ()
    counts = {
        PaletteScope.ALL: total + len(found) + len(requests),
        PaletteScope.CUSTOMERS: total,
        PaletteScope.REQUESTS: len(requests),
        PaletteScope.COMMANDS: len(found),
    }
    rows: list[PaletteRow] = []
    if question.scope in _WITH_COMMANDS:
        rows += _command_rows(
            question, [row for row in found if row[1].of_customer], "palette.group.customer"
        )
    if question.scope in (PaletteScope.ALL, PaletteScope.CUSTOMERS):
        rows += _customer_rows(question)
    if question.scope in _WITH_COMMANDS:
        rows += _command_rows(
            question, [row for row in found if not row[1].of_customer], "palette.group.commands"
        )
    if question.scope in (PaletteScope.ALL, PaletteScope.REQUESTS):
        # Last: they may come later than the rest, and nothing moves under the choice.
        rows += _request_rows(question)
    if not any(row.can_be_chosen for row in rows) and question.state is SearchState.DONE:
        rows.append(_nothing(question))
    more = question.answer.more if question.answer is not None else False
    return Listing(tuple(rows), counts, more)


# ---- commands --------------------------------------------------------------------------------


def _found_commands(question: Question) -> list[tuple[tuple[Mark, ...], PaletteCommand]]:
    if not question.words.strip():
        rank = {command: place for place, command in enumerate(question.used)}
        known = sorted(
            question.commands, key=lambda command: (rank.get(command.id, len(rank)), not command.of_customer)
        )
        wanted = None if question.scope is PaletteScope.COMMANDS else COMMANDS_WHEN_EMPTY
        return [((), command) for command in known[:wanted]]
    matched = ((marks_of(question.words, command.label), command) for command in question.commands)
    found = [(marks, command) for marks, command in matched if marks is not None]
    return sorted(found, key=lambda pair: (pair[0][0][0] if pair[0] else 0, pair[1].label))


def _command_rows(
    question: Question, found: list[tuple[tuple[Mark, ...], PaletteCommand]], title: str
) -> list[PaletteRow]:
    limit = COMMANDS_IN_ALL if question.scope is PaletteScope.ALL and question.words.strip() else None
    rows = [
        PaletteRow(
            RowKind.COMMAND,
            marked(command.label, marks),
            command.icon,
            keys=command.keys,
            command=command.id,
        )
        for marks, command in found[:limit]
    ]
    return [_group(text(title)), *rows] if rows else []


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


# ---- requests --------------------------------------------------------------------------------


def _request_rows(question: Question) -> list[PaletteRow]:
    if not question.words.strip():
        return []
    limit = REQUESTS_IN_ALL if question.scope is PaletteScope.ALL else None
    rows = [request_row(found, question.words) for found in question.requests[:limit]]
    return [_group(text("palette.group.requests")), *rows] if rows else []


def request_row(found: RequestRow, words: str) -> PaletteRow:
    """Return the row of a request: what it is about, whom, where it is, and its number."""
    number = found.number or text("palette.provisional")
    parts = list(marked(found.title, marks_of(words, found.title) or (), strong=True))
    parts += [Part(f" · {piece}") for piece in (found.customer, found.queue_label) if piece]
    right = Part(number, matched=bool(marks_of(words, number)))
    return PaletteRow(RowKind.REQUEST, tuple(parts), "inbox", (right,), request=found)


# ---- customers -------------------------------------------------------------------------------


def _customer_rows(question: Question) -> list[PaletteRow]:
    if not question.words.strip():
        rows = [customer_row(hit, question.open_people) for hit in question.recents]
        return [_group(text("palette.group.recents")), *rows] if rows else []
    if question.state is SearchState.FAILED:
        sentence = Part(question.failure or text("palette.directory_failed"))
        refused = PaletteRow(RowKind.NOTICE, (sentence,), "ban")
        retry = Part(text("palette.retry"))
        failed = PaletteRow(RowKind.NOTICE, (sentence,), "circle-x", (retry,), command="retry_search")
        return [_group(text("palette.group.customers")), failed if question.can_retry else refused]
    rows = []
    if question.answer is not None and question.answer.hits:
        limit = CUSTOMERS_IN_ALL if question.scope is PaletteScope.ALL else None
        shown = question.answer.hits[:limit]
        rows = [_group(_counted_title(question.answer, len(shown)), question.directory_time)]
        rows += [customer_row(hit, question.open_people) for hit in shown]
    if question.answer is not None and question.answer.on_board_only:
        rows.append(PaletteRow(RowKind.NOTICE, (Part(text("palette.on_board_only")),), "cloud-off"))
    if question.state is SearchState.READING:
        rows += [_group(text("palette.reading")), PaletteRow(RowKind.SKELETON, ())]
    return rows


def _counted_title(answer: SearchAnswer, shown: int) -> str:
    if answer.total <= shown and not answer.more:
        return text("palette.group.customers")
    total = text("palette.more_than", count=answer.total) if answer.more else str(answer.total)
    return text("palette.group.customers_counted", shown=shown, total=total)


def customer_row(hit: SearchHit, open_people: Collection[PersonId]) -> PaletteRow:
    """Return the row of a customer: name, what tells homonyms apart, number, and why it is there."""
    party = hit.entry.party
    if party.kind is PartyKind.COMPANY:
        parts = list(marked(party.company_name, _marks(hit, "company_name"), strong=True))
        parts += _quiet(hit, "siren", party.siren)
    else:
        parts = list(marked(_capitals(party.last_name), _marks(hit, "last_name"), strong=True))
        parts.append(Part(" ", strong=True))
        parts += marked(party.first_name, _marks(hit, "first_name"), strong=True)
        parts += _birth(hit)
    # Twins of one name have one birth date: the town is read after it.
    parts += _town(hit)
    parts += _reason(hit)
    is_open = hit.entry.person in open_people
    return PaletteRow(
        RowKind.CUSTOMER,
        tuple(parts),
        _icon(hit, is_open=is_open),
        _number(hit),
        chip="open" if is_open else ("restricted" if party.restricted else ""),
        hit=hit,
    )


def _capitals(name: str) -> str:
    """Write a family name in capitals, unless a letter grows ("ß"): the marks count characters."""
    capitals = name.upper()
    return capitals if len(capitals) == len(name) else name


def _icon(hit: SearchHit, *, is_open: bool) -> str:
    if hit.entry.party.restricted and not is_open:
        return "lock"
    icons = {PartyKind.COMPANY: "store", PartyKind.BENEFICIARY: "users"}
    return icons.get(hit.entry.party.kind, "user")


def _marks(hit: SearchHit, field: str) -> tuple[Mark, ...]:
    return merged([(start, length) for name, start, length in hit.highlights if name == field])


def _birth(hit: SearchHit) -> list[Part]:
    born = hit.entry.party.birth_date
    if born is None:
        return []
    matched = MatchedOn.BIRTH_DATE in hit.matched_on
    # Two people of one name: the birth date is what the agent reads next.
    return [Part(" · "), Part(format_date(born), matched=matched, strong=hit.homonyms > 0)]


def _quiet(hit: SearchHit, field: str, value: str, *, strong: bool = False) -> list[Part]:
    return [Part(" · "), *marked(value, _marks(hit, field), strong=strong)] if value else []


def _town(hit: SearchHit) -> list[Part]:
    """Return the town; whole when its postcode was typed, which no row shows."""
    city = hit.entry.party.city
    marks = _marks(hit, "city")
    if MatchedOn.CITY in hit.matched_on and not marks:
        marks = ((0, len(city)),)
    return [Part(" · "), *marked(city, marks, strong=hit.homonyms > 0)] if city else []


def _number(hit: SearchHit) -> tuple[Part, ...]:
    """Return the member number, the characters that were typed tinted."""
    number = hit.entry.party.member_number
    written = format_member_number(number)
    if MatchedOn.MEMBER_NUMBER not in hit.matched_on or not written:
        return (Part(written),) if written else ()
    places = [place for place, character in enumerate(written) if not character.isspace()]
    if len(places) != len(number):
        return (Part(written, matched=True),)
    marks = [
        (places[start], places[start + length - 1] - places[start] + 1)
        for start, length in _marks(hit, "member_number")
    ]
    return marked(written, marks or [(0, len(written))])


def _reason(hit: SearchHit) -> list[Part]:
    """Return what the row must add for the reader to see why it is there."""
    party, parts = hit.entry.party, []
    if hit.member_label:
        parts += [Part(" · "), Part(hit.member_label)]
    if MatchedOn.PHONE in hit.matched_on and party.phones:
        parts += [Part(" · "), Part(format_phone(_matched_phone(hit)), matched=True)]
    if MatchedOn.EMAIL in hit.matched_on and party.email:
        parts += [Part(" · "), *marked(party.email, _marks(hit, "email") or ((0, len(party.email)),))]
    born = _marks(hit, "birth_name")
    # A name of birth that was mistyped answers too: the row would not tell why it is there.
    if party.birth_name and (MatchedOn.BIRTH_NAME in hit.matched_on or (born and _is_renamed(party))):
        parts += [Part(" · "), Part(text("palette.born")), *marked(party.birth_name, born)]
    if MatchedOn.COMPANY in hit.matched_on and party.kind is not PartyKind.COMPANY and party.company_name:
        parts += _quiet(hit, "company_name", party.company_name)
    for kind in _APPROXIMATE:
        if kind in hit.matched_on:
            parts += [Part(" · "), Part(text(f"palette.{kind}"))]
    return parts


def _is_renamed(party: Party) -> bool:
    return fold(party.birth_name) != fold(party.last_name)


def _matched_phone(hit: SearchHit) -> str:
    """Return the number that answers: a member may have several."""
    phones = hit.entry.party.phones
    matched = {name for name, _start, _length in hit.highlights}
    return next((phone for place, phone in enumerate(phones) if f"phones.{place}" in matched), phones[0])


_APPROXIMATE = (
    MatchedOn.NAME_TYPO,
    MatchedOn.NAME_PHONETIC,
    MatchedOn.FIRST_NAME_TYPO,
    MatchedOn.FIRST_NAME_VARIANT,
)
"""Reasons that the tint alone does not tell."""


def _group(title: str, right: str = "") -> PaletteRow:
    return PaletteRow(RowKind.GROUP, (Part(title),), right=(Part(right),) if right else ())


def _nothing(question: Question) -> PaletteRow:
    if not question.words.strip():
        return PaletteRow(RowKind.NOTICE, (Part(text("palette.hint")),), "search")
    return PaletteRow(RowKind.NOTICE, (Part(nothing_found(question.words, question.today)),), "search")


def result_count(found: Listing) -> str:
    """Return how many results there are, as a sentence."""
    return plural("palette.results", found.counts[PaletteScope.ALL])
