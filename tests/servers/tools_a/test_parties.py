from __future__ import annotations

import json
from pathlib import Path

import pytest

from avise.demo.tools.parties.tokens import TokenDesk
from tests.servers.tools_a.world import EVERYONE, NIR, StartTools, bearer, client_of, ids

MEMBER = ids(1).party


async def test_a_wrong_secret_gets_no_token(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        form = {"grant_type": "client_credentials", "client_id": "avise", "client_secret": "faux"}
        reply = await client.post("/oauth/token", data=form)
        assert reply.status_code == 401
        assert reply.json() == {"error": "invalid_client"}


async def test_a_client_may_sign_in_by_the_form(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        secret = tools.secrets()["parties", "client_secret"]
        form = {"grant_type": "client_credentials", "client_id": "avise", "client_secret": secret}
        reply = await client.post("/oauth/token", data=form)
        assert reply.json()["expires_in"] == 300


async def test_a_request_without_a_token_is_unauthorized(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        reply = await client.get(f"/parties/{MEMBER}")
        assert reply.status_code == 401
        assert NIR[:5] not in reply.text


async def test_a_token_that_has_lived_its_life_is_refused() -> None:
    desk = TokenDesk("avise", "secret", life_s=0.0)
    token = desk._new_token()["access_token"]
    assert not desk.accepts(str(token))


async def test_an_answer_that_the_client_knows_is_not_sent_again(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        first = await client.get(f"/parties/{MEMBER}")
        again = await client.get(f"/parties/{MEMBER}", headers={"If-None-Match": first.headers["etag"]})
        other = await client.get(f"/parties/{MEMBER}", headers={"If-None-Match": '"autre"'})
        assert first.json()["nomUsage"] == "Marchand"
        assert (again.status_code, again.content) == (304, b"")
        assert other.json() == first.json()


async def test_nothing_and_nobody_do_not_look_alike(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        nothing = await client.get(f"/parties/{MEMBER}/contracts")
        nobody = await client.get("/parties/PTY-ffffffff/contracts")
        assert (nothing.status_code, nothing.json()["lignes"]) == (200, [])
        assert (nobody.status_code, nobody.json()["codeErreur"]) == (404, "PERS-404")


async def test_the_feed_gives_everyone_once_then_nothing(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        seen: list[str] = []
        cursor, more = "", True
        while more:
            page = (await client.get("/parties/changes", params={"since": cursor, "limit": "10"})).json()
            seen += [change["numPers"] for change in page["changements"]]
            cursor, more = page["curseur"], page["suite"]
        after = (await client.get("/parties/changes", params={"since": cursor})).json()
        assert len(seen) == len(set(seen)) == EVERYONE
        assert after == {"changements": [], "curseur": cursor, "suite": False}


async def test_the_feed_carries_the_identifiers_of_every_tool(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        first = (await client.get("/parties/changes")).json()["changements"][0]
        known = {*first["refs"].values(), first["numPers"], first["numAdh"]}
        assert known == set(ids(1).as_mapping().values())
        assert first["tels"] == ["0639981234"]


@pytest.mark.parametrize("cursor", ["pas-un-curseur", "YWJj", "é"])
async def test_a_cursor_of_somebody_else_is_refused(start: StartTools, cursor: str) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        reply = await client.get("/parties/changes", params={"since": cursor})
        assert reply.status_code == 400


async def test_the_nir_is_read_apart_and_each_reading_is_logged_without_it(
    start: StartTools, data_dir: Path
) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        identity = await client.get(f"/parties/{MEMBER}")
        feed = await client.get("/parties/changes")
        live = await client.get(f"/parties/{MEMBER}/nir", headers={"X-Request-Id": "r-1"})
        written = _access_log(data_dir)
        assert live.json()["nir"] == NIR
        assert live.headers["cache-control"] == "no-store"
        assert NIR not in identity.text + feed.text + written
        assert f"party={MEMBER} request=r-1" in written


def _access_log(data_dir: Path) -> str:
    (log,) = data_dir.glob("run-*/parties-access.log")
    return log.read_text("utf-8")


async def test_a_collective_contract_leads_to_its_company(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        affiliated = (await client.get(f"/parties/{ids(2).party}/company")).json()
        company = (await client.get("/companies/000123455")).json()
        assert affiliated["lignes"] == [company]
        assert json.dumps(company["dsn"], ensure_ascii=False) == (
            '{"mois": "2026-02", "etat": "ANO", "anomalie": "Date de sortie absente"}'
        )


async def test_a_company_is_a_party_of_its_own(start: StartTools) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        contacts = (await client.get("/parties/ENT-000123455/contact-points")).json()
        own = (await client.get("/parties/ENT-000123455/company")).json()
        assert contacts["titulaire"]["numPers"] == own["titulaire"]["numPers"] == "ENT-000123455"
        assert [point["typeCoord"] for point in contacts["lignes"]] == ["TELF", "MEL", "ADR"]
