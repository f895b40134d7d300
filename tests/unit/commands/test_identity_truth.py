"""The truth of `avise identity evaluate`, as strangers write it: every sentence says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avise.cli import main

PEOPLE = (
    ("0010", "Trévallec", "Monique", "1951-03-12"), ("0020", "Benhalla", "Karim", "1984-07-01"),
    ("0030", "Lormeau", "Bastien", "1998-11-30"), ("0040", "Coulibert", "Nadège", "1979-05-25"),
)  # fmt: skip
MAPPING = """
[columns]
id = "num"
last_name = "nom"
first_name = "prenom"
birth_date = "ne_le"
"""


class Files:
    """Two tables of the same people, the second one's identifiers beginning with B."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, before in (("a", ""), ("b", "B")):
            rows = "".join(f"{before}{','.join(person)}\n" for person in PEOPLE)
            (folder / f"{name}.csv").write_text(f"num,nom,prenom,ne_le\n{rows}", encoding="utf-8")

    def run(
        self, truth: str, section: str = "", *more: str, encoding: str = "utf-8", language: str = "en"
    ) -> int:
        (self.folder / "t.csv").write_text(truth, encoding=encoding)
        (self.folder / "m.toml").write_text(section + MAPPING, encoding="utf-8")
        tables = (str(self.folder / "a.csv"), str(self.folder / "b.csv"))
        beside = ("--mapping", str(self.folder / "m.toml"), "--truth", str(self.folder / "t.csv"))
        return main(["--language", language, "identity", "evaluate", *tables, *beside, *more])


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def _counts(
    files: Files, capsys: pytest.CaptureFixture[str], truth: str, section: str = ""
) -> tuple[int, int]:
    assert files.run(truth, section, "--json") == 0
    told = json.loads(capsys.readouterr().out)["with_proposals"]
    return told["true"], told["right"]


PAIRS = "0010,B0010\n0020,B0020\n0030,B0030\n"
LABELLED = "0010,B0010,1\n0010,B0020,0\n0020,B0020,1\n0030,B0040,0\n"


@pytest.mark.parametrize(
    ("truth", "section", "true"),
    [
        ("left,right,label\n" + LABELLED, "", 2),
        (LABELLED, "", 2),
        ("left,right,is\n" + LABELLED.replace(",1\n", ",Oui\n"), '[truth]\nlabel = "is"\n', 2),
        ("left,right,n\n" + LABELLED.replace(",1\n", ",7\n"), "", 5),
        (
            "no,left,right\n" + "".join(f"9,{row}\n" for row in PAIRS.split()),
            '[truth]\nb = "right"\na = "left"\n',
            3,
        ),
        ("right,left\n" + PAIRS, '[truth]\nb = "right"\n', 3),
        ("right,left\n" + PAIRS, '[truth]\na = "left"\n', 3),
        (PAIRS.replace(",", ";"), 'separator = ","\n[truth]\nseparator = ";"\n', 3),
        ("0010\tB0010\n0020\tB0020\n", "", 2),
    ],
)
def test_a_truth_of_more_columns_or_another_order_counts_its_true_pairs(
    files: Files, capsys: pytest.CaptureFixture[str], truth: str, section: str, true: int
) -> None:
    assert _counts(files, capsys, truth, section)[0] == true


@pytest.mark.parametrize(("no", "yes"), [("0", "1"), ("0.0", "1.0"), ("False", "True"), ("false", "true")])
def test_pairs_that_are_told_to_be_none_do_not_count(
    files: Files, capsys: pytest.CaptureFixture[str], no: str, yes: str
) -> None:
    told = [(*line.split(",")[:2], yes if line.endswith("1") else no) for line in LABELLED.split()]
    truth = "\n".join(("left,right,same", *map(",".join, told))) + "\n"
    assert _counts(files, capsys, truth) == (2, 2)
    assert _counts(files, capsys, truth, '[truth]\nlabel = "same"\n') == (2, 2)


def test_pairs_that_leave_nobody_of_one_table_out_are_no_groups(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = "a,b\n0010,B0010\n0020,B0010\n0030,B0030\n0040,B0040\n"
    assert _counts(files, capsys, truth)[0] == 4


def test_a_truth_of_pairs_of_others_is_not_found(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert _counts(files, capsys, "a,b\n0010,B0020\n0030,B0030\n") == (2, 1)


def test_identifiers_whose_zeros_a_spreadsheet_dropped_are_told(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert files.run("a,b\n10,B0010\n20,B0020\n") == 1
    assert "Line 2 of t.csv would name records of the tables but for zeros" in capsys.readouterr().err
    assert files.run("a,b\n0010,B0010\n99,B0030\n20.0,B0020\n") == 0
    told = capsys.readouterr().out
    assert "2 true pairs name an identifier that is in no table: they are not counted (lines 3, 4 of" in told
    assert "Line 4 of t.csv would name records" in told
    assert files.run("a,b\n0010,B0010\n99,B0030\n") == 0
    assert "zeros" not in capsys.readouterr().out


GROUPS = '[truth]\nid = "who"\ncluster = "group"\n'


@pytest.mark.parametrize(
    ("truth", "section", "lines"),
    [
        ("a,b\n0010,B0010\n0020\n0030,B0030\n", "", "3"),
        ('a,b\n0010,B0010\n"0020,B0020\n0030,B0030\n', "", "3, 4"),
        ('a,b\n0010,B0010\n0020,"B0020\n0030,B0030\n', "", "3, 4"),
        ("a,b,is\n0010,B0010,1\n0020,B0020\n0030,B0040,0\n", "", "3"),
        ("is,a,b\n1,0010,B0010\n0020\n0,0030,B0040\n", '[truth]\na = "a"\nb = "b"\n', "3"),
        ('a,b,is\n0010,B0010,1\n0030,B0040,0\n0020,B0020,"1\n0030,B0030,1\n', "", "4, 5"),
        ("a,b,n,is\n0010,B0010,7,1\n0020,B0020,7\n", '[truth]\nlabel = "is"\n', "3"),
        ("who,group\n0010,g\nB0010,g\n0020\n", GROUPS, "4"),
        ('who,group\n0010,g\nB0010,g\n0020,"h\nB0020,h\n', GROUPS, "4, 5"),
        ('who,group\n0010,g\nB0010,g\n"0020,h\nB0020",h\n', GROUPS, "4, 5"),
    ],
)
def test_lines_of_the_truth_that_cannot_be_read_are_counted_and_told(
    files: Files, capsys: pytest.CaptureFixture[str], truth: str, section: str, lines: str
) -> None:
    assert files.run(truth, section, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    count = len(lines.split(","))
    assert (told["unread_truth"], told["unknown_truth"]) == (count, 0)
    assert told["with_proposals"]["true"] == (2 if truth.endswith("20\n0030,B0030\n") and count == 1 else 1)
    assert files.run(truth, section) == 0
    word = "line" if count == 1 else "lines"
    assert f"not counted ({word} {lines}). Check" in " ".join(capsys.readouterr().out.split())
    assert files.run(truth, section, language="fr") == 0
    word = "ligne" if count == 1 else "lignes"
    assert f"({word} {lines}). Vérifiez" in " ".join(capsys.readouterr().out.split())


def test_a_truth_of_which_every_line_is_read_tells_of_none(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert files.run('a,b,note\n0010,B0010,"over\ntwo lines"\n') == 0
    assert "cannot be read" not in capsys.readouterr().out


def test_a_first_line_that_names_nobody_is_no_line_of_names_when_another_one_stood_before_it(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert files.run("a,b,label\nX,Y,1\n0010,B0010,1\n0010,B0020,0\n") == 0
    assert "(line 2 of the truth)" in capsys.readouterr().out


def test_a_truth_in_one_column_says_which_separator_it_holds(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert files.run("a;b\n0010;B0010\n", 'separator = ","\n') == 1
    assert 't.csv is read as one column, which holds “;”. Write separator = ";" in' in capsys.readouterr().err
    assert files.run("a\n0010\n") == 1
    assert "t.csv needs two columns" in capsys.readouterr().err


@pytest.mark.parametrize(("truth", "section"), [("a,b\n", ""), (PAIRS, '[truth]\ncluster = "B0010"\n')])
def test_a_truth_without_a_pair_gives_no_recall(
    files: Files, capsys: pytest.CaptureFixture[str], truth: str, section: str
) -> None:
    assert files.run(truth, section) == 0
    told = capsys.readouterr().out
    assert "t.csv tells no pair of a record of the first table and one of the second" in told
    row = next(line for line in told.splitlines() if line.startswith("links and proposals"))
    assert row.split()[-5:] == ["4", "0", "0.0000", "–", "–"]


def test_who_has_no_group_and_a_group_of_one_are_in_no_pair(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = "who,group\n0010,g\nB0010,g\n0020,\nB0020,\n0030,alone\nB0040,\n"
    assert _counts(files, capsys, truth, '[truth]\nid = "who"\ncluster = "group"\n') == (1, 1)


def test_pairs_of_which_each_record_is_named_once_are_no_groups(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert files.run("a,b\n0010,C0010\n0020,C0020\n0030,C0030\n") == 1
    assert "No pair of t.csv names a record of a.csv and one of b.csv" in capsys.readouterr().err


def test_a_wrong_encoding_or_separator_of_the_truth_is_told_at_its_line(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert files.run(PAIRS, '[truth]\nencoding = "utf-99"\nseparator = "tab"\n') == 1
    told = capsys.readouterr().err
    assert "m.toml:2: There is no such encoding." in told
    assert "m.toml:3: The separator is one character" in told
