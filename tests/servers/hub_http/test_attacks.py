"""Attacks on the hub's HTTP door (`hub.md` 8): each is refused, tells nothing, and changes nothing."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import logging
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection

from avise.env import Env, FixedEnv
from avise.hub import staff
from avise.hub.api_answers import MOST_BYTES, MOST_PUSH_BYTES
from avise.hub.api_staff import ROUTES
from avise.hub.http_values import pushed_to_json
from avise.hub.passwords import hash_password
from avise.hub.port import MAX_BLOB, Actor, Outcome, View
from avise.hub.tokens import HubKeys, issue_person_token, new_signing_key
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from avise.models.roles import Purpose
from tests.hub_house import AGENT, MANAGER, SOINS, STRANGER, TEAM, desk, request_body
from tests.servers.hub_http.calling import Answer, call
from tests.servers.hub_http.serving import TLS, HttpHouse, token_of

QUEUE = f"queue/{SOINS}"
SOMEBODY = uuid.UUID("0196fe00-0000-7000-8000-000000000001")
CALLS = [
    ("GET", "/head"), ("POST", "/head"), ("POST", "/push"), ("POST", "/pull"), ("POST", "/devices"),
    ("POST", f"/subjects/{SOMEBODY}/open"), ("POST", "/query/requests"), ("GET", "/pokes"),
    ("PUT", f"/blobs/{'a' * 32}"), ("GET", f"/blobs/{'a' * 32}?request={SOMEBODY}"), ("POST", "/wipe-done"),
]  # fmt: skip
INJECTIONS = [
    "'; DROP TABLE event; --", "' OR '1'='1", "%27%20OR%201%3D1--", "..%2f..%2fetc%2fpasswd", "%00",
    "{{7*7}}", "%0d%0aSet-Cookie:%20a=b", "\N{FULLWIDTH APOSTROPHE} OR 1=1", "a" * 5_000,
]  # fmt: skip


def as_lea(house: HttpHouse) -> str:
    return token_of(house.running.parts, AGENT)


async def asked(house: HttpHouse, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401 - of `call`
    return await call(house.running.address, method, path, **more)


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def bad_tokens(house: HttpHouse) -> Iterator[tuple[str, str]]:
    """Yield tokens that prove nothing, with what each is."""
    parts = house.running.parts
    signing, env = parts.callers.signing, parts.env
    good = as_lea(house)
    header, body, signature = good.split(".")
    fields = json.loads(base64.urlsafe_b64decode(body + "=="))
    kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    yield "none", f"{b64({'alg': 'none', 'typ': 'at+jwt', 'kid': kid})}.{body}."
    yield "None", f"{b64({'alg': 'None', 'typ': 'at+jwt', 'kid': kid})}.{body}.{signature}"
    yield "HS256", f"{b64({'alg': 'HS256', 'typ': 'at+jwt', 'kid': kid})}.{body}.{signature}"
    yield "other body", f"{header}.{b64(fields | {'sub': MANAGER.login})}.{signature}"
    yield "no signature", f"{header}.{body}."
    late = FixedEnv(env.now() - timedelta(minutes=16))

    def issued(keys: HubKeys, hub_id: str, at: Env) -> str:
        return issue_person_token(keys, hub_id, at, login=AGENT.login, device=AGENT.device)

    yield "expired", issued(signing.keys, signing.hub_id, late)
    yield "another hub's key", issued(HubKeys.read(new_signing_key()), signing.hub_id, env)
    yield "another hub's name", issued(signing.keys, "other", env)
    yield "oversized", "a" * 9_000
    yield "no token at all", "x.y.z"


async def test_no_call_answers_without_a_token_but_to_say_so(house: HttpHouse) -> None:
    for method, path in CALLS:
        answer = await asked(house, method, path)
        assert (answer.status, answer.key) == (401, "hub.token_refused"), path
        assert answer.headers["www-authenticate"] == "Bearer"
    assert len({path for _, path in CALLS}) >= len({route.path for route in ROUTES}) - 1


async def test_a_token_that_proves_nothing_is_refused_by_every_call(house: HttpHouse) -> None:
    await house.connect(AGENT)
    for what, token in bad_tokens(house):
        for method, path in CALLS[:4]:
            answer = await asked(house, method, path, value={}, token=token)
            assert answer.status == 401, what
            assert answer.key in ("hub.token_refused", "hub.token_expired")


@pytest.mark.parametrize("shown", ["Basic bGVhOmxlYQ==", "Bearer", "bearer\tx", "Digest x"])
async def test_another_scheme_of_authorization_is_no_token(house: HttpHouse, shown: str) -> None:
    answer = await asked(house, "GET", "/head", headers={"Authorization": shown})
    assert answer.status == 401


async def test_another_device_s_id_in_a_good_token_reaches_nothing(house: HttpHouse) -> None:
    await house.connect(MANAGER)
    forged = token_of(house.running.parts, dataclasses.replace(AGENT, device=MANAGER.device))
    for method, path in CALLS:
        answer = await asked(house, method, path, value={} if method == "POST" else None, token=forged)
        assert answer.status in (400, 403), path
    assert (await asked(house, "GET", "/head", token=forged)).key == "hub.unknown_device"


async def test_the_device_of_a_header_does_not_replace_the_token_s(house: HttpHouse) -> None:
    marc, lea = await desk(house, MANAGER), await desk(house, AGENT)
    await marc.create()
    headers = {"Avise-Device": MANAGER.device}
    answer = await asked(house, "GET", "/head", token=as_lea(house), headers=headers)
    assert answer.value["last_seq"] == 0
    assert (await lea.hub.head()).last_seq == 0


async def test_what_was_overheard_and_is_sent_again_from_another_device_counts_for_nobody(
    house: HttpHouse,
) -> None:
    lea, jean = await desk(house, AGENT), await desk(house, STRANGER)
    event = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
    assert (await lea.hub.push([event]))[0].effective
    value = {"events": [pushed_to_json(event)]}
    token = token_of(house.running.parts, STRANGER)
    answer = await asked(house, "POST", "/push", value=value, token=token)
    assert (answer.status, answer.key) == (409, "hub.id_collision")
    other = dataclasses.replace(event, event_id=house.env.uuid7())
    assert (await jean.hub.push([other]))[0].outcome is Outcome.QUARANTINED
    assert (await lea.hub.head()).positions[TEAM] == 1


@pytest.mark.parametrize(
    "more",
    [
        {"pos": 99}, {"ver": 1}, {"perimeter": QUEUE}, {"received_at": "2020-01-01T00:00:00Z"},
        {"effective": True}, {"number": "D-2020-000001-A"}, {"role": "team_lead"}, {"device": "poste-marc"},
        {"login": "marc.petit"}, {"chain": ""},
    ],
)  # fmt: skip
async def test_what_the_hub_alone_decides_is_not_taken_from_anybody(
    house: HttpHouse, more: Mapping[str, object]
) -> None:
    lea = await desk(house, AGENT)
    event = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
    value = {"events": [pushed_to_json(event) | more]}  # type: ignore[operator]  # both are objects
    answer = await asked(house, "POST", "/push", value=value, token=as_lea(house))
    assert (answer.status, answer.key) == (400, "hub.malformed")
    assert (await lea.hub.head()).last_seq == 0


@pytest.mark.parametrize("path", ["/push", "/pull", "/head", "/query/requests", f"/subjects/{SOMEBODY}/open"])
async def test_a_field_that_no_call_knows_is_refused(house: HttpHouse, path: str) -> None:
    await house.connect(AGENT)
    answer = await asked(house, "POST", path, value={"actor": "marc.petit"}, token=as_lea(house))
    assert (answer.status, answer.key) == (400, "hub.malformed")


@pytest.mark.parametrize("offset", [2**62, -(2**62), 2**62 - 1])
async def test_a_clock_of_two_to_the_sixty_two_harms_nobody(house: HttpHouse, offset: int) -> None:
    lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
    request, _ = await lea.create()
    event = lea.written(request_stream(request), EventKind.REQUEST_REPLIED, {"words": "x"})
    await lea.hub.push([dataclasses.replace(event, clock_offset_ms=offset)])
    seen = (await marc.hub.pull({QUEUE: 0})).events
    assert [event.received_at for event in seen] == [house.env.now()] * len(seen)


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "2026-03-24T09:00:00", "now", 0]
)
async def test_a_time_out_of_every_calendar_is_refused(house: HttpHouse, at: object) -> None:
    lea = await desk(house, AGENT)
    event = lea.written(request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED, request_body())
    value = {"events": [pushed_to_json(event) | {"occurred_at": at}]}  # type: ignore[operator]  # both are objects
    answer = await asked(house, "POST", "/push", value=value, token=as_lea(house))
    assert answer.status == 400


async def test_an_event_dated_long_ago_keeps_the_hub_s_own_time(house: HttpHouse) -> None:
    lea = await desk(house, AGENT)
    stream, past = request_stream(house.env.uuid7()), house.env.now() - timedelta(days=3_000)
    await lea.hub.push([lea.written(stream, EventKind.REQUEST_CREATED, request_body(), at=past)])
    (event,) = (await lea.hub.pull({TEAM: 0})).events
    assert (event.occurred_at, event.received_at) == (past, house.env.now())


async def test_a_foreign_perimeter_gives_nothing_to_whoever_asks_for_it(house: HttpHouse) -> None:
    lea, jean = await desk(house, AGENT), await desk(house, STRANGER)
    request, _ = await lea.create()
    pulled = await jean.hub.pull({TEAM: 0, QUEUE: 0, "customers": 0})
    assert (pulled.events, dict(pulled.through)) == ((), {})
    assert set((await jean.hub.head()).positions) == {"team/GC-BREST", "house"}
    answer = await asked(
        house, "POST", "/query/request", value={"filters": {"id": str(request)}},
        token=token_of(house.running.parts, STRANGER),
    )  # fmt: skip
    assert (answer.status, answer.key) == (404, "hub.not_found")


async def test_listing_the_staff_tells_names_and_nothing_that_signs_in(house: HttpHouse) -> None:
    kept = await asyncio.to_thread(hash_password, "une phrase bien longue", house.env)
    await house.set_up(lambda connection: staff.keep_password(connection, MANAGER.login, kept))
    assert (await asked(house, "POST", "/query/colleagues")).status == 401
    await house.connect(AGENT)
    answer = await asked(house, "POST", "/query/colleagues", value={}, token=as_lea(house))
    assert set(answer.value["rows"][0]) == {"login", "name", "role", "perimeters"}
    assert b"argon2" not in answer.content


async def test_the_quota_of_openings_follows_the_person_from_device_to_device(house: HttpHouse) -> None:
    here = await desk(house, MANAGER)
    there = await desk(house, dataclasses.replace(MANAGER, device="poste-marc-2"))
    statuses = []
    for number in range(152):
        at = here if number % 2 else there
        token = token_of(house.running.parts, at.actor)
        path = f"/subjects/{uuid.UUID(int=number + 1)}/open"
        answer = await asked(house, "POST", path, value={"purpose": "call"}, token=token)
        statuses.append((answer.status, "" if answer.status == 200 else answer.key))
    assert statuses == [(200, "")] * 150 + [(429, "hub.quota")] * 2


@pytest.mark.parametrize("text", INJECTIONS)
async def test_no_argument_of_an_address_reaches_the_database_or_a_path(house: HttpHouse, text: str) -> None:
    await house.connect(AGENT)
    paths = [
        ("POST", f"/query/{text}"), ("POST", f"/subjects/{text}/open"), ("PUT", f"/blobs/{text}"),
        ("GET", f"/blobs/{text}?request={SOMEBODY}"), ("GET", f"/blobs/{'a' * 32}?request={text}"),
        ("GET", f"/v360/customers/{text}"),
    ]  # fmt: skip
    for method, path in paths:
        answer = await asked(house, method, path, value={}, token=as_lea(house))
        assert 400 <= answer.status < 500, path
        assert answer.key.startswith("hub.")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("text", [*INJECTIONS, "a\x00b", "\ud800", "\x1f"])
async def test_no_text_of_a_body_reaches_the_database_as_anything_else(house: HttpHouse, text: str) -> None:
    lea = await desk(house, AGENT)
    filters = (
        "queue",
        "team",
        "holder",
        "requester",
        "status",
        "type",
        "person",
        "dossier",
        "number",
        "words",
    )
    bodies: list[tuple[str, object]] = [
        ("/query/requests", {"filters": {name: text}}) for name in (*filters, "sort", "late", text)
    ]
    bodies += [("/query/requests", {"cursor": text}), ("/query/accesses", {"filters": {"login": text}})]
    bodies += [(f"/subjects/{SOMEBODY}/open", {"purpose": text}), ("/pull", {"cursors": {text: 0}})]
    bodies += [(f"/subjects/{SOMEBODY}/open", {"purpose": "call", "reason": text})]
    bodies += [("/sign-in", {"login": text, "password": text, "device": text})]
    bodies += [("/refresh", {"refresh_token": text, "device": text})]
    for path, value in bodies:
        answer = await asked(house, "POST", path, value=value, token=as_lea(house))
        assert answer.status < 500, (path, value)
    assert (await lea.hub.query(View.REQUESTS, {})).rows == ()


async def test_a_device_s_name_that_is_none_is_not_enrolled(house: HttpHouse) -> None:
    for name in ("a b", "a/b", "x" * 200, "a'--"):
        token = token_of(house.running.parts, dataclasses.replace(AGENT, device=name))
        assert (await asked(house, "POST", "/devices", token=token)).key == "hub.device_name"


@pytest.mark.parametrize(
    ("path", "most"), [("/pull", MOST_BYTES), ("/sign-in", MOST_BYTES), ("/push", MOST_PUSH_BYTES)]
)
async def test_a_body_larger_than_a_call_takes_is_refused_before_it_is_read(
    house: HttpHouse, path: str, most: int
) -> None:
    await house.connect(AGENT)
    answer = await asked(house, "POST", path, content=b" " * (most + 1), token=as_lea(house))
    assert (answer.status, answer.key) == (413, "hub.too_large")


async def test_an_attachment_larger_than_is_kept_is_refused(house: HttpHouse) -> None:
    await house.connect(AGENT)
    content = b"%PDF-" + b" " * MAX_BLOB
    answer = await asked(house, "PUT", f"/blobs/{'a' * 32}", content=content, token=as_lea(house))
    assert (answer.status, answer.key) == (413, "hub.blob_size")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"[" * 100_000, b'{"cursors": {"a": NaN}}', b"\xff\xfe",
        b"\x1f\x8b\x08", b'{"cursors": {"a": 1e400}}', b'{"cursors": {"a": ' + b"9" * 6_000 + b"}}",
        b'{"cursors": {"a": true}}',
        b'{"cursors": {"a": 9223372036854775808}}', b'{"cursors": [], "limit": 1}', b'{"limit": 0}',
    ],
)  # fmt: skip
async def test_a_malformed_body_is_told_so_in_one_short_answer(house: HttpHouse, content: bytes) -> None:
    await house.connect(AGENT)
    answer = await asked(house, "POST", "/pull", content=content, token=as_lea(house))
    assert (answer.status, answer.value) == (400, {"key": "hub.malformed", "params": {}})


async def test_a_path_or_a_method_that_is_none_is_told_so(house: HttpHouse) -> None:
    for method, path in (("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json"), ("GET", "/%2e%2e/etc")):
        assert (await asked(house, method, path)).status == 404
    answer = await asked(house, "DELETE", "/push", token=as_lea(house))
    assert (answer.status, answer.key) == (405, "hub.no_call")


async def test_a_fault_of_ours_is_a_short_answer_and_a_line_without_anybody(
    house: HttpHouse, caplog: pytest.LogCaptureFixture
) -> None:
    await house.connect(AGENT)
    await house.set_up(lambda connection: connection.exec_driver_sql("DROP TABLE access_log"))
    with caplog.at_level(logging.DEBUG):
        answer = await asked(
            house, "POST", f"/subjects/{SOMEBODY}/open", value={"purpose": "call", "reason": "CANARI"},
            token=as_lea(house),
        )  # fmt: skip
    assert answer.status in (500, 503)
    assert answer.value["params"] in ({}, {"code": "SQLITE_ERROR"})
    assert b"access_log" not in answer.content
    assert "CANARI" not in caplog.text
    assert str(SOMEBODY) not in caplog.text
    assert "Traceback" not in caplog.text


async def test_no_line_of_the_log_names_anybody(house: HttpHouse, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        lea = await desk(house, AGENT)
        await lea.create(title="CANARI-TITRE")
        await lea.hub.open_subject(SOMEBODY, Purpose.CALL, "CANARI-MOTIF")
        told = {"login": "canari.login", "password": "CANARI-PASSE", "device": "x"}
        await asked(house, "POST", "/sign-in", value=told)
    written = caplog.text.casefold()
    for canary in ("canari", AGENT.login, str(SOMEBODY), AGENT.device):
        assert canary not in written


async def test_a_revoked_device_reads_nothing_and_loses_nothing(house: HttpHouse) -> None:
    marc = await desk(house, MANAGER)
    request, _ = await marc.create()
    await house.set_up(lambda connection: staff.ask_wipe(connection, MANAGER.device, house.env.now()))
    token = token_of(house.running.parts, MANAGER)
    for method, path in CALLS:
        if path in ("/push", "/wipe-done") or (method, path) == ("GET", "/head"):
            continue
        value = {"purpose": "call"} if path.startswith("/subjects") else {}
        answer = await asked(house, method, path, value=value if method == "POST" else None, token=token)
        assert (answer.status, answer.key) == (403, "hub.device_revoked"), path
    ack = await marc.send(request_stream(request), EventKind.REQUEST_NOTED, {"words": "gardé"})
    assert ack.outcome is Outcome.QUARANTINED
    assert (await marc.hub.head()).wipe
    assert (await asked(house, "POST", "/wipe-done", token=token)).status == 204
    assert not (await marc.hub.head()).wipe


async def test_a_right_that_ended_ends_with_the_very_next_call(house: HttpHouse) -> None:
    marc, lea = await desk(house, MANAGER), await desk(house, AGENT)
    await lea.create()
    token = token_of(house.running.parts, MANAGER)
    assert len((await marc.hub.pull({QUEUE: 0})).events) == 1

    def leave(connection: Connection) -> None:
        for name in (QUEUE, TEAM):
            staff.leave(connection, MANAGER.login, name, house.env.now())

    await house.set_up(leave)
    answer = await asked(house, "POST", "/pull", value={"cursors": {QUEUE: 0}}, token=token)
    assert answer.value["events"] == []


async def test_an_unknown_person_with_a_good_signature_is_nobody(house: HttpHouse) -> None:
    ghost = Actor("personne", AGENT.role, "poste-x")
    token = token_of(house.running.parts, ghost)
    assert (await asked(house, "POST", "/devices", token=token)).key == "hub.no_right"
    assert (await asked(house, "GET", "/head", token=token)).key == "hub.no_right"


async def test_a_token_that_was_good_a_moment_ago_is_refused_once_it_ended(house: HttpHouse) -> None:
    await house.connect(AGENT)
    token = as_lea(house)
    assert (await asked(house, "GET", "/head", token=token)).status == 200
    house.env.advance(timedelta(minutes=15))
    answer = await asked(house, "GET", "/head", token=token)
    assert (answer.status, answer.key) == (401, "hub.token_expired")


async def test_a_body_that_does_not_say_how_long_it_is_is_cut_where_the_call_ends(house: HttpHouse) -> None:
    await house.connect(AGENT)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 16_384

    headers = {"Authorization": f"Bearer {as_lea(house)}"}
    async with httpx2.AsyncClient(verify=TLS, trust_env=False, timeout=20) as speaker:
        for path in ("/pull", "/v360/token"):
            answer = await speaker.post(house.running.address + path, content=endless(), headers=headers)
            assert (answer.status_code, answer.json()["key"]) == (413, "hub.too_large")
