"""What `avise connector check` says of a file that uses the IMAP connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.contract import FetchesContent, ListsInteractions
from avise.connectors.declarative.load import check_connector_file
from avise.connectors.imap import connector as code
from avise.connectors.imap.connector import ImapConnector
from avise.connectors.registry import admission

FILE = Path(code.__file__).with_name("connector.toml")


def test_the_file_beside_the_code_is_good() -> None:
    assert check_connector_file(FILE) == []


def test_it_is_admitted_as_it_ships() -> None:
    connector = ImapConnector()
    assert admission(connector.manifest, connector) is None
    assert isinstance(connector, ListsInteractions)
    assert isinstance(connector, FetchesContent)


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ('secret = "password"', 'secret = "pasword"', "server.secret"),
        ('user = "{config.user}"', 'user = "{config.usr}"', "server.user"),
        ('"{customer.mail.addresses}"', '"{customer.mail.address}"', "addresses"),
        ('"{customer.mail.addresses}"', '"a@x.fr {customer.mail.addresses}"', "addresses"),
        ('"{customer.mail.addresses}"', '"{config.user}"', "addresses"),
        ('["INBOX", "Sent"]', "[]", "folders"),
        ("addresses =", "past_days = 0\naddresses =", "past_days"),
        ("addresses =", "most = 0\naddresses =", "most"),
    ],
)
def test_every_error_is_told_at_its_line(tmp_path: Path, good: str, bad: str, key: str) -> None:
    path = tmp_path / "imap.toml"
    text = FILE.read_text("utf-8")
    options = text.index("[options]")
    path.write_text(text[:options] + text[options:].replace(good, bad, 1), "utf-8")
    assert f"options.{key}" in [problem.key_path for problem in check_connector_file(path)]
