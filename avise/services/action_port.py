"""What services ask of tools that act; the engine carries the calls to the connectors' own loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from avise.connectors.action_contract import ActionCommand, ActionOffer, ActionPlan, ActionResult


class ActionPort(Protocol):
    """The tools, as the outbox sees them. Failures are `ConnectorError`."""

    def actions(self) -> Sequence[ActionOffer]:
        """Return what each running tool can be asked to do."""

    async def plan_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionPlan:
        """Return what a command would change, read anew; nothing is written."""

    async def execute_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Send a command once; an error says with `outcome_unknown` whether it may have taken effect."""

    async def verify_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Return whether a command was done; only reads."""
