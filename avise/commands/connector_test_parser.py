"""The arguments of `avise connector test`, declared apart from its work so that `--help` imports nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from avise.models.conformance import ConformanceLevel


def add_connector_test(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "connector", nargs="?", default="", help="a file, or the name of a wheel or an installed package"
    )
    parser.add_argument(
        "--scenarios", type=Path, help="customers whom the tool knows, and what to do for them"
    )
    parser.add_argument(
        "--profile", type=Path, default=argparse.SUPPRESS, help="whose wheels it may come from"
    )
    tool = parser.add_mutually_exclusive_group()
    tool.add_argument("--live", action="store_true", help="ask the running tool (the default)")
    tool.add_argument("--recorded", type=Path, metavar="FOLDER", help="ask what was recorded of it")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="keep what a synthetic tool answers")
    parser.add_argument(
        "--level",
        choices=[str(level) for level in ConformanceLevel],
        help="wished: run its checks and those below (without it, all checks; gold is wished)",
    )
    parser.add_argument("--thorough", action="store_true", help="every fault on every reading")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--no-result", action="store_true", help="write no result file")
    parser.add_argument("--postgres", action="store_true", help="with --shipped: contributions in PostgreSQL")
    parser.add_argument(
        "--shipped", action="store_true", help="those that ship with Avise, against the demonstration's tools"
    )
