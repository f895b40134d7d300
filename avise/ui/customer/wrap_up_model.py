"""The wrap-up of one customer's exchange as values: guessed, written, kept at each pause, recorded.

Nothing that was written goes away but with its recording: a draft is kept after each pause, when the page
leaves the screen or closes, and when the time of the wrap-up is over. What is shown may be more than
what was chosen: a reason that was guessed, and an outcome. Closing confirms both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.interaction import Channel, Direction
from avise.models.note_findings import Finding
from avise.models.wrap_up import CallbackPromise, Lack, Outcome, WrapUp, lacks_told
from avise.services.day_values import WrapUpDraft
from avise.services.desk import CallState, IncomingCall
from avise.texts import text
from avise.texts.formats import format_time
from avise.ui.aio import TaskScope, outlive
from avise.ui.bridge import DeskBridge
from avise.ui.customer.deeds import Deeds
from avise.ui.customer.draft_pause import DraftPause
from avise.ui.customer.wrap_up_guesses import WrapUpGuesses
from avise.ui.customer.wrap_up_time import WrapUpTime
from avise.ui.customer.wrap_up_values import (
    ShownWrapUp,
    WrapUpStage,
    blank,
    default_due,
    is_carried,
    joined,
)

SETTING = "wrap_up_seconds"
DEFAULT_SECONDS = 45

_log = logging.getLogger(__name__)


def report(name: str, error: BaseException) -> None:
    """Note a failure that no screen shows: its kind only, its text may hold a person's data."""
    _log.error("%s ended on %s", name, type(error).__name__)


class WrapUpModel(QObject):
    """What the agent says of the exchange with one customer.

    Args:
        desk: the services.
        env: the clock.
        deeds: what was done, kept by the customer's screen.
        parent: Qt's owner.

    Signals:
        changed: `shown()` is not what it was.
        draft_changed: whether something is being written.
        ticked: seconds of wrap-up left; 0 when it is over.
        refused: why it was not recorded (a tuple of `Lack`), to go to the first field concerned.
        recorded: sentence and act, which can be undone.
        spoken: a sentence for people who hear the screen; it is on the screen too.
    """

    changed = Signal()
    draft_changed = Signal(bool)
    ticked = Signal(int)
    refused = Signal(object)
    recorded = Signal(str, object)
    spoken = Signal(str)

    person: PersonId
    """Whose exchange it is; said before `open`."""

    def __init__(self, desk: DeskBridge, env: Env, deeds: Deeds, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._env, self._deeds = desk, env, deeds
        self.tasks = TaskScope(self, report)
        self._writing = asyncio.Lock()
        self._form = blank()
        self._kept = self._form
        """What the store holds."""
        self._is_open = self._is_restored = self._is_recording = self._had_draft = False
        self._call: IncomingCall | None = None
        """The call under way."""
        self._done_call = ""
        """The call whose exchange was recorded before it ended."""
        self._hint = ""
        """The reason of an answer that was inserted in the note."""
        self._actions: Mapping[str, str] = {}
        self._findings: tuple[Finding, ...] = ()
        self._saved_at: datetime | None = None
        self._told, self._is_refusal = "", False
        self._pause = DraftPause(self)
        self._pause.came.connect(self._save)
        self._guesses = WrapUpGuesses(desk, lambda: self.person, lambda: self._form.deeds, self.tasks, self)
        self._guesses.changed.connect(self.changed)
        self._time = WrapUpTime(env, self)
        self._time.ticked.connect(self.ticked)
        # Its end keeps what is written and takes nothing away (`ui.md` 6.2).
        self._time.over.connect(self._on_time_over)

    # ---- life ----------------------------------------------------------------------------------
    def open(self) -> None:
        """Take the draft that was left, the reasons, and the first guesses; once."""
        if not self._is_open:
            self._is_open = True
            self.tasks.spawn(self._open(), name="open the wrap-up")

    async def _open(self) -> None:
        try:
            self._guesses.reasons = await self._desk.contact_reasons()
            async with self._writing:
                await self._restore()
        except AviseError as error:
            self._tell_error(error)
        self._tell()
        if self._is_unkept():
            self._start_pause()
        await self._guesses.guess()

    def close(self) -> None:
        """Keep what is not kept yet, in a task that outlives the page."""
        self._pause.stop()
        self._guesses.stop()
        self._time.stop()
        self.tasks.cancel()
        if not self._is_recording and self._is_unkept():
            outlive(self._keep(), name="save draft", report=report)

    # ---- what the panel shows --------------------------------------------------------------------
    @property
    def stage(self) -> WrapUpStage:
        """What is being written."""
        if self._form.direction is Direction.INTERNAL:
            return WrapUpStage.NOTE
        return WrapUpStage.CALL if self._call is not None else WrapUpStage.WRAP_UP

    def shown(self) -> ShownWrapUp:
        """Return what the panel shows."""
        form, reason = self._form, self._shown_reason()
        known = next((found for found in self._guesses.reasons if found.id == reason), None)
        return ShownWrapUp(
            stage=self.stage,
            reasons=self._guesses.reasons,
            guesses=self._guesses.found,
            reason=reason,
            confirmed=form.confirmed,
            details=known.outcomes if known is not None else (),
            detail=form.detail,
            outcome=form.outcome or Outcome.RESOLVED,
            note=form.note,
            findings=self._findings,
            deeds=form.deeds,
            actions=self._actions,
            callback=form.callback,
            default_due=default_due(self._env.now()),
            saved_at=self._saved_at,
            told=self._told,
            is_refusal=self._is_refusal,
        )

    @property
    def is_kept(self) -> bool:
        """Whether the store holds all that is written."""
        return not self._is_unkept()

    @property
    def seconds_left(self) -> int:
        """Seconds of wrap-up left, 0 when no time is counted."""
        return self._time.seconds_left

    def _shown_reason(self) -> str:
        if self._form.confirmed:
            return self._form.reason
        if self._hint:
            return self._hint
        return "" if self.stage is WrapUpStage.NOTE else self._guesses.evident

    def say(self, sentence: str) -> None:
        """Say something that concerns the whole page, where the eye is; "" takes it away."""
        self._told, self._is_refusal = sentence, bool(sentence)
        self.changed.emit()

    def _tell_error(self, error: AviseError) -> None:
        if isValid(self):
            self.say(text(error.message_key, **error.params))

    def _tell(self) -> None:
        has_draft = not self._form.is_blank
        if has_draft != self._had_draft:
            self._had_draft = has_draft
            self.draft_changed.emit(has_draft)
        self.changed.emit()

    # ---- what the agent does -----------------------------------------------------------------------
    def choose_reason(self, code: str) -> None:
        """Take a reason, which the agent thereby confirms."""
        detail = self._form.detail if code == self._form.reason else ""
        self._edit(replace(self._form, reason=code, confirmed=True, detail=detail))

    def choose_outcome(self, outcome: Outcome) -> None:
        """Say how the exchange ended."""
        self._edit(replace(self._form, outcome=outcome))

    def choose_detail(self, detail: str) -> None:
        """Say how it ended in particular; the reason that it belongs to is confirmed with it."""
        self._edit(replace(self._form, reason=self._shown_reason(), confirmed=True, detail=detail))

    def write(self, note: str) -> None:
        """Take the note as it is typed."""
        if note != self._form.note:
            self._edit(replace(self._form, note=note))

    def insert(self, sentence: str, reason: str = "") -> None:
        """Add a sentence to the note on a line of its own; its reason is proposed when none is confirmed.

        The line is ended: what is typed next begins another one.
        """
        before = self._form.note
        self._hint = reason
        start = "\n" if before and not before.endswith("\n") else ""
        self.write(f"{before}{start}{sentence}\n")

    def promise(self, callback: CallbackPromise | None) -> None:
        """Promise a call-back, or take the promise back."""
        self._edit(replace(self._form, callback=callback))

    def follow_deeds(self) -> None:
        """Take what was done since: it is listed by itself."""
        deeds = tuple(self._deeds)
        if deeds == self._form.deeds:
            return
        self._form = replace(self._form, deeds=deeds)
        self._start_pause()
        self.guess_soon()
        self._tell()

    def name_actions(self, names: Mapping[str, str]) -> None:
        """Take what staff call the actions that deeds tell of, by their code."""
        if names != self._actions:
            self._actions = names
            self.changed.emit()

    def _edit(self, form: WrapUp) -> None:
        self._form = form
        self._told, self._is_refusal = "", False
        self._start_pause()
        self._tell()

    # ---- the call ------------------------------------------------------------------------------------
    @property
    def carries(self) -> bool:
        """Whether something is written that the next call takes over."""
        return not self._form.is_blank

    def set_call(self, call: IncomingCall | None) -> None:
        """Follow the call of this customer; its identity stays after its end, for the wrap-up."""
        before = self._call
        self._call = None if call is None or call.state is CallState.ENDED else call
        if call is None or call.state is CallState.ENDED:
            if before is not None:
                self._end(before)
        elif call.call_id != self._done_call and (
            call.call_id != self._form.call_id or self._form.direction is Direction.INTERNAL
        ):
            self._begin(call)
        self._tell()

    def _begin(self, call: IncomingCall) -> None:
        self._time.stop()
        self._guesses.queue = call.queue
        if self._form.direction is not Direction.INTERNAL and self.carries:
            self._say_carried()
        self._form = replace(
            self._form,
            call_id=call.call_id,
            channel=Channel.PHONE_IN,
            direction=Direction.IN,
            duration_s=None,
        )
        self.guess_soon()

    def _say_carried(self) -> None:
        since = format_time(self._saved_at or self._env.now())
        self._told, self._is_refusal = text("wrap_up.carried", time=since), False

    def _end(self, call: IncomingCall) -> None:
        if call.call_id != self._form.call_id:
            return
        if call.state is CallState.RINGING:
            # Nobody spoke: what is written is a note of the agent's.
            self._form = replace(self._form, call_id="", direction=Direction.INTERNAL)
            return
        self._form = replace(self._form, duration_s=self._spoken_s(call))
        self.open()
        self._start_pause()
        self.tasks.spawn(self._start_counting(), name="count the wrap-up")

    def _spoken_s(self, call: IncomingCall) -> int | None:
        if call.answered_at is None:
            return None
        return max(int((self._env.now() - call.answered_at).total_seconds()), 0)

    async def _start_counting(self) -> None:
        try:
            chosen = await self._desk.setting(SETTING)
        except AviseError:
            chosen = ""
        if self.stage is WrapUpStage.WRAP_UP:
            self._time.start(int(chosen) if chosen.isdecimal() else DEFAULT_SECONDS)

    @Slot()
    def _on_time_over(self) -> None:
        self.flush()
        if not self._form.is_blank:
            self.spoken.emit(text("wrap_up.time_over"))

    # ---- guesses -------------------------------------------------------------------------------------
    def guess_soon(self) -> None:
        """Guess the reasons again, once what comes in a burst has come."""
        if self._is_open and not self._form.confirmed:
            self._guesses.soon()

    # ---- drafts --------------------------------------------------------------------------------------
    def _start_pause(self) -> None:
        if self._is_open:
            self._pause.start()

    @Slot()
    def _save(self) -> None:
        self._pause.stop()
        self.tasks.spawn(self._keep(), name="save draft", when_busy="parallel")

    @Slot()
    def flush(self) -> None:
        """Keep at once what a pause would keep."""
        if self._pause.is_awaited or self._is_unkept():
            self._save()

    def _is_unkept(self) -> bool:
        blank = self._form.is_blank and self._kept.is_blank
        return self._form != self._kept and not blank

    async def _keep(self) -> None:
        """Keep the form; an older draft that is not read yet is never written over."""
        try:
            async with self._writing:
                await self._restore()
                form = self._form
                if self._is_recording or not self._is_unkept():
                    return
                saved = await self._desk.save_wrap_up(self.person, self._draft())
                self._kept = form
        except AviseError as error:
            self._tell_error(error)
            return
        self._saved_at = None if form.is_blank else saved.saved_at
        if isValid(self):
            if form.note == self._form.note:
                self._find(saved.findings)
            self._tell()

    def _find(self, findings: tuple[Finding, ...]) -> None:
        """Take what was found in the note; a number that must not stay is said once."""
        known = {finding.kind for finding in self._findings}
        self._findings = findings
        for kind in dict.fromkeys(finding.kind for finding in findings if finding.blocks):
            if kind not in known:
                self.spoken.emit(text(f"free_text.{kind}"))

    def _draft(self) -> WrapUp:
        """Return the form as a draft tells it: a guess stays one, a call under way has lasted so far."""
        form = self._form
        lasted = self._spoken_s(self._call) if self._call is not None else form.duration_s
        reason = form.reason if form.confirmed else self._shown_reason()
        return replace(form, reason=reason, duration_s=lasted if form.call_id else form.duration_s)

    async def _restore(self) -> None:
        """Take the draft that was left, once.

        Raises:
            AviseError: it could not be read; it will be tried again.
        """
        if self._is_restored:
            return
        found = await self._desk.wrap_up_draft(self.person)
        self._is_restored = True
        if found is None or not isValid(self):
            return
        self._take(found)
        self._findings = await self._desk.check_note(self._form.note)

    def read_again(self) -> None:
        """Take the draft that an undone recording became, unless something else is being written."""
        self.tasks.spawn(self._read_again(), name="open the wrap-up")

    async def _read_again(self) -> None:
        try:
            async with self._writing:
                if self._form.is_blank:
                    self._is_restored = False
                    await self._restore()
        except AviseError as error:
            self._tell_error(error)
        self._tell()

    def _take(self, found: WrapUpDraft) -> None:
        """Join a draft with what was written before it came."""
        untouched = self._form.is_blank
        self._deeds.restore(found.wrap_up.deeds)
        before, self._form = self._form, joined(found.wrap_up, self._form, tuple(self._deeds))
        self._saved_at = found.saved_at
        if is_carried(found.wrap_up, before):
            self._say_carried()
        elif untouched and before.call_id in ("", found.wrap_up.call_id):
            self._kept = self._form

    # ---- numbers that must not stay ------------------------------------------------------------------
    def mask(self) -> None:
        """Reduce the numbers that must not stay in the note to their masked form."""
        self.tasks.spawn(self._mask(), name="mask", when_busy="drop")

    async def _mask(self) -> None:
        sent = self._form
        try:
            async with self._writing:
                await self._desk.save_wrap_up(self.person, self._draft())
                found = await self._desk.wrap_up_draft(self.person)
        except AviseError as error:
            self._tell_error(error)
            return
        if found is not None and self._form == sent:
            masked = found.wrap_up
            self._edit(replace(self._form, note=masked.note, callback=masked.callback))
            self._findings = tuple(finding for finding in self._findings if not finding.blocks)
            self._save()
            self._tell()

    # ---- the recording -------------------------------------------------------------------------------
    def record(self) -> None:
        """Write the exchange in the journal; what is shown is thereby confirmed."""
        if self._is_recording:
            return
        self._is_recording = True
        outlive(self._record(), name="record", report=report)

    async def _record(self) -> None:
        try:
            async with self._writing:
                if not self._is_restored:
                    await self._restore()
                    if not self._kept.is_blank:
                        # A draft that nobody saw is not recorded unseen.
                        self._say_carried()
                        return
                act = await self._desk.record_wrap_up(self.person, self._closed())
                self._leave()
        except AviseError as error:
            self._refuse(error)
            return
        finally:
            self._is_recording = False
            if isValid(self):
                self._tell()
        if isValid(self):
            self.recorded.emit(text("wrap_up.recorded"), act)

    def _closed(self) -> WrapUp:
        """Return the form as the agent closes it."""
        form = self._draft()
        is_exchange = bool(form.reason) or form.direction is not Direction.INTERNAL
        outcome = form.outcome or (Outcome.RESOLVED if is_exchange else None)
        return replace(form, confirmed=True, outcome=outcome, note=form.note.strip())

    def _leave(self) -> None:
        """Start a blank note: the exchange is in the journal."""
        if self._call is not None:
            self._done_call = self._form.call_id
        self._deeds.clear()
        self._form = self._kept = blank()
        self._findings, self._saved_at, self._hint = (), None, ""
        self._told, self._is_refusal = "", False
        if isValid(self):
            self._pause.stop()
            self._time.stop()
            self.guess_soon()

    def _refuse(self, error: AviseError) -> None:
        if not isValid(self):
            return
        self._tell_error(error)
        self._start_pause()
        found: tuple[Lack, ...] = lacks_told(error)
        self.refused.emit(found)
        self.spoken.emit(self._told)
