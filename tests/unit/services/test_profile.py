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
        (GOOD + '\n[desk]\ncall_with = "fax"\n', "profile.invalid", "desk.call_with"),
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


@pytest.mark.parametrize(
    ("written_so", "call_with"), [("", "tel"), ('call_with = "sip"', "sip"), ('call_with = ""', "")]
)
def test_a_house_says_what_its_telephones_answer_to(tmp_path: Path, written_so: str, call_with: str) -> None:
    profile = load_profile(written(tmp_path, f"{GOOD}\n[desk]\n{written_so}\n"), device="d1")
    assert profile.settings.desk.call_with == call_with


def test_a_profile_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_NAME).write_bytes(GOOD.encode("latin-1"))
    with pytest.raises(AviseError) as refused:
        load_profile(tmp_path, device="d1")
    assert refused.value.message_key == "profile.unreadable"


MESSAGES = (
    GOOD
    + """
[messages]
mutual = "La mutuelle"
sender = "contact@mutuelle.invalid"
postal_address = ["12 rue des Écoles", "44000 Nantes"]
smtp_host = "smtp.mutuelle.invalid"
smtp_user = "avise"
spool = "a-envoyer"
"""
)


def test_the_ways_of_messages_are_read(tmp_path: Path) -> None:
    found = load_profile(written(tmp_path, MESSAGES), device="d1").settings.messages
    assert (found.smtp_port, found.smtp_security) == (587, "starttls")
    assert found.postal_address == ("12 rue des Écoles", "44000 Nantes")
    assert load_profile(written(tmp_path, GOOD), device="d1").settings.messages.smtp_host == ""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('sender = "contact@mutuelle.invalid"', "", "messages.sender (missing)"),
        ('"contact@mutuelle.invalid"', '"nobody"', "messages.sender (bad_value)"),
        ('"contact@mutuelle.invalid"', '"a b@c.invalid"', "messages.sender (bad_value)"),
        ('mutual = "La mutuelle"', "", "messages.mutual (missing)"),
        ('smtp_user = "avise"', 'smtp_security = "none"', "messages.smtp_security (bad_value)"),
        ('smtp_user = "avise"', 'smtp_security = "perhaps"', "messages.smtp_security (bad_value)"),
        ('smtp_user = "avise"', "smtp_port = 99999", "messages.smtp_port (bad_value)"),
        ('smtp_user = "avise"', 'smtp_port = "25"', "messages.smtp_port (wrong_type)"),
        ('smtp_user = "avise"', 'smtp_password = "CANARY"', "messages.smtp_password (unknown)"),
        ('["12 rue des Écoles", "44000 Nantes"]', '"12 rue"', "messages.postal_address (wrong_type)"),
    ],
)
def test_a_way_that_cannot_be_is_refused_by_its_key_alone(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    with pytest.raises(AviseError) as refused:
        load_profile(written(tmp_path, MESSAGES.replace(before, after)), device="d1")
    assert refused.value.params["where"] == told
    assert "CANARY" not in text(refused.value.message_key, **refused.value.params)
