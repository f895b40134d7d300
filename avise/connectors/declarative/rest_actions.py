"""Carries out the `[[action]]` of a connector file of kind `rest`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from http import HTTPStatus
from typing import cast

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult, Idempotency, Outcome
from avise.connectors.contract import (
    ANY_STATUS,
    Batch,
    CallContext,
    Completeness,
    ConnectorError,
    FacetQuery,
    HttpReply,
    Manifest,
    Record,
)
from avise.connectors.declarative.action_rules import (
    Row,
    Rows,
    done_according_to,
    made_plan,
    refuse_somebody_else,
    row_of,
)
from avise.connectors.declarative.action_schema import RestAction, RestDocument, RestPlan, RestVerify
from avise.connectors.declarative.action_values import ActionValues
from avise.connectors.declarative.json_reply import json_or_none, parse_json, told_error
from avise.connectors.declarative.placeholders import route_of
from avise.connectors.declarative.rest import RestConnector
from avise.connectors.declarative.rows import rows_of, search
from avise.connectors.declarative.schema import RestFile
from avise.connectors.http_status import action_status_error, status_error
from avise.connectors.identity_check import contradicts
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind, Origin

MOST_RECORDS = 500
KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "idempotency-replayed"
"""Sent by tools that answer again what they answered to the first sending."""

_ABOUT_THE_CALL = frozenset({401, 407, 408, 429})
"""Statuses that say nothing of the command: sign-in and limits stay the host's."""
_JSON = {"Accept": "application/json"}


class ActingRestConnector(RestConnector):
    """A tool read and acted upon over HTTP as a file says.

    Args:
        file: a checked file, with an `[[action]]`.
        manifest: of that file.
    """

    def __init__(self, file: RestFile, manifest: Manifest) -> None:
        super().__init__(file, manifest)
        self._actions = {action.id: action for action in file.action}

    # ---- the three calls -------------------------------------------------------------------------

    async def plan(self, command: ActionCommand, ctx: CallContext) -> ActionPlan:
        """Return what the command would change.

        Raises:
            ConnectorError: the tool could not be read, or would refuse.
        """
        action, values = self._asked(command)
        if action.plan is None:
            return ActionPlan(action.label, ())
        read = await self._rows_at(action.plan, values, command.customer, ctx)
        return made_plan(action.plan, action.plan.facet, read, values, action.label)

    async def execute(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Send the one request of the action.

        A conflict that is our own earlier sending, by the action's `verify`, is ALREADY_DONE.

        Raises:
            ConnectorError: what the tool answered, by the file's rules, then by the status table.
        """
        action, values = self._asked(command)
        reply = await self._send(action, values, ctx)
        error = self._error_of(action, reply, ctx)
        if error is not None and error.kind is ErrorKind.CONFLICT and action.verify is not None:
            return await self._already_done(action, values, command, ctx, error)
        if error is not None:
            raise error
        return await self._result(action, values, reply, ctx)

    async def verify(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Return whether the command was done, UNKNOWN when the file says no way to see it.

        Raises:
            ConnectorError: the tool could not be read.
        """
        action, values = self._asked(command)
        if action.verify is None:
            return ActionResult(Outcome.UNKNOWN)
        read = await self._rows_at(action.verify, values, command.customer, ctx)
        found = done_according_to(action.verify, read, values)
        if found.outcome is Outcome.DONE:
            return await self._with_document(action, values, found, ctx)
        return found

    def _asked(self, command: ActionCommand) -> tuple[RestAction, ActionValues]:
        action = self._actions.get(command.action)
        if action is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "action not offered", origin=Origin.CONNECTOR)
        return action, ActionValues(self._file.config, self._config, command, self._zone)

    # ---- sending ---------------------------------------------------------------------------------

    async def _send(self, action: RestAction, values: ActionValues, ctx: CallContext) -> HttpReply:
        request = action.request
        headers = {**_JSON, **values.texts(request.headers)}
        if action.idempotency is Idempotency.KEY:
            headers.setdefault(KEY_HEADER, values.text("{command_id}"))
        return await ctx.http.request(
            request.method,
            values.path(request.path),
            query=values.texts(request.query) or None,
            json=values.body(request.body),
            headers=headers,
            accept_status=ANY_STATUS,
            template=route_of(request.path),
        )

    def _error_of(self, action: RestAction, reply: HttpReply, ctx: CallContext) -> ConnectorError | None:
        rules = [*action.errors, *self._file.errors]
        told = None
        if rules and reply.status not in _ABOUT_THE_CALL:
            told = told_error(rules, json_or_none(reply), reply, ctx.now())
        return told or action_status_error(reply.status, reply.headers, ctx.now())

    async def _already_done(
        self,
        action: RestAction,
        values: ActionValues,
        command: ActionCommand,
        ctx: CallContext,
        conflict: ConnectorError,
    ) -> ActionResult:
        assert action.verify is not None  # noqa: S101 - the caller looked
        try:
            read = await self._rows_at(action.verify, values, command.customer, ctx)
            found = done_according_to(action.verify, read, values)
        except ConnectorError:
            raise conflict from None
        if found.outcome is not Outcome.DONE:
            raise conflict
        result = ActionResult(Outcome.ALREADY_DONE, found.reference)
        return await self._with_document(action, values, result, ctx)

    async def _result(
        self, action: RestAction, values: ActionValues, reply: HttpReply, ctx: CallContext
    ) -> ActionResult:
        if action.done_when is None and action.reference is None:
            done, reference = True, ""
        else:
            answer = parse_json(reply)
            found = search(action.reference, answer) if action.reference else None
            reference = str(found) if isinstance(found, str | int) else ""
            done = action.done_when is None or search(action.done_when, answer) is True
        if not done:
            return ActionResult(Outcome.ACCEPTED, reference)
        replayed = reply.headers.get(REPLAYED_HEADER, "").strip().lower() == "true"
        result = ActionResult(Outcome.ALREADY_DONE if replayed else Outcome.DONE, reference)
        return await self._with_document(action, values, result, ctx)

    async def _with_document(
        self, action: RestAction, values: ActionValues, result: ActionResult, ctx: CallContext
    ) -> ActionResult:
        """Add the file that the action made; what was done stays done when it cannot be fetched."""
        if action.document is None or not result.reference:
            return result
        try:
            content = await self._document(action.document, values, result.reference, ctx)
        except ConnectorError:
            return result
        return ActionResult(
            result.outcome, result.reference, document=content, document_name=action.document.name
        )

    async def _document(
        self, document: RestDocument, values: ActionValues, reference: str, ctx: CallContext
    ) -> bytes:
        reply = await ctx.http.request(
            "GET",
            values.path(document.path, reference),
            headers={"Accept": document.accept},
            template=route_of(document.path),
        )
        return reply.body

    # ---- reading ---------------------------------------------------------------------------------

    async def _rows_at(
        self, place: RestPlan | RestVerify, values: ActionValues, customer: CustomerKey, ctx: CallContext
    ) -> Rows:
        if place.facet is not None:
            return await self._records(place.facet, customer, ctx)
        path = cast("str", place.path)  # one of both is there: the file was checked
        reply = await ctx.http.request(
            "GET",
            values.path(path),
            query=values.texts(place.query) or None,
            headers=_JSON,
            accept_status=ANY_STATUS,
            template=route_of(path),
        )
        absent = isinstance(place, RestVerify) and place.on_404 == "not_done"
        if absent and reply.status == HTTPStatus.NOT_FOUND:
            return Rows((), ())
        told = None
        if self._file.errors and reply.status not in _ABOUT_THE_CALL:
            told = told_error(self._file.errors, json_or_none(reply), reply, ctx.now())
        error = told or status_error(reply.status, reply.headers, ctx.now())
        if error is not None:
            raise error
        answer = parse_json(reply)
        if isinstance(place, RestPlan):
            refuse_somebody_else(place.subject, answer, customer, self._zone)
        rows = _rows(rows_of(answer, place.records))
        version = place.version if isinstance(place, RestPlan) else None
        return Rows(rows, tuple(_version(row, version, reply) for row in rows))

    async def _records(self, facet: str, customer: CustomerKey, ctx: CallContext) -> Rows:
        """Read a facet whole.

        Raises:
            ConnectorError: CONFLICT when the answer is about somebody else.
        """
        records: list[Record] = []
        tag, whole = "", True
        expected = IdentityEvidence(ids=customer.ids)
        reading = self.read_facet(FacetQuery(facet, customer, MOST_RECORDS), ctx)
        async with aclosing(cast("AsyncGenerator[Batch[Record], None]", reading)) as batches:
            async for batch in batches:
                for evidence in (batch.evidence, *(record.evidence for record in batch.items)):
                    if evidence is not None and contradicts(expected, evidence):
                        raise ConnectorError(ErrorKind.CONFLICT, "about somebody else")
                records += batch.items
                tag = batch.validator or tag
                whole = whole and not batch.unreadable and batch.completeness is not Completeness.TRUNCATED
        return Rows(
            tuple(row_of(record) for record in records),
            tuple(record.version or tag for record in records),
            whole,
        )


def _rows(found: list[object]) -> tuple[Row, ...]:
    if not all(isinstance(row, Mapping) for row in found):
        raise ConnectorError(ErrorKind.BAD_DATA, "a row is no object")
    return tuple(cast("Row", row) for row in found)


def _version(row: Row, expression: str | None, reply: HttpReply) -> str:
    found = search(expression, row) if expression else reply.headers.get("etag", "")
    return str(found) if isinstance(found, str | int) else ""
