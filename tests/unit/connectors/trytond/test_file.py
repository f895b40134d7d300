"""What `avise connector check` says of a file that uses the Tryton connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.contract import PublishesDirectory, ReadsFacets, UsesHttp
from avise.connectors.declarative.load import check_connector_file
from avise.connectors.registry import admission
from avise.connectors.trytond import connector as code
from avise.connectors.trytond.connector import TrytondConnector

FILE = Path(code.__file__).with_name("connector.toml")


def test_the_file_beside_the_code_is_good() -> None:
    assert check_connector_file(FILE) == []


def test_it_is_admitted_as_it_ships() -> None:
    connector = TrytondConnector()
    assert admission(connector.manifest, connector) is None
    assert connector.manifest.directory
    assert isinstance(connector, ReadsFacets)
    assert isinstance(connector, PublishesDirectory)
    assert isinstance(connector, UsesHttp)


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ('secret = "password"', 'secret = "pasword"', "session.secret"),
        ('user = "{config.user}"', 'user = "{config.usr}"', "session.user"),
        ("{customer.trytond.party}", "{customer.nir}", "customer"),
        ('found_by = "code"', 'found_by = "name"', "found_by"),
        ("customer =", 'identifier_types = ["fr_siren", "fr_nir"]\ncustomer =', "identifier_types[1]"),
        ('city = "city"', 'ciity = "city"', "facets.contact_points.fields.ciity"),
        ("siren = ", "sirren = ", "directory.fields.sirren"),
    ],
)
def test_every_error_is_told_at_its_line(tmp_path: Path, good: str, bad: str, key: str) -> None:
    path = tmp_path / "trytond.toml"
    text = FILE.read_text("utf-8")
    options = text.index("[options]")
    path.write_text(text[:options] + text[options:].replace(good, bad, 1), "utf-8")
    assert f"options.{key}" in [problem.key_path for problem in check_connector_file(path)]
