"""Where the connectors' secrets come from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from avise.connectors.ports import SecretPort
from avise.models.errors import AviseError

DEMO_SECRETS = "demo-secrets.toml"
"""Secrets of a synthetic profile, in clear; refused for any other (decision 16)."""


class ProfileSecrets:
    """Secrets of connectors: the keyring's or the store's, and for a synthetic profile a plain file.

    Args:
        kept: where secrets are sealed.
        folder: the profile's.
        synthetic: whether the profile holds invented people only.
    """

    def __init__(self, kept: SecretPort, folder: Path, *, synthetic: bool) -> None:
        self._kept = kept
        self._plain = _plain_secrets(folder, synthetic=synthetic)

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret, None when nobody stored it."""
        plain = self._plain.get(instance, {}).get(name)
        return plain if plain is not None else await self._kept.get(instance, name)


def _plain_secrets(folder: Path, *, synthetic: bool) -> Mapping[str, Mapping[str, str]]:
    path = folder / DEMO_SECRETS
    if not path.is_file():
        return {}
    if not synthetic:
        raise AviseError("profile.plain_secrets", file=str(path))
    try:
        found: Mapping[str, Mapping[str, str]] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise AviseError("profile.syntax", file=str(path), where="") from None
    return found
