"""One window's part of the outbox: its page, the rail, the bars, the tabs, the palette and the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.env import Env
from avise.models.tasks import command_about
from avise.texts import text
from avise.ui.aio import Report
from avise.ui.notifications.centre import Notification, notifications, notify
from avise.ui.outbox.view_model import OutboxViewModel
from avise.ui.shell.sessions import SessionTab

if TYPE_CHECKING:
    from avise.models.commands import CommandId, OutboxItem
    from avise.ui.outbox.closing_strip import ClosingStrip
    from avise.ui.outbox.page import OutboxPage
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow


class OutboxInWindow(QObject):
    """Shows the outbox in one window.

    Args:
        model: the outbox, the same for every window.
        window: where it is shown.
        actions: what the user does there.
        env: the clock.
        report: told of failures that no screen shows.

    Signals:
        close_requested: the window closes, and who closes it knows what has not left.
    """

    close_requested = Signal()

    def __init__(
        self, model: OutboxViewModel, window: MainWindow, actions: WindowActions, env: Env, report: Report
    ) -> None:
        super().__init__(window)
        self._model, self._window, self._actions = model, window, actions
        self._env, self._report = env, report
        self.page: OutboxPage | None = None
        self._strip: ClosingStrip | None = None
        self._redo: OutboxItem | None = None
        """What is planned anew as soon as its customer is on screen."""
        self._seen: dict[CommandId, bool] = {}
        """Whether each command needed a person when it was last told."""
        self.written: Callable[[], int] = lambda: 0
        """Says how much of what was written here the hub cannot be sent now."""
        window.later_pages["outbox"] = self._make_page
        window.top_bar.outbox.clicked.connect(self.show_page)
        window.status_bar.outbox.clicked.connect(self.show_page)
        window.close_requested.connect(self._on_close_requested)
        bind = actions.commands.bind
        bind("outbox", self.show_page)
        bind("outbox_resend", self._on_page("resend_current"))
        bind("outbox_verify", self._on_page("verify_current"))
        bind("outbox_abandon", self._on_page("abandon_current"))
        bind("outbox_compare", self._compare)
        model.changed.connect(self.show_outbox)
        window.customers.compare_requested.connect(self._compare_item)
        window.sessions.current_changed.connect(self._on_current_changed)
        self.show_outbox()

    def _make_page(self) -> QWidget:
        from avise.ui.outbox.page import OutboxPage  # noqa: PLC0415 - not needed by the first paint

        self.page = OutboxPage(self._model, self._env, self._report)
        self.page.message.connect(self._window.toast.show_message)
        self.page.file_requested.connect(self._on_file_requested)
        self.page.redo_requested.connect(self._on_redo_requested)
        return self.page

    @Slot()
    def show_page(self) -> None:
        """Show the outbox."""
        self._window.show_page("outbox")

    @Slot()
    def _compare(self) -> None:
        """Show the outbox on what others changed too, and compare it."""
        self.show_page()
        self._on_page("compare_current")()

    @Slot(str)
    def compare_about(self, about: str) -> None:
        """Compare the command that a task names; one that waits no more leaves the outbox on screen."""
        command = command_about(about)
        if command is None:
            return
        item = next((item for item in self._model.items if item.command_id == command), None)
        if item is None:
            self.show_page()
        else:
            self._compare_item(item)

    @Slot(object)
    def _compare_item(self, item: OutboxItem) -> None:
        self.show_page()
        # A discreet screen shows something else in its place.
        if self.page is not None and self._window.stack.currentWidget() is self.page:
            self.page.compare_item(item)

    def _on_page(self, name: str) -> Callable[[], None]:
        def run() -> None:
            # A discreet screen shows something else in its place.
            if self.page is not None and self._window.stack.currentWidget() is self.page:
                getattr(self.page, name)()

        return run

    @Slot()
    def show_outbox(self) -> None:
        """Tell every part of the window what waits."""
        counts, window = self._model.counts, self._window
        window.rail.button("outbox").set_badge(counts.followed)
        window.top_bar.outbox.show_counts(counts)
        window.status_bar.outbox.show_counts(counts)
        if self._model.known:
            window.customers.set_outbox(self._model.items)
            self._announce()

    def _announce(self) -> None:
        """Tell once of what has come to need a person: aloud at once (`ui.md` 8), and in the bell."""
        from avise.ui.outbox.counts import needs_person  # noqa: PLC0415 - not needed by the first paint

        before, self._seen = self._seen, {item.command_id: needs_person(item) for item in self._model.items}
        for item in self._model.items:
            if needs_person(item) and before.get(item.command_id) is False:
                self._tell(item)
            elif before.get(item.command_id) and not needs_person(item):
                notifications().withdraw(_about(item))

    def _tell(self, item: OutboxItem) -> None:
        from avise.ui.outbox.sentences import look, short_state  # noqa: PLC0415 - not needed by the first paint

        state = text(f"outbox.chip.{short_state(item)}")
        told = text("outbox.spoken", label=item.label, source=item.source_name, state=state)
        self._window.announcer.say_now(told)
        sentence = text(f"outbox.notified.{short_state(item)}")
        icon, now = look(item).icon, self._env.now()
        notify(Notification(_about(item), sentence, item.source_name, now, icon, page="outbox"))

    @Slot(object)
    def _on_file_requested(self, item: OutboxItem) -> None:
        self._actions.opening.open_tab(SessionTab(item.person, item.whom))

    @Slot(object)
    def _on_redo_requested(self, item: OutboxItem) -> None:
        """Open the customer's file on the plan made anew; a protected one asks for its reason first."""
        self._redo = item
        self._on_file_requested(item)
        self._on_current_changed()

    @Slot()
    def _on_current_changed(self) -> None:
        item, page = self._redo, self._window.customers.page(self._window.sessions.current)
        if item is not None and page is not None and self._window.sessions.current == item.person:
            self._redo = None
            page.redo(item)

    # ---- the end -------------------------------------------------------------------------------
    @Slot()
    def _on_close_requested(self) -> None:
        """Say what has not left, once; the window closes all the same."""
        waiting, written = self._model.counts.to_send, self.written()
        if not (waiting or written) or (self._strip is not None and self._strip.isVisible()):
            self.close_requested.emit()
            return
        if self._strip is None:
            from avise.ui.outbox.closing_strip import ClosingStrip  # noqa: PLC0415 - at the end only

            self._strip = ClosingStrip(self._window)
            self._strip.closing.connect(self.close_requested)
            self._strip.staying.connect(self._window.focus_page)
        told = self._strip.ask(waiting, written, self._window.rail.width(), self._window.top_bar.height())
        self._window.announcer.say(told)

    async def aclose(self) -> None:
        """End what the page has under way."""
        self._model.changed.disconnect(self.show_outbox)
        if self.page is not None:
            await self.page.aclose()


def _about(item: OutboxItem) -> str:
    return f"command/{item.command_id}"
