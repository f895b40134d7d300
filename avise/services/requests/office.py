"""What every part of the middle office shares: what is known, who works here, where it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from avise.env import Env
from avise.models.journal import EventEnvelope
from avise.models.roles import Session
from avise.services.ports import JournalPort
from avise.services.requests.joined_files import JoinedFiles
from avise.services.requests.known_requests import KnownRequests
from avise.services.requests.standing import Standing

Written = Callable[[Sequence[EventEnvelope]], None]
"""Shows what was just written, and has it sent."""


@dataclass(frozen=True, slots=True)
class Office:
    """The shared parts.

    Args:
        known: the requests.
        standing: who works here, and what they may.
        journal: where it is written.
        files: keeps what is joined.
        env: clock and identifiers.
        written: told of what was written.
    """

    known: KnownRequests
    standing: Standing
    journal: JournalPort
    files: JoinedFiles
    env: Env
    written: Written

    @property
    def session(self) -> Session:
        """Who works here."""
        return self.standing.session
