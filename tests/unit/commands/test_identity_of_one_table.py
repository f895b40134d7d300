"""`avise identity evaluate` on one table: duplicates within it, and how public sets write what they lack."""

import json
from pathlib import Path

import pytest

from avise.cli import main
from avise.models.identity.records import Notion
from avise.services.identity.mapping import TableMapping
from avise.services.identity.tables import CsvFile, read_table

PEOPLE = (
    ("1", "CARSTEN", "NA", "MEIER", "1949-07-22"), ("2", "GERD", "NA", "BAUER", "1968-07-27"),
    ("3", "ROBERT", "NA", "HARTMANN", "1930-04-30"), ("4", "STEFAN", "NA", "WOLFF", "1957-09-02"),
    ("5", "RALF", "NA", "KRUEGER", "1966-01-13"), ("6", "JUERGEN", "NA", "FRANKE", "1929-07-04"),
    ("7", "GERD", "NA", "BAUERH", "1968-07-27"), ("8", "ROBERT", "NA", "HARTMANN", "1930-04-30"),
)  # fmt: skip
MAPPING = """
[columns]
id = "id"
first_name = ["first_1", "first_2"]
last_name = "last"
birth_date = "born"
"""
GROUPS = ("3", "6", "2", "5", "1", "4", "6", "2")
"""Of each person, in numbers that are those of records too."""


def _told(folder: Path, truth: str, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    rows = "".join(",".join(person) + "\n" for person in PEOPLE)
    table, mapping = folder / "people.csv", folder / "m.toml"
    table.write_text(f"id,first_1,first_2,last,born\n{rows}", encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    (folder / "truth.csv").write_text(truth, encoding="utf-8")
    judged = ("--mapping", str(mapping), "--truth", str(folder / "truth.csv"), "--json")
    assert main(["identity", "evaluate", str(table), str(table), *judged]) == 0
    found: dict[str, float] = json.loads(capsys.readouterr().out)["with_proposals"]
    return found


def test_groups_numbered_as_records_are_are_groups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{place},{group}\n" for place, group in enumerate(GROUPS, 1))
    found = _told(tmp_path, f"id,person\n{rows}", capsys)
    assert (found["true"], found["right"], found["found"]) == (2, 2, 2)


def test_pairs_told_in_both_directions_are_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _told(tmp_path, "one,other\n2,7\n7,2\n3,8\n8,3\n", capsys)
    assert (found["true"], found["right"]) == (2, 2)


def _last_names(folder: Path, names: list[str], postcode: str) -> list[str]:
    table = folder / "people.csv"
    rows = "".join(f"{place},{name},1950-01-02,{postcode}\n" for place, name in enumerate(names))
    table.write_text(f"key,name,born,zip\n{rows}", encoding="utf-8")
    columns = {Notion.ID: ("key",), Notion.LAST_NAME: ("name",), Notion.POSTCODE: ("zip",)}
    read = read_table(CsvFile(table), TableMapping(columns))
    assert {record.postcode for record in read.records} <= {"", "44000"}
    return [record.last_name for record in read.records]


def test_na_is_nobody_s_name_where_it_stands_in_many_cells(tmp_path: Path) -> None:
    assert _last_names(tmp_path, ["NA", "MEIER", "NA"], "44000") == ["", "MEIER", ""]


def test_na_is_a_name_where_few_bear_it(tmp_path: Path) -> None:
    names = [*(f"MEIER{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "NA"]
    assert _last_names(tmp_path, names, "44000") == names
    assert _last_names(tmp_path, names, "NA") == [*names[:-1], ""], "whoever writes NA for a postcode"
