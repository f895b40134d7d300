"""How tables of strangers are written, and what a mapping file says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.models.identity.attributes import AttributeKind, NumberValue
from avise.models.identity.comparison import ATTRIBUTE_LEVELS, Level, attribute_code
from avise.models.identity.records import IdentityRecord
from avise.services.identity.evaluation import Evaluation, MappingFileError, Quality, evaluated
from avise.services.identity.mapping import check_mapping, mapped
from avise.services.identity.tables import CsvFile, Table, read_table, with_attributes

COLUMNS = '[columns]\nid = "id"\nlast_name = "last"\nfirst_name = "first"\nbirth_date = "born"\n'


def _read(folder: Path, table: bytes, mapping: str = COLUMNS) -> Table:
    (folder / "a.csv").write_bytes(table)
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    content = check_mapping(folder / "m.toml").content
    assert content is not None
    told = mapped(folder / "m.toml", content).ours
    return read_table(CsvFile(folder / "a.csv", told.encoding, told.separator), told)


def _monique(folder: Path, table: bytes, mapping: str = COLUMNS) -> IdentityRecord:
    (record,) = _read(folder, table, mapping).records
    return record


ROW = "id,last,first,born\n1,Trévallec,Monique,1951-03-12\n"
FULL = 'id,name,born\n1,"Trévallec, Monique",03/12/1951\n'


@pytest.mark.parametrize(
    ("table", "mapping"),
    [
        (ROW.encode(), COLUMNS),
        (ROW.encode("utf-8-sig"), COLUMNS),
        (ROW.encode("cp1252"), COLUMNS),
        (ROW.encode("utf-16"), COLUMNS),
        (ROW.encode("cp850"), 'encoding = "cp850"\n' + COLUMNS),
        (ROW.encode("utf-8-sig"), 'encoding = "utf-8"\n' + COLUMNS),
        (ROW.replace(",", ";").encode(), COLUMNS),
        (ROW.replace(",", "\t").replace("\n", "\r\n").encode(), COLUMNS),
        (ROW.replace(",", ", ").encode(), COLUMNS),
        (ROW.replace(",", " ,").encode(), COLUMNS),
        (ROW.replace("Trévallec", ' "Tréval,lec"').encode(), COLUMNS),
        (ROW.replace("\n", ",\n").encode(), COLUMNS),
        (ROW.replace("id,", '"id,of",').encode("utf-8-sig"), COLUMNS.replace('"id"', '"id,of"')),
        (ROW.replace("1951-03-12", "03/12/1951").encode(), 'dates = "mm/dd/yyyy"\n' + COLUMNS),
        (
            FULL.encode(),
            'dates = "mm/dd/yyyy"\n[columns]\nid = "id"\nfull_name = "name"\nbirth_date = "born"\n',
        ),
        (ROW.replace("1951-03-12", "12.03.51").encode(), COLUMNS),
        (ROW.encode() + b"\n,,,\n", COLUMNS),
    ],
)
def test_one_person_is_read_alike_however_the_table_is_written(
    tmp_path: Path, table: bytes, mapping: str
) -> None:
    record = _monique(tmp_path, table, mapping)
    assert (record.reference, record.last_name, record.first_name, record.birth) == (
        "1", "TREVALLEC", "MONIQUE", "19510312",
    )  # fmt: skip


@pytest.mark.parametrize(("rest", "is_left_out"), [(",", False), (",,", False), (",x", True), (", ,x", True)])
def test_a_row_with_cells_behind_the_last_column_is_left_out_and_told(
    tmp_path: Path, rest: str, is_left_out: bool
) -> None:
    table = _read(tmp_path, f"{ROW}2,Lormeau,Bastien,1998-11-30{rest}\n".encode())
    assert [fault.message_key for fault in table.faults] == ["identity.row_width"] * is_left_out
    assert len(table.records) == 2 - is_left_out


@pytest.mark.parametrize(
    "column",
    [
        "ssn",
        "NIR",
        "n° sécurité sociale",
        "Social_Security_Number",
        "num_secu_assure",
        "code NSS",
        "nir_assure",
        "numNir",
    ],
)
def test_a_column_that_looks_like_a_nir_is_refused_wherever_it_is_named(tmp_path: Path, column: str) -> None:
    for place in (f'member_number = "{column}"\n', f'phone = ["tel", "{column}"]\n'):
        (tmp_path / "m.toml").write_text(COLUMNS + place, encoding="utf-8")
        problems = check_mapping(tmp_path / "m.toml").problems
        assert ["NIR" in problem.sentence() for problem in problems] == [True]


@pytest.mark.parametrize("column", ["souvenir", "business", "Lessname", "venir", "tenir_a_jour"])
def test_a_word_that_only_holds_those_letters_is_a_column(tmp_path: Path, column: str) -> None:
    (tmp_path / "m.toml").write_text(COLUMNS + f'phone = "{column}"\n', encoding="utf-8")
    assert check_mapping(tmp_path / "m.toml").problems == ()


@pytest.mark.parametrize(
    ("columns", "told"), [("2", 1), ("[]", 1), ('""', 1), ('["last", 2]', 1), ('["last"]', 0)]
)
def test_what_is_no_name_of_a_column_is_told_in_one_sentence(tmp_path: Path, columns: str, told: int) -> None:
    (tmp_path / "m.toml").write_text(COLUMNS.replace('"last"', columns), encoding="utf-8")
    assert len(check_mapping(tmp_path / "m.toml").problems) == told


_COMPARED = """
[compare.paid]
kind = "number"
column = "paid"
tolerance = 2
[compare.since]
kind = "date"
column = "since"
[compare.code]
kind = "exact"
column = "code"
"""


def test_other_columns_are_compared_with_their_tolerance_and_their_table_s_order_of_dates(
    tmp_path: Path,
) -> None:
    rows = (
        "id,last,first,born,paid,since,code\n1,A,B,1951-03-{day},{paid},{since},n/a\n2,C,D,,99,{other},X9\n"
    )
    mapping = COLUMNS + _COMPARED
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    content = check_mapping(tmp_path / "m.toml").content
    assert content is not None
    told = mapped(tmp_path / "m.toml", content).ours
    tables = []
    for day, paid, since, other in (
        ("12", "40", "03/04/2001", "25/04/2001"),
        ("12", "42", "04/03/2001", "04/25/2001"),
    ):
        path = tmp_path / f"{paid}.csv"
        path.write_text(rows.format(day=day, paid=paid, since=since, other=other), encoding="utf-8")
        tables.append(read_table(CsvFile(path), told))
    ours, theirs, attributes = with_attributes(tables[0], tables[1], told.attributes)
    assert [each.name for each in attributes] == ["paid", "since", "code"]
    one, other_one = (table.records[0].attributes for table in (ours, theirs))
    assert isinstance(one[0], NumberValue)
    codes = [attribute_code(mine, far) for mine, far in zip(one, other_one, strict=True)]
    assert ATTRIBUTE_LEVELS[AttributeKind.NUMBER][codes[0] - 1] is Level.CLOSE
    assert ATTRIBUTE_LEVELS[AttributeKind.DATE][codes[1] - 1] is Level.SAME
    assert codes[2] == 0, "n/a tells nothing"


def test_first_names_of_one_table_tell_at_which_end_the_other_writes_them(tmp_path: Path) -> None:
    names = [
        ("Zorrek", "Nilpa"),
        ("Vantu", "Orbel"),
        ("Kiggo", "Tamsi"),
        ("Hurl", "Epsan"),
        ("Wend", "Ydris"),
    ]
    found = _judged(
        tmp_path,
        "".join(
            f"{place},{last},{first},19{60 + place}-01-02\n" for place, (last, first) in enumerate(names)
        ),
        "".join(
            f"b{place},{last} {first},19{60 + place}-01-02\n" for place, (last, first) in enumerate(names)
        ),
        'id = "id"\nfull_name = "name"\nbirth_date = "born"\n',
        "id,name,born\n",
    )
    assert found.automatic == Quality(5, 5, 5)
    assert {pair.bits > 20 for pair in found.matching.pairs if pair.ours == pair.theirs} == {True}


def _judged(
    folder: Path, ours: str, theirs: str, columns: str, header: str, thresholds: str = "", truth: str = ""
) -> Evaluation:
    (folder / "a.csv").write_text("id,last,first,born\n" + ours, encoding="utf-8")
    (folder / "b.csv").write_text(header + theirs, encoding="utf-8")
    a = COLUMNS.replace("[columns]", "[a.columns]")
    (folder / "m.toml").write_text(f"{a}[b.columns]\n{columns}{thresholds}", encoding="utf-8")
    pairs = truth or "".join(f"{place},b{place}\n" for place in range(ours.count("\n")))
    (folder / "t.csv").write_text("a,b\n" + pairs, encoding="utf-8")
    return evaluated(folder / "a.csv", folder / "b.csv", folder / "m.toml", folder / "t.csv")


NAMES = (("Trévallec", "Monique"), ("Benhalla", "Karim"), ("Lormeau", "Bastien"), ("Coulibert", "Nadège"))
OURS = "".join(
    f"{place},{last},{first},19{50 + place * 7}-03-1{place}\n" for place, (last, first) in enumerate(NAMES)
)
THEIRS = "".join(f"b{row}\n" for row in OURS.replace("Lormeau", "Lormo").splitlines())
SAME = COLUMNS.partition("\n")[2]


@pytest.mark.parametrize(
    ("thresholds", "automatic", "proposed"),
    [
        ("", Quality(4, 3, 3), Quality(0, 0, 3)),
        ("[thresholds]\nautomatic = 1.0\nproposed = 0.5\n", Quality(0, 0, 3), Quality(4, 3, 3)),
        ("[thresholds]\nautomatic = 1\nproposed = 1\n", Quality(0, 0, 3), Quality(0, 0, 3)),
    ],
)
def test_the_thresholds_of_the_mapping_decide_what_is_linked_proposed_or_missed(
    tmp_path: Path, thresholds: str, automatic: Quality, proposed: Quality
) -> None:
    truth = "0,b0\n1,b1\n2,b2\n"
    found = _judged(tmp_path, OURS, THEIRS, SAME, "id,last,first,born\n", thresholds, truth)
    assert (found.automatic, found.proposed) == (automatic, proposed)
    missed = {miss.references for miss in found.missed}
    assert missed == (set() if automatic.found or proposed.found else {("0", "b0"), ("1", "b1"), ("2", "b2")})
    assert [miss.probability for miss in found.missed] == sorted(
        (miss.probability for miss in found.missed), reverse=True
    )
    wrong = [miss.references for miss in found.wrong]
    assert wrong == ([("3", "b3")] if automatic.found or proposed.found else [])


def test_a_column_that_stands_twice_is_told_where_the_mapping_asks_for_it(tmp_path: Path) -> None:
    asked = 'id = "id"\nlast_name = "last"\n'
    with pytest.raises(MappingFileError) as refused:
        _judged(tmp_path, OURS, "", asked, "id,born,last,last,born\n")
    assert [(problem.line, "last" in problem.sentence()) for problem in refused.value.problems] == [(8, True)]


def test_a_table_named_in_two_ways_is_still_compared_with_itself(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,last,first,born\n" + OURS, encoding="utf-8")
    (tmp_path / "m.toml").write_text(COLUMNS, encoding="utf-8")
    (tmp_path / "t.csv").write_text("a,b\n0,1\n", encoding="utf-8")
    again = tmp_path / "nowhere" / ".." / "a.csv"
    (tmp_path / "nowhere").mkdir()
    assert evaluated(tmp_path / "a.csv", again, tmp_path / "m.toml", tmp_path / "t.csv").within


@pytest.mark.parametrize(
    ("counts", "precision", "recall", "f1"),
    [
        ((4, 3, 6), 0.75, 0.5, 0.6),
        ((0, 0, 6), 1.0, 0.0, 0.0),
        ((2, 0, 0), 0.0, 1.0, 0.0),
        ((2, 0, 6), 0.0, 0.0, 0.0),
    ],
)
def test_quality_is_what_is_right_of_what_is_found_and_of_what_is_true(
    counts: tuple[int, int, int], precision: float, recall: float, f1: float
) -> None:
    found = Quality(*counts)
    assert (found.precision, found.recall) == (precision, recall)
    assert found.f1 == pytest.approx(f1)
