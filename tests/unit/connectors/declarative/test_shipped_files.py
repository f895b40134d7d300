"""Every connector file that ships passes the check, and the published schema is the one of the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from avise.connectors.declarative import check_connector_file
from avise.connectors.declarative.schema import json_schema
from avise.resources import resource_folder

FILES = sorted(resource_folder("connectors").rglob("*.toml"))
SCHEMA = resource_folder("connectors") / "schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_connector_file_that_ships_has_no_error(path: Path) -> None:
    assert [f"{found.line}: {found.sentence()}" for found in check_connector_file(path)] == []


def test_the_schema_for_editors_is_the_one_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()


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
