"""`python -m avise.demo.population`: write a world as JSONL files, and check it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from avise.demo.population.generate import iter_dossiers
from avise.demo.population.manifest import write_world
from avise.demo.population.self_checks import averages, violations
from avise.demo.population.spec import DEFAULT_AS_OF, PRESET_DOSSIERS, WorldSpec


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m avise.demo.population", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--preset", choices=PRESET_DOSSIERS, default="mini", help="named size (mini by default)"
    )
    size.add_argument("--persons", type=int, help="about that many persons, at constant memory")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-of", type=date.fromisoformat, default=DEFAULT_AS_OF, help="the world's today")
    parser.add_argument("--detail", choices=("full", "directory"), help="full for a preset")
    parser.add_argument("--out", type=Path, help="folder of the JSONL files and of manifest.json")
    parser.add_argument(
        "--check", action="store_true", help="run the self-checks; exit status 1 on a violation"
    )
    return parser.parse_args()


def main() -> int:
    """Write and check the world asked for; return the exit status."""
    arguments = _arguments()
    if arguments.persons:
        spec = WorldSpec.for_persons(arguments.persons, arguments.as_of, arguments.seed)
    else:
        spec = WorldSpec.for_preset(arguments.preset, arguments.as_of, arguments.seed)
    if arguments.detail:
        spec = replace(spec, detail=arguments.detail)
    if arguments.out:
        write_world(spec, arguments.out)
    if not arguments.check:
        return 0
    found = list(violations(iter_dossiers(spec)))
    if spec.dossiers >= PRESET_DOSSIERS["demo"] and spec.detail == "full":
        found += averages(spec, iter_dossiers(spec))
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
