"""A wrap-up survives its JSON; every version of its event is read; what it lacks is told."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.contact_reasons import ContactReason
from avise.models.free_text import check_note
from avise.models.interaction import Channel, Direction
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.own_history import attached_events, told_interactions, unlinked_interactions
from avise.models.wrap_up import (
    CallbackPromise,
    Deed,
    Lack,
    Outcome,
    WrapUp,
    interaction_body,
    interaction_of,
    lacks,
    task_promised,
    wrap_up_from,
    wrap_up_json,
)
from tests.unit.models.events_builder import event

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
PERSON, TASK = uuid.UUID(int=9), uuid.UUID(int=3)
REASONS = {"R06": ContactReason("R06", Decimal("4.5"), ("authorizations",), ("estimate_sent",))}
FULL = WrapUp(
    reason="R06",
    outcome=Outcome.TO_FOLLOW,
    detail="estimate_sent",
    note="Devis reçu, réponse promise.",
    deeds=(
        Deed("verified", NOW - timedelta(minutes=3), "3"),
        Deed("consulted", NOW - timedelta(minutes=2), "authorizations"),
    ),
    callback=CallbackPromise(
        datetime(2026, 3, 27, 9, tzinfo=UTC),
        datetime(2026, 3, 27, 8, 45, tzinfo=UTC),
        "Dire si le devis est accepté",
    ),
    call_id="call-17",
    duration_s=272,
)

moments = st.datetimes(timezones=st.just(UTC))
words = st.text(max_size=20)
wrap_ups = st.builds(
    WrapUp,
    reason=st.sampled_from(["", "R01", "R23"]),
    outcome=st.one_of(st.none(), st.sampled_from(Outcome)),
    detail=st.sampled_from(["", "paid"]),
    note=words,
    deeds=st.lists(st.builds(Deed, words, moments, st.from_regex(r"\A[a-z0-9_]{0,10}\Z")), max_size=3).map(
        tuple
    ),
    callback=st.one_of(st.none(), st.builds(CallbackPromise, moments, st.one_of(st.none(), moments), words)),
    channel=st.sampled_from(Channel),
    direction=st.sampled_from(Direction),
    call_id=words,
    duration_s=st.one_of(st.none(), st.integers(0, 10_000)),
    confirmed=st.booleans(),
)


def golden(version: int) -> list[dict[str, JSON]]:
    """Return bodies as a released version wrote them; they are never edited."""
    path = GOLDEN / f"interaction_recorded_v{version}.json"
    return cast("list[dict[str, JSON]]", json.loads(path.read_text("utf-8")))


@given(wrap_ups)
def test_a_wrap_up_comes_back_from_its_json(wrap_up: WrapUp) -> None:
    written = json.loads(json.dumps(wrap_up_json(wrap_up)))
    assert wrap_up_from(written) == wrap_up


anything: st.SearchStrategy[JSON] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner)),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*wrap_up_json(FULL), "confirmed", "at", "title"]), anything))
def test_a_body_that_nobody_ever_wrote_is_read_as_far_as_it_can_be(body: dict[str, JSON]) -> None:
    assert wrap_up_from(wrap_up_json(wrap_up_from(body))) == wrap_up_from(body)


def test_the_body_written_today_is_the_golden_one() -> None:
    assert interaction_body(FULL, NOW, PERSON, TASK) == golden(2)[0]


def test_an_exchange_of_version_2_is_read() -> None:
    told = event(EventKind.INTERACTION_RECORDED, "customer/9", golden(2)[0], schema_v=2)
    assert wrap_up_from(told.body) == FULL
    assert task_promised(told) == TASK
    read = interaction_of(told)
    assert (read.reason, read.title, read.summary, read.duration_s) == ("R06", "", FULL.note, 272)


def test_exchanges_of_version_1_are_read_with_their_own_words() -> None:
    call, note, unknown = (
        event(EventKind.INTERACTION_RECORDED, "customer/9", body, seq=seq)
        for seq, body in enumerate(golden(1), start=1)
    )
    read = interaction_of(call)
    assert (read.title, read.summary) == ("Remboursement optique", "Virement de 214,00 € émis le 23/03.")
    assert (read.channel, read.direction, read.duration_s) == (Channel.PHONE_IN, Direction.IN, 272)
    assert (read.author, read.reason, read.at.isoformat()) == ("lea.girard", "", call.body["at"])
    assert interaction_of(note).direction is Direction.INTERNAL
    assert (wrap_up_from(note.body).outcome, task_promised(note)) == (Outcome.TO_FOLLOW, None)
    assert (wrap_up_from(unknown.body).outcome, interaction_of(unknown).title) == (
        None,
        "Appel d’une personne inconnue",
    )


def test_an_exchange_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    body: dict[str, JSON] = {**golden(2)[0], "outcome": "escalated", "mood": {"x": 1}, "channel": "hologram"}
    read = interaction_of(event(EventKind.INTERACTION_RECORDED, "customer/9", body, schema_v=9))
    assert (read.summary, read.channel) == (FULL.note, Channel.PHONE_IN)


# ---- what it lacks ---------------------------------------------------------------------------------


def lacking(wrap_up: WrapUp) -> tuple[Lack, ...]:
    return lacks(wrap_up, REASONS, check_note(wrap_up.note), NOW)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"note": ""}, ()),
        ({"detail": ""}, ()),
        ({"callback": None}, ()),
        ({"reason": ""}, (Lack.REASON,)),
        ({"reason": "", "outcome": None}, (Lack.REASON, Lack.OUTCOME)),
        ({"reason": "R99"}, (Lack.UNKNOWN_REASON,)),
        ({"outcome": None}, (Lack.OUTCOME,)),
        ({"detail": "paid"}, (Lack.DETAIL,)),
        ({"note": "N° 1 85 05 99 999 001 81"}, (Lack.RESTRICTED,)),
        ({"callback": CallbackPromise(NOW)}, (Lack.CALLBACK_PAST,)),
        ({"callback": CallbackPromise(NOW + timedelta(days=400))}, (Lack.CALLBACK_FAR,)),
        (
            {"callback": CallbackPromise(NOW + timedelta(hours=1), NOW + timedelta(hours=2))},
            (Lack.REMINDER_LATE,),
        ),
        ({"reason": "", "outcome": None, "direction": Direction.INTERNAL}, ()),
        ({"reason": "", "note": " ", "direction": Direction.INTERNAL}, (Lack.NOTE,)),
        ({"outcome": None, "direction": Direction.INTERNAL}, (Lack.OUTCOME,)),
    ],
)
def test_what_a_wrap_up_lacks_is_told(change: dict[str, object], expected: tuple[Lack, ...]) -> None:
    assert lacking(replace(FULL, **change)) == expected  # type: ignore[arg-type]  # test data


def test_a_guess_or_a_look_alone_would_not_be_missed_a_call_would() -> None:
    assert WrapUp(reason="R06", deeds=FULL.deeds).is_blank
    assert WrapUp(reason="R06", call_id="call-17").is_blank
    assert not WrapUp(deeds=FULL.deeds, call_id="call-17").is_blank
    assert not WrapUp(reason="R06", confirmed=True).is_blank
    assert not WrapUp(note="x").is_blank


def test_a_deed_never_tells_a_value() -> None:
    deed = Deed("compared", NOW, "2 68 03 44 109 214 35")
    (written,) = cast("list[dict[str, JSON]]", wrap_up_json(WrapUp(deeds=(deed,)))["deeds"])
    assert written["about"] == ""


# ---- history ---------------------------------------------------------------------------------------


def test_attached_exchanges_are_told_and_those_taken_back_are_not() -> None:
    stray = event(EventKind.INTERACTION_RECORDED, "unlinked", {"title": "inconnu"}, seq=1)
    own = event(EventKind.INTERACTION_RECORDED, "customer/9", {"title": "sien"}, seq=2)
    wrong = event(EventKind.INTERACTION_RECORDED, "customer/9", {"title": "erreur"}, seq=3)
    taken = event(EventKind.UNDONE, "customer/9", {"event": str(wrong.event_id)}, seq=4)
    attached = event(EventKind.INTERACTION_ATTACHED, "customer/9", {"event": str(stray.event_id)}, seq=5)
    events = [own, wrong, taken, attached]
    assert attached_events(events) == (stray.event_id,)
    assert [told.title for told in told_interactions(events, [stray])] == ["sien", "inconnu"]
    detached = event(EventKind.UNDONE, "customer/9", {"event": str(attached.event_id)}, seq=6)
    assert attached_events([*events, detached]) == ()


def test_an_exchange_that_was_attached_waits_no_more() -> None:
    first = event(EventKind.INTERACTION_RECORDED, "unlinked", {"title": "un"}, seq=1)
    second = event(EventKind.INTERACTION_RECORDED, "unlinked", {"title": "deux"}, seq=2)
    attached = event(EventKind.INTERACTION_ATTACHED, "unlinked", {"event": str(first.event_id)}, seq=3)
    assert [left.interaction.title for left in unlinked_interactions([first, second])] == ["deux", "un"]
    assert [left.event for left in unlinked_interactions([first, second, attached])] == [second.event_id]
    back = event(EventKind.UNDONE, "unlinked", {"event": str(attached.event_id)}, seq=4)
    assert len(unlinked_interactions([first, second, attached, back])) == 2
