"""Reads a window as a screen reader does, then presses what is named; runs on the system's Python.

    /usr/bin/python3 at_spi_reader.py PROCESS_ID NAME_PRESSED

Writes one JSON document: `{"nodes": [{"role", "name", "description", "showing", "focused", "actions"}],
"pressed"}`.
"""

from __future__ import annotations

import json
import sys
import time

import gi  # type: ignore[import-not-found]  # of the system's Python

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # type: ignore[import-not-found]  # noqa: E402 - as above

PATIENCE_S = 60.0
MOST_NODES = 3000


def application(process_id: int) -> Atspi.Accessible | None:
    """Return the program with a process id, None when it does not come."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        desktop = Atspi.get_desktop(0)
        for place in range(desktop.get_child_count()):
            found = desktop.get_child_at_index(place)
            if found is not None and found.get_process_id() == process_id and found.get_child_count():
                return found
        time.sleep(0.2)
    return None


def nodes(root: Atspi.Accessible) -> list[Atspi.Accessible]:
    """Return everything in a window, rows of long lists cut."""
    found: list[Atspi.Accessible] = []
    waiting = [root]
    while waiting and len(found) < MOST_NODES:
        node = waiting.pop()
        found.append(node)
        count = min(node.get_child_count(), 200)
        waiting.extend(child for place in range(count) if (child := node.get_child_at_index(place)))
    return found


def actions(node: Atspi.Accessible) -> list[str]:
    """Return the names of what can be done with a node."""
    if "Action" not in node.get_interfaces():
        return []
    return [Atspi.Action.get_action_name(node, place) for place in range(Atspi.Action.get_n_actions(node))]


def told(node: Atspi.Accessible) -> dict[str, object]:
    """Return a node as plain values."""
    return {
        "role": node.get_role_name(),
        "name": node.get_name(),
        "description": node.get_description(),
        "showing": node.get_state_set().contains(Atspi.StateType.SHOWING),
        "focused": node.get_state_set().contains(Atspi.StateType.FOCUSED),
        "actions": actions(node),
    }


def main(process_id: int, pressed: str) -> None:
    """Read, write, press."""
    root = application(process_id)
    found = nodes(root) if root is not None else []
    document = {"nodes": [told(node) for node in found], "pressed": False}
    for node in found:
        if node.get_name() == pressed and "Press" in actions(node):
            document["pressed"] = Atspi.Action.do_action(node, actions(node).index("Press"))
            break
    sys.stdout.write(json.dumps(document))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
