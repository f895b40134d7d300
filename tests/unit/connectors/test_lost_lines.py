"""What a trial says of a nightly file: which lines are lost or misread, which file it read, what to do."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path

import pytest
from rich.console import Console

from avise.commands.connector_try import as_json, print_trial, status
from avise.connectors.declarative import new_connector_file
from avise.connectors.declarative.csv_place import Edition
from avise.connectors.file_doubts import FileDoubts
from avise.connectors.ports import InstanceSettings
from avise.connectors.trial import FileTried, MisreadLines, Trial, TrialDesk, try_connector
from avise.env import SystemEnv
from avise.models.bulk_reading import Decision
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.texts.catalogue import LANGUAGES, set_language
from tests.unit.engine.loading_station import Secrets

HEADER = "matricule;caisse;date_maj;etat"
SOUND = [f"M{number};CPAM Isère;23/03/2026;A" for number in range(1, 14)]
CANARY = "Zébuline"


NEWEST = "flux_20260324.csv"


def write(folder: Path, *lines: bytes, encoding: str = "utf-8", header: str = HEADER) -> Path:
    """Write a file of sound lines, and these behind them."""
    written = [line.encode(encoding) for line in (header, *SOUND)]
    path = folder / NEWEST
    path.write_bytes(b"\n".join([*written, *lines, b""]))
    return path


async def tried(folder: Path, *lines: bytes) -> Trial:
    """Try a file of sound lines in UTF-8, and these behind them."""
    write(folder, *lines)
    return await tried_there(folder)


async def tried_there(folder: Path, encoding: str = "utf-8", doubts: FileDoubts | None = None) -> Trial:
    """Try what is in a folder with the template, in which that encoding is named."""
    path = folder / "flows.toml"
    text = new_connector_file("files").replace('"utf-8"', f'"{encoding}"')
    path.write_text(text, encoding="utf-8")
    settings = InstanceSettings("flows", "flows", config={"dossier": str(folder)})
    customer = CustomerKey(uuid.UUID(int=7), {"mon_outil.matricule": "M1"})
    desk = TrialDesk(customer, IdentityEvidence(), "check", 3, doubts)
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


@pytest.mark.parametrize(
    ("named", "written", "meant", "numbers"),
    [
        ("latin-1", "utf-8", "utf-8", tuple(range(2, 16))),
        ("cp1252", "utf-8", "utf-8", tuple(range(2, 16))),
        # Letters with accents are the same in both: only the line with œ and ’ is misread.
        ("latin-1", "cp1252", "cp1252", (15,)),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_lines_in_another_encoding_than_the_one_named_are_told_with_what_to_write(
    tmp_path: Path, named: str, written: str, meant: str, numbers: tuple[int, ...], language: str
) -> None:
    write(tmp_path, f"M2;{CANARY}, cœur d’Isère;23/03/2026;A".encode(written), encoding=written)
    trial = await tried_there(tmp_path, named)
    assert trial.misread == (MisreadLines(meant, len(numbers), numbers),)
    assert (trial.lost, status(trial)) == ((), 1)
    expected = [{"meant": meant, "count": len(numbers), "first": list(numbers)}]
    assert as_json(trial, masked=True)["misread_lines"] == expected
    set_language(language)
    told = printed(trial)
    (line,) = [line for line in told.splitlines() if f'encoding = "{meant}"' in line]
    assert str(numbers[0]) in line
    assert CANARY not in told
    assert "connector_try" not in told


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252"])
async def test_a_file_in_the_encoding_that_is_named_is_not_called_misread(
    tmp_path: Path, encoding: str
) -> None:
    loud = "M2;LIBERT\N{LATIN CAPITAL LETTER E WITH ACUTE}\N{NO-BREAK SPACE}« ÉTÉ »;23/03/2026;A"
    write(tmp_path, loud.encode(encoding), encoding=encoding)
    trial = await tried_there(tmp_path, encoding)
    assert (trial.misread, status(trial)) == ((), 0)


async def test_a_header_that_is_misread_is_told_as_line_1(tmp_path: Path) -> None:
    write(tmp_path, header=HEADER.replace("etat", "état"))
    trial = await tried_there(tmp_path, "latin-1")
    assert trial.misread[0].first[:2] == (1, 2)


def write_two(folder: Path) -> str:
    """Write a file, and a newer one that is much smaller; return the mark of the latter."""
    write(folder).rename(folder / "flux_20260323.csv")
    newest = folder / NEWEST
    newest.write_text(f"{HEADER}\n{SOUND[0]}\n", encoding="utf-8")
    found = newest.stat()
    return Edition(NEWEST, found.st_size, found.st_mtime_ns).mark


@pytest.mark.parametrize(("language", "stays"), [("fr", "reste en service"), ("en", "stays in use")])
async def test_a_file_that_waits_is_named_beside_the_one_that_was_read(
    tmp_path: Path, language: str, stays: str
) -> None:
    write_two(tmp_path)
    trial = await tried_there(tmp_path)
    assert trial.file == FileTried("flux_20260323.csv", NEWEST)
    assert (status(trial), trial.readings[0].kept) == (1, 1)
    assert as_json(trial, masked=True)["file"] == {"name": "flux_20260323.csv", "waiting": NEWEST}
    set_language(language)
    told = printed(trial)
    (line,) = [line for line in told.splitlines() if NEWEST in line]
    assert (stays in line, "avise connector load flows --accept" in line) == (True, True)
    assert "flux_20260323.csv" in told


@pytest.mark.parametrize(
    ("decision", "read"), [(Decision.KEEP, "flux_20260323.csv"), (Decision.ACCEPT, NEWEST)]
)
async def test_a_file_that_was_decided_about_waits_no_more(
    tmp_path: Path, decision: Decision, read: str
) -> None:
    decided = tmp_path / "file-decisions.json"
    decided.write_text(json.dumps({"flows": [write_two(tmp_path), str(decision)]}), encoding="utf-8")
    trial = await tried_there(tmp_path, doubts=FileDoubts(decided))
    assert (trial.file, status(trial)) == (FileTried(read), 0)
    assert read in printed(trial)


async def test_a_folder_without_a_file_names_none(tmp_path: Path) -> None:
    trial = await tried_there(tmp_path)
    assert (trial.file, trial.misread, status(trial)) == (None, (), 1)
