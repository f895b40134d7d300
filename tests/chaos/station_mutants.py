"""Deliberate defects of workstations and of their hub, as processes: each must be found by its drill.

Those of the pure cores, in one thread, are in `hub_mutants`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Connection

from avise.hub import journal_rows, local, pushing
from avise.hub.port import Ack, Head, Pulled, PushedEvent
from avise.models.fed_events import FedPage
from avise.models.journal import NewEvent
from avise.services.sync import SyncCore
from avise.store.feed import Feed, KeptAck
from tests.chaos import drills, hub_mutants
from tests.chaos.promises import Account
from tests.chaos.station import Station, SteppedFeed, SteppedHub
from tests.chaos.yard import Yard

Drill = Callable[[Yard], Any]


@dataclass(frozen=True)
class Mutant:
    """A defect, and what happens to workstations that have it."""

    spoil: Callable[[], None]
    """Puts it into this process."""
    drill: Drill
    shows: str
    """What the drill says then: no defect is found by mistake."""


def _put(owner: object, **made: object) -> None:
    """Put other functions in the place of some."""
    for name, function in made.items():
        setattr(owner, name, function)


# ---- of workstations -------------------------------------------------------------------------------
def cursor_before_rows() -> None:
    """Keep cursors, then rows, in two transactions."""

    async def keep(at: SteppedFeed, page: FedPage) -> None:
        await Feed.keep(at, replace(page, events=(), places=()))
        at.steps.reach("page.half")
        await Feed.keep(at, replace(page, since=page.through))

    _put(SteppedFeed, keep=keep)


def marked_before_sent() -> None:
    """Note that the hub has what it is about to be sent."""
    marking: list[SteppedFeed] = []
    made, push = SteppedFeed.__init__, SteppedHub.push

    def remember(at: SteppedFeed, *arguments: Any) -> None:  # noqa: ANN401 - of the feed
        made(at, *arguments)
        marking.append(at)

    async def mark(at: SteppedHub, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        state = await marking[0].state()
        kept = [KeptAck(state.base + event.device_seq, "acked") for event in events]
        await Feed.acknowledge(marking[0], kept, state.epoch)
        return await push(at, events)

    _put(SteppedFeed, __init__=remember)
    _put(SteppedHub, push=mark)


def promised_before_kept() -> None:
    """Say "enregistré" before the commit."""

    async def save(at: Station, new: NewEvent) -> None:
        promised = at.env.uuid7()
        minted = at.env.uuid7
        _put(at.env, uuid7=lambda: promised)
        at.tell("saved", promised)
        try:
            await at.journal.append_all(at.session, new)
        finally:
            _put(at.env, uuid7=minted)

    _put(Station, save=save)


def another_identity_each_time() -> None:
    """Give an event another identity each time that it is sent."""
    push = SteppedHub.push

    async def renamed(at: SteppedHub, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        return await push(at, [replace(event, event_id=uuid.uuid4()) for event in events])

    _put(SteppedHub, push=renamed)


def a_row_is_skipped() -> None:
    """Lose a row of a page on the way, and take it for one that was left out."""
    pull = SteppedHub.pull

    async def short(at: SteppedHub, cursors: Mapping[str, int], limit: int = 7) -> Pulled:
        pulled = await pull(at, cursors, limit)
        lost = [event for event in pulled.events if event.pos % 3 == 0]
        skipped = dict(pulled.skipped)
        for event in lost:
            skipped[event.perimeter] = skipped.get(event.perimeter, 0) + 1
        return replace(
            pulled, events=tuple(event for event in pulled.events if event not in lost), skipped=skipped
        )

    _put(SteppedHub, pull=short)


def the_epoch_is_ignored() -> None:
    """Take a restored hub for the one that was there before."""
    asked = SyncCore.asked

    def same(core: SyncCore, head: Head) -> None:
        asked(core, replace(head, epoch=core.epoch or head.epoch))

    _put(SyncCore, asked=same)


def a_copy_keeps_its_name() -> None:
    """Go on under the name of the device that was copied."""

    async def renew(at: SteppedFeed, _position: int) -> str:
        return at._store.device_id

    _put(SteppedFeed, renew_device=renew)


def a_copy_counts_twice() -> None:
    """Take what a copy of this journal sent for somebody else's."""
    failed = SyncCore.failed

    def forgetful(core: SyncCore, error: Any) -> None:  # noqa: ANN401 - an error
        copied, core.copied = core.copied, 0
        failed(core, error)
        core.copied = copied

    _put(SyncCore, failed=forgetful)


def no_void_for_poison() -> None:
    """Send again, for ever, what the hub can never take."""

    async def refuse(_feed: SteppedFeed, _position: int) -> None:
        return

    _put(SteppedFeed, refuse=refuse)


def acknowledged_is_forgotten() -> None:
    """Forget an event as soon as the hub has it, without waiting for a backup."""
    acknowledge = SteppedFeed.acknowledge

    async def drop(at: SteppedFeed, acks: Iterable[KeptAck], epoch: int) -> None:
        told = list(acks)
        await acknowledge(at, told, epoch)
        gone = [(ack.device_seq,) for ack in told[:-1]]
        delete = "DELETE FROM event WHERE device_seq = ?"
        if gone:
            await at._store.write(lambda connection: connection.exec_driver_sql(delete, gone).rowcount)

    _put(SteppedFeed, acknowledge=drop)


# ---- of the hub ------------------------------------------------------------------------------------
def answered_before_committed() -> None:
    """Answer a call before its transaction is durable; commit with the next one."""

    def early(opening: AbstractContextManager[Connection], work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - of the work
        late = _LATE.pop(0) if _LATE else None
        if late is not None:
            late.__exit__(None, None, None)
        result = work(opening.__enter__())
        _LATE.append(opening)
        return result

    _put(local, committed=early)


_LATE: list[AbstractContextManager[Connection]] = []


def the_chain_stands_still() -> None:
    """Give each row of a feed the chain of the one before."""
    _put(journal_rows, link=lambda previous, _header, _sha: previous)


def nothing_is_put_aside() -> None:
    """Drop what comes without the right to write."""
    hub_mutants.early_dropped(pytest.MonkeyPatch())


def no_deduplication() -> None:
    """Forget how far a device came: what it sends again is new."""
    _put(pushing.Push, _save_device=lambda _push, _last: None)


def positions_of_a_sequence() -> None:
    """Give positions as a database sequence would, with holes."""
    hub_mutants.sparse_positions(pytest.MonkeyPatch())


# ---- and what finds them ---------------------------------------------------------------------------
def _kills(*steps: str) -> Drill:
    async def drill(yard: Yard) -> Account:
        return await drills.kills(yard, steps=steps)

    return drill


async def _copies(yard: Yard) -> Account:
    return await drills.copies(yard, deaths=False)


async def _restores(yard: Yard) -> Account:
    return await drills.restores(yard, deaths=False)


async def _poisons(yard: Yard) -> Account:
    return await drills.poisons(yard, deaths=False)


MUTANTS: Mapping[str, Mutant] = {
    "cursor before rows": Mutant(cursor_before_rows, _kills("page.half"), "I6"),
    "marked before it is sent": Mutant(marked_before_sent, _kills("push.before"), "was answered for"),
    "promised before it is kept": Mutant(promised_before_kept, _kills("event.inside"), "I1"),
    "another identity each time": Mutant(
        another_identity_each_time, _kills("push.after"), "was answered for"
    ),
    "a row is skipped": Mutant(a_row_is_skipped, _kills("acks.after"), "I6"),
    "the epoch is ignored": Mutant(the_epoch_is_ignored, _restores, "I10"),
    "a copy keeps its name": Mutant(a_copy_keeps_its_name, _copies, "I10"),
    "a copy counts twice": Mutant(a_copy_counts_twice, _copies, "I2"),
    "no void for poison": Mutant(no_void_for_poison, _poisons, "I10"),
    "what was acknowledged is forgotten": Mutant(acknowledged_is_forgotten, _restores, "I1"),
    "answered before committed": Mutant(answered_before_committed, _kills("acks.after"), "was answered for"),
    "the chain stands still": Mutant(the_chain_stands_still, _kills("acks.after"), "I10"),
    "nothing is put aside": Mutant(nothing_is_put_aside, drills.rights, "I4"),
    "no deduplication": Mutant(no_deduplication, _kills("push.after", "acks.before"), "I10"),
    "positions of a sequence": Mutant(positions_of_a_sequence, _kills("acks.after"), "I3"),
}
