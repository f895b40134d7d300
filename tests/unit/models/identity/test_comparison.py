"""How alike two records are, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.identity.comparison import Feature, Level, compared, contradicts, is_unsupported, level_in
from avise.models.identity.records import NameStyle, is_untold, name_style, split_full_name
from tests.unit.models.identity.records import record


@pytest.mark.parametrize(
    ("notion", "one", "other", "feature", "level"),
    [
        ("last_name", "Lefèvre", "LEFEVRE", Feature.LAST_NAME, Level.SAME),
        ("last_name", "Lefèvre", "Lefebvre", Feature.LAST_NAME, Level.CLOSE),
        ("last_name", "Trévallec", "Trevalec", Feature.LAST_NAME, Level.CLOSE),
        ("last_name", "Benhalla-Roux", "Benhalla", Feature.LAST_NAME, Level.PART),
        ("last_name", "Martin", "Nguyen", Feature.LAST_NAME, Level.DIFFERENT),
        ("first_name", "Jean-Marc", "Jean Marc", Feature.FIRST_NAME, Level.SAME),
        ("first_name", "William", "Bill", Feature.FIRST_NAME, Level.SHORT_FORM),
        ("first_name", "Marie-Claude", "Marie", Feature.FIRST_NAME, Level.PART),
        ("first_name", "Hélène", "H.", Feature.FIRST_NAME, Level.PART),
        ("first_name", "Arthur", "Raphaël", Feature.FIRST_NAME, Level.DIFFERENT),
        ("birth_date", "1980-03-12", "12/03/1980", Feature.BIRTH_DATE, Level.SAME),
        ("birth_date", "1980-03-12", "1980-12-03", Feature.BIRTH_DATE, Level.SWAPPED),
        ("birth_date", "1980-03-12", "1980-03-13", Feature.BIRTH_DATE, Level.CLOSE),
        ("birth_date", "1980-03-12", "1908-03-12", Feature.BIRTH_DATE, Level.CLOSE),
        ("birth_date", "1980-03-12", "1980-03-25", Feature.BIRTH_DATE, Level.NEAR),
        ("birth_date", "1980-03-12", "1980", Feature.BIRTH_DATE, Level.PART),
        ("birth_date", "1980-03-12", "1951-07-30", Feature.BIRTH_DATE, Level.DIFFERENT),
        ("birth_date", "1980-03-12", "1980-01-01", Feature.BIRTH_DATE, Level.PART),
        ("birth_date", "1981-03-12", "1980-01-01", Feature.BIRTH_DATE, Level.DIFFERENT),
        ("first_name", "Youssef", "Yusuf", Feature.FIRST_NAME, Level.NEAR),
        ("first_name", "Karim", "Kareem", Feature.FIRST_NAME, Level.NEAR),
        ("first_name", "Emma", "Ernma", Feature.FIRST_NAME, Level.CLOSE),
        ("first_name", "Emma", "Anna", Feature.FIRST_NAME, Level.DIFFERENT),
        ("first_name", "Lina", "Lou", Feature.FIRST_NAME, Level.DIFFERENT),
        ("last_name", "Boukhari", "Bokhary", Feature.LAST_NAME, Level.NEAR),
        ("phone", "+33 6 39 98 12 34", "0639981234", Feature.PHONE, Level.SAME),
        ("phone", "0639981234", "0639981235", Feature.PHONE, Level.CLOSE),
        ("city", "Saint-Nazaire Cedex 2", "ST NAZAIRE", Feature.PLACE, Level.SAME),
        ("postcode", "44000", "44600", Feature.PLACE, Level.CLOSE),
        ("postcode", "44000", "44210", Feature.PLACE, Level.NEAR),
        ("street", "12 rue des Lilas", "12, R. DES LILAS", Feature.STREET, Level.SAME),
        ("street", "12 rue des Lilas", "21 rue des Lilas", Feature.STREET, Level.NEAR),
        ("title", "Mme", "Mrs", Feature.SEX, Level.SAME),
        ("sex", "1", "F", Feature.SEX, Level.DIFFERENT),
    ],
)
def test_two_values_are_alike_in_a_way_that_has_a_name(
    notion: str, one: str, other: str, feature: Feature, level: Level
) -> None:
    vector = compared(record(**{notion: one}), record(**{notion: other}))
    assert level_in(vector, feature) is level


def test_the_birth_name_of_one_is_the_name_in_use_of_the_other() -> None:
    married = record(last_name="Roux", birth_name="Kerdraon")
    assert level_in(compared(married, record(last_name="Kerdraon")), Feature.LAST_NAME) is Level.OTHER_NAME


def test_names_in_each_other_s_place_are_seen() -> None:
    vector = compared(
        record(last_name="Trévallec", first_name="Monique"),
        record(last_name="Monique", first_name="Trevallec"),
    )
    assert level_in(vector, Feature.LAST_NAME) is Level.SWAPPED
    assert not contradicts(vector)


def test_addresses_made_of_one_name_say_nothing_more_than_the_name() -> None:
    one = record(last_name="Lefort", first_name="Martin", email="martin.lefort@exemple.invalid")
    other = record(last_name="Lefort", first_name="Martin", email="martin.lefort2@exemple.invalid")
    assert level_in(compared(one, other), Feature.EMAIL) is None


def test_homonyms_of_one_day_with_nothing_else_in_common_lack_support() -> None:
    one = record(phone="0639981234", city="Nantes", last_name="Lefort")
    assert is_unsupported(compared(one, record(phone="0639987777", city="Lyon", last_name="Lefort")))
    assert not is_unsupported(compared(one, record(phone="0639981234", city="Lyon", last_name="Lefort")))
    assert not is_unsupported(compared(one, record(city="Lyon", last_name="Lefort")))


@pytest.mark.parametrize(
    ("text", "style", "last", "first"),
    [
        ("DUPONT Jean", NameStyle.LAST_WORD, "DUPONT", ("JEAN",)),
        ("Jean Dupont", NameStyle.LAST_WORD, "DUPONT", ("JEAN",)),
        ("Dupont Jean Marc", NameStyle.FIRST_WORD, "DUPONT", ("JEAN", "MARC")),
        ("Dupont, Jean", NameStyle.LAST_WORD, "DUPONT", ("JEAN",)),
        ("M. Jean de La Tour", NameStyle.LAST_WORD, "DELATOUR", ("JEAN",)),
        ("Mrs Mary Ann Smith", NameStyle.LAST_WORD, "SMITH", ("MARY", "ANN")),
        ("Cher", NameStyle.LAST_WORD, "CHER", ()),
    ],
)
def test_a_full_name_is_taken_apart(text: str, style: NameStyle, last: str, first: tuple[str, ...]) -> None:
    assert split_full_name(text, style) == (last, first)


def test_first_names_tell_at_which_end_of_a_full_name_they_stand() -> None:
    known = frozenset({"JEAN", "MARIE"})
    assert name_style(["Jean Dupont", "Marie Roux"], known) is NameStyle.LAST_WORD
    assert name_style(["Dupont Jean", "Roux Marie"], known) is NameStyle.FIRST_WORD
    assert name_style(["Xa Yo", "Xb Yo", "Xc Yo"], frozenset()) is NameStyle.FIRST_WORD


_WORDS = st.text(alphabet="abcdeéfglmnort -'", max_size=12)


@given(st.tuples(_WORDS, _WORDS, _WORDS), st.tuples(_WORDS, _WORDS, _WORDS))
def test_comparing_has_no_direction_and_a_record_is_like_itself(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    a, b = (record(last_name=x, first_name=y, city=z) for x, y, z in (one, other))
    assert compared(a, b) == compared(b, a)
    assert set(compared(a, a)) <= {0, 1}


@pytest.mark.parametrize(
    "text", ["", "NULL", "n/a", "N.A.", "-", "?", "#N/A", "Inconnu", "none", "unbekannt"]
)
def test_what_stands_for_nothing_tells_nothing(text: str) -> None:
    assert is_untold(text)


@pytest.mark.parametrize("text", ["Na", "So", "Nulle", "Nil-Marie"])
def test_a_short_name_is_a_name(text: str) -> None:
    assert not is_untold(text)
