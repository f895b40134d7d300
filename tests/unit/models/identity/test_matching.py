"""Tables brought together without anybody saying which records are one person's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from avise.models.identity.attributes import Attribute, AttributeKind, attribute_values
from avise.models.identity.blocking import BY_NAMES, Blocks, keys_of_attributes
from avise.models.identity.comparison import Feature, Level, compared, level_in
from avise.models.identity.doubts import is_doubtful
from avise.models.identity.estimation import ORDINARY
from avise.models.identity.explanation import Strength, explained, strength_of
from avise.models.identity.matching import Matching, Thresholds, Verdict, matched
from avise.models.identity.records import IdentityRecord, prepared
from benchmarks.harness.demo_duplicates import table_with_duplicates
from tests.unit.models.identity.records import record


@cache
def _demo(persons: int) -> tuple[list[IdentityRecord], frozenset[tuple[str, str]]]:
    rows, truth = table_with_duplicates(persons)
    return [prepared(row) for row in rows], truth


@cache
def _matched(persons: int) -> Matching:
    table, _ = _demo(persons)
    return matched(table, table)


def test_the_duplicates_of_the_demo_are_found_and_its_twins_are_not() -> None:
    table, truth = _demo(2_000)
    found = _matched(2_000)
    named: dict[Verdict, set[tuple[str, str]]] = {verdict: set() for verdict in Verdict}
    for pair in found.pairs:
        one, other = sorted((table[pair.ours].reference, table[pair.theirs].reference))
        named[pair.verdict(Thresholds())].add((one, other))
    automatic, proposed = named[Verdict.AUTOMATIC], named[Verdict.PROPOSED]
    assert len(truth) >= 8
    assert automatic <= truth
    assert automatic | proposed >= truth
    assert len(automatic) >= 0.8 * len(truth)


def test_the_same_tables_give_the_same_model_and_the_same_pairs() -> None:
    table, _ = _demo(60)
    one, again = matched(table, table), matched(list(table), list(table))
    here = matched(table, table)
    assert (one.model.version, one.pairs) == (here.model.version, here.pairs)
    assert again.model.version != one.model.version  # two tables, though equal, are not one with itself


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    table = [record(str(i), last_name="Martin", first_name=f"Prénom{i}") for i in range(60)]
    table += [record(f"r{i}", last_name=f"Rare{i}ec", first_name="Anne") for i in range(60)]
    model = matched(table, table).model
    common = model.all_bits(compared(table[0], table[1]), table[0], table[1])
    rare = model.all_bits(compared(table[60], table[60]), table[60], table[60])
    assert rare[Feature.LAST_NAME] > common[Feature.LAST_NAME] + 3


def test_a_family_is_not_one_person() -> None:
    table = [
        record(
            f"{home}{who}",
            last_name=f"Q{chr(97 + home % 26)}ret{home}",
            first_name=first,
            birth_date=f"{born + home}-0{who + 1}-{home % 28 + 1:02}",
            postcode="44000",
            phone=f"02999{home:05}",
            member_number=f"0482{home:06}",
        )
        for home in range(40)
        for who, (first, born) in enumerate((("Paul", 1950), ("Anne", 1951), ("Léo", 1980)))
    ]
    found = matched(table, table)
    assert found.model.households
    assert not [pair for pair in found.pairs if pair.verdict(Thresholds()) is not Verdict.NOTHING]


def test_a_twin_with_a_like_name_waits_for_a_person() -> None:
    model = _matched(2_000).model
    nina = record("n", last_name="Renard", first_name="Camille", birth_date="2015-02-03", postcode="44000")
    assert not is_doubtful(model, compared(nina, nina), nina, nina)
    lea = record("l", last_name="Renard", first_name="Arthur", birth_date="2015-02-03", postcode="44000")
    assert is_doubtful(model, compared(nina, lea), nina, lea)


def test_twins_teach_nothing_of_how_one_person_s_records_differ() -> None:
    model = _matched(2_000).model
    assert model.households
    for feature in (Feature.FIRST_NAME, Feature.BIRTH_DATE):
        assert model.weights[feature].m[-1] < 0.1


def test_another_surname_without_anything_of_one_s_own_waits_for_a_person() -> None:
    model = _matched(2_000).model
    told = {"first_name": "Camille", "birth_date": "2015-02-03", "postcode": "44000"}
    one, other = record("o", **told, last_name="Renard"), record("p", **told, last_name="Kerdraon")
    assert is_doubtful(model, compared(one, other), one, other)
    married = record("m", **told, last_name="Renard", birth_name="Kerdraon")
    assert not is_doubtful(model, compared(married, other), married, other)


def test_a_record_that_is_as_like_two_who_are_not_one_waits_for_a_person() -> None:
    table, _ = _demo(2_000)
    home = {"last_name": "Renardou", "first_name": "Rose", "phone": "0240998877", "postcode": "44000"}
    mother, child = (record(date, **home, birth_date=date) for date in ("1950-02-03", "1990-11-27"))
    within = [*table, record("r", **home), mother, child]
    found = {(pair.ours, pair.theirs): pair for pair in matched(within, within).pairs}
    verdicts = [found[len(table), len(table) + place].verdict(Thresholds()) for place in (1, 2)]
    assert verdicts == [Verdict.PROPOSED, Verdict.PROPOSED]


def test_empty_tables_and_tables_of_one_give_nothing() -> None:
    alone = [record(last_name="Seul")]
    assert matched([], alone).pairs == ()
    assert matched(alone, alone).pairs == ()


def test_no_kind_of_key_passes_its_budget() -> None:
    table = [record(str(i), last_name="Martin", first_name="Jean") for i in range(300)]
    assert not list(Blocks(table, table, (BY_NAMES,), pairs_per_record=2).pairs())
    assert len(list(Blocks(table, table, (BY_NAMES,), pairs_per_record=300).pairs())) == 300 * 299 // 2


def test_an_explanation_tells_what_weighs_most_first() -> None:
    table, truth = _demo(2_000)
    by_reference = {each.reference: each for each in table}
    one, other = (by_reference[reference] for reference in min(truth))
    told = explained(_matched(2_000).model, compared(one, other), one, other)
    assert [abs(each.bits) for each in told] == sorted((abs(each.bits) for each in told), reverse=True)
    assert Feature.BIRTH_DATE in {each.feature for each in told}
    assert strength_of(12) is Strength.VERY_STRONG
    assert strength_of(-8) is Strength.STRONGLY_AGAINST
    assert level_in(compared(one, other), Feature.BIRTH_DATE) is Level.SAME


def test_children_of_one_contract_under_one_name_wait_for_a_person_unless_a_slip_tells() -> None:
    table, _ = _demo(2_000)
    told = {"last_name": "Renardou", "first_name": "Rose", "birth_date": "2015-02-03", "postcode": "44000"}
    rose = record("n", **told, member_number="0482999999")
    again = record("o", **told, member_number="0482999999")
    slip = record("p", **told | {"last_name": "Renardu"}, member_number="0482999999")
    within = [*table, rose, again]
    found = {(pair.ours, pair.theirs): pair for pair in matched(within, within).pairs}
    assert found[len(table), len(table) + 1].verdict(Thresholds()) is Verdict.PROPOSED
    within[-1] = slip
    found = {(pair.ours, pair.theirs): pair for pair in matched(within, within).pairs}
    assert found[len(table), len(table) + 1].verdict(Thresholds()) is Verdict.AUTOMATIC


def test_somebody_who_moved_is_held_against_only_once() -> None:
    told = {"last_name": "Renardou", "first_name": "Rose", "birth_date": "2015-02-03"}
    here = record("h", **told, postcode="44000", street="12 rue des Lilas")
    gone = record("g", **told, postcode="67000", street="3 quai Kléber")
    alike = compared(here, gone)
    bits = ORDINARY.all_bits(alike, here, gone)
    assert bits[Feature.PLACE] < 0
    assert bits[Feature.STREET] < 0
    least = min(bits[Feature.PLACE], bits[Feature.STREET])
    others = sum(each for feature, each in bits.items() if feature not in (Feature.PLACE, Feature.STREET))
    assert ORDINARY.score(alike, here, gone) == pytest.approx(others + least)


_TITLE = Attribute("title", AttributeKind.TEXT, 0)
_AUTHORS = Attribute("authors", AttributeKind.TEXT, 1)
_YEAR = Attribute("year", AttributeKind.NUMBER, 2)
_OF_WORKS = (_TITLE, _AUTHORS, _YEAR)

_Works = Sequence[tuple[str, ...]]


def _works(ours: _Works, theirs: _Works) -> tuple[list[IdentityRecord], list[IdentityRecord]]:
    """Return two tables of which each row is an identifier and what it tells of each attribute."""
    tables = [[IdentityRecord(row[0]) for row in table] for table in (ours, theirs)]
    columns = [
        attribute_values(each.kind, *([row[each.place + 1] for row in table] for table in (ours, theirs)))
        for each in _OF_WORKS
    ]
    told = [zip(*(column[side] for column in columns), strict=True) for side in range(2)]
    one, other = (
        [replace(record, attributes=tuple(values)) for record, values in zip(table, each, strict=True)]
        for table, each in zip(tables, told, strict=True)
    )
    return one, other


def test_a_copy_of_a_work_is_not_linked_with_the_same_authors_next_one() -> None:
    titles = [f"Stones of {place} and granite" for place in _PLACES]
    authors = [f"{place[::-1]} Roux, Ann {place}son" for place in _PLACES]
    every = list(zip(_PLACES, titles, authors, strict=True))
    years = {place: 1950 + number % 60 for number, place in enumerate(_PLACES)}
    ours = [(f"a{place}", title, author, f"{years[place]}") for place, title, author in every]
    ours += [(f"z{place}", title, author, f"{years[place] + 1}") for place, title, author in every[:90]]
    theirs = [
        (f"{copy}{place}", title, author, f"{years[place]}")
        for place, title, author in every
        for copy in "bc"
    ]
    one, other = _works(ours, theirs)
    found = matched(one, other, _OF_WORKS)
    linked = [pair for pair in found.pairs if pair.verdict(Thresholds()) is Verdict.AUTOMATIC]
    assert linked
    assert all(one[pair.ours].reference[1:] == other[pair.theirs].reference[1:] for pair in linked)
    assert max(Counter(pair.theirs for pair in linked).values()) == 1
    assert max(Counter(pair.ours for pair in linked).values()) == 2
    assert not [pair for pair in linked if one[pair.ours].reference.startswith("z")]


_BEGINNINGS = ("Bal", "Cor", "Dun", "Fer", "Gal", "Kel", "Lor", "Mon", "Nar", "Pel", "Ros", "Tar")
_ENDS = ("bury", "dale", "ford", "gate", "ham", "mere", "stoke", "ton", "wick", "worth")
_PLACES = [begins + ends for begins in _BEGINNINGS for ends in _ENDS]


def test_a_slip_in_the_rarest_word_hides_no_work_whose_authors_are_rare() -> None:
    crowd = [(f"x{number}", "Notes on granite", "Ann Roux", "1990") for number in range(60)]
    one, other = _works(
        [("a", "Notes on granite shores", "Ann Balbury", "1990"), *crowd],
        [("b", "Notes on granite sohrez", "A. Balbury", "1990"), *crowd],
    )
    blocks = Blocks(one, other, keys_of_attributes((_TITLE, _AUTHORS)), pairs_per_record=1)
    assert (0, 0) in set(blocks.pairs())


def test_an_e_mail_or_a_telephone_that_alone_agrees_waits_for_a_person() -> None:
    model = replace(ORDINARY, households=False)
    told = {"last_name": "Renardou", "phone": "0639981234", "email": "accueil@exemple.invalid"}
    one = record("o", **told, postcode="44000")
    other = record("p", **told | {"last_name": "Trévallec"}, postcode="44000")
    assert is_doubtful(model, compared(one, other), one, other)
    no_names = replace(model, weights={Feature.PHONE: model.weights[Feature.PHONE]})
    assert is_doubtful(no_names, compared(one, one), one, one)


NOBODY = ("Martin Paul", "Dupont Anne", "Petit Jean", "Roux Eva", "Girard Zoé", "Simon Léa")


@pytest.mark.parametrize(
    ("first_name", "phone", "verdict"),
    [
        ("Lucie", "", Verdict.PROPOSED),
        ("Lucie", "+33639984127", Verdict.AUTOMATIC),
        ("Luc", "", Verdict.AUTOMATIC),
    ],
)
def test_near_first_names_alone_never_join_two_who_may_be_twins(
    first_name: str, phone: str, verdict: Verdict
) -> None:
    ours = [
        record(
            str(number), last_name=name.split()[0], first_name=name.split()[1], birth_date=f"197{number}0102"
        )
        for number, name in enumerate(NOBODY)
    ]
    theirs = [replace(one, reference=f"t{one.reference}") for one in ours]
    ours.append(record("luc", last_name="Bernard", first_name="Luc", birth_date="20100312", phone=phone))
    theirs.append(
        record("twin", last_name="Bernard", first_name=first_name, birth_date="20100312", phone=phone)
    )
    found = matched(ours, theirs)
    (pair,) = [pair for pair in found.pairs if ours[pair.ours].reference == "luc"]
    assert pair.verdict(Thresholds()) is verdict
