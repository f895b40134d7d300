"""What a desk offers to act on tools: plan, confirm, and follow what becomes of it.

A part of `avise.services.desk.Desk`, which inherits it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from avise.models.customer import PersonId
from avise.models.json_types import JSON

if TYPE_CHECKING:
    from uuid import UUID

    # The window imports this before its first frame; the contract is not needed by then.
    from avise.connectors.action_contract import ActionOffer
    from avise.models.commands import CommandId, OutboxItem
    from avise.models.merging import Choices
    from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
    from avise.services.comparison_values import Comparison


class ActingDesk(Protocol):
    """What the window asks to have something done by a tool."""

    async def actions(self, person: PersonId) -> tuple[ActionOffer, ...]:
        """Return what can be done for a person: by this role, in the tools that know the person."""

    async def plan_action(
        self, person: PersonId, instance: str, action: str, given: Mapping[str, JSON]
    ) -> PlannedAction:
        """Return what an action would change in one tool, read anew; nothing is written.

        Args:
            person: whose dossier, open if it is protected.
            instance: of the offer.
            action: of the offer.
            given: values of the offer's inputs, by name.

        Raises:
            AviseError: `acting.*`, why it cannot be done or could not be planned.
        """

    async def plan_everywhere(self, person: PersonId, action: str, given: Mapping[str, JSON]) -> GroupPlan:
        """Return what an action would change in every tool that offers it, and which could not be planned.

        Raises:
            AviseError: `acting.not_offered` when no tool offers it.
        """

    async def plan_again(self, person: PersonId, command_id: CommandId) -> PlannedAction:
        """Plan anew what a refused, expired or abandoned command asked, on what is there now.

        Raises:
            AviseError: `outbox.unknown` when what it asked is no longer kept, or as `plan_action`.
        """

    async def confirm_action(
        self, plan: PlannedAction, undo_s: float = 0, depends_on: UUID | None = None
    ) -> OutboxItem:
        """Promise an action: it is on disk when this returns. The same plan twice promises it once.

        Args:
            plan: as it was planned, less than ten minutes ago.
            undo_s: seconds in which it can be taken back before it leaves.
            depends_on: a command without which it makes no sense.

        Raises:
            AviseError: why not; nothing was promised.
        """

    async def confirm_actions(
        self,
        plans: Sequence[PlannedAction],
        undo_s: float = 0,
        depends_on: UUID | None = None,
        refused: Sequence[RefusedPlan] = (),
    ) -> tuple[OutboxItem, ...]:
        """Promise one intention in several tools, all or none; see `confirm_action`.

        Args:
            plans: of the tools that could be planned.
            undo_s: as `confirm_action`.
            depends_on: as `confirm_action`.
            refused: the tools that could not: a task of this user's names each, to be done later.
        """

    async def confirm_for_colleague(self, command_id: CommandId) -> None:
        """Confirm an action that a colleague planned: their outbox sends it once the hub has the answer.

        Raises:
            AviseError: `confirmation.*`, why not; nothing was written.
        """

    async def refuse_for_colleague(self, command_id: CommandId, because: str) -> None:
        """Refuse an action that a colleague planned, and say why.

        Raises:
            AviseError: `confirmation.*`, why not; nothing was written.
        """

    def outbox(self) -> AsyncIterator[tuple[OutboxItem, ...]]:
        """Follow this user's commands, the newest first: at once, then at each change.

        What went well leaves the list after a day, the rest when its owner takes note of it.
        `avise.models.commands.group_reports` tells how each intention stands.
        """

    async def resend(self, command_id: CommandId) -> OutboxItem:
        """Try a command now (« Renvoyer »); one whose outcome is unknown is verified first.

        Raises:
            AviseError: `outbox.settled`, `outbox.being_sent`, `outbox.never_resent`.
        """

    async def verify_item(self, command_id: CommandId) -> OutboxItem:
        """Ask the tool what came of a command (« Vérifier »); return what is known then.

        Raises:
            AviseError: `outbox.nothing_to_verify`, `outbox.being_sent`.
        """

    async def abandon(self, command_id: CommandId, because: str) -> OutboxItem:
        """Give a command up (« Abandonner »), or take note of how it ended; what is uncertain stays so.

        Raises:
            AviseError: `outbox.reason_needed` for what has not ended, `outbox.being_sent`.
        """

    async def compare_item(self, command_id: CommandId) -> Comparison:
        """Return a command that met another change beside what its tool holds now (« Comparer les deux »).

        Raises:
            AviseError: `conflict.settled`, `conflict.not_comparable`, `acting.*` (no answer).
        """

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Keep what was chosen so far, field by field; nothing leaves.

        Raises:
            AviseError: `conflict.settled`, or it could not be kept.
        """

    async def settle_item(self, command_id: CommandId, choices: Choices) -> OutboxItem:
        """Apply what was chosen, once; return the command that then leaves, the old one when none has to.

        Raises:
            AviseError: `conflict.settled`, `conflict.changed_again` when a field waits for a choice, or as
                `plan_action` and `confirm_action`.
        """

    async def outbox_document(self, command_id: CommandId) -> tuple[str, bytes]:
        """Return the name and the bytes of the document that a tool gave back; kept for an hour more.

        Raises:
            AviseError: `outbox.no_document`.
        """
