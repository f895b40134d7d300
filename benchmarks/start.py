"""From the start of the process to the first paint and to an answer, against an empty PySide6 window.

Both programs start in turn, each in a process of its own, as often; the profile is prepared (its
directory is filled) and its tools run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from avise.engine.engine import Engine
from benchmarks.harness.children import ROOT, child
from benchmarks.measure import Measure, measure, percentile

RUNS, QUICK_RUNS = 9, 3
DOSSIERS = 60
RATIO = 2.0
USABLE_S = 1.5
LIMIT_S = 40.0


def started(command: Sequence[str]) -> dict[str, float]:
    """Run a program; return the seconds from its start to each moment that it tells."""
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - modules of ours
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=True
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {moment: at - began for moment, at in told.items()}


def a_surname(profile: Path) -> str:
    """Open the profile once, so that its directory is filled; return somebody to look for."""
    with Engine.open(profile) as engine:
        engine.run(engine.directory_ready())
        answer = engine.run(engine.desk.search("a", 5))
    return next(hit.entry.party.last_name for hit in answer.hits if hit.entry.party.last_name)


def run(*, quick: bool) -> list[Measure]:
    """Start both programs in turn."""
    bare, painted, usable = [], [], []
    with (
        tempfile.TemporaryDirectory(prefix="avise-bench-") as folder,
        child("benchmarks.harness.demo_tools", folder, str(DOSSIERS)) as tools,
    ):
        profile = tools.told_path("profile")
        words = a_surname(profile)
        for number in range((QUICK_RUNS if quick else RUNS) + 1):
            alone = started(["-m", "benchmarks.harness.bare_window"])
            whole = started(["-m", "benchmarks.harness.watched_start", str(profile), words])
            if number:  # the first pair fills the disk's cache
                bare.append(alone["painted"])
                painted.append(whole["painted"])
                usable.append(whole["answered"])
    first = percentile(painted, 0.5)
    alone_s = percentile(bare, 0.5)
    return [
        measure("start.bare_window", alone_s * 1000, "ms"),
        measure("start.first_paint", first * 1000, "ms"),
        measure("start.first_paint_ratio", first / alone_s, "× bare", RATIO),
        measure("start.usable", percentile(usable, 0.5), "s", USABLE_S),
    ]
