"""What a record must be to be shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import Record
from avise.connectors.validation import check_interaction, check_record
from avise.models.facet_specs import BANK, BENEFITS, DOCUMENTS, FACETS, IDENTITY
from avise.models.facets import FacetSpec, FieldKind, FieldSpec
from avise.models.interaction import Channel, Direction, Interaction

NOW = datetime(2026, 3, 24, 10, 44, tzinfo=UTC)

GOOD: dict[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.DATE: st.dates().map(lambda day: day.isoformat()),
    FieldKind.DATETIME: st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
    FieldKind.AMOUNT: st.decimals(-(10**6), 10**6, places=2).map(str),
    FieldKind.INTEGER: st.integers(),
    FieldKind.BOOL: st.booleans(),
    FieldKind.NIR: st.just("2 68 03 •••"),
    FieldKind.IBAN: st.sampled_from(["FR •••• 2606", "FR14 •••• 2606", "…4417"]),
}


def values_of(field: FieldSpec) -> st.SearchStrategy[Any]:
    """Return values that fit a field, None included."""
    if field.kind is FieldKind.ENUM:
        return st.none() | st.sampled_from(field.values)
    return st.none() | GOOD.get(field.kind, st.text(max_size=20))


@st.composite
def good_records(draw: st.DrawFn) -> tuple[FacetSpec, Record]:
    """Draw a facet and a record that fits it."""
    spec = draw(st.sampled_from(list(FACETS.values())))
    fields = draw(st.lists(st.sampled_from(spec.fields), unique=True))
    return spec, Record("r1", {field.name: draw(values_of(field)) for field in fields})


@given(good_records())
def test_a_record_that_fits_passes_unchanged(drawn: tuple[FacetSpec, Record]) -> None:
    spec, record = drawn
    checked = check_record(spec, record)
    assert checked is not None
    assert checked.record == record
    assert checked.drift == 0


@given(good_records(), st.floats())
def test_a_float_anywhere_is_refused(drawn: tuple[FacetSpec, Record], value: float) -> None:
    spec, record = drawn
    data = {**record.data, "stranger": {"deep": [value]}}
    assert check_record(spec, Record("r1", data)) is None
    assert check_record(spec, Record("r1", record.data, extra={"x": value})) is None


@pytest.mark.parametrize(
    ("spec", "data"),
    [
        (BENEFITS, {"amount": 12}),
        (BENEFITS, {"amount": "12,50"}),
        (BENEFITS, {"amount": "NaN"}),
        (BENEFITS, {"paid_on": "20260301"}),
        (BENEFITS, {"paid_on": "2026-02-30"}),
        (DOCUMENTS, {"dated": "2026-03-01T10:00:00"}),
        (DOCUMENTS, {"size": True}),
        (DOCUMENTS, {"medical": 1}),
        (IDENTITY, {"nir": "268031234567890"}),
        (IDENTITY, {"nir": "2 68 03 12 345 678 90"}),
        (IDENTITY, {"nir": "2 68 03 12 345 6"}),
        (BANK, {"iban": "FR14 2004 1010 0505 0001 3M02 606"}),
        (IDENTITY, {"last_name": 3}),
    ],
)
def test_a_value_that_would_be_shown_wrong_is_refused(spec: FacetSpec, data: dict[str, Any]) -> None:
    assert check_record(spec, Record("r1", data)) is None


@pytest.mark.parametrize("identifier", ["", "  ", None, 7])
def test_a_record_without_an_identifier_is_refused(identifier: Any) -> None:  # noqa: ANN401 - a connector's mistake
    assert check_record(BENEFITS, Record(identifier, {})) is None


def test_a_date_without_its_zone_is_refused() -> None:
    assert check_record(BENEFITS, Record("r1", {}, as_of=NOW.replace(tzinfo=None))) is None


def test_an_unknown_code_and_an_unknown_field_survive_and_count() -> None:
    checked = check_record(BENEFITS, Record("r1", {"status": "PX9", "couleur": "bleu"}))
    assert checked is not None
    assert checked.record.data == {"status": "PX9"}
    assert checked.record.extra == {"couleur": "bleu"}
    assert checked.drift == 2


def test_an_exchange_needs_an_identifier_a_date_with_zone_and_a_channel() -> None:
    good = Interaction("i1", NOW, Channel.EMAIL, Direction.IN, "Courriel")
    wrong: list[Any] = [
        Interaction("", NOW, Channel.EMAIL, Direction.IN, ""),
        Interaction("i1", NOW.replace(tzinfo=None), Channel.EMAIL, Direction.IN, ""),
        Interaction("i1", NOW, "email", Direction.IN, ""),  # type: ignore[arg-type]  # a connector's mistake
    ]
    assert check_interaction(good)
    assert not [interaction for interaction in wrong if check_interaction(interaction)]
