"""What was acknowledged is there after a kill; a NIR is nowhere, whatever was tried."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData

from avise.directory.keys import Minter
from avise.env import FixedEnv, SystemEnv
from avise.models.customer import Party, PartyKind
from avise.models.journal import EventKind
from avise.models.roles import Session
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.store.connections import close_quietly, open_encrypted
from avise.store.desk_memory import DeskMemory
from avise.store.directory import Directory
from avise.store.errors import NirAtRestError
from avise.store.journal import Journal
from avise.store.snapshots import Snapshots
from avise.store.store import Store

WRITER = """
import asyncio, sys
from pathlib import Path
from avise.env import SystemEnv
from avise.models.journal import EventKind
from avise.models.roles import Role, Session
from avise.store.journal import Journal
from avise.store.store import Store

async def main():
    env = SystemEnv()
    store = await Store.open(Path(sys.argv[1]), bytes(range(32)), env)
    journal = Journal(store, env)
    session = Session("lea", "Léa", Role.AGENT, "poste-1")
    while True:
        event = await journal.append(session, EventKind.CONSULTED, "customer/1", {"text": "x" * 200})
        print(event.device_seq, flush=True)

asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_a_kill(store_path: Path, key: bytes) -> None:
    acknowledged = 0
    for kill in range(3):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, str(store_path), stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        for _ in range(10 + 7 * kill):
            acknowledged = int(await writer.stdout.readline())
        writer.kill()
        rest = (await writer.stdout.read()).split()
        await writer.wait()
        # A line cut by the kill was not acknowledged whole: only the last may be.
        acknowledged = max(acknowledged, *(int(line) for line in rest[:-1]), 0)
        store = await Store.open(store_path, key, SystemEnv())
        assert store.notices == ()
        events = await Journal(store, SystemEnv()).since(0, 10_000)
        assert [event.device_seq for event in events] == list(range(1, len(events) + 1))
        assert len(events) >= acknowledged
        await store.aclose()


FILLER = """
import asyncio, resource, sys
from pathlib import Path
from avise.env import SystemEnv
from avise.models.journal import EventKind
from avise.models.roles import Role, Session
from avise.store.errors import StoreError
from avise.store.journal import Journal
from avise.store.store import Store

async def main():
    env = SystemEnv()
    store = await Store.open(Path(sys.argv[1]), bytes(range(32)), env)
    journal = Journal(store, env)
    session = Session("lea", "Léa", Role.AGENT, "poste-1")
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    written = 0
    try:
        while written < 10_000:
            await journal.append(session, EventKind.CONSULTED, "customer/1", {"text": "x" * 4000})
            written += 1
    except StoreError as error:
        print(written, error.message_key, flush=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await journal.append(session, EventKind.CONSULTED, "customer/1", {"text": "after"})
    await store.aclose()

asyncio.run(main())
"""


async def test_a_disk_that_takes_no_more_loses_nothing_and_writing_goes_on_after(
    store_path: Path, key: bytes
) -> None:
    filler = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FILLER, str(store_path), stdout=subprocess.PIPE
    )
    output, _ = await filler.communicate()
    assert filler.returncode == 0
    written, sentence = output.decode().split()
    assert sentence in ("store.full", "store.unwritable")
    store = await Store.open(store_path, key, SystemEnv())
    assert store.notices == ()
    events = await Journal(store, SystemEnv()).since(0, 10_000)
    assert len(events) == int(written) + 1
    assert events[-1].body == {"text": "after"}
    assert await store.check() == 0
    await store.aclose()


NIR = "1 85 05 99 999 001 81"
NIR_DIGITS = NIR.replace(" ", "")


async def test_after_every_attempt_no_row_holds_a_nir(
    store_path: Path, key: bytes, env: FixedEnv, session: Session
) -> None:
    store = await Store.open(store_path, key, env)
    person = uuid.UUID(int=1)
    page = b'[{"id": "1", "nir": "%s"}]' % NIR.encode()
    end = env.now() + timedelta(hours=1)
    snapshot = Snapshot((page,), 1, None, env.now(), end)
    attempts = [
        Journal(store, env).append(session, EventKind.REVEALED, "customer/1", {"reason": NIR}),
        Snapshots(store, env).put(SnapshotKey("parties", "identity", 1, person), snapshot),
        DeskMemory(store, env, "lea").save_draft(person, f"a dit {NIR_DIGITS}"),
    ]
    for attempt in attempts:
        with pytest.raises(NirAtRestError):
            await attempt
    await store.aclose()
    directory_path = store_path.with_name("directory.db")
    directory = await Directory.open(directory_path, key, env, Minter(person, "parties.party"))
    builder = directory.rebuild()
    await builder.add([Party("1", PartyKind.MEMBER, "Canari", "Un", ids={"x": NIR_DIGITS})])
    await builder.finish("c1")
    await directory.aclose()

    for path in (store_path, directory_path):
        connection = open_encrypted(path, key)
        content = dumped(connection)
        close_quietly(connection)
        assert NIR_DIGITS not in content
        assert NIR not in content
    for file in siblings(store_path):
        assert NIR_DIGITS.encode() not in file.read_bytes()
        assert NIR.encode() not in file.read_bytes()


def siblings(path: Path) -> list[Path]:
    return list(path.parent.iterdir())


def dumped(connection: Connection) -> str:
    """Every row of every table, as text."""
    found = MetaData()
    found.reflect(connection)
    rows = [tuple(row) for table in found.sorted_tables for row in connection.execute(table.select())]
    return repr(rows)
