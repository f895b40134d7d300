"""What every hub answers alike of portfolios taken on the road, and of devices that erase themselves."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import uuid
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from avise.hub import staff
from avise.hub.check_out_values import MOST_CHECKED_OUT, CheckOut
from avise.hub.port import Actor, HubError, View
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from avise.models.roles import Purpose, Role
from tests.hub_house import AGENT, AUDITOR, LEAD, LONG_AGO, MANAGER, TEAM, Desk, House, desk, request_body

REP = Actor("bruno.kerhoas", Role.REP, "portable-bruno")
REP_AT_HOME = dataclasses.replace(REP, device="portable-bruno-2")
OTHER_REP = Actor("alan.tanguy", Role.REP, "portable-alan")
A_DAY = timedelta(days=1)
CLAIMED, ASSIGNED, RESOLVED = (
    EventKind.REQUEST_CLAIMED,
    EventKind.REQUEST_ASSIGNED,
    EventKind.REQUEST_RESOLVED,
)
PERSON, NEIGHBOUR = uuid.UUID(int=11, version=4), uuid.UUID(int=12, version=4)


def refused(key: str) -> AbstractContextManager[object]:
    """Expect the refusal of a whole call."""
    return pytest.raises(HubError, match=f"^{re.escape(key)}$")


async def on_the_road(house: House, *actors: Actor) -> list[Desk]:
    """Hire representatives and return their desks."""

    def hire(connection: Connection) -> None:
        for actor in actors:
            staff.save_member(connection, actor.login, actor.login.title(), actor.role)
            staff.join(connection, actor.login, TEAM, LONG_AGO)

    await house.set_up(hire)
    return [await desk(house, actor) for actor in actors]


async def about(at: Desk, person: uuid.UUID) -> str:
    """Create a request about somebody; return its stream."""
    request, ack = await at.create(person=str(person))
    assert ack.effective
    return request_stream(request)


class CheckOuts:
    """Portfolios on the road."""

    async def test_a_claim_of_somebody_else_waits_while_the_customer_is_on_the_road(
        self, house: House
    ) -> None:
        [bruno] = await on_the_road(house, REP)
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        stream, other = await about(lea, PERSON), await about(lea, NEIGHBOUR)
        lent = await bruno.hub.check_out(CheckOut((PERSON,), 7))
        assert (lent.count, lent.until - lent.now, len(lent.half)) == (1, 7 * A_DAY, 32)

        late = await marc.send(stream, CLAIMED)
        assert (late.effective, late.refusal) == (False, "checked_out")
        assert (await marc.send(other, CLAIMED)).effective
        assert (await bruno.send(stream, CLAIMED)).effective
        assert (await bruno.send(stream, RESOLVED, {"outcome": "done"})).effective

    async def test_it_is_told_who_has_the_customer_along_and_until_when(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        stream = await about(lea, PERSON)
        asked = {"request": stream.removeprefix("request/")}
        assert (await marc.hub.query(View.CHECKED_OUT, asked)).rows == ()
        lent = await bruno.hub.check_out(CheckOut((PERSON,)))
        rows = (await marc.hub.query(View.CHECKED_OUT, asked)).rows
        assert rows == ({"login": REP.login, "until": lent.until.isoformat()},)
        with refused("hub.not_found"):
            await marc.hub.query(View.CHECKED_OUT, {"request": str(house.env.uuid7())})

    async def test_a_lead_takes_over_what_is_on_the_road(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        lea, paul = await desk(house, AGENT), await desk(house, LEAD)
        stream = await about(lea, PERSON)
        await bruno.hub.check_out(CheckOut((PERSON,)))
        assert (await paul.send(stream, CLAIMED)).refusal == "checked_out"
        assert (await paul.send(stream, ASSIGNED, {"assignee": MANAGER.login})).effective
        assert (await bruno.send(stream, CLAIMED)).refusal == "held_by_other"

    async def test_a_representative_takes_nothing_that_is_not_on_board(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        lea = await desk(house, AGENT)
        stream = await about(lea, NEIGHBOUR)
        await bruno.hub.check_out(CheckOut((PERSON,)))
        assert (await bruno.send(stream, CLAIMED)).refusal == "no_right"

    async def test_created_and_claimed_in_one_push_is_judged_alike(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        marc = await desk(house, MANAGER)
        await bruno.hub.check_out(CheckOut((PERSON,)))
        stream = request_stream(house.env.uuid7())
        body = request_body(person=str(PERSON))
        acks = await marc.hub.push(
            [marc.written(stream, EventKind.REQUEST_CREATED, body), marc.written(stream, CLAIMED)]
        )
        assert [ack.refusal for ack in acks] == ["", "checked_out"]

    async def test_the_end_of_the_lease_gives_claims_free_and_what_was_taken_stays_taken(
        self, house: House
    ) -> None:
        [bruno] = await on_the_road(house, REP)
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        taken, free = await about(lea, PERSON), await about(lea, PERSON)
        await bruno.hub.check_out(CheckOut((PERSON,), 2))
        assert (await bruno.send(taken, CLAIMED)).effective
        house.env.advance(2 * A_DAY)
        assert (await marc.send(free, CLAIMED)).effective
        assert (await marc.send(taken, CLAIMED)).refusal == "held_by_other"
        assert (await bruno.send(taken, EventKind.REQUEST_RELEASED)).effective

    async def test_what_is_given_back_is_free_and_its_half_is_not_lent_again(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        stream = await about(lea, PERSON)
        first = await bruno.hub.check_out(CheckOut((PERSON,)))
        for _ in range(2):
            await bruno.hub.check_in()
        head = await bruno.hub.head()
        assert head.check_out is not None
        assert head.check_out.ended == "given_back"
        with refused("hub.check_out_ended"):
            await bruno.hub.renew_check_out()
        assert (await marc.send(stream, CLAIMED)).effective
        assert (await bruno.hub.check_out(CheckOut((PERSON,)))).half != first.half

    async def test_a_renewal_lends_the_same_half_for_as_long_after_the_end_of_the_lease_too(
        self, house: House
    ) -> None:
        [bruno] = await on_the_road(house, REP)
        assert (await bruno.hub.head()).check_out is None
        with refused("hub.no_check_out"):
            await bruno.hub.renew_check_out()
        first = await bruno.hub.check_out(CheckOut((PERSON, NEIGHBOUR), 3))
        for passed in (1, 5):
            house.env.advance(passed * A_DAY)
            again = await bruno.hub.renew_check_out()
            assert (again.half, again.count, again.until - again.now) == (first.half, 2, 3 * A_DAY)
            standing = (await bruno.hub.head()).check_out
            assert standing is not None
            assert (standing.until, standing.renewed_at, standing.ended) == (again.until, again.now, "")
        assert (await bruno.hub.check_out(CheckOut((PERSON,), 3))).half == first.half

    async def test_a_second_workstation_is_told_and_may_take_over_and_the_first_ends(
        self, house: House
    ) -> None:
        bruno, at_home = await on_the_road(house, REP, REP_AT_HOME)
        first = await bruno.hub.check_out(CheckOut((PERSON,)))
        with refused("hub.checked_out_elsewhere") as told:
            await at_home.hub.check_out(CheckOut((PERSON, NEIGHBOUR)))
        assert told.value.params == {"since": "24/03/2026", "until": "31/03/2026"}  # type: ignore[attr-defined]  # what pytest gives
        assert (await bruno.hub.renew_check_out()).half == first.half

        second = await at_home.hub.check_out(CheckOut((PERSON, NEIGHBOUR), take_over=True))
        assert (second.count, second.half != first.half) == (2, True)
        standing = (await bruno.hub.head()).check_out
        assert standing is not None
        assert standing.ended == "taken_over"
        with refused("hub.check_out_ended"):
            await bruno.hub.renew_check_out()

    async def test_what_a_colleague_has_along_is_left_to_them(self, house: House) -> None:
        bruno, alan = await on_the_road(house, REP, OTHER_REP)
        lea = await desk(house, AGENT)
        stream = await about(lea, PERSON)
        await bruno.hub.check_out(CheckOut((PERSON,), 2))
        lent = await alan.hub.check_out(CheckOut((PERSON, NEIGHBOUR), 5))
        assert (lent.count, lent.elsewhere) == (1, (PERSON,))
        assert (await alan.send(stream, CLAIMED)).refusal == "no_right"

        house.env.advance(3 * A_DAY)
        assert (await alan.hub.check_out(CheckOut((PERSON, NEIGHBOUR), 5))).elsewhere == ()
        late = await bruno.hub.renew_check_out()
        assert (late.count, late.elsewhere) == (0, (PERSON,))

    async def test_a_revoked_device_is_lent_nothing_again_and_holds_nobody_up(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
        stream = await about(lea, PERSON)
        await bruno.hub.check_out(CheckOut((PERSON,)))
        await house.set_up(lambda connection: staff.revoke(connection, REP.device, house.env.now()))
        for call in (bruno.hub.renew_check_out(), bruno.hub.check_out(CheckOut((PERSON,)))):
            with refused("hub.device_revoked"):
                await call
        assert (await marc.send(stream, CLAIMED)).effective
        kept = await house.set_up(
            lambda connection: connection.exec_driver_sql("SELECT half FROM check_out").scalar_one()
        )
        assert bytes(kept) == b""

    async def test_a_right_that_was_withdrawn_lends_nothing_again(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        await bruno.hub.check_out(CheckOut((PERSON,)))
        await house.set_up(lambda connection: staff.leave(connection, REP.login, TEAM, house.env.now()))
        for call in (bruno.hub.renew_check_out(), bruno.hub.check_out(CheckOut((PERSON,)))):
            with refused("hub.no_right"):
                await call

    @pytest.mark.parametrize("actor", [AGENT, MANAGER, AUDITOR])
    async def test_only_representatives_take_portfolios_along(self, house: House, actor: Actor) -> None:
        other = await desk(house, actor)
        with refused("hub.no_right"):
            await other.hub.check_out(CheckOut((PERSON,)))

    async def test_a_portfolio_is_one_access_in_the_log_and_uses_up_no_quota(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        anne = await desk(house, AUDITOR)
        await bruno.hub.check_out(CheckOut(tuple(house.env.uuid7() for _ in range(300)), 5))
        for _ in range(3):
            await bruno.hub.open_subject(house.env.uuid7(), Purpose.VISIT)
        rows = (await anne.hub.query(View.ACCESSES, {"login": REP.login})).rows
        told = [(row["what"], row["reason"]) for row in rows if row["what"] == "check_out"]
        assert told == [("check_out", "300 / 5")]

    @pytest.mark.parametrize(
        ("persons", "days", "key"),
        [(0, 7, "hub.check_out_size"), (1, 0, "hub.check_out_days"), (1, 15, "hub.check_out_days")],
    )
    async def test_what_is_out_of_bounds_is_refused(
        self, house: House, persons: int, days: int, key: str
    ) -> None:
        [bruno] = await on_the_road(house, REP)
        with refused(key):
            await bruno.hub.check_out(CheckOut((PERSON,) * persons, days))

    async def test_the_largest_portfolio_is_taken_whole(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        everybody = tuple(uuid.UUID(int=number + 1) for number in range(MOST_CHECKED_OUT))
        lent = await bruno.hub.check_out(CheckOut(everybody, 14))
        assert lent.count == MOST_CHECKED_OUT
        assert (await bruno.hub.check_out(CheckOut(everybody[:3], 14))).count == 3


class Wipes:
    """Devices that erase themselves."""

    async def test_a_wipe_is_confirmed_by_a_device_that_can_sign_in_no_more(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        digest = hashlib.sha256(b"a" * 64).hexdigest()
        with refused("hub.no_wipe"):
            await bruno.hub.begin_wipe(digest)
        await house.set_up(lambda connection: staff.ask_wipe(connection, REP.device, house.env.now()))
        assert (await bruno.hub.head()).wipe
        await bruno.hub.begin_wipe(digest)
        with refused("hub.no_wipe"):
            await said_wiped(house, "b" * 64)
        assert (await bruno.hub.head()).wipe
        for _ in range(2):
            await said_wiped(house, "a" * 64)
        assert not (await bruno.hub.head()).wipe

    async def test_nobody_confirms_a_wipe_that_did_not_begin(self, house: House) -> None:
        [bruno] = await on_the_road(house, REP)
        await house.set_up(lambda connection: staff.ask_wipe(connection, REP.device, house.env.now()))
        with refused("hub.no_wipe"):
            await said_wiped(house, "a" * 64)
        assert (await bruno.hub.head()).wipe


async def said_wiped(house: House, secret: str) -> None:
    """Tell the hub that the representative's device erased itself."""
    await house.say_wiped(REP.device, secret)
