"""One `avise hub` command, with the hub that it is about."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

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
