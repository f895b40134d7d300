"""What `avise connector try` prints: raw, extracted, mapped, told apart at a glance."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from avise.commands.connector_try import print_trial
from avise.connectors.trial import Asked, Dropped, FieldTrial, ReadingTrial, RowTrial, Trial
from avise.models.json_types import JSON
from avise.texts.catalogue import set_language

RAW: JSON = {
    "ref": "R-1",
    "montant": {"centimes": 8420, "devise": "EUR"},
    "Libellé long": "",
    "lignes": [{"acte": "C"}, {"acte": "D"}],
    "codes": ["A", "B"],
    "note": "deux\nlignes \x1b[31m",
}
FIELDS = (
    FieldTrial("id", "ref", "R-1", "R-1", "id"),
    FieldTrial("amount", "montant.centimes", 8420, "84.20", "cents"),
    FieldTrial("paid_on", "paye", "demain", None, "date", "date"),
)


def trial_of(*rows: RowTrial) -> Trial:
    reading = ReadingTrial("benefits", rows=rows, rows_found=len(rows), kept=len(rows))
    return Trial("mutex 1.0.0", (reading,), known_ids=("member",))


def printed(width: int, *rows: RowTrial) -> list[str]:
    out = io.StringIO()
    print_trial(trial_of(*rows), Console(file=out, width=width, color_system=None, soft_wrap=True))
    return out.getvalue().splitlines()


ROW = RowTrial(1, RAW, FIELDS, Dropped.UNREADABLE, "paid_on")


def test_what_the_tool_wrote_stands_before_what_is_made_of_it_each_under_its_title() -> None:
    lines = printed(60, ROW, RowTrial(2, {"ref": "R-2"}, FIELDS[:1]))
    first = next(number for number, line in enumerate(lines) if line.strip().startswith("Ligne 1"))
    assert "paid_on est illisible" in lines[first]
    told = [line.split() for line in lines[first + 1 :]]
    assert told[0] == ["Ce", "que", "l’outil", "a", "écrit"]
    assert told[1:8] == [
        ["ref", "R-1"],
        ["montant.centimes", "8420"],
        ["montant.devise", "EUR"],
        ['"Libellé', 'long"', '""'],
        ["lignes[0].acte", "C"],
        ["lignes[1].acte", "D"],
        ["codes", '["A",', '"B"]'],
    ]
    made = told.index(["Ce", "qu’Avise", "en", "fait"])
    assert told[made + 3] == ["amount", "montant.centimes", "8420", "→", "84.20", "(cents)"]
    second = next(number for number, line in enumerate(lines) if line.strip().startswith("Ligne 2"))
    assert lines[second - 1] == ""


def test_columns_are_aligned_and_no_line_is_cut_or_obeyed_by_a_terminal() -> None:
    lines = printed(60, ROW)
    assert len({line.index("→") for line in lines if "→" in line and "Valeur" not in line}) == 1
    (note,) = [line for line in lines if line.strip().startswith("note")]
    assert note.endswith(r'"deux\nlignes \u001b[31m"')
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize(("raw", "written"), [(0, "0"), ("", '""'), ([], "[]"), (None, "null")])
def test_what_is_no_row_is_shown_as_it_was_written(raw: JSON, written: str) -> None:
    *_, title, told = printed(60, RowTrial(1, raw, (), Dropped.NOT_A_ROW))
    assert (title.strip(), told.strip()) == ("Ce que l’outil a écrit", written)


def test_an_empty_object_says_which_field_it_lacks() -> None:
    lacking = FieldTrial("id", "ref", None, None, "id", "required")
    lines = printed(60, RowTrial(1, {}, (lacking,), Dropped.UNREADABLE, "id"))
    assert lines[-1].split()[:3] == ["id", "ref", "null"]
    assert "→" in lines[-1]


def test_of_code_the_records_are_told_alone() -> None:
    record = RowTrial(1, {}, (FieldTrial("id", "", "R-1", "R-1", ""),))
    out = io.StringIO()
    print_trial(replace(trial_of(record), shows_rows=False), Console(file=out, width=60, soft_wrap=True))
    assert out.getvalue().splitlines()[-1].split() == ["id", "R-1"]
    assert "Ce que l’outil a écrit" not in out.getvalue()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"total": 57}, True),
        ({"total": 2}, False),
        ({"total": 1, "rows_found": 1}, False),
        ({"total": 57, "truncated_because": "max_pages"}, False),
        ({"total": None}, False),
    ],
)
def test_a_reading_that_ends_before_all_that_the_tool_tells_of_is_said_to(
    change: dict[str, Any], told: bool
) -> None:
    reading = replace(ReadingTrial("benefits", rows_found=2, kept=2), **change)
    out = io.StringIO()
    print_trial(Trial("mutex 1.0.0", (reading,)), Console(file=out, width=200))
    assert ("L’outil annonce 57 enregistrements" in out.getvalue()) == told


@pytest.mark.parametrize(
    ("language", "word"),
    [("fr", "accès refusé au compte d’Avise"), ("en", "access refused to Avise’s account")],
)
def test_what_a_request_met_is_told_in_words_and_a_status_as_it_is(language: str, word: str) -> None:
    asked = (Asked("GET /one", "auth", 3), Asked("GET /two", "404", 4))
    reading = ReadingTrial("benefits", asked=asked)
    set_language(language)
    out = io.StringIO()
    print_trial(Trial("mutex 1.0.0", (reading,)), Console(file=out, width=200))
    lines = out.getvalue().splitlines()
    assert "  GET /one  →  " + word + "  (3 ms)" in lines
    assert "  GET /two  →  404  (4 ms)" in lines


@pytest.mark.parametrize(("width", "beside"), [(60, False), (200, True)])
def test_a_wide_terminal_has_both_beside_each_other(width: int, beside: bool) -> None:
    titles = [line for line in printed(width, ROW) if "Ce qu’Avise en fait" in line]
    assert [("Ce que l’outil a écrit" in line) for line in titles] == [beside]
