"""Run the benchmarks: `python3 dev.py bench [NAME…] [--quick] [--json FILE]`.

Each module of this folder with a `run(quick: bool) -> list[Measure]` is one benchmark. A measure is
`{name, value, unit, bar, ok}`; `bar` is the limit that the value must stay under (None: told for
information).
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.measure import Measure


def names() -> list[str]:
    """Return the names of the benchmarks."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name for name in found if name not in ("__main__", "measure"))


def main() -> int:
    """Run what was asked, print a table, write JSON; status 1 when a bar is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names(), []], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="shorter, less precise")
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    measures: list[Measure] = []
    for name in chosen.names or names():
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "run"):
            measures.extend(module.run(quick=chosen.quick))
    _print(measures)
    if chosen.json:
        chosen.json.write_text(json.dumps(measures, indent=2), encoding="utf-8")
    return 0 if all(measure["ok"] for measure in measures) else 1


def _print(measures: list[Measure]) -> None:
    table = Table("measure", "value", "unit", "bar", "")
    for measure in measures:
        bar = "" if measure["bar"] is None else f"{measure['bar']:g}"
        verdict = "ok" if measure["ok"] else "PAST THE BAR"
        table.add_row(measure["name"], f"{measure['value']:.3g}", measure["unit"], bar, verdict)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
