"""Makes, moves and cancels the appointments of a CalDAV server (RFC 4791, RFC 5545).

What is made has the command's identifier as its UID and its name, so that making it again is refused
(`If-None-Match: *`). What is moved or cancelled is replaced on condition that it is still the one that
the agent was shown (`If-Match`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult, Outcome
from avise.connectors.caldav.calendar_query import CALDAV, Window, query_body, uid_query_body
from avise.connectors.caldav.event_file import EventFile, NewEvent, new_file
from avise.connectors.caldav.events import read_events
from avise.connectors.caldav.options import CaldavAction, CaldavFacet, CaldavOptions
from avise.connectors.contract import ANY_STATUS, CallContext, ConnectorError, HttpReply
from avise.connectors.declarative.action_values import ActionValues
from avise.connectors.declarative.instance import Config
from avise.connectors.declarative.placeholders import parse_template
from avise.connectors.http_status import action_status_error, check_status
from avise.connectors.multistatus import (
    DAV,
    XML_HEADERS,
    Resource,
    decoded_path,
    is_directly_in,
    read_multistatus,
)
from avise.models.errors import ErrorKind, Origin
from avise.texts import text

PRECONDITION = "appointment"
UID_DOMAIN = "avise.invalid"
_CALENDAR_TYPE = "text/calendar; charset=utf-8"
_DEFAULT_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Found:
    """An event of the calendar."""

    path: str
    """Percent-encoded, as the server gives it."""
    etag: str
    file: EventFile


class AppointmentActions:
    """What a calendar server can be asked to do.

    Args:
        options: of the connector file.
    """

    def __init__(self, options: CaldavOptions) -> None:
        self._options = options
        self._zone = ZoneInfo(options.timezone)

    # ---- the three calls ---------------------------------------------------------------------
    async def plan(self, command: ActionCommand, config: Config, ctx: CallContext) -> ActionPlan:
        """Return what the command would change.

        Raises:
            ConnectorError: the calendar could not be read, or the appointment cannot be changed.
        """
        job = self._job(command, config)
        if job.action.does == "create":
            return await self._plan_new(job, ctx)
        found = await self._needed(job, ctx)
        self._refuse_cancelled(found)
        kept = {PRECONDITION: found.etag}
        if job.action.does == "cancel":
            status = (f"{job.action.facet}.status", "confirmed", "cancelled")
            return ActionPlan(text("caldav.plan.cancel"), (status,), (), kept)
        before, after = found.file.times(), job.times(found.file.times())
        changes = tuple(
            (f"{job.action.facet}.{name}", self._local(was), self._local(will))
            for name, was, will in zip(("starts_at", "ends_at"), before, after, strict=True)
            if was != will
        )
        warnings = await self._warnings(job, after, ctx, besides=found.file.uid)
        return ActionPlan(text("caldav.plan.move"), changes, warnings, kept)

    async def execute(self, command: ActionCommand, config: Config, ctx: CallContext) -> ActionResult:
        """Write the appointment, once.

        Raises:
            ConnectorError: CONFLICT when it is no longer the one that was shown.
        """
        job = self._job(command, config)
        return await (self._create(job, ctx) if job.action.does == "create" else self._change(job, ctx))

    async def verify(self, command: ActionCommand, config: Config, ctx: CallContext) -> ActionResult:
        """Return whether the calendar is as the command wants it.

        Raises:
            ConnectorError: the calendar could not be read.
        """
        job = self._job(command, config)
        if job.action.does == "create":
            found = await self._made(job, ctx)
            return (
                ActionResult(Outcome.NOT_DONE)
                if found is None
                else ActionResult(Outcome.DONE, found.file.uid)
            )
        changed = await self._find(job, ctx)
        if changed is None:
            # Somebody has taken it away: it will not take place, and cannot be moved.
            gone = job.action.does == "cancel"
            return ActionResult(Outcome.DONE if gone else Outcome.NOT_DONE)
        return ActionResult(Outcome.DONE if job.is_done(changed.file) else Outcome.NOT_DONE, changed.file.uid)

    def _job(self, command: ActionCommand, config: Config) -> _Job:
        action = self._options.actions.get(command.action)
        if action is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "action not offered", origin=Origin.CONNECTOR)
        values = ActionValues({}, config, command, self._zone)
        return _Job(command, action, self._options.facets[action.facet], values)

    # ---- a new appointment -------------------------------------------------------------------
    async def _plan_new(self, job: _Job, ctx: CallContext) -> ActionPlan:
        starts, ends = job.times(None)
        wanted = {
            "starts_at": self._local(starts),
            "ends_at": self._local(ends),
            **{name: job.text(name) for name in ("kind", "subject", "place", "advisor")},
            "status": "confirmed",
        }
        changes = tuple((f"{job.action.facet}.{name}", "", value) for name, value in wanted.items() if value)
        warnings = await self._warnings(job, (starts, ends), ctx)
        return ActionPlan(text("caldav.plan.create"), changes, warnings)

    async def _create(self, job: _Job, ctx: CallContext) -> ActionResult:
        starts, ends = job.times(None)
        advisor = job.text("advisor")
        kind = job.text("kind")
        event = NewEvent(
            uid=job.uid,
            starts_at=starts,
            ends_at=ends,
            summary=job.text("subject"),
            location=job.text("place"),
            categories=(job.action.categories.get(kind, kind),) if kind else (),
            organizer=(advisor, job.action.organizer) if advisor and job.action.organizer else None,
            properties=job.values.texts(job.action.properties),
        )
        reply = await self._put(job.new_path, new_file(event, ctx.now()), {"If-None-Match": "*"}, job, ctx)
        if reply.status == HTTPStatus.PRECONDITION_FAILED:
            if await self._made(job, ctx) is not None:
                return ActionResult(Outcome.ALREADY_DONE, job.uid)
            raise ConnectorError(ErrorKind.CONFLICT, "another event has this name")
        _refuse(reply, ctx)
        return ActionResult(Outcome.DONE, job.uid)

    async def _made(self, job: _Job, ctx: CallContext) -> Found | None:
        """Return the event that the command made, None when it is not there."""
        reply = await ctx.http.request(
            "GET",
            job.new_path,
            headers={"Accept": "text/calendar"},
            accept_status={HTTPStatus.NOT_FOUND, HTTPStatus.GONE},
            template=f"{job.route}{{event}}",
        )
        if reply.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return None
        if reply.content_type != "text/calendar":
            raise ConnectorError(ErrorKind.BAD_DATA, f"not a calendar ({reply.content_type})")
        file = EventFile(_decoded(reply))
        return Found(job.new_path, reply.headers.get("etag", ""), file) if file.uid == job.uid else None

    # ---- an appointment that is there --------------------------------------------------------
    async def _change(self, job: _Job, ctx: CallContext) -> ActionResult:
        found = await self._needed(job, ctx)
        if job.is_done(found.file):
            return ActionResult(Outcome.ALREADY_DONE, found.file.uid)
        self._refuse_cancelled(found)
        shown = job.command.precondition.get(PRECONDITION, "")
        if found.etag != shown:
            raise ConnectorError(ErrorKind.CONFLICT, "the event has changed")
        if job.action.does == "cancel":
            found.file.cancel()
        else:
            found.file.move(*job.times(found.file.times()))
        content = found.file.written(ctx.now())
        reply = await self._put(found.path, content, {"If-Match": found.etag}, job, ctx)
        _refuse(reply, ctx)
        return ActionResult(Outcome.DONE, found.file.uid)

    def _refuse_cancelled(self, found: Found) -> None:
        if found.file.cancelled:
            sentence = text("caldav.refuse.cancelled")
            raise ConnectorError(ErrorKind.REJECTED, "already cancelled", user_message=sentence)

    async def _needed(self, job: _Job, ctx: CallContext) -> Found:
        found = await self._find(job, ctx)
        if found is None:
            raise ConnectorError(ErrorKind.NOT_FOUND, "no such event in the calendar")
        return found

    async def _find(self, job: _Job, ctx: CallContext) -> Found | None:
        """Return the event that the command names, None when the calendar has it no more."""
        reply = await ctx.http.request(
            "REPORT",
            job.calendar,
            content=uid_query_body(job.wanted_uid),
            headers={**XML_HEADERS, "Depth": "1"},
            accept_status=ANY_STATUS,
            template=job.route,
        )
        if reply.status != HTTPStatus.MULTI_STATUS:
            check_status(reply, ctx.now())
        own = decoded_path(reply.url)
        for resource in read_multistatus(reply):
            if not is_directly_in(resource.path, own) or resource.status != HTTPStatus.OK:
                continue
            found = _found(resource)
            # A server may take the filter for "holds" where we mean "is" (RFC 4791, section 9.7.5).
            if found.file.uid == job.wanted_uid:
                return found
        return None

    async def _warnings(
        self, job: _Job, times: tuple[datetime, datetime], ctx: CallContext, besides: str = ""
    ) -> tuple[str, ...]:
        """Tell a time that is gone, and another appointment of the customer at the same time."""
        starts, ends = (moment.astimezone(UTC) for moment in times)
        warnings = [text("caldav.warn.past")] if starts < ctx.now() else []
        window = Window(starts, max(ends, starts + timedelta(minutes=1)))
        reply = await ctx.http.request(
            "REPORT",
            job.calendar,
            content=query_body(window),
            headers={**XML_HEADERS, "Depth": "1"},
            template=job.route,
        )
        events = await ctx.blocking(read_events, reply, job.facet.properties, self._zone)
        busy = [row for row in events.rows if row["status"] != "CANCELLED" and row["uid"] != besides]
        return (*warnings, *([text("caldav.warn.overlap")] if busy else []))

    # ---- requests ----------------------------------------------------------------------------
    async def _put(
        self, path: str, content: bytes, condition: Mapping[str, str], job: _Job, ctx: CallContext
    ) -> HttpReply:
        return await ctx.http.request(
            "PUT",
            path,
            content=content,
            headers={"Accept": "*/*", "Content-Type": _CALENDAR_TYPE, **condition},
            accept_status=ANY_STATUS,
            template=f"{job.route}{{event}}",
        )

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class _Job:
    """One command on one calendar."""

    command: ActionCommand
    action: CaldavAction
    facet: CaldavFacet
    values: ActionValues

    @property
    def calendar(self) -> str:
        """Path of the customer's calendar, with its final slash."""
        return self.values.path(self.facet.path).rstrip("/") + "/"

    @property
    def route(self) -> str:
        """The same without a value, for logs."""
        return parse_template(self.facet.path).route().rstrip("/") + "/"

    @property
    def uid(self) -> str:
        """Identifier of the event that the command makes."""
        return f"{self.command.command_id}@{UID_DOMAIN}"

    @property
    def new_path(self) -> str:
        """Where the event that the command makes is put."""
        return f"{self.calendar}{self.values.path('{command_id}')}.ics"

    @property
    def wanted_uid(self) -> str:
        """Identifier of the event that the command changes."""
        uid = self.text("appointment")
        if not uid:
            raise ConnectorError(ErrorKind.INVALID, "no appointment in the command", origin=Origin.HOST)
        return uid

    def text(self, name: str) -> str:
        """Return an input as text, "" when it was not given."""
        value = self.command.input.get(name)
        return "" if value is None else str(value)

    def times(self, before: tuple[datetime, datetime] | None) -> tuple[datetime, datetime]:
        """Return when the appointment is to start and end; its length stays unless told."""
        given = self.text("starts_at")
        if not given:
            raise ConnectorError(ErrorKind.INVALID, "no time in the command", origin=Origin.HOST)
        starts = datetime.fromisoformat(given)
        minutes = self.command.input.get("duration_min")
        if isinstance(minutes, int) and minutes > 0:
            return starts, starts + timedelta(minutes=minutes)
        length = before[1] - before[0] if before is not None else timedelta(minutes=_DEFAULT_MINUTES)
        return starts, starts + length

    def is_done(self, file: EventFile) -> bool:
        """Tell whether the event is as the command wants it."""
        if self.action.does == "cancel":
            return file.cancelled
        return not file.cancelled and file.times() == self.times(file.times())


def _found(resource: Resource) -> Found:
    return Found(
        resource.href, resource.text(f"{DAV}getetag"), EventFile(resource.text(f"{CALDAV}calendar-data"))
    )


def _decoded(reply: HttpReply) -> str:
    try:
        return reply.body.decode(reply.charset)
    except (UnicodeDecodeError, LookupError):
        raise ConnectorError(ErrorKind.BAD_DATA, "event file not in its charset") from None


def _refuse(reply: HttpReply, ctx: CallContext) -> None:
    error = action_status_error(reply.status, reply.headers, ctx.now())
    if error is not None:
        raise error
