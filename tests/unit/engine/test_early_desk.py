"""A desk whose engine is still being built finds people, and says "nobody" only when it knows."""

from __future__ import annotations

import asyncio

import pytest

from avise.engine.early_desk import EarlyDesk
from avise.engine.finding_desk import FindingDesk
from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.models.roles import Role, Session
from avise.services.search_words import RefusedSearchError
from avise.store.desk_memory import DeskMemory
from tests.unit.engine.test_local_desk import PLAIN, Office, office

__all__ = ["office"]


def early(office: Office, role: Role) -> EarlyDesk:
    session = Session("lea.girard", "Léa Girard", role, "poste-1")
    memory = DeskMemory(office.store, FixedEnv(), session.user)
    return EarlyDesk(FindingDesk(session, office.directory, memory), asyncio.get_running_loop())


async def test_somebody_in_the_directory_is_found_before_the_engine_is_built(office: Office) -> None:
    desk = early(office, Role.AGENT)
    (hit,) = (await desk.search("marchand helene")).hits
    assert hit.entry.party.native_id == PLAIN.native_id
    assert await desk.find_by_identifier("member", PLAIN.member_number) == hit.entry.person
    assert not desk.is_ready


async def test_nobody_is_said_only_by_the_whole_engine(office: Office) -> None:
    desk = early(office, Role.AGENT)
    asked = asyncio.ensure_future(desk.search("personne d'autre"))
    await asyncio.sleep(0.05)
    assert not asked.done()
    desk.become(office.desk(Role.AGENT))
    assert (await asked).hits == ()


async def test_settings_and_tabs_are_kept_and_given_before_the_engine_is_built(office: Office) -> None:
    desk = early(office, Role.AGENT)
    await desk.change_setting("theme", "dark")
    assert await desk.setting("theme") == "dark"
    assert await desk.saved_tabs() == ()


async def test_a_role_without_customers_finds_nobody_early_either(office: Office) -> None:
    with pytest.raises(AviseError) as refused:
        await early(office, Role.AUDITOR).search("marchand")
    assert refused.value.message_key == "role.no_customers"


async def test_a_nir_is_looked_for_nowhere(office: Office) -> None:
    typed, desk = "marchand 1 85 05 99 999 001 81", office.desk(Role.AGENT)
    for ask in (early(office, Role.AGENT).search(typed), desk.search(typed), desk.search_wider(typed, ())):
        with pytest.raises(RefusedSearchError) as refused:
            await ask
        assert (refused.value.message_key, refused.value.params) == ("search.nir", {})
