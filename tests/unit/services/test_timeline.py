from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from avise.models.facets import FacetState
from avise.models.interaction import Channel, Direction, Interaction, TimelineEntry, TimelineGroup
from avise.services.timeline import FOLD_FROM, entries_of, entry_of, unified
from tests.unit.services.facts_builder import NOW, view


def interaction(channel: Channel, direction: Direction = Direction.IN, status: str = "") -> Interaction:
    return Interaction("1", NOW, channel, direction, "Titre", status=status)


def test_each_channel_finds_its_group_and_its_icon() -> None:
    missed = entry_of(interaction(Channel.PHONE_IN, status="missed"), "relation")
    assert (missed.group, missed.variant) == (TimelineGroup.CALL, "call_missed")
    answered = entry_of(interaction(Channel.EMAIL, Direction.OUT), "relation")
    assert (answered.group, answered.variant) == (TimelineGroup.EMAIL, "email_out")
    chat = entry_of(interaction(Channel.CHAT), "relation")
    assert chat.group is TimelineGroup.MESSAGE


def test_an_internal_exchange_is_a_note_whatever_its_channel() -> None:
    assert entry_of(interaction(Channel.EMAIL, Direction.INTERNAL), "journal").variant == "note"


def test_lines_paid_together_are_one_payment() -> None:
    line = {"paid_on": "2026-03-20", "status": "paid", "paid_to": "member", "statement": "26-0318",
            "category": "optics"}  # fmt: skip
    (entry,) = entries_of(view("benefits", {**line, "amount": "200.00"}, {**line, "amount": "14.00"}))
    assert "214,00" in entry.title
    assert "26-0318" in entry.summary


def test_an_unread_block_tells_nothing() -> None:
    rows = {"received_on": "2026-03-01", "number": "R-1", "subject": "Délai"}
    assert list(entries_of(view("complaints", rows, state=FacetState.FAILED))) == []


def entry(minutes: int, title: str, variant: str = "sms", source: str = "relation") -> TimelineEntry:
    return TimelineEntry(
        f"{source}/{minutes}/{title}",
        NOW - timedelta(minutes=minutes),
        TimelineGroup.MESSAGE,
        variant,
        title,
        "",
        source,
    )


def test_identical_automatic_messages_in_a_row_fold_into_one_line() -> None:
    folded = unified([entry(n, "Rappel") for n in range(FOLD_FROM)])
    assert [(item.title, item.count) for item in folded] == [("Rappel", FOLD_FROM)]


def test_two_identical_messages_stay_two_lines() -> None:
    assert len(unified([entry(1, "Rappel"), entry(2, "Rappel")])) == 2


def test_what_staff_wrote_never_folds() -> None:
    assert len(unified([entry(n, "Note", source="journal") for n in range(5)])) == 5


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["a", "b"]), st.sampled_from(["sms", "call_in"])),
        max_size=40,
    )
)
def test_folding_loses_no_line_and_keeps_the_order(rows: list[tuple[int, str, str]]) -> None:
    entries = {item.id: item for row in rows for item in [entry(*row)]}
    found = unified(entries.values())
    assert sum(item.count for item in found) == len(entries)
    assert [item.at for item in found] == sorted((item.at for item in found), reverse=True)


def test_a_code_that_nobody_knows_is_told_as_a_code_and_never_as_a_key() -> None:
    rejected = view("contributions", {
        "due_on": "2026-03-05", "amount": "30.00", "status": "rejected", "reject_code": "ZZ99",
    })  # fmt: skip
    document = view(
        "documents", {"dated": "2026-03-20T10:00:00+01:00", "kind": "hologram", "direction": "in"}
    )
    (debit,), (letter,) = entries_of(rejected), entries_of(document)
    assert "ZZ99" in debit.summary
    assert "hologram" in letter.title
    assert "enum." not in debit.summary + letter.title


def test_a_payment_without_a_category_names_none() -> None:
    (paid,) = entries_of(view("benefits", {"paid_on": "2026-03-20", "amount": "9.00", "status": "paid"}))
    assert "enum." not in paid.summary
