"""The outbox at rest: kept with its event or not at all, one change at a time, nothing read by another."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.models.command_events import Abandoned, Answered, Interrupted, SendStarted
from avise.models.command_rules import next_state
from avise.models.commands import CommandContent, CommandState, OutboxItem, Outcome, fingerprint
from avise.models.errors import AviseError
from avise.models.journal import EventKind, NewEvent
from avise.models.roles import Session
from avise.store.errors import NirAtRestError, StoreError, TooBigError
from avise.store.journal import Journal
from avise.store.outbox import KEPT_FETCHED, KEPT_SETTLED, Commands
from avise.store.outbox_rows import MAX_COMMAND_BYTES
from avise.store.salvage import restore, salvage
from avise.store.store import Store
from tests.unit.models.command_items import CONTENT, NOW, PERSON, item

STREAM = f"customer/{PERSON}"
NIR = "1 85 05 99 999 001 81"


@pytest.fixture
def commands(store: Store, env: FixedEnv, session: Session) -> Commands:
    return Commands(store, env, Journal(store, env), session.user)


def confirmed(number: int = 1) -> NewEvent:
    return NewEvent(STREAM, EventKind.COMMAND_CONFIRMED, {"command": str(number)})


async def keep(commands: Commands, session: Session, *numbers: int) -> list[OutboxItem]:
    kept: list[OutboxItem] = []
    for number in numbers:
        kept.extend(await commands.confirm(session, [(item(number), CONTENT)], [confirmed(number)]))
    return kept


async def test_a_command_is_read_back_as_it_was_confirmed(commands: Commands, session: Session) -> None:
    whole = item(
        1, depends_on=uuid.UUID(int=9), not_before=NOW + timedelta(minutes=2), message="m", because="b"
    )
    (kept,) = await commands.confirm(session, [(whole, CONTENT)], [confirmed()])
    assert kept == replace(whole, position=1)
    assert await commands.items() == (kept,)
    assert await commands.item(whole.command_id) == kept
    assert await commands.content(whole.command_id) == CONTENT


async def test_every_state_is_read_back_with_its_history(commands: Commands, session: Session) -> None:
    (kept,) = await keep(commands, session, 1)
    sending = await commands.change(session, kept, next_state(kept, SendStarted(), NOW))
    unknown = await commands.change(session, sending, next_state(sending, Interrupted(), NOW))
    refused = replace(unknown, verdict=CommandState.CONFLICT, checked=True)
    kept_so = await commands.change(session, unknown, refused)
    assert kept_so == replace(refused, revision=3)
    assert [line.state for line in kept_so.history] == [CommandState.SENDING, CommandState.UNKNOWN]


async def test_a_command_and_its_event_are_kept_together_or_not_at_all(
    commands: Commands, session: Session, store: Store, env: FixedEnv
) -> None:
    await keep(commands, session, 1)
    (written,) = await Journal(store, env).stream(STREAM)
    assert (written.kind, written.body) == (EventKind.COMMAND_CONFIRMED, {"command": "1"})
    too_long = NewEvent(STREAM, EventKind.COMMAND_CONFIRMED, {"x": "x" * 70_000})
    with pytest.raises(TooBigError):
        await commands.confirm(session, [(item(2), CONTENT)], [too_long])
    assert [found.position for found in await commands.items()] == [1]


async def test_commands_of_one_intention_are_kept_all_or_none(commands: Commands, session: Session) -> None:
    heavy = CommandContent({}, {"text": "x" * MAX_COMMAND_BYTES}, {})
    with pytest.raises(TooBigError):
        await commands.confirm(session, [(item(1), CONTENT), (item(2), heavy)], ())
    assert await commands.items() == ()
    kept = await commands.confirm(session, [(item(1), CONTENT), (item(2), CONTENT)], ())
    assert [found.position for found in kept] == [1, 2]


async def test_confirming_twice_keeps_one_command_and_one_event(
    commands: Commands, session: Session, store: Store, env: FixedEnv
) -> None:
    first = await keep(commands, session, 1)
    assert await keep(commands, session, 1) == first
    assert len(await commands.items()) == 1
    assert len(await Journal(store, env).stream(STREAM)) == 1


async def test_an_identifier_never_covers_two_things(commands: Commands, session: Session) -> None:
    await keep(commands, session, 1)
    other = replace(CONTENT, input={"motive": "theft"})
    changed = item(1, fingerprint=fingerprint("benefits", "card.reissue", PERSON, other))
    with pytest.raises(AviseError) as refused:
        await commands.confirm(session, [(changed, other)], ())
    assert refused.value.message_key == "outbox.other_fingerprint"
    assert await commands.content(item(1).command_id) == CONTENT


async def test_two_changes_from_the_same_state_do_not_overwrite_each_other(
    commands: Commands, session: Session, store: Store, env: FixedEnv
) -> None:
    (kept,) = await keep(commands, session, 1)
    sending = await commands.change(session, kept, next_state(kept, SendStarted(), NOW))
    settled = NewEvent(STREAM, EventKind.COMMAND_SETTLED, {})
    with pytest.raises(AviseError) as refused:
        await commands.change(session, kept, next_state(kept, Abandoned("x"), NOW), events=[settled])
    assert refused.value.message_key == "outbox.changed"
    assert await commands.items() == (sending,)
    assert len(await Journal(store, env).stream(STREAM)) == 1


async def test_nobody_reads_anothers_outbox(
    commands: Commands, session: Session, store: Store, env: FixedEnv
) -> None:
    await keep(commands, session, 1)
    other = Commands(store, env, Journal(store, env), "paul.roux")
    assert await other.items() == ()
    assert await other.content(item(1).command_id) is None


async def test_what_was_asked_is_forgotten_once_it_is_done(commands: Commands, session: Session) -> None:
    (kept,) = await keep(commands, session, 1)
    sending = await commands.change(session, kept, next_state(kept, SendStarted(), NOW))
    assert await commands.content(kept.command_id) is not None
    done = next_state(sending, Answered(Outcome.DONE), NOW)
    await commands.change(session, sending, done)
    assert await commands.content(kept.command_id) is None


@pytest.mark.parametrize("where", ["input", "summary", "because"])
async def test_a_nir_waits_in_no_outbox(commands: Commands, session: Session, where: str) -> None:
    content = replace(CONTENT, input={"note": f"a dit {NIR}"}) if where == "input" else CONTENT
    fields = {} if where == "input" else {where: f"a dit {NIR}"}
    with pytest.raises(NirAtRestError):
        await commands.confirm(session, [(item(1, **fields), content)], ())
    assert await commands.items() == ()


async def test_a_document_is_kept_with_its_command_until_an_hour_after_it_was_fetched(
    commands: Commands, session: Session, env: FixedEnv
) -> None:
    (kept,) = await keep(commands, session, 1)
    sending = await commands.change(session, kept, next_state(kept, SendStarted(), NOW))
    done = replace(next_state(sending, Answered(Outcome.DONE), NOW), document_name="attestation.pdf")
    await commands.change(session, sending, done, document=b"%PDF-1.7")
    env.advance(KEPT_FETCHED * 2)
    await commands.purge()
    assert await commands.document(kept.command_id) == ("attestation.pdf", b"%PDF-1.7")
    env.advance(KEPT_FETCHED / 2)
    assert await commands.document(kept.command_id) is not None
    env.advance(KEPT_FETCHED)
    await commands.purge()
    assert await commands.document(kept.command_id) is None


async def test_what_ended_long_ago_leaves_unless_somebody_must_still_see_it(
    commands: Commands, session: Session, env: FixedEnv
) -> None:
    done, refused, uncertain, waiting = await keep(commands, session, 1, 2, 3, 4)
    ends = {
        done: replace(done, state=CommandState.DONE, settled_at=NOW),
        refused: replace(refused, state=CommandState.REJECTED, settled_at=NOW),
        uncertain: replace(uncertain, state=CommandState.CANCELLED, uncertain=True, settled_at=NOW),
    }
    for before, after in ends.items():
        await commands.change(session, before, after)
    env.advance(KEPT_SETTLED + timedelta(days=1))
    assert await commands.purge() == 1
    left = [found.command_id for found in await commands.items()]
    assert left == [refused.command_id, uncertain.command_id, waiting.command_id]


async def test_what_comes_back_from_a_damaged_file_may_have_left(
    commands: Commands, session: Session, store: Store, store_path: Path, key: bytes, env: FixedEnv
) -> None:
    """The rows may be older than what was sent: they are verified before anything is sent."""
    await keep(commands, session, 1, 2)
    await store.aclose()
    salvaged = salvage(store_path, key)
    anew = await Store.open(store_path.with_name("anew.db"), key, env)

    def write() -> None:
        assert anew._writer is not None
        restore(anew._writer, salvaged)

    anew._writing.submit(write).result()
    found = await Commands(anew, env, Journal(anew, env), session.user).items()
    assert [command.state for command in found] == [CommandState.SENDING] * 2
    await anew.aclose()


async def test_a_store_that_cannot_write_promises_nothing(
    commands: Commands, session: Session, store: Store
) -> None:
    await store.aclose()
    with pytest.raises(StoreError):
        await keep(commands, session, 1)
