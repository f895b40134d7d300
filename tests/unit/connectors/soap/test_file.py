"""What `avise connector check` says of a file that uses the SOAP connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.contract import ReadsFacets, UsesHttp
from avise.connectors.declarative.load import check_connector_file
from avise.connectors.registry import admission
from avise.connectors.soap import connector as code
from avise.connectors.soap.connector import SoapConnector

FILE = Path(code.__file__).with_name("connector.toml")


def test_the_file_beside_the_code_is_good() -> None:
    assert check_connector_file(FILE) == []


def test_it_is_admitted_as_it_ships() -> None:
    connector = SoapConnector()
    assert admission(connector.manifest, connector) is None
    assert isinstance(connector, ReadsFacets)
    assert isinstance(connector, UsesHttp)


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ('secret = "password"', 'secret = "pasword"', "security.secret"),
        ('user = "{config.user}"', 'user = "{config.usr}"', "security.user"),
        ('wsdl_path = "/?wsdl"', 'wsdl_path = "{customer.contracts.member}"', "wsdl_path"),
        ("{customer.contracts.member}", "{customer.nir}", "facets.contracts.arguments.member"),
        (
            '"{customer.contracts.member}"',
            '{ number = "{customer.contracts.membr}" }',
            "facets.contracts.arguments.member.number",
        ),
        ('"{customer.contracts.member}"', "0.5", "facets.contracts.arguments.member"),
        ('means = "not_found"', 'means = "lost"', "errors[0].means"),
        ("number = {", "numbr = {", "facets.contracts.fields.numbr"),
    ],
)
def test_every_error_is_told_at_its_line(tmp_path: Path, good: str, bad: str, key: str) -> None:
    path = tmp_path / "soap.toml"
    text = FILE.read_text("utf-8")
    options = text.index("[options]")
    path.write_text(text[:options] + text[options:].replace(good, bad, 1), "utf-8")
    assert f"options.{key}" in [problem.key_path for problem in check_connector_file(path)]


@pytest.mark.parametrize("wsdl", ["", 'wsdl_file = "a.wsdl"\nwsdl_path = "/a"'])
def test_there_is_one_description(tmp_path: Path, wsdl: str) -> None:
    path = tmp_path / "soap.toml"
    path.write_text(FILE.read_text("utf-8").replace('wsdl_path = "/?wsdl"', wsdl), "utf-8")
    (problem,) = check_connector_file(path)
    assert "wsdl_file" in problem.sentence()
