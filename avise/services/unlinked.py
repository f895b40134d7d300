"""Exchanges that belong to nobody yet, and what attaches them to a person."""

from __future__ import annotations

from uuid import UUID

from avise.models.acts import Act, act_of
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventKind, NewEvent
from avise.models.own_history import UNLINKED, UnlinkedInteraction, unlinked_interactions
from avise.models.roles import Session
from avise.services.ports import JournalPort

_KINDS = (EventKind.INTERACTION_RECORDED, EventKind.INTERACTION_ATTACHED, EventKind.UNDONE)

MOST = 2_000
"""Events of the stream that are looked at, the newest ones: some years of unknown callers."""


class Unlinked:
    """Lists and attaches exchanges.

    Args:
        session: who attaches.
        journal: where both are written.
    """

    def __init__(self, session: Session, journal: JournalPort) -> None:
        self._session = session
        self._journal = journal

    async def waiting(self) -> tuple[UnlinkedInteraction, ...]:
        """Return the exchanges that belong to nobody yet, newest first."""
        return unlinked_interactions(await self._journal.stream(UNLINKED, _KINDS, MOST))

    async def attach(self, event: UUID, person: PersonId, stream: str) -> Act:
        """Write that an exchange was with somebody; the exchange itself stays where it is.

        Args:
            event: of the exchange.
            person: whom it was with.
            stream: of that person's dossier.

        Raises:
            AviseError: `attach.unknown` when it is not, or no more, to be attached.
        """
        if all(waiting.event != event for waiting in await self.waiting()):
            raise AviseError("attach.unknown")
        body = {"event": str(event), "person": str(person)}
        # The person's stream tells the history, the other one what is left to attach.
        in_both = (NewEvent(name, EventKind.INTERACTION_ATTACHED, body) for name in (stream, UNLINKED))
        return act_of(await self._journal.append_all(self._session, *in_both), person)
