"""A child process that only sleeps: how late it wakes tells how busy the machine is.

    python -m benchmarks.harness.idle

Prints `{}`; answers each line with `{"p999": …, "worst": …}` in seconds since the line before.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from benchmarks.measure import percentile

PERIOD_S = 0.005
LIFE_SECONDS = 900.0


def main() -> None:
    """Sleep and tell, until the standard input is closed."""
    late: list[float] = [0.0]
    threading.Thread(target=_sleep, args=(late,), daemon=True).start()
    print("{}", flush=True)
    for _order in sys.stdin:
        seen = list(late)
        late[:] = [0.0]
        print(json.dumps({"p999": percentile(seen, 0.999), "worst": max(seen)}), flush=True)


def _sleep(late: list[float]) -> None:
    until = time.perf_counter() + LIFE_SECONDS
    last = time.perf_counter()
    while last < until:
        time.sleep(PERIOD_S)
        now = time.perf_counter()
        late.append(max(now - last - PERIOD_S, 0.0))
        last = now


if __name__ == "__main__":
    main()
