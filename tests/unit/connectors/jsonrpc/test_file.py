"""What `avise connector check` says of a file that uses the JSON-RPC connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.resources import resource_folder
from tests.unit.connectors.shipped_files import told_after

FILE = resource_folder("connectors") / "demo" / "complaints.toml"


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ('secret = "password"', 'secret = "pasword"', "session.secret"),
        ('token = "jeton"', 'tokken = "jeton"', "session.tokken"),
        ('utilisateur = "avise"', 'utilisateur = "{config.user}"', "session.params.utilisateur"),
        ('means = "not_found"', 'means = "lost"', "errors[1].means"),
        ("{customer.complaints.client}", "{customer.klient}", "facets.complaints.params.client"),
        ("{customer.complaints.client}", "{customer.nir}", "facets.complaints.params.client"),
        ('handler = "gestionnaire"', 'handlr = "gestionnaire"', "facets.complaints.fields.handlr"),
    ],
)
def test_every_error_is_told_at_its_line(tmp_path: Path, good: str, bad: str, key: str) -> None:
    text = FILE.read_text("utf-8")
    line = text[: text.index(good, text.index("[options]"))].count("\n") + 1
    assert (line, f"options.{key}") in told_after(FILE, tmp_path, good, bad)
