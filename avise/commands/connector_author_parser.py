"""The arguments of what authors of connectors ask, declared apart from its work: `--help` imports nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

AUTHOR_ACTIONS = ("try", "list", "schema", "enable")
"""Actions of `avise connector` that `avise.commands.connector_author` answers."""


def add_new_action(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `new`."""
    new = actions.add_parser("new", help="write a connector file to start from")
    new.add_argument("file", type=Path, nargs="?", help="never over one that exists")
    new.add_argument("--kind", choices=("rest", "sql", "files", "python"), help="default: rest")
    new.add_argument(
        "--from-openapi", type=Path, metavar="SPEC", help="propose it from its OpenAPI description"
    )
    new.add_argument("--facet", action="append", default=[], help="propose this one; may be repeated")


def add_author_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `try`, `list`, `enable` and `schema`."""
    tried = actions.add_parser("try", help="show what a file makes of one customer: raw, extracted, mapped")
    tried.add_argument("file", type=Path)
    tried.add_argument("--customer", required=True, metavar="N", help="member number, or scheme:value")
    tried.add_argument("--instance", default="", help="whose settings and secrets (default: the file's name)")
    tried.add_argument("--facet", action="append", default=[], help="this reading alone; may be repeated")
    tried.add_argument("--rows", type=int, default=5, help="rows of each reading (default: 5)")
    tried.add_argument("--reveal", action="store_true", help="values in clear, on a synthetic profile only")
    tried.add_argument("--reason", default="", help="why, for a protected file")
    listed = actions.add_parser("list", help="every connector that is known here, and how it stands")
    for action in (tried, listed):
        action.add_argument("--json", action="store_true", help="print JSON")
        action.add_argument("--profile", type=Path, default=argparse.SUPPRESS, help="the profile's folder")
    enabled = actions.add_parser(
        "enable", help="start again, next time, what was set apart after three failures"
    )
    enabled.add_argument("instance", help="name of the instance in settings.toml")
    enabled.add_argument("--profile", type=Path, default=argparse.SUPPRESS, help="the profile's folder")
    actions.add_parser("schema", help="print the JSON Schema of connector files, for editors")
