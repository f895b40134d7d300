"""The marks of a date's format: told when they read nothing, and the same on every machine."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.declarative import check_connector_file, new_connector_file
from avise.connectors.declarative.date_format import moment_of, wrong_format

GOOD = (
    "%d/%m/%Y", "%Y%m%d", "%d %B %Y", "%A %d %B %Y", "%d-%b-%y", "%Y-%m-%dT%H:%M:%S%z", "%m/%Y", "%j %Y",
    "%I:%M %p %d/%m/%Y", "%G-W%V-%u", "100%% %d/%m/%Y", "flux_%Y%m%d.csv", "%Y-%m-%d %H:%M:%S.%f",
)  # fmt: skip


@pytest.mark.parametrize("written", GOOD)
def test_a_format_that_reads_a_date_is_left_alone(written: str) -> None:
    assert wrong_format(written) is None


@pytest.mark.parametrize(
    ("written", "key", "mark", "meant"),
    [
        ("%q/%m/%Y", "date_mark", "%q", "%d/%m/%Y"),
        ("%D/%m/%Y", "date_mark", "%D", "%d/%m/%Y"),
        ("%-d/%-m/%Y", "date_mark", "%-d", "%d/%m/%Y"),
        ("%e %B %Y", "date_mark", "%e", "%d %B %Y"),
        ("%F %T", "date_mark", "%F", "%Y-%m-%d %H:%M:%S"),
        ("%d/%m/%Y %H:%i", "date_mark", "%i", "%d/%m/%Y %H:%M"),
        ("%d/%m/%Y %H:%M %Z", "date_mark", "%Z", "%d/%m/%Y %H:%M %z"),
        ("%x", "date_mark", "%x", ""),
        ("%q %k", "date_mark", "%q", ""),
        ("%d/%m/%Y %", "date_mark", "%", ""),
        ("%d/%m/%Y %d", "date_mark_twice", "%d", ""),
        ("%d/%M/%Y %H:%M", "date_mark_twice", "%M", "%d/%m/%Y %H:%M"),
        ("%d/%M/%Y", "date_format", "", "%d/%m/%Y"),
        ("%d/%m", "date_format", "", ""),
        ("%Y", "date_format", "", ""),
        ("%H:%M", "date_format", "", ""),
        ("dd/MM/yyyy", "date_format", "", "%d/%m/%Y"),
        ("jj/mm/aaaa HH:mm:ss", "date_format", "", "%d/%m/%Y %H:%M:%S"),
        ("DD-MM-YYYY", "date_format", "", "%d-%m-%Y"),
        ("demain", "date_format", "", ""),
    ],
)
def test_a_format_that_reads_none_is_told_with_what_was_meant(
    written: str, key: str, mark: str, meant: str
) -> None:
    wrong = wrong_format(written)
    assert wrong is not None
    assert (wrong.message_key, wrong.mark, wrong.suggestion) == (key, mark, meant)


@pytest.mark.parametrize(
    ("written", "format_"),
    [
        ("24 mars 2026", "%d %B %Y"),
        ("mardi 24 mars 2026", "%A %d %B %Y"),
        ("MARDI 24 MARS 2026", "%A %d %B %Y"),
        ("le mar. 24 mars 2026", "le %a %d %b %Y"),
        ("Tuesday, March 24, 2026", "%A, %B %d, %Y"),
        ("Tue 24-Mar-26", "%a %d-%b-%y"),
        ("24mars2026", "%d%B%Y"),
    ],
)
def test_names_of_days_and_months_are_read_in_french_and_in_english(written: str, format_: str) -> None:
    assert moment_of(written, format_) == datetime(2026, 3, 24)  # noqa: DTZ001 - the format says no zone


def test_accents_points_and_the_first_of_a_month_are_read() -> None:
    told = [moment_of(text, "%d %b %Y").timetuple()[1:3] for text in (
        "1er févr. 2026", "1 fevrier 2026", "2 août 2026", "3 Déc. 2026", "4 juil. 2026", "5 Aug 2026",
    )]  # fmt: skip
    assert told == [(2, 1), (2, 1), (8, 2), (12, 3), (7, 4), (8, 5)]


@pytest.mark.parametrize("written", ["lun. 4 juil. 2026", "lun 4 juil 2026", "lundi 4 juillet 2026"])
def test_the_point_of_an_abbreviation_is_wanted_of_no_name_that_lacks_it(written: str) -> None:
    assert wrong_format("%a. %d %b. %Y") is None
    assert moment_of(written, "%a. %d %b. %Y").timetuple()[:3] == (2026, 7, 4)
    assert moment_of("4 juil., 2026", "%d %b, %Y").timetuple()[:3] == (2026, 7, 4)
    assert moment_of("04.juil.2026", "%d.%b.%Y").timetuple()[:3] == (2026, 7, 4)


@pytest.mark.parametrize(
    ("written", "format_"),
    [
        ("24 marsupial 2026", "%d %B %Y"),
        ("mardi 24 mars 2026", "%d %B %Y"),
        ("24 mardi 2026", "%d %B %Y"),
        ("24 mars 2026 lundi", "%d %B %Y"),
        ("24 2026", "%d %B %Y"),
    ],
)
def test_another_word_in_the_place_of_a_name_is_no_date(written: str, format_: str) -> None:
    with pytest.raises(ValueError, match=r"time data|unconverted"):
        moment_of(written, format_)


@given(st.text(st.sampled_from("%%%dmYyHMSBbAjGVuWzfpIqDe/- 1a"), max_size=10))
def test_what_passes_never_fails_otherwise_than_by_refusing_a_date(format_: str) -> None:
    if wrong_format(format_) is not None:
        return
    for written in ("24/03/2026", "24 mars 2026", ""):
        try:
            moment_of(written, format_)
        except ValueError as refused:
            assert not re.search(r"bad directive|stray", str(refused))  # noqa: PT017 - or it is read


def test_the_date_of_a_files_name_is_checked_as_well(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(new_connector_file("files").replace("flux_%Y%m%d.csv", "flux_%Y%m%q.csv"), "utf-8")
    (found,) = check_connector_file(path)
    assert found.key_path == "csv.as_of_format"
    assert found.params["suggestion"] == "flux_%Y%m%d.csv"
