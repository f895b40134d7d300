"""The part of the scripted desk that acts on tools: offers, plans, and an outbox that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid5

from avise.connectors.action_contract import ActionOffer
from avise.models.commands import CommandContent, CommandId, CommandState, OutboxItem
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.merging import Choices
from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
from avise.services.comparison_values import Comparison
from tests.ui.persona import NOW
from tests.ui.stream import Stream


@dataclass(kw_only=True)
class ScriptedActing:
    """Implements `ActingDesk` from values; a test changes them and reads `asked`."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    offers: tuple[ActionOffer, ...] = ()
    plan_error: AviseError | None = None
    confirm_error: AviseError | None = None
    items: tuple[OutboxItem, ...] = ()
    """The newest first."""
    documents: dict[CommandId, tuple[str, bytes]] = field(default_factory=dict)
    contents: dict[CommandId, Mapping[str, JSON]] = field(default_factory=dict)
    """What each command asked."""
    comparisons: dict[CommandId, Comparison] = field(default_factory=dict)
    compare_error: AviseError | None = None
    settle_error: AviseError | None = None
    outbox_stream: Stream = field(default_factory=Stream)
    left: tuple[RefusedPlan, ...] = ()
    """Tools that could not take an intention that was confirmed for others."""

    # ---- what a test plays -------------------------------------------------------------------
    def show_outbox(self, *items: OutboxItem) -> None:
        """Change what the outbox shows, the newest first."""
        self.items = items
        self.outbox_stream.tell(items)

    def _moved(self, command_id: CommandId, **fields: object) -> OutboxItem:
        moved = [replace(item, **fields) for item in self.items if item.command_id == command_id]  # type: ignore[arg-type]  # fields of an item
        if not moved:
            raise AviseError("outbox.unknown")
        self.show_outbox(*(moved[0] if item.command_id == command_id else item for item in self.items))
        return moved[0]

    # ---- planning ----------------------------------------------------------------------------
    async def actions(self, person: PersonId) -> tuple[ActionOffer, ...]:
        """Return the scripted offers."""
        self.asked.append(("actions", person))
        return self.offers

    async def plan_action(
        self, person: PersonId, instance: str, action: str, given: Mapping[str, JSON]
    ) -> PlannedAction:
        """Plan to change each input that is given."""
        self.asked.append(("plan_action", person, instance, action, dict(given)))
        if self.plan_error is not None:
            raise self.plan_error
        offer = next(found for found in self.offers if (found.instance, found.action) == (instance, action))
        return PlannedAction(
            command_id=uuid5(UUID(int=0), f"{instance}/{action}/{len(self.asked)}"),
            group_id=uuid5(UUID(int=1), f"{action}/{len(self.asked)}"),
            offer=offer,
            person=person,
            whom="MARCHAND Hélène",
            purpose="call",
            content=CommandContent({}, dict(given), {}),
            summary=offer.label,
            changes=tuple((name, "", str(value)) for name, value in given.items()),
            warnings=(),
            planned_at=NOW,
        )

    async def plan_everywhere(self, person: PersonId, action: str, given: Mapping[str, JSON]) -> GroupPlan:
        """Plan in every tool that offers the action."""
        instances = [offer.instance for offer in self.offers if offer.action == action]
        plans = [await self.plan_action(person, instance, action, given) for instance in instances]
        return GroupPlan(tuple(replace(plan, group_id=plans[0].group_id) for plan in plans))

    async def plan_again(self, person: PersonId, command_id: CommandId) -> PlannedAction:
        """Plan the action of a command that has ended."""
        item = next(item for item in self.items if item.command_id == command_id)
        return await self.plan_action(person, item.instance, item.action, self.contents.get(command_id, {}))

    # ---- promising ---------------------------------------------------------------------------
    async def confirm_action(
        self, plan: PlannedAction, undo_s: float = 0, depends_on: CommandId | None = None
    ) -> OutboxItem:
        """Put a command at the head of the outbox."""
        return (await self.confirm_actions((plan,), undo_s, depends_on))[0]

    async def confirm_actions(
        self,
        plans: Sequence[PlannedAction],
        undo_s: float = 0,
        depends_on: CommandId | None = None,
        refused: Sequence[RefusedPlan] = (),
    ) -> tuple[OutboxItem, ...]:
        """Put commands at the head of the outbox."""
        self.left += tuple(refused)
        self.asked.append(("confirm_actions", tuple(plan.command_id for plan in plans), undo_s))
        if self.confirm_error is not None:
            raise self.confirm_error
        kept = tuple(plan.item(NOW, timedelta(seconds=undo_s), depends_on) for plan in plans)
        self.show_outbox(*reversed(kept), *self.items)
        return kept

    # ---- following ---------------------------------------------------------------------------
    async def confirm_for_colleague(self, command_id: CommandId) -> None:
        """Note the answer."""
        self.asked.append(("confirm_for_colleague", command_id))

    async def refuse_for_colleague(self, command_id: CommandId, because: str) -> None:
        """Note the answer and its reason."""
        self.asked.append(("refuse_for_colleague", command_id, because))

    async def outbox(self) -> AsyncIterator[tuple[OutboxItem, ...]]:
        """Play what the outbox shows."""
        async for items in self.outbox_stream.follow(self.items):
            yield items  # type: ignore[misc]  # a stream of outboxes by construction

    async def resend(self, command_id: CommandId) -> OutboxItem:
        """Note the wish, and send."""
        self.asked.append(("resend", command_id))
        return self._moved(command_id, state=CommandState.SENDING, next_at=None)

    async def verify_item(self, command_id: CommandId) -> OutboxItem:
        """Note the wish, and find that it was done."""
        self.asked.append(("verify_item", command_id))
        return self._moved(command_id, state=CommandState.DONE, uncertain=False, settled_at=NOW)

    async def abandon(self, command_id: CommandId, because: str) -> OutboxItem:
        """Note the wish, and give up; what has ended leaves the list."""
        self.asked.append(("abandon", command_id, because))
        if any(item.command_id == command_id and not item.open for item in self.items):
            return self._moved(command_id, acknowledged=True)
        if not because:
            raise AviseError("outbox.reason_needed")
        return self._moved(command_id, state=CommandState.CANCELLED, because=because, settled_at=NOW)

    async def compare_item(self, command_id: CommandId) -> Comparison:
        """Return the scripted comparison."""
        self.asked.append(("compare_item", command_id))
        if self.compare_error is not None:
            raise self.compare_error
        return self.comparisons[command_id]

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Note the choices."""
        self.asked.append(("note_choices", command_id, dict(choices)))

    async def settle_item(self, command_id: CommandId, choices: Choices) -> OutboxItem:
        """Note the choice, and put the command away for another one that leaves."""
        self.asked.append(("settle_item", command_id, dict(choices)))
        if self.settle_error is not None:
            raise self.settle_error
        old = self._moved(command_id, acknowledged=True)
        new = replace(old, command_id=uuid5(command_id, "settled"), state=CommandState.CONFIRMED)
        self.show_outbox(replace(new, acknowledged=False), *self.items)
        return new

    async def outbox_document(self, command_id: CommandId) -> tuple[str, bytes]:
        """Return the scripted document."""
        self.asked.append(("outbox_document", command_id))
        if command_id not in self.documents:
            raise AviseError("outbox.no_document")
        return self.documents[command_id]
