"""The services' ports, plugged onto the store."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from avise.connectors.ports import SecretPort
from avise.models.errors import AviseError
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.roles import Session
from avise.store.journal import Journal, NewEvent

DEMO_SECRETS = "demo-secrets.toml"
"""Secrets of a synthetic profile, in clear; refused for any other (decision 16)."""


class StoreJournal:
    """Implements `avise.services.ports.JournalPort`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def append(
        self, session: Session, kind: EventKind, stream: str, body: Mapping[str, JSON]
    ) -> EventEnvelope:
        """Write one event; the return is the promise that it is kept."""
        (written,) = await self._journal.append(session, NewEvent(stream, kind, body))
        return written

    async def interactions(self, stream: str) -> tuple[Interaction, ...]:
        """Return the exchanges written in a stream, newest first."""
        events = await self._journal.stream(stream, (EventKind.INTERACTION_RECORDED,))
        found = [_interaction(event) for event in events]
        return tuple(sorted(found, key=lambda item: item.at, reverse=True))


def _interaction(event: EventEnvelope) -> Interaction:
    body = event.body
    return Interaction(
        id=str(event.event_id),
        at=_moment(body.get("at"), event.occurred_at),
        channel=Channel(str(body.get("channel", Channel.PHONE_IN))),
        direction=Direction(str(body.get("direction", Direction.IN))),
        title=str(body.get("title", "")),
        summary=str(body.get("note", "")),
        author=event.author,
    )


def _moment(value: JSON, default: datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else default


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
