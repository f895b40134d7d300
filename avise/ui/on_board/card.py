"""« Données à bord »: what is there, until when, and the buttons that take it along or erase it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.models.leases import LeaseState
from avise.services.pack_values import PackState
from avise.texts import text
from avise.ui.on_board.pack_row import PackRows
from avise.ui.on_board.view_model import OnBoardViewModel
from avise.ui.on_board.wording import is_empty, lease_words, pack_lines, size_words
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel

INSET = 11
"""Of the content: that of a panel's header, its frame included."""


class OnBoardCard(Panel):
    """The card; it stays where the visits are, and in the panel that the palette opens.

    Args:
        model: what is known, and what can be done.
        stays: whether it is there even where nothing may be taken along, since somebody asked for it.
        parent: of the widget.

    Signals:
        prepare_requested: the user wants to say what to take.
        code_requested: the user wants to open what is on board with its code.
    """

    prepare_requested = Signal()
    code_requested = Signal()

    def __init__(
        self, model: OnBoardViewModel, *, stays: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text("on_board.title"), "hard-drive", parent)
        # No frame of its own: it is the bottom of a pane, or inside a panel that has one.
        self.setProperty("role", "")
        self._model, self._stays = model, stays
        self.size_words = Label("", "small", "meta", tabular=True)
        self.right.addWidget(self.size_words)
        self.rows = PackRows(INSET)
        self._lease = Label("", "small", "meta", wrap=True)
        self._trouble = Label("", "small", "warn", wrap=True)
        self._lease_icon = Icon("lock", 13, "text-3")
        self._build()
        model.changed.connect(self.show_status)
        self.hide()

    def _build(self) -> None:
        self.prepare = Button(text("on_board.prepare"), icon="hard-drive", small=True)
        self.pause = Button(text("on_board.pause"), icon="pause", small=True)
        self.code = Button(text("on_board.code"), ButtonKind.PRIMARY, icon="lock", small=True)
        self.erase = Button(text("on_board.erase"), ButtonKind.QUIET, small=True)
        self.erase_now = Button(text("on_board.erase_now"), ButtonKind.DANGER, small=True)
        self.keep = Button(text("on_board.keep"), small=True)
        self._question = Label(text("on_board.erase_question"), "small", wrap=True)
        self._trouble_line = QWidget()
        told = row(
            Icon("triangle-alert", 13, "warn-solid"), self._trouble, gap=9, margins=(INSET + 1, 4, INSET, 0)
        )
        told.setStretch(1, 1)
        self._trouble_line.setLayout(told)
        self._lease_line = QWidget()
        lease = row(self._lease_icon, self._lease, gap=9, margins=(INSET + 1, 4, INSET, 0))
        lease.setStretch(1, 1)
        self._lease_line.setLayout(lease)
        self._acts, self._asks = QWidget(), QWidget()
        self._acts.setLayout(
            row(
                self.code,
                self.prepare,
                self.pause,
                None,
                self.erase,
                gap=6,
                margins=(INSET, 8, INSET - 4, 10),
            )
        )
        self._asks.setLayout(
            column(
                self._question,
                row(None, self.keep, self.erase_now, gap=6),
                gap=6,
                margins=(INSET, 8, INSET, 10),
            )
        )
        self._asks.hide()
        rows = QWidget()
        rows.setLayout(column(self.rows, margins=(0, 4, 0, 0)))
        for part in (rows, self._lease_line, self._trouble_line, self._acts, self._asks):
            self.body.addWidget(part)
        self.prepare.clicked.connect(self.prepare_requested)
        self.code.clicked.connect(self.code_requested)
        self.pause.clicked.connect(self._model.pause)
        self.erase.clicked.connect(self.ask_erase)
        self.keep.clicked.connect(self._on_kept)
        self.erase_now.clicked.connect(self._on_erased)

    # ---- content -------------------------------------------------------------------------------
    @Slot()
    def show_status(self) -> None:
        """Show what is on board; to be called once it has its place, since it shows itself."""
        status, now = self._model.status, self._model.now()
        self.setVisible(self._model.is_allowed or self._stays)
        if status is None:
            return
        held_focus = QApplication.focusWidget() in self._buttons()
        self.size_words.setText(size_words(status))
        self.rows.show_lines(pack_lines(status, now))
        lease = lease_words(status, now)
        readable = status.lease is LeaseState.HELD
        self._lease.setText(lease)
        self._lease.set_tone("meta" if readable else "warn")
        self._lease_icon.set_icon("lock", "text-3" if readable else "warn-solid")
        self._lease_line.setVisible(bool(lease))
        trouble = status.trouble
        self._trouble.setText(text(trouble.message_key, **trouble.params) if trouble is not None else "")
        self._trouble_line.setVisible(trouble is not None)
        goes_on = any(found.state is PackState.PAUSED for found in status.packs)
        self.prepare.setText(text("on_board.go_on" if goes_on else "on_board.prepare"))
        needs_code = status.lease is LeaseState.PIN_NEEDED
        self.code.setVisible(needs_code)
        self.prepare.setVisible(not status.preparing and not needs_code)
        self.pause.setVisible(status.preparing)
        self.erase.setVisible(not is_empty(status))
        if held_focus and QApplication.focusWidget() not in self._buttons():
            # The button that was pressed went, and another has taken its place.
            self.first().setFocus(Qt.FocusReason.OtherFocusReason)
        if is_empty(status):
            self._show_question(asks=False)

    # ---- erasing -------------------------------------------------------------------------------
    @Slot()
    def ask_erase(self) -> None:
        """Ask once, in the place of the buttons."""
        if self._model.status is None or is_empty(self._model.status):
            return
        self._show_question(asks=True)
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_question(self, *, asks: bool) -> None:
        self._asks.setVisible(asks)
        self._acts.setVisible(not asks)

    @Slot()
    def _on_kept(self) -> None:
        self._show_question(asks=False)
        self.erase.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_erased(self) -> None:
        self._show_question(asks=False)
        self.first().setFocus(Qt.FocusReason.OtherFocusReason)
        self._model.erase()

    def _buttons(self) -> tuple[QWidget, ...]:
        return (self.keep, self.code, self.prepare, self.pause, self.erase, self.erase_now)

    def first(self) -> QWidget:
        """Return what takes focus: the first button that is there."""
        for button in (self.keep, self.code, self.prepare, self.pause):
            if button.isVisibleTo(self):
                return button
        return self.prepare

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep what is on board with Échap, when that was asked."""
        if event.key() == Qt.Key.Key_Escape and self._asks.isVisible():
            self._on_kept()
            return
        super().keyPressEvent(event)
