"""Type: Inter with a tailed l everywhere, figures of one width where they are compared (`ui.md` 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QFont, QFontDatabase

from avise.resources import resource_folder

FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "sans-serif")


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """One style of text: size and line in device-independent pixels at 100 %."""

    size: float
    line: int
    weight: int
    tracking: float = 0.0


STYLES = {
    "figure": TypeStyle(22, 30, 600),
    "counter": TypeStyle(19, 24, 600, -0.1),
    "name": TypeStyle(19, 24, 600, -0.2),
    "title": TypeStyle(17, 24, 600),
    "input-large": TypeStyle(16, 24, 400),
    "list-title": TypeStyle(15, 22, 600),
    "strong": TypeStyle(13, 18, 600),
    "row": TypeStyle(13, 19, 500),
    "body": TypeStyle(13, 19, 400),
    "button": TypeStyle(12.5, 18, 500),
    "value": TypeStyle(12.5, 18, 400),
    "value-strong": TypeStyle(12.5, 18, 600),
    "small": TypeStyle(12, 16, 400),
    "small-medium": TypeStyle(12, 16, 500),
    "small-strong": TypeStyle(12, 16, 600),
    "source": TypeStyle(11.5, 16, 400),
    "micro": TypeStyle(11, 14, 500),
}
"""The styles of `ui.md` 3.2; nothing is smaller than 11."""

_WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}
_POINTS_AN_INCH = 72.0


def load_fonts() -> None:
    """Make the fonts that ship with Avise known to Qt."""
    for path in sorted(resource_folder("fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def make_font(style: TypeStyle, zoom: float, dots_per_inch: float, *, tabular: bool = False) -> QFont:
    """Build the font of a style.

    Args:
        style: size and weight.
        zoom: 1.0 for 100 %.
        dots_per_inch: of the screen, so that points come out as the pixels asked for.
        tabular: figures of one width. Never for identifiers: it widens their hyphens.
    """
    font = QFont(list(FAMILIES))
    # Points, because Qt keeps only whole pixels and the design uses half ones.
    font.setPointSizeF(style.size * zoom * _POINTS_AN_INCH / dots_per_inch)
    font.setWeight(_WEIGHTS[style.weight])
    # Full hinting rounds the width of each letter: lines come out 5 % too wide.
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    font.setFeature(QFont.Tag("cv05"), 1)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    if style.tracking:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, style.tracking * zoom)
    return font
