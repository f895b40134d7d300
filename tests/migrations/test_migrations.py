"""A real store of every released version is upgraded; the schema and its description agree."""

from __future__ import annotations

import asyncio
import shutil
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from avise.env import FixedEnv
from avise.models.command_events import SendStarted
from avise.models.command_rules import next_state
from avise.models.commands import CommandState
from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.customer import customer_stream
from avise.models.desk_memory import SavedTab
from avise.models.errors import ErrorKind, Failure
from avise.models.fed_events import FedEvent, FedPage
from avise.models.journal import EventKind, NewEvent
from avise.models.outgoing import MessageContent, MessageStatus, OutgoingMessage
from avise.models.roles import Role, Session
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.store import migrations, tables
from avise.store.attachments import Attachments
from avise.store.connections import close_quietly, open_encrypted
from avise.store.desk_memory import DeskMemory
from avise.store.errors import MigrationError
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal, is_intact
from avise.store.migration import current_version
from avise.store.migrations import STEPS, Step
from avise.store.outbox import Commands
from avise.store.outgoing import OutgoingMessages
from avise.store.request_drafts import RequestMemory
from avise.store.sealed import SealedSecrets
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from tests.unit.models.command_items import CONTENT, item

KEY = bytes(range(32))
PERSON = uuid.UUID("0192d1f0-0000-7000-8000-000000000001")
SESSION = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
SNAPSHOT_KEY = SnapshotKey("benefits", "benefits", 1, PERSON)


HERE = Path(__file__).parent
RELEASED = sorted(HERE.glob("store-v*.db"))


_SENDING = [("MARCHAND Hélène", CommandState.SENDING)]
COMMANDS_KEPT: dict[str, list[tuple[str, CommandState]]] = {"store-v1": []}
"""Version 1 had no outbox; every later one keeps the command that was leaving."""

MESSAGE = OutgoingMessage(
    uuid.UUID("0192d1f0-0000-7000-8000-0000000000aa"), PERSON, "card_available", "2026-03-01",
    "Carte disponible", ConsentPurpose.SERVICE, ConsentChannel.EMAIL, "fr", MessageStatus.PLANNED,
    FixedEnv().now(), FixedEnv().now(), FixedEnv().now(),
)  # fmt: skip
LEAVES = MessageContent("helene@exemple.invalid", "Votre carte", "Elle est dans votre espace.")
WRITE_TO_NOBODY = ("store-v1", "store-v2")
KNOW_NO_TOTAL = ("store-v1", "store-v2", "store-v3", "store-v4")
KNOW_NO_HUB = ("store-v1", "store-v2", "store-v3")

REQUEST = uuid.UUID("0192d1f0-0000-7000-8000-0000000000bb")
FED = FedEvent(
    uuid.UUID("0192d1f0-0000-7000-8000-0000000000cc"), f"request/{REQUEST}", 1, "poste-2", 7, "request_noted",
    1, "karim.benali", "case_manager", FixedEnv().now(), 0, b'{"words":"Vu."}', bytes(32), True, "", "",
    FixedEnv().now(),
)  # fmt: skip


async def hub_is_kept(store: Store, env: FixedEnv, *, known: bool) -> None:
    feed, memory = Feed(store, env), RequestMemory(store, env, SESSION.user)
    state = await feed.state()
    assert (state.hub_id, state.cursors) == ((REQUEST, {"queue/PREST_SOINS": 4}) if known else (None, {}))
    assert (state.epoch, state.base, state.sent) == ((2, 0, 3) if known else (0, 0, 0))
    assert await feed.events(("request/",)) == ((FED,) if known else ())
    files = Attachments(store, KEY, env)
    assert await files.content("aa") == (b"%PDF-1.7" if known else None)
    assert await memory.drafts(REQUEST) == ({"note": "À vérifier"} if known else {})
    assert await memory.seen() == ({REQUEST: 1} if known else {})
    assert await memory.views() == ({"view/1": "{}"} if known else {})


async def consulted(store: Store) -> int:
    found = await Journal(store, FixedEnv()).stream(customer_stream(PERSON), (EventKind.CONSULTED,))
    return len(found)


def copied(released: Path, folder: Path) -> Path:
    path = folder / "store.db"
    shutil.copyfile(released, path)
    return path


def test_a_store_of_every_version_is_kept() -> None:
    assert [path.name for path in RELEASED] == [f"store-v{step.version}.db" for step in STEPS]
    assert [step.version for step in STEPS] == list(range(1, current_version() + 1))


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
async def test_a_released_store_keeps_everything_when_upgraded(released: Path, tmp_path: Path) -> None:
    env = FixedEnv()
    store = await Store.open(copied(released, tmp_path), KEY, env)
    events = await Journal(store, env).stream(customer_stream(PERSON), (EventKind.CONSULTED,))
    assert [event.body["number"] for event in events] == [0, 1, 2]
    assert all(is_intact(event) for event in events)
    snapshot = await Snapshots(store, env).get(SNAPSHOT_KEY)
    assert snapshot is not None
    assert snapshot.pages == (b'[{"id": "1"}]', b'[{"id": "2"}]')
    assert snapshot.last_error is not None
    assert snapshot.total == (None if released.stem in KNOW_NO_TOTAL else 1_200)
    memory = DeskMemory(store, env, SESSION.user)
    assert [tab.label for tab in await memory.saved_tabs()] == ["MARCHAND Hélène"]
    draft = await memory.draft(PERSON)
    assert draft is not None
    assert draft.text == "Rappeler après 17 h"
    assert await memory.setting("theme") == "dark"
    assert await memory.recents() == (PERSON,)
    assert await SealedSecrets(store, KEY, env).get("parties", "client_secret") == "secret de démonstration"
    items = await Commands(store, env, Journal(store, env), SESSION.user).items()
    assert [(found.whom, found.state) for found in items] == COMMANDS_KEPT.get(released.stem, _SENDING)
    messages = OutgoingMessages(store, env, Journal(store, env), SESSION.user)
    writes = released.stem not in WRITE_TO_NOBODY
    assert await messages.all() == ((MESSAGE,) if writes else ())
    assert await messages.content(MESSAGE.id) == (LEAVES if writes else None)
    await hub_is_kept(store, env, known=released.stem not in KNOW_NO_HUB)
    assert await store.check() == 0
    await store.aclose()


async def test_the_tables_are_described_as_the_steps_make_them(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db", KEY, FixedEnv())

    def columns(connection: Connection) -> dict[str, set[tuple[str, bool, bool]]]:
        made = {}
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")):
            rows = connection.exec_driver_sql(f"PRAGMA table_info({name})").all()
            made[name] = {(row[1], bool(row[3]) or bool(row[5]), bool(row[5])) for row in rows}
        return made

    described = {
        table.name: {(column.name, not column.nullable, column.primary_key) for column in table.columns}
        for table in tables.metadata.tables.values()
    }
    assert await store.read(columns) == described
    await store.aclose()


NEXT = Step(current_version() + 1, ("ALTER TABLE draft ADD COLUMN kind TEXT NOT NULL DEFAULT ''",))
BROKEN = Step(current_version() + 1, ("CREATE TABLE fine (a)", "ALTER TABLE nowhere ADD COLUMN a"))


def copies(folder: Path) -> list[Path]:
    return list(folder.glob("store.v*.db"))


async def test_a_copy_is_made_before_a_migration(tmp_path: Path) -> None:
    path = copied(RELEASED[-1], tmp_path)
    before = path.read_bytes()
    store = await Store.open(path, KEY, FixedEnv(), steps=[*STEPS, NEXT])
    (copy,) = copies(tmp_path)
    assert copy.read_bytes() == before
    assert await consulted(store) == 3
    await store.aclose()
    again = await Store.open(path, KEY, FixedEnv(), steps=[*STEPS, NEXT])
    assert len(copies(tmp_path)) == 1
    await again.aclose()


async def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = copied(RELEASED[-1], tmp_path)
    with pytest.raises(MigrationError):
        await Store.open(path, KEY, FixedEnv(), steps=[*STEPS, BROKEN])
    connection = open_encrypted(path, KEY)
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'fine'").all()
    close_quietly(connection)
    assert found == []
    store = await Store.open(path, KEY, FixedEnv())
    assert await consulted(store) == 3
    await store.aclose()


def test_a_step_imports_nothing_from_the_program() -> None:
    for path in Path(migrations.__file__).parent.glob("step_*.py"):
        assert "import" not in path.read_text(encoding="utf-8"), path.name


async def make(folder: Path) -> Path:
    """Write the store of the current version, with a row in every table: kept for good at each release.

    Run `python -m tests.migrations.test_migrations FOLDER`, then drop the `.id` file beside it.
    """
    env = FixedEnv()
    path = folder / f"store-v{current_version()}.db"
    store = await Store.open(path, KEY, env)
    journal = Journal(store, env)
    for number in range(3):
        await journal.append(SESSION, EventKind.CONSULTED, customer_stream(PERSON), {"number": number})
    snapshots = Snapshots(store, env)
    pages = (b'[{"id": "1"}]', b'[{"id": "2"}]')
    end = env.now() + timedelta(hours=8)
    await snapshots.put(SNAPSHOT_KEY, Snapshot(pages, 2, env.now(), env.now(), end, '"v1"', total=1_200))
    await snapshots.note_error(SNAPSHOT_KEY, Failure(ErrorKind.TIMEOUT), env.now())
    memory = DeskMemory(store, env, SESSION.user)
    await memory.save_tabs((SavedTab(PERSON, "MARCHAND Hélène", 0, active=True),))
    await memory.save_draft(PERSON, "Rappeler après 17 h")
    await memory.change_setting("theme", "dark")
    await memory.note_opened(PERSON)
    await SealedSecrets(store, KEY, env).put("parties", "client_secret", "secret de démonstration")
    commands = Commands(store, env, journal, SESSION.user)
    (kept,) = await commands.confirm(SESSION, [(item(), CONTENT)], ())
    sending = next_state(kept, SendStarted(), kept.due_at)
    await commands.change(SESSION, kept, sending, document=b"%PDF-1.7")
    planned = NewEvent(customer_stream(PERSON), EventKind.MESSAGE_PLANNED, {"message": str(MESSAGE.id)})
    await OutgoingMessages(store, env, journal, SESSION.user).plan(SESSION, MESSAGE, LEAVES, planned)
    feed, requests = Feed(store, env), RequestMemory(store, env, SESSION.user)
    await feed.begin_epoch(REQUEST, 2, 0)
    await feed.acknowledge([KeptAck(number, "acked") for number in (1, 2, 3)], 2, env.now())
    queue = "queue/PREST_SOINS"
    await feed.keep(FedPage((FED,), ((queue, 4, FED.event_id),), {queue: 0}, {queue: 4}, {queue: bytes(32)}))
    await Attachments(store, KEY, env).keep("aa", b"%PDF-1.7")
    await requests.save_draft(REQUEST, "note", "À vérifier")
    await requests.note_seen(REQUEST, 1)
    await requests.keep_view("view/1", "{}")
    await store.aclose()
    return path


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1])))
