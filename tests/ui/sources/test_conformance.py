"""The level of a connector on the Sources page, read from the result beside it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from avise.connectors.kit.levels import result_path
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Refusal, Registry
from avise.models.conformance import ConformanceLevel
from avise.resources import resource_folder
from avise.texts import LANGUAGES, set_language, text
from avise.ui.sources.sentences import conformance
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
