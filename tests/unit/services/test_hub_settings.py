"""What a profile says of its hub is read with its defaults, and refused by its key when it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.models.errors import AviseError
from avise.services.profile import SETTINGS_NAME, load_profile
from avise.services.settings_file import HubMode, HubSection, HubSignIn

GOOD = """
site_namespace = "12345678-1234-5678-1234-567812345678"
identity_master = "parties"
[user]
login = "lea.girard"
name = "Léa Girard"
"""


def hub_of(folder: Path, section: str) -> HubSection:
    (folder / SETTINGS_NAME).write_text(GOOD + section, encoding="utf-8")
    return load_profile(folder, device="d1").settings.hub


def test_a_profile_that_says_nothing_has_no_hub(tmp_path: Path) -> None:
    assert hub_of(tmp_path, "").mode is HubMode.NONE


def test_a_hub_of_this_machine_has_a_file_of_the_profile_unless_told(tmp_path: Path) -> None:
    assert hub_of(tmp_path, '[hub]\nmode = "embedded"\n').file == "hub/hub.db"


def test_a_server_is_reached_with_a_password_unless_told(tmp_path: Path) -> None:
    found = hub_of(tmp_path, '[hub]\nmode = "remote"\nurl = "https://hub.mutuelle.invalid/avise"\n')
    assert (found.mode, found.sign_in) == (HubMode.REMOTE, HubSignIn.LOCAL)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_plain_http_is_spoken_on_this_machine_only(tmp_path: Path, url: str) -> None:
    assert hub_of(tmp_path, f'[hub]\nmode = "remote"\nurl = "{url}"\n').url == url


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ('mode = "somewhere"', "hub.mode (bad_value)"),
        ('mode = "embedded"\nfile = "hub"', "hub.file (bad_value)"),
        ('mode = "remote"', "hub.url (missing)"),
        ('mode = "remote"\nurl = "http://hub.mutuelle.invalid"', "hub.url (bad_value)"),
        ('mode = "remote"\nurl = "ftp://127.0.0.1"', "hub.url (bad_value)"),
        ('mode = "remote"\nurl = "https://h.invalid"\nsign_in = "badge"', "hub.sign_in (bad_value)"),
        (
            'mode = "remote"\nurl = "https://h.invalid"\nsign_in = "oidc"',
            "hub.issuer (missing); hub.application (missing)",
        ),
        ('mode = "none"\npassword = "CANARY"', "hub.password (unknown)"),
    ],
)
def test_a_hub_that_cannot_be_is_refused_by_its_key_alone(tmp_path: Path, section: str, told: str) -> None:
    with pytest.raises(AviseError) as refused:
        hub_of(tmp_path, f"[hub]\n{section}\n")
    assert refused.value.params["where"] == told
