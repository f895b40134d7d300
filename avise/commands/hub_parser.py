"""The arguments of `avise hub`, apart from what runs it: the window's start does not pay for a server."""

from __future__ import annotations

import argparse
from pathlib import Path

from avise.models.roles import Role

DATABASE_VARIABLE = "AVISE_HUB_DATABASE"
"""Names the database where `--database` does not: an address may hold a password."""
NAMESPACE_VARIABLE = "AVISE_HUB_NAMESPACE"
SCOPES = ("v360:read", "v360:write")
"""`avise.hub.tokens.Scope`, which a test compares."""


def add_hub_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `avise hub` to the command line."""
    hub = commands.add_parser("hub", help="the hub that teams share: make it, serve it, look after it")
    actions = hub.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = [
        actions.add_parser("init", help="make the hub, or bring it to this version"),
        _add_serve(actions),
        _add_staff(actions),
        _add_perimeter(actions),
        _add_token(actions),
        _add_device(actions),
        _add_accesses(actions),
        _add_erase(actions),
        _add_directory(actions),
        actions.add_parser("doctor", help="check the hub; status 1 when something needs a person"),
        actions.add_parser("audit", help="check the hub against its events; status 1 on a difference"),
        _add_backup(actions),
        _add_restore(actions),
    ]
    made[0].add_argument("--new-key", action="store_true", help="sign with another key from now on")
    for command in made:
        _add_database_options(command)


def _add_staff(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("staff", help="who works here, with which role, and on which devices")
    command.add_argument(
        "what", choices=("list", "add", "password", "lock", "unlock", "sign-out", "revoke", "wipe")
    )
    command.add_argument("name", nargs="?", default="", help="a login; with revoke and wipe, a device")
    command.add_argument("--name", dest="full_name", default="", metavar="NAME", help="with add: their name")
    command.add_argument(
        "--role", choices=[role.value for role in Role], default=Role.AGENT.value, help="default: agent"
    )
    return command


def _add_perimeter(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("perimeter", help="who reads and writes in which corbeille or team")
    command.add_argument("what", choices=("list", "grant", "end"))
    command.add_argument("login", nargs="?", default="", help="whose; none with list")
    command.add_argument("perimeter", nargs="?", default="", help="queue/PREST_SOINS, team/GC-RENNES…")
    command.add_argument("--read-only", action="store_true", help="with grant: without writing there")
    command.add_argument("--until", default="", metavar="DATE", help="last day (2026-12-31)")
    return command


def _add_token(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("token", help="other applications of the house, and what they may do")
    command.add_argument("what", choices=("list", "add", "revoke"))
    command.add_argument("name", nargs="?", default="", help="of the application: lower case and hyphens")
    command.add_argument("--scope", action="append", default=[], choices=SCOPES, help="repeatable")
    command.add_argument("--team", default="", help="that follows the requests it makes (with v360:write)")
    return command


def _add_device(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("device", help="workstations, applications: list, stop, erase")
    command.add_argument("what", choices=("list", "revoke", "wipe"))
    command.add_argument("device", nargs="?", default="", help="its name, as list tells it")
    command.add_argument("--staff", default="", metavar="LOGIN", help="with list: of one person only")
    return command


def _add_accesses(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("accesses", help="who looked at what and why; reading it is logged too")
    command.add_argument("--person", default="", metavar="ID", help="one customer, by Avise's identifier")
    command.add_argument("--staff", default="", metavar="LOGIN", help="one member of staff")
    command.add_argument("--since", default="", metavar="DATE", help="first day (2026-03-01)")
    command.add_argument("--last", type=int, default=1_000, metavar="N", help="lines, the newest (1000)")
    command.add_argument("--reasons", action="store_true", help="with the reasons as they were typed")
    command.add_argument("--json", action="store_true", help="one object a line")
    return command


def _add_erase(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("erase", help="take away what the hub holds of one person")
    command.add_argument("person", metavar="ID", help="by Avise's identifier, never a name or a number")
    command.add_argument("--reason", default="", metavar="WORDS", help="kept in the access log: no name")
    command.add_argument("--dry-run", action="store_true", help="say how much would go; nothing is changed")
    command.add_argument("--yes", action="store_true", help="without typing how much goes")
    return command


def _add_directory(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("directory", help="who exists, for workstations that look for people here")
    command.add_argument("what", choices=("load", "update"), help="everybody, or what changed since")
    command.add_argument(
        "source", metavar="SOURCE", help="a connector's file (.toml) or package, or a file of JSON lines"
    )
    command.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="of its configuration; repeatable"
    )
    decision = command.add_mutually_exclusive_group()
    decision.add_argument(
        "--accept",
        dest="decision",
        action="store_const",
        const="accept",
        help="take what came, though small",
    )
    decision.add_argument(
        "--keep",
        dest="decision",
        action="store_const",
        const="keep",
        help="leave it; --accept can follow",
    )
    command.add_argument("--scheme", default="parties.party", help="of the native ids (parties.party)")
    command.add_argument("--namespace", default="", help=f"of the site (default: ${NAMESPACE_VARIABLE})")
    return command


def _add_backup(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("backup", help="write the hub to a file while others go on writing")
    command.add_argument("file", type=Path, help="replaced when there is one")
    return command


def _add_restore(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = actions.add_parser("restore", help="make the hub again from a backup, in a new epoch")
    command.add_argument("file", type=Path)
    command.add_argument(
        "--replaced-epoch",
        type=int,
        default=0,
        metavar="N",
        help="epoch of the hub that it replaces, if known",
    )
    return command


def _add_database_options(command: argparse.ArgumentParser) -> None:
    """Let a command say which hub it is about."""
    command.add_argument(
        "--database", metavar="WHERE", help=f"postgresql://… or a file (default: ${DATABASE_VARIABLE})"
    )
    command.add_argument(
        "--key-file", type=Path, metavar="FILE", help="key of a hub kept in a file (default: the keyring)"
    )


def _add_serve(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    command = actions.add_parser("serve", help="serve the hub by HTTPS, until told to stop")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine)")
    command.add_argument("--port", type=int, default=8443)
    command.add_argument(
        "--tls-cert", type=Path, metavar="FILE", help="certificate chain, needed off this machine"
    )
    command.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key")
    command.add_argument("--workers", type=int, default=1, metavar="N", help="processes, all alike")
    command.add_argument("--oidc-issuer", default="", metavar="URL", help="the house's identity provider")
    command.add_argument("--oidc-application", default="", metavar="NAME", help="Avise's name there")
    command.add_argument("--oidc-audience", default="", metavar="NAME", help="for whom its tokens are")
    command.add_argument(
        "--oidc-login-field", default="", metavar="FIELD", help="where a token holds the login"
    )
    command.add_argument("--no-passwords", action="store_true", help="take the provider's sign-in only")
    command.add_argument(
        "--namespace", default="", metavar="UUID",
        help=f"site_namespace of the workstations, for /v360 (default: ${NAMESPACE_VARIABLE})",
    )  # fmt: skip
    return command
