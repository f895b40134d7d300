"""What is on board is prepared, goes on where it was, closes with its key and is erased at its end."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError, FacetOffer, Priority
from avise.connectors.readings import FacetReading, SourceOffer
from avise.connectors.record_pages import decode_pages
from avise.engine.wire import Item, Pipe, frame_of
from avise.models.errors import AviseError, ErrorKind, Failure, Origin
from avise.models.json_types import JSON
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.models.packs import PackKind
from avise.models.snapshot import SnapshotKey
from avise.services.pack_values import PackRow, PacksStatus, PackState
from avise.services.settings_file import OfflineSection
from tests.memory_keys import MemoryPackKey
from tests.unit.engine.packed_desk import PACK_KEY, PackedDesk, PackedSources, customer, packed_desk
from tests.unit.services.scripted_sources import answer, offer

DAY = timedelta(days=1)
BENEFIT: Mapping[str, JSON] = {
    "category": "dental",
    "spent": "80.00",
    "amount": "60.00",
    "care_date": "2026-02-01",
    "status": "paid",
}
DEVIS: Mapping[str, JSON] = {
    "title": "Devis dentaire",
    "dated": "2026-03-01T09:00:00+01:00",
    "size": 4,
    "medical": False,
}
ORDONNANCE: Mapping[str, JSON] = {
    "title": "Ordonnance",
    "dated": "2026-03-02T09:00:00+01:00",
    "size": 4,
    "medical": True,
}


def tools() -> PackedSources:
    """Return three tools that tell the same of everybody."""
    documents = SourceOffer("documents", "GED", facets=(FacetOffer("documents"),), content=True)
    found = PackedSources(
        [offer("parties", "identity", "contracts", "guarantees"), offer("care", "benefits"), documents],
        {
            ("parties", "identity"): [
                answer("parties", "identity", {"last_name": "MARCHAND", "nir": "2 85 05 •• ••• ••• ••"})
            ],
            ("parties", "contracts"): [answer("parties", "contracts", {"plan": "Confort"})],
            ("parties", "guarantees"): [answer("parties", "guarantees", {"label": "Détartrage"})],
            ("care", "benefits"): [answer("care", "benefits", BENEFIT, BENEFIT)],
            ("documents", "documents"): [answer("documents", "documents", DEVIS, ORDONNANCE)],
        },
    )
    found.contents = {"documents-0": b"%PDF", "documents-1": b"%PDF"}
    return found


class LockedPin:
    """A PIN of a key that goes when the desk is left."""

    def __init__(self, key: MemoryPackKey) -> None:
        self._key, self.locked = key, False

    async def unlock(self, pin: str) -> None:
        raise NotImplementedError

    async def set_pin(self, old: str, new: str) -> None:
        raise NotImplementedError

    async def lock(self) -> None:
        self.locked = True
        await self._key.end()

    def pin_set(self) -> bool:
        return True

    def tries_left(self) -> int | None:
        return None


async def rows(desk: PackedDesk) -> dict[PackKind, PackRow]:
    return {row.kind: row for row in (await desk.room.status()).packs}


async def facets_on_board(desk: PackedDesk, number: int) -> set[str]:
    person = customer(number).person
    offered = [("parties", name) for name in ("identity", "contracts", "guarantees")]
    offered += [("care", "benefits"), ("documents", "documents")]
    return {
        facet
        for instance, facet in offered
        if await desk.packs.get(SnapshotKey(instance, facet, 1, person), desk.env.now()) is not None
    }


async def test_visits_are_whole_and_the_portfolio_is_a_synthesis(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1), customer(2), customer(3)]
        desk.visited += [customer(2)]
        await desk.prepare()
        found = await rows(desk)
        assert found[PackKind.PORTFOLIO].state is PackState.READY
        assert (found[PackKind.PORTFOLIO].held, found[PackKind.VISITS].held) == (3, 1)
        assert await facets_on_board(desk, 2) == {"identity", "contracts", "guarantees", "documents"}
        assert await facets_on_board(desk, 1) == {"identity", "contracts"}
        # Lines of care are no representative's: their totals are carried instead.
        (total,) = await desk.packs.care_totals(customer(1).person, desk.env.now())
        assert (total.category, total.count, total.spent, total.reimbursed) == (
            "dental",
            2,
            "160.00",
            "120.00",
        )
        assert {asked[3] for asked in desk.sources.asked_about} == {Priority.BACKGROUND}
        assert desk.lender.persons == [(customer(2).person, customer(1).person, customer(3).person)]


async def test_each_pack_tells_its_age_and_the_earlier_of_its_two_ends(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare(days=2)
        row = (await rows(desk))[PackKind.PORTFOLIO]
        assert row.prepared_at == desk.env.now()
        assert row.ends_at is not None
        # Two days of visits and three more, until the night that follows, in Paris.
        assert row.ends_at.isoformat() == "2026-03-28T23:00:00+00:00"
        await desk.prepare(days=7)
        row = (await rows(desk))[PackKind.PORTFOLIO]
        assert row.ends_at == desk.key.lease_until()


async def test_no_nir_and_no_medical_title_comes_on_board(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.visited += [customer(1)]
        await desk.prepare()
        person = customer(1).person
        identity = await desk.packs.get(SnapshotKey("parties", "identity", 1, person), desk.env.now())
        assert identity is not None
        (record,) = await decode_pages(identity.pages)
        assert record.data == {"last_name": "MARCHAND"}
        (document,) = await desk.packs.documents(person, desk.env.now())
        assert document.title == "Devis dentaire"
        assert await desk.packs.document(person, document.document, desk.env.now()) == b"%PDF"


async def test_a_protected_file_stays_at_the_office(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1, restricted=True), customer(2)]
        desk.visited += [customer(1, restricted=True)]
        await desk.prepare()
        assert desk.lender.persons == [(customer(2).person,)]
        assert await facets_on_board(desk, 1) == set()


async def test_an_interrupted_preparation_goes_on_where_it_was(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 9)]
        sources.stops_after = 10
        await desk.prepare()
        status = await desk.room.status()
        assert status.trouble is not None
        assert status.trouble.message_key == "pack.network_lost"
        row = (await rows(desk))[PackKind.PORTFOLIO]
        assert row.state is PackState.PAUSED
        assert 0 < row.held < 8
    # Another start: what was read is there, and is not read again.
    again = tools()
    async with packed_desk(tmp_path, again) as desk:
        desk.portfolio += [customer(number) for number in range(1, 9)]
        assert (await rows(desk))[PackKind.PORTFOLIO] == row
        held = row.held
        await desk.prepare()
        row = (await rows(desk))[PackKind.PORTFOLIO]
        assert (row.state, row.held) == (PackState.READY, 8)
        assert len({asked[2] for asked in again.asked_about}) == 8 - held
        assert (await desk.room.status()).trouble is None


async def test_a_paused_preparation_keeps_what_it_read(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 5)]
        gate = sources.held["parties", "contracts"] = asyncio.Event()
        await desk.room.prepare(desk.order())
        await sources.busy.wait()
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.PREPARING
        await desk.room.pause()
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.PAUSED
        gate.set()
        await desk.prepare()
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.READY


async def test_a_tool_that_fails_is_counted_and_tried_again(tmp_path: Path) -> None:
    sources = tools()
    good = sources.readings["parties", "contracts"]
    failure = Failure(ErrorKind.UNAVAILABLE, Origin.SOURCE)
    sources.readings["parties", "contracts"] = [
        FacetReading("parties", "contracts", final=True, error=failure)
    ]
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare()
        row = (await rows(desk))[PackKind.PORTFOLIO]
        assert (row.state, row.failed, row.held) == (PackState.PARTIAL, 1, 0)
        assert await facets_on_board(desk, 1) == {"identity"}
        sources.readings["parties", "contracts"] = good
        await desk.prepare()
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.READY


async def test_a_number_that_may_not_be_at_rest_keeps_its_customer_at_the_office_and_nobody_else(
    tmp_path: Path,
) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 5)]
        sources.numbers_of.add(customer(1).person)
        await desk.prepare()
        row = (await rows(desk))[PackKind.PORTFOLIO]
        assert (row.state, row.held, row.failed) == (PackState.PARTIAL, 3, 1)
        assert await facets_on_board(desk, 1) == set()
        assert (await desk.room.status()).trouble is None


async def test_unknown_in_a_tool_is_an_answer(tmp_path: Path) -> None:
    sources = tools()
    failure = Failure(ErrorKind.NOT_FOUND, Origin.SOURCE)
    sources.readings["parties", "contracts"] = [
        FacetReading("parties", "contracts", final=True, error=failure)
    ]
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare()
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.READY


async def test_the_size_limit_stops_with_a_sentence_and_visits_come_first(tmp_path: Path) -> None:
    sources = tools()
    big = {"plan": "".join(chr(0x4E00 + (place * 7919) % 20_000) for place in range(120_000))}
    sources.readings["parties", "contracts"] = [answer("parties", "contracts", big)]
    async with packed_desk(tmp_path, sources, OfflineSection(allowed=True, max_megabytes=1)) as desk:
        desk.portfolio += [customer(number) for number in range(1, 30)]
        desk.visited += [customer(20)]
        await desk.prepare()
        trouble = (await desk.room.status()).trouble
        assert trouble is not None
        assert (trouble.message_key, trouble.params) == ("pack.size_limit", {"megabytes": "1"})
        found = await rows(desk)
        assert found[PackKind.VISITS].state is PackState.READY
        assert found[PackKind.PORTFOLIO].state is PackState.PAUSED
        assert 1 <= found[PackKind.PORTFOLIO].held < 29


async def test_a_full_disk_stops_with_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare()
        taken = await desk.packs.file.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
        await desk.packs.file.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={taken}"))
        big = {"plan": "".join(chr(0x4E00 + (place * 7919) % 20_000) for place in range(60_000))}
        sources.readings["parties", "contracts"] = [answer("parties", "contracts", big)]
        desk.portfolio += [customer(2)]
        await desk.prepare()
        trouble = (await desk.room.status()).trouble
        assert trouble is not None
        assert trouble.message_key == "pack.disk_full"
        assert await facets_on_board(desk, 1) == {"identity", "contracts"}
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.PAUSED


async def test_documents_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    sources = tools()
    sources.contents["documents-0"] = ConnectorError(ErrorKind.NOT_FOUND)  # type: ignore[assignment]
    async with packed_desk(tmp_path, sources) as desk:
        desk.visited += [customer(1)]
        await desk.prepare()
        row = (await rows(desk))[PackKind.DOCUMENTS]
        assert (row.state, row.wanted, row.failed) == (PackState.PARTIAL, 1, 1)


async def test_packs_close_with_their_key_and_open_with_it(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare()
        await desk.key.end()
        status = await desk.room.status()
        assert status.lease is LeaseState.ENDED
        assert {row.state for row in status.packs} == {PackState.LOCKED}
        assert await facets_on_board(desk, 1) == set()
        await desk.room.look()
        assert not desk.packs.file.is_open
        with pytest.raises(AviseError, match=r"pack\.locked"):
            await desk.room.prepare(desk.order())
    async with packed_desk(tmp_path, tools()) as desk:
        assert await facets_on_board(desk, 1) == {"identity", "contracts"}


async def test_packs_that_stayed_open_after_their_key_close_at_the_next_look(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare()
        await desk.key.end()
        await desk.packs.file.open(PACK_KEY)
        assert await facets_on_board(desk, 1)
        await desk.room.look()
        assert not desk.packs.file.is_open
        assert await facets_on_board(desk, 1) == set()


async def test_two_preparations_asked_at_once_do_not_run_together(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 5)]
        sources.gate_at = 1
        await asyncio.gather(desk.room.prepare(desk.order()), desk.room.prepare(desk.order()))
        running = [task for task in asyncio.all_tasks() if task.get_name() == "prepare packs"]
        sources.open_gate()
        await desk.room.prepared()
        assert len(running) == 1
        assert (await rows(desk))[PackKind.PORTFOLIO].held == 4


async def test_a_key_that_goes_while_preparing_stops_it(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 5)]
        sources.held["parties", "contracts"] = asyncio.Event()
        await desk.room.prepare(desk.order())
        await sources.busy.wait()
        await desk.key.end()
        assert not desk.room.is_preparing
        assert not desk.packs.file.is_open


async def test_ended_packs_are_erased_at_the_next_look_and_at_the_next_start(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare(days=1)
        desk.env.advance(5 * DAY)
        assert await facets_on_board(desk, 1) == set()
        await desk.room.look()
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.EXPIRED
        left = await desk.packs.file.read(
            lambda c: c.exec_driver_sql("SELECT count(*) FROM reading").scalar()
        )
        assert left == 0
        await desk.prepare(days=1)
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.READY
        later = desk.env
        later.advance(5 * DAY)
    async with packed_desk(tmp_path, tools(), env=later) as desk:
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.EXPIRED


async def test_what_is_erased_leaves_no_file_and_is_given_back(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare()
        await desk.room.erase()
        assert desk.lender.given_back == 1
        assert {row.state for row in (await desk.room.status()).packs} == {PackState.ABSENT}
        assert not desk.packs.file.exists


@pytest.mark.parametrize(
    ("mode", "sentence"), [(NetworkMode.OFFLINE, "pack.offline"), (NetworkMode.LIMITED, "pack.limited")]
)
async def test_nothing_is_prepared_without_a_good_network(
    tmp_path: Path, mode: NetworkMode, sentence: str
) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.room.network = lambda: mode
        with pytest.raises(AviseError, match=sentence):
            await desk.room.prepare(desk.order())
        assert not desk.packs.file.exists


async def test_a_preparation_stops_over_a_limited_network_and_goes_on_by_itself(tmp_path: Path) -> None:
    sources, modes = tools(), [NetworkMode.ONLINE]
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 9)]
        desk.room.network = lambda: modes[-1]
        sources.gate_at = 4
        await desk.room.prepare(desk.order())
        await sources.at_gate.wait()
        modes.append(NetworkMode.LIMITED)
        sources.open_gate()
        await desk.room.prepared()
        trouble = (await desk.room.status()).trouble
        assert trouble is not None
        assert trouble.message_key == "pack.limited"
        held = (await rows(desk))[PackKind.PORTFOLIO].held
        assert 0 < held < 8

        since = desk.env.now()
        desk.room.network_changed(NetworkState(NetworkMode.OFFLINE, forced=False, since=since))
        modes.append(NetworkMode.ONLINE)
        desk.room.network_changed(NetworkState(NetworkMode.ONLINE, forced=False, since=since))
        assert desk.room._resuming is not None
        await desk.room._resuming
        await desk.room.prepared()
        assert (await rows(desk))[PackKind.PORTFOLIO].held == 8


async def test_a_preparation_that_the_user_paused_does_not_go_on_by_itself(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 5)]
        sources.stops_after = 4
        await desk.prepare()
        await desk.room.pause()
        asked = len(sources.asked_about)
        desk.room.network_changed(NetworkState(NetworkMode.ONLINE, forced=False, since=desk.env.now()))
        await asyncio.sleep(0)
        assert not desk.room.is_preparing
        assert len(sources.asked_about) == asked


async def test_nothing_is_prepared_that_the_hub_refuses(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1)]
        desk.lender.refusal = AviseError("hub.revoked")
        with pytest.raises(AviseError, match=r"hub\.revoked"):
            await desk.room.prepare(desk.order())
        desk.room.lender = None
        with pytest.raises(AviseError, match=r"pack\.no_hub"):
            await desk.room.prepare(desk.order())
        assert desk.sources.asked_about == []


async def test_with_nobody_to_take_along_nothing_is_checked_out(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        with pytest.raises(AviseError, match=r"pack\.nobody"):
            await desk.room.prepare(desk.order())
        assert desk.lender.persons == []


async def test_whoever_follows_is_told_of_the_progress(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio += [customer(1)]
        async with aclosing(desk.room.follow()) as stream:  # type: ignore[type-var]
            first = await anext(stream)
            assert {row.state for row in first.packs} == {PackState.ABSENT}
            await desk.prepare()
            while (status := await anext(stream)).packs[0].state is not PackState.READY:
                assert status.packs[0].state is PackState.PREPARING
        assert not status.preparing


async def test_a_truncated_reading_is_carried_as_such(tmp_path: Path) -> None:
    sources = tools()
    whole = answer("parties", "contracts", {"plan": "Confort"})
    sources.readings["parties", "contracts"] = [
        replace(whole, completeness=Completeness.TRUNCATED, truncated_because="max_rows")
    ]
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(1)]
        await desk.prepare()
        found = await desk.packs.get(
            SnapshotKey("parties", "contracts", 1, customer(1).person), desk.env.now()
        )
        assert found is not None
        assert (found.completeness, found.truncated_because) == ("truncated", "max_rows")


async def test_a_desk_left_during_a_preparation_is_locked_once_that_has_ended(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path, sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 5)]
        desk.room.pin = pin = LockedPin(desk.key)
        sources.gate_at = 4
        await desk.room.prepare(desk.order())
        await sources.at_gate.wait()
        await desk.room.lock()
        meanwhile = pin.locked
        sources.open_gate()
        await desk.room.prepared()
        assert (meanwhile, pin.locked) == (False, True)
        assert not desk.packs.file.is_open


async def test_what_a_kill_leaves_of_a_preparation_is_whole_and_goes_on(tmp_path: Path) -> None:
    sources = tools()
    async with packed_desk(tmp_path / "killed", sources) as desk:
        desk.portfolio += [customer(number) for number in range(1, 9)]
        sources.stops_after = 12
        sources.gate_at = 12
        await desk.room.prepare(desk.order())
        await sources.at_gate.wait()
        # The disk as the machine leaves it at that moment: file and log, nothing closed.
        shutil.copytree(tmp_path / "killed", tmp_path / "again")
        sources.open_gate()
        await desk.room.prepared()
    async with packed_desk(tmp_path / "again", tools()) as desk:
        row = (await rows(desk))[PackKind.PORTFOLIO]
        assert row.state is PackState.PAUSED
        assert 0 < row.held < 8
        for number in range(1, 9):
            assert await facets_on_board(desk, number) in (set(), {"identity", "contracts"})
        desk.portfolio += [customer(number) for number in range(1, 9)]
        await desk.prepare()
        assert (await rows(desk))[PackKind.PORTFOLIO].state is PackState.READY


def test_what_is_on_board_crosses_to_the_window() -> None:
    trouble = AviseError("pack.size_limit", megabytes="150")
    rows_told = (PackRow(PackKind.VISITS, PackState.PAUSED),)
    frame = frame_of(Item(1, PacksStatus(LeaseState.HELD, packs=rows_told, trouble=trouble)))
    crossed = Pipe(io.BytesIO(frame), io.BytesIO()).receive()
    assert isinstance(crossed, Item)
    assert isinstance(crossed.value, PacksStatus)
    assert crossed.value.packs == rows_told
    assert crossed.value.trouble is not None
    assert (crossed.value.trouble.message_key, crossed.value.trouble.params) == (
        "pack.size_limit",
        {"megabytes": "150"},
    )
