"""Hubs that die at a step of a call, and what must hold of one that was killed there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from avise.hub.auditing import audit
from avise.hub.port import Ack, PushedEvent
from avise.hub.steps import Step

ROUNDS = int(os.environ.get("AVISE_HUB_DEATHS", "3"))
"""Deaths at each step (`hub.md` 7, scenario 2); hundreds by night."""

_KEPT = (
    "SELECT device, device_seq, event_id, effective, refusal, ver, number FROM event UNION ALL"
    " SELECT device, device_seq, event_id, 0, reason, 0, '' FROM quarantine WHERE settled <> 'adopted'"
)


@dataclass
class DiesAt:
    """Kills its process, without a word, the nth time that a step is reached."""

    step: str
    left: int

    def __call__(self, step: Step) -> None:
        if step != self.step:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


Told = Mapping[tuple[str, int], Ack]
"""What desks were answered, by device and number."""


def faults(connection: Connection, written: Mapping[str, Iterable[PushedEvent]], told: Told) -> list[str]:
    """Return what is wrong with a hub to which desks sent, and sent again, all that they wrote.

    Args:
        connection: to its database, as its owner.
        written: events by device.
        told: what was answered.
    """
    found: dict[tuple[str, int], list[tuple[object, ...]]] = {}
    for device, seq, *kept in connection.exec_driver_sql(_KEPT):
        found.setdefault((device, seq), []).append(tuple(kept))
    wanted = {(device, event.device_seq): event for device, events in written.items() for event in events}
    wrong = [f"{place} is kept {len(kept)} times" for place, kept in found.items() if len(kept) > 1]
    wrong += [f"{place} is lost" for place in sorted(wanted.keys() - found.keys())]
    wrong += [f"{place} was never written" for place in sorted(found.keys() - wanted.keys())]
    for place, event in wanted.items():
        if place in found and found[place][0][0] != str(event.event_id):
            wrong.append(f"{place} is another event")
    for place, ack in told.items():
        answered = (int(ack.effective), ack.refusal, ack.ver, ack.number)
        if place not in found or found[place][0][1:] != answered:
            wrong.append(f"{place} is not kept as it was answered: {ack}")
    return wrong + [f"{one.what} {one.where} {one.detail}" for one in audit(connection)]
