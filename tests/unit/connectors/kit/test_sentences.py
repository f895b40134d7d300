"""Every check has its title, and everything that it may say its sentence, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import avise.connectors.kit
from avise.connectors.kit.suite import ALL
from avise.connectors.kit.verdicts import Verdict
from avise.models.conformance import ConformanceLevel
from avise.texts import LANGUAGES
from avise.texts.catalogue import catalogue

SOURCES = "\n".join(
    file.read_text("utf-8") for file in sorted(Path(avise.connectors.kit.__path__[0]).glob("*.py"))
)
SAID = set(re.findall(r'(?:FailedCheck|NotExercised|NotApplicable)\(\s*"([a-z_]+)"', SOURCES))


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_that_the_kit_says_lacks_its_sentence(code: str) -> None:
    known = set(catalogue(code).keys())
    wanted = {f"kit.check.{check.name}" for check in ALL}
    wanted |= {f"kit.why.{why}" for why in SAID}
    wanted |= {f"kit.verdict.{verdict}" for verdict in Verdict}
    wanted |= {f"conformance_level.{level}" for level in ConformanceLevel}
    assert wanted - known == set()


def test_no_sentence_of_the_kit_is_left_over() -> None:
    known = {key for key in catalogue("fr").keys() if key.startswith(("kit.check.", "kit.why."))}  # noqa: SIM118 - no mapping
    used = {f"kit.check.{check.name}" for check in ALL} | {f"kit.why.{why}" for why in SAID}
    assert known - used == set()


def test_checks_have_names_of_their_own() -> None:
    assert len({check.name for check in ALL}) == len(ALL)
