from __future__ import annotations

from pathlib import Path

import pytest

from avise.models.errors import AviseError
from avise.models.roles import Role
from avise.services.profile import SETTINGS_NAME, load_profile
from avise.texts import text

GOOD = """
site_namespace = "12345678-1234-5678-1234-567812345678"
identity_master = "parties"
[user]
login = "lea.girard"
name = "Léa Girard"
[instances.parties]
connector = "parties"
[instances.parties.config]
base_url = "http://127.0.0.1:1"
"""


def written(folder: Path, content: str) -> Path:
    (folder / SETTINGS_NAME).write_text(content, encoding="utf-8")
    return folder


def test_a_profile_is_read_with_its_defaults(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, GOOD), device="d1")
    assert profile.session().role is Role.AGENT
    assert profile.settings.key.source == "keyring"
    assert not profile.settings.synthetic


@pytest.mark.parametrize(
    ("content", "key", "told"),
    [
        (None, "profile.missing", "settings.toml"),
        ("user = ", "profile.syntax", "settings.toml"),
        (GOOD + "\n[surprise]\nx = 1\n", "profile.invalid", "surprise"),
        (GOOD.replace('identity_master = "parties"', ""), "profile.invalid", "identity_master"),
        (GOOD.replace('name = "Léa Girard"', 'name = "Léa"\nrole = "boss"'), "profile.invalid", "role"),
    ],
)
def test_a_bad_profile_is_refused_with_what_to_look_at(
    tmp_path: Path, content: str | None, key: str, told: str
) -> None:
    if content is not None:
        written(tmp_path, content)
    with pytest.raises(AviseError) as refused:
        load_profile(tmp_path, device="d1")
    assert refused.value.message_key == key
    assert told in text(key, **refused.value.params)


def test_a_profile_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_NAME).write_bytes(GOOD.encode("latin-1"))
    with pytest.raises(AviseError) as refused:
        load_profile(tmp_path, device="d1")
    assert refused.value.message_key == "profile.unreadable"
