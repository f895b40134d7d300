"""Break a simulated tool on purpose, while the window runs, and put it right again.

A fault is set over the tool's control port, which only listens on loopback and asks for the token of
the run. It stands beside the tool's own port, so that a tool that is down really refuses connections.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

STATE_FILE = "state.json"
"""Written by the launcher in the data folder: control ports and token of the run."""

CONTROL_PATH = "/_demo/fault"

_CONTROL_TIMEOUT_S = 15.0


class FaultKind(StrEnum):
    """The ways in which a tool fails."""

    NONE = "none"
    """Works again."""
    SLOW = "slow"
    """Each request waits `seconds` before the tool sees it."""
    DOWN = "down"
    """Connections are refused, those that were open are reset."""
    GARBAGE = "garbage"
    """Answers are not what they should be (`Garbage`)."""
    EXPIRE_TOKEN = "expire_token"  # noqa: S105 - the name of a fault
    """Every token that was handed out stops being accepted, at once."""
    HANG = "hang"
    """Connections are accepted and requests read, nothing is ever answered."""
    DRIP = "drip"
    """Answers arrive at `bytes_per_second`."""
    LOSE_REQUEST = "lose_request"
    """Connections break when a request comes: the tool never sees it."""
    LOSE_ANSWER = "lose_answer"
    """Connections break when the tool answers: what was asked is done, and nobody knows."""


NOT_OF_A_FILE = frozenset(
    {FaultKind.EXPIRE_TOKEN, FaultKind.DRIP, FaultKind.LOSE_REQUEST, FaultKind.LOSE_ANSWER}
)
"""Faults that mean nothing for a tool made of files."""


class Garbage(StrEnum):
    """What a tool that answers anything answers."""

    HTML = "html"
    """A login page with status 200."""
    TRUNCATED = "truncated"
    """JSON that stops in the middle."""
    CHARSET = "charset"
    """Latin-1 bytes declared as UTF-8."""
    NOISE = "noise"
    """Bytes that are not HTTP."""
    ROTATE = "rotate"
    """Each of the above in turn."""


class ToolNotRunningError(Exception):
    """No simulated tool of that name was started from this data folder, or it has stopped."""


class UnsupportedFaultError(Exception):
    """The tool has nothing of the kind to break (a plain file has no token)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing, in force until the next one is set."""

    kind: FaultKind = FaultKind.NONE
    seconds: float = 8.0
    """For SLOW."""
    bytes_per_second: float = 20.0
    """For DRIP."""
    garbage: Garbage = Garbage.ROTATE
    """For GARBAGE."""

    def to_json(self) -> str:
        """Return the body that the control port expects."""
        return json.dumps(
            {
                "kind": self.kind.value,
                "seconds": self.seconds,
                "bytes_per_second": self.bytes_per_second,
                "garbage": self.garbage.value,
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Fault:
        """Read the body of a control request.

        Raises:
            ValueError: it is not a fault.
        """
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError("a fault is a table")  # noqa: TRY004 - callers handle one error for all bodies
        return cls(
            kind=FaultKind(values.get("kind", "none")),
            seconds=float(values.get("seconds", 8.0)),
            bytes_per_second=float(values.get("bytes_per_second", 20.0)),
            garbage=Garbage(values.get("garbage", "rotate")),
        )


RESTORED = Fault()
"""The fault that mends."""


@dataclass(frozen=True, slots=True)
class RunningTool:
    """Where a running tool is reached."""

    name: str
    pid: int
    port: int
    """The tool's own port; 0 for a tool that is a file."""
    control_port: int
    token: str


def running_tools(state_dir: Path) -> Mapping[str, RunningTool]:
    """Return the tools that the launcher started from this data folder, by name.

    Raises:
        ToolNotRunningError: nothing was started there.
    """
    try:
        state = json.loads((state_dir / STATE_FILE).read_text("utf-8"))
        return {
            name: RunningTool(name, entry["pid"], entry["port"], entry["control_port"], state["token"])
            for name, entry in state["tools"].items()
        }
    except (OSError, ValueError, KeyError) as error:
        raise ToolNotRunningError(state_dir.name) from error


def control_request(tool: RunningTool, method: str, path: str, body: str = "") -> str:
    """Send one request to a tool's control port and return the answer's body.

    Raises:
        ToolNotRunningError: the tool does not answer, or refuses the token (another run's).
        UnsupportedFaultError: the tool cannot fail in that way.
    """
    connection = http.client.HTTPConnection("127.0.0.1", tool.control_port, timeout=_CONTROL_TIMEOUT_S)
    try:
        connection.request(method, path, body.encode(), {"Authorization": f"Bearer {tool.token}"})
        reply = connection.getresponse()
        text = reply.read().decode("utf-8")
    except (OSError, http.client.HTTPException) as error:
        raise ToolNotRunningError(tool.name) from error
    finally:
        connection.close()
    if reply.status == http.HTTPStatus.UNPROCESSABLE_ENTITY:
        raise UnsupportedFaultError(tool.name)
    if reply.status != http.HTTPStatus.OK:
        raise ToolNotRunningError(tool.name)
    return text


def is_running(state_dir: Path) -> bool:
    """Tell whether a tool that was started from this data folder still answers."""
    try:
        return any(_answers(tool) for tool in running_tools(state_dir).values())
    except ToolNotRunningError:
        return False


def _answers(tool: RunningTool) -> bool:
    try:
        control_request(tool, "GET", CONTROL_PATH)
    except ToolNotRunningError:
        return False
    return True


def break_tool(state_dir: Path, tool: str, fault: Fault) -> None:
    """Make a running tool fail in that way from now on; `RESTORED` mends it.

    Args:
        state_dir: the data folder given to the launcher.
        tool: its name ("parties", "documents"…).
        fault: in force when this returns.

    Raises:
        ToolNotRunningError: no such tool runs.
        UnsupportedFaultError: the tool cannot fail in that way.
    """
    running = running_tools(state_dir)
    if tool not in running:
        raise ToolNotRunningError(tool)
    control_request(running[tool], "POST", CONTROL_PATH, fault.to_json())


def current_fault(state_dir: Path, tool: str) -> Fault:
    """Return the fault in force on a running tool.

    Raises:
        ToolNotRunningError: no such tool runs.
    """
    running = running_tools(state_dir)
    if tool not in running:
        raise ToolNotRunningError(tool)
    return Fault.from_json(control_request(running[tool], "GET", CONTROL_PATH))
