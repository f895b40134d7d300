"""Nightly files: what is read, from which file, and what a broken, small or missing one becomes."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import Batch, Completeness, ConnectorError, Health, Record
from avise.connectors.declarative import new_connector_file
from avise.connectors.declarative.csv_lines import CsvDialect, CsvLines
from avise.connectors.declarative.files import FilesConnector
from avise.models.errors import ErrorKind
from tests.unit.connectors.declarative.opened_file import Open, Opened

FILE = new_connector_file("files").replace('"utf-8"', '"latin-1"')
HEADER = "matricule;caisse;date_maj;etat"
PARIS_MIDNIGHT = "2026-03-24T00:00:00+01:00"


def line(number: int, state: str = "A") -> str:
    return f"M{number};CPAM Is\u00e8re {number};23/03/2026;{state}"


def write(folder: Path, name: str, *lines: str, encoding: str = "latin-1") -> Path:
    path = folder / name
    path.write_bytes("\r\n".join([HEADER, *lines, ""]).encode(encoding))
    return path


async def read(opened: Opened, matricule: str, limit: int = 500) -> Batch[Record]:
    (batch,) = await opened.facet("noemie", limit=limit, mon_outil__matricule=matricule)
    return batch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "flows"
    path.mkdir()
    return path


async def test_the_newest_file_is_read_and_dated_by_its_name(open_file: Open, folder: Path) -> None:
    write(folder, "flux_20260323.csv", line(1, "R"), line(2))
    write(folder, "flux_20260324.csv", line(1), line(2))
    (folder / "flux_20260325.csv.tmp").write_text("half of a file")
    opened = await open_file(FILE, {"dossier": str(folder)})
    batch = await read(opened, "M1")
    assert batch.completeness is Completeness.COMPLETE
    assert batch.as_of == datetime.fromisoformat(PARIS_MIDNIGHT)
    assert [(record.id, record.data) for record in batch.items] == [
        (
            "M1-CPAM Is\u00e8re 1",
            {"fund": "CPAM Is\u00e8re 1", "changed_on": "2026-03-23", "state": "acknowledged"},
        )
    ]


async def test_someone_who_is_not_in_the_file_has_nothing(open_file: Open, folder: Path) -> None:
    write(folder, "flux_20260324.csv", line(1))
    batch = await read(await open_file(FILE, {"dossier": str(folder)}), "M9")
    assert (batch.items, batch.completeness) == ((), Completeness.COMPLETE)


async def test_a_missing_file_is_never_an_empty_one(open_file: Open, folder: Path) -> None:
    opened = await open_file(FILE, {"dossier": str(folder)})
    with pytest.raises(ConnectorError) as caught:
        await read(opened, "M1")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    gone = await open_file(FILE, {"dossier": str(folder / "gone")})
    with pytest.raises(ConnectorError) as caught:
        await read(gone, "M1")
    assert caught.value.kind is ErrorKind.UNAVAILABLE


async def test_broken_lines_cost_themselves_alone_and_are_told_by_number(
    open_file: Open, folder: Path
) -> None:
    write(
        folder,
        "flux_20260324.csv",
        line(1),
        "M2;too;short",
        'M3;"open;23/03/2026;A',
        line(4),
        "a;b;c;d;e",
        line(5),
    )
    opened = await open_file(FILE, {"dossier": str(folder)})
    assert [len((await read(opened, f"M{number}")).items) for number in (1, 2, 3, 4, 5)] == [1, 0, 0, 1, 1]
    report = await opened.check()
    assert report.health is Health.DEGRADED
    assert isinstance(opened.connector, FilesConnector)
    told = opened.connector.diagnostics()
    assert (told["lines"], told["broken"], told["broken_lines"]) == (3, 3, [3, 4, 6])
    assert "M2" not in str(told)
    count = opened.connector.line_count()
    assert count.faults == {"columns": 2, "quotes": 1}
    assert count.fault_lines == {"columns": [3, 6], "quotes": [4]}


async def test_a_line_whose_value_cannot_be_read_is_counted(open_file: Open, folder: Path) -> None:
    write(folder, "flux_20260324.csv", line(1), "M1;MSA;demain;A")
    batch = await read(await open_file(FILE, {"dossier": str(folder)}), "M1")
    assert (len(batch.items), batch.unreadable) == (1, 1)


async def test_a_new_file_is_seen_at_the_next_question(open_file: Open, folder: Path) -> None:
    write(folder, "flux_20260323.csv", line(1, "R"))
    opened = await open_file(FILE, {"dossier": str(folder)})
    assert (await read(opened, "M1")).items[0].data["state"] == "rejected"
    write(folder, "flux_20260324.csv", line(1, "A"))
    assert (await read(opened, "M1")).items[0].data["state"] == "acknowledged"


async def test_a_file_changed_in_place_is_read_again(open_file: Open, folder: Path) -> None:
    path = write(folder, "flux_20260324.csv", line(1, "R"))
    opened = await open_file(FILE, {"dossier": str(folder)})
    assert (await read(opened, "M1")).items[0].data["state"] == "rejected"
    write(folder, "flux_20260324.csv", line(1, "A"))
    os.utime(path, ns=(1, 1))
    assert (await read(opened, "M1")).items[0].data["state"] == "acknowledged"


@pytest.mark.parametrize("known_before", [True, False])
async def test_a_much_smaller_file_is_refused_until_somebody_accepts_it(
    open_file: Open, folder: Path, known_before: bool
) -> None:
    write(folder, "flux_20260323.csv", *[line(number) for number in range(20)])
    opened = await open_file(FILE, {"dossier": str(folder)})
    if known_before:
        await read(opened, "M19")
    write(folder, "flux_20260324.csv", line(1))
    kept = await read(opened, "M19")
    assert len(kept.items) == 1
    assert kept.as_of == datetime.fromisoformat("2026-03-23T00:00:00+01:00")
    report = await opened.check()
    assert (report.health, "flux_20260324.csv" in report.detail) == (Health.DEGRADED, True)
    accepting = await open_file(FILE, {"dossier": str(folder), "accept_file": "flux_20260324.csv"})
    assert (await read(accepting, "M19")).items == ()
    assert (await accepting.check()).health is Health.OK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html><body>maintenance</body></html>",
        b"a;b\n1;2\n",
        b"matricule;matricule\n1;2\n",
    ],
)
async def test_a_file_of_another_shape_is_bad_data(open_file: Open, folder: Path, content: bytes) -> None:
    (folder / "flux_20260324.csv").write_bytes(content)
    utf8 = FILE.replace('"latin-1"', '"utf-8"')
    opened = await open_file(utf8, {"dossier": str(folder)})
    with pytest.raises(ConnectorError) as caught:
        await read(opened, "M1")
    assert caught.value.kind is ErrorKind.BAD_DATA


async def test_lines_in_another_encoding_are_broken_lines(open_file: Open, folder: Path) -> None:
    write(folder, "flux_20260324.csv", line(1), encoding="latin-1")
    opened = await open_file(FILE.replace('"latin-1"', '"utf-8"'), {"dossier": str(folder)})
    with pytest.raises(ConnectorError) as caught:
        await read(opened, "M1")
    assert caught.value.kind is ErrorKind.BAD_DATA
    # Told of a file that was refused whole too.
    assert isinstance(opened.connector, FilesConnector)
    assert opened.connector.line_count().fault_lines == {"encoding": [2]}


async def test_too_many_lines_are_truncated_and_it_is_said(open_file: Open, folder: Path) -> None:
    write(folder, "flux_20260324.csv", *[f"M1;fund {number};23/03/2026;A" for number in range(9)])
    batch = await read(await open_file(FILE, {"dossier": str(folder)}), "M1", limit=5)
    assert (len(batch.items), batch.completeness) == (5, Completeness.TRUNCATED)


SINGLE = (
    FILE.replace('folder = "{config.dossier}"', 'path = "{config.dossier}"')
    .replace(
        'pattern = "flux_*.csv"                # le dernier nom dans l\'ordre alphab\u00e9tique est lu', ""
    )
    .replace(
        'as_of = "name"                        # mtime, column ou name',
        'as_of = "column"\nas_of_column = "date_maj"',
    )
    .replace('as_of_format = "flux_%Y%m%d.csv"', 'as_of_format = "%d/%m/%Y"')
)


async def test_a_single_file_may_be_dated_by_a_column(open_file: Open, folder: Path) -> None:
    path = write(folder, "flow.csv", "M1;MSA;24/03/2026;A", "M2;MSA;01/12/2025;A")
    batch = await read(await open_file(SINGLE, {"dossier": str(path)}), "M2")
    assert batch.as_of == datetime.fromisoformat(PARIS_MIDNIGHT)


FIELD = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x00\x1a", exclude_categories=["Cc", "Zl", "Zp"]),
    max_size=12,
)


@given(st.lists(st.lists(FIELD, min_size=3, max_size=3), max_size=12), st.sampled_from([";", ",", "\t"]))
def test_what_was_written_is_read_back_line_by_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    def written(field: str) -> str:
        return '"' + field.replace('"', '""') + '"'

    path = tmp_path_factory.getbasetemp() / "lines.csv"
    lines = [delimiter.join(written(field) for field in row) for row in rows]
    path.write_bytes("\n".join([delimiter.join("abc"), *lines]).encode())
    read_back = CsvLines(path, CsvDialect("utf-8", delimiter, '"'))
    assert [fields for _, fields in read_back.rows()] == rows
    assert (read_back.columns, read_back.count.broken) == (("a", "b", "c"), 0)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reading_of_lines_fail(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(b"a;b;c\n" + content)
    lines = CsvLines(path, CsvDialect("utf-8", ";", '"'))
    good = list(lines.rows())
    assert len(good) == lines.count.read
