"""Run the benchmarks: `python3 dev.py bench [NAME…] [--quick | --full] [--json FILE]`.

Each module of this folder with a `run(quick: bool) -> list[Measure]` is one benchmark and runs in a
process of its own, so that none is measured in the memory and the threads of another. A measure is
`{name, value, unit, bar, ok}`; `bar` is the limit that the value must stay under (None: told for
information).
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

import benchmarks
from benchmarks.harness.children import run_to_end
from benchmarks.measure import Measure

LIMIT_SECONDS = 900.0
"""A benchmark that takes longer is stuck."""
FULL = ("directory",)
"""Benchmarks that may run at the size of a whole mutual: `run(quick, full)`."""
FULL_LIMIT_SECONDS = 7_200.0


def names() -> list[str]:
    """Return the names of the benchmarks."""
    found = pkgutil.iter_modules(benchmarks.__path__)
    return sorted(
        module.name for module in found if not module.ispkg and module.name not in ("__main__", "measure")
    )


def main() -> int:
    """Run what was asked, print a table, write JSON; status 1 when a bar is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names(), []], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="shorter, less precise")
    parser.add_argument("--full", action="store_true", help="4.3 million persons: half an hour, 8 GB of disk")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--here", action="store_true", help="in this process, for a profiler")
    chosen = parser.parse_args()
    measures: list[Measure] = []
    for name in chosen.names or (FULL if chosen.full else names()):
        run_one = run_here if chosen.here else run_apart
        measures.extend(run_one(name, quick=chosen.quick, full=chosen.full and name in FULL))
    print_table(measures)
    if chosen.json:
        chosen.json.write_text(json.dumps(measures, indent=2), encoding="utf-8")
    return 0 if all(measure["ok"] for measure in measures) else 1


def run_here(name: str, *, quick: bool, full: bool = False) -> list[Measure]:
    """Run a benchmark in this process."""
    module = importlib.import_module(f"benchmarks.{name}")
    sizes = {"full": True} if full else {}
    figures: list[Measure] = module.run(quick=quick, **sizes)
    return figures


def run_apart(name: str, *, quick: bool, full: bool = False) -> list[Measure]:
    """Run a benchmark in a process of its own.

    Raises:
        subprocess.SubprocessError: it failed or took too long; its own words are on the error output.
    """
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as folder:
        told = Path(folder) / "measures.json"
        sizes = [*["--quick"] * quick, *["--full"] * full]
        limit = FULL_LIMIT_SECONDS if full else LIMIT_SECONDS
        run_to_end(["-m", "benchmarks.harness.one", name, str(told), *sizes], limit)
        figures: list[Measure] = json.loads(told.read_text(encoding="utf-8"))
        return figures


def print_table(measures: list[Measure]) -> None:
    """Print the figures for people."""
    table = Table(Column("measure", no_wrap=True), "value", "unit", "bar", "")
    for measure in measures:
        bar = "" if measure["bar"] is None else f"{measure['bar']:g}"
        verdict = "ok" if measure["ok"] else "PAST THE BAR"
        table.add_row(measure["name"], f"{measure['value']:.3g}", measure["unit"], bar, verdict)
    # Told to a file, nothing is cut: names are long.
    Console(width=None if sys.stdout.isatty() else 120).print(table)


if __name__ == "__main__":
    sys.exit(main())
