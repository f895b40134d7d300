"""The part of the desk that acts on tools: plans and promises, and what becomes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from avise.connectors.action_contract import ActionOffer
from avise.connectors.readings import TIMELINE
from avise.engine.local_day import LocalDay
from avise.models.commands import CommandId, OutboxItem
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.merging import Choices
from avise.models.roles import Purpose
from avise.models.tasks import NewTask, TaskKind
from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
from avise.services.comparison_values import Comparison
from avise.services.confirmations import NameOf
from avise.services.customer_rights import reads_customers, refuse_opening, refuse_without_right
from avise.services.customer_updates import VerificationLevel
from avise.services.open_customer import OpenDossier
from avise.services.outbox import Outbox
from avise.texts import text

LEFT_WITHIN = timedelta(hours=1)
"""By when an intention is to be carried to a tool that did not answer."""


class LocalActing(LocalDay):
    """Implements `avise.services.acting_desk.ActingDesk`; `LocalDesk` is one."""

    _outbox_kept: Outbox | None = None

    def use_outbox(self, outbox: Outbox) -> None:
        """Act through an outbox; until then nothing can be done."""
        self._outbox_kept = outbox
        outbox.on_done = self._read_touched

    @property
    def _outbox(self) -> Outbox:
        if self._outbox_kept is None:
            raise AviseError("outbox.not_here")
        return self._outbox_kept

    # ---- planning ------------------------------------------------------------------------------
    async def actions(self, person: PersonId) -> tuple[ActionOffer, ...]:
        """Return what can be done for a person."""
        if not reads_customers(self.session.role):
            return ()
        return self._outbox.offers(await self._member_of(await self._entry(person)))

    async def plan_action(
        self, person: PersonId, instance: str, action: str, given: Mapping[str, JSON]
    ) -> PlannedAction:
        """Return what an action would change in one tool."""
        member = await self._member_to_act_for(person)
        return await self._outbox.plan(member, self._purpose(member), instance, action, given)

    async def plan_everywhere(self, person: PersonId, action: str, given: Mapping[str, JSON]) -> GroupPlan:
        """Return what an action would change in every tool that offers it."""
        member = await self._member_to_act_for(person)
        return await self._outbox.plan_everywhere(member, self._purpose(member), action, given)

    async def plan_again(self, person: PersonId, command_id: CommandId) -> PlannedAction:
        """Plan anew what a command asked."""
        member = await self._member_to_act_for(person)
        if self._outbox.item(command_id).person != member.dossier:
            raise AviseError("outbox.unknown")
        return await self._outbox.plan_again(member, command_id)

    async def _member_to_act_for(self, person: PersonId) -> DirectoryEntry:
        """Return the member of a dossier; a protected one was opened with its reason first."""
        refuse_without_right(self.session.role)
        entry = await self._entry(person)
        member = await self._member_of(entry)
        if not self._shown(member):
            refuse_opening(self.session.role, (entry, member), "")
        return member

    def _shown(self, member: DirectoryEntry) -> list[OpenDossier]:
        return [dossier for dossier in self._dossiers.values() if dossier.entry.dossier == member.dossier]

    def _purpose(self, member: DirectoryEntry) -> str:
        shown = self._shown(member)
        return shown[0].purpose if shown else Purpose.REQUEST

    # ---- promising -----------------------------------------------------------------------------
    async def confirm_action(
        self, plan: PlannedAction, undo_s: float = 0, depends_on: CommandId | None = None
    ) -> OutboxItem:
        """Promise an action."""
        return (await self.confirm_actions((plan,), undo_s, depends_on))[0]

    async def confirm_actions(
        self,
        plans: Sequence[PlannedAction],
        undo_s: float = 0,
        depends_on: CommandId | None = None,
        refused: Sequence[RefusedPlan] = (),
    ) -> tuple[OutboxItem, ...]:
        """Promise one intention in several tools; those that could not be planned become tasks."""
        items = await self._outbox.confirm(
            plans,
            undo=timedelta(seconds=undo_s),
            identified=all(self._identified(plan.person) for plan in plans),
            depends_on=depends_on,
        )
        for left in refused if items else ():
            words = text("acting.left_task", what=items[0].label, source=left.source_name)
            due = self._env.now() + LEFT_WITHIN
            await self.add_task(NewTask(TaskKind.TODO, words, due, person=items[0].person))
        return items

    def _identified(self, member: PersonId) -> bool:
        return any(
            dossier.verification.state.level is VerificationLevel.STRONG
            for dossier in self._dossiers.values()
            if dossier.entry.dossier == member
        )

    # ---- colleagues ----------------------------------------------------------------------------
    def ask_colleagues(self, name_of: NameOf) -> None:
        """Ask colleagues, through the hub, for what one person alone may not confirm.

        Args:
            name_of: gives the name of a colleague.
        """
        confirmations, outbox = self._confirmations, self._outbox
        confirmations.name_of = name_of
        confirmations.on_fed = outbox.look_at_answers
        self._days.confirmations = confirmations.asked
        outbox.ask_colleagues(confirmations.answer_of)

    async def confirm_for_colleague(self, command_id: CommandId) -> None:
        """Confirm what a colleague asked."""
        refuse_without_right(self.session.role)
        await self._confirmations.give(command_id)

    async def refuse_for_colleague(self, command_id: CommandId, because: str) -> None:
        """Refuse what a colleague asked."""
        refuse_without_right(self.session.role)
        await self._confirmations.refuse(command_id, because)

    # ---- following -----------------------------------------------------------------------------
    async def outbox(self) -> AsyncIterator[tuple[OutboxItem, ...]]:
        """Follow this user's commands."""
        changes = self._outbox.follow()
        try:
            async for items in changes:
                yield tuple(map(self._readable, items))
        finally:
            await changes.aclose()

    def _readable(self, item: OutboxItem) -> OutboxItem:
        """Return a command as the role may read it: who lost the right to customer data sees none."""
        if reads_customers(self.session.role):
            return item
        return replace(item, whom="", summary="", changes=(), message="")

    async def resend(self, command_id: CommandId) -> OutboxItem:
        """Try a command now."""
        return await self._outbox.resend(command_id)

    async def verify_item(self, command_id: CommandId) -> OutboxItem:
        """Ask the tool what came of a command."""
        return await self._outbox.verify(command_id)

    async def abandon(self, command_id: CommandId, because: str) -> OutboxItem:
        """Give a command up, or take note of how it ended."""
        return await self._outbox.abandon(command_id, because)

    async def compare_item(self, command_id: CommandId) -> Comparison:
        """Return a command beside what its tool holds now."""
        await self._member_of_command(command_id)
        return await self._outbox.compare(command_id)

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Keep what was chosen so far."""
        refuse_without_right(self.session.role)
        await self._outbox.note_choices(command_id, choices)

    async def settle_item(self, command_id: CommandId, choices: Choices) -> OutboxItem:
        """Apply what was chosen."""
        member = await self._member_of_command(command_id)
        identified = self._identified(member.dossier)
        return await self._outbox.settle(member, command_id, choices, identified=identified)

    async def _member_of_command(self, command_id: CommandId) -> DirectoryEntry:
        return await self._member_to_act_for(self._outbox.item(command_id).person)

    async def outbox_document(self, command_id: CommandId) -> tuple[str, bytes]:
        """Return the document that a tool gave back."""
        return await self._outbox.document(command_id)

    def _read_touched(self, item: OutboxItem, facets: Sequence[str]) -> None:
        """Read again, on the screens that show the member, what a command has changed."""
        for dossier in self._dossiers.values():
            if dossier.entry.dossier != item.person:
                continue
            if TIMELINE in facets:
                dossier.read_source(item.instance)
            for facet in facets:
                if facet != TIMELINE:
                    dossier.read(facet, force=True)

    async def _tool_back(self, instance: str) -> None:
        if self._outbox_kept is not None:
            await self._outbox_kept.tool_back(instance)
