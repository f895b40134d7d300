"""What a JSON-RPC service can be asked to do: one method acts, two others show and verify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult, Outcome
from avise.connectors.contract import CallContext, ConnectorError
from avise.connectors.declarative.action_rules import (
    Row,
    Rows,
    done_according_to,
    made_plan,
    refuse_somebody_else,
)
from avise.connectors.declarative.action_values import ActionValues
from avise.connectors.declarative.instance import Config
from avise.connectors.declarative.rows import rows_of, search
from avise.connectors.jsonrpc.options import (
    JsonrpcAction,
    JsonrpcOptions,
    JsonrpcPlan,
    JsonrpcVerify,
    Parameters,
)
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON


class CallsMethods(Protocol):
    """Calls a method of the service within a session."""

    async def __call__(
        self, ctx: CallContext, method: str, params: Mapping[str, JSON], *, acts: bool = False
    ) -> object:
        """Return the result."""


class JsonrpcActions:
    """Plans, executes and verifies commands.

    Args:
        options: of the connector file.
        labels: of each action.
        call: calls a method of the service.
    """

    def __init__(self, options: JsonrpcOptions, labels: Mapping[str, str], call: CallsMethods) -> None:
        self._options = options
        self._labels = labels
        self._call = call
        self._zone = ZoneInfo(options.timezone)

    async def plan(self, command: ActionCommand, config: Config, ctx: CallContext) -> ActionPlan:
        """Return what the command would change.

        Raises:
            ConnectorError: the service could not be read, or would refuse.
        """
        action, values = self._asked(command, config)
        label = self._labels.get(command.action, command.action)
        if action.plan is None:
            return ActionPlan(label, ())
        read = await self._read(action.plan, values, ctx, command)
        return made_plan(action.plan, None, read, values, label)

    async def execute(self, command: ActionCommand, config: Config, ctx: CallContext) -> ActionResult:
        """Call the method that acts, once.

        A conflict that is our own earlier sending, by the action's `verify`, is ALREADY_DONE.

        Raises:
            ConnectorError: what the service told.
        """
        action, values = self._asked(command, config)
        try:
            result = await self._call(ctx, action.method, _filled(action.params, values), acts=True)
        except ConnectorError as error:
            if error.kind is ErrorKind.CONFLICT and await self._is_done(action, values, ctx):
                return ActionResult(Outcome.ALREADY_DONE)
            raise
        reference = search(action.reference, result) if action.reference else None
        done = action.done_when is None or search(action.done_when, result) is True
        return ActionResult(
            Outcome.DONE if done else Outcome.ACCEPTED,
            str(reference) if isinstance(reference, str | int) else "",
        )

    async def verify(self, command: ActionCommand, config: Config, ctx: CallContext) -> ActionResult:
        """Return whether the command was done, UNKNOWN when the file says no way to see it.

        Raises:
            ConnectorError: the service could not be read.
        """
        action, values = self._asked(command, config)
        if action.verify is None:
            return ActionResult(Outcome.UNKNOWN)
        read = await self._read(action.verify, values, ctx)
        return done_according_to(action.verify, read, values)

    async def _is_done(self, action: JsonrpcAction, values: ActionValues, ctx: CallContext) -> bool:
        if action.verify is None:
            return False
        try:
            read = await self._read(action.verify, values, ctx)
            return done_according_to(action.verify, read, values).outcome is Outcome.DONE
        except ConnectorError:
            return False

    def _asked(self, command: ActionCommand, config: Config) -> tuple[JsonrpcAction, ActionValues]:
        action = self._options.actions.get(command.action)
        if action is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "action not offered", origin=Origin.CONNECTOR)
        return action, ActionValues({}, config, command, self._zone)

    async def _read(
        self,
        place: JsonrpcPlan | JsonrpcVerify,
        values: ActionValues,
        ctx: CallContext,
        command: ActionCommand | None = None,
    ) -> Rows:
        result = await self._call(ctx, place.method, _filled(place.params, values))
        if isinstance(place, JsonrpcPlan) and command is not None:
            refuse_somebody_else(place.subject, result, command.customer, self._zone)
        rows = rows_of(result, place.records)
        if not all(isinstance(row, Mapping) for row in rows):
            raise ConnectorError(ErrorKind.BAD_DATA, "a row is no object")
        version = place.version if isinstance(place, JsonrpcPlan) else None
        found = [search(version, row) if version else None for row in rows]
        versions = tuple(str(each) if isinstance(each, str | int) else "" for each in found)
        return Rows(tuple(cast("Row", row) for row in rows), versions)


def _filled(params: Parameters, values: ActionValues) -> dict[str, JSON]:
    return cast("dict[str, JSON]", values.body(dict(params)))
