"""One `avise hub` command, with the hub that it is about."""

from __future__ import annotations

import argparse
import getpass
import sys
import uuid
from dataclasses import dataclass

from avise.commands.wrong_argument import WrongArgumentError
from avise.env import Env
from avise.hub.acting import Transactions
from avise.texts import text


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, and where it is to be done."""

    chosen: argparse.Namespace
    transactions: Transactions
    env: Env
    password: str = ""


def say(key: str, **params: str) -> None:
    """Print one sentence."""
    sys.stdout.write(text(key, **params) + "\n")


def person_of(typed: str) -> uuid.UUID:
    """Return the customer whose identifier was typed.

    Raises:
        WrongArgumentError: `hub_command.bad_person`: it is none, and may be a name or a number.
    """
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise WrongArgumentError("hub_command.bad_person") from None


def machine_account() -> str:
    """Return under which name the access log keeps whoever works on the hub's own machine."""
    try:
        return f"machine:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return "machine:"
