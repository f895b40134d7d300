"""Two desks decide of the same records without knowing of each other: both come to the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from avise.models.customer import Party, PartyKind
from avise.models.identity.descriptions import described
from avise.models.identity.link_bodies import side_body
from avise.models.identity.links import PairState, Side, pair_of, pair_stream
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_fold import JudgedEvent
from avise.services.identity.link_events import LinkEvents
from tests.unit.models.events_builder import event

PEOPLE = tuple(uuid.UUID(int=number) for number in range(1, 5))
PAIRS = tuple((one, other) for one in PEOPLE for other in PEOPLE if one < other)
RECEIVED = datetime(2026, 3, 24, 12, tzinfo=UTC)
FAR = Party("C-118", PartyKind.MEMBER, "Trévallec", "Monique", ids={"relation.contact": "C-118"})


def fed(written: EventEnvelope, ver: int = 1) -> JudgedEvent:
    """Return an event as the hub gives it: with its own numbers."""
    given = replace(written, device_id=f"hub-{written.device_id}", device_seq=written.device_seq + 100)
    return JudgedEvent(given, ver, RECEIVED, effective=True)


def _told(identities: Iterable[uuid.UUID]) -> list[JSON]:
    return [str(identity) for identity in sorted(identities)]


@dataclass
class Desk:
    """One desk, which knows what it wrote and what it was given."""

    name: str
    events: LinkEvents = field(default_factory=LinkEvents)
    written: list[EventEnvelope] = field(default_factory=list)

    def write(
        self, kind: EventKind, pair: tuple[uuid.UUID, uuid.UUID], body: dict[str, JSON]
    ) -> EventEnvelope:
        """Write an event, as `SamePerson` would."""
        sides: dict[str, JSON] = {"one": side_body(Side(pair[0])), "other": side_body(Side(pair[1]))}
        seq = len(self.written) + 1
        made = event(kind, pair_stream(*pair), {**sides, **body}, seq=seq, device=self.name, author=self.name)
        self.written.append(made)
        self.events.take_own((made,))
        return made

    def state(self, pair: tuple[uuid.UUID, uuid.UUID]) -> PairState:
        """Return what stands of a pair."""
        return self.events.book.pairs.get(pair_of(*pair)) or PairState()

    def decide(self, step: str, pair: tuple[uuid.UUID, uuid.UUID]) -> None:
        """Do one thing that this desk would let somebody do."""
        book, state = self.events.book, self.state(pair)
        linked = pair[1] in {side.person for side in book.linked_to(pair[0])}
        seen: dict[str, JSON] = {"seen": f"s-{self.name}-{len(self.written)}"}
        match step:
            case "propose" if not linked:
                self.write(EventKind.IDENTITY_PROPOSED, pair, {"how": "score", **seen})
            case "link" | "run" if not linked:
                ours, theirs = ((one, *(side.person for side in book.linked_to(one))) for one in pair)
                apart = book.kept_apart(ours, theirs, but=pair_of(*pair))
                if not apart and not (step == "run" and state.refused):
                    over = _told(state.refusals) if step == "link" else []
                    body: dict[str, JSON] = {"how": "person" if step == "link" else "rule", "over": over}
                    link = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.name}/{len(self.written)}")
                    self.write(EventKind.IDENTITY_LINKED, pair, {**body, "link": str(link)})
            case "refuse" if not linked:
                self.write(EventKind.IDENTITY_REFUSED, pair, {**seen, "against": _told(state.open_links)})
            case "unlink" if state.links and book.links_of(pair[0]):
                self.end(pair, "")
            case "undo" if self.written and self.written[-1].kind is not EventKind.UNDONE:
                self.undo(self.written[-1])
            case _:
                pass

    def end(self, pair: tuple[uuid.UUID, uuid.UUID], seen: str) -> None:
        """End a link."""
        state = self.state(pair)
        link = state.links[0].id
        body: dict[str, JSON] = {"link": str(link), "others": _told(state.open_links - {link}), "seen": seen}
        self.write(EventKind.IDENTITY_UNLINKED, pair, body)

    def undo(self, made: EventEnvelope) -> None:
        """Take an event back."""
        seq = len(self.written) + 1
        body = {"event": str(made.event_id)}
        undone = event(EventKind.UNDONE, made.stream, body, seq=seq, device=self.name, author=self.name)
        self.written.append(undone)
        self.events.take_own((undone,))

    def seen(self) -> tuple[object, ...]:
        """Return all that this desk shows."""
        book = self.events.book
        return (
            book.pairs,
            book.proposals(),
            [book.links_of(person) for person in PEOPLE],
            [book.linked_to(person) for person in PEOPLE],
        )


_STEP = st.tuples(
    st.sampled_from(("a", "b")),
    st.sampled_from(("propose", "link", "link", "run", "refuse", "unlink", "undo", "meet")),
    st.sampled_from(PAIRS),
)


def _played(steps: list[tuple[str, str, tuple[uuid.UUID, uuid.UUID]]]) -> tuple[Desk, Desk]:
    desks = {"a": Desk("a"), "b": Desk("b")}
    for name, step, pair in steps:
        if step == "meet":
            for desk in desks.values():
                desk.events.take_fed(fed(each) for other in desks.values() for each in other.written)
        else:
            desks[name].decide(step, pair)
    return desks["a"], desks["b"]


@given(st.lists(_STEP, max_size=30), st.randoms(use_true_random=False))
def test_desks_that_have_the_same_events_show_the_same_in_any_order_and_however_often(
    steps: list[tuple[str, str, tuple[uuid.UUID, uuid.UUID]]], chance: Random
) -> None:
    one, other = _played(steps)
    everything = [fed(each) for each in (*one.written, *other.written)]
    shown = []
    for desk in (one, other, Desk("new")):
        delivery = [*everything, *chance.choices(everything, k=len(everything))] if everything else []
        chance.shuffle(delivery)
        for start in range(0, len(delivery), 3):
            desk.events.take_fed(delivery[start : start + 3])
        shown.append(desk.seen())
    assert shown[0] == shown[1] == shown[2]
    book = one.events.book
    for person in PEOPLE:
        group = [person, *(side.person for side in book.linked_to(person))]
        assert not any(state.apart <= set(group) for state in book.pairs.values() if state.apart)


@given(st.lists(_STEP, max_size=20), st.sampled_from(PAIRS))
def test_a_link_that_ended_leaves_what_stood_before_it(
    steps: list[tuple[str, str, tuple[uuid.UUID, uuid.UUID]]], pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    one, _ = _played(steps)
    before, waiting = one.seen(), len(one.written)
    was = one.state(pair)
    one.decide("link", pair)
    if len(one.written) == waiting:
        return
    made = one.written[-1]
    one.undo(made)
    assert one.seen() == before, "undone: it never was"
    one.decide("link", pair)
    one.end(pair, "never-said-before")
    after = one.seen()
    assert after[2:] == before[2:], "nobody is joined who was not"
    state = one.state(pair)
    assert state.apart == was.apart
    assert state.refused == was.refused | {"never-said-before"}
    if not was.open_links:
        assert after[1] == before[1]


@given(st.lists(_STEP, max_size=20), st.randoms(use_true_random=False))
def test_what_was_erased_stays_so_whatever_copy_comes_before_or_after(
    steps: list[tuple[str, str, tuple[uuid.UUID, uuid.UUID]]], chance: Random
) -> None:
    one, other = _played(steps)
    everything = [fed(each) for each in (*one.written, *other.written)]
    gone = {pair_stream(*pair) for pair in PAIRS if PEOPLE[0] in pair}
    erased = [
        replace(each, event=replace(each.event, body={})) for each in everything if each.event.stream in gone
    ]
    delivery = [*everything, *erased, *everything]
    chance.shuffle(delivery)
    one.events.take_fed(delivery)
    left = Desk("new")
    left.events.take_fed(each for each in everything if each.event.stream not in gone)
    assert one.events.book.linked_to(PEOPLE[0]) == ()
    assert one.events.book.pairs == left.events.book.pairs


def test_what_a_tool_told_goes_with_the_pair_that_was_erased() -> None:
    desk = Desk("a")
    pair = PAIRS[0]
    made = desk.write(EventKind.IDENTITY_PROPOSED, pair, {"how": "score", "seen": "s"})
    new = described(pair[1], pair_of(*pair), FAR)
    desk.events.take_told((event(new.kind, new.stream, new.body, seq=9),))
    assert desk.events.party_of(pair[1]) == FAR
    desk.events.take_fed((fed(replace(made, body={})),))
    assert desk.events.party_of(pair[1]) is None
    assert desk.events.book.proposals() == ()
    desk.events.forget_fed()
    assert desk.events.book.proposals() == (), "nothing of it is left to come back"


def test_a_protected_record_stays_protected_wherever_it_is_told() -> None:
    desk, pair = Desk("a"), PAIRS[0]
    new = described(pair[1], pair_of(*pair), replace(FAR, restricted=True))
    desk.events.take_told((event(new.kind, new.stream, new.body),))
    assert desk.events.party_of(pair[1]) == replace(FAR, restricted=True)


def test_what_the_hub_puts_aside_counts_only_once_somebody_lets_it_in() -> None:
    desk, pair = Desk("a"), PAIRS[0]
    desk.decide("link", pair)
    assert desk.events.put_aside((desk.written[0].event_id,))
    assert desk.events.book.linked_to(pair[0]) == ()
    desk.events.take_fed((fed(desk.written[0]),))
    assert len(desk.events.book.linked_to(pair[0])) == 1
    desk.events.forget_fed()
    assert desk.events.book.linked_to(pair[0]) == ()
