"""The note and its view-model: restored, kept while typed, recorded in the journal."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication

from avise.env import Env
from avise.models.errors import AviseError
from avise.texts import text
from avise.texts.formats import format_time
from avise.ui.aio import TaskScope
from avise.ui.customer.note_panel import NotePanel
from avise.ui.customer.note_record import note_body
from avise.ui.customer.view_model import CustomerViewModel

_log = logging.getLogger(__name__)


def report(name: str, error: BaseException) -> None:
    """Note a failure that no screen shows: its kind only, its text may hold a person's data."""
    _log.error("%s ended on %s", name, type(error).__name__)


class NoteBinding(QObject):
    """Binds the note to the desk.

    Args:
        model: of the customer.
        panel: where the note is typed.
        env: the clock.
        tasks: owner of what runs while the page lives.

    Signals:
        draft_changed: whether a note is being written.
        recorded: the exchange is in the journal.
    """

    draft_changed = Signal(bool)
    recorded = Signal()

    def __init__(self, model: CustomerViewModel, panel: NotePanel, env: Env, tasks: TaskScope) -> None:
        super().__init__(panel)
        self._model, self._panel, self._env, self._tasks = model, panel, env, tasks
        self._had_draft = False
        self._kept = ""
        panel.draft_edited.connect(self._on_draft_edited)
        panel.note.edited.connect(self._tell)
        panel.record_requested.connect(self._on_record_requested)
        tasks.spawn(self._restore(), name="restore draft")

    async def _restore(self) -> None:
        try:
            found = await self._model.load_draft()
        except AviseError as error:
            self._panel.say(text(error.message_key, **error.params))
            return
        self._kept = found
        if found and not self._panel.text():
            self._panel.load(found)
            self._tell()

    @Slot()
    def _tell(self) -> None:
        has_draft = self._panel.has_draft()
        if has_draft != self._had_draft:
            self._had_draft = has_draft
            self.draft_changed.emit(has_draft)

    @Slot(str)
    def _on_draft_edited(self, words: str) -> None:
        self._tasks.spawn(self._keep(words), name="save draft", when_busy="parallel")

    async def _keep(self, words: str) -> None:
        try:
            await self._model.save_draft(words)
        except AviseError as error:
            self._panel.say(text(error.message_key, **error.params))
            return
        self._kept = words
        self._panel.show_saved(format_time(self._env.now()) if words else "")
        self._tell()

    def keep_at_last(self) -> None:
        """Keep what is not kept yet, in a task that outlives the page."""
        words = self._panel.text()
        application = QApplication.instance()
        if words == self._kept or application is None:
            return
        scope = TaskScope(application, report)
        scope.spawn(_keep_and_leave(self._model, words, scope), name="save draft")

    @Slot(str, str, str)
    def _on_record_requested(self, reason: str, outcome: str, words: str) -> None:
        body = note_body(reason, outcome, words, self._model.call, self._env.now())
        self._tasks.spawn(self._record(body), name="record", when_busy="drop")

    async def _record(self, body: dict[str, str]) -> None:
        try:
            await self._model.record(body)
        except AviseError as error:
            self._panel.say(text(error.message_key, **error.params))
            return
        self._kept = ""
        self._panel.empty()
        self._tell()
        self._model.note_deed("recorded")
        self.recorded.emit()


async def _keep_and_leave(model: CustomerViewModel, words: str, scope: TaskScope) -> None:
    """Keep a draft after its page closed."""
    try:
        await model.save_draft(words)
    finally:
        scope.deleteLater()
