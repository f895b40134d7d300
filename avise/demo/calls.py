"""Make the simulated telephony ring, answer and hang up, from outside its process."""

from __future__ import annotations

import json
from pathlib import Path

from avise.demo.faults import ToolNotRunningError, control_request, running_tools

TELEPHONY = "relation"
"""The tool that is the telephony."""

RING_PATH = "/calls/simulate"
CHANGE_PATH = "/calls/change"

ANSWERED = "DECROCHE"
HELD = "ATTENTE"
ENDED = "RACCROCHE"
"""States of a call as the tool writes them, for `change_call`."""


def _control(state_dir: Path, path: str, body: dict[str, str | int]) -> str:
    running = running_tools(state_dir)
    if TELEPHONY not in running:
        raise ToolNotRunningError(TELEPHONY)
    return control_request(running[TELEPHONY], "POST", path, json.dumps(body))


def simulate_call(
    state_dir: Path, number: str, *, queue: str = "Adhérents", waited_s: int = 40, agent: str = ""
) -> str:
    """Make a call ring on an agent's telephone.

    Args:
        state_dir: the data folder given to the launcher.
        number: who calls, in any form; "" for a withheld number.
        queue: what the telephony calls the waiting line.
        waited_s: seconds that the caller has waited.
        agent: login of whose telephone rings, "" for everybody's.

    Returns:
        The call's identifier, for `change_call`.

    Raises:
        ToolNotRunningError: the relation tool does not run.
    """
    answer = _control(
        state_dir, RING_PATH, {"number": number, "queue": queue, "waited_s": waited_s, "agent": agent}
    )
    return str(json.loads(answer)["call"])


def change_call(state_dir: Path, call: str, state: str) -> None:
    """Say what became of a call: `ANSWERED`, `HELD` or `ENDED`.

    Raises:
        ToolNotRunningError: the relation tool does not run, or does not know the call.
    """
    _control(state_dir, CHANGE_PATH, {"call": call, "state": state})


def change_latest_call(state_dir: Path, state: str) -> bool:
    """Say what became of the call that rang last; return whether one was under way.

    Raises:
        ToolNotRunningError: the relation tool does not run.
    """
    answer = _control(state_dir, CHANGE_PATH, {"call": "", "state": state})
    return bool(json.loads(answer)["call"])
