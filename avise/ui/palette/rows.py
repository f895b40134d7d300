"""What the palette lists: rows made from a query, the commands and an answer of the directory."""

from __future__ import annotations

from avise.models.customer import SearchAnswer
from avise.services.request_values import RequestRow
from avise.services.search_words import nothing_found
from avise.texts import plural, text
from avise.ui.palette.customer_row import customer_row
from avise.ui.palette.matching import Mark, marks_of
from avise.ui.palette.values import (
    Listing,
    PaletteCommand,
    PaletteRow,
    PaletteScope,
    Part,
    Question,
    RowKind,
    SearchState,
    marked,
)

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


def _group(title: str, right: str = "") -> PaletteRow:
    return PaletteRow(RowKind.GROUP, (Part(title),), right=(Part(right),) if right else ())


def _nothing(question: Question) -> PaletteRow:
    if not question.words.strip():
        return PaletteRow(RowKind.NOTICE, (Part(text("palette.hint")),), "search")
    return PaletteRow(RowKind.NOTICE, (Part(nothing_found(question.words, question.today)),), "search")


def result_count(found: Listing) -> str:
    """Return how many results there are, as a sentence."""
    return plural("palette.results", found.counts[PaletteScope.ALL])
