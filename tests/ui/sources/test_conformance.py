"""The level of a connector on the Sources page, read from the result beside it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from avise.connectors.kit.levels import result_path
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Refusal, Registry
from avise.models.bulk_reading import BulkReading, ReadingStep
from avise.models.conformance import ConformanceLevel
from avise.resources import resource_folder
from avise.texts import LANGUAGES, set_language, text
from avise.ui.sources.sentences import conformance, row_sentence, second_line
from tests.ui.persona import NOW
from tests.ui.scripted_sources import scripted_sources

DOCUMENTS = next(source for source in scripted_sources() if source.instance == "documents")
SHIPPED = resource_folder("connectors") / "demo" / "benefits.toml"


def found(file: Path) -> ConformanceLevel | None:
    """Return the level that the program finds of a profile's connector."""
    loaded = Registry(file.parent).find(InstanceSettings("benefits", "benefits"))
    assert not isinstance(loaded, Refusal)
    level: ConformanceLevel | None = getattr(loaded, "conformance", None)
    return level


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return a profile's connector with the result that ships with it."""
    for file in (SHIPPED, result_path(SHIPPED)):
        shutil.copyfile(file, tmp_path / file.name)
    return tmp_path / SHIPPED.name


def test_the_program_finds_the_level_beside_the_connector(profile: Path) -> None:
    assert found(profile) is ConformanceLevel.GOLD


def test_a_connector_changed_by_its_site_has_to_be_proven_again(profile: Path) -> None:
    profile.write_text(profile.read_text("utf-8").replace("max_pages = 5", "max_pages = 6"), "utf-8")
    assert found(profile) is None


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("level", list(ConformanceLevel))
def test_the_pane_says_the_level_in_words(level: ConformanceLevel, code: str) -> None:
    set_language(code)
    said = conformance(replace(DOCUMENTS, conformance=level))
    assert text(f"conformance_level.{level}") in said
    assert DOCUMENTS.connector in said


def test_a_connector_that_was_never_proven_says_so() -> None:
    said = conformance(DOCUMENTS)
    assert said == text("sources.not_proven", connector=DOCUMENTS.connector)
    assert said != "sources.not_proven"


def test_a_connector_that_was_not_loaded_says_nothing_of_it() -> None:
    assert conformance(replace(DOCUMENTS, refused_because="source.refused.file")) == ""


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("level", list(ConformanceLevel))
def test_each_row_says_the_level_in_words_to_the_eye_and_to_the_ear(
    level: ConformanceLevel, code: str
) -> None:
    set_language(code)
    proven = replace(DOCUMENTS, conformance=level)
    words = text("sources.row.level", level=text(f"conformance_level.{level}"))
    assert second_line(proven) == f"{words} · {DOCUMENTS.connector}"
    assert row_sentence(proven, NOW).endswith(f", {words}")


def test_the_level_of_a_row_stands_behind_what_the_directory_waits_for() -> None:
    filling = replace(
        DOCUMENTS, conformance=ConformanceLevel.GOLD, bulk=BulkReading(ReadingStep.READING, of_directory=True)
    )
    assert second_line(filling).endswith(" · niveau or")
    assert DOCUMENTS.connector not in second_line(filling)


def test_a_row_says_which_connector_was_never_proven_and_which_was_not_loaded() -> None:
    assert second_line(DOCUMENTS) == f"non éprouvé · {DOCUMENTS.connector}"
    refused = replace(DOCUMENTS, refused_because="source.refused.file")
    assert second_line(refused) == f"connecteur {DOCUMENTS.connector}"
    assert "éprouvé" not in row_sentence(refused, NOW)
