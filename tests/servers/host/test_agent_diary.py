"""The agent's own appointments, from a tool on a real socket, and never asked about a customer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest

from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Registry
from avise.env import FixedEnv, SystemEnv
from avise.models.facets import FacetState
from avise.models.roles import Role, Session
from avise.services.agenda import REFRESH_EVERY, Agenda
from avise.services.change_signal import ChangeSignal
from avise.services.day_values import Diary, DiaryState
from avise.services.dossier_blocks import blocks_of
from avise.services.source_port import SourcePort
from tests.servers.host.conftest import PATIENCE_S, MemorySecrets, MemorySnapshots, MovableEnv
from tests.servers.host.tool_server import Behaviour, Tool, answering, reply, running_tool

CONNECTOR = """
avise = 1

[connector]
id = "agenda"
name = "Agenda du personnel"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI Bureautique"
kind = "rest"

[config.base_url]
type = "url"
label = "Adresse du service"
required = true

[http]
base_url = "{config.base_url}"

[[facet]]
id = "appointments"
path = "/agendas/{customer.staff.login}"
needs_ids = ["staff.login"]
on_404 = "empty"
paging = { type = "none" }
records = "lignes"

[facet.fields]
id = "num"
starts_at = "debut"
ends_at = "fin"
subject = "objet"
place = "lieu"
status = "etat"
"""

TODAY = date(2026, 3, 24)
LINES = {
    "lignes": [
        {"num": "3", "debut": "2026-03-24T16:00:00+01:00", "objet": "Point d’équipe", "lieu": "Salle 2"},
        {"num": "1", "debut": "2026-03-24T09:30:00+01:00", "objet": "Visite", "etat": "confirmed"},
        {"num": "2", "debut": "2026-03-24T11:00:00+01:00", "objet": "Annulé", "etat": "cancelled"},
        {"num": "4", "debut": "2026-03-25T09:00:00+01:00", "objet": "Demain"},
        {"num": "5", "debut": "2026-03-23T23:30:00+00:00", "objet": "Nuit"},
    ]
}


@asynccontextmanager
async def diary_tool(folder: Path, behaviour: Behaviour) -> AsyncIterator[tuple[ConnectorHost, Tool]]:
    """Run a tool that keeps diaries, and a host that reads it through a connector file."""
    (folder / "agenda.toml").write_text(CONNECTOR, "utf-8")
    async with running_tool(behaviour) as tool:
        settings = [InstanceSettings("agenda", "agenda", {"base_url": tool.base_url})]
        host = ConnectorHost(
            MovableEnv(), MemorySnapshots(), settings, MemorySecrets(), connectors=Registry(folder)
        )
        await host.start()
        await host.opened()
        try:
            yield host, tool
        finally:
            await host.aclose()


def agenda_of(host: ConnectorHost, env: FixedEnv, changes: ChangeSignal) -> Agenda:
    session = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
    return Agenda(cast("SourcePort", host), session, env, changes)


async def read(agenda: Agenda, changes: ChangeSignal) -> Diary:
    """Ask, wait for the reading to end, ask again."""
    seen = changes.count
    assert agenda.of(TODAY).state is not DiaryState.ABSENT
    async with asyncio.timeout(PATIENCE_S):
        await changes.wait(seen, SystemEnv(), PATIENCE_S)
    return agenda.of(TODAY)


async def test_the_day_shows_the_agents_own_appointments_in_order(tmp_path: Path) -> None:
    env, changes = FixedEnv(), ChangeSignal()
    async with diary_tool(tmp_path, answering(reply(LINES))) as (host, tool):
        agenda = agenda_of(host, env, changes)
        assert agenda.of(TODAY).state is DiaryState.READING
        diary = await read(agenda, changes)
        assert (diary.state, diary.missing) == (DiaryState.KNOWN, ())
        assert [entry.subject for entry in diary.entries] == ["Nuit", "Visite", "Point d’équipe"]
        assert tool.paths() == ["/agendas/lea.girard"]
        assert agenda.of(TODAY + timedelta(days=1)).entries[0].subject == "Demain"
        await agenda.aclose()


async def test_a_diary_is_asked_again_after_a_while_only(tmp_path: Path) -> None:
    env, changes = FixedEnv(), ChangeSignal()
    async with diary_tool(tmp_path, answering(reply(LINES))) as (host, _tool):
        agenda = agenda_of(host, env, changes)
        await read(agenda, changes)
        seen = changes.count
        agenda.of(TODAY)
        env.advance(timedelta(seconds=REFRESH_EVERY / 2))
        agenda.of(TODAY)
        await asyncio.sleep(0.05)
        assert changes.count == seen
        env.advance(timedelta(seconds=REFRESH_EVERY))
        await read(agenda, changes)
        assert changes.count == seen + 1
        await agenda.aclose()


@pytest.mark.parametrize("status", [500, 403])
async def test_a_diary_that_cannot_be_read_is_named_not_empty(tmp_path: Path, status: int) -> None:
    env, changes = FixedEnv(), ChangeSignal()
    async with diary_tool(tmp_path, answering(reply({}, status=status))) as (host, _tool):
        agenda = agenda_of(host, env, changes)
        diary = await read(agenda, changes)
        assert (diary.state, diary.entries) == (DiaryState.FAILED, ())
        assert diary.missing == ("Agenda du personnel",)
        await agenda.aclose()


async def test_a_diary_is_no_block_of_any_customer(tmp_path: Path) -> None:
    async with diary_tool(tmp_path, answering(reply(LINES))) as (host, tool):
        blocks = blocks_of(host.offers(), Role.AGENT, {"member": "0482917350"})
        assert not any(block.view.state is FacetState.WAITING for block in blocks.values())
        assert ("appointments", "agenda") not in blocks
        assert tool.paths() == []
