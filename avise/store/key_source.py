"""Where the keys of files come from (decision 16): keyring, passphrase file, or demo file.

Anything else is refused with a sentence; no key is ever guessed, and none is minted beside a file
that it could not open.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import keyring
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from keyring.backends import fail, null
from keyring.errors import KeyringError

from avise.env import Env
from avise.models.errors import AviseError
from avise.store.connections import KEY_BYTES

T = TypeVar("T")

KEYRING_SERVICE = "avise"
KEYRING_SECONDS = 3.0
"""A locked keyring may wait for a prompt that nobody sees."""

SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
"""OWASP's recommendation for scrypt: 128 MB, paid once at start."""
SCRYPT_SALT_BYTES = 16
NONCE_BYTES = 12
_AAD = b"avise store key v1"


class KeyUnavailableError(AviseError):
    """No key can be had; `message_key` says why, and what to do."""


class KeySource(Protocol):
    """Gives the store's key."""

    async def key(self, *, create: bool) -> bytes:
        """Return the 32 bytes.

        Args:
            create: mint a key when there is none yet: true only when there is no store either, since
                a new key opens no old file.

        Raises:
            KeyUnavailableError: `key.missing` when there is none, or the reason why it cannot be read.
        """


class KeyringKey:
    """A random key kept by the operating system's keyring.

    Args:
        name: tells profiles apart ("store/<profile>").
        env: mints keys.
        seconds: how long a keyring may take.
    """

    def __init__(self, name: str, env: Env, seconds: float = KEYRING_SECONDS) -> None:
        self._name = name
        self._env = env
        self._seconds = seconds

    async def key(self, *, create: bool) -> bytes:
        """Return the key of the keyring, minted there on first use."""
        return await _within(self._seconds, lambda: self._key_blocking(create=create))

    def _key_blocking(self, *, create: bool) -> bytes:
        # Both accept everything and keep nothing, or refuse everything.
        if isinstance(keyring.get_keyring(), (fail.Keyring, null.Keyring)):
            raise KeyUnavailableError("key.no_keyring")
        try:
            stored = keyring.get_password(KEYRING_SERVICE, self._name)
            if stored is not None:
                return _decoded(stored)
            if not create:
                raise KeyUnavailableError("key.missing")
            minted = _chance(self._env, KEY_BYTES)
            keyring.set_password(KEYRING_SERVICE, self._name, minted.hex())
            if keyring.get_password(KEYRING_SERVICE, self._name) != minted.hex():
                raise KeyUnavailableError("key.keyring_refused")
        except KeyringError:
            raise KeyUnavailableError("key.keyring_refused") from None
        return minted


async def forget_in_keyring(name: str, seconds: float = KEYRING_SECONDS) -> None:
    """Destroy a key of the keyring; one that is not there is no error.

    Raises:
        KeyUnavailableError: the keyring cannot be used, or keeps it.
    """
    await _within(seconds, lambda: _forget_blocking(name))


def _forget_blocking(name: str) -> None:
    try:
        if keyring.get_password(KEYRING_SERVICE, name) is not None:
            keyring.delete_password(KEYRING_SERVICE, name)
    except KeyringError:
        raise KeyUnavailableError("key.keyring_refused") from None


class PassphraseKey:
    """A random key in a file, sealed by a passphrase (scrypt, AES-256-GCM).

    Args:
        path: the file, mode 0600.
        passphrase: what staff type.
        env: mints keys, salts and nonces.
    """

    def __init__(self, path: Path, passphrase: str, env: Env) -> None:
        self._path = path
        self._passphrase = passphrase
        self._env = env

    async def key(self, *, create: bool) -> bytes:
        """Return the key sealed in the file; the file is written on first use."""
        return await asyncio.to_thread(self._key_blocking, create=create)

    def _key_blocking(self, *, create: bool) -> bytes:
        if not self._path.exists():
            if not create:
                raise KeyUnavailableError("key.missing")
            return self._create()
        try:
            stored = json.loads(self._path.read_text("utf-8"))
            parts = {name: base64.b64decode(stored[name]) for name in ("salt", "nonce", "sealed")}
            costs = {name: int(stored[name]) for name in ("n", "r", "p")}
        except (OSError, ValueError, KeyError, TypeError, binascii.Error):
            raise KeyUnavailableError("key.file_unreadable") from None
        if costs["n"] > SCRYPT_N * 16 or costs["r"] > SCRYPT_R * 4 or costs["p"] > SCRYPT_P * 16:
            raise KeyUnavailableError("key.file_unreadable")
        try:
            return AESGCM(self._derived(parts["salt"], costs)).decrypt(parts["nonce"], parts["sealed"], _AAD)
        except InvalidTag:
            raise KeyUnavailableError("key.wrong_passphrase") from None

    def _create(self) -> bytes:
        minted, salt = _chance(self._env, KEY_BYTES), _chance(self._env, SCRYPT_SALT_BYTES)
        nonce = _chance(self._env, NONCE_BYTES)
        costs = {"n": SCRYPT_N, "r": SCRYPT_R, "p": SCRYPT_P}
        sealed = AESGCM(self._derived(salt, costs)).encrypt(nonce, minted, _AAD)
        written = {"salt": salt, "nonce": nonce, "sealed": sealed}
        text = json.dumps(costs | {name: base64.b64encode(part).decode() for name, part in written.items()})
        _write_private(self._path, text)
        return minted

    def _derived(self, salt: bytes, costs: dict[str, int]) -> bytes:
        derivation = Scrypt(salt=salt, length=KEY_BYTES, n=costs["n"], r=costs["r"], p=costs["p"])
        return derivation.derive(self._passphrase.encode("utf-8"))


class DemoKey:
    """A key in clear in a file, for invented data only.

    Args:
        path: the file, mode 0600.
        synthetic: whether the profile is marked so; refused otherwise.
        env: mints keys.
    """

    def __init__(self, path: Path, env: Env, *, synthetic: bool) -> None:
        self._path = path
        self._synthetic = synthetic
        self._env = env

    async def key(self, *, create: bool) -> bytes:
        """Return the key of the file; the file is written on first use."""
        if not self._synthetic:
            raise KeyUnavailableError("key.demo_refused")
        if not self._path.exists():
            if not create:
                raise KeyUnavailableError("key.missing")
            minted = _chance(self._env, KEY_BYTES)
            _write_private(self._path, minted.hex())
            return minted
        try:
            return _decoded(self._path.read_text("ascii").strip())
        except (OSError, UnicodeError):
            raise KeyUnavailableError("key.file_unreadable") from None


@dataclass(frozen=True, slots=True)
class KeyNames:
    """How one key is called in each place where it may be kept.

    Args:
        entry: begins its name in the keyring, which ends with the folder that it opens.
        demo: file that holds it in clear, beside invented people only.
        sealed: file that holds it under a passphrase.
    """

    entry: str
    demo: str
    sealed: str

    def in_keyring(self, folder: Path) -> str:
        """Return its name in the keyring."""
        return f"{self.entry}/{folder.resolve()}"


STORE_KEY = KeyNames("store", "demo.key", "store.key")


def key_source(
    source: str,
    folder: Path,
    env: Env,
    *,
    synthetic: bool,
    ask_passphrase: Callable[[], str] | None = None,
    names: KeyNames = STORE_KEY,
) -> KeySource:
    """Return where a key is kept, as a profile says.

    Args:
        source: "keyring", "passphrase" or "demo" (`[key] source` of the profile's settings).
        folder: where the file is that the key opens.
        env: mints keys.
        synthetic: whether it holds invented people only.
        ask_passphrase: asks staff; None when nobody can be asked.
        names: of the key.

    Raises:
        KeyUnavailableError: `key.unknown_source`, or `key.nobody_to_ask`.
    """
    if source == "keyring":
        return KeyringKey(names.in_keyring(folder), env)
    if source == "demo":
        return DemoKey(folder / names.demo, env, synthetic=synthetic)
    if source == "passphrase":
        if ask_passphrase is None:
            raise KeyUnavailableError("key.nobody_to_ask")
        return PassphraseKey(folder / names.sealed, ask_passphrase(), env)
    raise KeyUnavailableError("key.unknown_source")


def _chance(env: Env, count: int) -> bytes:
    drawn = b""
    while len(drawn) < count:
        drawn += bytes.fromhex(env.token())
    return drawn[:count]


def _decoded(stored: str) -> bytes:
    try:
        key = bytes.fromhex(stored)
    except ValueError:
        raise KeyUnavailableError("key.file_unreadable") from None
    if len(key) != KEY_BYTES:
        raise KeyUnavailableError("key.file_unreadable")
    return key


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, never over another."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        raise KeyUnavailableError("key.file_unwritable") from None


async def _within(seconds: float, work: Callable[[], T]) -> T:
    """Run blocking work on a thread that may be abandoned: a hung keyring must not hold the exit.

    Raises:
        KeyUnavailableError: `key.keyring_slow` after `seconds`.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type]  # a result when there is no error

    def run() -> None:
        result: T | None = None
        failure: BaseException | None = None
        try:
            result = work()
        except AviseError as error:
            failure = error
        except Exception:  # noqa: BLE001 - backends raise anything, and their text may tell a name
            failure = KeyUnavailableError("key.keyring_refused")
        if not loop.is_closed():
            loop.call_soon_threadsafe(deliver, result, failure)

    threading.Thread(target=run, name="avise-keyring", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        raise KeyUnavailableError("key.keyring_slow") from None
