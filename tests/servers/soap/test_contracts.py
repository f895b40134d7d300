"""Contracts read from a real SOAP service by its own description."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError, Health
from avise.connectors.identity_check import contradicts
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind, Origin
from tests.servers.soap.conftest import Open
from tests.servers.soap.contracts_service import (
    BROKEN,
    EMPTY,
    HELENE,
    LONG,
    LONG_LIST,
    PLAN,
    VERSION,
    ContractsService,
)


async def test_the_check_tells_the_version(service: ContractsService, open_service: Open) -> None:
    told = ('operation = "Version"', 'operation = "Version"\nversion = "@"')
    opened = await open_service(service.base_url, told)
    report = await opened.check()
    assert (report.health, report.source_version) == (Health.OK, VERSION)


async def test_contracts_are_read_with_evidence(service: ContractsService, open_service: Open) -> None:
    opened = await open_service(service.base_url)
    (batch,) = await opened.facet("contracts", contracts__member=HELENE)
    assert [record.id for record in batch.items] == ["C-0001", "C-0002", "C-0003"]
    assert dict(batch.items[0].data) == {
        "number": "C-0001",
        "plan": PLAN,
        "effective_date": "2020-01-01",
        "status": "active",
    }
    assert batch.items[2].data["status"] == "Z", "a code that the file does not know stays"
    assert batch.evidence is not None
    assert not contradicts(IdentityEvidence("MARCHAND"), batch.evidence)
    assert contradicts(IdentityEvidence("KERDRAON"), batch.evidence)
    assert service.unfit == [], "what was sent, and answered, fits the schema of the service"


async def test_a_member_without_contracts_is_an_empty_block(
    service: ContractsService, open_service: Open
) -> None:
    opened = await open_service(service.base_url)
    (batch,) = await opened.facet("contracts", contracts__member=EMPTY)
    assert (batch.items, batch.completeness) == ((), Completeness.COMPLETE)


async def test_more_contracts_than_wanted_are_told_as_truncated(
    service: ContractsService, open_service: Open
) -> None:
    opened = await open_service(service.base_url)
    (batch,) = await opened.facet("contracts", contracts__member=LONG)
    assert (len(batch.items), batch.completeness) == (500, Completeness.TRUNCATED)
    assert batch.total == LONG_LIST


async def test_a_fault_means_what_the_file_says(service: ContractsService, open_service: Open) -> None:
    opened = await open_service(service.base_url)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("contracts", contracts__member="9999999999")
    assert (caught.value.kind, caught.value.source_code) == (ErrorKind.NOT_FOUND, "s:Server.UnknownMember")


async def test_a_fault_that_the_file_does_not_know_is_the_service_s(
    service: ContractsService, open_service: Open
) -> None:
    opened = await open_service(service.base_url)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("contracts", contracts__member=BROKEN)
    assert (caught.value.kind, caught.value.origin) == (ErrorKind.UNAVAILABLE, Origin.SOURCE)
    assert HELENE not in str(caught.value)


@pytest.mark.parametrize(("digest", "told"), [("false", (2, 0)), ("true", (0, 2))])
async def test_who_asks_is_told_in_the_message(
    service: ContractsService, open_service: Open, digest: str, told: tuple[int, int]
) -> None:
    before = (service.texts, service.digests)
    changed = ('type = "username_token"', f'type = "username_token"\ndigest = {digest}')
    opened = await open_service(service.base_url, changed)
    for _ in range(2):
        await opened.check()
    assert (service.texts - before[0], service.digests - before[1]) == told


async def test_a_wrong_password_asks_for_another(service: ContractsService, open_service: Open) -> None:
    opened = await open_service(service.base_url, password="faux")  # noqa: S106 - wrong on purpose
    with pytest.raises(ConnectorError) as caught:
        await opened.check()
    assert caught.value.kind is ErrorKind.AUTH


async def test_the_description_is_read_once_for_all_who_ask(
    service: ContractsService, open_service: Open
) -> None:
    opened = await open_service(service.base_url)
    await asyncio.gather(*(opened.facet("contracts", contracts__member=HELENE) for _ in range(5)))
    templates = [attempt.template for attempt in opened.instance.statistics.attempts]
    assert templates.count("GET /{wsdl}") == 1
    assert templates.count("POST /#ListContracts") == 5


async def test_a_description_in_a_file_needs_no_network(
    service: ContractsService, open_service: Open, tmp_path: Path
) -> None:
    wsdl = tmp_path / "contrats.wsdl"
    wsdl.write_bytes(service.description)
    opened = await open_service(service.base_url, ('wsdl_path = "/?wsdl"', f'wsdl_file = "{wsdl}"'))
    (batch,) = await opened.facet("contracts", contracts__member=HELENE)
    assert len(batch.items) == 3
    assert all(attempt.template.startswith("POST") for attempt in opened.instance.statistics.attempts)
