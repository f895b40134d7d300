"""Rules of a file of request types that need more than one key, each error at its place.

They keep a form short, answerable and safe: six fields unfolded at most, conditions on fields that come
before, no field for a NIR, nothing prefilled that a role reads masked, and every label written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, closest
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.models.request_types import MOST_VISIBLE, FieldCheck, RequestFieldKind
from avise.services.fact_rules import FactRule, Told, check_facts, check_told
from avise.services.request_type_sections import (
    TODAY,
    DocumentSection,
    FieldSection,
    RequestsFile,
    TypeSection,
    WhenSection,
)
from avise.texts.catalogue import catalogue

_K = RequestFieldKind
_TEXTS = frozenset({_K.TEXT, _K.NOTE, _K.PROVIDER, _K.CONTRACT})
_CHECKED: Mapping[FieldCheck, frozenset[RequestFieldKind]] = {
    FieldCheck.FINESS: frozenset({_K.TEXT}),
    FieldCheck.SIRET: frozenset({_K.TEXT}),
    FieldCheck.MONTH: frozenset({_K.TEXT}),
    FieldCheck.TIME: frozenset({_K.TEXT}),
    FieldCheck.NOT_FUTURE: frozenset({_K.DATE}),
    FieldCheck.NOT_PAST: frozenset({_K.DATE}),
}
_FED_BY: Mapping[RequestFieldKind, frozenset[FieldKind]] = {
    _K.TEXT: frozenset({FieldKind.TEXT, FieldKind.EMAIL}),
    _K.NOTE: frozenset(),
    _K.DATE: frozenset({FieldKind.DATE, FieldKind.DATETIME}),
    _K.AMOUNT: frozenset({FieldKind.AMOUNT}),
    _K.CHOICE: frozenset({FieldKind.ENUM, FieldKind.BOOL}),
    _K.PERSON: frozenset({FieldKind.TEXT}),
    _K.PROVIDER: frozenset({FieldKind.TEXT}),
    _K.PHONE: frozenset({FieldKind.TEXT, FieldKind.PHONE}),
    _K.IBAN: frozenset(),
    _K.YES_NO: frozenset({FieldKind.BOOL}),
    _K.NUMBER: frozenset({FieldKind.INTEGER}),
    _K.CONTRACT: frozenset({FieldKind.TEXT}),
}
"""Kinds of the facets' fields that each kind of field may be prefilled from."""


def between_keys(file: RequestsFile, languages: Sequence[str]) -> Iterator[Finding]:
    """Yield what no key alone tells: names that lead nowhere, forms too long, labels nobody wrote."""
    yield from check_facts(file.fact, ("fact",))
    seen: set[tuple[str, str]] = set()
    for place, section in enumerate(file.type):
        here: KeyPath = ("type", place)
        mark = (section.id, section.effective_from.isoformat())
        if mark in seen:
            yield Finding((*here, "id"), "request_type_check.twice", {"name": section.id})
        seen.add(mark)
        yield from _check_form(section, file.fact, here)
        for number, case in enumerate(section.case):
            yield from _check_when(case.when, section.field, (*here, "case", number, "when"))
        yield from _check_documents(section, here)
        yield from _repeated(section.reasons, (*here, "reasons"))
        yield from _repeated(section.outcomes, (*here, "outcomes"))
        yield from _check_sentences(section, here, languages)


def facts_for_prefill(facts: Mapping[str, FactRule]) -> Mapping[str, FactRule]:
    """Return what a form may be prefilled from: every facet by its name, and the facts of the file."""
    return {**{facet: FactRule(facet=facet) for facet in FACETS}, **facts}


# ---- the form --------------------------------------------------------------------------------------


def _check_form(section: TypeSection, facts: Mapping[str, FactRule], here: KeyPath) -> Iterator[Finding]:
    visible = 0
    for place, each in enumerate(section.field):
        at = (*here, "field", place)
        before = section.field[:place]
        if any(each.id == other.id for other in before):
            yield Finding((*at, "id"), "request_type_check.field_twice", {"name": each.id})
        if "nir" in each.id.split("_"):
            yield Finding((*at, "id"), "request_type_check.no_nir")
        visible += not each.folded
        if not each.folded and visible > MOST_VISIBLE:
            yield Finding(at, "request_type_check.too_many_fields", {"limit": str(MOST_VISIBLE)})
        if each.when is not None:
            yield from _check_when(each.when, before, (*at, "when"))
        yield from _check_field(each, before, at)
        yield from _check_prefill(each, facts, at)


def _check_field(each: FieldSection, before: Sequence[FieldSection], at: KeyPath) -> Iterator[Finding]:
    chooses = each.kind is _K.CHOICE
    if chooses and not each.choices:
        yield Finding((*at, "choices"), "missing_key", {"key": "choices"}, missing=True)
    for key, fits in (
        ("choices", chooses or not each.choices),
        ("codes", chooses or not each.codes),
        ("longest", each.kind in _TEXTS or each.longest is None),
        ("least", each.kind is _K.NUMBER or each.least is None),
        ("most", each.kind is _K.NUMBER or each.most is None),
        ("check", each.check is None or each.kind in _CHECKED[each.check]),
    ):
        if not fits:
            yield Finding(
                (*at, key), "request_type_check.not_for_kind", {"key": key, "kind": each.kind.value}
            )
    yield from _repeated(each.choices, (*at, "choices"))
    if each.folded and each.required:
        yield Finding((*at, "folded"), "request_type_check.folded", {"name": each.id})
    if each.same_as is not None:
        same = [other.id for other in before if other.kind is each.kind]
        if each.same_as not in same:
            yield _unknown((*at, "same_as"), "unknown_field", each.same_as, same)


def _check_when(when: WhenSection, fields: Sequence[FieldSection], at: KeyPath) -> Iterator[Finding]:
    found = next((other for other in fields if other.id == when.field), None)
    if found is None:
        yield _unknown((*at, "field"), "unknown_field", when.field, [other.id for other in fields])
        return
    if when.within_days is not None:
        if found.kind is not _K.DATE:
            yield Finding((*at, "within_days"), "request_type_check.not_a_date", {"name": when.field})
        return
    if found.kind not in (_K.CHOICE, _K.YES_NO):
        yield Finding((*at, "field"), "request_type_check.not_compared", {"name": when.field})
        return
    codes = found.choices if found.kind is _K.CHOICE else ["yes", "no"]
    key = "is" if when.is_ is not None else "in"
    for code in when.codes():
        # A choice without choices is told at the choice.
        if codes and code not in codes:
            yield _unknown((*at, key), "unknown_code", code, codes)


def _check_documents(section: TypeSection, here: KeyPath) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, document in enumerate(section.document):
        at = (*here, "document", place)
        if document.id in seen:
            yield Finding((*at, "id"), "request_type_check.document_twice", {"name": document.id})
        seen.add(document.id)
        if document.when is not None:
            yield from _check_when(document.when, section.field, (*at, "when"))


def _repeated(words: Sequence[str], at: KeyPath) -> Iterator[Finding]:
    for place, word in enumerate(words):
        if word in words[:place]:
            yield Finding((*at, place), "twice", {"value": word})


# ---- what it is prefilled from ---------------------------------------------------------------------


def _check_prefill(each: FieldSection, facts: Mapping[str, FactRule], at: KeyPath) -> Iterator[Finding]:
    if each.from_ is None:
        if each.codes:
            yield Finding((*at, "codes"), "request_type_check.codes_alone")
        return
    here = (*at, "from")
    if each.from_ == TODAY:
        if each.kind is not _K.DATE:
            yield Finding(here, "request_type_check.not_a_date", {"name": each.id})
        return
    told = Told.read(each.from_, "")
    if not told.fact or told.form is not None:
        yield Finding(here, "request_type_check.from", {"value": each.from_})
        return
    known = facts_for_prefill(facts)
    wrong = list(check_told(each.from_, "", known, here))
    for finding in wrong:
        hidden = finding.message_key == "fact_check.hidden_field"
        yield replace(finding, message_key="request_type_check.hidden_field") if hidden else finding
    spec = FACETS.get(known[told.fact].facet) if told.fact in known else None
    if wrong or spec is None:
        return
    kind = spec.field(told.field).kind
    if kind not in _FED_BY[each.kind]:
        yield Finding(here, "request_type_check.wrong_kind", {"name": told.field, "kind": each.kind.value})
    elif each.kind is _K.CHOICE:
        codes = spec.field(told.field).values if kind is FieldKind.ENUM else ("yes", "no")
        yield from _check_codes(each, codes, (*at, "codes"))


def _check_codes(each: FieldSection, codes: Collection[str], at: KeyPath) -> Iterator[Finding]:
    for code, choice in each.codes.items():
        if code not in codes:
            yield _unknown((*at, code), "unknown_code", code, codes)
        if choice not in each.choices:
            yield _unknown((*at, code), "unknown_code", choice, each.choices)


# ---- what people read ------------------------------------------------------------------------------


def _check_sentences(section: TypeSection, here: KeyPath, languages: Sequence[str]) -> Iterator[Finding]:
    for language in languages:
        written = catalogue(language)
        for at, key in _keys_of(section, here):
            if written.get(key) is None:
                yield Finding(at, "request_type_check.no_sentence", {"key": key, "language": language})


def _keys_of(section: TypeSection, here: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    yield (*here, "id"), f"request_type.{section.id}.label"
    for place, each in enumerate(section.field):
        at = (*here, "field", place)
        yield (*at, "id"), f"request_field.{each.id}"
        for number, choice in enumerate(each.choices):
            yield (*at, "choices", number), f"request_choice.{each.id}.{choice}"
    yield from _document_keys(section.document, here)
    for place, outcome in enumerate(section.outcomes):
        yield (*here, "outcomes", place), f"request.outcome.{outcome}"


def _document_keys(documents: Iterable[DocumentSection], here: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    for place, document in enumerate(documents):
        yield (*here, "document", place, "id"), f"request_document.{document.id}"


def _unknown(at: KeyPath, key: str, given: str, choices: Collection[str]) -> Finding:
    params = {"given": given, "choices": ", ".join(choices), "suggestion": closest(given, choices)}
    return Finding(at, f"request_type_check.{key}", params)
