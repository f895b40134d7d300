"""Columns that no notion names: how alike two values are, and where they meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.identity.attributes import Attribute, AttributeKind, attribute_values, number_of
from avise.models.identity.comparison import ATTRIBUTE_LEVELS, Level, attribute_code
from avise.models.identity.text_values import TextValue

FILLER = (
    "a canal in winter",
    "the baker of Nantes",
    "notes on granite",
    "salt marshes",
    "a lamp",
    "low tide",
)


def _level(kind: AttributeKind, one: str, other: str) -> Level | None:
    ours, theirs = attribute_values(kind, [one, *FILLER], [other, *FILLER], tolerance=2.0)
    code = attribute_code(ours[0], theirs[0])
    return ATTRIBUTE_LEVELS[kind][code - 1] if code else None


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        ("text", "Repairing old clocks", "repairing OLD clocks!", Level.SAME),
        ("text", "Repairing old clocks", "clocks, old: repairing", Level.SAME),
        ("text", "Repairing old clocks", "Repairing old clokcs", Level.CLOSE),
        ("text", "Camera KD-55X black", "KD55X camera", Level.PART),
        ("text", "Repairing old clocks", "Unrelated pamphlet", Level.DIFFERENT),
        ("text", "Saw Bosch TWK-963 black", "Saw Bosch TWK-965 black", Level.LITTLE),
        ("text", "Saw Bosch TWK-963, 750 W", "saw Bosch 750W TWK", Level.PART),
        ("text", "", "anything", None),
        ("number", "1 250,50 €", "$1,250.50", Level.SAME),
        ("number", "40", "41", Level.CLOSE),
        ("number", "40", "48", Level.NEAR),
        ("number", "40", "400", Level.DIFFERENT),
        ("number", "forty", "40", None),
        ("date", "12/03/1951", "1951-03-12", Level.SAME),
        ("date", "03/12/1951", "1951-03-12", Level.SWAPPED),
        ("exact", "732 829 320 00074", "73282932000074", Level.SAME),
        ("exact", "73282932000074", "73282932000075", Level.CLOSE),
        ("exact", "A1", "A2", Level.DIFFERENT),
        ("geo", "47.2184 ; -1.5536", "47.2185,-1.5537", Level.SAME),
        ("geo", "47,2184 ; -1,5536", "47.2240 -1.5536", Level.CLOSE),
        ("geo", "47.2184 ; -1.5536", "48.8566 ; 2.3522", Level.DIFFERENT),
        ("geo", "somewhere", "47.2184 ; -1.5536", None),
        ("geo", "47,nowhere", "47.2184 ; -1.5536", None),
        ("geo", "48,2", "48 ; 2", Level.SAME),
    ],
)
def test_two_values_are_alike_in_a_way_that_has_a_name(
    kind: str, one: str, other: str, level: Level | None
) -> None:
    assert _level(AttributeKind(kind), one, other) is level


@given(st.sampled_from(AttributeKind), st.text(max_size=30), st.text(max_size=30))
def test_comparing_takes_any_text_and_has_no_direction(kind: AttributeKind, one: str, other: str) -> None:
    ours, theirs = attribute_values(kind, [one, "12 rue 3"], [other, "4 5"])
    assert attribute_code(ours[0], theirs[0]) == attribute_code(theirs[0], ours[0])
    assert attribute_code(ours[0], ours[0]) in (0, 1)


def test_texts_with_a_slip_in_the_rarest_word_still_meet() -> None:
    texts = ["the marvellous clockmaker", *FILLER]
    others = ["the marvelous clockmakre", *FILLER]
    ours, theirs = attribute_values(AttributeKind.TEXT, texts, others)
    assert isinstance(ours[0], TextValue)
    assert isinstance(theirs[0], TextValue)
    assert set(ours[0].beginnings) & set(theirs[0].beginnings)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42 ans", 42.0),
        ("-3.5", -3.5),
        ("1.234,5", 1234.5),
        ("12,5", 12.5),
        ("1,234", 1234.0),
        ("n.c.", None),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: float | None) -> None:
    assert number_of(text) == number


def test_an_attribute_is_called_as_the_mapping_calls_it() -> None:
    assert Attribute("company", AttributeKind.TEXT, 0).value == "company"
