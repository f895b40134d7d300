"""Deliberate defects of the hub and of its stations: what the simulation must find, or it proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from avise.hub import chain, journal_rows, judging, pushing, read_models, request_rows
from avise.hub.port import Pulled, PushedEvent
from avise.models.request_rules import Decision, state_after
from avise.services.sync import Action, Begin, Fetch, Judgement, Rewind, Send
from tests.chaos import hub_simulation
from tests.chaos.hub_simulation import Faults, Station, simulate


class CursorFirst(Station):
    """Keeps cursors, then rows, in two transactions."""

    def keep(self, action: Fetch, pulled: Pulled) -> None:
        """Die between the two, sometimes."""
        page = self.core.fetched(action, pulled)
        self.keep_cursors(page.through, page.chains)
        self.world.may_crash("between cursors and rows")
        self.keep_rows(page.places)
        self.core.kept(page, more=pulled.more)


class BelievesItsDisk(Station):
    """Takes what it sent for kept, although the hub says that it has less."""

    def _repair(self, action: Action) -> None:
        if isinstance(action, Begin):
            action = Begin(action.hub_id, action.epoch, self.disk.sent)
        if isinstance(action, Rewind):
            action = Rewind(self.disk.sent)
        super()._repair(action)


class PromisedFirst(Station):
    """Says "enregistré" before the disk has the event."""

    def save(self, made: PushedEvent) -> None:
        """Write later, or never."""
        if self.world.chance.random() > 0.05:
            super().save(made)


class ForgetsSent(Station):
    """Drops its own events once they are acknowledged, without waiting for a backup."""

    dropped = 0

    def acknowledge(self, told: tuple[Judgement, ...]) -> None:
        """Keep the answers and drop the events."""
        super().acknowledge(told)
        self.dropped = max(self.dropped, self.disk.sent)

    def outgoing(self, action: Send) -> list[PushedEvent]:
        """Send nothing in the place of what was dropped."""
        return [
            replace(made, kind="void", event_id=self.world.env.uuid7())
            if made.device_seq + action.base <= self.dropped
            else made
            for made in super().outgoing(action)
        ]


class NewNames(Station):
    """Gives an event another identity each time that it is sent."""

    def outgoing(self, action: Send) -> list[PushedEvent]:
        """Mint identities again."""
        return [replace(made, event_id=self.world.env.uuid7()) for made in super().outgoing(action)]


class SkipsOne(Station):
    """Asks what follows the position after the last one that it has."""

    def keep_cursors(self, through: Mapping[str, int], chains: Mapping[str, bytes]) -> None:
        """Go one too far, sometimes."""
        super().keep_cursors({name: at + 1 for name, at in through.items()}, chains)
        self.core.cursors |= self.disk.cursors


STATIONS: Mapping[str, type[Station]] = {
    "cursor before rows": CursorFirst,
    "a restore is believed whole": BelievesItsDisk,
    "promised before the disk": PromisedFirst,
    "forgets what was acknowledged": ForgetsSent,
    "another identity at each sending": NewNames,
    "a position too far": SkipsOne,
}

Patch = Callable[[pytest.MonkeyPatch], None]


def everything_counts(patch: pytest.MonkeyPatch) -> None:
    """Decide nothing: every exclusive event counts."""

    def decided(state: Any, deed: Any) -> Decision:  # noqa: ANN401 - of the rules
        return Decision(state_after(state, deed))

    patch.setattr(judging, "decide", decided)


def no_history(patch: pytest.MonkeyPatch) -> None:
    """Bring nothing of a request's past to where it is transferred."""
    patch.setattr(pushing.Push, "_missing", lambda _push, _judged: [])


def own_queue_alone(patch: pytest.MonkeyPatch) -> None:
    """Feed the corbeille and forget the requester's team."""
    whole = pushing._perimeters

    def fed(found: Any, stream: Any, before: Any) -> tuple[str, ...]:  # noqa: ANN401 - of the push
        return tuple(name for name in whole(found, stream, before) if not name.startswith("team/"))

    patch.setattr(pushing, "_perimeters", fed)


def sparse_positions(patch: pytest.MonkeyPatch) -> None:
    """Give positions as a database sequence would, with holes."""
    append = journal_rows.Position.append

    def with_holes(
        position: journal_rows.Position, event: Mapping[str, Any], header: str
    ) -> Mapping[str, Any]:
        position.pos += int(event["device_seq"] % 5 == 0)
        return append(position, event, header)

    patch.setattr(journal_rows.Position, "append", with_holes)


def no_deduplication(patch: pytest.MonkeyPatch) -> None:
    """Forget how far a device came: what it sends again is new."""
    save = pushing.Push._save_device

    def forgetful(push: pushing.Push, last: PushedEvent) -> None:
        if last.device_seq % 3:
            save(push, last)

    patch.setattr(pushing.Push, "_save_device", forgetful)


def chain_without_verdict(patch: pytest.MonkeyPatch) -> None:
    """Leave the verdict out of the chain."""
    link = chain.link

    def weak(previous: bytes, header: str, content_sha: bytes) -> bytes:
        return link(previous, header.replace("\x1f1\x1f", "\x1f0\x1f"), content_sha)

    patch.setattr(journal_rows, "link", weak)


def lost_counters(patch: pytest.MonkeyPatch) -> None:
    """Count what comes, and not what goes."""
    save = read_models.Counts.save

    def half(counts: read_models.Counts, connection: Connection) -> None:
        if sum(counts.unheld.values()) >= 0:
            save(counts, connection)

    patch.setattr(read_models.Counts, "save", half)


def stale_rows(patch: pytest.MonkeyPatch) -> None:
    """Leave a request's row where it was when it is resolved."""
    apply = request_rows._apply

    def lazy(row: Any, received: Any, event: Any, before: Any, after: Any) -> None:  # noqa: ANN401 - of the rows
        if after.resolved_at is None:
            apply(row, received, event, before, after)

    patch.setattr(request_rows, "_apply", lazy)


def same_epoch(patch: pytest.MonkeyPatch) -> None:
    """Restore without a new epoch."""

    def silently(_world: hub_simulation.World, hub: Connection, replaced: int) -> None:
        hub.exec_driver_sql("UPDATE meta SET value = :epoch WHERE name = 'epoch'", {"epoch": str(replaced)})

    patch.setattr(hub_simulation.World, "begin_epoch", silently)


def early_dropped(patch: pytest.MonkeyPatch) -> None:
    """Drop what comes before its request instead of putting it aside."""
    patch.setattr(pushing.Push, "_put_aside", lambda _push, _judged: None)


HUBS: Mapping[str, Patch] = {
    "everything counts": everything_counts,
    "no history with a transfer": no_history,
    "the requester's team is forgotten": own_queue_alone,
    "positions with holes": sparse_positions,
    "no deduplication": no_deduplication,
    "a chain without the verdict": chain_without_verdict,
    "counters that forget": lost_counters,
    "rows that stay": stale_rows,
    "put aside nowhere": early_dropped,
}

RESTORES = Faults(restore=0.03, backup=0.1)


def caught(station: type[Station] = Station, faults: Faults | None = None, seeds: int = 12) -> bool:
    """Say whether one of some histories shows a defect, however it shows."""
    for seed in range(1_000, 1_000 + seeds):
        try:
            simulate(seed, 150, faults, station)
        except Exception:  # noqa: BLE001 - a defect may show as anything
            return True
    return False
