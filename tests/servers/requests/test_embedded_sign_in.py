"""Desks of one machine: a password is asked of whom the hub keeps one for, and tells their role."""

from __future__ import annotations

from pathlib import Path

from avise.engine.embedded_sign_in import EmbeddedSignIn
from avise.engine.engine import Engine
from avise.engine.opened_hub import hub_key_source, open_local_hub
from avise.env import SystemEnv
from avise.hub import staff
from avise.hub.core import HubCore
from avise.hub.passwords import MOST_TRIES, hash_password
from avise.models.errors import AviseError
from avise.models.roles import Role, Session
from avise.services.request_values import HubState, HubStatus, RequestQuery
from tests.servers.requests.desks import INES, LEA, House, board, first, opened, run, write_profile

PASSWORD = "trois-cigognes-attendent"  # noqa: S105 - invented, and of this test alone
CANARY = "canari-mot-de-passe-7713"


async def keep_password(folder: Path, login: str, password: str) -> None:
    """Give somebody a password at the hub of a folder."""
    env = SystemEnv()
    source = hub_key_source("demo", folder, env, synthetic=True)
    session = Session("admin", "Admin", Role.ADMINISTRATOR, "setting-up")
    hub = await open_local_hub(folder, source, HubCore(env), session, env)
    kept = hash_password(password, env)
    try:
        await hub.setting_up(lambda connection: staff.keep_password(connection, login, kept))
    finally:
        await hub.aclose()


def hub_is(engine: Engine, wanted: HubState) -> HubStatus:
    """Wait until the hub of a desk is in a state."""
    return engine.run(first(engine.desk.hub_status(), lambda status: status.state is wanted))


def sign_in(engine: Engine, password: str) -> str:
    """Try a password; return the key of the refusal, "" when it is the right one."""
    try:
        engine.run(engine.desk.sign_in(password))
    except AviseError as error:
        refusal = error
    else:
        return ""
    assert CANARY not in f"{refusal} {refusal.params}"
    return refusal.message_key


def test_a_desk_whose_user_has_no_password_is_let_in_by_the_system(house: House) -> None:
    hub_is(house.desk(LEA), HubState.EMBEDDED)


def test_a_password_is_asked_and_the_right_one_opens_the_lists(house: House) -> None:
    run(keep_password(house.hub, INES.login, PASSWORD))
    desk = house.desk(INES)

    assert hub_is(desk, HubState.SIGN_IN_NEEDED).sign_in == "local"
    assert sign_in(desk, CANARY) == "hub.wrong_password"
    assert sign_in(desk, PASSWORD) == ""
    hub_is(desk, HubState.EMBEDDED)
    assert board(desk, RequestQuery("queue/PREST_SOINS"), lambda found: bool(found.baskets)).rows == ()


def test_a_password_typed_today_is_not_asked_again_until_it_is_changed(house: House) -> None:
    run(keep_password(house.hub, INES.login, PASSWORD))
    profile = write_profile(house.folder / INES.login, INES, house.hub)
    with opened(profile) as desk:
        hub_is(desk, HubState.SIGN_IN_NEEDED)
        assert sign_in(desk, PASSWORD) == ""
        hub_is(desk, HubState.EMBEDDED)
    with opened(profile) as desk:
        hub_is(desk, HubState.EMBEDDED)
    run(keep_password(house.hub, INES.login, "quatre-cigognes-partent"))
    with opened(profile) as desk:
        hub_is(desk, HubState.SIGN_IN_NEEDED)


def test_somebody_who_signs_out_is_asked_again(house: House) -> None:
    run(keep_password(house.hub, INES.login, PASSWORD))
    desk = house.desk(INES)
    hub_is(desk, HubState.SIGN_IN_NEEDED)
    assert sign_in(desk, PASSWORD) == ""
    hub_is(desk, HubState.EMBEDDED)

    desk.run(desk.desk.sign_out())
    hub_is(desk, HubState.SIGN_IN_NEEDED)


def test_ten_wrong_passwords_close_the_door_to_the_right_one(house: House) -> None:
    run(keep_password(house.hub, INES.login, PASSWORD))
    desk = house.desk(INES)
    hub_is(desk, HubState.SIGN_IN_NEEDED)

    refused = [sign_in(desk, f"{CANARY}-{number}") for number in range(MOST_TRIES)]
    assert set(refused) == {"hub.wrong_password"}
    assert sign_in(desk, PASSWORD) == "hub.locked_out"


def test_a_profile_that_claims_another_role_has_the_one_that_the_hub_gives(house: House) -> None:
    run(keep_password(house.hub, LEA.login, PASSWORD))

    async def role() -> Role:
        env = SystemEnv()
        source = hub_key_source("demo", house.hub, env, synthetic=True)
        session = Session(LEA.login, LEA.name, Role.TEAM_LEAD, "another-desk")
        hub = await open_local_hub(house.hub, source, HubCore(env), session, env)
        try:
            await EmbeddedSignIn(LEA.login, Nothing(), env).admitted(hub, PASSWORD)
            return hub.actor.role
        finally:
            await hub.aclose()

    assert run(role()) is Role.AGENT


class Nothing:
    """Keeps no secret."""

    async def get(self, instance: str, name: str) -> str | None:
        del instance, name
        return None

    async def put(self, instance: str, name: str, secret: str) -> None:
        pass

    async def forget(self, instance: str, name: str) -> None:
        pass
