"""What the hub tells, taken into what the desk shows: rights, colleagues, events, and what it refused."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from avise.hub.port import Colleague, Head
from avise.models.confirmations import command_of_stream
from avise.models.errors import AviseError
from avise.models.event_fold import text_in
from avise.models.fed_events import FedEvent, judged
from avise.models.identity.links import PREFIX as IDENTITY
from avise.models.journal import EventEnvelope, EventKind
from avise.models.request_fold import JudgedEvent
from avise.models.request_rules import Refusal
from avise.models.requests import FieldConflict, Request, RequestId, request_of_stream, request_stream
from avise.models.tasks import NewTask, TaskKind
from avise.services.change_signal import ChangeSignal
from avise.services.request_values import HubStatus
from avise.services.request_wording import field_label, type_label
from avise.services.requests.acts import refusal_sentence
from avise.services.requests.office import Office
from avise.services.requests.rows import Rows
from avise.services.sync import Judgement
from avise.texts import text
from avise.texts.formats import format_date, local

_log = logging.getLogger(__name__)

TASK_WITHIN = timedelta(hours=1)
"""By when an act that the hub refused is to be looked at again."""

_SILENT = {EventKind.REQUEST_CLOSED: Refusal.STATUS.value}
"""Two people closed it: both wanted the same (`hub.md` 5)."""

WORDS_IN_TASK = 400
"""Characters of the text that a refused act held, in the task that tells of it."""

STANDING = "hub_standing"


TARGETS = {EventKind.REQUEST_NOTED: "note", EventKind.REQUEST_MEMBER_WRITTEN: "member"}
"""Where the text of a refused act is typed again; any other goes to the requester."""

TOLD = "refusal_told/"
"""Begins the name under which it is noted that somebody was told of a refusal."""


class KeptFeed(Protocol):
    """Where what the hub gave is kept."""

    async def events(self, prefixes: Sequence[str]) -> tuple[FedEvent, ...]:
        """Return what is kept of some streams."""

    async def note(self, name: str, value: str) -> None:
        """Keep a value."""

    async def noted(self, name: str) -> str:
        """Return a kept value, "" when there is none."""


class Drafts(Protocol):
    """What is being typed on requests."""

    async def save_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed."""

    async def drafts(self, request: RequestId) -> dict[str, str]:
        """Return what is being typed, by target."""


class SettleNext(Protocol):
    """Takes what the hub said of a taking (`NextRequests.settle`)."""

    async def __call__(self, request: RequestId, judgement: Judgement, *, counts: bool) -> bool:
        """Say whether another request was taken in its place."""


class LinkNews(Protocol):
    """Takes what the hub tells of records held to be one person's."""

    async def take_links(self, events: Sequence[JudgedEvent]) -> None:
        """Take what was given."""

    async def put_links_aside(self, events: Iterable[UUID]) -> None:
        """Take that own events do not count."""

    async def forget_links(self) -> None:
        """Forget what was given."""


AddTask = Callable[[NewTask], Awaitable[object]]
TakeShared = Callable[[Sequence[EventEnvelope]], None]
TakeConfirmations = Callable[[Sequence[JudgedEvent]], None]


class HubNews:
    """Takes what the hub tells; implements the sync's listener.

    Args:
        office: what there is.
        rows: where a refusal is shown.
        feed: where what the hub gave is kept.
        changes: told of each change.
        add_task: adds a task of this user's.
        take_shared: takes the tasks and absences of others.
        drafts: where the text of a refused act waits to be sent again.
        now: the time of this workstation, by which its tasks fall due.
    """

    def __init__(
        self,
        office: Office,
        rows: Rows,
        feed: KeptFeed,
        changes: ChangeSignal,
        add_task: AddTask,
        take_shared: TakeShared,
        drafts: Drafts,
        now: Callable[[], datetime],
    ) -> None:
        self._office = office
        self._known = office.known
        self._standing = office.standing
        self._rows = rows
        self._feed = feed
        self._changes = changes
        self._add_task = add_task
        self._take_shared = take_shared
        self.take_confirmations: TakeConfirmations | None = None
        """Takes what was asked of colleagues, and what they answered."""
        self.links: LinkNews | None = None
        """Takes what was decided of records held to be one person's."""
        self._drafts = drafts
        self._now = now
        self.settle_next: SettleNext | None = None
        """Told of each taking that was judged; says whether another request was taken in its place."""
        self._kept_standing = ""
        self.who_has: Callable[[RequestId], Awaitable[tuple[str, datetime] | None]] = _asks_nobody
        """Tells who has the customer of a request along on the road, and until when."""
        self._left: dict[RequestId, str] = {}
        """Names of requests that this user may read no more, while acts on them wait."""

    # ---- how it stands -------------------------------------------------------------------------
    def on_status(self, status: HubStatus) -> None:
        """Take how this station stands."""
        if status != self._standing.status:
            self._standing.status = status
            self._changes.tell()

    async def on_head(self, head: Head) -> None:
        """Take what the hub says of rights and presences."""
        perimeters, presences = tuple(head.perimeters), tuple(head.presences)
        if perimeters != self._standing.perimeters:
            self._standing.perimeters = perimeters
            await self._keep_standing()
            self._changes.tell()
        if presences != self._standing.presences:
            self._standing.presences = presences
            self._changes.tell()

    async def on_colleagues(self, colleagues: tuple[Colleague, ...]) -> None:
        """Take who works here."""
        self._standing.colleagues = colleagues
        await self._keep_standing()
        self._changes.tell()

    async def _keep_standing(self) -> None:
        written = self._standing.written()
        if written != self._kept_standing:
            self._kept_standing = written
            await self._feed.note(STANDING, written)

    # ---- events --------------------------------------------------------------------------------
    async def on_fed(self, events: Sequence[FedEvent]) -> None:
        """Take events that were just kept."""
        if not events:
            return
        changed = self._known.take_fed(events)
        await self.on_kept(events)
        await self._tell_collisions(changed)
        if changed:
            self._changes.tell()

    async def on_kept(self, events: Sequence[FedEvent]) -> None:
        """Take tasks, absences, confirmations and links of a page, or of what was kept before."""
        others = [judged(event) for event in events if request_of_stream(event.stream) is None]
        shared = [found.event for found in others if found.known and found.effective]
        if shared:
            self._take_shared(shared)
        if self.take_confirmations is not None:
            self.take_confirmations(others)
        await self._take_links(others)

    async def _take_links(self, others: Iterable[JudgedEvent]) -> None:
        found = [each for each in others if each.event.stream.startswith(IDENTITY)]
        if found and self.links is not None:
            await self.links.take_links(found)
            self._changes.tell()

    async def on_judged(self, told: Sequence[tuple[EventEnvelope, Judgement]]) -> None:
        """Take what the hub said of own events: what it refused comes back as a task."""
        settled = self._known.settle({event.event_id: (event, judgement) for event, judgement in told})
        for event, judgement in told:
            request = request_of_stream(event.stream)
            lost = judgement.state != "acked" or not judgement.effective
            if event.kind is EventKind.REQUEST_CLAIMED and await self._is_replaced(request, judgement, lost):
                continue
            if request is not None and lost and _SILENT.get(event.kind) != judgement.refusal:
                await self._tell_refused(request, event, judgement)
            elif lost and command_of_stream(event.stream) is not None:
                await self._tell_unanswered(event, judgement)
            elif lost and event.stream.startswith(IDENTITY):
                await self._tell_not_linked(event, judgement)
        await self._tell_collisions(settled)
        self._changes.tell()

    async def _tell_collisions(self, changed: Iterable[RequestId]) -> None:
        """Tell once of each value of this user's that waits beside somebody else's; the task holds none."""
        for request in changed:
            known = self._known.get(request)
            for found in known.conflicts if known is not None else ():
                if known is not None and found.author == self._standing.session.user and not found.tentative:
                    await self._tell_collision(known, found)

    async def _tell_collision(self, known: Request, found: FieldConflict) -> None:
        mark = f"{TOLD}{found.event}/{found.name}"
        if await self._feed.noted(mark):
            return
        who = self._standing.name_of(found.theirs_by) if found.theirs_by else text("conflict.somebody")
        words = text("conflict.task", field=field_label(found.name), request=_called(known), who=who)
        due, about = self._now() + TASK_WITHIN, request_stream(known.id)
        await self._add_task(NewTask(TaskKind.TODO, words, due, person=known.person, about=about))
        await self._feed.note(mark, "told")

    async def _is_replaced(self, request: RequestId | None, judgement: Judgement, lost: bool) -> bool:
        """Say whether another request was taken in the place of one that was taken as the next."""
        if request is None or self.settle_next is None:
            return False
        try:
            return await self.settle_next(request, judgement, counts=not lost)
        except AviseError as error:
            # Nothing was taken in its place: that this one is somebody else's is told as any refusal.
            _log.warning("no other request was taken: %s", error.message_key)
            return False

    async def _tell_not_linked(self, event: EventEnvelope, judgement: Judgement) -> None:
        """Show no more what was decided of two records and does not count, and tell so once."""
        if self.links is not None:
            await self.links.put_links_aside((event.event_id,))
        await self._tell_lost(event, judgement, text("identity.lost"))

    async def _tell_unanswered(self, event: EventEnvelope, judgement: Judgement) -> None:
        """Tell once of a confirmation that was asked or answered and does not count."""
        await self._tell_lost(event, judgement, text(f"confirmation.lost.{event.kind.value}"))

    async def _tell_lost(self, event: EventEnvelope, judgement: Judgement, words: str) -> None:
        mark, verdict = f"{TOLD}{event.event_id}", judgement.refusal or judgement.state
        if await self._feed.noted(mark) == verdict:
            return
        await self._add_task(NewTask(TaskKind.TODO, words, self._now() + TASK_WITHIN))
        await self._feed.note(mark, verdict)

    async def _tell_refused(self, request: RequestId, event: EventEnvelope, judgement: Judgement) -> None:
        """Tell once of an act that does not count, whatever ends this program meanwhile."""
        quarantined = judgement.state == "quarantined"
        why = text("request.quarantined") if quarantined else await self._why(request, judgement)
        mark, verdict = f"{TOLD}{event.event_id}", judgement.refusal or judgement.state
        if await self._feed.noted(mark) == verdict:
            return
        self._rows.refused[request] = why
        await self._keep_text(request, event)
        known = self._known.get(request)
        title = text_in(event, "title") or text("request.one")
        name = _called(known) if known is not None else self._left.get(request, title)
        new = NewTask(
            TaskKind.TODO,
            text(
                "request.refused_task",
                what=_what(event),
                request=name,
                why=why,
                words=_kept(known, event),
            ),
            self._now() + TASK_WITHIN,
            person=known.person if known is not None else None,
        )
        try:
            await self._add_task(new)
        except AviseError:
            # What was typed holds what a task may not: the request itself still has it.
            await self._add_task(replace(new, words=f"{name} · {why}"))
        await self._feed.note(mark, verdict)

    async def _why(self, request: RequestId, judgement: Judgement) -> str:
        if judgement.refusal == Refusal.CHECKED_OUT.value:
            held = await self.who_has(request)
            if held is not None:
                login, until = held
                who, day = self._standing.name_of(login), format_date(local(until).date())
                return text("request.checked_out_by", who=who, until=day)
        return refusal_sentence(judgement.refusal)

    async def _keep_text(self, request: RequestId, event: EventEnvelope) -> None:
        """Put the text of a refused act back where it was typed, behind what is being typed there."""
        words, target = text_in(event, "words").strip(), TARGETS.get(event.kind, "requester")
        if not words or event.kind is EventKind.REQUEST_CREATED:
            return
        typed = (await self._drafts.drafts(request)).get(target, "")
        if words not in typed:
            with contextlib.suppress(AviseError):
                await self._drafts.save_draft(request, target, f"{typed}\n\n{words}".strip())

    async def on_begun(self) -> None:
        """Take that everything confirmed comes again."""
        self._known.begin_again()
        if self.links is not None:
            await self.links.forget_links()
        self._changes.tell()

    async def on_forgotten(self) -> None:
        """Take that some feeds are gone."""
        # What is still to be sent about them may be refused: it is then told of by its name.
        waiting = (request for request in self._known if self._known.own_waiting(request.id))
        self._left |= {request.id: _called(request) for request in waiting}
        kept = await self._feed.events(("request/",))
        self._known.keep_only({event.stream for event in kept})
        if self.links is not None:
            await self.links.forget_links()
            await self._take_links([judged(event) for event in await self._feed.events((IDENTITY,))])
        self._changes.tell()


async def _asks_nobody(_request: RequestId) -> tuple[str, datetime] | None:
    return None


def _what(event: EventEnvelope) -> str:
    return text(f"request.deed.{event.kind.value}")


def _called(request: Request) -> str:
    return request.number or request.title or type_label(request.type)


def _kept(known: Request | None, event: EventEnvelope) -> str:
    """Return the text of an act, as far as the team that reads the task may read it."""
    confidential = known.confidential if known is not None else event.body.get("confidential") is True
    private = confidential or event.kind is EventKind.REQUEST_NOTED
    return "" if private else text_in(event, "words")[:WORDS_IN_TASK]
