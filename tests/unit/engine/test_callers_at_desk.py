"""Who calls is chosen at the desk, journaled, and told with the exchange that is recorded."""

from __future__ import annotations

import dataclasses
from contextlib import aclosing

import pytest

from avise.models.callers import Caller, CallerKind
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.roles import Purpose
from avise.services.customer_updates import TimelineChanged, VerificationChanged
from avise.store.journal import Journal
from tests.unit.engine.test_local_day import HELENE, Office, office, wrap_up
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer

__all__ = ["office"]

SISTER = Caller(CallerKind.THIRD_PARTY, "Annick Kerdraon", "benefits")
RECORD = {
    "last_name": "MARCHAND",
    "first_name": "Hélène",
    "authorized_third_party": SISTER.name,
    "authorized_scope": "benefits",
}


async def test_an_exchange_says_that_somebody_spoke_for_the_member(office: Office) -> None:
    office.sources = ScriptedSources(
        [offer("parties", "identity")], {("parties", "identity"): [answer("parties", "identity", RECORD)]}
    )
    desk, person = office.desk(), await office.person(HELENE)
    chosen, summary, asked = "", "", False
    async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        async for update in updates:
            if isinstance(update, VerificationChanged) and update.verification.caller.name:
                chosen = update.verification.caller.name
                await desk.record_wrap_up(person, wrap_up(office))
            elif isinstance(update, TimelineChanged) and not asked and len(await desk.callers(person)) > 1:
                asked = True
                await desk.choose_caller(person, SISTER)
                with pytest.raises(AviseError, match="unknown"):
                    await desk.choose_caller(person, dataclasses.replace(SISTER, name="Quelqu’un"))
            elif isinstance(update, TimelineChanged) and update.entries:
                summary = update.entries[0].summary
                break
    assert chosen == SISTER.name
    assert summary.startswith("Mandataire\u00a0: Annick Kerdraon")
    stream = f"customer/{person}"
    events = await Journal(office.store, office.env).stream(stream, (EventKind.CALLER_VERIFIED,))
    assert [event.body for event in events] == [
        {"caller": "third_party", "name": SISTER.name, "scope": "benefits"}
    ]
