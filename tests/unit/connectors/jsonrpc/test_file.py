"""What `avise connector check` says of a file that uses the JSON-RPC connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.declarative.load import check_connector_file
from avise.resources import resource_folder

GOOD = (resource_folder("connectors") / "demo" / "complaints.toml").read_text("utf-8")


def test_the_file_of_the_demonstration_is_good(tmp_path: Path) -> None:
    assert _problems(tmp_path, GOOD) == []


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
    text = GOOD.replace(good, bad, 1)
    line = text[: text.index(bad)].count("\n") + 1
    assert (line, f"options.{key}") in _problems(tmp_path, text)


def _problems(folder: Path, text: str) -> list[tuple[int, str]]:
    path = folder / "complaints.toml"
    path.write_text(text, "utf-8")
    return [(problem.line, problem.key_path) for problem in check_connector_file(path)]
