"""The settings of the window: theme, language, zoom, density. A change shows at once and is kept."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import LANGUAGES, language, text
from avise.texts.formats import format_percent
from avise.ui.shell.page import Zone
from avise.ui.theme import Density, Scheme, theme
from avise.ui.theme.theme import ZOOM_STEPS
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.segmented import Segmented

_LABEL_WIDTH = 140


class SettingsPage(QWidget):
    """Four choices.

    Signals:
        changed: key and value of a setting ("theme", "language", "zoom", "density").
    """

    changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._choices = {
            "theme": Segmented(
                [(scheme, text(f"theme.{scheme}")) for scheme in Scheme],
                theme().scheme,
                text("settings.theme"),
            ),
            "language": Segmented(
                [(code, text(f"language.{code}")) for code in LANGUAGES],
                language(),
                text("settings.language"),
            ),
            "zoom": Segmented(
                [(str(step), format_percent(step)) for step in ZOOM_STEPS],
                str(theme().zoom),
                text("settings.zoom"),
            ),
            "density": Segmented(
                [(density, text(f"density.{density}")) for density in Density],
                theme().density,
                text("settings.density"),
            ),
        }
        panel = Panel(text("settings.display"), "settings")
        for key, choice in self._choices.items():
            choice.chosen.connect(lambda value, name=key: self.changed.emit(name, value))
            panel.body.addWidget(_line(key, choice))
        panel.body.addSpacing(theme().px(10))
        self.setLayout(
            column(
                Label(text("settings.title"), "title"),
                row(panel, None),
                None,
                gap=10,
                margins=(16, 12, 16, 16),
            )
        )
        theme().changed.connect(self._on_theme_changed)

    def zones(self) -> list[Zone]:
        """Return the first choice: Tab goes through the others."""
        return [("zone.page", self._choices["theme"])]

    def activate(self) -> None:
        """Show what is in force."""
        self._on_theme_changed()

    def deactivate(self) -> None:
        """Nothing moves here."""

    @Slot()
    def _on_theme_changed(self) -> None:
        self._choices["theme"].set_current(theme().scheme)
        self._choices["zoom"].set_current(str(theme().zoom))
        self._choices["density"].set_current(theme().density)
        self._choices["language"].set_current(language())


class _SettingLabel(Label):
    """A label of one width, so that the choices stand in a column."""

    @override
    def sizeHint(self) -> QSize:
        """Return the width of the column."""
        return QSize(theme().px(_LABEL_WIDTH), super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the width of the column."""
        return self.sizeHint()


def _line(key: str, choice: Segmented) -> QWidget:
    label = _SettingLabel(text(f"settings.{key}"), "value", "muted")
    label.setBuddy(choice)
    box = QWidget()
    hint = Label(text(f"settings.{key}_hint"), "small", "meta", wrap=True)
    box.setLayout(row(label, column(row(choice, None), hint, gap=3), gap=10, margins=(12, 10, 12, 0)))
    return box
