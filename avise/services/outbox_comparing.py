"""A command beside what its tool holds now: looked at before it leaves late, compared once both changed.

A command that was planned on a copy, or that waited longer than a plan is good for, is planned again when
its turn comes: what the tool's people alone changed is taken over, what both changed waits for a choice.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime

from avise.connectors.action_contract import ActionCommand, ActionOffer, ActionPlan
from avise.models.commands import CommandContent, CommandId, OutboxItem, presentable
from avise.models.customer import CustomerKey
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord
from avise.models.json_types import JSON
from avise.models.masking import MASK, mask_record
from avise.models.merging import Choice, Choices, Keep, Merge, merge
from avise.models.roles import Role, Session
from avise.services.action_port import ActionPort
from avise.services.comparison_values import ComparedField, Comparison, in_order
from avise.services.outbox_planning import PLAN_VALID
from avise.services.wording import field_label, value_text


@dataclass(frozen=True, slots=True)
class Compared:
    """A command with what its tool holds now."""

    command_id: CommandId
    offer: ActionOffer
    merge: Merge
    plan: ActionPlan = field(repr=False)

    def open(self, choices: Choices) -> tuple[str, ...]:
        """Return the fields that still wait for a choice."""
        return self.merge.open(self.made_on(choices))

    def made_on(self, choices: Choices) -> Choices:
        """Return those choices that were made on what the tool still holds.

        Args:
            choices: on the marks of values, as a screen gives them back.
        """
        return {
            each.name: Choice(choices[each.name].keep, each.theirs)
            for each in self.merge.fields
            if each.name in choices and choices[each.name].seen == self.mark(each.theirs)
        }

    def mark(self, value: JSON) -> str:
        """Return what stands for a value on a screen that gives it back: it tells nothing of the value."""
        return hmac.digest(self.command_id.bytes, str(value).encode(), "sha256").hex()

    def content(self, content: CommandContent, choices: Choices) -> CommandContent:
        """Return what is to be sent, once everything was chosen."""
        held = {name: before for name, before, _ in self.plan.changes}
        inputs = dict(self.offer.fields)
        given = dict(content.input)
        made = self.made_on(choices)
        for each in self.merge.fields:
            if each.kept(made) is Keep.THEIRS and each.mine != each.theirs:
                given[inputs[each.name]] = held[each.name]
        return replace(content, input=given, precondition=dict(self.plan.precondition))


class Comparing:
    """Compares commands with what their tools hold.

    Args:
        session: who asks.
        actions: the tools.
    """

    def __init__(self, session: Session, actions: ActionPort) -> None:
        self._session = session
        self._actions = actions

    def offer_of(self, item: OutboxItem) -> ActionOffer | None:
        """Return the offer of a command whose fields can be compared."""
        wanted = (item.instance, item.action)
        found = (offer for offer in self._actions.actions() if (offer.instance, offer.action) == wanted)
        return next((offer for offer in found if offer.fields), None)

    def looks_first(self, item: OutboxItem, content: CommandContent, now: datetime) -> bool:
        """Say whether a command is looked at before it leaves: it never did, and its plan is a memory."""
        late = content.on_copy or now > item.confirmed_at + PLAN_VALID
        return late and item.sends == 0 and self.offer_of(item) is not None

    async def compared(self, item: OutboxItem, content: CommandContent) -> Compared:
        """Return a command with what its tool holds now; only reads.

        Raises:
            ConnectorError: the tool could not be read, or would refuse.
            AviseError: `conflict.not_comparable`.
        """
        offer = self.offer_of(item)
        if offer is None:
            raise AviseError("conflict.not_comparable", source=item.source_name)
        command = ActionCommand(
            action=item.action,
            command_id=str(item.command_id),
            customer=CustomerKey(item.person, content.ids),
            input=content.input,
            precondition={},
            requested_at=item.confirmed_at,
            requested_by=self._session.user,
        )
        plan = await self._actions.plan_action(
            item.instance, command, agent=self._session.user, purpose=item.purpose
        )
        return Compared(item.command_id, offer, _merged(item, content, offer, plan), plan)


def _merged(item: OutboxItem, content: CommandContent, offer: ActionOffer, plan: ActionPlan) -> Merge:
    """Return the three values of each field, whole; a plan leaves out what would stay as it is.

    Shown, two accounts may look alike: masked numbers and shortened texts are compared nowhere.
    """
    mine: dict[str, JSON] = {name: str(content.input.get(given, "")) for name, given in offer.fields}
    kept = content.before or {name: was for name, was, _ in item.changes}
    before: dict[str, JSON] = {name: was for name, was in kept.items() if name in mine}
    theirs: dict[str, JSON] = {name: now for name, now, _ in plan.changes if name in mine}
    return merge(mine | before, mine, mine | theirs)


def comparison_of(item: OutboxItem, compared: Compared, choices: Choices, role: Role) -> Comparison:
    """Return a command and its tool side by side, as a role may read them."""
    made = compared.made_on(choices)
    fields = tuple(
        ComparedField(
            name=each.name,
            label=_label(each.name),
            before=_words(each.name, before),
            mine=_words(each.name, mine),
            theirs=_words(each.name, theirs),
            side=each.side,
            keep=each.kept(made),
            seen=compared.mark(each.theirs) if theirs == each.theirs else "",
        )
        for each in compared.merge.fields
        for before, mine, theirs in [
            tuple(_readable(each.name, value, role) for value in (each.before, each.mine, each.theirs))
        ]
    )
    return Comparison(item.label, item.whom, item.source_name, in_order(fields))


def _readable(name: str, value: JSON, role: Role) -> JSON:
    """Return a value as a role may read it. Who may not read a value cannot choose on it."""
    facet, _, field_name = name.partition(".")
    spec = FACETS.get(facet)
    if spec is None:
        return value
    return mask_record(spec, FacetRecord("", {field_name: value}), role).data.get(field_name, MASK)


def _label(name: str) -> str:
    facet, _, field_name = name.partition(".")
    return field_label(facet, field_name) if facet in FACETS else name


def _words(name: str, value: JSON) -> str:
    facet, _, field_name = name.partition(".")
    if value in (None, ""):
        return ""
    known = facet in FACETS and any(spec.name == field_name for spec in FACETS[facet].fields)
    return presentable(value_text(facet, field_name, value) if known else str(value))
