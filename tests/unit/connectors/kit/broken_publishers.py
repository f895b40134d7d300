"""Publishers with one defect each, and the check that must catch it (`broken_connectors.py`)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog

from avise.connectors.contract import Batch, CallContext, CallEvent, Completeness, ConnectorError
from avise.models.customer import Party
from avise.models.errors import ErrorKind
from tests.unit.connectors.kit.sound_publisher import SoundFile, SoundPublisher

BROKEN: list[tuple[type[SoundPublisher | SoundFile], str]] = []
"""Connector, and name of the check that catches it."""
Made = type[SoundPublisher | SoundFile]


def caught_by(check: str) -> Callable[[Made], Made]:
    """Enter a broken connector."""

    def enter(broken: Made) -> Made:
        BROKEN.append((broken, check))
        return broken

    return enter


# ---- the directory -------------------------------------------------------------------------------


@caught_by("the_directory_has_an_end")
class GivesSomebodyTwice(SoundPublisher):
    async def people(self, after: str, ctx: CallContext) -> dict[str, Any]:
        page = await super().people(after, ctx)
        return {**page, "rows": [*page["rows"], page["rows"][-1]]}


@caught_by("changes_go_on")
class BeginsAnew(SoundPublisher):
    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        del since
        async for batch in super().changes("", ctx):
            yield batch


@caught_by("changes_go_on")
class LosesAPageWhenItGoesOn(SoundPublisher):
    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        first = bool(since)
        async for batch in super().changes(since, ctx):
            if not first or batch.completeness is Completeness.COMPLETE:
                yield batch
            first = False


@caught_by("a_broken_directory_is_no_whole_one")
class TakesAFailureForTheEnd(SoundPublisher):
    async def people(self, after: str, ctx: CallContext) -> dict[str, Any]:
        try:
            return await super().people(after, ctx)
        except ConnectorError:
            return {"rows": [], "more": False}


@caught_by("a_repeated_page_of_the_directory_is_noticed")
class TurnsPagesForEver(SoundPublisher):
    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        turned = itertools.count()
        async for batch in super().changes(since, ctx):
            yield Batch(batch.items, batch.completeness, cursor=f"{batch.cursor}#{next(turned)}")

    def look(self, *_: object) -> None:
        """Believe whatever comes."""


@caught_by("half_a_directory_waits")
class BelievesHalfAFile(SoundFile):
    def doubt(self, *_: object) -> None:
        return None


# ---- contents ------------------------------------------------------------------------------------


@caught_by("a_content_is_opened")
class OpensNothingForAnybody(SoundPublisher):
    async def letter(self, ref: str, ctx: CallContext) -> bytes:
        try:
            return await super().letter(ref, ctx)
        except ConnectorError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return b""


@caught_by("content_reset")
class HandsOverWhatCame(SoundPublisher):
    async def letter(self, ref: str, ctx: CallContext) -> bytes:
        try:
            return await super().letter(ref, ctx)
        except ConnectorError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise
            return b"%PDF-1.7"


@caught_by("content_silent")
class TakesSilenceForNothing(SoundPublisher):
    async def letter(self, ref: str, ctx: CallContext) -> bytes:
        try:
            async with asyncio.timeout(0.1):
                return await super().letter(ref, ctx)
        except TimeoutError:
            return b""


@caught_by("content_is_a_sign_in_page")
class TakesAPageForALetter(SoundPublisher):
    async def letter(self, ref: str, ctx: CallContext) -> bytes:
        reply = await ctx.http.request("GET", f"/letters/{ref}", headers={"Accept": "*/*"})
        return reply.body


@caught_by("content_refused")
class TakesRefusalForNothing(SoundPublisher):
    async def letter(self, ref: str, ctx: CallContext) -> bytes:
        try:
            return await super().letter(ref, ctx)
        except ConnectorError as error:
            if error.kind is not ErrorKind.FORBIDDEN:
                raise
            return b""


@caught_by("a_huge_content_is_bounded")
class KeepsWhatFits(SoundPublisher):
    async def letter(self, ref: str, ctx: CallContext) -> bytes:
        try:
            return await super().letter(ref, ctx)
        except ConnectorError as error:
            if error.detail != "body too large":
                raise
            return b"%PDF-1.7"


# ---- calls ---------------------------------------------------------------------------------------


@caught_by("calls_come_as_they_happen")
class WaitsForTheEnd(SoundPublisher):
    async def call_events(self, ctx: CallContext) -> AsyncIterator[CallEvent]:
        kept = [line async for line in ctx.http.stream_lines("/calls", headers={"Accept": "text/plain"})]
        for line in kept:
            call = self.call_of(line)
            if call is not None:
                yield call
        raise ConnectorError(ErrorKind.UNAVAILABLE, "the stream ended")


@caught_by("a_broken_call_stream_is_told")
class EndsQuietly(SoundPublisher):
    async def call_events(self, ctx: CallContext) -> AsyncIterator[CallEvent]:
        try:
            async for call in super().call_events(ctx):
                yield call
        except ConnectorError:
            return


@caught_by("an_unreadable_call_stops_no_other")
class StopsAtAnUnreadableCall(SoundPublisher):
    deaf = False

    def call_of(self, line: str) -> CallEvent | None:
        call = super().call_of(line)
        self.deaf = self.deaf or (call is None and bool(line))
        return None if self.deaf else call


@caught_by("a_given_up_call_stream_ends")
class SwallowsTheEnd(SoundPublisher):
    async def call_events(self, ctx: CallContext) -> AsyncIterator[CallEvent]:
        try:
            async for call in super().call_events(ctx):
                yield call
        except asyncio.CancelledError:
            return


@caught_by("callers_stay_inside")
class LogsWhoCalls(SoundPublisher):
    def call_of(self, line: str) -> CallEvent | None:
        call = super().call_of(line)
        if call is not None:
            structlog.get_logger().info("call", number=call.number)
        return call
