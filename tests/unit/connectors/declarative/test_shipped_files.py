"""Every connector file that ships passes the check, and the published schema is the one of the code."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest
from babel.messages.pofile import read_po

from avise.connectors.declarative import check_connector_file, new_connector_file
from avise.connectors.declarative.editor_schema import editor_schema
from avise.connectors.declarative.kinds import KINDS
from avise.resources import resource_folder

FILES = sorted(
    path for path in resource_folder("connectors").rglob("*.toml") if path.parent.name != "scenarios"
)
ROOT = Path(__file__).parents[4]
SCHEMA = resource_folder("connectors") / "schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_connector_file_that_ships_has_no_error(path: Path) -> None:
    assert [f"{found.line}: {found.sentence()}" for found in check_connector_file(path)] == []


def complete_examples() -> list[str]:
    """Return the examples of the documentation that are whole files."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/connectors.md")]
    blocks = [block for text in texts for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    return [block for block in blocks if block.startswith("avise = 1")]


@pytest.mark.parametrize("number", range(2))
def test_a_whole_file_of_the_documentation_has_no_error(number: int, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(complete_examples()[number], encoding="utf-8")
    assert [f"{found.line}: {found.sentence()}" for found in check_connector_file(path)] == []


def test_the_schema_for_editors_is_the_one_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == editor_schema(), (
        "python -m avise.connectors.declarative.editor_schema > resources/connectors/schema.json"
    )


def test_the_schema_describes_every_key() -> None:
    untold = [
        f"{name}.{key}"
        for name, definition in json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"].items()
        for key, part in definition.get("properties", {}).items()
        if not part.get("description")
    ]
    assert untold == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_accepts_what_the_check_accepts(kind: str) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert validator.is_valid(tomllib.loads(new_connector_file(kind)))


def test_the_schema_refuses_a_wrong_key_and_a_facet_that_does_not_exist() -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    written = new_connector_file("rest")
    assert not validator.is_valid(tomllib.loads(written.replace("on_404", "on_405")))
    assert not validator.is_valid(tomllib.loads(written.replace('id = "benefits"', 'id = "horoscope"')))


def test_both_languages_have_every_sentence_of_the_check() -> None:
    parameters = {}
    for language in ("fr", "en"):
        with (resource_folder("translations") / language / "connector_check.po").open("rb") as stream:
            messages = {str(message.id): str(message.string) for message in read_po(stream) if message.id}
        assert all(messages.values())
        parameters[language] = {
            key: sorted(part.partition("}")[0] for part in sentence.split("{")[1:])
            for key, sentence in messages.items()
        }
    assert parameters["fr"] == parameters["en"]
