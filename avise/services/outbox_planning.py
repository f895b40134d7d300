"""Before an action is confirmed: who may do what, and what would change, read anew.

What the action touches is read again from its tool first, then the tool says what is there now and what
would be (`connectors.md` C9, C11). A plan is good for ten minutes. Without network, what is on board may
stand for the tool: such a command is planned again, on what is there, before it leaves (decision 021).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta

from avise.connectors.action_contract import ActionCommand, ActionOffer, ActionPlan
from avise.connectors.contract import ConnectorError
from avise.connectors.copied_changes import copied_changes
from avise.connectors.readings import FacetReading, SourceOffer
from avise.env import Env
from avise.models.commands import (
    Change,
    CommandContent,
    CommandId,
    ConfirmRule,
    OfflineRule,
    presentable,
)
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence
from avise.models.errors import AviseError, ErrorKind, Failure
from avise.models.identifiers import holds_nir
from avise.models.json_types import JSON
from avise.models.roles import Session
from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
from avise.services.action_port import ActionPort
from avise.services.outbox_rights import may_act
from avise.services.source_port import SourcePort
from avise.texts.formats import format_list_name

PLAN_VALID = timedelta(minutes=10)
"""Older, a plan tells what was there, not what is."""

LONGEST_UNDO = timedelta(minutes=10)
"""As long as an act can be undone (decision 30)."""


class _NotReadAnewError(AviseError):
    """The tool gave a copy at best."""

    def __init__(self, offer: ActionOffer, failure: Failure | None) -> None:
        super().__init__("acting.not_reread", source=offer.source_name)
        self.kind = failure.kind if failure is not None else None


class ActionPlanning:
    """Plans actions for members.

    Args:
        session: who acts.
        sources: read again before anything is planned.
        actions: the tools that act.
        env: clock and identifiers.
    """

    def __init__(self, session: Session, sources: SourcePort, actions: ActionPort, env: Env) -> None:
        self._session = session
        self._sources = sources
        self._actions = actions
        self._env = env

    def offers(self, entry: DirectoryEntry) -> tuple[ActionOffer, ...]:
        """Return what can be done for a person: by this role, by tools that know the person."""
        return tuple(offer for offer in self._actions.actions() if self._applies(offer, entry))

    def _applies(self, offer: ActionOffer, entry: DirectoryEntry) -> bool:
        known = all(identifiers(entry).get(scheme) for scheme in offer.needs_ids)
        return known and may_act(self._session.role, entry, offer.touches)

    async def plan(
        self,
        entry: DirectoryEntry,
        purpose: str,
        instance: str,
        action: str,
        given: Mapping[str, JSON],
        command_id: CommandId | None = None,
    ) -> PlannedAction:
        """Return what an action would change in one tool.

        Args:
            entry: the member.
            purpose: written in the journal.
            instance: of the offer.
            action: of the offer.
            given: values of the offer's inputs.
            command_id: of a command that may be planned twice; a new one unless told.

        Raises:
            AviseError: `acting.not_offered`, `role.no_customers`, `acting.not_allowed`, or why the tool
                would refuse or could not say; nothing was written.
        """
        for offer in self._actions.actions():
            if (offer.instance, offer.action) == (instance, action):
                return await self._planned(entry, purpose, offer, given, self._env.uuid7(), command_id)
        raise AviseError("acting.not_offered")

    async def plan_everywhere(
        self, entry: DirectoryEntry, purpose: str, action: str, given: Mapping[str, JSON]
    ) -> GroupPlan:
        """Return what an action would change in every tool that offers it and knows the person.

        Raises:
            AviseError: `acting.not_offered` when none does.
        """
        offers = [offer for offer in self.offers(entry) if offer.action == action]
        if not offers:
            raise AviseError("acting.not_offered")
        group = self._env.uuid7()

        async def planned(offer: ActionOffer) -> PlannedAction | RefusedPlan:
            names = {wanted.name for wanted in offer.inputs}
            own = {name: value for name, value in given.items() if name in names}
            try:
                return await self._planned(entry, purpose, offer, own, group)
            except AviseError as error:
                return RefusedPlan(offer.instance, offer.source_name, error.message_key, dict(error.params))

        found = await asyncio.gather(*(planned(offer) for offer in offers))
        plans = tuple(plan for plan in found if isinstance(plan, PlannedAction))
        return GroupPlan(plans, tuple(plan for plan in found if isinstance(plan, RefusedPlan)))

    async def _planned(
        self,
        entry: DirectoryEntry,
        purpose: str,
        offer: ActionOffer,
        given: Mapping[str, JSON],
        group: uuid.UUID,
        command_id: CommandId | None = None,
    ) -> PlannedAction:
        if not may_act(self._session.role, entry, offer.touches):
            raise AviseError("acting.not_allowed")
        known = identifiers(entry)
        missing = [scheme for scheme in offer.needs_ids if not known.get(scheme)]
        if missing:
            raise AviseError("acting.unknown_there", source=offer.source_name)
        ids = {scheme: known[scheme] for scheme in offer.needs_ids}
        try:
            seen = await self._reread(entry, purpose, offer)
        except _NotReadAnewError as error:
            alone = error.kind is ErrorKind.OFFLINE and command_id is None
            changes = await self._copied(entry, purpose, offer, given) if alone else None
            if not changes:
                raise
            plan = ActionPlan(offer.label, changes)
            content = CommandContent(ids, dict(given), {}, on_copy=True)
            return self._made(entry, purpose, offer, group, self._env.uuid7(), content, plan)
        command_id = command_id or self._env.uuid7()
        command = ActionCommand(
            action=offer.action,
            command_id=str(command_id),
            customer=CustomerKey(entry.dossier, ids),
            input=dict(given),
            precondition=seen,
            requested_at=self._env.now(),
            requested_by=self._session.user,
        )
        plan = await self._asked(offer, command, purpose)
        content = CommandContent(ids, dict(given), dict(plan.precondition))
        return self._made(entry, purpose, offer, group, command_id, content, plan)

    def _made(
        self,
        entry: DirectoryEntry,
        purpose: str,
        offer: ActionOffer,
        group: uuid.UUID,
        command_id: CommandId,
        content: CommandContent,
        plan: ActionPlan,
    ) -> PlannedAction:
        return PlannedAction(
            command_id=command_id,
            group_id=group,
            offer=offer,
            person=entry.dossier,
            whom=_name(entry),
            purpose=purpose,
            content=replace(content, before=_held(plan)),
            summary=presentable(plan.summary),
            changes=tuple(
                (name, presentable(before), presentable(after)) for name, before, after in plan.changes
            ),
            warnings=tuple(presentable(warning) for warning in plan.warnings),
            planned_at=self._env.now(),
        )

    async def _copied(
        self, entry: DirectoryEntry, purpose: str, offer: ActionOffer, given: Mapping[str, JSON]
    ) -> tuple[Change, ...] | None:
        """Return what would change by what is on board; None where a copy may not stand for the tool.

        Only without network, for what one person confirms and may wait, and what is checked again later.
        """
        waits = offer.offline is OfflineRule.QUEUE and offer.confirm is ConfirmRule.AGENT
        source = next((found for found in self._sources.offers() if found.instance == offer.instance), None)
        if offer.copied is None or not waits or source is None:
            return None
        last = await self._read(entry, purpose, source, offer.copied.facet, force=False)
        if last is None or last.withheld:
            return None
        return copied_changes(offer, last.records, given)

    async def _asked(self, offer: ActionOffer, command: ActionCommand, purpose: str) -> ActionPlan:
        try:
            return await self._actions.plan_action(
                offer.instance, command, agent=self._session.user, purpose=purpose
            )
        except ConnectorError as error:
            raise refusal(error, offer.source_name) from None

    # ---- reading again -------------------------------------------------------------------------
    async def _reread(self, entry: DirectoryEntry, purpose: str, offer: ActionOffer) -> dict[str, str]:
        """Read what an action touches from its tool, and return the version of each record that has one.

        Raises:
            AviseError: `acting.not_reread` when the tool gives a copy at best, `acting.withheld` when
                its answer is about somebody else.
        """
        source = next((found for found in self._sources.offers() if found.instance == offer.instance), None)
        fed = {facet.facet for facet in source.facets} if source is not None else set()
        facets = [facet for facet in offer.touches if facet in fed]
        if source is None or not facets:
            return {}
        readings = await asyncio.gather(*(self._read(entry, purpose, source, facet) for facet in facets))
        versions: dict[str, str] = {}
        for reading in readings:
            if reading is None or reading.error is not None:
                raise _NotReadAnewError(offer, reading.error if reading is not None else None)
            if reading.withheld:
                raise AviseError("acting.withheld", source=offer.source_name)
            versions |= {record.id: record.version for record in reading.records if record.version}
        return versions

    async def _read(
        self, entry: DirectoryEntry, purpose: str, source: SourceOffer, facet: str, *, force: bool = True
    ) -> FacetReading | None:
        known = identifiers(entry)
        ids = {scheme: known[scheme] for scheme in source.needs(facet) if known.get(scheme)}
        last: FacetReading | None = None
        readings = self._sources.read_facet(
            source.instance,
            facet,
            CustomerKey(entry.dossier, ids),
            evidence(entry),
            agent=self._session.user,
            purpose=purpose,
            force=force,
        )
        async with aclosing(readings) as steps:  # type: ignore[type-var]  # sources give generators
            async for reading in steps:
                last = reading
        return last if last is not None and last.final else None


def refuse_confirming(
    plans: Sequence[PlannedAction], now: datetime, *, identified: bool, colleagues: bool
) -> None:
    """Refuse plans that are too old, or that nobody here can confirm.

    Args:
        plans: what the agent confirms.
        now: the time.
        identified: whether the caller is identified at the strong level (`domain.md` 2.6).
        colleagues: whether a colleague can be asked.

    Raises:
        AviseError: `acting.nothing`, `acting.plan_too_old`, `acting.step_up_needed` or
            `acting.second_agent_needed`.
    """
    if not plans:
        raise AviseError("acting.nothing")
    if any(now > plan.planned_at + PLAN_VALID for plan in plans):
        raise AviseError("acting.plan_too_old")
    rules = {plan.offer.confirm for plan in plans}
    if ConfirmRule.SECOND_AGENT in rules and not colleagues:
        raise AviseError("acting.second_agent_needed")
    if ConfirmRule.STEP_UP in rules and not identified:
        raise AviseError("acting.step_up_needed")


def identifiers(entry: DirectoryEntry) -> dict[str, str]:
    """Return a member's identifiers by scheme, the member number included."""
    return {**entry.party.ids, "member": entry.party.member_number}


def evidence(entry: DirectoryEntry) -> IdentityEvidence:
    """Return who a member is, to compare with what answers say."""
    party = entry.party
    others = (party.birth_name,) if party.birth_name else ()
    return IdentityEvidence(
        party.last_name, party.first_name, party.birth_date, identifiers(entry), other_last_names=others
    )


def _held(plan: ActionPlan) -> dict[str, str]:
    """Return what the tool holds, by field; a NIR is at rest nowhere, and is compared as it is shown."""
    return {
        name: presentable(before) if holds_nir(before.encode("utf-8", "replace")) else before
        for name, before, _ in plan.changes
    }


def _name(entry: DirectoryEntry) -> str:
    party = entry.party
    return party.company_name or format_list_name(party.last_name, party.first_name)


_NO_ANSWER = (ErrorKind.OFFLINE, ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT, ErrorKind.RATE_LIMITED)
_SPEAKS = (ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT)


def refusal(error: ConnectorError, source: str) -> AviseError:
    """Return why an action could not be planned, as the agent reads it; nothing was written anywhere."""
    sentence = presentable(error.user_message)
    if error.kind in _NO_ANSWER:
        return AviseError("acting.no_answer", source=source)
    if error.kind in _SPEAKS and sentence:
        return AviseError("acting.refused", source=source, sentence=sentence)
    return AviseError(f"acting.plan.{error.kind}", source=source)
