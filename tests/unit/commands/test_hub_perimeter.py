"""`avise hub perimeter`: what an access that is over before it begins leaves as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.cli import main

LOGIN = "lea.girard"
QUEUE = "queue/PREST_SOINS"


@pytest.fixture
def hub(tmp_path: Path) -> tuple[str, ...]:
    where = ("--database", str(tmp_path / "hub.db"), "--key-file", str(tmp_path / "key"))
    assert main(["hub", "init", *where]) == 0
    assert main(["hub", "staff", "add", LOGIN, "--role", "agent", *where]) == 0
    return where


def test_a_last_day_that_is_over_is_refused_and_ends_nothing(
    hub: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hub", "perimeter", "grant", LOGIN, QUEUE, *hub]) == 0
    capsys.readouterr()
    assert main(["hub", "perimeter", "grant", LOGIN, QUEUE, "--until", "2020-12-31", *hub]) == 2
    assert "Ce dernier jour est passé" in capsys.readouterr().err
    assert main(["hub", "staff", "list", *hub]) == 0
    assert QUEUE in capsys.readouterr().out


def test_a_last_day_to_come_is_taken(hub: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hub", "perimeter", "grant", LOGIN, QUEUE, "--until", "2999-12-31", *hub]) == 0
    capsys.readouterr()
    assert main(["hub", "staff", "list", *hub]) == 0
    assert QUEUE in capsys.readouterr().out
