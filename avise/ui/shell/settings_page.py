"""The settings of the window: display, desk, lock, keys. A change holds at once and is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QWidget
from typing_extensions import override

from avise.texts import LANGUAGES, language, plural, text
from avise.texts.formats import format_percent
from avise.ui.lock.pin_panel import PinPanel
from avise.ui.shell.page import Zone
from avise.ui.shell.setting_choices import DEFAULTS, IDLE_MINUTES, WRAP_UP_SECONDS
from avise.ui.shell.shortcut_list import ShortcutList
from avise.ui.theme import Density, Scheme, theme
from avise.ui.theme.theme import ZOOM_STEPS
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.segmented import Segmented

_LABEL_WIDTH, _BESIDE = 140, 1190


class SettingsPage(QWidget):
    """Display, desk and keys.

    Args:
        idle_at_most: minutes without a key or the mouse that the profile allows before the desk locks.
        parent: of the widget.

    Signals:
        changed: key and value of a setting ("theme", "language", "zoom", "density", "shortcuts"…).
    """

    changed = Signal(str, str)

    def __init__(self, idle_at_most: int = IDLE_MINUTES[-1], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._choices = {**_display_choices(), **_desk_choices(idle_at_most)}
        self.keys = ShortcutList()
        self.pin = PinPanel()
        self.keys.changed.connect(lambda words: self.changed.emit("shortcuts", words))
        for key, choice in self._choices.items():
            choice.chosen.connect(lambda value, name=key: self.changed.emit(name, value))
        self.desk_panel = self._panel("desk", "sliders-horizontal", list(DEFAULTS))
        self.left = column(
            self._panel("display", "settings", ["theme", "language", "zoom", "density"]),
            self.desk_panel,
            self.pin,
            None,
            gap=10,
        )
        self._columns = row(self.left, column(self.keys, None), None, gap=10)
        content = QWidget()
        content.setLayout(
            column(
                Label(text("settings.title"), "title"),
                self._columns,
                None,
                gap=10,
                margins=(16, 12, 16, 16),
            )
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(content)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(text("settings.title"))
        self.setLayout(column(area))
        theme().changed.connect(self._on_theme_changed)

    def _panel(self, name: str, icon: str, keys: Sequence[str]) -> Panel:
        panel = Panel(text(f"settings.{name}"), icon)
        for key in keys:
            panel.body.addWidget(setting_line(key, self._choices[key]))
        panel.body.addSpacing(theme().px(10))
        return panel

    def zones(self) -> list[Zone]:
        """Return the choices, then the keys."""
        return [("zone.page", self._choices["theme"]), ("zone.shortcuts", self.keys.rows)]

    def activate(self) -> None:
        """Show what is in force."""
        self._on_theme_changed()
        self.keys.show_keys()

    def deactivate(self) -> None:
        """Forget codes that were typed and not set."""
        self.pin.forget()

    def show_values(self, values: Mapping[str, str]) -> None:
        """Show the settings that the theme does not know."""
        for key, default in DEFAULTS.items():
            self._choices[key].set_current(values.get(key) or default)
        self.keys.show_keys()

    def add_panel(self, panel: QWidget) -> None:
        """Show something else that is set, under the code of the desk."""
        self.left.insertWidget(self.left.indexOf(self.pin) + 1, panel)

    def choice(self, key: str) -> Segmented:
        """Return the control of a setting."""
        return self._choices[key]

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the keys under the choices where they do not fit beside them."""
        super().resizeEvent(event)
        narrow = self.width() < theme().px(_BESIDE)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(way)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._choices["theme"].set_current(theme().scheme)
        self._choices["zoom"].set_current(str(theme().zoom))
        self._choices["density"].set_current(theme().density)
        self._choices["language"].set_current(language())


def _display_choices() -> dict[str, Segmented]:
    return {
        "theme": Segmented(
            [(scheme, text(f"theme.{scheme}")) for scheme in Scheme], theme().scheme, text("settings.theme")
        ),
        "language": Segmented(
            [(code, text(f"language.{code}")) for code in LANGUAGES], language(), text("settings.language")
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


def _desk_choices(idle_at_most: int) -> dict[str, Segmented]:
    minutes = [count for count in IDLE_MINUTES if count <= idle_at_most] or [IDLE_MINUTES[0]]
    named = {
        "reduce_motion": [(value, text(f"settings.reduce_motion.{value}")) for value in ("system", "on")],
        "idle_minutes": [(str(count), plural("settings.minutes", count)) for count in minutes],
        "wrap_up_seconds": [(str(count), plural("settings.seconds", count)) for count in WRAP_UP_SECONDS],
        "sounds": [(value, text(f"settings.sounds.{value}")) for value in ("on", "off")],
    }
    return {key: Segmented(choices, DEFAULTS[key], text(f"settings.{key}")) for key, choices in named.items()}


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


def setting_line(key: str, choice: QWidget) -> QWidget:
    """Return a setting as the page shows it: its name, its control, a sentence under it."""
    label = _SettingLabel(text(f"settings.{key}"), "value", "muted")
    label.setBuddy(choice)
    box = QWidget()
    hint = Label(text(f"settings.{key}_hint"), "small", "meta", wrap=True)
    box.setLayout(row(label, column(row(choice, None), hint, gap=3), gap=10, margins=(12, 10, 12, 0)))
    return box
