"""A parent that has imported everything and forks a desk for each line of orders (decision 36).

    python -m tests.chaos.nursery MODULE

The module has `Orders`, a dataclass, and `live(orders)`. Lines of JSON come in, "number status" goes out
once a child has ended. Several may live at once. The parent has no thread, so that a fork is safe; a
child leads its life and exits, or is killed after the seconds that its orders give. Only the parent of a
child can kill it surely: its number is nobody else's until it was waited for.
"""

from __future__ import annotations

import importlib
import json
import os
import selectors
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from types import ModuleType
from typing import Any

LOOK_SECONDS = 0.002


@dataclass
class Child:
    """A desk that lives."""

    number: int
    kill_at: float | None


def born(module: ModuleType, orders: dict[str, Any]) -> int:
    """Fork a desk; return its process."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        module.live(module.Orders(**orders))
        status = 0
    except BaseException:  # noqa: BLE001 - a child must never come back into the loop
        traceback.print_exc()
    finally:
        os._exit(status)


def take(module: ModuleType, line: bytes, children: dict[int, Child]) -> None:
    """Carry out a line of orders."""
    orders = json.loads(line)
    number, kill_after = orders.pop("number"), orders.pop("kill_after")
    kill_at = None if kill_after is None else time.monotonic() + kill_after
    children[born(module, orders)] = Child(number, kill_at)


def look(children: dict[int, Child]) -> None:
    """Kill whose time is over, and tell of those that ended."""
    for process, child in tuple(children.items()):
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            del children[process]
            os.write(1, f"{child.number} {os.waitstatus_to_exitcode(status)}\n".encode())
        elif child.kill_at is not None and time.monotonic() >= child.kill_at:
            os.kill(process, signal.SIGKILL)
            child.kill_at = None


def main() -> None:
    """Fork a desk for each line, until the input ends."""
    module = importlib.import_module(sys.argv[1])
    children: dict[int, Child] = {}
    waiting = b""
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        while True:
            if selector.select(LOOK_SECONDS if children else None):
                content = os.read(0, 65_536)
                if not content:
                    break
                *lines, waiting = (waiting + content).split(b"\n")
                for line in lines:
                    take(module, line, children)
            look(children)
    for process in children:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


if __name__ == "__main__":
    main()
