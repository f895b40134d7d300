"""Whatever ever wrote to the hub: whose it is, what it has along, whether it was erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from avise.hub.dialect import Statement, rows
from avise.hub.moments import microseconds, moment

_DEVICES = Statement(
    "SELECT d.device, d.login, d.seen_at, d.enrolled_at, d.revoked_at, d.wipe_requested_at, d.wiped_at,"
    " d.wipe_receipt, c.ends_at, c.renewed_at, count(p.person) AS persons FROM device d"
    " LEFT JOIN check_out c ON c.device = d.device AND c.ended_at IS NULL AND c.ends_at > :now"
    " LEFT JOIN checked_out p ON p.device = c.device GROUP BY d.device, d.login, d.seen_at, d.enrolled_at,"
    " d.revoked_at, d.wipe_requested_at, d.wiped_at, d.wipe_receipt, c.ends_at, c.renewed_at"
    " ORDER BY d.login, d.device"
)


class DeviceState(StrEnum):
    """Where a workstation is."""

    IN_USE = "in_use"
    REVOKED = "revoked"
    WIPE_ASKED = "wipe_asked"
    """To be erased at its next contact: not confirmed."""
    WIPE_BEGUN = "wipe_begun"
    """It began to erase itself: not confirmed."""
    WIPED = "wiped"


_APPLICATION = "app:"
"""Begins the login of another application of the house (`api_grants`), which no person may bear."""


@dataclass(frozen=True, slots=True)
class Device:
    """One workstation, or what another application of the house writes from.

    Args:
        device: its identity.
        login: whose it is.
        seen_at: when it last sent, renewed what it has along, or was made known.
        state: where it is.
        since: of the state; None while it is in use.
        on_board: persons that it has along now.
        on_board_until: end of that lease; None without one.
    """

    device: str
    login: str
    seen_at: datetime
    state: DeviceState
    since: datetime | None
    on_board: int
    on_board_until: datetime | None

    @property
    def is_application(self) -> bool:
        """Whether it is no workstation: it has nothing along, and erases nothing."""
        return self.login.startswith(_APPLICATION)

    @property
    def application(self) -> str:
        """Name of the application, "" of a workstation."""
        return self.login.removeprefix(_APPLICATION) if self.is_application else ""


def devices(connection: Connection, now: datetime) -> tuple[Device, ...]:
    """Return every workstation by login, then the applications."""
    found = []
    for line in rows(connection, _DEVICES, now=microseconds(now)):
        state, since = _state(
            line.revoked_at, line.wipe_requested_at, line.wiped_at, begun=bool(line.wipe_receipt)
        )
        seen = max(line.seen_at or 0, line.enrolled_at, line.renewed_at or 0)
        found.append(
            Device(
                line.device, line.login, moment(seen), state, None if since is None else moment(since),
                line.persons, None if line.ends_at is None else moment(line.ends_at),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda device: device.is_application))


def _state(
    revoked_at: int | None, asked_at: int | None, wiped_at: int | None, *, begun: bool
) -> tuple[DeviceState, int | None]:
    if wiped_at is not None:
        return DeviceState.WIPED, wiped_at
    if asked_at is not None:
        return DeviceState.WIPE_BEGUN if begun else DeviceState.WIPE_ASKED, asked_at
    return (DeviceState.IN_USE if revoked_at is None else DeviceState.REVOKED), revoked_at
