from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from avise.demo.tools.benefits.app import KEY_HEADER, BenefitsService
from avise.demo.tools.benefits.loader import FILE_NAME
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import prepared_folder
from avise.demo.tools.prepared_files import AnswerFile
from avise.demo.tools.serving import asgi_server
from tests.servers.tools_a.world import LINES, SPEC, StartTools, client_of, ids

LINES_OF_MEMBER = f"/assures/{ids(1).insured}/lignes"


@pytest.fixture
async def client(data_dir: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client of the service, without its slowness."""
    (kind,) = tool_kinds(["benefits"])
    answers = AnswerFile(prepared_folder(data_dir, SPEC, kind) / FILE_NAME)
    service = BenefitsService(answers, "cle", slowness_s=(0.0, 0.0))
    async with (
        asgi_server(service.application()) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={KEY_HEADER: "cle"}) as client,
    ):
        yield client
    answers.close()


async def _pages(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    pages = [(await client.get(LINES_OF_MEMBER)).json()]
    while pages[-1]["suivant"] is not None:
        reply = await client.get(LINES_OF_MEMBER, params={"curseur": pages[-1]["suivant"]})
        pages.append(reply.json())
    return pages


async def test_the_cursor_leads_through_every_line_once(client: httpx2.AsyncClient) -> None:
    pages = await _pages(client)
    numbers = [line["numLigne"] for page in pages for line in page["lignes"]]
    assert [len(page["lignes"]) for page in pages] == [100, 100, 50]
    assert len(set(numbers)) == LINES
    assert {page["total"] for page in pages} == {LINES}


async def test_amounts_are_whole_cents(client: httpx2.AsyncClient) -> None:
    line = (await client.get(LINES_OF_MEMBER)).json()["lignes"][0]
    assert [line[name] for name in ("mtDepense", "mtRO", "mtAMC", "mtRAC")] == [1000, 600, 350, 50]
    assert line["dtSoins"] == "01/03/2026"


async def test_a_cursor_of_another_list_is_refused(client: httpx2.AsyncClient) -> None:
    cursor = (await client.get(LINES_OF_MEMBER)).json()["suivant"]
    reply = await client.get(f"/assures/{ids(2).insured}/lignes", params={"curseur": cursor})
    assert (reply.status_code, reply.json()["erreur"]["code"]) == (400, "CURSEUR_INVALIDE")


async def test_a_member_without_lines_is_not_a_stranger(client: httpx2.AsyncClient) -> None:
    none = await client.get(f"/assures/{ids(2).insured}/lignes")
    stranger = await client.get("/assures/INS99999/lignes")
    assert (none.status_code, none.json()["lignes"], none.json()["suivant"]) == (200, [], None)
    assert stranger.status_code == 404


async def test_the_key_may_come_as_a_bearer_token(client: httpx2.AsyncClient) -> None:
    reply = await client.get("/etat", headers={KEY_HEADER: "", "Authorization": "Bearer cle"})
    assert reply.status_code == 200


async def test_a_wrong_key_is_unauthorized(start: StartTools) -> None:
    async with start("benefits") as tools, client_of(tools, "benefits") as plain:
        reply = await plain.get("/etat", headers={KEY_HEADER: "fausse"})
        good = await plain.get("/etat", headers={KEY_HEADER: tools.secrets()["benefits", "api_key"]})
        assert (reply.status_code, good.status_code) == (401, 200)
