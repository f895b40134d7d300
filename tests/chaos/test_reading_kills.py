"""A reading of everybody that is killed goes on, at a desk and at the hub, and ends as if it had not been.

`AVISE_KILLS=20` kills as often as wanted; `python -m tests.chaos.reading_kills` does it at any size.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos.reading_kills import Plan, desks, drill, houses
from tests.postgres_server import has_postgres

PLAN = Plan(2_000, int(os.environ.get("AVISE_KILLS", "1")), 50)


def test_a_desk_reads_on_and_answers_meanwhile(tmp_path: Path) -> None:
    with desks(tmp_path, PLAN) as (killed, calm):
        list(drill(killed, calm, tmp_path / "persons.db", PLAN))


def test_the_house_reads_on_and_answers_meanwhile(tmp_path: Path) -> None:
    if not has_postgres():
        pytest.skip("no PostgreSQL binaries on this platform")
    with houses(tmp_path, PLAN) as (killed, calm):
        list(drill(killed, calm, tmp_path / "persons.db", PLAN))
