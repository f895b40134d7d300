"""Other applications of the house: what they read, what they post, and what they may not."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from avise.hub import staff
from avise.hub.api_contacts import Wording
from avise.hub.api_grants import make_application, revoke_application
from avise.hub.core import HubCore
from avise.hub.local import SqliteTransactions
from avise.hub.port import View
from avise.hub.tokens import Scope
from avise.models.customer import person_id
from avise.models.requests import RequestStatus
from avise.models.roles import Purpose
from avise.services.request_type_files import shipped_request_types
from avise.services.request_wording import say, type_label
from tests.hub_house import AGENT, AUDITOR, LONG_AGO, desk, hire, opener
from tests.servers.hub_http.calling import Answer, call
from tests.servers.hub_http.serving import HouseEnv, HttpHouse, served, token_of

NAMESPACE = uuid.UUID("5d2f1c7e-6f0b-4d5a-9c1e-0a7b8c9d0e1f")
DOSSIER = uuid.UUID("0196fe00-0000-7000-8000-000000000001")
BOTH = (Scope.V360_READ, Scope.V360_WRITE)


def _say(kind: str, status: str, queue: str, due: datetime | None, now: datetime) -> str:
    return say(kind, RequestStatus(status), queue, due, now)


@pytest.fixture
async def v360(tmp_path: Path) -> AsyncIterator[HttpHouse]:
    """Serve a hub that knows the site's namespace and the types of requests."""
    env = HouseEnv()
    transactions = SqliteTransactions(opener(tmp_path / "hub.db"), env)
    await transactions.open()
    await transactions.write(hire)
    await transactions.write(
        lambda connection: staff.join(connection, AGENT.login, "queue/ACCUEIL", LONG_AGO)
    )
    wording = Wording(shipped_request_types().book, type_label, _say)
    options = {"namespace": str(NAMESPACE), "wording": wording, "calls_a_minute": 60}
    async with served(HubCore(env), transactions, env, **options) as running:
        house = HttpHouse(running, transactions.write, env)
        yield house
        await house.aclose()
    await transactions.aclose()


async def token(house: HttpHouse, *scopes: Scope, name: str = "mobile") -> str:
    """Return an access token that an application got for its secret."""
    secret = await house.set_up(
        lambda connection: make_application(connection, name, scopes, "GC-RENNES", house.env)
    )
    answer = await call(house.running.address, "POST", "/v360/token", {"application": name, "secret": secret})
    assert answer.status == 200
    return str(answer.value["access_token"])


def exchange(house: HttpHouse, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return an interaction as the mobile application posts it."""
    made = {
        "customer": str(DOSSIER), "source_id": "msg-1", "channel": "mobile_app", "direction": "in",
        "at": house.env.now().isoformat(), "reason": "R01", "title": "Où en est mon remboursement ?",
    }  # fmt: skip
    return made | changes


def email(**changes: str) -> dict[str, Any]:
    """Return the request that an e-mail calls for."""
    fields = {"subject": "Ma carte", "received_on": "2026-03-24", "words": "Bonjour, où est ma carte ?"}
    return {"type": "EMAIL_CONTACT", "fields": fields | changes, "words": "Reçu par la boîte commune."}


async def post(house: HttpHouse, shown: str, value: object) -> Answer:
    return await call(house.running.address, "POST", "/v360/interactions", value, token=shown)


async def read(house: HttpHouse, shown: str, reference: str = str(DOSSIER)) -> Answer:
    return await call(house.running.address, "GET", f"/v360/customers/{reference}", token=shown)


async def look_up(house: HttpHouse, shown: str, scheme: str, value: str) -> Answer:
    number = {"scheme": scheme, "value": value}
    return await call(house.running.address, "POST", "/v360/customers/lookup", number, token=shown)


async def test_an_exchange_posted_twice_is_kept_once(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    first, again = await post(v360, shown, exchange(v360)), await post(v360, shown, exchange(v360))
    assert (first.status, again.status) == (201, 200)
    assert first.value["event"] == again.value["event"]
    assert (await read(v360, shown)).value["contacts"]["count"] == 1


async def test_the_same_exchange_posted_many_times_at_once_is_kept_once(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    answers = await asyncio.gather(*(post(v360, shown, exchange(v360)) for _ in range(12)))
    assert sorted(answer.status for answer in answers) == [200] * 11 + [201]
    assert len({answer.value["event"] for answer in answers}) == 1


async def test_an_email_makes_a_request_that_a_desk_finds_in_its_corbeille(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    value = exchange(v360, channel="email", request=email())
    made, again = await post(v360, shown, value), await post(v360, shown, value)
    assert made.status == 201
    assert again.value | {"known": False} == made.value
    lea = await desk(v360, AGENT)
    rows = (await lea.hub.query(View.REQUESTS, {"queue": "ACCUEIL"})).rows
    assert [(row["number"], row["requester"]) for row in rows] == [(made.value["number"], "app:mobile")]


async def test_the_synthesis_tells_figures_and_what_to_say_and_no_words_of_anybody(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    for number in range(2):
        await post(v360, shown, exchange(v360, source_id=f"m{number}", summary="CANARI-RESUME"))
    await post(
        v360, shown, exchange(v360, source_id="m2", request=email(words="CANARI-MESSAGE", subject="CANARI"))
    )
    answer = await read(v360, shown)
    found = answer.value
    assert b"CANARI" not in answer.content
    assert (found["contacts"]["count"], found["contacts"]["repeated_reasons"]) == (3, ["R01"])
    assert found["requests"]["open"] == 1
    (request,) = found["requests"]["latest"]
    assert request["status"] == "sent"
    assert request["sentence"].endswith(".")


async def test_a_customer_is_named_by_the_house_s_own_number(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    assert (await post(v360, shown, exchange(v360, customer="member_number:0012345678"))).status == 201
    asked = await look_up(v360, shown, "member_number", "0012345678")
    assert asked.value == {"dossier": str(person_id(NAMESPACE, "member_number", "0012345678"))}
    found = (await read(v360, shown, asked.value["dossier"])).value
    assert found["contacts"]["count"] == 1


@pytest.mark.parametrize(
    "reference",
    ["member_number:0012345678", "member_number%3A0012345678", "0012345678", "nir:255081416802538", "x"],
)
async def test_a_number_in_an_address_is_refused_and_told_where_it_goes(
    v360: HttpHouse, reference: str
) -> None:
    shown = await token(v360, *BOTH)
    answer = await read(v360, shown, reference)
    assert (answer.status, answer.value) == (400, {"key": "hub.number_in_address", "params": {}})
    anne = await desk(v360, AUDITOR)
    assert (await anne.hub.query(View.ACCESSES, {})).rows == ()


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("nir", "255081416802538"), ("member_number", "255081416802538"), ("iban", "x"), ("A", "1"),
        ("member_number", ""), ("member_number", "a b"), ("member_number", "x" * 151),
    ],
)  # fmt: skip
async def test_what_names_nobody_is_refused_and_not_repeated(
    v360: HttpHouse, scheme: str, value: str
) -> None:
    answer = await look_up(v360, await token(v360, *BOTH), scheme, value)
    assert answer.status in (404, 422)
    assert not value or value.encode() not in answer.content


async def test_a_look_up_is_logged_without_the_number_and_asks_for_the_right_to_read(
    v360: HttpHouse,
) -> None:
    reader = await token(v360, Scope.V360_READ, name="lecteur")
    writer = await token(v360, Scope.V360_WRITE, name="auteur")
    assert (await look_up(v360, writer, "member_number", "0012345678")).key == "hub.scope_missing"
    found = (await look_up(v360, reader, "member_number", "0012345678")).value["dossier"]
    anne = await desk(v360, AUDITOR)
    (line,) = (await anne.hub.query(View.ACCESSES, {})).rows
    assert (line["login"], line["what"], line["dossier"]) == ("app:lecteur", "lookup", found)
    assert "0012345678" not in str(line)


async def test_numbers_are_not_tried_one_after_the_other(
    v360: HttpHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avise.hub.api_v360.LOOK_UPS_A_MINUTE", 5)
    shown = await token(v360, *BOTH)
    answers = [await look_up(v360, shown, "member_number", f"00{number}") for number in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert answers[-1].key == "hub.too_often"
    assert (await read(v360, shown)).status == 200


async def test_a_reading_is_in_the_access_log(v360: HttpHouse) -> None:
    await read(v360, await token(v360, Scope.V360_READ))
    anne = await desk(v360, AUDITOR)
    rows = (await anne.hub.query(View.ACCESSES, {})).rows
    assert [(row["login"], row["what"], row["dossier"]) for row in rows] == [
        ("app:mobile", "synthesis", str(DOSSIER))
    ]


async def test_a_scope_gives_its_own_right_and_no_other(v360: HttpHouse) -> None:
    reader = await token(v360, Scope.V360_READ, name="lecteur")
    writer = await token(v360, Scope.V360_WRITE, name="auteur")
    assert (await post(v360, reader, exchange(v360))).key == "hub.scope_missing"
    assert (await read(v360, writer)).key == "hub.scope_missing"


async def test_an_application_is_nobody_of_the_staff(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    for method, path in (
        ("GET", "/head"),
        ("POST", "/push"),
        ("POST", "/query/colleagues"),
        ("GET", "/pokes"),
    ):
        answer = await call(v360.running.address, method, path, token=shown)
        assert (answer.status, answer.key) == (403, "hub.scope_missing")


async def test_staff_do_not_pass_for_an_application(v360: HttpHouse) -> None:
    await v360.connect(AGENT)
    shown = token_of(v360.running.parts, AGENT)
    assert (await read(v360, shown)).status == 403


async def test_a_revoked_application_does_nothing_more_at_once(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)

    def revoke(connection: Connection) -> None:
        revoke_application(connection, "mobile", v360.env.now())

    await v360.set_up(revoke)
    assert (await read(v360, shown)).status == 401
    assert (await post(v360, shown, exchange(v360))).status == 401


async def test_another_secret_gets_no_token(v360: HttpHouse) -> None:
    await token(v360, *BOTH)
    for told in ({"application": "mobile", "secret": "faux"}, {"application": "autre", "secret": "faux"}):
        answer = await call(v360.running.address, "POST", "/v360/token", told)
        assert (answer.status, answer.key) == (401, "hub.application_refused")


async def test_too_many_calls_are_told_how_long_to_wait(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    answers = [await read(v360, shown) for _ in range(61)]
    assert [answer.status for answer in answers] == [200] * 60 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].key == "hub.too_often"


async def test_guessing_a_secret_is_slow(v360: HttpHouse) -> None:
    told = {"application": "mobile", "secret": "faux"}
    statuses = [(await call(v360.running.address, "POST", "/v360/token", told)).status for _ in range(31)]
    assert statuses == [401] * 30 + [429]


@pytest.mark.parametrize(
    "change",
    [
        {"author_login": "lea.girard"}, {"at": "2026-03-24T09:41:00"}, {"at": "9999-12-31T23:59:59-14:00"},
        {"at": "2035-01-01T00:00:00Z"}, {"channel": "pigeon"}, {"duration_s": 10**30}, {"title": "x" * 201},
        {"title": "a\x00b"}, {"customer": "nir:255081416802538"}, {"source_id": ""}, {"source_id": "a\x00"},
        {"summary": "Mon numéro est 255081416802538"}, {"request": {"type": "EMAIL_CONTACT", "fields": {}}},
        {"request": {"type": "'; drop table event"}}, {"request": {"type": "EMAIL_CONTACT", "queue": "DPO"}},
        {"request": email(words="Mon numéro est 255081416802538")}, {"request": email(plus="x")},
    ],
)  # fmt: skip
async def test_what_is_no_exchange_is_refused_and_not_repeated(
    v360: HttpHouse, change: dict[str, Any]
) -> None:
    shown = await token(v360, *BOTH)
    answer = await post(v360, shown, exchange(v360, **change))
    assert answer.status in (400, 404, 422)
    assert answer.key.startswith("hub.")
    assert b"255081416802538" not in answer.content
    assert (await read(v360, shown)).value["contacts"]["count"] == 0


async def test_the_description_tells_every_call_with_its_examples(v360: HttpHouse) -> None:
    answer = await call(v360.running.address, "GET", "/v360/openapi.json")
    paths = answer.value["paths"]
    assert set(paths) == {"/token", "/customers/lookup", "/customers/{identifier}", "/interactions"}
    assert all(call["description"] for path in paths.values() for call in path.values())


@pytest.mark.parametrize("customer", [str(DOSSIER), "member_number:0012345678"])
async def test_the_sample_program_posts_and_reads(v360: HttpHouse, customer: str) -> None:
    secret = await v360.set_up(
        lambda connection: make_application(connection, "mobile", BOTH, "GC-RENNES", v360.env)
    )
    program = Path(__file__).parents[3] / "docs" / "examples" / "v360_example.py"
    running = await asyncio.create_subprocess_exec(
        sys.executable, str(program), v360.running.address, "mobile", customer,
        env={"V360_SECRET": secret, "V360_AT": v360.env.now().isoformat(), "PYTHONIOENCODING": "utf-8"},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await running.communicate()
    assert running.returncode == 0
    assert json.loads(told)["contacts"]["count"] == 1


async def test_opening_a_file_shows_what_an_application_posted(v360: HttpHouse) -> None:
    shown = await token(v360, *BOTH)
    await post(v360, shown, exchange(v360))
    lea = await desk(v360, AGENT)
    opened = await lea.hub.open_subject(DOSSIER, Purpose.CALL)
    assert [event.author for event in opened.events] == ["app:mobile"]
