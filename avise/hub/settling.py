"""What a team lead decides of an event that was put aside: let it in as its author wrote it, or leave it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Connection

from avise.hub.judging import CheckCreated
from avise.hub.moments import microseconds
from avise.hub.port import Ack, Actor, HubError, Outcome
from avise.hub.pushing import Push
from avise.hub.quarantining import put_aside, settle
from avise.hub.rights import rights_of
from avise.hub.stream_state import CUSTOMERS
from avise.models.roles import Role


def settle_quarantined(
    connection: Connection, actor: Actor, event: uuid.UUID, now: datetime, queues: frozenset[str],
    check_created: CheckCreated | None, *, adopt: bool,
) -> Ack | None:  # fmt: skip
    """Let an event in by the right of the team lead who says so, or leave it aside for good.

    An event whose author was forged is never let in.

    Raises:
        HubError: `hub.no_right`; `hub.not_found`, nothing waits under that identity.
    """
    rights = rights_of(connection, actor, microseconds(now))
    if not rights.active or rights.role is not Role.TEAM_LEAD:
        raise HubError("hub.no_right")
    found = put_aside(connection, event)
    if found is None:
        raise HubError("hub.not_found")
    if found.perimeter != CUSTOMERS and found.perimeter not in rights.writable:
        raise HubError("hub.no_right")
    if not adopt:
        settle(connection, event, "set_aside", actor.login, now)
        return None
    if found.reason == "author":
        raise HubError("hub.no_right")
    ack = Push(connection, found.actor, now, queues, check_created).adopt(found.event, rights)
    if ack.outcome is not Outcome.ACCEPTED:
        raise HubError("hub.no_right")
    settle(connection, event, "adopted", actor.login, now)
    return ack
