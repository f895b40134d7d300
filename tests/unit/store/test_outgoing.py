"""Messages in the store: planned with their event, changed by one hand only, their content not kept."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from avise.env import FixedEnv
from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.journal import EventKind, NewEvent
from avise.models.outgoing import (
    DEPARTS_AFTER,
    ENDED,
    NEXT,
    MessageContent,
    MessageStatus,
    OutgoingMessage,
)
from avise.models.roles import Session
from avise.store import tables
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.journal import Journal
from avise.store.outgoing import KEPT_ENDED, OutgoingMessages
from avise.store.store import Store

PERSON = uuid.UUID(int=7)
CONTENT = MessageContent("helene@exemple.invalid", "Votre carte", "Elle est disponible.")


@pytest.fixture
def messages(store: Store, env: FixedEnv) -> OutgoingMessages:
    return OutgoingMessages(store, env, Journal(store, env), "lea.girard")


def message(env: FixedEnv, number: int = 1) -> OutgoingMessage:
    now = env.now()
    return OutgoingMessage(
        uuid.UUID(int=number), PERSON, "card_available", "1", "Carte", ConsentPurpose.SERVICE,
        ConsentChannel.EMAIL, "fr", MessageStatus.PLANNED, now, now + DEPARTS_AFTER, now,
    )  # fmt: skip


def event(kind: EventKind = EventKind.MESSAGE_PLANNED) -> NewEvent:
    return NewEvent(f"customer/{PERSON}", kind, {"message": "1"})


async def test_a_planned_message_is_found_again_with_what_it_says(
    messages: OutgoingMessages, session: Session, env: FixedEnv
) -> None:
    planned = message(env)
    await messages.plan(session, planned, CONTENT, event())
    assert await messages.all() == (planned,)
    assert await messages.content(planned.id) == CONTENT
    assert await messages.next_departure() == env.now() + DEPARTS_AFTER
    assert await messages.with_status(MessageStatus.PLANNED, uuid.UUID(int=8)) == ()


async def test_what_holds_a_nir_or_too_much_is_kept_by_neither_table(
    messages: OutgoingMessages, store: Store, session: Session, env: FixedEnv
) -> None:
    numbered = replace(CONTENT, body="Votre numéro 1 85 05 99 999 001 81")
    with pytest.raises(NirAtRestError):
        await messages.plan(session, message(env), numbered, event())
    with pytest.raises(TooBigError):
        await messages.plan(session, message(env), replace(CONTENT, body="x" * 300_000), event())
    assert await messages.all() == ()
    assert await Journal(store, env).since(0) == ()


async def test_only_one_of_two_changes_of_a_status_is_kept(
    messages: OutgoingMessages, store: Store, session: Session, env: FixedEnv
) -> None:
    planned = message(env)
    await messages.plan(session, planned, CONTENT, event())
    undone = replace(planned, status=MessageStatus.UNDONE)
    sending = replace(planned, status=MessageStatus.SENDING)
    kept = await asyncio.gather(
        messages.change(session, planned, undone, event(EventKind.MESSAGE_UNDONE)),
        messages.change(session, planned, sending),
    )
    assert sorted(kept) == [False, True]
    kinds = [written.kind for written in await Journal(store, env).since(0)]
    assert (EventKind.MESSAGE_UNDONE in kinds) is kept[0]


@pytest.mark.parametrize("end", sorted(NEXT[MessageStatus.SENDING] - {MessageStatus.PLANNED}))
async def test_the_content_of_a_message_that_ended_is_forgotten(
    messages: OutgoingMessages, store: Store, session: Session, env: FixedEnv, end: MessageStatus
) -> None:
    planned = message(env)
    await messages.plan(session, planned, CONTENT, event())
    sending = replace(planned, status=MessageStatus.SENDING)
    assert await messages.change(session, planned, sending)
    assert await messages.content(planned.id) == CONTENT
    assert await messages.change(session, sending, replace(sending, status=end))
    assert await messages.content(planned.id) is None
    rows = await store.read(lambda connection: connection.execute(tables.outgoing_message.select()).all())
    assert "helene" not in repr(rows)


async def test_no_message_leaves_its_end(messages: OutgoingMessages, session: Session, env: FixedEnv) -> None:
    for status in ENDED:
        with pytest.raises(ValueError, match="planned"):
            await messages.change(session, replace(message(env), status=status), message(env))


async def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(
    messages: OutgoingMessages, session: Session, env: FixedEnv
) -> None:
    first, second = message(env, 1), message(env, 2)
    for planned in (first, second):
        await messages.plan(session, planned, CONTENT, event())
    await messages.change(session, first, replace(first, status=MessageStatus.UNDONE))
    env.advance(KEPT_ENDED + timedelta(seconds=1))
    assert await messages.purge() == 1
    assert [kept.id for kept in await messages.all()] == [second.id]
