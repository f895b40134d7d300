"""What `avise connector check` says of a file that uses the IMAP connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.connectors.shipped_files import file_of, told_after

FILE = file_of("imap")


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
    assert f"options.{key}" in [told for _, told in told_after(FILE, tmp_path, good, bad)]
