"""Lines of the blocks on the relation: documents, appointments, complaints, member space, consents."""

from __future__ import annotations

from collections.abc import Sequence

from avise.models.facets import FacetRecord
from avise.services.facts import day, word
from avise.services.facts import moment as moment_of
from avise.texts import text
from avise.texts.formats import format_moment, format_short_date, format_time, local
from avise.ui.customer.block_content import KeyValueRow, ListRow, Row
from avise.ui.customer.record_lines import RecordLines
from avise.ui.customer.record_words import (
    Moment,
    capital,
    code_chip,
    code_label,
    key_value,
    narrow_date,
    plain,
    rows_with_a_value,
    shown,
    together,
)
from avise.ui.widgets.chip import ChipSpec, Tone

Records = Sequence[FacetRecord]
_OPEN = ("open", "acknowledged")


def documents(records: Records, moment: Moment) -> Sequence[Row]:
    """Return one line a document, newest first, awaited ones before all."""
    ordered = sorted(records, key=lambda r: (word(r, "status") == "awaited", word(r, "dated")), reverse=True)
    return RecordLines(ordered, lambda record: _document(record, moment))


def _document(record: FacetRecord, moment: Moment) -> ListRow:
    dated = moment_of(record, "dated")
    on = local(dated).date() if dated else day(record, "dated")
    title = word(record, "title")
    title = code_label("documents", record, "kind") if title in ("", "•••") else capital(title)
    chip = code_chip("documents", record, "status")
    right = "" if chip else shown("documents", record, "direction")
    return ListRow(narrow_date(on, moment.today), (plain(title),), right, chip=chip)


def appointments(records: Records, moment: Moment) -> Sequence[Row]:
    """Return one line an appointment: those to come first, the nearest before all."""
    ordered = sorted(records, key=lambda r: _nearness(r, moment))
    return RecordLines(ordered, lambda record: _appointment(record, moment))


def _nearness(record: FacetRecord, moment: Moment) -> tuple[bool, float]:
    starts = moment_of(record, "starts_at")
    if starts is None:
        return True, 0.0
    past = starts < moment.now
    distance = (starts - moment.now).total_seconds()
    return past, -distance if past else distance


def _appointment(record: FacetRecord, moment: Moment) -> ListRow:
    starts = moment_of(record, "starts_at")
    lead = narrow_date(local(starts).date(), moment.today) if starts else ""
    time = format_time(starts) if starts else ""
    place = word(record, "place") or word(record, "subject") or code_label("appointments", record, "kind")
    return ListRow(
        lead, (plain(together(time, place)),), word(record, "advisor"),
        chip=code_chip("appointments", record, "status"),
    )  # fmt: skip


def complaints(records: Records, moment: Moment) -> Sequence[Row]:
    """Return one line a complaint, the open ones first, with the date due by law."""
    ordered = sorted(records, key=lambda r: word(r, "received_on"), reverse=True)
    ordered.sort(key=lambda r: word(r, "status") not in _OPEN)
    return RecordLines(ordered, lambda record: _complaint(record, moment))


def _complaint(record: FacetRecord, moment: Moment) -> ListRow:
    due = day(record, "answer_by")
    chip = code_chip("complaints", record, "status")
    if word(record, "status") in _OPEN and due is not None:
        late = due < moment.today
        key = "customer.answer_late" if late else "customer.answer_due"
        words = text(key, date=format_short_date(due))
        chip = ChipSpec(words, Tone.DANGER if late else Tone.WARN, "flag", small=True)
    right = "" if chip else shown("complaints", record, "status")
    words = together(word(record, "number"), word(record, "subject"))
    return ListRow(narrow_date(day(record, "received_on"), moment.today), (plain(words),), right, chip=chip)


def member_space(records: Records, moment: Moment) -> tuple[Row, ...]:
    """Return the last visit, what was looked for, and how the member is told of things."""
    record = records[0]
    login = moment_of(record, "last_login_at")
    device = shown("member_space", record, "device")
    when = format_moment(login, moment.now) if login else ""
    looked_for = word(record, "last_search")
    return rows_with_a_value(
        (
            KeyValueRow(
                text("field.member_space.account"),
                (plain(code_label("member_space", record, "account")),) if login is None else (),
                code_chip("member_space", record, "account"),
            ),
            key_value(
                text("field.member_space.last_login_at"), ", ".join(part for part in (when, device) if part)
            ),
            key_value(
                text("field.member_space.last_search"),
                text("customer.quoted", words=looked_for) if looked_for else "",
            ),
            key_value(text("field.member_space.last_page"), "" if looked_for else word(record, "last_page")),
            key_value(
                text("field.member_space.notifications"), shown("member_space", record, "notifications")
            ),
        )
    )


def consents(records: Records, _moment: Moment) -> tuple[Row, ...]:
    """Return one line a purpose: what was answered for each channel."""
    by_purpose: dict[str, list[FacetRecord]] = {}
    for record in records:
        by_purpose.setdefault(word(record, "purpose"), []).append(record)
    return tuple(_purpose(group) for group in by_purpose.values())


def _purpose(group: list[FacetRecord]) -> KeyValueRow:
    answers: dict[str, list[str]] = {}
    for record in group:
        channel = shown("consents", record, "channel")
        answers.setdefault(shown("consents", record, "state"), []).append(channel)
    words = together(*(f"{capital(state)} : {', '.join(channels)}" for state, channels in answers.items()))
    return KeyValueRow(code_label("consents", group[0], "purpose"), (plain(words),))
