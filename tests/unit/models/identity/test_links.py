"""Links of records: made, ended, taken back, in any order."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.customer import Party, PartyKind
from avise.models.identity.comparison import Feature, Level
from avise.models.identity.explanation import Evidence
from avise.models.identity.link_bodies import party_body, reasoning_body, side_body
from avise.models.identity.link_fold import book_of, fold_pair
from avise.models.identity.links import How, Reasoning, Side, pair_of, pair_stream
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from tests.unit.models.events_builder import event

A, B, C, D = (uuid.UUID(int=number) for number in range(1, 5))
PARTY = Party(
    "C-118", PartyKind.MEMBER, "Trévallec", "Monique", birth_date=date(1951, 3, 12), phones=("+33639980113",),
    ids={"relation.contact": "C-118"},
)  # fmt: skip
WHY = Reasoning(
    How.SCORE, probability=0.97, model="fs1-1", evidence=(Evidence(Feature.BIRTH_DATE, Level.SAME, 15.9),)
)


def sides(one: uuid.UUID, other: uuid.UUID, party: Party | None = None) -> dict[str, JSON]:
    return {"one": side_body(Side(one)), "other": side_body(Side(other, party)), **reasoning_body(WHY)}


def told(
    kind: EventKind, one: uuid.UUID, other: uuid.UUID, seq: int, more: Mapping[str, JSON] | None = None,
    device: str = "poste-1", author: str = "lea.girard",
) -> EventEnvelope:  # fmt: skip
    body = {**sides(one, other), **(more or {})}
    return event(kind, pair_stream(one, other), body, seq=seq, device=device, author=author)


def linked(
    one: uuid.UUID, other: uuid.UUID, seq: int, *, over: tuple[int, ...] = (), how: str = "score"
) -> EventEnvelope:
    known: list[JSON] = [str(told(EventKind.IDENTITY_REFUSED, one, other, each).event_id) for each in over]
    body: dict[str, JSON] = {"link": str(uuid.UUID(int=1000 + seq)), "over": known, "how": how}
    return told(EventKind.IDENTITY_LINKED, one, other, seq, body)


def ended(
    one: uuid.UUID, other: uuid.UUID, link: int, seq: int, seen: str = "", *, others: tuple[int, ...] = ()
) -> EventEnvelope:
    made: list[JSON] = [str(uuid.UUID(int=1000 + each)) for each in others]
    body: dict[str, JSON] = {"link": str(uuid.UUID(int=1000 + link)), "seen": seen, "others": made}
    return event(EventKind.IDENTITY_UNLINKED, pair_stream(one, other), body, seq=seq)


def test_a_link_tells_why_it_was_made_and_nothing_that_a_tool_told() -> None:
    body = {**sides(A, B, PARTY), "link": str(C)}
    (link,) = fold_pair([event(EventKind.IDENTITY_LINKED, pair_stream(A, B), body)]).links
    assert (link.id, link.pair, link.one, link.other) == (C, pair_of(B, A), Side(A), Side(B, tool="relation"))
    assert link.reasoning == WHY
    assert (link.author, link.at) == ("lea.girard", datetime(2026, 3, 24, 11, 0, 1, tzinfo=UTC))


def test_who_is_linked_to_whom_is_passed_on() -> None:
    book = book_of([linked(A, B, 1), linked(C, B, 2)])
    assert [side.person for side in book.linked_to(A)] == [B, C]
    assert [side.person for side in book.linked_to(B)] == [A, C]
    assert book.linked_to(D) == ()


def test_an_ended_link_joins_nobody() -> None:
    book = book_of([linked(A, B, 1), linked(C, B, 2), ended(C, B, 2, 3)])
    assert [side.person for side in book.linked_to(A)] == [B]
    assert book.linked_to(C) == ()


def test_a_link_made_at_two_desks_ends_whole_for_whoever_knew_of_both() -> None:
    twice = [linked(A, B, 1), linked(A, B, 2)]
    assert [link.id.int for link in book_of(twice).links_of(A)] == [1001], "it counts once"
    knowing = book_of([*twice, ended(A, B, 1, 3, "s1", others=(2,))])
    assert (knowing.linked_to(A), knowing.links_of(B)) == ((), ())
    unknowing = book_of([*twice, ended(A, B, 1, 3, "s1")])
    assert [link.id.int for link in unknowing.links_of(A)] == [1002], "made by whom nobody heard, it stands"


def test_a_link_taken_back_never_was_and_its_proposal_waits_again() -> None:
    proposed = told(EventKind.IDENTITY_PROPOSED, A, B, 1, {"seen": "s1"})
    made = linked(A, B, 2)
    undone = event(EventKind.UNDONE, made.stream, {"event": str(made.event_id)}, seq=3)
    assert book_of([proposed, made]).proposals() == ()
    assert book_of([proposed, made, undone]).pairs == book_of([proposed]).pairs


def test_a_refused_proposal_comes_again_only_once_the_data_changed() -> None:
    refused = told(EventKind.IDENTITY_REFUSED, A, B, 2, {"seen": "s1"})
    again = told(EventKind.IDENTITY_PROPOSED, A, B, 3, {"seen": "s1"})
    changed = told(EventKind.IDENTITY_PROPOSED, A, B, 3, {"seen": "s2"})
    assert book_of([refused, again]).proposals() == ()
    assert book_of([refused, again]).is_refused(B, A, "s1")
    assert not book_of([refused, again]).is_refused(B, A, "s2")
    assert [each.seen for each in book_of([refused, changed]).proposals()] == ["s2"]


def test_what_was_linked_and_ended_is_not_proposed_again_as_it_was() -> None:
    book = book_of([linked(A, B, 1), ended(A, B, 1, 2, "s1")])
    assert book.is_refused(A, B, "s1")


def test_two_records_kept_apart_keep_their_groups_apart() -> None:
    book = book_of([linked(A, B, 1), told(EventKind.IDENTITY_REFUSED, B, C, 2, {"seen": "s"})])
    assert book.kept_apart((A, B), (C,))
    assert not book.kept_apart((A,), (C,))
    knowing = linked(B, C, 2, over=(1,))
    assert not book_of([told(EventKind.IDENTITY_REFUSED, B, C, 1), knowing]).kept_apart((B,), (C,))


def test_a_link_of_an_older_version_still_holds_what_a_tool_told() -> None:
    body = sides(A, B) | {"other": {"person": str(B), "party": party_body(PARTY)}, "link": str(C)}
    (link,) = fold_pair([event(EventKind.IDENTITY_LINKED, pair_stream(A, B), body)]).links
    assert link.other == Side(B, PARTY, "relation")


def test_a_link_and_a_refusal_that_know_nothing_of_each_other_wait_for_somebody() -> None:
    refused = told(EventKind.IDENTITY_REFUSED, A, B, 5, {"seen": "s1"}, device="poste-2", author="ines")
    for made in (linked(A, B, 1, how="person"), linked(A, B, 9, how="person")):
        book = book_of([made, refused])
        assert (book.linked_to(A), book.kept_apart((A,), (B,))) == ((), True)
        assert [(each.author, each.against) for each in book.proposals()] == [("lea.girard", "ines")]
    ending = told(EventKind.IDENTITY_REFUSED, A, B, 3, {"seen": "s1", "against": [str(uuid.UUID(int=1009))]})
    assert book_of([linked(A, B, 9, how="person"), refused, ending]).proposals() == ()


def test_a_link_that_a_run_made_yields_to_whoever_says_that_they_are_two() -> None:
    refused = told(EventKind.IDENTITY_REFUSED, A, B, 1, {"seen": "s1"}, device="poste-2")
    book = book_of([linked(A, B, 9), refused])
    assert (book.linked_to(A), book.proposals(), book.kept_apart((A,), (B,))) == ((), (), True)


@pytest.mark.parametrize(("older", "later"), [(B, C), (C, B)])
def test_two_links_that_would_join_what_is_kept_apart_leave_the_later_one_waiting(
    older: uuid.UUID, later: uuid.UUID
) -> None:
    refused = told(EventKind.IDENTITY_REFUSED, B, C, 1, {"seen": "s1"})
    book = book_of([linked(A, later, 3), refused, linked(A, older, 2)])
    assert [side.person for side in book.linked_to(A)] == [older]
    assert book.linked_to(later) == ()
    assert [{each.one.person, each.other.person} for each in book.proposals()] == [{A, later}]
    waiting = book.proposal_of(later, A)
    assert waiting is not None
    assert waiting.pair == pair_of(A, later)


def test_an_event_in_the_stream_of_another_pair_joins_nobody() -> None:
    body = {**sides(A, B), "link": str(D)}
    book = book_of([event(EventKind.IDENTITY_LINKED, pair_stream(A, C), body)])
    assert book.linked_to(A) == book.linked_to(B) == ()


def test_a_body_of_another_shape_joins_nobody() -> None:
    broken = [
        event(EventKind.IDENTITY_LINKED, pair_stream(A, B), {"link": "x", "one": 3}, seq=1),
        event(
            EventKind.IDENTITY_LINKED,
            pair_stream(A, C),
            {
                **sides(A, C),
                "link": str(D),
                "probability": 10**400,
                "why": [[1], "x", ["birth_date", "same", 10**400]],
            },
            seq=2,
        ),
    ]
    book = book_of(broken)
    assert book.linked_to(B) == ()
    reasoning = book.links_of(C)[0].reasoning
    assert (reasoning.evidence, reasoning.probability) == ((), None)


_PAIRS = [(A, B), (B, C), (C, D), (A, D)]
_STEPS = st.lists(st.tuples(st.sampled_from(("link", "end", "undo")), st.integers(0, 3)), max_size=25)


@given(_STEPS, st.randoms(use_true_random=False))
def test_after_any_links_and_unlinks_only_what_stands_joins(
    steps: list[tuple[str, int]], chance: object
) -> None:
    """Against a model that is a plain set of pairs; the order of delivery is shuffled."""
    standing: dict[int, int] = {}
    events: list[EventEnvelope] = []
    for seq, (step, place) in enumerate(steps, 1):
        one, other = _PAIRS[place]
        if step == "link" and place not in standing:
            events.append(linked(one, other, seq))
            standing[place] = seq
        elif step == "end" and place in standing:
            events.append(ended(one, other, standing.pop(place), seq))
        elif step == "undo" and place in standing:
            made = next(each for each in events if each.device_seq == standing[place])
            events.append(event(EventKind.UNDONE, made.stream, {"event": str(made.event_id)}, seq=seq))
            del standing[place]
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own random
    book = book_of(shuffled)
    for person in (A, B, C, D):
        joined = {person}
        for _ in _PAIRS:
            for place in standing:
                if joined & set(_PAIRS[place]):
                    joined |= set(_PAIRS[place])
        assert {side.person for side in book.linked_to(person)} == joined - {person}
