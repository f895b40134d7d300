"""The theme in force: colours, fonts, icons and sizes, and the one place that changes them.

Qt's palette and style sheet belong to the application, so does the theme: one a process, like the
language. A widget asks `theme()` when it paints and listens to `changed` when it keeps sizes.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPalette,
    QPixmap,
    QStaticText,
    QTransform,
)
from PySide6.QtWidgets import QApplication, QStyleFactory

from avise.ui.theme.fonts import STYLES, load_fonts, make_font
from avise.ui.theme.icons import IconCache
from avise.ui.theme.palette import qt_palette
from avise.ui.theme.style_sheet import style_sheet
from avise.ui.theme.tokens import SystemColours, Tokens, contrast_tokens, load_tokens

MIN_ZOOM, MAX_ZOOM = 80, 200
ZOOM_STEPS = (80, 90, 100, 110, 125, 150, 175, 200)
"""Percent; Ctrl+= and Ctrl+- go from one to the next."""


_WIDTHS_KEPT = 4_096
"""Measured texts: what a few screens show. The same words are measured at each frame of a scroll."""


class Scheme(StrEnum):
    """What the user asked for; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How tall rows are; text keeps its size (`ui.md` 4.4)."""

    COMPACT = "compact"
    STANDARD = "standard"


_DENSE_SIZES = {
    "key-value": (21, 24),
    "list-row": (23, 30),
    "timeline": (44, 50),
    "request": (53, 60),
    "source": (40, 46),
    "control": (28, 32),
}
"""Heights at compact and at standard."""


class Theme(QObject):
    """Colours, fonts, icons and sizes of the whole window.

    Signals:
        changed: colours, zoom or density are not what they were; everything repaints.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        load_fonts()
        self._icons = IconCache()
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._metrics: dict[tuple[str, bool], QFontMetricsF] = {}
        self._widths: dict[tuple[str, str, bool], float] = {}
        self._lines: dict[tuple[str, str, bool, float], QStaticText] = {}
        self._colours: dict[str, QColor] = {}
        self._scheme = Scheme.SYSTEM
        self._density = Density.COMPACT
        self._zoom = 100
        self._tokens = load_tokens("light")
        self._application: QApplication | None = None

    # ---- what is in force --------------------------------------------------------------------
    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return self._tokens

    @property
    def scheme(self) -> Scheme:
        """What the user asked for."""
        return self._scheme

    @property
    def density(self) -> Density:
        """How tall rows are."""
        return self._density

    @property
    def zoom(self) -> int:
        """Size of everything, in percent."""
        return self._zoom

    @property
    def is_dark(self) -> bool:
        """Whether the surfaces are dark."""
        return self._tokens.name == "dark"

    @property
    def is_contrast(self) -> bool:
        """Whether a contrast theme of the system is in force."""
        return self._tokens.name == "contrast"

    @property
    def line_width(self) -> int:
        """Width of edges in pixels: 1, or 2 in a contrast theme."""
        return 2 if self.is_contrast else 1

    def colour(self, role: str) -> QColor:
        """Return the colour of a role ("text-2", "warn-bg", "series-1"…)."""
        found = self._colours.get(role)
        if found is None:
            found = self._colours[role] = QColor(self._hex(role))
        return found

    def _hex(self, role: str) -> str:
        if role.startswith("series-"):
            return self._tokens.series[int(role.removeprefix("series-")) - 1]
        return self._tokens[role]

    def px(self, size: float) -> int:
        """Return a size of the design, in device-independent pixels at the zoom in force."""
        return round(size * self._zoom / 100)

    def height_of(self, kind: str) -> int:
        """Return the height of a kind of row or control at the density in force ("timeline"…)."""
        compact, standard = _DENSE_SIZES[kind]
        return self.px(compact if self._density is Density.COMPACT else standard)

    def font(self, style: str, *, tabular: bool = False) -> QFont:
        """Return the font of a style of `avise.ui.theme.fonts.STYLES`; `tabular` for figures in columns."""
        key = (style, tabular)
        if key not in self._fonts:
            dots = QGuiApplication.primaryScreen().logicalDotsPerInchY()
            self._fonts[key] = make_font(STYLES[style], self._zoom / 100, dots, tabular=tabular)
        return self._fonts[key]

    def text_width(self, text: str, style: str, *, tabular: bool = False) -> float:
        """Return how wide a text is in a style, in device-independent pixels."""
        key = (text, style, tabular)
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) >= _WIDTHS_KEPT:
                self._widths.clear()
            found = self._widths[key] = self.metrics(style, tabular=tabular).horizontalAdvance(text)
        return found

    def line(self, text: str, style: str, width: float, *, tabular: bool = False) -> QStaticText:
        """Return one line of text laid out for drawing, cut with an ellipsis beyond a width.

        Laid out once: what is painted again and again (a list that scrolls) is not shaped again.
        """
        key = (text, style, tabular, width if self.text_width(text, style, tabular=tabular) > width else -1.0)
        found = self._lines.get(key)
        if found is None:
            if len(self._lines) >= _WIDTHS_KEPT:
                self._lines.clear()
            found = self._lines[key] = self._laid_out(key)
        return found

    def _laid_out(self, key: tuple[str, str, bool, float]) -> QStaticText:
        text, style, tabular, width = key
        if width >= 0:
            metrics = self.metrics(style, tabular=tabular)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        line = QStaticText(text)
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.prepare(QTransform(), self.font(style, tabular=tabular))
        return line

    def forget_texts(self) -> None:
        """Forget the texts laid out so far: they may hold what was on a screen that is gone."""
        self._widths.clear()
        self._lines.clear()

    def metrics(self, style: str, *, tabular: bool = False) -> QFontMetricsF:
        """Return the measures of a style's font."""
        key = (style, tabular)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.font(style, tabular=tabular))
        return self._metrics[key]

    def icon(self, name: str, size: float, role: str = "text-2", ratio: float = 1.0) -> QPixmap:
        """Return an icon in the colour of a role, `size` pixels wide at 100 %."""
        return self._icons.pixmap(name, self.px(size), self.colour(role).name(), ratio)

    # ---- changes -----------------------------------------------------------------------------
    def apply_to(self, application: QApplication) -> None:
        """Dress the application, and follow the system from now on."""
        self._application = application
        application.setStyle(QStyleFactory.create("Fusion"))
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)
        self._dress()

    def set_scheme(self, scheme: Scheme) -> None:
        """Ask for light, for dark, or for what the system uses."""
        self._scheme = scheme
        self._dress()

    def set_zoom(self, percent: int) -> None:
        """Set the size of everything, between 80 and 200 %."""
        self._zoom = min(max(percent, MIN_ZOOM), MAX_ZOOM)
        self._dress()

    def step_zoom(self, direction: int) -> None:
        """Go to the next larger (1) or smaller (-1) step."""
        if direction > 0:
            self.set_zoom(next((step for step in ZOOM_STEPS if step > self._zoom), MAX_ZOOM))
        else:
            self.set_zoom(next((step for step in reversed(ZOOM_STEPS) if step < self._zoom), MIN_ZOOM))

    def set_density(self, density: Density) -> None:
        """Set how tall rows are."""
        self._density = density
        self._dress()

    def _on_system_changed(self) -> None:
        self._dress()

    def _dress(self) -> None:
        self._tokens = self._wanted_tokens()
        self._fonts.clear()
        self._metrics.clear()
        self._widths.clear()
        self._lines.clear()
        self._colours.clear()
        self._icons.clear()
        if self._application is not None:
            self._application.setFont(self.font("body"))
            self._application.setPalette(self._palette())
            self._application.setStyleSheet(style_sheet(self._tokens, self.px, self.line_width))
        self.changed.emit()

    def _palette(self) -> QPalette:
        return qt_palette(self._tokens)

    def _wanted_tokens(self) -> Tokens:
        hints = QGuiApplication.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return contrast_tokens(_system_colours())
        if self._scheme is not Scheme.SYSTEM:
            return load_tokens(self._scheme.value)
        return load_tokens("dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light")


def _system_colours() -> SystemColours:
    palette = QApplication.style().standardPalette()

    def name(role: QPalette.ColorRole, group: QPalette.ColorGroup = QPalette.ColorGroup.Active) -> str:
        return palette.color(group, role).name()

    return SystemColours(
        background=name(QPalette.ColorRole.Window),
        text=name(QPalette.ColorRole.WindowText),
        disabled=name(QPalette.ColorRole.WindowText, QPalette.ColorGroup.Disabled),
        highlight=name(QPalette.ColorRole.Highlight),
        on_highlight=name(QPalette.ColorRole.HighlightedText),
        link=name(QPalette.ColorRole.Link),
    )


_current: Theme | None = None


def theme() -> Theme:
    """Return the theme of this process, made at the first call (a `QGuiApplication` must exist)."""
    global _current  # noqa: PLW0603 - one a process, as Qt's palette and style sheet are
    if _current is None:
        _current = Theme()
    return _current
