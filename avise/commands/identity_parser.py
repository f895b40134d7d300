"""The arguments of `avise identity`."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_identity_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `avise identity` and its actions to the command line."""
    identity = commands.add_parser("identity", help="the same person in several tools")
    actions = identity.add_subparsers(dest="action", required=True)
    evaluate = actions.add_parser("evaluate", help="judge the matcher on two tables whose pairs are known")
    evaluate.add_argument("first", type=Path, metavar="A.csv")
    evaluate.add_argument("second", type=Path, metavar="B.csv", help="A.csv again to look for duplicates")
    evaluate.add_argument("--mapping", type=Path, required=True, help="which column tells what (TOML)")
    evaluate.add_argument("--truth", type=Path, required=True, help="the pairs that are one person's (CSV)")
    evaluate.add_argument("--clear", action="store_true", help="print the records that were decided wrongly")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    link = actions.add_parser("link", help="look for records of one person over the profile's tools")
    link.add_argument(
        "tool", nargs="?", default="", help="compared with the identity master (default: itself)"
    )
    link.add_argument("--propose-only", action="store_true", help="link nothing without a person")
    link.add_argument("--profile", type=Path, default=argparse.SUPPRESS, help="the profile's folder")
