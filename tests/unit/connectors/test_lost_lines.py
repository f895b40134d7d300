"""Lines of a nightly file that cannot be read: a trial counts them, and says why and what to do."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from rich.console import Console

from avise.commands.connector_try import as_json, print_trial, status
from avise.connectors.declarative import new_connector_file
from avise.connectors.ports import InstanceSettings
from avise.connectors.trial import Trial, TrialDesk, try_connector
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.texts.catalogue import LANGUAGES, set_language
from tests.unit.engine.loading_station import Secrets

HEADER = "matricule;caisse;date_maj;etat"
SOUND = [f"M{number};CPAM Isère;23/03/2026;A" for number in range(1, 14)]
CANARY = "Zébuline"


async def tried(folder: Path, *lines: bytes) -> Trial:
    """Try a file of sound lines in UTF-8, and these behind them."""
    written = [line.encode() for line in (HEADER, *SOUND)]
    (folder / "flux_20260324.csv").write_bytes(b"\n".join([*written, *lines, b""]))
    path = folder / "flows.toml"
    text = new_connector_file("files").replace('"latin-1"', '"utf-8"')
    path.write_text(text, encoding="utf-8")
    settings = InstanceSettings("flows", "flows", config={"dossier": str(folder)})
    customer = CustomerKey(uuid.UUID(int=7), {"mon_outil.matricule": "M1"})
    desk = TrialDesk(customer, IdentityEvidence(), "check", 3)
    return await try_connector(path, settings, desk, SystemEnv(), Secrets())


def printed(trial: Trial) -> str:
    out = io.StringIO()
    print_trial(trial, Console(file=out, width=80, color_system=None))
    return out.getvalue().replace("\N{NO-BREAK SPACE}", " ")


async def test_each_lost_line_is_counted_with_its_reason_and_nothing_of_what_it_holds(tmp_path: Path) -> None:
    encoding = f"M1;{CANARY};23/03/2026;A".encode("latin-1")
    trial = await tried(tmp_path, encoding, encoding, f"M1;{CANARY}".encode(), f'M1;"{CANARY};x;A'.encode())
    assert [(str(lost.fault), lost.count, lost.first) for lost in trial.lost] == [
        ("encoding", 2, (15, 16)),
        ("columns", 1, (17,)),
        ("quotes", 1, (18,)),
    ]
    # The other lines are read: it is no failure of the whole.
    assert [(reading.kept, reading.error) for reading in trial.readings] == [(1, None)]
    assert status(trial) == 1
    told = as_json(trial, masked=True)
    assert told["lost_lines"] == [
        {"fault": "encoding", "count": 2, "first": [15, 16]},
        {"fault": "columns", "count": 1, "first": [17]},
        {"fault": "quotes", "count": 1, "first": [18]},
    ]
    assert CANARY not in str(told)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_to_do_about_lost_lines_is_said(tmp_path: Path, language: str) -> None:
    lost = f"M1;{CANARY};23/03/2026;A".encode("latin-1")
    trial = await tried(tmp_path, *[lost] * 12)
    set_language(language)
    told = printed(trial)
    assert CANARY not in told
    (line,) = [line for line in told.splitlines() if "15, 16, 17" in line]
    assert "24…" in line
    assert ("12 lignes (" if language == "fr" else "12 lines (") in line
    assert ("encoding" in line, "utf-8" in line, "cp1252" in line) == (True, True, True)


async def test_a_file_that_loses_no_line_says_nothing_of_it(tmp_path: Path) -> None:
    trial = await tried(tmp_path)
    assert (trial.lost, status(trial)) == ((), 0)
    assert "perdue" not in printed(trial)
