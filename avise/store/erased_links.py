"""What this workstation holds of pairs of records that the hub erased: contents go, headers and seals stay.

An erasure at the hub feeds the events of a pair again, without their bodies (`avise.hub.erasing`): that is
how each desk learns of it, at the latest at its next contact.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from avise.models.fed_events import FedEvent
from avise.models.identity.links import ERASED, pair_of_stream
from avise.models.journal import EventKind
from avise.store.tables import event, hub_event


def erase_links(connection: Connection, fed: Sequence[FedEvent]) -> None:
    """Erase the contents of events that the hub gave without one, and of what describes their records.

    Args:
        connection: in the transaction that keeps the page.
        fed: events of pairs, without a body.
    """
    if not fed:
        return
    identities = [found.event_id.bytes for found in fed]
    nothing = {"body": None, "salt": None}
    connection.execute(update(hub_event).where(hub_event.c.event_id.in_(identities)).values(body=None))
    connection.execute(update(event).where(event.c.event_id.in_(identities)).values(nothing))
    pairs = {str(pair_of_stream(found.stream)) for found in fed if found.effective or found.refusal == ERASED}
    told = select(event.c.device_seq, event.c.body).where(
        event.c.kind == EventKind.IDENTITY_DESCRIBED.value, event.c.body.is_not(None)
    )
    gone = [row.device_seq for row in connection.execute(told) if json.loads(row.body).get("pair") in pairs]
    connection.execute(update(event).where(event.c.device_seq.in_(gone)).values(nothing))
