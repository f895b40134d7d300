"""Devices that are asked to erase themselves: asked, begun, confirmed.

A device that has erased itself cannot sign in any more. Before it destroys anything it gives the hub the
digest of a secret; the secret, said later by anybody, confirms.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import Connection

from avise.hub.dialect import Statement, change, row
from avise.hub.moments import microseconds
from avise.hub.port import Actor, HubError

_BEGIN = Statement(
    "UPDATE device SET wipe_receipt = :receipt WHERE device = :device AND login = :login"
    " AND wipe_requested_at IS NOT NULL AND wiped_at IS NULL"
)
_ASKED = Statement("SELECT wipe_receipt, wiped_at FROM device WHERE device = :device")
_WIPED = Statement("UPDATE device SET wiped_at = coalesce(wiped_at, :now) WHERE device = :device")


def receipt_of(secret: str) -> str:
    """Return the digest that a device leaves at the hub before it erases itself."""
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def begin_wipe(connection: Connection, actor: Actor, receipt: str) -> None:
    """Keep the digest of what a device will say once it has erased itself.

    Raises:
        HubError: `hub.no_wipe`, nobody asked it to.
    """
    if not change(connection, _BEGIN, device=actor.device, login=actor.login, receipt=receipt):
        raise HubError("hub.no_wipe")


def confirm_wipe(connection: Connection, device: str, secret: str, now: datetime) -> None:
    """Keep that a device erased itself, by what it alone can know; again is harmless.

    Raises:
        HubError: `hub.no_wipe`: no such device, nobody asked, or another secret.
    """
    found = row(connection, _ASKED, device=device)
    told = found.wipe_receipt if found is not None else ""
    if not hmac.compare_digest(told, receipt_of(secret)):
        raise HubError("hub.no_wipe")
    change(connection, _WIPED, device=device, now=microseconds(now))
