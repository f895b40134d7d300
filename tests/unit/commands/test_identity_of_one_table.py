"""`avise identity evaluate` on one table: duplicates within it, and how public sets write what they lack."""

import json
from pathlib import Path

import pytest

from avise.cli import main
from avise.models.identity.records import IdentityRecord, Notion
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


@pytest.mark.parametrize("names", ["id,person\n", ""])
@pytest.mark.parametrize("group", ["{}", "person {}"])
def test_groups_are_read_however_they_are_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: str, group: str
) -> None:
    rows = "".join(f"{place},{group.format(number)}\n" for place, number in enumerate(GROUPS, 1))
    found = _told(tmp_path, names + rows, capsys)
    assert (found["true"], found["right"], found["found"]) == (2, 2, 2)


def test_pairs_that_name_a_record_several_times_are_pairs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everybody = "".join(f"{place},{7 if place < 7 else 2}\n" for place in (1, 1, 2, 3, 4, 5, 6, 7, 8))
    assert _told(tmp_path, f"one,other\n{everybody}", capsys)["true"] == 28, "passed on to everybody"


def test_pairs_told_in_both_directions_are_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _told(tmp_path, "one,other\n2,7\n7,2\n3,8\n8,3\n", capsys)
    assert (found["true"], found["right"]) == (2, 2)


def _read(folder: Path, names: list[str], region: str) -> list[IdentityRecord]:
    table = folder / "people.csv"
    rows = "".join(f"{place},{name},{region}\n" for place, name in enumerate(names))
    table.write_text(f"key,name,region\n{rows}", encoding="utf-8")
    columns = {Notion.ID: ("key",), Notion.LAST_NAME: ("name",), Notion.REGION: ("region",)}
    return list(read_table(CsvFile(table), TableMapping(columns)).records)


def test_na_is_nobody_s_name_where_it_stands_in_many_cells(tmp_path: Path) -> None:
    read = _read(tmp_path, ["NA", "MEIER", "NA"], "NC")
    assert [(record.last_name, record.region) for record in read] == [("", "NC"), ("MEIER", "NC"), ("", "NC")]


def test_na_is_a_name_where_few_bear_it_whatever_other_columns_hold(tmp_path: Path) -> None:
    names = [*(f"MEIER{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "NA"]
    read = _read(tmp_path, names, "NA")
    assert [record.last_name for record in read] == names
    assert {record.region for record in read} == {""}
