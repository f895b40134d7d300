"""The exchanges that staff wrote themselves: a person's own, and those attached to the person later."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from avise.models.event_fold import effective, identity_in, text_in
from avise.models.interaction import Interaction
from avise.models.journal import EventEnvelope, EventKind
from avise.models.wrap_up import WrapUp, interaction_of, wrap_up_from

UNLINKED = "unlinked"
"""Stream of the exchanges with somebody whom no tool knows, and of what attaches them."""


@dataclass(frozen=True, slots=True)
class UnlinkedInteraction:
    """An exchange that belongs to nobody yet."""

    event: uuid.UUID
    interaction: Interaction
    wrap_up: WrapUp
    caller: str = ""
    """The name that whoever spoke gave."""
    phone: str = ""
    """E.164."""


def attached_events(events: Iterable[EventEnvelope]) -> tuple[uuid.UUID, ...]:
    """Return the exchanges that a person's events attach to the person, those taken back excepted."""
    found = (
        identity_in(event, "event")
        for event in effective(events)
        if event.kind is EventKind.INTERACTION_ATTACHED
    )
    return tuple(dict.fromkeys(identity for identity in found if identity is not None))


def told_interactions(
    events: Iterable[EventEnvelope], beside: Iterable[EventEnvelope] = ()
) -> tuple[Interaction, ...]:
    """Return the exchanges to show for a person, newest first.

    Args:
        events: of the person's stream.
        beside: the exchanges that they attach, and what was taken back in their own stream.
    """
    recorded = (
        event for event in effective([*events, *beside]) if event.kind is EventKind.INTERACTION_RECORDED
    )
    return tuple(interaction_of(event) for event in reversed(list(recorded)))


def unlinked_interactions(events: Iterable[EventEnvelope]) -> tuple[UnlinkedInteraction, ...]:
    """Return the exchanges of the stream `UNLINKED` that belong to nobody yet, newest first."""
    counted = effective(events)
    attached = {
        identity_in(event, "event") for event in counted if event.kind is EventKind.INTERACTION_ATTACHED
    }
    left = [
        UnlinkedInteraction(
            event.event_id,
            interaction_of(event),
            wrap_up_from(event.body),
            text_in(event, "caller"),
            text_in(event, "phone"),
        )
        for event in counted
        if event.kind is EventKind.INTERACTION_RECORDED and event.event_id not in attached
    ]
    return tuple(reversed(left))
