"""Who was verified stays verified when the engine is killed in the middle of a call."""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing
from datetime import timedelta

import pytest

from avise.engine.local_desk import LocalDesk
from avise.models.callers import Caller, CallerKind
from avise.models.customer import PersonId
from avise.models.roles import Purpose
from avise.services.customer_updates import (
    TimelineChanged,
    Verification,
    VerificationChanged,
    VerificationLevel,
)
from avise.services.ongoing_verifications import LONGEST_CALL
from tests.unit.engine.test_local_day import HELENE, Office, office
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer

__all__ = ["office"]

SISTER = Caller(CallerKind.THIRD_PARTY, "Annick Kerdraon", "benefits")
IDENTITY = {
    "last_name": "MARCHAND",
    "first_name": "Hélène",
    "member_number": "0482917350",
    "birth_date": "1968-03-12",
    "authorized_third_party": SISTER.name,
    "authorized_scope": "benefits",
}
PAID = {"paid_on": "2026-01-05", "amount": "27.50", "paid_to": "member", "status": "paid"}
RIGHT = {"birth_date": "12/03/1968", "member_number": "0482917350", "last_reimbursement": "27,50"}


@pytest.fixture
def tools(office: Office) -> None:
    office.sources = ScriptedSources(
        [offer("parties", "identity"), offer("benefits", "benefits")],
        {
            ("parties", "identity"): [answer("parties", "identity", IDENTITY)],
            ("benefits", "benefits"): [answer("benefits", "benefits", PAID)],
        },
    )


class Call:
    """A file that is followed at a desk."""

    def __init__(self, desk: LocalDesk, person: PersonId, scope: AsyncExitStack) -> None:
        self.desk, self.person, self._scope = desk, person, scope

    async def begin(self) -> Verification:
        """Open the file; return where its verification stands, once it may be asked about."""
        updates = self.desk.open_customer(self.person, Purpose.CALL)
        await self._scope.enter_async_context(aclosing(updates))  # type: ignore[type-var]
        told = Verification()
        async for update in updates:
            if isinstance(update, VerificationChanged):
                told = update.verification
            if (
                isinstance(update, TimelineChanged)
                and len(await self.desk.verification_questions(self.person)) >= 3
            ):
                return told
        raise AssertionError

    async def verify(self) -> None:
        """Answer three questions right."""
        for question, said in RIGHT.items():
            assert (await self.desk.verify(self.person, question, said)).correct


@pytest.mark.usefixtures("tools")
async def test_a_caller_verified_before_the_engine_was_killed_is_still_verified(office: Office) -> None:
    person = await office.person(HELENE)
    async with AsyncExitStack() as scope:
        first = Call(office.desk(), person, scope)
        assert (await first.begin()).level is VerificationLevel.NONE
        await first.desk.choose_caller(person, SISTER)
        await first.verify()
        # Nothing of the first desk ends: its process is gone.
        second = Call(office.desk(), person, scope)
        found = await second.begin()
        assert (found.level, found.correct, found.needed) == (VerificationLevel.STRONG, 3, 3)
        assert found.caller == SISTER
        assert found.at is not None
        assert not (await second.desk.verify(person, "birth_date", "1 janvier 1900")).correct
        third = await Call(office.desk(), person, scope).begin()
        assert (third.level, third.wrong) == (VerificationLevel.STRONG, 1)


@pytest.mark.usefixtures("tools")
async def test_a_locked_verification_stays_locked_when_the_engine_is_killed(office: Office) -> None:
    person = await office.person(HELENE)
    async with AsyncExitStack() as scope:
        first = Call(office.desk(), person, scope)
        await first.begin()
        for _ in range(3):
            await first.desk.verify(person, "birth_date", "1 janvier 1900")
        second = Call(office.desk(), person, scope)
        assert (await second.begin()).level is VerificationLevel.LOCKED
        assert not (await second.desk.verify(person, "birth_date", RIGHT["birth_date"])).correct


@pytest.mark.usefixtures("tools")
async def test_leaving_the_file_or_another_call_forgets_who_was_verified(office: Office) -> None:
    person = await office.person(HELENE)
    async with AsyncExitStack() as scope:
        left = Call(office.desk(), person, scope)
        await left.begin()
        await left.verify()
    async with AsyncExitStack() as scope:
        again = Call(office.desk(), person, scope)
        assert await again.begin() == Verification()
        await again.verify()
        await again.desk.forget_verification(person)
        assert await Call(office.desk(), person, scope).begin() == Verification()


@pytest.mark.usefixtures("tools")
async def test_a_verification_older_than_any_call_is_forgotten(office: Office) -> None:
    person = await office.person(HELENE)
    async with AsyncExitStack() as scope:
        first = Call(office.desk(), person, scope)
        await first.begin()
        await first.verify()
        office.env.advance(LONGEST_CALL + timedelta(seconds=1))
        assert await Call(office.desk(), person, scope).begin() == Verification()
