"""What every way to the hub answers alike: one suite, run on each (`hub.md` 1).

A test module makes a class of it with a fixture `house` (`tests.hub_house.House`).
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import uuid
from collections.abc import Awaitable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from avise.hub import staff
from avise.hub.chain import FIRST, link_after
from avise.hub.port import (
    MAX_BODY,
    MAX_PUSH,
    HubError,
    IdCollisionError,
    Outcome,
    Presence,
    PulledEvent,
    ResendMismatchError,
    SequenceGapError,
    View,
)
from avise.hub.stream_state import HOUSE
from avise.models.absences import absence_stream, declared_body
from avise.models.confirmations import confirmation_stream
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_numbers import is_request_number
from avise.models.requests import request_stream
from avise.models.roles import Purpose
from tests.hub_check_outs import CheckOuts, Wipes
from tests.hub_house import (
    ADMINISTRATOR,
    AGENT,
    AN_HOUR,
    AUDITOR,
    DENT,
    LEAD,
    LONG_AGO,
    MANAGER,
    OTHER_TEAM,
    SECOND,
    SOINS,
    STRANGER,
    TEAM,
    Desk,
    House,
    desk,
    request_body,
)
from tests.hub_links import Links

QUEUE = f"queue/{SOINS}"
CLAIMED, NOTED, REPLIED = EventKind.REQUEST_CLAIMED, EventKind.REQUEST_NOTED, EventKind.REQUEST_REPLIED


async def everything(at: Desk) -> list[PulledEvent]:
    """Pull all that somebody may read, page after page, checking that no position is passed over."""
    head = await at.hub.head()
    cursors = dict.fromkeys(head.positions, 0)
    found: list[PulledEvent] = []
    while True:
        page = await at.hub.pull(cursors, 7)
        found.extend(page.events)
        for name, through in page.through.items():
            here = [event.pos for event in page.events if event.perimeter == name]
            assert len(here) + page.skipped.get(name, 0) == through - cursors[name]
            assert here == sorted(here)
        cursors |= page.through
        if not page.more:
            return found


def refused(key: str) -> AbstractContextManager[object]:
    """Expect the refusal of a whole call."""
    return pytest.raises(HubError, match=f"^{re.escape(key)}$")


async def positions(at: Desk) -> dict[str, int]:
    """Return how far each perimeter of somebody is."""
    return dict((await at.hub.head()).positions)


class Sequence:
    """Sequence numbers, sendings again, and what cannot be taken."""

    async def test_an_event_sent_again_gives_the_first_answer_again(self, house: House) -> None:
        lea = await desk(house, AGENT)
        event = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
        first = (await lea.hub.push([event]))[0]
        again = (await lea.hub.push([event]))[0]
        assert again == dataclasses.replace(first, outcome=Outcome.DUPLICATE)
        assert len(await everything(lea)) == 1

    async def test_a_gap_takes_nothing_and_says_what_is_expected(self, house: House) -> None:
        lea = await desk(house, AGENT)
        await lea.create()
        lea.seq += 1
        with pytest.raises(SequenceGapError) as refused:
            await lea.create()
        assert refused.value.expected == 2
        assert (await lea.hub.head()).last_seq == 1

    async def test_a_gap_inside_one_push_takes_nothing(self, house: House) -> None:
        lea = await desk(house, AGENT)
        request, _ = await lea.create()
        first = lea.written(request_stream(request), REPLIED, {"words": "un"})
        lea.seq += 1
        third = lea.written(request_stream(request), REPLIED, {"words": "trois"})
        with pytest.raises(SequenceGapError) as refused:
            await lea.hub.push([first, third])
        assert refused.value.expected == 3
        assert len(await everything(lea)) == 1

    @pytest.mark.parametrize("seq", [0, -1, 2**62])
    async def test_a_sequence_number_chosen_by_the_device_is_no_use(self, house: House, seq: int) -> None:
        lea = await desk(house, AGENT)
        event = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
        with pytest.raises(SequenceGapError):
            await lea.hub.push([dataclasses.replace(event, device_seq=seq)])

    @pytest.mark.parametrize("what", ["content", "kind", "stream", "identity", "time"])
    async def test_other_content_under_a_known_number_is_a_copied_device(
        self, house: House, what: str
    ) -> None:
        lea = await desk(house, AGENT)
        request, _ = await lea.create()
        lea.seq = 0
        event = lea.written(request_stream(request), EventKind.REQUEST_CREATED, request_body())
        kept = (await everything(lea))[0]
        assert kept.body is not None
        assert kept.salt is not None
        same = dataclasses.replace(
            event, event_id=kept.event_id, body=kept.body, salt=kept.salt, content_sha=kept.content_sha,
            occurred_at=kept.occurred_at,
        )  # fmt: skip
        assert (await lea.hub.push([same]))[0].outcome is Outcome.DUPLICATE
        other = {
            "content": dataclasses.replace(
                same, body=event.body, salt=event.salt, content_sha=event.content_sha
            ),
            "kind": dataclasses.replace(same, kind="request_noted"),
            "stream": dataclasses.replace(same, stream=request_stream(house.env.uuid7())),
            "identity": dataclasses.replace(same, event_id=house.env.uuid7()),
            "time": dataclasses.replace(same, occurred_at=same.occurred_at + AN_HOUR),
        }[what]
        with pytest.raises(ResendMismatchError):
            await lea.hub.push([other])

    async def test_an_identity_that_is_taken_asks_for_another(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        request, _ = await lea.create()
        victim = (await everything(lea))[0]
        stolen = marc.written(request_stream(request), NOTED, {"words": "x"})
        with pytest.raises(IdCollisionError) as refused:
            await marc.hub.push([dataclasses.replace(stolen, event_id=victim.event_id)])
        assert refused.value.device_seq == 1
        assert (await marc.hub.push([stolen]))[0].effective
        assert (await everything(lea))[0] == victim

    async def test_one_identity_twice_in_a_push_is_a_collision(self, house: House) -> None:
        lea = await desk(house, AGENT)
        first = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
        second = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
        with pytest.raises(IdCollisionError):
            await lea.hub.push([first, dataclasses.replace(second, event_id=first.event_id)])

    @pytest.mark.parametrize(
        "body",
        [
            b"[]", b"{", b"\xff{}", b'{"a": NaN}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}', b"[" * 50_000,
            b'{"a": "' + b"x" * MAX_BODY + b'"}', b'{"a": ' + b"9" * 5_000 + b"}",
        ],
    )  # fmt: skip
    async def test_what_can_never_be_taken_is_refused_and_the_rest_waits(
        self, house: House, body: bytes
    ) -> None:
        lea = await desk(house, AGENT)
        stream = request_stream(house.env.uuid7())
        good = lea.written(stream, EventKind.REQUEST_CREATED, request_body())
        poison = lea.written(stream, REPLIED, body)
        after = lea.written(stream, REPLIED, {"words": "après"})
        acks = await lea.hub.push([good, poison, after])
        assert [ack.outcome for ack in acks] == [Outcome.ACCEPTED, Outcome.REFUSED]
        void = dataclasses.replace(lea.written(stream, "void"), device_seq=2)
        acks = await lea.hub.push([void, after])
        assert [ack.outcome for ack in acks] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
        assert [event.kind for event in await everything(lea)] == ["request_created", "request_replied"]
        assert (await lea.hub.push([void]))[0].outcome is Outcome.DUPLICATE

    @pytest.mark.parametrize(
        "change",
        [
            {"stream": "request/../../etc"}, {"stream": "x" * 300}, {"kind": "DROP TABLE"}, {"schema_v": 0},
            {"author": "a\x1fb"}, {"content_sha": bytes(32)}, {"salt": bytes(100)}, {"stream": "a'--/x y"},
        ],
    )  # fmt: skip
    async def test_a_header_that_says_nothing_sound_is_refused(
        self, house: House, change: dict[str, object]
    ) -> None:
        lea = await desk(house, AGENT)
        event = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
        acks = await lea.hub.push([dataclasses.replace(event, **change)])  # type: ignore[arg-type]  # chosen above
        assert [ack.outcome for ack in acks] == [Outcome.REFUSED]
        assert (await lea.hub.head()).last_seq == 0

    async def test_more_than_a_push_holds_is_refused_whole(self, house: House) -> None:
        lea = await desk(house, AGENT)
        stream = request_stream(house.env.uuid7())
        events = [lea.written(stream, REPLIED, {"words": "x"}) for _ in range(MAX_PUSH + 1)]
        with refused("hub.too_many"):
            await lea.hub.push(events)
        assert (await lea.hub.head()).last_seq == 0

    async def test_the_same_push_many_times_at_once_counts_once(self, house: House) -> None:
        lea = await desk(house, AGENT)
        stream = request_stream(house.env.uuid7())
        events = [lea.written(stream, EventKind.REQUEST_CREATED, request_body())]
        events += [lea.written(stream, REPLIED, {"words": str(number)}) for number in range(4)]
        answers = await asyncio.gather(*(lea.hub.push(events) for _ in range(8)))
        outcomes = sorted(answer[0].outcome for answer in answers)
        assert outcomes == [Outcome.ACCEPTED, *[Outcome.DUPLICATE] * 7]
        assert len({answer[0].number for answer in answers}) == 1
        assert len(await everything(lea)) == 5


class Rights:
    """Who may write, and what becomes of what they may not."""

    async def test_a_forged_author_is_put_aside(self, house: House) -> None:
        lea = await desk(house, AGENT)
        request, _ = await lea.create()
        forged = lea.written(request_stream(request), REPLIED, {"words": "x"}, author=MANAGER.login)
        ack = (await lea.hub.push([forged]))[0]
        assert (ack.outcome, ack.effective, ack.refusal) == (Outcome.QUARANTINED, False, "author")
        assert (await lea.hub.push([forged]))[0] == ack
        assert len(await everything(lea)) == 1

    async def test_writing_in_a_foreign_perimeter_is_put_aside_and_shown_to_the_lead(
        self, house: House
    ) -> None:
        lea, jean, paul = [await desk(house, actor) for actor in (AGENT, STRANGER, LEAD)]
        request, _ = await lea.create()
        ack = await jean.send(request_stream(request), REPLIED, {"words": "x"})
        assert ack.outcome is Outcome.QUARANTINED
        assert (await jean.create(SOINS, TEAM))[1].outcome is Outcome.QUARANTINED
        rows = (await paul.hub.query(View.QUARANTINE, {})).rows
        assert {row["author"] for row in rows} == {STRANGER.login}
        assert len(rows) == 2
        with refused("hub.no_right"):
            await lea.hub.query(View.QUARANTINE, {})

    async def test_a_confidential_request_put_aside_shows_its_words_to_whoever_reads_its_corbeille(
        self, house: House
    ) -> None:
        jean, paul = await desk(house, STRANGER), await desk(house, LEAD)
        made = [
            (await jean.create(queue, TEAM, confidential=True, words="CANARI", title="CANARI"))[0]
            for queue in ("ACTION_SOC", SOINS)
        ]
        early = request_stream(house.env.uuid7())
        for stream in (request_stream(made[0]), early):
            await jean.send(stream, REPLIED, {"words": "CANARI", "team": TEAM})
            await jean.send(stream, NOTED, {"words": "CANARI"})
        rows = (await paul.hub.query(View.QUARANTINE, {})).rows
        shown = {(row["stream"], row["kind"]): row["body"] for row in rows}
        assert len(shown) == 6
        other = shown.pop((request_stream(made[1]), "request_created"))
        assert isinstance(other, dict)
        assert other["words"] == "CANARI"
        assert "CANARI" not in str(shown)
        outline = shown[request_stream(made[0]), "request_created"]
        assert isinstance(outline, dict)
        assert (outline["queue"], outline["type"]) == ("ACTION_SOC", "R01")

    async def test_a_right_that_ended_puts_aside_at_reception(self, house: House) -> None:
        marc = await desk(house, MANAGER)
        request, _ = await marc.create()
        before = marc.written(request_stream(request), CLAIMED)
        await house.set_up(lambda connection: staff.leave(connection, MANAGER.login, TEAM, house.env.now()))
        await house.set_up(lambda connection: staff.leave(connection, MANAGER.login, QUEUE, house.env.now()))
        assert (await marc.hub.push([before]))[0].outcome is Outcome.QUARANTINED
        assert (await marc.hub.head()).perimeters == ()
        assert (await marc.hub.pull({QUEUE: 0, TEAM: 0})).events == ()

    async def test_somebody_who_only_reads_does_not_write(self, house: House) -> None:
        await house.set_up(
            lambda connection: staff.join(
                connection, STRANGER.login, QUEUE, house.env.now() - AN_HOUR, can_write=False
            )
        )
        lea, jean = await desk(house, AGENT), await desk(house, STRANGER)
        request, _ = await lea.create()
        assert (
            await jean.send(request_stream(request), NOTED, {"words": "x"})
        ).outcome is Outcome.QUARANTINED
        assert len(await everything(jean)) == 1

    async def test_a_revoked_device_loses_nothing_and_changes_nothing(self, house: House) -> None:
        marc = await desk(house, MANAGER)
        request, _ = await marc.create()
        await house.set_up(lambda connection: staff.ask_wipe(connection, MANAGER.device, house.env.now()))
        assert (await marc.hub.head()).wipe
        ack = await marc.send(request_stream(request), CLAIMED)
        assert (ack.outcome, ack.refusal) == (Outcome.QUARANTINED, "revoked")

    async def test_a_revoked_device_reads_nothing_more(self, house: House) -> None:
        marc = await desk(house, MANAGER)
        request, _ = await marc.create(dossier=str(house.env.uuid7()))
        name, content = "a" * 32, b"Justificatif.\n"
        await marc.hub.put_blob(name, content)
        await house.set_up(lambda connection: staff.revoke(connection, MANAGER.device, house.env.now()))
        calls: dict[str, Awaitable[object]] = {
            "pull": marc.hub.pull({QUEUE: 0}),
            "open": marc.hub.open_subject(house.env.uuid7(), Purpose.CALL),
            "list": marc.hub.query(View.REQUESTS, {}),
            "request": marc.hub.query(View.REQUEST, {"id": str(request)}),
            "read a file": marc.hub.get_blob(name, request),
            "keep a file": marc.hub.put_blob("b" * 32, content),
        }
        answers: dict[str, object] = {}
        for said, call in calls.items():
            try:
                answers[said] = await call
            except HubError as error:
                answers[said] = error.message_key
        assert answers == dict.fromkeys(calls, "hub.device_revoked"), answers
        # What is asked of it, to erase itself for instance, is still told; what it looks at is not.
        looking = [Presence(MANAGER.login, request, False, house.env.now())]
        assert (await marc.hub.head(looking)).last_seq == 1
        other = await desk(house, LEAD)
        assert (await other.hub.head()).presences == ()

    async def test_somebody_locked_out_writes_and_reads_nothing(self, house: House) -> None:
        marc = await desk(house, MANAGER)
        await house.set_up(lambda connection: staff.lock_out(connection, MANAGER.login, locked=True))
        assert (await marc.create())[1].outcome is Outcome.QUARANTINED
        assert (await marc.hub.pull({QUEUE: 0})).events == ()
        with refused("hub.no_right"):
            await marc.hub.query(View.REQUESTS, {})

    @pytest.mark.parametrize("actor", [AUDITOR, ADMINISTRATOR])
    async def test_auditor_and_administrator_have_no_customer_data(self, house: House, actor: object) -> None:
        assert actor in (AUDITOR, ADMINISTRATOR)
        who = AUDITOR if actor is AUDITOR else ADMINISTRATOR
        await house.set_up(
            lambda connection: staff.join(connection, who.login, QUEUE, house.env.now() - AN_HOUR)
        )
        lea, other = await desk(house, AGENT), await desk(house, who)
        await lea.create()
        assert (await other.hub.head()).perimeters == ()
        assert (await other.hub.pull({QUEUE: 0})).events == ()
        for view in (View.REQUESTS, View.QUEUES):
            with refused("hub.no_right"):
                await other.hub.query(view, {})
        with refused("hub.no_right"):
            await other.hub.open_subject(house.env.uuid7(), Purpose.CALL)

    async def test_an_agent_does_not_handle_even_in_their_team(self, house: House) -> None:
        lea = await desk(house, AGENT)
        request, _ = await lea.create()
        ack = await lea.send(request_stream(request), CLAIMED)
        assert (ack.outcome, ack.effective, ack.refusal) == (Outcome.ACCEPTED, False, "no_right")


class Verdicts:
    """Exclusive events, additive ones, and what takes them back."""

    async def test_the_first_claim_wins_and_the_verdict_is_in_the_event(self, house: House) -> None:
        lea, marc, ines = [await desk(house, actor) for actor in (AGENT, MANAGER, SECOND)]
        request, _ = await lea.create()
        assert (await marc.send(request_stream(request), CLAIMED)).effective
        late = await ines.send(request_stream(request), CLAIMED)
        assert (late.outcome, late.effective, late.refusal) == (Outcome.ACCEPTED, False, "held_by_other")
        told = [event for event in await everything(ines) if event.author == SECOND.login]
        assert [(event.effective, event.refusal, event.ver) for event in told] == [
            (False, "held_by_other", 3)
        ]

    async def test_what_somebody_away_holds_is_taken_by_a_colleague_and_by_nobody_once_they_are_back(
        self, house: House
    ) -> None:
        lea, marc, ines = [await desk(house, actor) for actor in (AGENT, MANAGER, SECOND)]
        held, kept = [(await lea.create())[0] for _ in range(2)]
        for request in (held, kept):
            await marc.send(request_stream(request), CLAIMED)
        now = house.env.now()
        body = declared_body(SECOND.login, now - AN_HOUR, now + AN_HOUR)
        await ines.send(absence_stream(MANAGER.login), EventKind.ABSENCE_DECLARED, body)
        forged = await ines.send(request_stream(held), CLAIMED)
        assert (forged.effective, forged.refusal) == (False, "held_by_other")

        await marc.send(absence_stream(MANAGER.login), EventKind.ABSENCE_DECLARED, body)
        assert (await ines.send(request_stream(held), CLAIMED)).effective
        house.env.advance(2 * AN_HOUR)
        late = await ines.send(request_stream(kept), CLAIMED)
        assert (late.effective, late.refusal) == (False, "held_by_other")

    async def test_many_claims_at_once_have_one_winner(self, house: House) -> None:
        lea, marc, ines, paul = [await desk(house, actor) for actor in (AGENT, MANAGER, SECOND, LEAD)]
        for _ in range(5):
            request, _ = await lea.create()
            acks = await asyncio.gather(
                *(each.send(request_stream(request), CLAIMED) for each in (marc, ines, paul))
            )
            assert sorted(ack.effective for ack in acks) == [False, False, True]
            assert sorted(ack.ver for ack in acks) == [2, 3, 4]

    async def test_a_confirmation_is_answered_once_by_somebody_else_of_the_team_in_time(
        self, house: House
    ) -> None:
        lea, paul, jean = [await desk(house, actor) for actor in (AGENT, LEAD, STRANGER)]
        asked, answered, undone = EventKind.CONFIRMATION_ASKED, EventKind.CONFIRMATION_GIVEN, EventKind.UNDONE

        async def ask() -> str:
            stream = confirmation_stream(uuid.uuid4())
            far = (house.env.now() + 99 * AN_HOUR).isoformat()
            assert (await lea.send(stream, asked, {"expires_at": far})).effective
            return stream

        stream = await ask()
        own = lea.written(stream, answered)
        assert [(ack.effective, ack.refusal) for ack in await lea.hub.push([own])] == [(False, "no_right")]
        assert (await jean.send(stream, answered)).outcome is Outcome.QUARANTINED
        first = paul.written(stream, answered)
        assert (await paul.hub.push([first]))[0].effective
        assert (await paul.send(stream, EventKind.CONFIRMATION_REFUSED)).refusal == "status"
        taken_back = await paul.send(stream, undone, {"event": str(first.event_id)})
        assert taken_back.refusal == "bad_target"
        assert (await lea.send(stream, EventKind.CONFIRMATION_WITHDRAWN)).refusal == "status"
        told = [event for event in await everything(lea) if event.stream == stream and event.effective]
        assert [(event.kind, event.author) for event in told] == [
            (asked.value, AGENT.login), (answered.value, LEAD.login)
        ]  # fmt: skip
        stream = await ask()
        assert (await paul.send(stream, EventKind.CONFIRMATION_WITHDRAWN)).refusal == "no_right"
        house.env.advance(4 * AN_HOUR)
        assert (await paul.send(stream, answered)).refusal == "too_late"

    async def test_numbers_are_dense_and_have_a_sound_key(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        made = await asyncio.gather(*(each.create() for each in (lea, marc)))
        await lea.send(request_stream(made[0][0]), EventKind.REQUEST_CREATED, request_body())
        last = (await lea.create())[1]
        numbers = sorted(ack.number for ack in (made[0][1], made[1][1], last))
        assert [number[:13] for number in numbers] == ["D-2026-000001", "D-2026-000002", "D-2026-000003"]
        assert all(is_request_number(number) for number in numbers)

    async def test_an_unknown_kind_or_version_is_kept_as_it_is(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        request, _ = await lea.create()
        stream = request_stream(request)
        events = [
            marc.written(stream, "request_dreamt", {"of": 1}),
            marc.written(stream, CLAIMED, schema_v=7),
        ]
        acks = await marc.hub.push(events)
        assert [(ack.outcome, ack.effective) for ack in acks] == [(Outcome.ACCEPTED, True)] * 2
        assert (await marc.send(stream, CLAIMED)).effective
        row = (await marc.hub.query(View.REQUESTS, {})).rows[0]
        assert (row["newer"], row["holder"]) == (True, MANAGER.login)

    async def test_an_additive_event_is_taken_back_once_by_its_author_within_ten_minutes(
        self, house: House
    ) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        request, _ = await lea.create()
        stream = request_stream(request)
        note = marc.written(stream, NOTED, {"words": "faux"})
        await marc.hub.push([note])
        body = {"event": str(note.event_id)}
        assert (await lea.send(stream, EventKind.UNDONE, body)).refusal == "no_right"
        assert (await marc.send(stream, EventKind.UNDONE, body)).effective
        assert (await marc.send(stream, EventKind.UNDONE, body)).refusal == "bad_target"
        late = marc.written(stream, NOTED, {"words": "tard"})
        await marc.hub.push([late])
        house.env.advance(timedelta(minutes=11))
        assert (
            await marc.send(stream, EventKind.UNDONE, {"event": str(late.event_id)})
        ).refusal == "too_late"
        claim = marc.written(stream, CLAIMED)
        await marc.hub.push([claim])
        assert (
            await marc.send(stream, EventKind.UNDONE, {"event": str(claim.event_id)})
        ).refusal == "bad_target"

    async def test_time_is_the_hub_s_and_a_wild_clock_is_harmless(self, house: House) -> None:
        lea = await desk(house, AGENT)
        wild = house.env.now() + timedelta(days=300 * 365)
        stream = request_stream(house.env.uuid7())
        event = lea.written(stream, EventKind.REQUEST_CREATED, request_body(), at=wild)
        assert (await lea.hub.push([event]))[0].number.startswith("D-2026-")
        told = (await everything(lea))[0]
        assert (told.occurred_at, told.received_at) == (wild, house.env.now())

    async def test_a_transfer_to_no_corbeille_or_an_assignment_to_nobody_does_not_count(
        self, house: House
    ) -> None:
        lea, paul = await desk(house, AGENT), await desk(house, LEAD)
        request, _ = await lea.create()
        stream = request_stream(request)
        ack = await paul.send(stream, EventKind.REQUEST_TRANSFERRED, {"queue": "NOWHERE"})
        assert ack.refusal == "bad_target"
        ack = await paul.send(stream, EventKind.REQUEST_ASSIGNED, {"assignee": STRANGER.login})
        assert ack.refusal == "bad_target"
        assert (await paul.send(stream, EventKind.REQUEST_ASSIGNED, {"assignee": MANAGER.login})).effective
        assert (await lea.create("NOWHERE"))[1].refusal == "bad_target"


class Feeds:
    """Perimeters: dense positions, chains, transfers, and who may read what."""

    async def test_each_perimeter_is_dense_and_its_chain_holds(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        for _ in range(3):
            request, _ = await lea.create()
            await marc.send(request_stream(request), CLAIMED)
        events = await everything(marc)
        for name in (QUEUE, TEAM):
            chain = FIRST
            own = [event for event in events if event.perimeter == name]
            assert [event.pos for event in own] == [1, 2, 3, 4, 5, 6]
            for event in own:
                chain = link_after(chain, event)
                assert event.chain == chain

    async def test_a_transfer_brings_the_whole_history_and_the_requesters_team_goes_on_seeing(
        self, house: House
    ) -> None:
        lea, marc, ines = [await desk(house, actor) for actor in (AGENT, MANAGER, SECOND)]
        request, _ = await lea.create(SOINS)
        stream = request_stream(request)
        await lea.send(stream, REPLIED, {"words": "avant"})
        assert (await marc.send(stream, EventKind.REQUEST_TRANSFERRED, {"queue": DENT})).effective
        await ines.send(stream, NOTED, {"words": "ici"})
        assert (await ines.send(stream, EventKind.REQUEST_TRANSFERRED, {"queue": SOINS})).effective
        await marc.send(stream, NOTED, {"words": "de retour"})
        events = await everything(ines)
        dent = [event.ver for event in events if event.perimeter == f"queue/{DENT}"]
        soins = [event.ver for event in events if event.perimeter == QUEUE]
        assert dent == [1, 2, 3, 4, 5]
        assert soins == [1, 2, 3, 4, 5, 6]
        team = [event.ver for event in await everything(lea)]
        assert team == [1, 2, 3, 4, 5, 6]

    async def test_a_transfer_in_the_push_that_wrote_the_history_loses_none_of_it(self, house: House) -> None:
        marc, ines = await desk(house, MANAGER), await desk(house, SECOND)
        stream = request_stream(house.env.uuid7())
        events = [marc.written(stream, EventKind.REQUEST_CREATED, request_body())]
        events += [marc.written(stream, NOTED, {"words": "un"}), marc.written(stream, CLAIMED)]
        events.append(marc.written(stream, EventKind.REQUEST_TRANSFERRED, {"queue": DENT}))
        assert all(ack.effective for ack in await marc.hub.push(events))
        dent = [event.ver for event in await everything(ines) if event.perimeter == f"queue/{DENT}"]
        assert dent == [1, 2, 3, 4]

    async def test_two_requests_merged_into_each_other_leave_one_open(self, house: House) -> None:
        marc, ines = await desk(house, MANAGER), await desk(house, SECOND)
        (one, _), (other, _) = await marc.create(), await marc.create()
        first = await marc.send(request_stream(one), EventKind.REQUEST_MERGED, {"into": str(other)})
        second = await ines.send(request_stream(other), EventKind.REQUEST_MERGED, {"into": str(one)})
        assert (first.effective, second.effective, second.refusal) == (True, False, "bad_target")
        rows = (await marc.hub.query(View.REQUESTS, {"status": "open"})).rows
        assert [row["id"] for row in rows] == [str(other)]

    async def test_nothing_is_merged_into_what_nobody_knows_or_its_author_may_not_read(
        self, house: House
    ) -> None:
        marc, ines = await desk(house, MANAGER), await desk(house, SECOND)
        here, _ = await marc.create()
        foreign, _ = await ines.create(DENT, OTHER_TEAM)
        for into in (foreign, house.env.uuid7()):
            ack = await marc.send(request_stream(here), EventKind.REQUEST_MERGED, {"into": str(into)})
            assert (ack.effective, ack.refusal) == (False, "bad_target")

    async def test_a_foreign_perimeter_gives_nothing(self, house: House) -> None:
        lea, jean = await desk(house, AGENT), await desk(house, STRANGER)
        await lea.create()
        assert set((await jean.hub.head()).positions) == {OTHER_TEAM, HOUSE}
        page = await jean.hub.pull({QUEUE: 0, TEAM: 0, "customers": 0, OTHER_TEAM: 0})
        assert (page.events, set(page.through)) == ((), {OTHER_TEAM})

    async def test_a_note_stays_in_its_corbeille(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        request, _ = await lea.create()
        await marc.send(request_stream(request), NOTED, {"words": "interne"})
        assert [event.body is None for event in await everything(lea)] == [False, True]
        assert all(event.body for event in await everything(marc))

    async def test_a_confidential_request_shows_its_team_where_it_stands_and_none_of_its_words(
        self, house: House
    ) -> None:
        lea, marc, jean = [await desk(house, actor) for actor in (AGENT, MANAGER, STRANGER)]
        await house.set_up(lambda connection: staff.join(connection, STRANGER.login, TEAM, LONG_AGO))
        request, _ = await lea.create(confidential=True, title="Aide sociale", fields={"situation": "dite"})
        await marc.send(request_stream(request), EventKind.REQUEST_REPLIED, {"words": "répondu"})
        page = await jean.hub.query(View.REQUEST, {"id": str(request)})
        for events in (await everything(jean), page.events):
            made, replied = [json.loads(event.body or b"null") for event in events]
            assert (made["queue"], made["team"], made["confidential"]) == (SOINS, TEAM, True)
            assert not made.keys() & {"title", "fields", "words"}
            assert replied == {}
            assert [event.salt for event in events] == [None, None]
        row = (await jean.hub.query(View.REQUESTS, {})).rows[0]
        assert (row["title"], row["status"], row["readable"]) == ("", "sent", False)
        assert (await jean.hub.query(View.REQUESTS, {"words": "aide"})).rows == ()
        assert (await marc.hub.query(View.REQUESTS, {"words": "aide"})).rows[0]["title"] == "Aide sociale"

    async def test_whoever_made_a_confidential_request_reads_it_and_what_is_answered(
        self, house: House
    ) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        request, _ = await lea.create(confidential=True, title="Aide sociale")
        await marc.send(request_stream(request), EventKind.REQUEST_REPLIED, {"words": "répondu"})
        await marc.send(request_stream(request), NOTED, {"words": "interne"})
        made, replied, noted = await everything(lea)
        assert b"Aide sociale" in (made.body or b"")
        assert json.loads(replied.body or b"null") == {"words": "répondu"}
        assert noted.body is None

    async def test_whoever_wrote_a_note_reads_it_whatever_their_corbeilles(self, house: House) -> None:
        lea = await desk(house, AGENT)
        request, _ = await lea.create()
        await lea.send(request_stream(request), NOTED, {"words": "à moi"})
        assert [event.body is None for event in await everything(lea)] == [False, False]

    async def test_what_was_closed_a_month_ago_is_passed_over_and_counted(self, house: House) -> None:
        marc = await desk(house, MANAGER)
        old, _ = await marc.create()
        await marc.send(request_stream(old), EventKind.REQUEST_CANCELLED)
        house.env.advance(timedelta(days=31))
        new, _ = await marc.create()
        page = await marc.hub.pull({QUEUE: 0})
        assert [event.stream for event in page.events] == [request_stream(new)]
        assert (dict(page.through), dict(page.skipped)) == ({QUEUE: 3}, {QUEUE: 2})

    async def test_waiting_ends_with_a_change_and_not_without(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        seen = await positions(marc)
        assert not await marc.hub.wait_for_change(seen, 0.3)
        await lea.create()
        assert await marc.hub.wait_for_change(seen, 30)

    async def test_a_presence_is_seen_by_others_of_the_corbeille_for_a_moment(self, house: House) -> None:
        lea, marc, jean = [await desk(house, actor) for actor in (AGENT, MANAGER, STRANGER)]
        request, _ = await lea.create()
        told = Presence(MANAGER.login, request, writing=True, since=house.env.now())
        assert (await marc.hub.head([told])).presences == ()
        assert (await lea.hub.head()).presences == (told,)
        assert (await jean.hub.head()).presences == ()
        house.env.advance(timedelta(seconds=16))
        assert (await lea.hub.head()).presences == ()


class Lists:
    """Pages of requests, counters, boards."""

    async def test_pages_follow_each_other_by_due_date_without_gap_or_double(self, house: House) -> None:
        marc = await desk(house, MANAGER)
        for number in range(11):
            await marc.create(terms={"target_minutes": 60 + (7 * number) % 11 * 30})
        seen, cursor = [], ""
        while True:
            page = await marc.hub.query(View.REQUESTS, {"status": "open"}, cursor, 4)
            seen += [(row["due_at"], row["id"]) for row in page.rows]
            cursor = page.cursor
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == 11
        assert seen == sorted(seen, key=lambda row: (str(row[0]), str(row[1])))

    async def test_filters_find_what_they_name(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        dossier = str(house.env.uuid7())
        first, ack = await lea.create(dossier=dossier, title="Remboursement 100%")
        second, _ = await marc.create(type="R05")
        await marc.send(request_stream(second), CLAIMED)
        closed, _ = await lea.create()
        await lea.send(request_stream(closed), EventKind.REQUEST_CANCELLED)

        async def found(**filters: object) -> set[str]:
            page = await marc.hub.query(View.REQUESTS, filters)  # type: ignore[arg-type]  # JSON all of it
            return {str(row["id"]) for row in page.rows}

        assert await found(dossier=dossier) == {str(first)}
        assert await found(number=ack.number) == {str(first)}
        assert await found(words="100%") == {str(first)}
        assert await found(type="R05") == {str(second)}
        assert await found(holder=MANAGER.login) == {str(second)}
        assert await found(holder="", status="open") == {str(first)}
        assert await found(requester=AGENT.login) == {str(first), str(closed)}
        assert await found(status="closed") == {str(closed)}
        assert await found(status="taken") == {str(second)}
        assert await found(queue=SOINS) == {str(first), str(second), str(closed)}
        assert await found(team=TEAM, sort="created") == {str(first), str(second), str(closed)}
        assert await found(queue=DENT) == set()
        house.env.advance(timedelta(days=10))
        assert await found(late=True) == {str(first), str(second)}

    @pytest.mark.parametrize(
        ("filters", "cursor"),
        [
            ({"status": "'; drop table request"}, ""), ({"sort": "title"}, ""), ({"queue": 3}, ""),
            ({"holder": "\ud800"}, ""), ({}, "zzz"), ({}, "WzEsMl0="),
        ],
    )  # fmt: skip
    async def test_filters_and_cursors_that_say_nothing_sound_are_refused(
        self, house: House, filters: dict[str, str], cursor: str
    ) -> None:
        marc = await desk(house, MANAGER)
        with refused("hub.bad_filter"):
            await marc.hub.query(View.REQUESTS, filters, cursor)

    async def test_strangers_do_not_find_a_request_by_any_filter(self, house: House) -> None:
        lea, jean = await desk(house, AGENT), await desk(house, STRANGER)
        request, ack = await lea.create(dossier=str(house.env.uuid7()))
        for filters in (
            {},
            {"number": ack.number},
            {"requester": AGENT.login},
            {"queue": SOINS},
            {"team": TEAM},
        ):
            assert (await jean.hub.query(View.REQUESTS, filters)).rows == ()
        with refused("hub.not_found"):
            await jean.hub.query(View.REQUEST, {"id": str(request)})

    async def test_counters_follow_every_change(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        requests = [(await lea.create())[0] for _ in range(3)]
        await marc.send(request_stream(requests[0]), CLAIMED)
        await lea.send(request_stream(requests[1]), EventKind.REQUEST_CANCELLED)
        row = (await marc.hub.query(View.QUEUES, {})).rows[0]
        assert row == {"queue": SOINS, "open": 2, "unheld": 1, "late": 0}
        page = await marc.hub.query(View.REQUESTS, {"queue": SOINS, "status": "open"})
        assert (page.total, len(page.rows)) == (2, 2)
        house.env.advance(timedelta(days=10))
        assert (await marc.hub.query(View.QUEUES, {})).rows[0]["late"] == 2
        board = (await marc.hub.query(View.BOARD, {"queue": SOINS})).rows[0]
        assert board["holders"] == [{"holder": MANAGER.login, "open": 1, "late": 1}]

    async def test_colleagues_are_told_with_their_perimeters_and_a_version(self, house: House) -> None:
        lea = await desk(house, AGENT)
        rows = (await lea.hub.query(View.COLLEAGUES, {})).rows
        told = {row["login"]: row["perimeters"] for row in rows}
        assert told[MANAGER.login] == [QUEUE, TEAM]
        before = (await lea.hub.head()).colleagues_version
        await house.set_up(lambda connection: staff.lock_out(connection, STRANGER.login, locked=True))
        assert (await lea.hub.head()).colleagues_version > before
        assert len((await lea.hub.query(View.COLLEAGUES, {})).rows) == len(rows) - 1


class Subjects:
    """Customers' files, attachments, and the access log."""

    async def test_nothing_is_read_by_saying_that_it_is_attached_to_a_customer(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        mine, other = house.env.uuid7(), house.env.uuid7()
        request, _ = await lea.create()
        noted = marc.written(request_stream(request), NOTED, {"words": "interne"})
        told = marc.written(f"customer/{other}", EventKind.INTERACTION_RECORDED, {"note": "à un autre"})
        nobody = marc.written("unlinked", EventKind.INTERACTION_RECORDED, {"note": "à personne"})
        await marc.hub.push([noted, told, nobody])
        for event in (noted, told, nobody):
            body: dict[str, JSON] = {"event": str(event.event_id)}
            await lea.send(f"customer/{mine}", EventKind.INTERACTION_ATTACHED, body)
        opened = await lea.hub.open_subject(mine, Purpose.CALL)
        found = [event.event_id for event in opened.events if event.kind != EventKind.INTERACTION_ATTACHED]
        assert found == [nobody.event_id]

    async def test_who_looked_at_a_customer_and_why_is_not_told_to_colleagues(self, house: House) -> None:
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        dossier = house.env.uuid7()
        await marc.send(f"customer/{dossier}", EventKind.CONSULTED, {"purpose": "other", "reason": "voisin"})
        await marc.send(f"customer/{dossier}", EventKind.INTERACTION_RECORDED, {"note": "vu"})
        opened = await lea.hub.open_subject(dossier, Purpose.CALL)
        assert [event.kind for event in opened.events] == [EventKind.INTERACTION_RECORDED]

    async def test_a_file_is_logged_then_given(self, house: House) -> None:
        lea, anne = await desk(house, AGENT), await desk(house, AUDITOR)
        dossier = house.env.uuid7()
        body = {"channel": "phone_in", "note": "Appel", "at": house.env.now().isoformat()}
        await lea.send(f"customer/{dossier}", EventKind.INTERACTION_RECORDED, body)
        await lea.send(f"customer/{house.env.uuid7()}", EventKind.INTERACTION_RECORDED, body)
        await lea.create(dossier=str(dossier))
        opened = await lea.hub.open_subject(dossier, Purpose.CALL, "rappel")
        assert [event.kind for event in opened.events] == ["interaction_recorded"]
        assert [row["dossier"] for row in opened.requests] == [str(dossier)]
        log = (await anne.hub.query(View.ACCESSES, {})).rows
        assert [(row["login"], row["dossier"], row["purpose"], row["reason"]) for row in log] == [
            (AGENT.login, str(dossier), "call", "rappel")
        ]
        with refused("hub.no_right"):
            await lea.hub.query(View.ACCESSES, {})
        again = (await anne.hub.query(View.ACCESSES, {"login": AUDITOR.login})).rows
        assert [(row["login"], row["what"]) for row in again] == [(AUDITOR.login, "access_log")]
        later = (house.env.now() + timedelta(days=1)).isoformat()
        assert (await anne.hub.query(View.ACCESSES, {"since": later})).rows == ()
        with refused("hub.bad_filter"):
            await anne.hub.query(View.ACCESSES, {"since": "hier"})

    async def test_the_timeline_asks_for_an_opening_and_drops_what_is_taken_back(self, house: House) -> None:
        lea = await desk(house, AGENT)
        dossier = house.env.uuid7()
        stream = f"customer/{dossier}"
        with refused("hub.open_first"):
            await lea.hub.query(View.TIMELINE, {"dossier": str(dossier)})
        await lea.hub.open_subject(dossier, Purpose.CALL)
        events = [lea.written(stream, EventKind.INTERACTION_RECORDED, {"note": str(at)}) for at in range(3)]
        await lea.hub.push(events)
        await lea.send(stream, EventKind.UNDONE, {"event": str(events[1].event_id)})
        rows = (await lea.hub.query(View.TIMELINE, {"dossier": str(dossier)})).rows
        assert {row["event"] for row in rows} == {str(events[0].event_id), str(events[2].event_id)}
        first = await lea.hub.query(View.TIMELINE, {"dossier": str(dossier)}, "", 1)
        second = await lea.hub.query(View.TIMELINE, {"dossier": str(dossier)}, first.cursor, 1)
        assert [*first.rows, *second.rows] == list(rows)
        assert second.cursor == ""

    async def test_the_hundred_and_fifty_first_file_of_an_hour_is_refused_and_an_alert_kept(
        self, house: House
    ) -> None:
        lea = await desk(house, AGENT)
        for _ in range(150):
            await lea.hub.open_subject(house.env.uuid7(), Purpose.SEARCH)
        with refused("hub.quota"):
            await lea.hub.open_subject(house.env.uuid7(), Purpose.SEARCH)
        request, _ = await lea.create(dossier=str(house.env.uuid7()))
        with refused("hub.quota"):
            await lea.hub.query(View.REQUEST, {"id": str(request)})
        alerts = await house.set_up(
            lambda connection: connection.exec_driver_sql("SELECT login, what FROM alert").fetchall()
        )
        assert [tuple(alert) for alert in alerts] == [(AGENT.login, "quota")] * 2
        house.env.advance(AN_HOUR)
        await lea.hub.open_subject(house.env.uuid7(), Purpose.SEARCH)

    async def test_an_attachment_is_answeredthrough_its_request_alone(self, house: House) -> None:
        lea, marc, jean = [await desk(house, actor) for actor in (AGENT, MANAGER, STRANGER)]
        name, content = "a" * 32, b"%PDF-1.7 devis"
        await lea.hub.put_blob(name, content)
        await lea.hub.put_blob(name, content)
        joined: dict[str, JSON] = {
            "blob": name,
            "name": "devis.pdf",
            "media_type": "application/pdf",
            "size": len(content),
        }
        request, _ = await lea.create(attachments=[joined])
        other, _ = await lea.create()
        assert await marc.hub.get_blob(name, request) == content
        for who, through in ((marc, other), (jean, request), (marc, uuid.UUID(int=0))):
            with refused("hub.not_found"):
                await who.hub.get_blob(name, through)
        with refused("hub.blob_other"):
            await jean.hub.put_blob(name, b"%PDF-1.7 autre")

    @pytest.mark.parametrize(
        ("name", "content", "key"),
        [
            ("../../etc/passwd", b"%PDF-", "hub.blob_name"), ("a" * 32, b"", "hub.blob_size"),
            ("a" * 32, b"MZ\x90\x00", "hub.blob_type"), ("a" * 32, b"PK\x03\x04zip", "hub.blob_type"),
            ("a" * 32, b"\xff\xfe\x00", "hub.blob_type"),
            ("a" * 32, b"%PDF-" + bytes(20 << 20), "hub.blob_size"),
        ],
    )  # fmt: skip
    async def test_an_attachment_that_is_none_is_refused(
        self, house: House, name: str, content: bytes, key: str
    ) -> None:
        lea = await desk(house, AGENT)
        with refused(key):
            await lea.hub.put_blob(name, content)


class HubConformance(Sequence, Rights, Verdicts, Feeds, Lists, Subjects, CheckOuts, Wipes, Links):
    """Everything above, on one kind of hub."""
