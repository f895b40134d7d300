"""What was typed, read in every way that it may mean."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.directory.search_query import (
    DateSpan,
    NameReading,
    SearchQuery,
    TypedNumber,
    name_readings,
    parse_search,
)
from avise.models.names import spelt_out
from avise.models.typed_search import MOST_CHARACTERS

TODAY = date(2026, 3, 24)
DAY = date(1968, 3, 12)


def parsed(text: str) -> SearchQuery:
    return parse_search(text, TODAY)


@given(st.text(max_size=300))
def test_nothing_typed_breaks_the_parser(text: str) -> None:
    query = parsed(text)
    for number in query.numbers:
        number.phone(), number.phone_end(), number.member(), number.spans(TODAY)
    read = name_readings(query.words)
    typed = set("".join((*query.words, *spelt_out(query.words))))
    assert bool(read) == bool(query.words)
    assert all(set(reading.last + reading.first) <= typed for reading in read)


@pytest.mark.parametrize("text", ["", "   ", "…", "--", "@"])
def test_nothing_to_look_for_is_empty(text: str) -> None:
    assert parsed(text).empty


def test_a_long_paste_is_cut() -> None:
    assert len(parsed("a " * 10_000).words) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "text",
    ["12/03/1968", "12-03-1968", "12.03.1968", "1968-03-12", "12 mars 1968", "12 Mars. 1968", "12/3/68"],
)
def test_a_birth_date_is_read_in_each_form(text: str) -> None:
    query = parsed(f"marchand {text}")
    assert query.spans == (DateSpan(DAY, DAY),)
    assert query.words == ("MARCHAND",)
    assert query.numbers == ()


@pytest.mark.parametrize("text", ["12031968", "120368"])
def test_digits_alone_may_be_a_birth_date(text: str) -> None:
    query = parsed(text)
    assert query.spans == ()
    assert [span.first for number in query.numbers for span in number.spans(TODAY)] == [DAY]


def test_a_year_and_a_month_are_spans() -> None:
    assert parsed("mars 1968").spans == (DateSpan(date(1968, 3, 1), date(1968, 3, 31)),)
    assert TypedNumber("1968").spans(TODAY) == (DateSpan(date(1968, 1, 1), date(1968, 12, 31)),)
    assert parsed("1er août 1990").spans == (DateSpan(date(1990, 8, 1), date(1990, 8, 1)),)


def test_a_short_year_may_belong_to_two_centuries() -> None:
    assert [span.first.year for span in parsed("12/03/20").spans] == [2020, 1920]


@pytest.mark.parametrize("text", ["31/02/1968", "12/13/1968", "12/03/2050", "12/03/1500", "06.12.98.41.27"])
def test_what_is_no_birth_date_is_not_taken_for_one(text: str) -> None:
    assert parsed(text).spans == ()


def test_a_month_without_year_is_a_name() -> None:
    assert parsed("mars").words == ("MARS",)
    assert parsed("marchand 1968").words == ("MARCHAND",)


@pytest.mark.parametrize(
    "text", ["06 39 98 41 27", "06.39.98.41.27", "06-39-98-41-27", "+33 6 39 98 41 27", "0033 6 39 98 41 27"]
)
def test_a_telephone_is_one_number(text: str) -> None:
    (number,) = parsed(f"marchand {text}").numbers
    assert number.phone() == "+33639984127"
    assert number.phone_end() == "639984127"


def test_a_member_number_typed_by_groups_is_one_number() -> None:
    (number,) = parsed("0482 917 350").numbers
    assert number.member() == "0482917350"
    assert TypedNumber("048").member() == ""
    assert parsed("A-127 marchand").codes == ("A127",)


def test_a_year_after_a_number_is_kept_apart() -> None:
    assert [number.digits for number in parsed("0482 917 350 1968").numbers] == ["0482917350", "1968"]


def test_an_email_is_taken_whole_or_guessed() -> None:
    assert parsed("Helene.Marchand@exemple.invalid").emails == ("helene.marchand@exemple.invalid",)
    guess = parsed("helene.marchand")
    assert guess.emails == ("helene.marchand",)
    assert guess.email_is_a_guess
    assert guess.words == ("HELENE", "MARCHAND")


def test_words_are_shared_between_names_in_both_orders() -> None:
    found = set(name_readings(("JEAN", "LE", "GOFF")))
    assert {
        NameReading("JEANLEGOFF", ""),
        NameReading("", "JEANLEGOFF"),
        NameReading("LEGOFF", "JEAN"),
        NameReading("JEAN", "LEGOFF"),
        NameReading("GOFF", "JEANLE"),
    } <= found
    assert NameReading("KERDRAON", "") in name_readings(("DE", "KERDRAON"))


def test_a_lone_letter_is_never_part_of_a_mistyped_name() -> None:
    forgiving = {reading.last: reading.forgiving for reading in name_readings(("DUPONT", "J"))}
    assert forgiving == {"DUPONTJ": False, "DUPONT": True, "J": True, "": True}


NIR = "185059999900181"
"""The example of `domain.md` 2.5: its commune does not exist."""


@pytest.mark.parametrize(
    "text",
    [
        NIR,
        "1 85 05 99 999 001 81",
        "1.85.05.99.999.001.81",
        f"dupont {NIR}",
        "\u200b1850599999001\u200b",
        "16 01 12A 999 003 68",
    ],
)
def test_a_nir_is_no_key_of_a_search(text: str) -> None:
    assert parsed(text) == SearchQuery(restricted=True)
    assert parsed(text).empty


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mme Dupont", ("DUPONT",)),
        ("Monsieur et Madame Le Goff", ("LE", "GOFF")),
        ("madame", ("MADAME",)),
        ("Jean Monsieur", ("JEAN", "MONSIEUR")),
        ("dupont né(e) le 12/03/1968", ("DUPONT",)),
        ("Avril né en 1968", ("AVRIL",)),
        ("dupont habitant à Nantes", ("DUPONT", "NANTES")),
        ("N\u02bcDiaye", ("N", "DIAYE")),
        ("Floc’h", ("FLOCH",)),
        ("Floc’h-d’Aubigné", ("FLOCH", "D", "AUBIGNE")),
        ("S.A.R.L. Fournil", ("SARL", "FOURNIL")),
        ("J.-P. Dupont", ("J", "P", "DUPONT")),
        ("Dupont\u00ad-Roux\ufeff", ("DUPONT", "ROUX")),
    ],
)
def test_what_says_nothing_about_somebody_is_left_out(text: str, words: tuple[str, ...]) -> None:
    assert parsed(text).words == words


@pytest.mark.parametrize(
    "text",
    [
        "tél. 06 39 98 41 27",
        "Tél : 06.39.98.41.27",
        "O6 39 98 41 27",
        "06\u202f39\u202f98\u202f41\u202f27\u200b",
        "06 trente-neuf 98 quarante et un 27",
        "zéro six trente neuf quatre vingt dix huit quarante et un vingt sept",
    ],
)
def test_a_telephone_is_read_as_it_is_pasted_dictated_and_labelled(text: str) -> None:
    (number,) = parsed(text).numbers
    assert (number.phone(), parsed(text).words) == ("+33639984127", ())


def test_the_pairs_that_make_a_telephone_are_those_that_were_said() -> None:
    said = "marchand zéro sept zéro quatre vingt trois trente neuf soixante dix neuf"
    assert parsed(said).words == ("MARCHAND",)
    assert "0704233979" in [number.text for number in parsed(said).numbers]
    assert parsed("vingt 12031968").words == ("VINGT",)


def test_the_end_of_a_telephone_keeps_its_zeros_and_is_shorter_beside_a_name() -> None:
    assert TypedNumber("038063").phone_end() == "038063"
    assert TypedNumber("0012").phone_end() == ""
    (number,) = parsed("dupont 0012").numbers
    assert number.phone_end() == "0012"


@pytest.mark.parametrize(
    "text", ["0639984", "06 39 98 4", "+33 6 39 98 4", "0033639984", "+33 (0)6 39 98 4", "06‑39‑98‑4"]
)
def test_the_beginning_of_a_telephone_is_read_in_every_form(text: str) -> None:
    (number,) = parsed(text).numbers
    assert number.phone_beginning() == "639984"


@pytest.mark.parametrize("text", ["06 39 98", "0639984127", "6399841", "+44 639984", "0039984", "٠٦٣٩٩٨٤"])
def test_what_is_too_short_whole_or_foreign_begins_no_french_telephone(text: str) -> None:
    assert TypedNumber(text).phone_beginning() == ""


@pytest.mark.parametrize(
    "text",
    [
        "marchand le 12 mars 1968",
        "Marchand, le 12/03/1968",
        "marchand du 12.03.68",
        "MARCHAND LE 12/03/1968",
    ],
)
def test_an_article_in_front_of_a_date_is_no_name(text: str) -> None:
    assert parsed(text).words == ("MARCHAND",)
    assert parsed(text).spans[0].first == date(1968, 3, 12)


def test_a_date_and_its_article_alone_may_be_somebody_s_name() -> None:
    assert parsed("le 12 mars 1968").words == ("LE",)
    assert parsed("pascale 12/03/1968").words == ("PASCALE",)


@pytest.mark.parametrize(
    "text", ["n° 0482917350", "N°0482917350", "adhérent 0482 917 350", "O482917350", "o4829l735o"]
)
def test_a_member_number_is_read_behind_its_label_and_its_letters(text: str) -> None:
    (number,) = parsed(text).numbers
    assert number.member() == "0482917350"


def test_a_code_is_read_with_zeros_for_letters() -> None:
    assert "BO123456" in parsed("B0123456").codes
    assert "BO123406" in parsed("BO1234O6").codes
    assert "BO123456" in parsed("BO12 345 6").codes


@pytest.mark.parametrize(
    "text",
    [
        "<Helene.M@exemple.invalid>",
        "mailto:helene.m@exemple.invalid",
        "helene.m @ exemple.invalid",
        "helene.m arobase exemple.invalid",
        "helene point m arobase exemple point invalid",
        "helene.m@exemple.invalid,",
    ],
)
def test_an_email_is_read_as_it_is_pasted_and_said(text: str) -> None:
    query = parsed(text)
    assert (query.emails, query.words) == (("helene.m@exemple.invalid",), ())


def test_a_month_in_digits_is_a_span() -> None:
    assert parsed("dupont 03/1968").spans == (DateSpan(date(1968, 3, 1), date(1968, 3, 31)),)
    assert parsed("dupont 13/1968").spans == ()
    assert parsed("Pieter-Jan 1968").words == ("PIETER", "JAN")


def test_each_surname_around_nee_is_read_by_itself() -> None:
    found = set(name_readings(("MARIE", "DUPONT", "NEE", "MARTIN")))
    assert {
        NameReading("DUPONT", "MARIE"),
        NameReading("MARTIN", "MARIE", born=True),
        NameReading("MARTIN", "", born=True),
    } <= found
    assert NameReading("DUPONTNEEMARTIN", "MARIE") not in found
    assert {NameReading("MARTIN", "", born=True), NameReading("NEE", "MARTIN")} <= set(
        name_readings(("NEE", "MARTIN"))
    )


def test_initials_are_the_first_letter_and_the_others() -> None:
    assert NameReading("DUPONT", "J", initials="JP") in name_readings(("J", "P", "DUPONT"))
    assert NameReading("DUPONT", "J", initials="JP") in name_readings(("DUPONT", "JP"))
    assert not any(reading.initials for reading in name_readings(("DUPONT", "AN")))


def test_a_letter_that_was_elided_may_stand_beside_a_mistake() -> None:
    forgiving = {reading.last: reading.forgiving for reading in name_readings(("L", "HERMTTE"))}
    assert forgiving["LHERMTTE"]


@pytest.mark.parametrize(
    "begun", ["1", "19", "196", "1/", "12/", "12/0", "12/03", "12/03/", "12/03/1", "12/03/196", "449"]
)
def test_a_name_stays_looked_for_while_a_date_or_a_number_is_typed_behind_it(begun: str) -> None:
    query = parsed(f"marchand {begun}")
    assert (query.words, query.numbers, query.spans) == (("MARCHAND",), (), ())


@pytest.mark.parametrize("whole", ["1968", "12/03/1968", "31/02/1970", "31/04", "4127", "44000"])
def test_a_number_or_a_date_that_is_whole_is_kept_beside_a_name(whole: str) -> None:
    query = parsed(f"marchand {whole}")
    assert query.numbers or query.spans


def test_a_short_number_alone_is_all_that_was_typed() -> None:
    assert [number.text for number in parsed("196").numbers] == ["196"]
    assert [number.text for number in parsed("12/03").numbers] == ["12/03"]
