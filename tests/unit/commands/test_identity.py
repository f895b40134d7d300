"""`avise identity evaluate`: any two tables by a mapping file."""

import json
from pathlib import Path

import pytest

from avise.cli import main

PEOPLE = [
    ("1", "Trévallec", "Monique", "12/03/1951", "44000"), ("2", "Benhalla", "Karim", "01/07/1984", "35000"),
    ("3", "Lormeau", "Bastien", "30/11/1998", "29200"), ("4", "Coulibert", "Nadège", "25/05/1979", "56000"),
    ("5", "Kerdraon", "Yvon", "08/02/1944", "22000"), ("6", "Quévichon", "Hugo", "17/09/2004", "44600"),
]  # fmt: skip
OTHERS = [
    ("a", "Monique TREVALEC", "1951-03-12", "44000"), ("b", "Karim BENHALLA", "1984-07-01", "35000"),
    ("c", "Bastien LORMEAU", "1998-11-03", "29200"), ("d", "Odile VISSARET", "1962-04-04", "75011"),
]  # fmt: skip
MAPPING = """
[a.columns]
id = "num"
last_name = "nom"
first_name = "prenom"
birth_date = "ne_le"
postcode = "cp"
[b.columns]
id = "key"
full_name = "name"
birth_date = "born"
postcode = "zip"
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    rows = "\n".join(";".join(person) for person in PEOPLE)
    (tmp_path / "a.csv").write_text(f"num;nom;prenom;ne_le;cp\n{rows}\n", encoding="cp1252")
    others = "\n".join(",".join(person) for person in OTHERS)
    (tmp_path / "b.csv").write_text(f"key,name,born,zip\n{others}\n", encoding="utf-8-sig")
    (tmp_path / "t.csv").write_text("a,b\n1,a\n2,b\n3,c\n", encoding="utf-8")
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def _run(folder: Path, *more: str, second: str = "b.csv", truth: str = "t.csv", language: str = "en") -> int:
    tables = (str(folder / "a.csv"), str(folder / second))
    beside = ("--mapping", str(folder / "m.toml"), "--truth", str(folder / truth))
    return main(["--language", language, "identity", "evaluate", *tables, *beside, *more])


def test_two_tables_written_differently_are_brought_together(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(files, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["records"] == [6, 4]
    assert told["compared"] > 1
    assert _run(files) == 0
    assert f"Records read: 6 and 4; {told['compared']} pairs compared." in capsys.readouterr().out
    assert told["with_proposals"] == {
        "found": 3, "right": 3, "true": 3, "precision": 1.0, "recall": 1.0, "f1": 1.0,
    }  # fmt: skip


def test_what_is_printed_names_nobody_unless_asked(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "t.csv").write_text("a,b\n1,a\n5,d\n", encoding="utf-8")
    assert _run(files) == 0
    masked = capsys.readouterr().out
    assert "precision" in masked
    assert "lines 6 and 5" in masked
    for _, last, first, *_ in PEOPLE:
        assert last.upper() not in masked.upper()
        assert first.upper() not in masked.upper()
    assert _run(files, "--clear") == 0
    assert "KERDRAON" in capsys.readouterr().out


def test_proposals_that_are_none_have_no_precision(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "m.toml").write_text(
        MAPPING + "\n[thresholds]\nautomatic = 0.9\nproposed = 0.9\n", encoding="utf-8"
    )
    assert _run(files) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("proposals alone"))
    assert row.split()[-5:] == ["0", "0", "–", "0.0000", "0.0000"]


def test_a_file_that_is_no_table_is_told_by_its_name(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "noise.csv").write_bytes(b"\x81\x8d;\x90\xff\n1;2\n")
    assert _run(files, second="noise.csv") == 1
    assert "The first line of noise.csv (2 columns)" in capsys.readouterr().err
    assert main(["--language", "en", "identity", "evaluate", str(files / "a.csv"), ".", "--mapping",
                 str(files / "m.toml"), "--truth", str(files / "t.csv")]) == 1  # fmt: skip
    assert "The file . is missing" in capsys.readouterr().err


def test_a_table_with_itself_is_searched_for_duplicates(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (files / "a.csv").open("a", encoding="cp1252") as stream:
        stream.write("7;Quevichon;Hugo;17/09/2004;44600\n8;Quévichon;Hugo;17/09/2004;44600\n")
    (files / "m.toml").write_text(MAPPING.replace("[a.columns]", "[columns]").partition("[b.")[0], "utf-8")
    (files / "t.csv").write_text("x,y\n6,7\n8,7\n", encoding="utf-8")
    assert _run(files, "--json", second="a.csv") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["with_proposals"]["true"] == 3, "to be one person is passed on"
    assert told["with_proposals"]["recall"] == 1.0


def test_every_error_of_a_mapping_is_told_with_its_line_and_a_suggestion(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = '[columns]\nid = "num"\nlast_nam = "nom"\nphone = "num_secu"\n[thresholds]\nproposed = 0.999\n'
    (files / "m.toml").write_text(broken, encoding="utf-8")
    assert _run(files) == 1
    told = capsys.readouterr().err
    assert "m.toml:3: “last_nam” is no known notion" in told
    assert "Did you mean “last_name”?" in told
    assert "m.toml:4: The NIR never serves to bring people together, and “num_secu” is called like" in told
    assert "m.toml:6: The threshold of proposals" in told


@pytest.mark.parametrize(
    ("mapping", "english", "french"),
    [
        ("", "A section [columns] is missing, which holds for both", "Il manque une section [columns]"),
        (
            MAPPING.partition("[b.")[0],
            "[b.columns] is missing; or a section [columns]",
            "Il manque [b.columns]\u202f; ou une section [columns]",
        ),
        (
            MAPPING.replace("[a.", "[b.").rpartition("[b.")[0],
            "[a.columns] is missing; or a section [columns]",
            "Il manque [a.columns]\u202f; ou une section [columns]",
        ),
        (
            'dates = "yyyymmdd"\n' + MAPPING,
            "The order alone counts: “yyyy-mm-dd” also reads 19510312. Did you mean “yyyy-mm-dd”?",
            "Seul l’ordre compte\u00a0: «\u00a0yyyy-mm-dd\u00a0» lit aussi 19510312.",
        ),
        (
            MAPPING + '[compare.x]\nkind = "exact"\na = "soc_sec_id"\nb = "zip"\n',
            "and “soc_sec_id” is called like one. Take this column out.",
            "et «\u00a0soc_sec_id\u00a0» se nomme comme lui. Retirez cette colonne.",
        ),
    ],
)
def test_what_a_mapping_lacks_or_may_not_say_is_told_once_with_what_to_write(
    files: Path, capsys: pytest.CaptureFixture[str], mapping: str, english: str, french: str
) -> None:
    (files / "m.toml").write_text(mapping, encoding="utf-8")
    for language, sentence in (("en", english), ("fr", french)):
        assert _run(files, language=language) == 1
        told = capsys.readouterr().err
        assert sentence in told
        assert told.count("m.toml:") == 1


def test_columns_that_the_tables_and_the_truth_lack_are_told_together(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "m.toml").write_text(MAPPING.replace('"nom"', '"nomm"') + '[truth]\nb = "bb"\n', "utf-8")
    assert _run(files) == 1
    told = capsys.readouterr().err
    assert "m.toml:4: The column “nomm” is not in a.csv" in told
    assert "m.toml:14: The column “bb” is not in t.csv, which has: a, b. Did you mean “b”?" in told


def test_the_table_by_score_says_that_it_knows_neither_rules_nor_doubts(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, sentence, head in (
        ("en", "By score alone (a rule links", "from"),
        ("fr", "Par le score seul (une règle lie", "à partir de"),
    ):
        assert _run(files, language=language) == 0
        told = capsys.readouterr().out
        assert told.index(sentence) < told.index(f"\n{head}")


def test_a_column_that_a_table_lacks_is_told_at_the_mapping_s_line(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "m.toml").write_text(MAPPING.replace('"ne_le"', '"nee_le"'), encoding="utf-8")
    assert _run(files) == 1
    told = capsys.readouterr().err
    assert "m.toml:6: The column “nee_le” is not in a.csv, which has: num, nom, prenom, ne_le, cp." in told
    assert "Did you mean “ne_le”?" in told


def test_a_table_without_a_header_shows_nobody_in_its_error(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (files / "a.csv").read_text(encoding="cp1252").partition("\n")[2]
    (files / "a.csv").write_text(rows, encoding="cp1252")
    assert _run(files) == 1
    told = capsys.readouterr().err
    assert "The first line of a.csv (5 columns) names none of the columns" in told
    assert not [value for value in rows.partition("\n")[0].split(";") if len(value) > 2 and value in told]


def test_a_separator_that_cuts_nothing_is_told_once(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "m.toml").write_text('separator = "|"\n' + MAPPING, encoding="utf-8")
    assert _run(files) == 1
    told = capsys.readouterr().err
    assert "The first line of a.csv is one column, which holds “;”" in told
    assert "is not in a.csv" not in told


def test_rows_that_cannot_be_used_are_told_by_line_and_left_out(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (files / "a.csv").open("a", encoding="cp1252") as stream:
        stream.write("9;Court\n;Sans;Numéro;01/01/1990;44000\n1;Deux;Fois;01/01/1990;44000\n")
    assert _run(files) == 0
    told = capsys.readouterr().out
    assert "a.csv:8: 2 columns instead of 5" in told
    assert "a.csv:9: The row has no identifier" in told
    assert "a.csv:10: The identifier is already that of line 2" in told


@pytest.mark.parametrize("missing", ["b.csv", "t.csv", "m.toml"])
def test_a_missing_file_is_told_with_its_name(
    files: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    (files / missing).unlink()
    assert _run(files) == 1
    assert missing in capsys.readouterr().err


@pytest.mark.parametrize(
    "truth", ["a,1\nb,2\nc,3\n", "key;num\na;1\nb;2\nc;3\n", "1,a\n2,b\n3,c\n4,nobody\n"]
)
def test_the_truth_may_begin_with_either_table_and_have_no_line_of_names(
    files: Path, capsys: pytest.CaptureFixture[str], truth: str
) -> None:
    (files / "t.csv").write_text(truth, encoding="utf-8")
    assert _run(files, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["with_proposals"]["true"], told["with_proposals"]["recall"]) == (3, 1.0)
    assert told["unknown_truth"] == ("nobody" in truth)


BOOKS = """isbn;title;price;at
{n}01;The quiet harbour of Kerlouan;12,50;48.64 -4.37
{n}02;Repairing clocks at home;1 250,00;47.22 -1.55
{n}03;A short history of salted butter;9;48.11 -1.68
{n}04;Winter on the moor;30;
"""
BOOK_MAPPING = """
[columns]
id = "isbn"
[compare.title]
kind = "text"
column = "title"
[compare.price]
kind = "number"
a = "price"
b = "cost"
tolerance = 0.5
[compare.place]
kind = "geo"
column = "at"
"""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(BOOKS.format(n="a"), encoding="utf-8")
    others = BOOKS.format(n="b").replace("price", "cost").replace("quiet harbour", "quiet harbor")
    (tmp_path / "b.csv").write_text(others.replace("30;", "about thirty;"), encoding="utf-8")
    (tmp_path / "t.csv").write_text("a,b\na01,b01\na02,b02\na03,b03\na04,b04\n", encoding="utf-8")
    (tmp_path / "m.toml").write_text(BOOK_MAPPING, encoding="utf-8")
    return tmp_path


def test_tables_of_anything_are_brought_together_by_columns_that_no_notion_names(
    books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(books, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["with_proposals"]["f1"] == 1.0
    assert told["households"] is False
    assert told["unused"][1]["unread"] == {"price": 1}


@pytest.mark.parametrize(
    ("kind", "english", "french"),
    [
        ("geo", "is two numbers, latitude then longitude", "ce sont deux nombres, la latitude puis la"),
        ("date", "Check dates or kind in the mapping.", "Vérifiez dates ou kind"),
        ("number", "Check kind in the mapping.", "Vérifiez kind"),
    ],
)
def test_texts_that_cannot_be_read_say_what_their_kind_wants(
    books: Path, capsys: pytest.CaptureFixture[str], kind: str, english: str, french: str
) -> None:
    more = f'[compare.name]\nkind = "{kind}"\ncolumn = "title"\n'
    (books / "m.toml").write_text(BOOK_MAPPING + more, encoding="utf-8")
    for language, told, sentence in (("en", "4 texts of name", english), ("fr", "4 textes de name", french)):
        assert _run(books, language=language) == 0
        printed = " ".join(capsys.readouterr().out.split())
        assert sentence in printed.partition(told)[2].partition(".csv")[0]


def test_what_plays_no_part_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "m.toml").write_text(MAPPING.replace('postcode = "cp"\n', 'phone = "cp"\n'), encoding="utf-8")
    assert _run(files) == 0
    assert "Only in a.csv, so not compared: phone." in capsys.readouterr().out
    (files / "m.toml").write_text(MAPPING.replace('postcode = "zip"\n', ""), encoding="utf-8")
    assert _run(files) == 0
    assert "Columns of b.csv that the mapping does not use: zip." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ('[compare.x]\nkind = "fuzzy"\ncolumn = "cp"\n', "text, number, date, exact, geo"),
        ('[compare.x]\ncolumn = "cp"\n', "kind"),
        ('[compare.x]\nkind = "text"\n', "column"),
        ('[compare.x]\nkind = "text"\na = "nir"\nb = "zip"\n', "The NIR never serves"),
        ('[compare.nir]\nkind = "exact"\na = "cp"\nb = "zip"\n', "The NIR never serves"),
        ('[compare.x]\nkind = "text"\na = "cpp"\nb = "zip"\n', "Did you mean “cp”?"),
    ],
)
def test_a_wrong_comparison_is_told_at_its_line(
    files: Path, capsys: pytest.CaptureFixture[str], section: str, sentence: str
) -> None:
    (files / "m.toml").write_text(MAPPING + section, encoding="utf-8")
    assert _run(files) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert int(told.split("m.toml:")[1].split(":")[0]) >= len(MAPPING.splitlines()) + 1


@pytest.mark.parametrize(
    ("truth", "section"),
    [
        ("id,group\n1,x\na,x\n2,y\nb,y\n3,z\nc,z\n4,alone\n", ""),
        ("g;who\nx;1\nx;a\ny;2\ny;b\nz;3\nz;c\n", '[truth]\nid = "who"\ncluster = "g"\n'),
        (
            "who,g,where\n1,x,a\na,x,b\n2,y,a.csv\nb,y,b.csv\n3,z,a\nc,z,b\n",
            '[truth]\nid = "who"\ncluster = "g"\ntable = "where"\n',
        ),
    ],
)
def test_the_truth_may_tell_groups(
    files: Path, capsys: pytest.CaptureFixture[str], truth: str, section: str
) -> None:
    (files / "t.csv").write_text(truth, encoding="utf-8")
    (files / "m.toml").write_text(MAPPING + section, encoding="utf-8")
    assert _run(files, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["with_proposals"]["true"], told["with_proposals"]["recall"]) == (3, 1.0)


def test_a_truth_that_names_no_record_is_refused_with_its_line(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "t.csv").write_text("a,b\nx1,y1\nx2,y2\n", encoding="utf-8")
    assert _run(files) == 1
    assert "No pair of t.csv names a record of a.csv and one of b.csv" in capsys.readouterr().err


def test_an_identifier_of_both_tables_needs_a_column_that_says_which(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = (files / "b.csv").read_text(encoding="utf-8-sig").replace("\na,", "\n1,")
    (files / "b.csv").write_text(others, encoding="utf-8")
    (files / "t.csv").write_text("id,group\n1,x\nb,x\n", encoding="utf-8")
    (files / "m.toml").write_text(MAPPING + '[truth]\nid = "id"\ncluster = "group"\n', encoding="utf-8")
    assert _run(files) == 1
    assert "line 2 of t.csv is in both tables" in capsys.readouterr().err


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (files / "b.csv").open("a", encoding="utf-8") as stream:
        stream.write('e,"Open' + "x" * 200_000 + "\n")
    assert _run(files) == 1
    assert "From line 6 of b.csv on" in capsys.readouterr().err


def test_a_wrong_encoding_is_told_with_the_line_that_shows_it(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = MAPPING.replace("[a.columns]", '[a]\nencoding = "utf-8"\n[a.columns]')
    (files / "m.toml").write_text(mapping, encoding="utf-8")
    assert _run(files) == 1
    assert "a.csv is not in utf-8, as line 1 shows" in capsys.readouterr().err


def test_a_field_over_several_lines_is_one_field(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (files / "b.csv").read_text(encoding="utf-8-sig").replace("Karim BENHALLA", '"Karim\nBENHALLA"')
    (files / "b.csv").write_text(rows, encoding="utf-8")
    (files / "t.csv").write_text("a,b\n1,a\n2,b\n5,d\n", encoding="utf-8")
    assert _run(files) == 0
    assert "lines 6 and 6" in capsys.readouterr().out
