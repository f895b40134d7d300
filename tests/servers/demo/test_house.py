"""The hub of a demonstration: made once, kept, and begun anew when its past is another's or too old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from avise.demo.population.spec import WorldSpec
from avise.demo.profile import site_namespace
from avise.demo.requests.house import KEPT_FOR, MARK, House, prepare_house
from avise.demo.requests.staff import BY_LOGIN
from avise.engine.opened_hub import hub_key_source, open_local_hub
from avise.env import FixedEnv
from avise.hub.core import HubCore
from avise.hub.passwords import verify_password
from avise.hub.port import View
from avise.hub.staff import member
from avise.models.roles import Role, Session

ENV = FixedEnv()
SPEC = WorldSpec.for_preset("mini", ENV.now().date())


async def made(house: House, spec: WorldSpec = SPEC) -> bool:
    """Say whether the hub had to be made."""
    return await prepare_house(house, spec, site_namespace(spec), ENV)


async def test_a_case_manager_finds_the_requests_of_the_past(tmp_path: Path) -> None:
    house = House(tmp_path / "hub")
    assert await made(house)

    worker = BY_LOGIN["ines.moreau"]
    source = hub_key_source("demo", house.folder, ENV, synthetic=True)
    session = Session(worker.login, worker.name, worker.role, "a-desk")
    hub = await open_local_hub(house.folder, source, HubCore(ENV), session, ENV)
    try:
        page = await hub.query(View.REQUESTS, {"queue": "PREST_SOINS", "status": "open"})
    finally:
        await hub.aclose()
    assert any(row["title"] == "Remboursement optique non reçu" for row in page.rows)


async def test_everybody_signs_in_with_the_password_of_the_demonstration(tmp_path: Path) -> None:
    house = House(tmp_path / "hub")
    await made(house)

    source = hub_key_source("demo", house.folder, ENV, synthetic=True)
    session = Session("demo", "Demo", Role.ADMINISTRATOR, "a-desk")
    hub = await open_local_hub(house.folder, source, HubCore(ENV), session, ENV)
    try:
        kept = [await hub.setting_up(lambda at, who=login: member(at, who)) for login in BY_LOGIN]  # type: ignore[misc]  # the login of this turn
    finally:
        await hub.aclose()
    hashes = {found.password_hash for found in kept if found is not None}
    assert len(kept) == len(BY_LOGIN)
    assert all(verify_password(each, house.password()).accepted for each in hashes)


async def test_a_hub_is_kept_while_its_past_is_of_this_week(tmp_path: Path) -> None:
    house = House(tmp_path / "hub")
    await made(house)

    assert not await made(house)
    assert not await made(house, replace(SPEC, as_of=SPEC.as_of + KEPT_FOR))


async def test_a_hub_begins_anew_for_another_world_or_another_week(tmp_path: Path) -> None:
    house = House(tmp_path / "hub")
    await made(house)

    assert await made(house, replace(SPEC, seed=2))
    assert await made(house, replace(SPEC, as_of=SPEC.as_of + KEPT_FOR + timedelta(days=1)))


async def test_what_a_start_that_was_cut_left_is_not_taken_for_a_hub(tmp_path: Path) -> None:
    house = House(tmp_path / "hub")
    await made(house)
    (house.folder / MARK).unlink()

    assert await made(house)
