"""What `avise connector check` says of a file that uses the Tryton connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.connectors.shipped_files import file_of, told_after

FILE = file_of("trytond")


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
    assert f"options.{key}" in [told for _, told in told_after(FILE, tmp_path, good, bad)]
