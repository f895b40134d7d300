"""Connectors with one defect each, and the check that must catch it: what the kit is worth."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import structlog

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult, Outcome
from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorEnv,
    ConnectorError,
    FacetOffer,
    FacetQuery,
    Health,
    HealthReport,
    HttpReply,
    Record,
    TimelineQuery,
)
from avise.connectors.deadline import place_of
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.json_types import JSON
from tests.unit.connectors.kit.sound_connector import MANIFEST, SCHEME, SoundConnector, as_table

BROKEN: list[tuple[type[SoundConnector], str]] = []
"""Connector, and name of the check that catches it."""
_kept: list[object] = []


def caught_by(check: str) -> Callable[[type[SoundConnector]], type[SoundConnector]]:
    """Enter a broken connector."""

    def enter(broken: type[SoundConnector]) -> type[SoundConnector]:
        BROKEN.append((broken, check))
        return broken

    return enter


# ---- bronze --------------------------------------------------------------------------------------


@caught_by("manifest_is_admitted")
class ForAnotherContract(SoundConnector):
    def __init__(self) -> None:
        super().__init__()
        self.manifest = replace(MANIFEST, contract=">=2.0,<3")


@caught_by("manifest_is_admitted")
class FeedsAnUnknownFacet(SoundConnector):
    def __init__(self) -> None:
        super().__init__()
        self.manifest = replace(MANIFEST, facets=(*MANIFEST.facets, FacetOffer("horoscope")))


@caught_by("declared_is_done")
class DeclaresALiveField(SoundConnector):
    def __init__(self) -> None:
        super().__init__()
        self.manifest = replace(MANIFEST, live_fields=("nir",))


@caught_by("declared_is_done")
class ActsWithoutSaying(SoundConnector):
    def __init__(self) -> None:
        super().__init__()
        self.manifest = replace(MANIFEST, actions=())


@caught_by("labels_are_words")
class HasNoLabel(SoundConnector):
    def __init__(self) -> None:
        super().__init__()
        action = MANIFEST.actions[0]
        inputs = (replace(action.inputs[0], label="reason"),)
        self.manifest = replace(MANIFEST, actions=(replace(action, inputs=inputs),))


@caught_by("check_answers")
class ChecksWithSomebody(SoundConnector):
    async def check(self, ctx: CallContext) -> HealthReport:
        await self.ask(ctx, "/members/M-000001/cards", "/members/{member}/cards")
        return HealthReport(Health.OK)


@caught_by("nothing_is_left")
class LeavesATask(SoundConnector):
    async def open(self, env: ConnectorEnv) -> None:
        await super().open(env)
        _kept.append(asyncio.create_task(asyncio.sleep(3600), name="left behind"))


@caught_by("nothing_is_left")
class LeavesAThread(SoundConnector):
    async def open(self, env: ConnectorEnv) -> None:
        await super().open(env)
        end = threading.Event()
        threading.Thread(target=end.wait, args=(30,), name="left behind", daemon=True).start()
        _kept.append(end)


@caught_by("nothing_is_left")
class LeavesADescriptor(SoundConnector):
    async def open(self, env: ConnectorEnv) -> None:
        await super().open(env)
        _kept.append(os.open(os.devnull, os.O_RDONLY))


# ---- silver --------------------------------------------------------------------------------------


@caught_by("nothing_is_left")
class LeavesATaskOfItsSecondReading(SoundConnector):
    async def appointments(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        _kept.append(asyncio.create_task(asyncio.sleep(3600)))
        async for batch in super().appointments(query, ctx):
            yield batch


@caught_by("nothing_is_left")
class ClosesOnce(SoundConnector):
    _open = True

    async def aclose(self) -> None:
        if not self._open:
            raise RuntimeError
        self._open = False


@caught_by("amounts_are_exact")
class CountsInFloats(SoundConnector):
    def amount(self, row: Mapping[str, Any]) -> JSON:
        return float(row["cents"]) / 100


@caught_by("dates_have_a_zone")
class ForgetsTheZone(SoundConnector):
    def record(self, facet: str, row: Mapping[str, Any]) -> Record:
        record = super().record(facet, row)
        starts = record.data.get("starts_at")
        return replace(record, data={**record.data, "starts_at": str(starts)[:19]}) if starts else record


@caught_by("records_fit")
class InventsAField(SoundConnector):
    def record(self, facet: str, row: Mapping[str, Any]) -> Record:
        record = super().record(facet, row)
        return replace(record, data={**record.data, "mood": "good"})


@caught_by("records_fit")
class LeavesOutWhatItCannotRead(SoundConnector):
    async def appointments(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        async for batch in super().appointments(query, ctx):
            yield replace(batch, items=(), unreadable=len(batch.items))


@caught_by("about_the_customer")
class TellsOfSomebodyElse(SoundConnector):
    def holder(self, _: Mapping[str, Any]) -> IdentityEvidence:
        return IdentityEvidence(last_name="Quelqu’un d’autre")


@caught_by("two_at_once_stay_apart")
class KeepsWhomItReads(SoundConnector):
    _query: FacetQuery | None = None

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        self._query = query
        await asyncio.sleep(0)
        async for batch in super().read_facet(self._query, ctx):
            yield batch


@caught_by("answers_have_an_end")
class NeverEnds(SoundConnector):
    def ending(self, **_: bool) -> Completeness:
        return Completeness.MORE


@caught_by("ids_are_lasting")
class NumbersItsRows(SoundConnector):
    count = 0

    def id_of(self, row: Mapping[str, Any]) -> str:
        del row
        self.count += 1
        return str(self.count)


@caught_by("ids_are_lasting")
class GivesTheSameId(SoundConnector):
    def id_of(self, _: Mapping[str, Any]) -> str:
        return "1"


@caught_by("unknown_is_not_empty")
class TakesUnknownForEmpty(SoundConnector):
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        try:
            async for batch in super().read_facet(query, ctx):
                yield batch
        except ConnectorError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            yield Batch((), Completeness.COMPLETE)


@caught_by("without_id_nobody_is_asked")
class AsksWithoutAnId(SoundConnector):
    def place(self, query: FacetQuery, what: str) -> str:
        return f"/members/{query.customer.ids.get(SCHEME, 'none')}/{what}"


@caught_by("failure_is_not_empty")
class TakesForbiddenForEmpty(SoundConnector):
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        try:
            async for batch in super().read_facet(query, ctx):
                yield batch
        except ConnectorError as error:
            if error.kind is not ErrorKind.FORBIDDEN:
                raise
            yield Batch((), Completeness.COMPLETE)


@caught_by("a_cut_is_told")
class SaysCompleteWhenCut(SoundConnector):
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        left = query.limit
        async for batch in super().read_facet(query, ctx):
            left -= len(batch.items)
            if left <= 0:
                yield Batch(batch.items[: query.limit], Completeness.COMPLETE)
                return
            yield batch


@caught_by("a_new_code_survives")
class DropsANewCode(SoundConnector):
    def code(self, state: str) -> str:
        return {"P": "paid", "A": "due"}.get(state, "")


@caught_by("a_validator_is_used")
class IgnoresTheValidator(SoundConnector):
    async def appointments(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        async for batch in super().appointments(replace(query, validator=""), ctx):
            yield batch


@caught_by("reading_writes_nothing")
class WritesWhileReading(SoundConnector):
    async def ask(
        self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        if "appointments" in path:
            await ctx.http.request("POST", path, json={"seen": True}, accept_status=range(100, 600))
        return await super().ask(ctx, path, template, headers)


@caught_by("it_asks_its_tool_alone")
class PhonesHome(SoundConnector):
    async def page(self, ctx: CallContext, path: str, query: FacetQuery) -> dict[str, Any]:
        with suppress(OSError), socket.create_connection(("127.0.0.1", 9), 0.1):
            pass
        return await super().page(ctx, path, query)


@caught_by("it_asks_its_tool_alone")
class PhonesHomeInItsSecondReading(SoundConnector):
    async def appointments(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        with socket.socket() as other, suppress(OSError):
            other.connect(("127.0.0.1", 9))
        async for batch in super().appointments(query, ctx):
            yield batch


@caught_by("it_asks_its_tool_alone")
class AsksItsToolBesideTheGateway(SoundConnector):
    async def appointments(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        tool = urlsplit(str(self.env.config["base_url"] if self.env is not None else ""))
        with socket.socket() as direct:
            direct.connect((tool.hostname, tool.port))
        async for batch in super().appointments(query, ctx):
            yield batch


@caught_by("newest_comes_first")
class TellsTheOldestFirst(SoundConnector):
    def __init__(self) -> None:
        super().__init__()
        self.manifest = replace(MANIFEST, timeline=True, timeline_channels=(Channel.EMAIL,))

    async def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        await self.ask(ctx, f"/members/{query.customer.ids[SCHEME]}/cards", "/members/{member}/cards")
        told = [
            Interaction(
                f"E{day}", datetime(2026, 3, day, tzinfo=UTC), Channel.EMAIL, Direction.IN, "Question"
            )
            for day in (1, 2)
        ]
        yield Batch(told, Completeness.COMPLETE)


# ---- gold ----------------------------------------------------------------------------------------


@caught_by("burst_of_500")
class InsistsByItself(SoundConnector):
    async def ask(
        self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        for _ in range(3):
            with suppress(ConnectorError):
                return await super().ask(ctx, path, template, headers)
        return await super().ask(ctx, path, template, headers)


@caught_by("connection_refused")
class StaysDown(SoundConnector):
    _down = False

    async def ask(
        self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        if self._down:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "still down")
        try:
            return await super().ask(ctx, path, template, headers)
        except ConnectorError as error:
            self._down = error.kind is ErrorKind.UNAVAILABLE
            raise


@caught_by("check_tells_a_fault")
class IsAlwaysWell(SoundConnector):
    async def check(self, ctx: CallContext) -> HealthReport:
        del ctx
        return HealthReport(Health.OK)


@caught_by("check_tells_a_fault")
class SaysWellOfAnError(SoundConnector):
    async def check(self, ctx: CallContext) -> HealthReport:
        try:
            return await super().check(ctx)
        except ConnectorError:
            return HealthReport(Health.OK)


@caught_by("truncated_answer")
class TakesRubbishForEmpty(SoundConnector):
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        try:
            async for batch in super().read_facet(query, ctx):
                yield batch
        except ConnectorError as error:
            if error.kind is not ErrorKind.BAD_DATA:
                raise
            yield Batch((), Completeness.COMPLETE)


@caught_by("error_in_200")
class ReadsAnErrorAsNothing(SoundConnector):
    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        return [self.record(facet, row) for row in page.get("rows", [])]


@caught_by("limit_is_passed_on")
class LosesTheWait(SoundConnector):
    async def ask(
        self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        try:
            return await super().ask(ctx, path, template, headers)
        except ConnectorError as error:
            raise ConnectorError(error.kind, error.detail) from None


def turning(kind: ErrorKind, into: ErrorKind) -> type[SoundConnector]:
    """Return a connector that tells one kind of error as another."""

    class Turning(SoundConnector):
        async def ask(
            self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
        ) -> HttpReply:
            try:
                return await super().ask(ctx, path, template, headers)
            except ConnectorError as error:
                raise ConnectorError(into if error.kind is kind else error.kind) from None

    Turning.__name__ = f"Turns{kind.title()}Into{into.title()}"
    return Turning


caught_by("connection_refused")(turning(ErrorKind.UNAVAILABLE, ErrorKind.CONFIG))
caught_by("limited_in_seconds")(turning(ErrorKind.RATE_LIMITED, ErrorKind.UNAVAILABLE))
caught_by("expired_certificate_is_refused")(turning(ErrorKind.CONFIG, ErrorKind.UNAVAILABLE))
caught_by("signed_out_once")(turning(ErrorKind.AUTH, ErrorKind.BUG))


@caught_by("sign_in_page_in_200")
class TakesAPageForEmpty(SoundConnector):
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        try:
            async for batch in super().read_facet(query, ctx):
                yield batch
        except ConnectorError as error:
            if error.kind is not ErrorKind.AUTH:
                raise
            yield Batch((), Completeness.COMPLETE)


@caught_by("wrong_charset")
class DecodesAnyhow(SoundConnector):
    async def page(self, ctx: CallContext, path: str, query: FacetQuery) -> dict[str, Any]:
        del query
        reply = await self.ask(ctx, path, "/members/{member}/contributions")
        try:
            return as_table(json.loads(reply.body.decode("utf-8", "replace")))
        except ValueError:
            raise ConnectorError(ErrorKind.BAD_DATA, "not JSON") from None


@caught_by("ten_thousand_rows")
class ForgetsRows(SoundConnector):
    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        return super().records(facet, page)[:300]


@caught_by("no_other_host")
class FollowsAnywhere(SoundConnector):
    async def page(self, ctx: CallContext, path: str, query: FacetQuery) -> dict[str, Any]:
        if path.startswith("http"):
            port = int(path.split(":")[2].partition("/")[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await reader.read(64)
            writer.close()
        return await super().page(ctx, path, query)


@caught_by("repeated_page_is_noticed")
class BelievesTheSamePage(SoundConnector):
    async def contributions(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        path: str | None = self.place(query, "contributions")
        for _ in range(4):
            page = await self.page(ctx, path, query) if path is not None else {}
            path = page.get("next")
            if path is None:
                break
            yield Batch(self.records("contributions", page), Completeness.MORE)
        yield Batch((), Completeness.COMPLETE)


@caught_by("given_up_readings_end")
class SwallowsCancellation(SoundConnector):
    async def page(self, ctx: CallContext, path: str, query: FacetQuery) -> dict[str, Any]:
        try:
            return await super().page(ctx, path, query)
        except asyncio.CancelledError:
            return {"rows": [], "next": None}


@caught_by("given_up_readings_end")
class TurnsCancellationIntoAnError(SoundConnector):
    async def page(self, ctx: CallContext, path: str, query: FacetQuery) -> dict[str, Any]:
        try:
            return await super().page(ctx, path, query)
        except asyncio.CancelledError as error:
            raise ConnectorError(ErrorKind.UNAVAILABLE, type(error).__name__) from None


@caught_by("loop_stays_free")
class BlocksTheLoop(SoundConnector):
    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        time.sleep(0.1)
        return super().records(facet, page)


@caught_by("loop_stays_free")
class SleepsOverAnError(SoundConnector):
    async def ask(
        self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        try:
            return await super().ask(ctx, path, template, headers)
        except ConnectorError:
            self.wait_a_little()
            raise

    def wait_a_little(self) -> None:
        time.sleep(0.1)


@caught_by("ten_thousand_rows")
class HoldsTheLoopForLongAnswers(SoundConnector):
    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        records = super().records(facet, page)
        time.sleep(0.4 if len(records) > 1000 else 0)
        return records


@caught_by("canaries_stay_inside")
class ShoutsTheName(SoundConnector):
    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        logging.getLogger("little").debug("of %s", str(page.get("holder", {}).get("name")).upper())
        return super().records(facet, page)


@caught_by("canaries_stay_inside")
class LogsTheNirInGroups(SoundConnector):
    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        nir = str(page.get("holder", {}).get("nir"))
        logging.getLogger("little").debug("of %s", ".".join((nir[:1], nir[1:3], nir[3:5], nir[5:])))
        return super().records(facet, page)


@caught_by("canaries_stay_inside")
class NamesAFileAfterTheCustomer(SoundConnector):
    def place(self, query: FacetQuery, what: str) -> str:
        with TemporaryDirectory() as folder:
            (Path(folder) / f"{query.customer.ids.get(SCHEME)}.json").touch()
        return super().place(query, what)


@caught_by("canaries_stay_inside")
class LogsTheNir(SoundConnector):
    def records(self, facet: str, page: Mapping[str, Any]) -> list[Record]:
        logging.getLogger("little").debug("read %s", page.get("holder", {}))
        return super().records(facet, page)


@caught_by("canaries_stay_inside")
class PrintsWhatItReads(SoundConnector):
    def record(self, facet: str, row: Mapping[str, Any]) -> Record:
        print(row)  # noqa: T201 - the defect
        return super().record(facet, row)


@caught_by("canaries_stay_inside")
class NamesTheCustomerInAnError(SoundConnector):
    async def ask(
        self, ctx: CallContext, path: str, template: str, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        try:
            return await super().ask(ctx, path, template, headers)
        except ConnectorError as error:
            raise ConnectorError(error.kind, f"{path}: {error.detail}") from None


@caught_by("canaries_stay_inside")
class LogsItsToken(SoundConnector):
    async def open(self, env: ConnectorEnv) -> None:
        await super().open(env)
        structlog.get_logger("little").info("opened", token=env.secret("token"))


@caught_by("canaries_stay_inside")
class LogsWhoWasGivenUp(SoundConnector):
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        try:
            async for batch in super().read_facet(query, ctx):
                yield batch
        except asyncio.CancelledError:
            structlog.get_logger().warning("given up", member=query.customer.ids[SCHEME])
            raise


@caught_by("canaries_stay_inside")
class NamesWhoIsUnknown(SoundConnector):
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        try:
            async for batch in super().read_facet(query, ctx):
                yield batch
        except ConnectorError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            raise ConnectorError(error.kind, f"nobody is {query.customer.ids[SCHEME]}") from None


# ---- platinum ------------------------------------------------------------------------------------


@caught_by("plan_changes_nothing")
class WritesWhilePlanning(SoundConnector):
    async def plan(self, command: ActionCommand, ctx: CallContext) -> ActionPlan:
        plan = await super().plan(command, ctx)
        await self.execute(replace(command, precondition=plan.precondition), ctx)
        return plan


@caught_by("twice_is_once")
class ForgetsTheKey(SoundConnector):
    def order_headers(self, _: ActionCommand) -> dict[str, str]:
        return {}


@caught_by("a_lost_answer_is_verified")
class VerifiesNothing(SoundConnector):
    async def verify(self, *_: object) -> ActionResult:
        return ActionResult(Outcome.NOT_DONE)


@caught_by("a_lost_request_is_verified")
class VerifiesEverything(SoundConnector):
    async def verify(self, *_: object) -> ActionResult:
        return ActionResult(Outcome.DONE)


@caught_by("a_stale_plan_is_refused")
class ForgetsThePrecondition(SoundConnector):
    def order_headers(self, command: ActionCommand) -> dict[str, str]:
        return {"Idempotency-Key": command.command_id}


@caught_by("a_refusal_is_readable")
class RefusesWithoutAWord(SoundConnector):
    async def execute(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        try:
            return await super().execute(command, ctx)
        except ConnectorError as error:
            raise ConnectorError(error.kind, place_of(error)) from None
