"""What `avise connector check` says of a file that uses the SOAP connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.declarative.load import check_connector_file
from tests.unit.connectors.shipped_files import file_of, told_after

FILE = file_of("soap")


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
    assert f"options.{key}" in [told for _, told in told_after(FILE, tmp_path, good, bad)]


@pytest.mark.parametrize("wsdl", ["", 'wsdl_file = "a.wsdl"\nwsdl_path = "/a"'])
def test_there_is_one_description(tmp_path: Path, wsdl: str) -> None:
    path = tmp_path / "soap.toml"
    path.write_text(FILE.read_text("utf-8").replace('wsdl_path = "/?wsdl"', wsdl), "utf-8")
    (problem,) = check_connector_file(path)
    assert "wsdl_file" in problem.sentence()
