"""A plan made without asking its tool: only for something new, under an identifier of ours.

What exists is changed on a copy only where it is looked at again before it leaves (decision 021). What is
new changes nothing that anybody looked at: a workstation without network may promise it, and the tool
answers when it is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from avise.connectors.action_contract import ActionOffer
from avise.env import Env
from avise.models.commands import CommandContent, ConfirmRule, Idempotency, OfflineRule, presentable
from avise.models.customer import DirectoryEntry
from avise.models.json_types import JSON
from avise.services.acting_values import PlannedAction
from avise.services.outbox_planning import identifiers
from avise.texts.formats import format_list_name


def unread_offer(offers: Iterable[ActionOffer], action: str) -> ActionOffer | None:
    """Return the offer of an action that may be promised unread; None when there is none."""
    return next((offer for offer in offers if offer.action == action and may_be_unread(offer)), None)


def may_be_unread(offer: ActionOffer) -> bool:
    """Say whether an action makes something new that may wait for its tool."""
    return (
        offer.idempotency is Idempotency.CLIENT_ID
        and offer.offline is OfflineRule.QUEUE
        and offer.confirm is ConfirmRule.AGENT
    )


def unread_plan(
    offer: ActionOffer, entry: DirectoryEntry, purpose: str, given: Mapping[str, JSON], env: Env
) -> PlannedAction:
    """Return the plan of something new.

    Args:
        offer: as `unread_offer` found it.
        entry: the member.
        purpose: written in the journal.
        given: values of the offer's inputs; those that it does not know are left out.
        env: clock and identifiers.
    """
    names = {wanted.name for wanted in offer.inputs}
    own = {name: value for name, value in given.items() if name in names and value != ""}
    known = identifiers(entry)
    party = entry.party
    facet = offer.touches[0] if offer.touches else ""
    return PlannedAction(
        command_id=env.uuid7(),
        group_id=env.uuid7(),
        offer=offer,
        person=entry.dossier,
        whom=party.company_name or format_list_name(party.last_name, party.first_name),
        purpose=purpose,
        content=CommandContent({scheme: known[scheme] for scheme in offer.needs_ids}, own, {}),
        summary=offer.label,
        changes=tuple((f"{facet}.{name}", "", presentable(str(value))) for name, value in own.items()),
        warnings=(),
        planned_at=env.now(),
    )
