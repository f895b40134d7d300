"""A parent that has imported everything and forks a desk for each line of orders (decision 36).

Reads orders as JSON lines and answers with how each child ended. It has no thread, so that a fork is
safe; the child leads its life and exits, or is killed after the seconds that its orders give. Only the
parent of a child can kill it surely: its number is nobody else's until it was waited for.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback

from tests.chaos.outbox_desk import Orders, live


def status_of(child: int, kill_after: float | None) -> int:
    """Wait for a child, kill it when its time is over, and return how it ended."""
    end = None if kill_after is None else time.monotonic() + kill_after
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if end is not None and time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
            end = None
        time.sleep(0.002)


def main() -> None:
    """Fork a desk for each line, until the input ends."""
    for line in sys.stdin:
        orders = json.loads(line)
        kill_after = orders.pop("kill_after")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                live(Orders(**orders))
                status = 0
            except BaseException:  # noqa: BLE001 - a child must never come back into the loop
                traceback.print_exc()
            finally:
                os._exit(status)
        sys.stdout.write(f"{status_of(child, kill_after)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
