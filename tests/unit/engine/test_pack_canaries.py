"""A word planted in every field of every facet is in no file of the profile, whatever its life there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError, FacetOffer, Record
from avise.connectors.readings import FacetReading, SourceOffer, TimelineReading
from avise.models.errors import ErrorKind
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetSpec, FieldKind
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.json_types import JSON
from avise.models.packs import PackKind
from avise.models.snapshot import SnapshotKey
from tests.unit.engine.packed_desk import PackedDesk, PackedSources, customer, packed_desk

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
CANARY = "CANARI"


def planted(spec: FacetSpec) -> Mapping[str, JSON]:
    """Return a record whose every field holds a word of its own, long enough to be seen in a page."""
    data: dict[str, JSON] = {field.name: f"{CANARY}-{spec.id}-{field.name}" * 3 for field in spec.fields}
    kinds = {field.name: field.kind for field in spec.fields}
    told: dict[str, JSON] = {
        name: value if kinds[name] is not FieldKind.NIR else "" for name, value in data.items()
    }
    # Whatever is not said to be free of medicine stays at the office.
    return {**told, "medical": False} if "medical" in told else told


def planted_tools() -> PackedSources:
    """Return one tool that feeds every facet, a history and documents."""
    offers = tuple(FacetOffer(facet) for facet in FACETS)
    tool = SourceOffer("all", "Outil", facets=offers, timeline=True, content=True)
    readings = {
        ("all", facet): [
            FacetReading(
                "all",
                facet,
                (Record(f"{CANARY}-{facet}-id", planted(spec), extra={"autre": f"{CANARY}-{facet}-autre"}),),
                fetched_at=NOW,
                final=True,
                completeness=Completeness.COMPLETE,
            )
        ]
        for facet, spec in FACETS.items()
    }
    exchange = Interaction(
        f"{CANARY}-exchange", NOW, Channel.EMAIL, Direction.IN, f"{CANARY}-titre", summary=f"{CANARY}-texte"
    )
    history = TimelineReading(
        "all", (exchange,), fetched_at=NOW, final=True, completeness=Completeness.COMPLETE
    )
    sources = PackedSources([tool], readings, {"all": [history]})
    sources.contents = {f"{CANARY}-documents-id": f"{CANARY}-contenu".encode() * 5_000}
    return sources


def told_in(folder: Path) -> dict[str, int]:
    """Return the files that tell of anybody, with how often."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            count = content.count(CANARY.encode()) + content.count(CANARY.encode("utf-16-le"))
            count += content.count(customer(1).person.bytes)
            if count:
                found[path.name] = count
    return found


async def nothing_told(desk: PackedDesk) -> None:
    assert told_in(desk.folder) == {}
    assert {path.name for path in desk.folder.iterdir()} >= {"packs.db", "packs.db-wal", "store.db"}


async def test_no_file_of_the_profile_tells_what_is_on_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What SQLite puts aside goes where a test can look at it.
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setitem(os.environ, "SQLITE_TMPDIR", str(aside))
    async with packed_desk(tmp_path, planted_tools()) as desk:
        desk.portfolio += [customer(number) for number in range(40)]
        desk.visited += [customer(1)]
        await desk.prepare()
        await nothing_told(desk)
        person = customer(1).person
        carried = await desk.packs.get(SnapshotKey("all", "contracts", 1, person), desk.env.now())
        assert carried is not None
        assert CANARY.encode() in carried.pages[0]
        (row,) = await desk.packs.documents(person, desk.env.now())
        found = await desk.packs.document(person, row.document, desk.env.now())
        assert found is not None
        assert CANARY.encode() in found

        # Written again, erased in part, closed: nothing is left behind.
        await desk.prepare()
        desk.portfolio[:] = desk.portfolio[:2]
        await desk.prepare()
        await nothing_told(desk)
        assert await desk.packs.persons(PackKind.PORTFOLIO, desk.env.now()) == {
            customer(0).person,
            customer(1).person,
        }
    assert told_in(tmp_path) == {}
    assert list(aside.iterdir()) == []


async def test_a_role_carries_nothing_that_it_may_not_read(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, planted_tools()) as desk:
        desk.visited += [customer(1)]
        await desk.prepare()
        for facet in ("benefits", "authorizations"):
            key = SnapshotKey("all", facet, 1, customer(1).person)
            assert await desk.packs.get(key, desk.env.now()) is None
        bank = await desk.packs.get(SnapshotKey("all", "bank", 1, customer(1).person), desk.env.now())
        assert bank is not None


async def test_an_error_on_the_way_tells_nothing_either(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = planted_tools()
    sources.contents[f"{CANARY}-documents-id"] = ConnectorError(ErrorKind.UNAVAILABLE)  # type: ignore[assignment]
    sources.stops_after = 9
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(4)]
        await desk.prepare()
        trouble = (await desk.room.status()).trouble
        assert trouble is not None
        assert CANARY not in str(trouble.params)
    assert CANARY not in caplog.text
    assert told_in(tmp_path) == {}
