"""Two people complete the same field of a request: the later to arrive does not silently win."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_conflicts import FoldedForm, first_conflicts
from avise.models.request_fold import JudgedEvent, fold_request, tentative
from avise.models.requests import FieldConflict, Request, request_stream

REQUEST = uuid.UUID("0192d1f0-0000-7000-8000-00000000000a")
AT = datetime(2026, 3, 24, 9, tzinfo=UTC)
CREATED: Mapping[str, JSON] = {
    "queue": "ACCUEIL", "team": "PLATEAU", "type": "EMAIL_CONTACT", "fields": {"subject": "Carte"},
}  # fmt: skip


@dataclass
class Story:
    """The events of one request, in the hub's order."""

    told: list[JudgedEvent] = field(default_factory=list)
    count: int = 0

    def event(self, author: str, kind: EventKind, body: Mapping[str, JSON]) -> EventEnvelope:
        self.count += 1
        return EventEnvelope(
            uuid.UUID(int=self.count), author, self.count, request_stream(REQUEST), kind, 1, author, "agent",
            AT, 0, body, b"", b"",
        )  # fmt: skip

    def tell(self, author: str, kind: EventKind, body: Mapping[str, JSON]) -> uuid.UUID:
        event = self.event(author, kind, body)
        self.told.append(JudgedEvent(event, len(self.told) + 1, AT))
        return event.event_id

    def complete(self, author: str, was: str | None, value: str, *settles: uuid.UUID) -> uuid.UUID:
        return self.tell(author, EventKind.REQUEST_COMPLETED, completed(was, value, *settles))

    @property
    def request(self) -> Request:
        found = fold_request(self.told)
        assert found is not None
        return found


def completed(was: str | None, value: str, *settles: uuid.UUID) -> dict[str, JSON]:
    body: dict[str, JSON] = {"fields": {"subject": value}, "settles": [str(each) for each in settles]}
    return body if was is None else {**body, "was": {"subject": was}}


def story() -> Story:
    found = Story()
    found.tell("lea.girard", EventKind.REQUEST_CREATED, CREATED)
    return found


def test_one_change_after_the_other_collides_with_nothing() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    told.complete("bruno.kerhoas", "Carte perdue", "Carte volée")
    assert (told.request.fields["subject"], told.request.conflicts) == ("Carte volée", ())


def test_the_first_to_arrive_stands_and_the_other_value_waits_beside_it() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    late = told.complete("bruno.kerhoas", "Carte", "Carte volée")
    (found,) = told.request.conflicts
    assert told.request.fields["subject"] == "Carte perdue"
    assert found == FieldConflict(
        late, "subject", "bruno.kerhoas", AT, "Carte", "Carte volée", "Carte perdue", "lea.girard"
    )


def test_what_two_people_changed_alike_and_other_fields_merge_silently() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    told.complete("bruno.kerhoas", "Carte", "Carte perdue")
    body: dict[str, JSON] = {"fields": {"phone": "+33612345678"}, "was": {"phone": None}}
    told.tell("bruno.kerhoas", EventKind.REQUEST_COMPLETED, body)
    assert told.request.conflicts == ()
    assert told.request.fields == {"subject": "Carte perdue", "phone": "+33612345678"}


def test_an_event_of_an_older_version_counts_as_written_on_what_was_there() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    told.complete("bruno.kerhoas", None, "Carte volée")
    assert (told.request.fields["subject"], told.request.conflicts) == ("Carte volée", ())


def test_a_choice_is_a_new_event_that_ends_the_collision() -> None:
    for value in ("Carte perdue", "Carte volée"):
        told = story()
        told.complete("lea.girard", "Carte", "Carte perdue")
        late = told.complete("bruno.kerhoas", "Carte", "Carte volée")
        told.complete("bruno.kerhoas", "Carte perdue", value, late)
        assert (told.request.fields["subject"], told.request.conflicts) == (value, ())


def test_two_people_who_choose_differently_at_once_collide_again() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    late = told.complete("bruno.kerhoas", "Carte", "Carte volée")
    told.complete("bruno.kerhoas", "Carte perdue", "Carte volée", late)
    told.complete("lea.girard", "Carte perdue", "Carte perdue", late)
    (found,) = told.request.conflicts
    assert (told.request.fields["subject"], found.mine) == ("Carte volée", "Carte perdue")


def test_a_choice_that_meets_another_change_waits_in_its_turn() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    late = told.complete("bruno.kerhoas", "Carte", "Carte volée")
    told.complete("lea.girard", "Carte perdue", "Carte abîmée")
    told.complete("bruno.kerhoas", "Carte perdue", "Carte volée", late)
    (found,) = told.request.conflicts
    assert (told.request.fields["subject"], found.mine) == ("Carte abîmée", "Carte volée")


def test_what_its_author_changed_twice_away_waits_once_with_the_last_word() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    told.complete("bruno.kerhoas", "Carte", "Carte volée")
    told.complete("bruno.kerhoas", "Carte volée", "Carte cassée")
    (found,) = told.request.conflicts
    assert (found.before, found.mine, found.theirs) == ("Carte", "Carte cassée", "Carte perdue")


def test_what_is_taken_back_collides_no_more() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    late = told.complete("bruno.kerhoas", "Carte", "Carte volée")
    told.tell("bruno.kerhoas", EventKind.UNDONE, {"event": str(late)})
    assert told.request.conflicts == ()


def test_an_event_that_the_hub_has_still_to_judge_collides_tentatively() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    mine = told.event("bruno.kerhoas", EventKind.REQUEST_COMPLETED, completed("Carte", "Carte volée"))
    found = fold_request([*told.told, tentative(mine)])
    assert found is not None
    assert [each.tentative for each in found.conflicts] == [True]


def test_values_that_wait_are_looked_at_one_by_one() -> None:
    told = story()
    told.complete("lea.girard", "Carte", "Carte perdue")
    first = told.complete("bruno.kerhoas", "Carte", "Carte volée")
    told.complete("karim.benali", "Carte", "Carte cassée")
    assert first_conflicts(told.request)["subject"].event == first
    told.complete("bruno.kerhoas", "Carte perdue", "Carte volée", first)
    (left,) = told.request.conflicts
    assert (left.author, left.mine) == ("karim.benali", "Carte cassée")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("lea", "bruno", "karim")), st.sampled_from("abcd"), st.sampled_from("abcd")
        ),
        max_size=6,
    )
)
def test_no_value_is_lost_whatever_the_order_in_which_the_hub_got_them(
    written: Sequence[tuple[str, str, str]],
) -> None:
    """Each value either stood at some moment, or waits, or its author replaced it."""
    for order in list(permutations(written))[:24]:
        form, stood, replaced = FoldedForm(), {"a"}, set()
        form.create({"subject": "a"}, "lea")
        story_of = Story()
        for author, was, value in order:
            event = story_of.event(author, EventKind.REQUEST_COMPLETED, completed(was, value))
            form.complete(event, AT, tentative=False)
            stood.add(str(form.values["subject"]))
            replaced |= {(author, was)}
        waiting = {(each.author, str(each.mine)) for each in form.conflicts}
        for author, was, value in order:
            assert value in stood or value == was or (author, value) in waiting | replaced
