"""A real Datasette over a database made for something else, connected by the example's TOML alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError, Health
from avise.models.errors import ErrorKind, Origin
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.resources import resource_folder
from tests.servers.datasette.clinic import SSN, patient_id
from tests.unit.connectors.declarative.opened_file import Opened, open_connector_file

EXAMPLE = resource_folder("connectors") / "examples" / "datasette.toml"


@pytest.fixture
async def centre(datasette: str) -> AsyncIterator[Opened]:
    async with AsyncExitStack() as stack:
        yield await open_connector_file(EXAMPLE, {"base_url": datasette}, {}, stack)


async def test_the_check_tells_the_version_of_the_server(centre: Opened) -> None:
    report = await centre.check()
    assert report.health is Health.OK
    assert re.match(r"\d+\.\d+", report.source_version)


async def test_a_person_is_read_with_evidence_and_without_the_social_security_number(centre: Opened) -> None:
    (batch,) = await centre.facet("identity", health_centre__patient=patient_id(0))
    (record,) = batch.items
    assert record.data == {
        "title": "mrs",
        "last_name": "Ledner0",
        "birth_name": "Raynor597",
        "first_name": "Miracle067",
        "birth_date": "1950-03-12",
        "birth_place": "Millbury  Massachusetts  US",
        "vital_status": "alive",
        "death_date": None,
    }
    assert record.evidence is not None
    assert (record.evidence.last_name, record.evidence.birth_date) == ("Ledner0", date(1950, 3, 12))
    assert SSN not in repr(batch)


async def test_a_death_is_told(centre: Opened) -> None:
    (batch,) = await centre.facet("identity", health_centre__patient=patient_id(3))
    assert batch.items[0].data["vital_status"] == "deceased"
    assert batch.items[0].data["title"] == "mrs"


async def test_a_person_that_the_tool_does_not_know_has_no_record(centre: Opened) -> None:
    (batch,) = await centre.facet("identity", health_centre__patient="nobody")
    assert (batch.items, batch.completeness) == ((), Completeness.COMPLETE)


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (1, 2), (3, 6)])
async def test_every_page_of_benefits_is_read(centre: Opened, number: int, pages: int) -> None:
    batches = await centre.facet("benefits", health_centre__patient=patient_id(number))
    records = [record for batch in batches for record in batch.items]
    assert len(batches) == pages
    assert len({record.id for record in records}) == 90 * number
    assert batches[-1].completeness is Completeness.COMPLETE
    assert batches[-1].total == 90 * number
    assert sum(batch.unreadable for batch in batches) == 0


async def test_benefits_have_canonical_values(centre: Opened) -> None:
    batches = await centre.facet("benefits", health_centre__patient=patient_id(1))
    records = [record for batch in batches for record in batch.items]
    spec = FACETS["benefits"]
    for record in records:
        for name, value in record.data.items():
            field = spec.field(name)
            assert not isinstance(value, float)
            if field.kind is FieldKind.AMOUNT:
                assert Decimal(str(value)) >= 0
            if field.kind is FieldKind.ENUM:
                assert value in field.values
    oldest = records[-1].data
    # 23:30 in London is the next day in Paris; and 0.1 + 0.2 is told as the tool wrote it, not as a float.
    assert oldest["care_date"] == "2019-01-02"
    assert oldest["amount"] == "0.30000000000000004"


async def test_the_reading_stops_at_the_limit_of_the_file_and_says_so(centre: Opened, tmp_path: Path) -> None:
    short = tmp_path / "short.toml"
    short.write_text(EXAMPLE.read_text(encoding="utf-8").replace("max_rows = 400", "max_rows = 60"))
    async with AsyncExitStack() as stack:
        opened = await open_connector_file(short, centre.instance.settings.config, {}, stack)
        batches = await opened.facet("benefits", health_centre__patient=patient_id(2))
    assert sum(len(batch.items) for batch in batches) == 60
    assert (batches[-1].completeness, batches[-1].total) == (Completeness.TRUNCATED, 180)


async def test_visits_are_in_the_timeline_newest_first(centre: Opened) -> None:
    batches = await centre.timeline(health_centre__patient=patient_id(1))
    visits = [item for batch in batches for item in batch.items]
    assert len(visits) == 90
    assert [visit.at for visit in visits] == sorted((visit.at for visit in visits), reverse=True)
    assert {visit.channel for visit in visits} == {"agency", "video"}
    assert "Passage au centre de sant\u00e9" in {visit.title for visit in visits}
    assert batches[-1].completeness is Completeness.COMPLETE


async def test_a_base_that_is_not_there_is_no_empty_answer(datasette: str) -> None:
    async with AsyncExitStack() as stack:
        config = {"base_url": datasette, "database": "elsewhere"}
        opened = await open_connector_file(EXAMPLE, config, {}, stack)
        with pytest.raises(ConnectorError) as caught:
            await opened.facet("benefits", health_centre__patient=patient_id(1))
    assert (caught.value.kind, caught.value.origin) == (ErrorKind.BUG, Origin.CONNECTOR)
