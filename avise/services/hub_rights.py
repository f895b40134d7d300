"""What the hub says of this user's right to act: asked anew when a command leaves after an absence.

The workstation's own profile may be days old (`hub.md` 5, "right removed while offline"). A command that
was confirmed before an absence waits for the hub's word, and one whose right is gone does not leave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from avise.hub.port import Colleague
from avise.models.errors import AviseError
from avise.models.roles import Role, Session
from avise.services.outbox_sending import Right

REVOKED = frozenset({"hub.device_revoked", "hub.wipe_asked", "hub.no_right"})
"""Refusals of the hub after which nothing leaves: this device was taken away, or its user locked out."""

PATIENCE = timedelta(minutes=15)
"""How long commands of a desk that never leaves the office wait for a hub that is down, after a sleep: a hub
alone must not stop the tools. On a laptop they wait for its word."""


@dataclass(frozen=True, slots=True)
class HubWord:
    """What the hub last told, by the monotonic clock.

    Args:
        heard_at: when it last answered; None since the start.
        colleagues: everybody who works there, this user among them; empty before the first time.
        refusal: why it refuses this workstation; None while it does not.
    """

    heard_at: float | None
    colleagues: Sequence[Colleague] = ()
    refusal: AviseError | None = None


def right_by_hub(
    session: Session, word: HubWord, absent_until: float | None, now: float, *, laptop: bool
) -> tuple[Right, Role]:
    """Return whether the hub lets commands of this user leave, and with which role.

    Args:
        session: who works here, as the profile says.
        word: what the hub last told.
        absent_until: when this workstation last came back to a network, or woke; None when it never left.
        now: by the same clock.
        laptop: whether it is one that may leave for days.
    """
    if word.refusal is not None and word.refusal.message_key in REVOKED:
        return Right.LOST, session.role
    if _is_stale(word.heard_at, absent_until, now, laptop=laptop):
        return Right.UNTOLD, session.role
    if not word.colleagues:
        return Right.HELD, session.role
    own = next((found for found in word.colleagues if found.login == session.user), None)
    return (Right.HELD, own.role) if own is not None else (Right.LOST, session.role)


def _is_stale(heard_at: float | None, absent_until: float | None, now: float, *, laptop: bool) -> bool:
    if absent_until is None or (heard_at is not None and heard_at >= absent_until):
        return False
    return laptop or now - absent_until < PATIENCE.total_seconds()


RightByHub = Callable[[], tuple[Right, Role]]
"""Gives what the hub says now."""
