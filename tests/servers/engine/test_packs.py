"""A representative's laptop on the real tools and a real hub: prepared, then read without network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from avise.commands.show import CustomerFile, read_file
from avise.demo.faults import FaultKind
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import DemoHub, DemoUser, site_namespace, write_profile
from avise.demo.requests.house import House, prepare_house
from avise.demo.requests.staff import BY_LOGIN
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.customer import PersonId
from avise.models.errors import AviseError, ErrorKind
from avise.models.facets import FacetState
from avise.models.freshness import Aboard, aboard
from avise.models.journal import EventKind
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode
from avise.models.packs import PackKind
from avise.services.pack_values import PackOrder, PackRow, PacksStatus, PackState
from avise.services.profile import load_profile
from avise.store.journal import Journal
from tests.servers.engine.conftest import MutualInABox

DAY = date(2026, 3, 24)
SPEC = WorldSpec.for_preset("mini", DAY)
PATIENCE = 60.0
OPEN = {"settings.toml", "demo-secrets.toml", "demo.key", "pack-demo.key"}
"""Files of a demonstration's profile that hold nothing of anybody, in clear on purpose."""


class ThatDay(SystemEnv):
    """The system's clock, set to the day of the world, and moved by a test."""

    def __init__(self) -> None:
        self._ahead = datetime.fromisoformat("2026-03-24T08:00:00+00:00") - super().now()

    @override
    def now(self) -> datetime:
        return super().now() + self._ahead

    def later(self, time: timedelta) -> None:
        """Let time pass."""
        self._ahead += time


class Laptop:
    """One representative's desk, opened as their window opens it."""

    def __init__(self, folder: Path, env: ThatDay) -> None:
        self.folder, self.env = folder, env
        self.engine = Engine(load_profile(folder, ""), env, at_desk=True)
        self.engine.start()
        self.engine.run(self.engine.directory_ready())

    def status(self) -> PacksStatus:
        async def first() -> PacksStatus:
            async with aclosing(self.engine.desk.follow_packs()) as stream:  # type: ignore[type-var]
                return await anext(stream)

        return self.engine.run(first())

    def rows(self) -> dict[PackKind, PackRow]:
        return {row.kind: row for row in self.status().packs}

    def prepare(self) -> None:
        async def whole() -> None:
            async with asyncio.timeout(PATIENCE):
                while True:
                    try:
                        await self.engine.desk.prepare_packs(PackOrder(DAY, days=3))
                    except AviseError as error:
                        # The hub is spoken to a moment after the start.
                        if error.message_key not in ("hub.unreachable", "pack.offline"):
                            raise
                        await asyncio.sleep(0.1)
                    else:
                        break
                assert self.engine.on_board is not None
                assert self.engine.on_board.room is not None
                await self.engine.on_board.room.prepared()

        self.engine.run(whole())

    def read(self, person: PersonId) -> CustomerFile:
        return self.engine.run(read_file(self.engine.desk, person, ""))

    def find(self, words: str) -> list[PersonId]:
        answer = self.engine.run(self.engine.desk.search(words))
        return [hit.entry.person for hit in answer.hits]


def hub_of(folder: Path, env: ThatDay) -> DemoHub:
    house = House(folder)
    asyncio.run(prepare_house(house, SPEC, site_namespace(SPEC), env))
    return DemoHub(str(house.file), password=house.password())


@pytest.fixture(scope="module")
def prepared(mutual: MutualInABox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """Give a laptop whose packs are ready, its tools still there."""
    folder = tmp_path_factory.mktemp("laptop")
    env = ThatDay()
    worker = BY_LOGIN["bruno.kerhoas"]
    user = DemoUser(worker.login, worker.name, worker.role.value, worker.team)
    write_profile(folder / "profile", mutual.tools, user, hub=hub_of(folder / "hub", env))
    laptop = Laptop(folder / "profile", env)
    try:
        laptop.prepare()
        yield laptop
    finally:
        laptop.engine.stop()


@pytest.fixture
def away(prepared: Laptop) -> Iterator[Laptop]:
    """Give the same laptop without network, four days later: no copy of the store is told any more."""
    prepared.engine.run(prepared.engine.desk.choose_network(NetworkMode.OFFLINE))
    prepared.env.later(timedelta(days=4))
    yield prepared
    prepared.env.later(-timedelta(days=4))
    prepared.engine.run(prepared.engine.desk.choose_network(None))


def test_everything_of_the_visits_and_a_synthesis_of_the_portfolio_is_on_board(prepared: Laptop) -> None:
    status, rows = prepared.status(), prepared.rows()
    assert status.trouble is None
    assert {row.state for row in rows.values()} == {PackState.READY}
    assert rows[PackKind.PORTFOLIO].held > 20
    assert rows[PackKind.VISITS].held >= 8
    assert 0 < rows[PackKind.DOCUMENTS].held <= 40
    assert status.lease is LeaseState.HELD
    assert status.checked_out == rows[PackKind.PORTFOLIO].held


def test_the_directory_of_a_laptop_holds_its_portfolio_alone(prepared: Laptop) -> None:
    theirs = prepared.engine.run(prepared.engine.directory.portfolio("bruno.kerhoas"))
    count = prepared.engine.run(prepared.engine.directory.count())
    assert count == len(theirs) < sum(len(list(dossier.persons())) for dossier in iter_dossiers(SPEC))


def test_a_customer_opens_without_network_days_later(away: Laptop) -> None:
    assert away.engine.on_board is not None
    visited = away.engine.run(away.engine.on_board.packs.persons(PackKind.VISITS, away.engine.env.now()))
    member = next(
        entry for entry in away.engine.run(away.engine.directory.portfolio("bruno.kerhoas"))
        if entry.person in visited and entry.party.member_number
    )  # fmt: skip
    assert member.person in away.find(member.party.member_number)
    file = away.read(member.person)
    assert file.not_kept is None
    views = {view.facet: view for view in file.ordered()}
    shown = {facet for facet, view in views.items() if view.state is FacetState.STALE}
    assert shown >= {"identity", "contact_points", "contracts", "guarantees", "documents"}
    assert {views[facet].error and views[facet].error.kind for facet in shown} == {ErrorKind.OFFLINE}  # type: ignore[union-attr]
    assert all(
        view.as_of is not None and view.as_of < away.env.now() for view in views.values() if view.records
    )
    assert {aboard(views[facet], away.env.now()) for facet in shown} == {Aboard.CARRIED}
    # The role's rights are those of the office: a representative reads no line of care.
    assert views["benefits"].state is FacetState.FORBIDDEN
    assert file.header is not None
    assert file.header.last_name == member.party.last_name
    assert away.engine.run(away.engine.on_board.copies.care_totals(member.person))

    store = away.engine._store
    assert store is not None
    journal = Journal(store, away.env)
    events = away.engine.run(journal.stream(f"customer/{member.person}", (EventKind.CONSULTED,)))
    assert events[-1].body["purpose"] == "search"


def test_documents_open_without_network_once_the_file_is_open(away: Laptop) -> None:
    assert away.engine.on_board is not None
    desk, packs = away.engine.desk, away.engine.on_board.packs

    async def content() -> tuple[str, bytes]:
        for person in await packs.persons(PackKind.VISITS, away.engine.env.now()):
            for row in await desk.documents_on_board(person):
                with pytest.raises(AviseError, match=r"open\.nobody"):
                    await desk.document_on_board(person, row.document)
                async with aclosing(desk.open_customer(person, "visit")) as updates:  # type: ignore[type-var, arg-type]
                    await anext(updates)
                    with pytest.raises(AviseError, match=r"pack\.not_on_board"):
                        await desk.document_on_board(person, "another")
                    return row.title, await desk.document_on_board(person, row.document)
        raise AssertionError("no document on board")

    title, found = away.engine.run(content())
    assert title
    assert len(found) > 100


def test_the_directory_of_a_laptop_is_under_the_key_of_what_is_on_board(prepared: Laptop) -> None:
    assert (prepared.folder / "portfolio.db").exists()
    assert not (prepared.folder / "directory.db").exists()
    assert prepared.engine.lease is not None
    prepared.engine.run(prepared.engine.lease.set_pin("", "271828"))
    try:
        prepared.engine.run(prepared.engine.lease.key.lock())
        with pytest.raises(AviseError, match=r"pack\.locked"):
            prepared.find("MARCHAND")
        assert {row.state for row in prepared.rows().values()} == {PackState.LOCKED}
        prepared.engine.run(prepared.engine.desk.unlock_packs("271828"))
        assert prepared.find("MARTIN") is not None
        assert {row.state for row in prepared.rows().values()} == {PackState.READY}
    finally:
        prepared.engine.run(prepared.engine.lease.set_pin("271828", ""))


def test_nothing_of_anybody_is_in_clear_on_the_disk(prepared: Laptop) -> None:
    canaries: set[bytes] = set()
    for entry in prepared.engine.run(prepared.engine.directory.portfolio("bruno.kerhoas")):
        party = entry.party
        words = (party.last_name, party.member_number, party.email, *party.ids.values(), *party.phones)
        canaries |= {word.encode() for word in words if len(word) >= 6}
    for dossier in iter_dossiers(SPEC):
        canaries |= {point.value.encode() for point in dossier.contact_points if len(point.value) >= 8}
        canaries |= {document.title.encode() for document in dossier.documents if len(document.title) >= 12}
        canaries |= {person.nir.encode() for person in dossier.persons() if person.nir}
    files = [path for path in prepared.folder.rglob("*") if path.is_file() and path.name not in OPEN]
    assert {"packs.db", "packs.db-wal", "portfolio.db", "store.db", "store.db-wal"} <= {
        path.name for path in files
    }
    assert len(canaries) > 200
    told = {
        (path.name, canary)
        for path in files
        if path.parent.name != "connectors"
        for content in (path.read_bytes(),)
        for canary in canaries
        if canary in content
    }
    assert told == set()


def test_a_command_reads_what_is_on_board_when_tools_are_down(mutual: MutualInABox, prepared: Laptop) -> None:
    for name in mutual.tools.tools:
        mutual.set_fault(name, FaultKind.DOWN)
    try:
        assert prepared.engine.on_board is not None
        visited = prepared.engine.run(
            prepared.engine.on_board.packs.persons(PackKind.VISITS, prepared.engine.env.now())
        )
        with Engine.open(prepared.folder, prepared.env) as engine:
            file = engine.run(read_file(engine.desk, min(visited), ""))
        views = {view.facet: view for view in file.ordered()}
        assert views["identity"].state is FacetState.STALE
        assert views["identity"].records
    finally:
        for name in mutual.tools.tools:
            mutual.set_fault(name, FaultKind.NONE)


def test_what_a_crash_left_on_board_after_its_key_was_destroyed_is_erased_at_the_next_start(
    prepared: Laptop,
) -> None:
    assert prepared.engine.lease is not None
    assert prepared.engine.on_board is not None
    file = prepared.engine.on_board.packs.file.path
    prepared.engine.lease.on_gone = _nothing  # the program ended just there
    prepared.engine.run(prepared.engine.lease.check_in())
    assert file.exists()
    prepared.engine.stop()
    with Engine.open(prepared.folder, prepared.env):
        assert not file.exists()


async def _nothing() -> None:
    """Do nothing."""
