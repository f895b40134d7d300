"""Desks on the hub of one machine that die at a step: `python -m tests.chaos.hub_dying_desks HUB FOLDER`.

Reads "STEP NTH LOGIN…" lines; for each, every login becomes a child of this process, which writes until it
reaches that step for the nth time, or a few times when the step is "never". Tells how each ended. What a
desk writes is in its file before it is sent, and what it was answered afterwards, as in a workstation's
journal: the next life sends again what has no answer. No thread here, so that a fork is safe.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avise.env import SystemEnv
from avise.hub.core import HubCore
from avise.hub.http_values import ack_to_json, pushed_to_json, read_ack, read_pushed
from avise.hub.local import LocalHub
from avise.hub.port import Ack, PushedEvent, View
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from tests.hub_deaths import DiesAt
from tests.hub_house import ACTORS_BY_LOGIN, SOINS, TEAM, Desk, opener, request_body

CONTENT = b"Justificatif de test.\n"
LAST_LIFE = 3
"""Rounds of a life that ends by itself."""


@dataclass
class Papers:
    """What a desk wrote and was answered, in files that outlive it.

    Args:
        folder: of the files.
        login: of the desk.
    """

    folder: Path
    login: str
    written: list[PushedEvent] = field(default_factory=list)
    told: dict[int, Ack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.written = [read_pushed(line) for line in self._lines("written")]
        self.told = {ack.device_seq: ack for ack in map(read_ack, self._lines("told"))}

    @property
    def unanswered(self) -> list[PushedEvent]:
        """Events to send, or to send again."""
        return [event for event in self.written if event.device_seq not in self.told]

    def keep(self, *events: PushedEvent) -> None:
        """Keep events before they are sent."""
        self.written += events
        self._add("written", [pushed_to_json(event) for event in events])

    def answered(self, acks: tuple[Ack, ...]) -> None:
        """Keep what came back."""
        self.told.update({ack.device_seq: ack for ack in acks})
        self._add("told", [ack_to_json(ack) for ack in acks])

    def _lines(self, kind: str) -> list[JSON]:
        path = self.folder / f"{self.login}.{kind}"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def _add(self, kind: str, values: Sequence[JSON]) -> None:
        with (self.folder / f"{self.login}.{kind}").open("a", encoding="utf-8") as file:
            file.write("".join(json.dumps(value) + "\n" for value in values))


async def live(hub_path: Path, folder: Path, login: str, step: str, nth: int) -> None:
    """Write until death."""
    env, actor, papers = SystemEnv(), ACTORS_BY_LOGIN[login], Papers(folder, login)
    hub = await LocalHub.open(opener(hub_path), HubCore(env, reached=DiesAt(step, nth)), actor, env)
    last = papers.written[-1].device_seq if papers.written else 0
    at, cursor = Desk(hub, actor, env, last), 0
    for _ in range(LAST_LIFE if step == "never" else 1_000):
        if papers.unanswered:
            papers.answered(await hub.push(papers.unanswered))
        stream, name = request_stream(env.uuid7()), uuid.UUID(env.token()[:32]).hex
        await hub.put_blob(name, CONTENT + name.encode())
        papers.keep(
            at.written(stream, EventKind.REQUEST_CREATED, request_body(SOINS, TEAM)),
            at.written(stream, EventKind.REQUEST_NOTED, {"words": "Vu."}),
        )
        papers.answered(await hub.push(papers.unanswered))
        cursor = (await hub.pull({f"queue/{SOINS}": cursor})).through[f"queue/{SOINS}"]
        rows = (await hub.query(View.REQUESTS, {"status": "sent"}, limit=3)).rows
        papers.keep(*(at.written(f"request/{row['id']}", EventKind.REQUEST_CLAIMED) for row in rows))
        papers.answered(await hub.push(papers.unanswered))
    await hub.aclose()


def main(hub_path: Path, folder: Path) -> None:
    """Lead the lives of each line, until the input ends."""
    for line in sys.stdin:
        step, nth, *logins = line.split()
        children = [_born(hub_path, folder, login, step, int(nth)) for login in logins]
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(" ".join(map(str, ends)) + "\n")
        sys.stdout.flush()


def _born(hub_path: Path, folder: Path, login: str, step: str, nth: int) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        asyncio.run(live(hub_path, folder, login, step, nth))
        status = 0
    except BaseException:  # noqa: BLE001 - a child must never come back into the loop
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
