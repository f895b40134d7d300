"""Writing to the member on screen: the composer, undoing, the countdown of the history, what became of it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.env import Env
from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.palette.values import PaletteCommand
from avise.ui.theme import theme
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.models.consent import ConsentChannel
    from avise.models.interaction import TimelineEntry
    from avise.models.outgoing import OutgoingMessage, TemplateChoice
    from avise.ui.messages.composer import Composer
    from avise.ui.messages.message_panel import MessagePanel

_TICK_MS = 1000
OWN = "journal"
"""Source of the lines that our own journal tells."""
_MOVING = frozenset({"to_send", "in_progress", "failed", "unknown"})
"""Statuses of a line about which something can still be done here."""


class CustomerMessages(QObject):
    """What the agent can write to one member, and what was written from this desk.

    Args:
        desk: the services.
        model: of the customer.
        env: the clock.
        report: told of what nobody expected.
        page: over which panels stand.

    Signals:
        message: what came of it (a `Message`).
        counted: what is to be said under lines of the history (a dict, by identity of the line).
        facet_requested: a block to bring on screen.
    """

    message = Signal(object)
    counted = Signal(dict)
    facet_requested = Signal(str)

    def __init__(
        self, desk: DeskBridge, model: CustomerViewModel, env: Env, report: Report, page: QWidget
    ) -> None:
        super().__init__(page)
        self._desk, self._model, self._env, self._page = desk, model, env, page
        self._report = report
        self._tasks = TaskScope(self, report)
        self._watch: Watch | None = None
        self._composer: Composer | None = None
        self._panel: MessagePanel | None = None
        self._templates: tuple[TemplateChoice, ...] = ()
        self._all: tuple[OutgoingMessage, ...] = ()
        self.messages: tuple[OutgoingMessage, ...] = ()
        """Those to this member, the last planned first."""
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        model.settled.connect(self._on_settled)
        model.timeline_changed.connect(self._on_timeline_changed)
        model.header_changed.connect(self._take)

    def close(self) -> None:
        """Stop following; the page closes."""
        self._tick.stop()
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._composer is not None:
            self._composer.model.close()
        self._tasks.cancel()

    @Slot()
    def _on_settled(self) -> None:
        self._tasks.spawn(self._load(), name="templates")
        if self._composer is not None and self._composer.isVisible():
            self._composer.model.read_again()

    async def _load(self) -> None:
        try:
            self._templates = await self._desk.message_templates()
        except AviseError:
            # This desk writes to nobody: nothing is offered, and the keys say why.
            self._templates = ()

    @Slot()
    def _on_timeline_changed(self) -> None:
        """Follow messages once the history holds one that may still move."""
        if any(entry.status in _MOVING and entry.source == OWN for entry in self._model.state.timeline):
            self._follow()

    def _follow(self) -> None:
        if self._watch is None:
            self._watch = self._desk.watch_messages(self.set_messages, self._on_unfollowed)

    def _on_unfollowed(self, _error: AviseError) -> None:
        """Offer no state of messages: the desk has none."""

    # ---- writing -----------------------------------------------------------------------------------
    def write(self, kind: ConsentChannel | None = None, template: str = "") -> None:
        """Open the composer.

        Args:
            kind: only by this channel.
            template: chosen at once.
        """
        px = theme().px
        reason = self._model.wrap_up.shown().reason
        place = QPoint(px(24), px(110))
        self.composer().open_for(self._model.state.header, kind, template, reason, place)

    def write_by(self, channel: str) -> None:
        """Open the composer for a channel: "sms", "email" or "letter"."""
        from avise.models.consent import ConsentChannel  # noqa: PLC0415 - not needed by the first paint

        self.write(ConsentChannel(channel))

    def composer(self) -> Composer:
        """Return the composer, built when it is first wanted."""
        if self._composer is None:
            from avise.ui.messages.composer import Composer  # noqa: PLC0415 - not needed by the first paint
            from avise.ui.messages.composer_model import ComposerModel  # noqa: PLC0415 - as above

            model = ComposerModel(self._desk, self._model.person, self._report, self)
            self._composer = Composer(model, self._page)
            model.planned.connect(self._on_planned)
            self._composer.facet_requested.connect(self._on_facet_requested)
        return self._composer

    @Slot(str)
    def _on_facet_requested(self, facet: str) -> None:
        self.facet_requested.emit(facet)

    @Slot(object)
    def _on_planned(self, planned: OutgoingMessage) -> None:
        self._follow()
        self._model.note_deed(f"message_{planned.channel}")
        if self._composer is not None:
            self._composer.close_panel()
        undo = functools.partial(self.undo, planned)
        sentence = text(f"message_toast.planned.{planned.channel}")
        still = functools.partial(self._still_waits, planned)
        offer = Message(sentence, "send", False, text("message_toast.undo"), undo, still, planned.id)
        self.message.emit(offer)

    def _still_waits(self, planned: OutgoingMessage) -> bool:
        """Return whether a message that was planned can still be undone."""
        now = next((one for one in self.messages if one.id == planned.id), planned)
        return now.may_be_undone(self._env.now())

    # ---- undoing -----------------------------------------------------------------------------------
    def undo(self, planned: OutgoingMessage) -> None:
        """Keep a message from leaving; say so when it is too late."""
        self._tasks.spawn(self._undo(planned), name=f"undo {planned.id}", when_busy="drop")

    async def _undo(self, planned: OutgoingMessage) -> None:
        from avise.models.outgoing import MessageStatus  # noqa: PLC0415 - not needed by the first paint

        now = next((one for one in self.messages if one.id == planned.id), planned)
        if now.status is MessageStatus.UNDONE:
            # Asked twice, from two places: nothing left all the same.
            self.message.emit(Message(text("message_toast.undone"), "rotate-cw", about=planned.id))
            return
        try:
            await self._desk.undo_message(planned.id)
        except AviseError as error:
            self._fail(error)
            return
        self._model.note_deed("message_undone")
        if self._panel is not None:
            self._panel.close_panel()
        self.message.emit(Message(text("message_toast.undone"), "rotate-cw", about=planned.id))

    def _fail(self, error: AviseError) -> None:
        self.message.emit(Message(text(error.message_key, **error.params), "circle-x", is_error=True))

    # ---- what became of it -------------------------------------------------------------------------
    def set_messages(self, messages: Sequence[OutgoingMessage]) -> None:
        """Take this desk's messages as they now are."""
        self._all = tuple(messages)
        self._take()

    @Slot()
    def _take(self) -> None:
        from avise.models.outgoing import MessageStatus  # noqa: PLC0415 - not needed by the first paint
        from avise.ui.messages.wording import fallen  # noqa: PLC0415 - as above

        header = self._model.state.header
        people = {self._model.person} | ({header.dossier} if header is not None else set())
        mine = tuple(message for message in self._all if message.person in people)
        before, self.messages = self.messages, mine
        for message in fallen(before, mine):
            see = functools.partial(self.show, message)
            sentence = text(f"message_toast.{message.status}.{message.channel}")
            self.message.emit(Message(sentence, "circle-x", True, text("message_toast.see"), see))
        if any(message.status is MessageStatus.PLANNED for message in mine):
            self._tick.start()
        else:
            self._tick.stop()
        self._on_tick()

    @Slot()
    def _on_tick(self) -> None:
        """Tell how long planned messages still wait."""
        from avise.ui.messages.wording import countdown, entry_id  # noqa: PLC0415 - as above

        now = self._env.now()
        told = {entry_id(one): text("message.line", countdown=words)
                for one in self.messages if (words := countdown(one, now))}  # fmt: skip
        self.counted.emit(told)
        panel = self._panel
        if panel is not None and panel.message is not None and panel.isVisible():
            shown = panel.message
            panel.follow(next((one for one in self.messages if one.id == shown.id), shown), now)

    def opens(self, entry: TimelineEntry, anchor: QPoint) -> bool:
        """Show a message that a line of the history tells of; return whether it is one of this desk."""
        from avise.ui.messages.wording import message_of_entry  # noqa: PLC0415 - as above

        identity = message_of_entry(entry.id)
        found = next((one for one in self.messages if one.id == identity), None)
        if found is not None:
            self.show(found, anchor)
        return found is not None

    def show(self, message: OutgoingMessage, anchor: QPoint | None = None) -> None:
        """Show one message over the page."""
        if self._panel is None:
            from avise.ui.messages.message_panel import MessagePanel  # noqa: PLC0415 - as above

            self._panel = MessagePanel(self._page)
            self._panel.undo_requested.connect(self.undo)
            self._panel.again_requested.connect(self._on_again)
        now = next((one for one in self.messages if one.id == message.id), message)
        place = anchor if anchor is not None else QPoint(theme().px(24), theme().px(110))
        self._panel.open_message(now, self._env.now(), place)

    @Slot(object)
    def _on_again(self, message: OutgoingMessage) -> None:
        self.write(template=message.template)

    # ---- the palette -------------------------------------------------------------------------------
    def commands(self) -> list[PaletteCommand]:
        """Return the rows of the palette: each template, and what can still be undone."""
        from avise.ui.messages.wording import CHANNEL_ICONS, countdown  # noqa: PLC0415 - as above

        found = [
            PaletteCommand(
                f"write:{template.id}",
                text("message.palette.write", title=template.title),
                CHANNEL_ICONS[template.channels[0]],
                "",
                of_customer=True,
                run=functools.partial(self.write, None, template.id),
            )
            for template in self._templates
        ]
        now = self._env.now()
        for message in self.messages:
            if message.may_be_undone(now):
                label = text("message.palette.undo", title=message.title, countdown=countdown(message, now))
                undo = functools.partial(self.undo, message)
                found.append(PaletteCommand(f"undo_message:{message.id}", label, "rotate-cw", "", True, undo))
        return found
