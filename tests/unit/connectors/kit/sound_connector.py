"""A connector of the little tool that does everything right; the broken ones change one thing of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from avise.connectors.action_contract import (
    ActionCommand,
    ActionInput,
    ActionPlan,
    ActionResult,
    ActionSpec,
    Idempotency,
    InputType,
    Outcome,
)
from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConfigField,
    ConnectorEnv,
    ConnectorError,
    FacetOffer,
    FacetQuery,
    Health,
    HealthReport,
    HttpReply,
    Manifest,
    Record,
)
from avise.connectors.endpoints import BearerSignIn, HttpEndpoint
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

SCHEME = "little.member"
STATES = {"P": "paid", "A": "due"}
PLACES = {"VISIO": "video", "AGENCE": "agency"}
MANIFEST = Manifest(
    id="little",
    name="Petit outil",
    version="1.0.0",
    contract=">=1.0,<2",
    owner="SI Essais",
    kind="python",
    needs_ids=(SCHEME,),
    config=(ConfigField("base_url", "url", "Adresse du service"), ConfigField("token", "secret", "Jeton")),
    facets=(FacetOffer("contributions"), FacetOffer("appointments")),
    actions=(
        ActionSpec(
            "order_card",
            "Renvoyer la carte",
            Idempotency.KEY,
            inputs=(ActionInput("reason", InputType.TEXT, "Motif", required=True),),
        ),
    ),
)


class SoundConnector:
    """Reads contributions by pages and appointments at once, and orders cards."""

    def __init__(self) -> None:
        self.manifest = MANIFEST
        self.env: ConnectorEnv | None = None

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint:
        return HttpEndpoint(str(config["base_url"]), BearerSignIn("token"))

    async def open(self, env: ConnectorEnv) -> None:
        self.env = env

    async def aclose(self) -> None:
        """Nothing is held."""

    async def check(self, ctx: CallContext) -> HealthReport:
        reply = await self.ask(ctx, "/about", "/about")
        return HealthReport(Health.OK, source_version=str(as_table(reply.json())["version"]))

    # ---- readings ------------------------------------------------------------------------------
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        read = self.contributions if query.facet == "contributions" else self.appointments
        async for batch in read(query, ctx):
            yield batch

    async def contributions(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        path: str | None = self.place(query, "contributions")
        seen: set[str] = set()
        count = 0
        while path is not None:
            if path in seen:
                raise ConnectorError(ErrorKind.BAD_DATA, "same page twice")
            seen.add(path)
            page = await self.page(ctx, path, query)
            records = self.records("contributions", page)
            count += len(records)
            path = page.get("next")
            cut = path is not None and count >= query.limit
            yield Batch(records, self.ending(more=path is not None, cut=cut), "max_rows" if cut else "")
            path = None if cut else path

    async def appointments(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        headers = {"If-None-Match": query.validator} if query.validator else {}
        reply = await self.ask(
            ctx, self.place(query, "appointments"), "/members/{member}/appointments", headers
        )
        if reply.status == 304:
            yield Batch((), Completeness.COMPLETE, not_modified=True, validator=query.validator)
            return
        records = self.records("appointments", as_table(reply.json()))
        yield Batch(records, Completeness.COMPLETE, validator=reply.headers.get("etag", ""))

    def place(self, query: FacetQuery, what: str) -> str:
        member = query.customer.ids.get(SCHEME, "")
        if not member:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "no identifier")
        return f"/members/{member}/{what}"

    async def page(self, ctx: CallContext, path: str, query: FacetQuery) -> dict[str, Any]:
        del query
        reply = await self.ask(ctx, path, "/members/{member}/contributions")
        return as_table(reply.json())

    async def ask(
        self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        return await ctx.http.request("GET", path, headers=headers, template=template)

    def ending(self, *, more: bool, cut: bool) -> Completeness:
        if cut:
            return Completeness.TRUNCATED
        return Completeness.MORE if more else Completeness.COMPLETE

    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        rows = page.get("rows")
        if not isinstance(rows, list):
            raise ConnectorError(ErrorKind.BAD_DATA, "no list of rows")
        return [replace(self.record(facet, row), evidence=self.holder(page)) for row in rows]

    def holder(self, page: Mapping[str, Any]) -> IdentityEvidence:
        return IdentityEvidence(last_name=str(page["holder"]["name"]))

    def record(self, facet: str, row: Mapping[str, Any]) -> Record:
        if facet == "contributions":
            data = {"due_on": row["due"], "amount": self.amount(row), "status": self.code(row["state"])}
        else:
            data = {"starts_at": row["at"], "kind": PLACES.get(row["where"], row["where"])}
        return Record(self.id_of(row), data)

    def id_of(self, row: Mapping[str, Any]) -> str:
        return str(row["no"])

    def amount(self, row: Mapping[str, Any]) -> JSON:
        cents = int(row["cents"])
        return f"{cents // 100}.{cents % 100:02d}"

    def code(self, state: str) -> str:
        return STATES.get(state, state)

    # ---- the action ----------------------------------------------------------------------------
    async def plan(self, command: ActionCommand, ctx: CallContext) -> ActionPlan:
        cards = await self.cards(command, ctx)
        change = ("rights.edition", "", str(command.input["reason"]))
        return ActionPlan("Une carte de plus", (change,), precondition={"cards": str(cards["version"])})

    async def execute(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        reply = await ctx.http.request(
            "POST",
            f"/members/{command.customer.ids[SCHEME]}/cards",
            json={"reason": command.input["reason"]},
            headers=self.order_headers(command),
            accept_status={422},
            template="/members/{member}/cards",
        )
        answer = as_table(reply.json())
        if reply.status == 422:
            raise ConnectorError(ErrorKind.REJECTED, "refused", user_message=str(answer["message"]))
        return ActionResult(Outcome.DONE, str(answer["number"]))

    def order_headers(self, command: ActionCommand) -> dict[str, str]:
        return {"Idempotency-Key": command.command_id, "If-Match": command.precondition.get("cards", "")}

    async def verify(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        cards = await self.cards(command, ctx)
        made = [card for card in cards["cards"] if card["key"] == command.command_id]
        return ActionResult(Outcome.DONE if made else Outcome.NOT_DONE)

    async def cards(self, command: ActionCommand, ctx: CallContext) -> dict[str, Any]:
        path = f"/members/{command.customer.ids[SCHEME]}/cards"
        return as_table((await self.ask(ctx, path, "/members/{member}/cards")).json())


def as_table(value: JSON) -> dict[str, Any]:
    """Return a JSON object, BAD_DATA for anything else."""
    if not isinstance(value, dict):
        raise ConnectorError(ErrorKind.BAD_DATA, "no table")
    return value
