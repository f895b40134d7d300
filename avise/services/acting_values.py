"""Plans of actions, as they go to the window and come back confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from avise.connectors.action_contract import ActionOffer
from avise.models.commands import (
    Change,
    CommandContent,
    CommandId,
    CommandState,
    ConfirmRule,
    Idempotency,
    OfflineRule,
    OutboxItem,
    fingerprint,
)
from avise.models.confirmations import ASKED_FOR, Confirmation
from avise.models.customer import PersonId

REFUSED_AFTER = timedelta(minutes=5)
"""What may not be queued leaves now or never."""


ON_THE_ROAD = timedelta(days=15)
"""How long what was planned without network waits for it: the longest round, and a day."""


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """What would change if the agent confirmed. Give it back as it is to confirm it."""

    command_id: CommandId
    group_id: uuid.UUID
    offer: ActionOffer
    person: PersonId
    whom: str = field(repr=False)
    purpose: str
    content: CommandContent
    summary: str = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)
    """(facet.field, before, after), restricted values masked."""
    warnings: tuple[str, ...] = field(repr=False)
    planned_at: datetime

    @property
    def needs_second(self) -> bool:
        """Whether a colleague has to confirm it too."""
        return self.offer.confirm is ConfirmRule.SECOND_AGENT

    def asked(self, asker: str, now: datetime) -> Confirmation:
        """Return what a colleague is asked to confirm."""
        return Confirmation(
            command=self.command_id,
            asker=asker,
            person=self.person,
            source_name=self.offer.source_name,
            label=self.offer.label,
            summary=self.summary,
            changes=self.changes,
            warnings=self.warnings,
            touches=self.offer.touches,
            purpose=self.purpose,
            asked_at=now,
            expires_at=now + ASKED_FOR,
        )

    def item(self, now: datetime, undo: timedelta, depends_on: CommandId | None) -> OutboxItem:
        """Return the command that a confirmation makes of this plan."""
        offer = self.offer
        queued = offer.offline is OfflineRule.QUEUE and offer.idempotency is not Idempotency.NONE
        lifetime = offer.expires if queued else min(offer.expires, REFUSED_AFTER)
        if self.content.on_copy:
            # Looked at again before it leaves: a round of two weeks does not make it older.
            lifetime = max(lifetime, ON_THE_ROAD)
        return OutboxItem(
            command_id=self.command_id,
            group_id=self.group_id,
            person=self.person,
            whom=self.whom,
            instance=offer.instance,
            source_name=offer.source_name,
            action=offer.action,
            label=offer.label,
            summary=self.summary,
            changes=self.changes,
            idempotency=offer.idempotency,
            offline=offer.offline,
            touches=offer.touches,
            purpose=self.purpose,
            confirmed_at=now,
            not_before=now + undo,
            expires_at=now + (ASKED_FOR if self.needs_second else undo + lifetime),
            lifetime=lifetime,
            fingerprint=fingerprint(offer.instance, offer.action, self.person, self.content),
            depends_on=depends_on,
            needs_second=self.needs_second,
            state=CommandState.AWAITING_SECOND if self.needs_second else CommandState.CONFIRMED,
        )


@dataclass(frozen=True, slots=True)
class RefusedPlan:
    """Why one tool of several could not be planned; nothing was asked of it. Sentence: `message_key`."""

    instance: str
    source_name: str
    message_key: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """One intention carried to every tool that can take it."""

    plans: tuple[PlannedAction, ...]
    refused: tuple[RefusedPlan, ...] = ()
