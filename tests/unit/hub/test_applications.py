"""Other applications of the house post interactions once, and read a synthesis without anybody's words."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.port import Actor, HubError, View
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from avise.models.roles import Purpose, Role
from tests.hub_house import AGENT, AUDITOR, LEAD, STRANGER, LocalHouse, desk, hire

PORTAL = Actor("portail", Role.ADMINISTRATOR, "", frozenset(("v360:read", "v360:write")))
READER = Actor("chatbot", Role.ADMINISTRATOR, "", frozenset(("v360:read",)))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[LocalHouse]:
    env = FixedEnv()
    made = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await made.set_up(hire)
    yield made
    await made.aclose()


def told(env: FixedEnv, **more: JSON) -> Mapping[str, JSON]:
    at = env.now().isoformat()
    made: dict[str, JSON] = {"channel": "member_space", "direction": "in", "at": at, "reason": "R01"}
    return made | {"summary": "Où en est mon remboursement ?"} | more


async def test_what_is_posted_twice_is_kept_once(house: LocalHouse) -> None:
    dossier = house.env.uuid7()

    async def post(source_id: str) -> bool:
        posted = await house.set_up(
            lambda connection: house.core.post_interaction(
                connection, PORTAL, dossier, source_id, told(house.env)
            )
        )
        return posted.known

    assert sorted(await asyncio.gather(post("a"), post("a"), post("b"), post("a"))) == [
        False,
        False,
        True,
        True,
    ]
    lea = await desk(house, AGENT)
    opened = await lea.hub.open_subject(dossier, Purpose.CALL)
    assert [event.author for event in opened.events] == ["portail", "portail"]
    assert await house.set_up(audit) == ()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"channel": "pigeon"}, "hub.bad_interaction"), ({"direction": 3}, "hub.bad_interaction"),
        ({"at": "hier"}, "hub.bad_interaction"), ({"duration_s": -1}, "hub.bad_interaction"),
        ({"summary": "x" * 9_000}, "hub.bad_interaction"), ({"title": "a\0b"}, "hub.bad_interaction"),
        ({"summary": "NIR 2 68 03 29 199 001 54"}, "hub.nir_in_words"),
    ],
)  # fmt: skip
async def test_what_is_no_interaction_is_refused(
    house: LocalHouse, change: dict[str, JSON], key: str
) -> None:
    dossier = house.env.uuid7()
    with pytest.raises(HubError, match=key):
        await house.set_up(
            lambda connection: house.core.post_interaction(
                connection, PORTAL, dossier, "a", told(house.env, **change)
            )
        )


async def test_each_scope_gives_its_own_right_and_no_other(house: LocalHouse) -> None:
    dossier = house.env.uuid7()
    with pytest.raises(HubError, match=r"hub\.no_right"):
        await house.set_up(
            lambda connection: house.core.post_interaction(connection, READER, dossier, "a", told(house.env))
        )
    for call in (
        lambda connection: house.core.open_subject(connection, PORTAL, dossier, Purpose.CALL),
        lambda connection: house.core.query(connection, PORTAL, View.REQUESTS, {}),
        lambda connection: house.core.query(connection, PORTAL, View.COLLEAGUES, {}),
        lambda connection: house.core.synthesis(connection, Actor("x", Role.AUDITOR, "y"), dossier),
    ):
        with pytest.raises(HubError, match=r"hub\.no_right"):
            await house.set_up(call)


async def test_a_synthesis_tells_figures_and_is_logged(house: LocalHouse) -> None:
    dossier = house.env.uuid7()
    lea, anne = await desk(house, AGENT), await desk(house, AUDITOR)
    terms: dict[str, JSON] = {"target_minutes": 540, "legal": True}
    made = [
        await lea.create(dossier=str(dossier), terms=terms, received_on="2026-03-20"),
        await lea.create(dossier=str(dossier)),
        await lea.create(dossier=str(dossier), confidential=True),
    ]
    await lea.send(request_stream(made[1][0]), EventKind.REQUEST_CANCELLED)
    for days in (0, 3, 20):
        at = (house.env.now() - timedelta(days=days)).isoformat()
        body = {"channel": "phone_in", "reason": "R01", "at": at, "note": "secret"}
        await lea.send(f"customer/{dossier}", EventKind.INTERACTION_RECORDED, body)
    await lea.send(
        f"customer/{dossier}", EventKind.CONSENT_GIVEN, {"purposes": ["prevention"], "channels": ["sms"]}
    )
    found = await house.set_up(lambda connection: house.core.synthesis(connection, READER, dossier))
    assert found["contacts"] == {
        "count": 3, "last_at": house.env.now().isoformat(), "last_channel": "phone_in",
        "repeated_reasons": ["R01"],
    }  # fmt: skip
    requests = found["requests"]
    assert isinstance(requests, dict)
    assert (requests["open"], requests["complaints"], len(requests["latest"])) == (1, 1, 1)
    assert "secret" not in str(found)
    log = (await anne.hub.query(View.ACCESSES, {})).rows
    assert [(row["login"], row["what"]) for row in log] == [("chatbot", "synthesis")]
    assert uuid.UUID(str(log[0]["dossier"])) == dossier


@pytest.mark.parametrize(("actor", "counted"), [(READER, 1), (STRANGER, 1), (LEAD, 2), (AGENT, 2)])
async def test_a_confidential_request_is_counted_for_those_who_know_that_it_exists(
    house: LocalHouse, actor: Actor, counted: int
) -> None:
    lea = await desk(house, AGENT)
    dossier = house.env.uuid7()
    terms: dict[str, JSON] = {"target_minutes": 540, "legal": True}
    for confidential in (True, False):
        await lea.create(
            dossier=str(dossier), terms=terms, received_on="2026-03-20", confidential=confidential
        )
    found = await house.set_up(lambda connection: house.core.synthesis(connection, actor, dossier))
    requests = found["requests"]
    assert isinstance(requests, dict)
    assert (requests["open"], requests["complaints"]) == (counted, counted)
