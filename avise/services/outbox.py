"""Acting on tools: plan, confirm, follow what becomes of it (`connectors.md` C11).

`confirm` returns once the promise is on disk; from then on each command ends in a state that is true,
or in one that says that nobody knows.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from avise.connectors.action_contract import ActionOffer
from avise.connectors.contract import ConnectorError
from avise.env import Env
from avise.models.command_events import Abandoned, CommandEvent, ResendAsked
from avise.models.command_rules import ImpossibleTransitionError
from avise.models.commands import (
    TERMINAL,
    CommandContent,
    CommandId,
    CommandState,
    GroupReport,
    OutboxItem,
    group_reports,
)
from avise.models.customer import DirectoryEntry
from avise.models.errors import AviseError
from avise.models.journal import NewEvent
from avise.models.json_types import JSON
from avise.models.merging import Choices
from avise.models.roles import Session
from avise.services.acting_values import GroupPlan, PlannedAction
from avise.services.action_port import ActionPort
from avise.services.comparison_values import Comparison
from avise.services.confirmations import AnswerOf
from avise.services.hub_rights import RightByHub
from avise.services.outbox_book import CommandBook, asked_event, confirmed_event
from avise.services.outbox_comparing import Compared, Comparing, comparison_of
from avise.services.outbox_planning import LONGEST_UNDO, ActionPlanning, refusal, refuse_confirming
from avise.services.outbox_port import CommandsPort
from avise.services.outbox_rights import may_act
from avise.services.outbox_sending import Right, Sender
from avise.services.ports import DirectoryPort
from avise.services.promises import Promise
from avise.services.source_port import SourcePort


class ActingSources(SourcePort, ActionPort, Protocol):
    """Tools that are read and that act."""


Done = Callable[[OutboxItem, Sequence[str]], None]


class Outbox:
    """One person's commands to tools.

    Args:
        session: who acts.
        sources: the tools.
        directory: who exists, asked again when a command leaves.
        commands: where commands are kept.
        env: clock and identifiers.
    """

    def __init__(
        self,
        session: Session,
        sources: ActingSources,
        directory: DirectoryPort,
        commands: CommandsPort,
        env: Env,
    ) -> None:
        self._session = session
        self._directory = directory
        self._commands = commands
        self._env = env
        self._planning = ActionPlanning(session, sources, sources, env)
        self._comparing = Comparing(session, sources)
        self._book = CommandBook(session, commands, env)
        self.on_done: Done | None = None
        """Told of each command that was done, with the facets that it touched."""
        self.right_by_hub: RightByHub | None = None
        """Says whether the hub lets commands leave, and with which role; None where there is no hub."""
        self._sender = Sender(
            session, self._book, commands, sources, sources.status, self._right, env, self._tell_done
        )

    def ask_colleagues(self, answer_of: AnswerOf) -> None:
        """Ask colleagues for what one person alone may not confirm; until then it is refused.

        Args:
            answer_of: tells what a colleague answered, once the hub has it.
        """
        self._sender.answer_of = answer_of
        self._sender.wake()

    def look_at_answers(self) -> None:
        """Look now at what colleagues answered."""
        self._sender.wake()

    # ---- life ----------------------------------------------------------------------------------
    async def open(self) -> None:
        """Read what is kept; nothing leaves."""
        await self._book.load()

    async def start(self) -> None:
        """Read what is kept and begin to send: one process does for a profile, the one that holds it."""
        await self._book.load()
        await self._sender.start()

    async def aclose(self) -> None:
        """Send nothing more; what is being sent has a moment to be answered."""
        await self._sender.aclose()

    async def purge(self) -> int:
        """Forget what ended long ago and documents that were fetched."""
        gone = await self._commands.purge()
        if gone:
            await self._book.forget_purged()
        return gone

    def _tell_done(self, item: OutboxItem, facets: Sequence[str]) -> None:
        if self.on_done is not None:
            self.on_done(item, facets)

    async def _right(self, item: OutboxItem) -> Right:
        entry = await self._directory.by_person(item.person)
        if entry is None:
            return Right.UNTOLD
        right, role = self.right_by_hub() if self.right_by_hub else (Right.HELD, self._session.role)
        if right is not Right.HELD:
            return right
        held = all(may_act(one, entry, item.touches) for one in {role, self._session.role})
        return Right.HELD if held else Right.LOST

    def tell_lost_rights(self, told: Callable[[], None]) -> None:
        """Have somebody told that a command does not leave: its right is gone, or others changed the same."""
        self._sender.on_right_lost = self._sender.on_collision = told

    # ---- acting --------------------------------------------------------------------------------
    def offers(self, entry: DirectoryEntry) -> tuple[ActionOffer, ...]:
        """Return what can be done for a member."""
        return self._planning.offers(entry)

    async def plan(
        self, entry: DirectoryEntry, purpose: str, instance: str, action: str, given: Mapping[str, JSON]
    ) -> PlannedAction:
        """Return what an action would change in one tool; see `ActionPlanning.plan`."""
        return await self._planning.plan(entry, purpose, instance, action, given)

    async def plan_everywhere(
        self, entry: DirectoryEntry, purpose: str, action: str, given: Mapping[str, JSON]
    ) -> GroupPlan:
        """Return what an action would change in every tool that offers it."""
        return await self._planning.plan_everywhere(entry, purpose, action, given)

    async def confirm(
        self,
        plans: Sequence[PlannedAction],
        *,
        undo: timedelta = timedelta(),
        identified: bool = False,
        depends_on: CommandId | None = None,
    ) -> tuple[OutboxItem, ...]:
        """Promise actions: they are on disk, all or none, when this returns.

        Confirming the same plan twice promises it once.

        Args:
            plans: as they were planned, less than ten minutes ago.
            undo: how long they can be taken back before they leave.
            identified: whether the caller is identified at the strong level.
            depends_on: a command without which these make no sense.

        Raises:
            AviseError: why not; nothing was promised.
        """
        if not self._sender.started:
            raise AviseError("outbox.not_here")
        now = self._env.now()
        colleagues = self._sender.answer_of is not None
        refuse_confirming(plans, now, identified=identified, colleagues=colleagues)
        await self._refuse_without_right(plans)
        if depends_on is not None:
            self._book.known(depends_on)
        wait = min(max(undo, timedelta()), LONGEST_UNDO)
        confirmed = [(plan.item(now, wait, depends_on), plan.content) for plan in plans]
        told = zip(plans, confirmed, strict=True)
        kept = await self._book.add(confirmed, [self._told(plan, item) for plan, (item, _) in told])
        self._sender.wake()
        return kept

    def _told(self, plan: PlannedAction, item: OutboxItem) -> NewEvent:
        if not plan.needs_second:
            return confirmed_event(item)
        return asked_event(plan.asked(self._session.user, item.confirmed_at))

    def promise(self, plan: PlannedAction, until: datetime) -> Promise:
        """Return what promises an action together with other things, all or none.

        Args:
            plan: of something new, which was not read anew before (`avise.services.unread_plans`).
            until: when it makes no sense any more; it waits for its tool until then.
        """
        now = self._env.now()
        item = replace(
            plan.item(now, timedelta(), None), expires_at=until, lifetime=max(until - now, timedelta())
        )
        kept: list[OutboxItem] = []
        change = self._commands.keeping(((item, plan.content),), kept)

        def then() -> None:
            self._book.adopt(kept)
            self._sender.wake()

        return Promise((confirmed_event(item),), (change,), then)

    async def _refuse_without_right(self, plans: Sequence[PlannedAction]) -> None:
        for plan in plans:
            entry = await self._directory.by_person(plan.person)
            if entry is None or not may_act(self._session.role, entry, plan.offer.touches):
                raise AviseError("acting.not_allowed")

    # ---- following, and what their owner may do ------------------------------------------------
    def follow(self) -> AsyncGenerator[tuple[OutboxItem, ...], None]:
        """Follow what the outbox shows, the newest first."""
        return self._book.follow()

    def visible(self) -> tuple[OutboxItem, ...]:
        """Return what the outbox shows, the newest first."""
        return self._book.visible()

    def reports(self) -> tuple[GroupReport, ...]:
        """Return how each intention stands, tool by tool, in order of confirmation."""
        return group_reports(self._book.items())

    async def resend(self, command_id: CommandId) -> OutboxItem:
        """Try a command now; one whose outcome is unknown is verified first.

        Raises:
            AviseError: `outbox.settled` once it has ended (plan it again), `outbox.being_sent`,
                `outbox.never_resent`, `outbox.awaits_second`.
        """
        item = self._book.known(command_id)
        if item.state is CommandState.AWAITING_SECOND:
            raise AviseError("outbox.awaits_second")
        if item.state in TERMINAL or item.state is CommandState.ACCEPTED:
            raise AviseError("outbox.settled")
        return await self._apply(item, ResendAsked())

    async def verify(self, command_id: CommandId) -> OutboxItem:
        """Ask the tool what came of a command whose outcome is unknown, or that it took in charge.

        Raises:
            AviseError: `outbox.nothing_to_verify`, `outbox.being_sent`, `outbox.not_here`.
        """
        item = self._book.known(command_id)
        if item.state not in (CommandState.UNKNOWN, CommandState.NEEDS_HUMAN, CommandState.ACCEPTED):
            raise AviseError("outbox.nothing_to_verify")
        if not self._sender.started:
            raise AviseError("outbox.not_here")
        return await self._sender.verify_now(command_id)

    async def abandon(self, command_id: CommandId, because: str) -> OutboxItem:
        """Give a command up, or take note of how it ended; what is uncertain stays said to be so.

        Raises:
            AviseError: `outbox.reason_needed`, `outbox.being_sent`.
        """
        item = self._book.known(command_id)
        if item.open and not because.strip():
            raise AviseError("outbox.reason_needed")
        return await self._apply(item, Abandoned(because.strip()))

    # ---- two changes of the same thing ---------------------------------------------------------
    async def compare(self, command_id: CommandId) -> Comparison:
        """Return a command that met another change beside what its tool holds now, read anew.

        Raises:
            AviseError: `conflict.settled`, `conflict.not_comparable`, or why the tool cannot be read.
        """
        item, content = await self._colliding(command_id)
        compared = await self._compared(item, content)
        return comparison_of(item, compared, content.choices, self._session.role)

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Keep what was chosen so far; nothing leaves.

        Raises:
            AviseError: `conflict.settled`, or it could not be kept.
        """
        await self._colliding(command_id)
        await self._book.note_choices(command_id, choices)

    async def settle(
        self, entry: DirectoryEntry, command_id: CommandId, choices: Choices, *, identified: bool = False
    ) -> OutboxItem:
        """Apply what was chosen, once: what is to be sent is a new command, planned on what is there now.

        Returns:
            The new command; the old one, put away, when the tool holds everything already.

        Raises:
            AviseError: `conflict.settled`, `conflict.changed_again` when a field waits for a choice, or as
                `plan` and `confirm`.
        """
        # The same identifier each time: a program that ended between the two writes settles it once.
        new_id = uuid.uuid5(command_id, "settled")
        known = self._book.get(new_id)
        if known is None:
            item, content = await self._colliding(command_id)
            compared = await self._compared(item, content)
            if compared.open(choices):
                raise AviseError("conflict.changed_again")
            given = compared.content(content, choices).input
            plan = await self._planning.plan(entry, item.purpose, item.instance, item.action, given, new_id)
            if plan.changes:
                (known,) = await self.confirm((replace(plan, group_id=item.group_id),), identified=identified)
        put_away = await self._apply(self._book.known(command_id), Abandoned())
        return known or put_away

    async def _compared(self, item: OutboxItem, content: CommandContent) -> Compared:
        try:
            return await self._comparing.compared(item, content)
        except ConnectorError as error:
            raise refusal(error, item.source_name) from None

    async def _colliding(self, command_id: CommandId) -> tuple[OutboxItem, CommandContent]:
        item, content = self._book.known(command_id), await self._commands.content(command_id)
        if item.state is not CommandState.CONFLICT or item.acknowledged or content is None:
            raise AviseError("conflict.settled")
        return item, content

    async def plan_again(self, entry: DirectoryEntry, command_id: CommandId) -> PlannedAction:
        """Plan anew what a command asked, on what is there now.

        Raises:
            AviseError: `outbox.unknown` when what it asked is no longer kept, or as `plan`.
        """
        item = self._book.known(command_id)
        content = await self._commands.content(command_id)
        if content is None or item.open:
            raise AviseError("outbox.unknown" if content is None else "outbox.not_settled")
        return await self.plan(entry, item.purpose, item.instance, item.action, content.input)

    def item(self, command_id: CommandId) -> OutboxItem:
        """Return one command.

        Raises:
            AviseError: `outbox.unknown`.
        """
        return self._book.known(command_id)

    async def document(self, command_id: CommandId) -> tuple[str, bytes]:
        """Return the name and the bytes of the document that a tool gave back.

        Raises:
            AviseError: `outbox.no_document`.
        """
        found = await self._commands.document(command_id)
        if found is None:
            raise AviseError("outbox.no_document")
        return found

    async def tool_back(self, instance: str) -> None:
        """Stop waiting for a tool that its user asks to be tried again."""
        await self._sender.tool_back(instance)

    async def network_back(self) -> None:
        """Stop waiting for every tool: they could not be reached, and now may be."""
        for instance in {item.instance for item in self._book.items() if item.open}:
            await self._sender.tool_back(instance)

    async def _apply(self, item: OutboxItem, event: CommandEvent) -> OutboxItem:
        if not self._sender.started:
            raise AviseError("outbox.not_here")
        try:
            kept = await self._book.apply(item.command_id, event)
        except ImpossibleTransitionError as error:
            sending = error.state is CommandState.SENDING
            raise AviseError("outbox.being_sent" if sending else "outbox.never_resent") from None
        self._sender.forget_rest(item.command_id)
        self._sender.wake()
        return kept
