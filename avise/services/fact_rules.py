"""Named facts, as rules files write them: which record of which facet, and what may be asked of it.

A fact names one record of a facet (the latest payment, the next appointment); a condition compares one
of its fields by one of a closed set of comparisons. Suggested answers and message templates are both
written over such facts; there is no expression language, so that a file is checked whole before it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, closest
from avise.connectors.declarative.values import Duration, Name, Section
from avise.models.facet_specs import FACETS
from avise.models.facets import Datum, FacetSpec, FieldKind, FieldSpec
from avise.models.masking import Access, access, may_open
from avise.models.roles import Role

_DATES = frozenset({FieldKind.DATE, FieldKind.DATETIME})
_NUMBERS = frozenset({FieldKind.AMOUNT, FieldKind.INTEGER})
_WORDS = frozenset({FieldKind.ENUM, FieldKind.TEXT})
_COMPARISONS: Mapping[str, frozenset[FieldKind]] = {
    "is_": _WORDS,
    "is_not": _WORDS,
    "in_": _WORDS,
    "not_in": _WORDS,
    "yes": frozenset({FieldKind.BOOL}),
    "days": _DATES,
    "years": frozenset({FieldKind.DATE}),
    "coming": frozenset({FieldKind.DATETIME}),
    "at_least": _NUMBERS,
    "at_most": _NUMBERS,
    "filled": frozenset(FieldKind),
}
"""The kinds of fields that each comparison reads."""

Range = Annotated[list[int], Field(min_length=2, max_length=2)]
Words = Annotated[list[str], Field(min_length=1)]


class Condition(Section):
    """One comparison of one field; exactly one is written."""

    fact: Name | None = None
    """The fact whose field it is; the rule's own unless told."""
    field: Name | None = None
    is_: str | None = Field(None, alias="is")
    is_not: str | None = None
    in_: Words | None = Field(None, alias="in")
    not_in: Words | None = None
    yes: bool | None = None
    """A flag is set, or not."""
    days: Range | None = None
    """The day lies between so many days from today (negative: past), both included."""
    years: Range | None = None
    """So many whole years have passed since the day, both included: an age."""
    coming: Duration | None = None
    """The moment is still to come, within that time."""
    at_least: int | None = None
    at_most: int | None = None
    filled: bool | None = None
    found: bool | None = None
    """The fact is there; false: its facet was read and holds none. Goes with `fact`, without `field`."""

    def comparison(self) -> str:
        """Return the name of the comparison written."""
        return next(name for name in _ALL if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_comparison(self) -> Condition:
        if sum(getattr(self, name) is not None for name in _ALL) != 1:
            raise PydanticCustomError("fact_check.one_comparison", "one comparison")
        if (self.field is None) != (self.found is not None):
            raise PydanticCustomError("fact_check.field_or_found", "a field or found")
        return self


_ALL = (*_COMPARISONS, "found")


class FactRule(Section):
    """One record of a facet: among those that meet every condition, the one chosen."""

    facet: Name
    where: list[Condition] = Field(default_factory=list)
    latest: Name | None = None
    earliest: Name | None = None
    most: Name | None = None
    least: Name | None = None
    add_up: Name | None = None
    """An amount, summed over the records that share the day chosen by `latest` or `earliest`."""

    def order(self) -> tuple[str, str] | None:
        """Return how the record is chosen and by which field; None: the tool's first."""
        orders = ("latest", "earliest", "most", "least")
        return next(((name, by) for name in orders if (by := getattr(self, name)) is not None), None)

    @model_validator(mode="after")
    def _one_order(self) -> FactRule:
        chosen = [name for name in ("latest", "earliest", "most", "least") if getattr(self, name) is not None]
        if len(chosen) > 1:
            raise PydanticCustomError("fact_check.one_order", "one order")
        return self


Facts = Mapping[str, FactRule]


# ---- what one key cannot tell ---------------------------------------------------------------------


def check_facts(facts: Facts, at: KeyPath) -> Iterator[Finding]:
    """Yield what is wrong in the facts of a file: fields that a facet does not have, and the like.

    Args:
        facts: by name.
        at: the table that holds them.
    """
    for name, rule in facts.items():
        here = (*at, name)
        spec = FACETS.get(rule.facet)
        if spec is None:
            yield _unknown((*here, "facet"), "unknown_facet", rule.facet, tuple(FACETS))
            continue
        for place, condition in enumerate(rule.where):
            if condition.fact is not None or condition.found is not None:
                yield Finding((*here, "where", place), "fact_check.own_record")
            else:
                yield from _check_field(spec, condition, (*here, "where", place))
        yield from _check_choice(spec, rule, here)


def _check_choice(spec: FacetSpec, rule: FactRule, here: KeyPath) -> Iterator[Finding]:
    order = rule.order()
    kinds = {"latest": _DATES, "earliest": _DATES, "most": _NUMBERS, "least": _NUMBERS}
    if order is not None:
        yield from _check_kind(spec, order[1], kinds[order[0]], (*here, order[0]))
    if rule.add_up is not None:
        yield from _check_kind(spec, rule.add_up, frozenset({FieldKind.AMOUNT}), (*here, "add_up"))


def check_conditions(
    conditions: Sequence[Condition], own: str, facts: Facts, at: KeyPath
) -> Iterator[Finding]:
    """Yield what is wrong in conditions over named facts.

    Args:
        conditions: to check.
        own: the fact of those that name none.
        facts: of the file.
        at: the list that holds the conditions.
    """
    for place, condition in enumerate(conditions):
        here = (*at, place)
        if condition.fact is None and condition.found is not None:
            yield Finding(here, "fact_check.field_or_found")
            continue
        name = condition.fact or own
        spec = _spec_of(name, facts)
        if name not in facts:
            yield _unknown((*here, "fact"), "unknown_fact", name, tuple(facts))
        elif spec is not None and condition.field is not None:
            yield from _check_field(spec, condition, here)


def check_told(value: str, own: str, facts: Facts, at: KeyPath) -> Iterator[Finding]:
    """Yield what is wrong in a value that is put in a sentence ("paid_on", "last_call.due_on:time")."""
    told = Told.read(value, own)
    if told.fact not in facts:
        yield _unknown(at, "unknown_fact", told.fact, tuple(facts))
        return
    spec = _spec_of(told.fact, facts)
    if spec is None:
        return
    field = _field(spec, told.field)
    if field is None:
        yield _unknown(at, "unknown_field", told.field, _names(spec))
    elif not _may_be_told(spec, field):
        yield Finding(at, "fact_check.hidden_field", {"name": told.field})
    elif told.form is not None and told.form not in FORMS:
        yield _unknown(at, "unknown_form", told.form, tuple(FORMS))
    elif told.form is not None and field.kind not in FORMS[told.form]:
        yield Finding(at, "fact_check.wrong_form", {"name": told.field, "form": told.form})


FORMS: Mapping[str, frozenset[FieldKind]] = {
    "time": frozenset({FieldKind.DATETIME}),
    "long": _DATES,
    "full": _DATES,
    "month": frozenset({FieldKind.TEXT, FieldKind.DATE}),
}
"""How a value may be written, besides the way of its kind: its time, its date in words or in digits with
the year, its month and year."""


class Told(Section):
    """Which field of which fact is told, and how."""

    fact: str
    field: str
    form: str | None = None

    @classmethod
    def read(cls, value: str, own: str) -> Told:
        """Read "field", "fact.field" or "fact.field:form"."""
        path, _, form = value.partition(":")
        fact, dot, field = path.partition(".")
        return cls(fact=fact if dot else own, field=field if dot else path, form=form or None)


def _check_field(spec: FacetSpec, condition: Condition, at: KeyPath) -> Iterator[Finding]:
    name, comparison = condition.field or "", condition.comparison()
    written = comparison.rstrip("_")
    field = _field(spec, name)
    if field is None:
        yield _unknown((*at, "field"), "unknown_field", name, _names(spec))
    elif field.kind not in _COMPARISONS[comparison]:
        yield Finding((*at, written), "fact_check.wrong_comparison", {"name": name, "comparison": written})
    elif field.kind is FieldKind.ENUM:
        for word in _words(condition):
            if word not in field.values:
                yield _unknown((*at, written), "unknown_code", word, field.values)


def _words(condition: Condition) -> Sequence[str]:
    single = condition.is_ if condition.is_ is not None else condition.is_not
    return (single,) if single is not None else (condition.in_ or condition.not_in or ())


def _check_kind(spec: FacetSpec, name: str, kinds: frozenset[FieldKind], at: KeyPath) -> Iterator[Finding]:
    field = _field(spec, name)
    if field is None:
        yield _unknown(at, "unknown_field", name, _names(spec))
    elif field.kind not in kinds:
        yield Finding(at, "fact_check.wrong_kind", {"name": name})


def _spec_of(fact: str, facts: Facts) -> FacetSpec | None:
    return FACETS.get(facts[fact].facet) if fact in facts else None


def _field(spec: FacetSpec, name: str) -> FieldSpec | None:
    return next((field for field in spec.fields if field.name == name), None)


def _names(spec: FacetSpec) -> tuple[str, ...]:
    return tuple(field.name for field in spec.fields)


def _may_be_told(spec: FacetSpec, field: FieldSpec) -> bool:
    """Say whether whoever opens the facet reads the field in clear: rules read values unmasked."""
    data = {field.datum}
    if field.name == "title":
        # A document's title is plain unless the document is medical (`avise.models.masking`).
        data.add(Datum.MEDICAL_DOCUMENT)
    if field.kind in (FieldKind.NIR, FieldKind.IBAN):
        return False
    readers = [role for role in Role if may_open(role, spec)]
    return all(access(role, datum) is Access.CLEAR for role in readers for datum in data)


def _unknown(at: KeyPath, key: str, given: str, choices: Sequence[str]) -> Finding:
    params = {"given": given, "choices": ", ".join(choices), "suggestion": closest(given, choices)}
    return Finding(at, f"fact_check.{key}", params)
