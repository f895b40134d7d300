"""Run one benchmark and write its figures: `python -m benchmarks.harness.one NAME FILE [--quick|--full]`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def main(name: str, target: Path, *, quick: bool, full: bool) -> None:
    """Run the benchmark of that name."""
    sizes = {"full": True} if full else {}
    figures = importlib.import_module(f"benchmarks.{name}").run(quick=quick, **sizes)
    target.write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), quick="--quick" in sys.argv[3:], full="--full" in sys.argv[3:])
