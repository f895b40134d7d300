"""Keys from a keyring, a passphrase, a demo file; every refusal has its sentence."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import PasswordSetError

from avise.env import FixedEnv, SystemEnv
from avise.store.key_source import (
    DemoKey,
    KeyringKey,
    KeySource,
    KeyUnavailableError,
    PassphraseKey,
    key_source,
)
from avise.texts.catalogue import catalogue


class DictKeyring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring is not typed
        self.kept: dict[tuple[str, str], str] = {}
        self.before: Callable[[], None] = lambda: None

    def get_password(self, service: str, username: str) -> str | None:
        self.before()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[DictKeyring]:
    before = keyring.get_keyring()
    installed = DictKeyring()
    keyring.set_keyring(installed)
    yield installed
    keyring.set_keyring(before)


async def refusal(source: KeySource, *, create: bool = False) -> str:
    with pytest.raises(KeyUnavailableError) as refused:
        await source.key(create=create)
    return refused.value.message_key


async def test_a_key_is_minted_once_in_the_keyring(ring: DictKeyring) -> None:
    source = KeyringKey("store/demo", SystemEnv())
    assert await refusal(source) == "key.missing"
    minted = await source.key(create=True)
    assert len(minted) == 32
    assert await source.key(create=False) == minted
    assert await source.key(create=True) == minted
    assert list(ring.kept) == [("avise", "store/demo")]


async def test_two_profiles_have_two_keys(ring: DictKeyring) -> None:
    env = SystemEnv()
    first = await KeyringKey("store/a", env).key(create=True)
    assert await KeyringKey("store/b", env).key(create=True) != first


async def test_a_machine_without_keyring_is_refused(ring: DictKeyring) -> None:
    for backend in (fail.Keyring(), null.Keyring()):  # type: ignore[no-untyped-call]  # keyring is not typed
        keyring.set_keyring(backend)
        assert await refusal(KeyringKey("store/a", SystemEnv()), create=True) == "key.no_keyring"


async def test_a_keyring_that_refuses_or_breaks_is_told_without_its_text(ring: DictKeyring) -> None:
    def locked() -> None:
        message = "secret collection of lea.girard"
        raise PasswordSetError(message)

    ring.before = locked
    assert await refusal(KeyringKey("store/a", SystemEnv())) == "key.keyring_refused"

    def broken() -> None:
        message = "lea.girard"
        raise RuntimeError(message)

    ring.before = broken
    assert await refusal(KeyringKey("store/a", SystemEnv())) == "key.keyring_refused"


async def test_a_keyring_that_forgets_is_refused(ring: DictKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "set_password", lambda *_arguments: None)
    assert await refusal(KeyringKey("store/a", SystemEnv()), create=True) == "key.keyring_refused"


async def test_a_keyring_that_hangs_is_given_up(ring: DictKeyring) -> None:
    leave = threading.Event()
    ring.before = lambda: (leave.wait(30), None)[1]
    assert await refusal(KeyringKey("store/a", SystemEnv(), seconds=0.05)) == "key.keyring_slow"
    leave.set()
    for thread in threading.enumerate():
        if thread.name == "avise-keyring":
            thread.join(30)


async def test_an_entry_that_is_no_key_is_refused(ring: DictKeyring) -> None:
    for stored in ("zz", "abcd"):
        ring.kept["avise", "store/a"] = stored
        assert await refusal(KeyringKey("store/a", SystemEnv()), create=True) == "key.file_unreadable"


async def test_a_passphrase_opens_its_file_and_no_other_does(tmp_path: Path) -> None:
    path = tmp_path / "profile" / "store.key"
    env = SystemEnv()
    assert await refusal(PassphraseKey(path, "la mer", env)) == "key.missing"
    minted = await PassphraseKey(path, "la mer", env).key(create=True)
    assert await PassphraseKey(path, "la mer", env).key(create=False) == minted
    assert await refusal(PassphraseKey(path, "la mère", env)) == "key.wrong_passphrase"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert minted not in path.read_bytes()
    assert minted.hex() not in path.read_text()


@pytest.mark.parametrize("content", ["", "{}", '{"n": 1}', '{"salt": 3}', "[]"])
async def test_a_damaged_key_file_is_refused_and_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "store.key"
    path.write_text(content)
    assert await refusal(PassphraseKey(path, "la mer", SystemEnv()), create=True) == "key.file_unreadable"
    assert path.read_text() == content


async def test_a_key_file_with_absurd_costs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    path.write_text('{"n": 1073741824, "r": 8, "p": 1, "salt": "AA==", "nonce": "AA==", "sealed": "AA=="}')
    assert await refusal(PassphraseKey(path, "la mer", SystemEnv())) == "key.file_unreadable"


async def test_a_demo_key_is_for_invented_data_only(tmp_path: Path) -> None:
    path = tmp_path / "demo.key"
    env = SystemEnv()
    assert await refusal(DemoKey(path, env, synthetic=False), create=True) == "key.demo_refused"
    assert not path.exists()
    minted = await DemoKey(path, env, synthetic=True).key(create=True)
    assert await DemoKey(path, env, synthetic=True).key(create=False) == minted
    assert await refusal(DemoKey(path, env, synthetic=False)) == "key.demo_refused"
    path.write_text("zz")
    assert await refusal(DemoKey(path, env, synthetic=True)) == "key.file_unreadable"


def test_a_profile_names_its_source(tmp_path: Path) -> None:
    env = FixedEnv()
    assert isinstance(key_source("keyring", tmp_path, env, synthetic=False), KeyringKey)
    assert isinstance(key_source("demo", tmp_path, env, synthetic=True), DemoKey)
    asked = key_source("passphrase", tmp_path, env, synthetic=False, ask_passphrase=lambda: "la mer")
    assert isinstance(asked, PassphraseKey)
    for name, reason in (("passphrase", "key.nobody_to_ask"), ("plain", "key.unknown_source")):
        with pytest.raises(KeyUnavailableError) as refused:
            key_source(name, tmp_path, env, synthetic=True)
        assert refused.value.message_key == reason


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "reason",
    ["missing", "no_keyring", "keyring_refused", "keyring_slow", "wrong_passphrase", "nobody_to_ask",
     "file_unreadable", "file_unwritable", "demo_refused", "unknown_source"],
)  # fmt: skip
def test_every_refusal_has_its_sentence(language: str, reason: str) -> None:
    assert catalogue(language).get(f"key.{reason}")
