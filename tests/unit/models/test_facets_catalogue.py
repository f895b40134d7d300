"""Every facet, field and enumeration has its words, in every language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from avise.models.errors import ErrorKind
from avise.models.facet_specs import FACETS
from avise.texts.catalogue import LANGUAGES, catalogue


def _keys() -> Iterator[str]:
    for facet in FACETS.values():
        yield f"facet.{facet.id}"
        for field in facet.fields:
            yield f"field.{facet.id}.{field.name}"
            for code in field.values:
                yield f"enum.{facet.id}.{field.name}.{code}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_facet_field_and_code_has_its_words(language: str) -> None:
    known = catalogue(language)
    missing = [key for key in _keys() if not known.get(key)]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_left_for_fields_that_no_longer_exist(language: str) -> None:
    wanted = set(_keys())
    words = {
        key
        for key in catalogue(language).keys()  # noqa: SIM118 - a Catalogue is no mapping
        if key.startswith(("facet.", "field.", "enum."))
    }
    assert words - wanted == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_of_error_says_what_happened(language: str, kind: ErrorKind) -> None:
    sentence = catalogue(language).get(f"error.{kind}")
    assert sentence is not None
    assert sentence.endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(ErrorKind))
def test_a_sentence_about_a_tool_names_it(language: str, kind: ErrorKind) -> None:
    sentence = catalogue(language).get(f"error.{kind}") or ""
    assert kind is ErrorKind.OFFLINE or "{source}" in sentence
