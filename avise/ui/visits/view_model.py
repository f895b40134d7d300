"""State of the page of visits: the days, the visit on screen, and the report that is being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.models.errors import AviseError
from avise.services.visit_values import (
    Delivery,
    VisitDay,
    VisitDetail,
    VisitId,
    VisitReport,
    VisitRow,
    VisitState,
)
from avise.texts import text
from avise.texts.formats import local
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.widgets.toast import Message

DAYS = 7
"""Days that the list shows, today first."""

PAUSE_MS = 500
"""A pause in typing after which what was typed is kept (`ui.md` 2, rule 7)."""

AGAIN_MS = 2_000
"""Days that could not be followed are asked for again: at a first start the directory is still being made."""


_ABOUT = "visit"
"""What one act of the page says takes the place of what the one before said."""


class VisitsViewModel(QObject):
    """The visits, followed while the page is on screen.

    Args:
        desk: the services.
        now: the clock.
        report: told of what nobody expected.
        parent: of the object.

    Signals:
        days_changed: the days are not what they were.
        detail_changed: the visit on screen, or what is known of it.
        report_changed: the report was taken from the desk: fields show it anew.
        saved_changed: where what was typed is.
        failed: why there are no days, or no visit.
        refused: why the visit cannot end, as the key of its sentence: the field is shown.
        message: what came of an act (a `Message`).
        ended: a visit has just been ended (its identity).
    """

    days_changed = Signal()
    detail_changed = Signal()
    report_changed = Signal()
    saved_changed = Signal()
    failed = Signal(str)
    refused = Signal(str)
    message = Signal(object)
    ended = Signal(object)

    def __init__(
        self, desk: DeskBridge, now: Callable[[], datetime], report: Report, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self.now = desk, now
        self._tasks = TaskScope(self, report)
        self._days_watch: Watch | None = None
        self._visit_watch: Watch | None = None
        self._first_day: date | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.start)
        self._seen: frozenset[str] = frozenset()
        """Requests that were proposed already: one that was unticked stays so."""
        self._unkept: dict[VisitId, VisitReport] = {}
        """Words that could not be kept and whose visit is on screen no more: shown again with it."""
        self.days: tuple[VisitDay, ...] | None = None
        self.wanted: VisitId | None = None
        self.detail: VisitDetail | None = None
        self.report = VisitReport()
        self.is_dirty = False
        """What was typed is not on the disk yet."""
        self.refusal = ""
        """Why what was typed could not be kept."""

    # ---- following -----------------------------------------------------------------------------
    def start(self) -> None:
        """Follow the days from today on, and the visit on screen."""
        today = local(self.now()).date()
        if self._days_watch is not None and today != self._first_day:
            self._days_watch.close()
            self._days_watch = None
        if self._days_watch is None:
            self._first_day = today
            self._days_watch = self._desk.watch_visits(today, DAYS, self._on_days, self._on_days_failed)
        if self.wanted is not None and self._visit_watch is None:
            self._follow(self.wanted)

    def pause(self) -> None:
        """Stop following; what was typed is kept, what is shown stays."""
        self.keep()
        self._again.stop()
        for watch in (self._days_watch, self._visit_watch):
            if watch is not None:
                watch.close()
        self._days_watch = self._visit_watch = None

    async def aclose(self) -> None:
        """Keep what was typed, and end what is under way."""
        self.pause()
        await self._tasks.finished()
        await self._tasks.aclose()

    def show(self, visit: VisitId) -> None:
        """Show another visit; what was typed about the one before is kept."""
        if visit == self.wanted:
            return
        self.keep()
        if self._visit_watch is not None:
            self._visit_watch.close()
        self.wanted, self.detail = visit, None
        self.report, self.is_dirty, self.refusal, self._seen = VisitReport(), False, "", frozenset()
        self.detail_changed.emit()
        self._follow(visit)

    def _follow(self, visit: VisitId) -> None:
        self._visit_watch = self._desk.watch_visit(visit, self._on_detail, self._on_visit_failed)

    def _on_days(self, days: tuple[VisitDay, ...]) -> None:
        self.days = days
        self.days_changed.emit()

    def _on_days_failed(self, error: AviseError) -> None:
        self._days_watch = None
        self._again.start()
        self.failed.emit(text(error.message_key, **error.params))

    def _on_visit_failed(self, error: AviseError) -> None:
        self._visit_watch = None
        self.failed.emit(text(error.message_key, **error.params))

    def _on_detail(self, detail: VisitDetail) -> None:
        if detail.row.visit != self.wanted:
            return
        is_first = self.detail is None
        self.detail = detail
        unkept = self._unkept.pop(detail.row.visit, None) if is_first else None
        if unkept is not None:
            self.write(unkept)
            self.report_changed.emit()
        elif not self.is_dirty and (is_first or detail.report != self.report):
            self.report = detail.report
            self.report_changed.emit()
        proposed = frozenset(request.id for request in detail.proposed_requests)
        if is_first:
            self._seen = proposed if detail.report.outcome is not None else frozenset()
        self._tick_proposed(proposed)
        self.detail_changed.emit()

    def _tick_proposed(self, proposed: frozenset[str]) -> None:
        """Tick what is proposed for the first time, and let go of what is proposed no more."""
        fresh = proposed - self._seen
        self._seen |= proposed
        wanted = tuple(name for name in self.report.requests if name in proposed)
        wanted += tuple(sorted(fresh - set(wanted)))
        if wanted != self.report.requests:
            self.write(replace(self.report, requests=wanted))
            self.report_changed.emit()

    # ---- the report ----------------------------------------------------------------------------
    def write(self, report: VisitReport) -> None:
        """Take what was typed; it is kept after a short pause."""
        if report == self.report:
            return
        self.report, self.is_dirty = report, True
        self._pause.start()
        self.saved_changed.emit()

    @Slot()
    def keep(self) -> None:
        """Keep what was typed now; the closing of the page waits for it."""
        self._pause.stop()
        if self.is_dirty and self.wanted is not None:
            saving = self._save(self.wanted, self.report)
            self._tasks.spawn(saving, name="keep a report", when_busy="parallel")

    async def _save(self, visit: VisitId, report: VisitReport) -> None:
        try:
            await self._desk.save_visit_report(visit, report)
        except AviseError as error:
            if visit == self.wanted:
                self.refusal = text(error.message_key, **error.params)
                self.saved_changed.emit()
            else:
                self._unkept[visit] = report
                self._tell_error(error)
            return
        if visit == self.wanted and report == self.report:
            self.is_dirty, self.refusal = False, ""
            self.saved_changed.emit()

    # ---- acts ----------------------------------------------------------------------------------
    def begin(self) -> None:
        """Say that the visit on screen begins now."""
        if self.wanted is not None and self.may_begin:
            self._tasks.spawn(self._begin(self.wanted), name="begin a visit", when_busy="drop")

    async def _begin(self, visit: VisitId) -> None:
        try:
            await self._desk.start_visit(visit)
        except AviseError as error:
            self._tell_error(error)

    def end(self) -> None:
        """End the visit on screen: its report and what follows from it, in one act."""
        if self.wanted is not None and self.may_end:
            self._pause.stop()
            self._tasks.spawn(self._end(self.wanted, self.report), name="end a visit", when_busy="drop")

    async def _end(self, visit: VisitId, report: VisitReport) -> None:
        try:
            await self._desk.end_visit(visit, report)
        except AviseError as error:
            self._tell_error(error)
            self.refused.emit(error.message_key)
            self.keep()
            return
        if visit == self.wanted and report == self.report:
            self.is_dirty, self.refusal = False, ""
            self.saved_changed.emit()
        self.message.emit(Message(text("visit.ended"), "circle-check", about=_ABOUT))
        self.ended.emit(visit)

    def miss(self, reason: str) -> None:
        """Say that the visit on screen did not take place."""
        if self.wanted is not None:
            self._tasks.spawn(self._miss(self.wanted, reason), name="miss a visit", when_busy="drop")

    async def _miss(self, visit: VisitId, reason: str) -> None:
        try:
            await self._desk.miss_visit(visit, reason)
        except AviseError as error:
            self._tell_error(error)
            return
        self.message.emit(Message(text("visit.noted_missed"), "circle-slash", about=_ABOUT))

    def _tell_error(self, error: AviseError) -> None:
        sentence = text(error.message_key, **error.params)
        self.message.emit(Message(sentence, "circle-alert", is_error=True, about=_ABOUT))

    # ---- reading -------------------------------------------------------------------------------
    @property
    def row(self) -> VisitRow | None:
        """The visit on screen as the list shows it."""
        return self.detail.row if self.detail is not None else None

    @property
    def may_begin(self) -> bool:
        """Whether the visit on screen has not begun."""
        planned = (VisitState.PLANNED, VisitState.TO_CONFIRM, VisitState.MISSED)
        return self.row is not None and self.row.state in planned and not self.row.asked

    @property
    def is_done(self) -> bool:
        """Whether the visit on screen has its report: what is written now corrects it."""
        return self.row is not None and self.row.state is VisitState.DONE

    @property
    def may_end(self) -> bool:
        """Whether there is something to send: a visit that has its report ends again only when corrected."""
        if self.row is None:
            return False
        return not self.is_done or self.is_dirty or self.row.delivery is Delivery.HERE

    def next_visit(self) -> VisitId | None:
        """Return the visit to begin with: the one under way, else the first to come, else the first."""
        rows = [row for day in self.days or () for row in day.visits]
        return first_of(rows, self.now())


def first_of(rows: Sequence[VisitRow], now: datetime) -> VisitId | None:
    """Return the visit under way, else the first that is not over, else the first; None without any."""
    under_way = (row for row in rows if row.state is VisitState.UNDER_WAY)
    to_come = (
        row for row in rows if row.ends_at > now and row.state in (VisitState.PLANNED, VisitState.TO_CONFIRM)
    )
    found = next(under_way, None) or next(to_come, None) or next(iter(rows), None)
    return found.visit if found is not None else None
