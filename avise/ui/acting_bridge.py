"""The part of the bridge that acts on tools: plans, promises, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from avise.models.customer import PersonId
from avise.models.json_types import JSON
from avise.ui.crossing import Crossing, Failed, Watch

if TYPE_CHECKING:
    from avise.connectors.action_contract import ActionOffer
    from avise.models.commands import CommandId, OutboxItem
    from avise.models.merging import Choices
    from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
    from avise.services.comparison_values import Comparison


class ActingBridge(Crossing):
    """The intentions of `avise.services.acting_desk.ActingDesk`, as the window calls them from Qt's loop."""

    def watch_outbox(
        self, on_items: Callable[[tuple[OutboxItem, ...]], None], on_failed: Failed | None = None
    ) -> Watch:
        """Follow this user's commands, the newest first."""
        return self._watch(self._desk.outbox, lambda _items: "outbox", on_items, on_failed)

    async def actions(self, person: PersonId) -> tuple[ActionOffer, ...]:
        """Return what can be done for a person."""
        return await self._call(self._desk.actions(person))

    async def plan_action(
        self, person: PersonId, instance: str, action: str, given: Mapping[str, JSON]
    ) -> PlannedAction:
        """Return what an action would change in one tool; nothing is written."""
        return await self._call(self._desk.plan_action(person, instance, action, given))

    async def plan_everywhere(self, person: PersonId, action: str, given: Mapping[str, JSON]) -> GroupPlan:
        """Return what an action would change in every tool that offers it."""
        return await self._call(self._desk.plan_everywhere(person, action, given))

    async def plan_again(self, person: PersonId, command_id: CommandId) -> PlannedAction:
        """Plan anew what a command that has ended asked."""
        return await self._call(self._desk.plan_again(person, command_id))

    async def confirm_action(
        self, plan: PlannedAction, undo_s: float = 0, depends_on: CommandId | None = None
    ) -> OutboxItem:
        """Promise an action; it is on disk when this returns."""
        return await self._call(self._desk.confirm_action(plan, undo_s, depends_on))

    async def confirm_actions(
        self,
        plans: Sequence[PlannedAction],
        undo_s: float = 0,
        depends_on: CommandId | None = None,
        refused: Sequence[RefusedPlan] = (),
    ) -> tuple[OutboxItem, ...]:
        """Promise one intention in several tools, all or none; those left out become tasks."""
        return await self._call(self._desk.confirm_actions(plans, undo_s, depends_on, refused))

    async def confirm_for_colleague(self, command_id: CommandId) -> None:
        """Confirm what a colleague asked."""
        await self._call(self._desk.confirm_for_colleague(command_id))

    async def refuse_for_colleague(self, command_id: CommandId, because: str) -> None:
        """Refuse what a colleague asked, and say why."""
        await self._call(self._desk.refuse_for_colleague(command_id, because))

    async def resend(self, command_id: CommandId) -> OutboxItem:
        """Try a command now."""
        return await self._call(self._desk.resend(command_id))

    async def verify_item(self, command_id: CommandId) -> OutboxItem:
        """Ask the tool what came of a command."""
        return await self._call(self._desk.verify_item(command_id))

    async def abandon(self, command_id: CommandId, because: str) -> OutboxItem:
        """Give a command up, or take note of how it ended."""
        return await self._call(self._desk.abandon(command_id, because))

    async def compare_item(self, command_id: CommandId) -> Comparison:
        """Return a command that met another change beside what its tool holds now."""
        return await self._call(self._desk.compare_item(command_id))

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Keep what was chosen so far."""
        await self._call(self._desk.note_choices(command_id, choices))

    async def settle_item(self, command_id: CommandId, choices: Choices) -> OutboxItem:
        """Apply what was chosen, once."""
        return await self._call(self._desk.settle_item(command_id, choices))

    async def outbox_document(self, command_id: CommandId) -> tuple[str, bytes]:
        """Return the document that a tool gave back."""
        return await self._call(self._desk.outbox_document(command_id))
