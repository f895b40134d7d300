"""Runs Radicale as a program of its own that ends when its standard input closes.

Started by `python -m avise.demo.tools.appointments.radicale_process --config FILE`; the arguments are
Radicale's.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def _end_with_parent() -> None:
    """End at once when the parent, which holds the other end of the pipe, is gone: nothing is written."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    sys.argv[0] = "radicale"
    runpy.run_module("radicale", run_name="__main__", alter_sys=True)
