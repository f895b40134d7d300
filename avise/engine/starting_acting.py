"""The part of a starting desk that acts on tools: every intention waits for the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING

from avise.engine.awaited_desk import AwaitedDesk
from avise.models.customer import PersonId
from avise.models.json_types import JSON

if TYPE_CHECKING:
    from avise.connectors.action_contract import ActionOffer
    from avise.models.commands import CommandId, OutboxItem
    from avise.models.merging import Choices
    from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
    from avise.services.comparison_values import Comparison


class StartingActing(AwaitedDesk):
    """Implements `avise.services.acting_desk.ActingDesk` by waiting for the real desk."""

    async def actions(self, person: PersonId) -> tuple[ActionOffer, ...]:
        """See `ActingDesk.actions`."""
        return await (await self._desk()).actions(person)

    async def plan_action(
        self, person: PersonId, instance: str, action: str, given: Mapping[str, JSON]
    ) -> PlannedAction:
        """See `ActingDesk.plan_action`."""
        return await (await self._desk()).plan_action(person, instance, action, given)

    async def plan_everywhere(self, person: PersonId, action: str, given: Mapping[str, JSON]) -> GroupPlan:
        """See `ActingDesk.plan_everywhere`."""
        return await (await self._desk()).plan_everywhere(person, action, given)

    async def plan_again(self, person: PersonId, command_id: CommandId) -> PlannedAction:
        """See `ActingDesk.plan_again`."""
        return await (await self._desk()).plan_again(person, command_id)

    async def confirm_action(
        self, plan: PlannedAction, undo_s: float = 0, depends_on: CommandId | None = None
    ) -> OutboxItem:
        """See `ActingDesk.confirm_action`."""
        return await (await self._desk()).confirm_action(plan, undo_s, depends_on)

    async def confirm_actions(
        self,
        plans: Sequence[PlannedAction],
        undo_s: float = 0,
        depends_on: CommandId | None = None,
        refused: Sequence[RefusedPlan] = (),
    ) -> tuple[OutboxItem, ...]:
        """See `ActingDesk.confirm_actions`."""
        return await (await self._desk()).confirm_actions(plans, undo_s, depends_on, refused)

    async def confirm_for_colleague(self, command_id: CommandId) -> None:
        """See `ActingDesk.confirm_for_colleague`."""
        await (await self._desk()).confirm_for_colleague(command_id)

    async def refuse_for_colleague(self, command_id: CommandId, because: str) -> None:
        """See `ActingDesk.refuse_for_colleague`."""
        await (await self._desk()).refuse_for_colleague(command_id, because)

    def outbox(self) -> AsyncIterator[tuple[OutboxItem, ...]]:
        """See `ActingDesk.outbox`."""
        return self._follow(lambda desk: desk.outbox())

    async def resend(self, command_id: CommandId) -> OutboxItem:
        """See `ActingDesk.resend`."""
        return await (await self._desk()).resend(command_id)

    async def verify_item(self, command_id: CommandId) -> OutboxItem:
        """See `ActingDesk.verify_item`."""
        return await (await self._desk()).verify_item(command_id)

    async def abandon(self, command_id: CommandId, because: str) -> OutboxItem:
        """See `ActingDesk.abandon`."""
        return await (await self._desk()).abandon(command_id, because)

    async def compare_item(self, command_id: CommandId) -> Comparison:
        """See `ActingDesk.compare_item`."""
        return await (await self._desk()).compare_item(command_id)

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """See `ActingDesk.note_choices`."""
        await (await self._desk()).note_choices(command_id, choices)

    async def settle_item(self, command_id: CommandId, choices: Choices) -> OutboxItem:
        """See `ActingDesk.settle_item`."""
        return await (await self._desk()).settle_item(command_id, choices)

    async def outbox_document(self, command_id: CommandId) -> tuple[str, bytes]:
        """See `ActingDesk.outbox_document`."""
        return await (await self._desk()).outbox_document(command_id)
