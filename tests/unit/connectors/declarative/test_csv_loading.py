"""A file that the worker process loaded answers as one that was loaded here."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.csv_lines import CsvDialect
from avise.connectors.declarative.csv_loading import LoadedFile, file_of, file_pieces, load_file
from avise.models.errors import ErrorKind

DIALECT = CsvDialect("utf-8", ";", '"')
lines = st.lists(st.text(alphabet='ab;"é \n', max_size=12), max_size=12)


def told(file: LoadedFile) -> object:
    rows = file.database.execute("select number, key, fields from line order by number").fetchall()
    file.database.close()
    return rows, file.columns, file.count, file.dates


@given(lines)
def test_a_file_is_the_same_wherever_it_was_loaded(given_lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.csv"
        path.write_text("\n".join(["who;what;day", *given_lines]), encoding="utf-8")
        here = load_file(path, DIALECT, ["who", "day"], "day")
        there = file_of(tuple(file_pieces(b"", path, DIALECT, ["who", "day"], "day")))
    assert told(there) == told(here)


def test_a_file_that_is_gone_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError) as caught:
        list(file_pieces(b"", tmp_path / "gone.csv", DIALECT, ["who"], ""))
    assert (caught.value.kind, caught.value.detail) == (ErrorKind.UNAVAILABLE, "FileNotFoundError")
