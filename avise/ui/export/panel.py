"""The form of a file that leaves: in which form, why, and that the journal says so."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from avise.services.exported_file import ExportForm, ExportReason, ExportWish
from avise.texts import text
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.segmented import Segmented

WIDTH, _LONGEST = 400, 200


class ExportPanel(FloatingPanel):
    """Asks the form and the reason.

    Args:
        parent: page over which it stands.

    Signals:
        wanted: what leaves, and why (an `ExportWish`).
    """

    wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(text("export.title"), "file-text", WIDTH, parent)
        forms = [(form.value, text(f"export.form.{form}")) for form in ExportForm]
        self.form = Segmented(forms, ExportForm.PDF.value, text("export.form"))
        self.reason = QComboBox()
        self.reason.setAccessibleName(text("export.reason"))
        for reason in ExportReason:
            self.reason.addItem(text(f"export.reason.{reason}"), reason.value)
        self.words = QLineEdit()
        self.words.setMaxLength(_LONGEST)
        self.words.setAccessibleName(text("export.words"))
        self.words.returnPressed.connect(self.submit)
        self.outcome = Label("", "small", "danger", wrap=True)
        self.outcome.hide()
        self.go = Button(text("export.go"), ButtonKind.PRIMARY, icon="file-text")
        self.go.clicked.connect(self.submit)
        self.form.chosen.connect(lambda _form: self.form.set_current(self.form.current))
        self.body.addLayout(
            column(
                Label(text("export.explained"), "small", "meta", wrap=True),
                self.form,
                Label(text("export.reason"), "small-medium"),
                self.reason,
                Label(text("export.words"), "small-medium"),
                self.words,
                self.outcome,
                row(None, self.go, margins=(0, 4, 0, 0)),
                gap=6,
                margins=(12, 8, 12, 12),
            )
        )

    def open_form(self, anchor: QPoint) -> None:
        """Ask."""
        self.forget()
        self.open_at(anchor)
        self.form.setFocus(Qt.FocusReason.PopupFocusReason)

    def wish(self) -> ExportWish:
        """Return what the form says."""
        reason = ExportReason(self.reason.currentData())
        return ExportWish(ExportForm(self.form.current), reason, self.words.text().strip())

    def refuse(self, sentence: str) -> None:
        """Say why nothing leaves; what was chosen stays."""
        self.set_busy(busy=False)
        self.outcome.setText(sentence)
        self.outcome.show()
        self.fit()

    def set_busy(self, *, busy: bool) -> None:
        """Let nobody ask twice."""
        self.go.setEnabled(not busy)

    @Slot()
    def submit(self) -> None:
        """Ask for the file, once a reason of one's own is told."""
        wish = self.wish()
        if wish.reason is ExportReason.OTHER and not wish.words:
            self.refuse(text("export.reason_needed"))
            self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.go.isEnabled():
            self.outcome.hide()
            self.wanted.emit(wish)

    def forget(self) -> None:
        """Empty the form."""
        self.words.clear()
        self.outcome.hide()
        self.set_busy(busy=False)
