"""Where the connectors' secrets come from."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path

from avise.connectors.ports import SecretPort
from avise.models.errors import AviseError

DEMO_SECRETS = "demo-secrets.toml"
"""Secrets of a synthetic profile, in clear; refused for any other (decision 16)."""


class ProfileSecrets:
    """Secrets of connectors: the keyring's or the store's, and for a synthetic profile a plain file.

    The file is read again whenever it changed: a demonstration that starts again writes new secrets under
    a window that goes on.

    Args:
        kept: where secrets are sealed.
        folder: the profile's.
        synthetic: whether the profile holds invented people only.
    """

    def __init__(self, kept: SecretPort, folder: Path, *, synthetic: bool) -> None:
        self._kept = kept
        self._file = folder / DEMO_SECRETS
        if not synthetic and self._file.is_file():
            raise AviseError("profile.plain_secrets", file=str(self._file))
        self._synthetic = synthetic
        self._seen = _mark(self._file) if synthetic else None
        self._plain = _plain_secrets(self._file) if self._seen else {}

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret, None when nobody stored it."""
        if self._synthetic:
            await asyncio.to_thread(self._look)
        plain = self._plain.get(instance, {}).get(name)
        return plain if plain is not None else await self._kept.get(instance, name)

    def _look(self) -> None:
        mark = _mark(self._file)
        if mark == self._seen:
            return
        try:
            self._plain = _plain_secrets(self._file) if mark else {}
        except (OSError, AviseError):
            # Being written: what was read before holds until the next look.
            return
        self._seen = mark


def _mark(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is written again, None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _plain_secrets(path: Path) -> Mapping[str, Mapping[str, str]]:
    try:
        found: Mapping[str, Mapping[str, str]] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise AviseError("profile.syntax", file=str(path), where="") from None
    return found
