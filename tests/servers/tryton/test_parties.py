"""Parties read by the connector that ships, over a real Tryton server."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError, Health
from avise.connectors.identity_check import contradicts
from avise.models.customer import IdentityEvidence, Party
from avise.models.errors import ErrorKind
from tests.servers.tryton.conftest import FILE, PASSWORD, Tryton
from tests.servers.tryton.world import CARD, COMPANY, EMPTY, HELENE, MANY, YVON
from tests.unit.connectors.declarative.opened_file import Opened, open_connector_file


async def test_the_check_tells_the_version(opened: Opened) -> None:
    report = await opened.check()
    assert (report.health, report.source_version[:1].isdigit()) == (Health.OK, True)


async def test_an_identity_comes_with_evidence(opened: Opened) -> None:
    (batch,) = await opened.facet("identity", trytond__party=HELENE)
    (record,) = batch.items
    assert record.data["last_name"] == "Marchand Hélène"
    assert batch.evidence is not None
    expected = IdentityEvidence("MARCHAND", "Hélène", None, {"trytond.party": HELENE})
    assert not contradicts(expected, batch.evidence)
    assert contradicts(IdentityEvidence("KERDRAON", "Yvon"), batch.evidence)


async def test_addresses_and_contact_mechanisms_are_contact_points(opened: Opened) -> None:
    (batch,) = await opened.facet("contact_points", trytond__party=HELENE)
    address, *others = batch.items
    assert {key: address.data[key] for key in ("kind", "value", "city", "postcode")} == {
        "kind": "address",
        "value": "12 rue des Tilleuls, Bât. B",
        "city": "Nantes",
        "postcode": "44000",
    }
    assert [(each.data["kind"], each.data["value"]) for each in others] == [
        ("landline", "+33 1 99 00 12 34"),
        ("email", "helene.marchand@courriel.example"),
        ("website", "https://helene.example/"),
    ]
    assert len({record.id for record in batch.items}) == 4
    assert batch.completeness is Completeness.COMPLETE


async def test_more_contact_points_than_wanted_are_told_as_truncated(opened: Opened) -> None:
    (batch,) = await opened.facet("contact_points", limit=2, trytond__party=HELENE)
    assert (len(batch.items), batch.completeness, batch.total) == (2, Completeness.TRUNCATED, 4)


async def test_a_party_without_contact_points_is_an_empty_block(opened: Opened) -> None:
    (batch,) = await opened.facet("contact_points", trytond__party=EMPTY)
    assert (batch.items, batch.completeness) == ((), Completeness.COMPLETE)


@pytest.mark.parametrize("facet", ["identity", "contact_points"])
async def test_an_unknown_party_is_not_an_empty_one(opened: Opened, facet: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        await opened.facet(facet, trytond__party="P-9999")
    assert caught.value.kind is ErrorKind.NOT_FOUND


@pytest.mark.parametrize(
    ("found_by", "value"), [("identifier", CARD), ("identifier", "732 829 320"), ("id", None)]
)
async def test_a_party_is_found_by_what_the_file_says(
    tryton: Tryton, tmp_path: Path, found_by: str, value: str | None
) -> None:
    path = tmp_path / "trytond.toml"
    path.write_text(FILE.read_text("utf-8").replace('found_by = "code"', f'found_by = "{found_by}"'), "utf-8")
    if value is None:
        (number,) = tryton.call("model.party.party.search", [["code", "=", HELENE]], 0, None, None)
        value = str(number)
    async with AsyncExitStack() as stack:
        opened = await open_connector_file(path, tryton.config(), {"password": PASSWORD}, stack)
        (batch,) = await opened.facet("identity", trytond__party=value)
        assert batch.items[0].id in {HELENE, COMPANY}
        with pytest.raises(ConnectorError):
            await opened.facet("identity", trytond__party="personne")


# ---- the search directory ------------------------------------------------------------------------


async def everybody(opened: Opened, since: str = "") -> tuple[dict[str, Party], str]:
    batches = await opened.changes(since)
    assert [batch.completeness for batch in batches[:-1]] == [Completeness.MORE] * (len(batches) - 1)
    assert batches[-1].completeness is Completeness.COMPLETE
    assert len({batch.cursor for batch in batches}) == len(batches)
    parties = [party for batch in batches for party in batch.items]
    return {party.native_id: party for party in parties}, batches[-1].cursor


async def test_everybody_is_read_by_pages_then_only_who_changed(tryton: Tryton, opened: Opened) -> None:
    first, cursor = await everybody(opened)
    assert len(first) >= MANY + 5
    assert first[HELENE].phones == ("+33199001234",)
    assert (first[HELENE].email, first[HELENE].city) == ("helene.marchand@courriel.example", "Nantes")
    assert first[COMPANY].siren == "732829320"
    # What was entered minutes before the end is looked for again: an hour later nothing is.
    later = _an_hour_after(cursor)
    assert await everybody(opened, later) == ({}, later)


async def test_an_address_that_was_changed_alone_changes_its_party(tryton: Tryton, opened: Opened) -> None:
    _, cursor = await everybody(opened)
    (yvon,) = tryton.call("model.party.party.search", [["code", "=", YVON]], 0, None, None)
    tryton.call("model.party.address.create", [{"party": yvon, "city": "Brest"}])
    changed, after = await everybody(opened, cursor)
    assert changed[YVON].city == "Brest"
    assert after > cursor


async def test_a_party_that_was_put_aside_is_deleted(tryton: Tryton, opened: Opened) -> None:
    (made,) = tryton.call("model.party.party.create", [{"code": "P-0099", "name": "De Passage"}])
    tryton.call("model.party.party.write", [made], {"active": False})
    parties, _ = await everybody(opened)
    assert parties["P-0099"].deleted
    assert not parties[HELENE].deleted
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("identity", trytond__party="P-0099")
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_reading_that_was_stopped_goes_on_where_it_was(opened: Opened) -> None:
    whole, _ = await everybody(opened)
    first, *_ = await opened.changes()
    rest, _ = await everybody(opened, first.cursor)
    assert {party.native_id for party in first.items} | set(rest) == set(whole)
    assert not {party.native_id for party in first.items} & set(rest)


@pytest.mark.parametrize("cursor", ["x", "a;b;c", ";;", "2026-03-01;x;"])
async def test_a_cursor_of_somebody_else_is_refused(opened: Opened, cursor: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        await opened.changes(cursor)
    assert caught.value.kind is ErrorKind.INVALID


def _an_hour_after(cursor: str) -> str:
    since = cursor.partition(";")[0]
    return f"{(datetime.fromisoformat(since) + timedelta(hours=1)).isoformat(timespec='microseconds')};0;"
