"""Servers that die at a step: `python -m tests.servers.hub_http.dying_servers`, on `AVISE_HUB_DATABASE`.

Reads "STEP NTH" lines; for each, a child of this process is `avise hub serve` until it reaches that step for
the nth time. Tells "pid …", what the server tells, then "ended …" with how it ended. It imports and reads
everything once, and has no thread, so that a fork is safe.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from unittest import mock

from avise.cli import main
from avise.commands import hub_serve
from avise.hub.core import HubCore
from avise.services.request_type_files import shipped_request_types
from tests.hub_deaths import DiesAt


def serve(step: str, nth: int) -> int:
    """Serve as an administrator does, but for the death that awaits."""
    with mock.patch.object(hub_serve, "HubCore", partial(HubCore, reached=DiesAt(step, nth))):
        return main(["--language", "en", "hub", "serve", "--port", "0"])


def run() -> None:
    """Serve once for each line, until the input ends."""
    shipped_request_types()
    for line in sys.stdin:
        step, nth = line.split()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = serve(step, int(nth))
            finally:
                os._exit(status)
        _say(f"pid {child}")
        _, ended = os.waitpid(child, 0)
        _say(f"ended {os.waitstatus_to_exitcode(ended)}")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run()
