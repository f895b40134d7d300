"""The one style sheet of the application: frames, labels, fields, menus, lists and scroll bars.

Fonts are not set here (a style sheet loses their features); buttons, chips and rows are painted.
Properties that rules select on:
    `role` of a QFrame or QWidget: "app", "surface", "panel", "pane", "subtle", "chrome", "overlay",
        "line", "strip-warn".
    `tone` of a QLabel: "text", "muted", "meta", "accent", "ok", "warn", "danger", "note", "on-dark".
    `state` of a field: "error".
"""

from __future__ import annotations

from collections.abc import Callable
from string import Template

from avise.ui.theme.tokens import Tokens

_RULES = Template("""
QWidget[role="app"] { background: $bg_app; }
QWidget[role="surface"], QWidget[role="pane"] { background: $bg_surface; }
QWidget[role="subtle"] { background: $bg_subtle; }
QWidget[role="chrome"] { background: $bg_chrome; }
QFrame[role="panel"] { background: $bg_surface; border: ${line}px solid $border; border-radius: ${r6}px; }
QFrame[role="overlay"] { background: $bg_overlay; border: ${line}px solid $border; border-radius: ${r8}px; }
QFrame[role="line"] { background: $border_subtle; border: none; }
QFrame[role="edge"] { background: $border; border: none; }
QWidget[role="strip-warn"] { background: $warn_bg; }

QLabel { background: transparent; color: $text; }
QLabel[tone="muted"] { color: $text_2; }
QLabel[tone="meta"] { color: $text_3; }
QLabel[tone="accent"] { color: $accent_text; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="info"] { color: $info; }
QLabel[tone="note"] { color: $note; }
QLabel:disabled { color: $text_disabled; }

QAbstractScrollArea { border: none; background: transparent; }
QLineEdit, QPlainTextEdit, QTextEdit {
    background: $bg_surface; color: $text; border: ${line}px solid $border_control;
    border-radius: ${r4}px; padding: 0 ${p8}px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit { min-height: ${field}px; max-height: ${field}px; }
QPlainTextEdit, QTextEdit { padding: ${p4}px; }
QLineEdit:read-only { background: $bg_subtle; color: $text_2; }
QLineEdit[state="error"], QPlainTextEdit[state="error"] { border-color: $danger_solid; }
QLineEdit[role="bare"] {
    border: none; background: transparent; padding: 0; min-height: ${p24}px; max-height: 400px;
}
QLineEdit:disabled, QPlainTextEdit:disabled { color: $text_disabled; border-color: $border; }

QComboBox {
    background: $bg_surface; color: $text; border: ${line}px solid $border_control;
    border-radius: ${r4}px; padding: 0 ${p8}px; min-height: ${field}px; max-height: ${field}px;
}
QDateTimeEdit QLineEdit { border: none; background: transparent; padding: 0; min-height: 0; }
QComboBox::drop-down { border: none; width: ${p24}px; }
QComboBox QAbstractItemView {
    background: $bg_overlay; color: $text; border: ${line}px solid $border; outline: none;
    selection-background-color: $bg_selected; selection-color: $text;
}

QMenu { background: $bg_overlay; color: $text; border: ${line}px solid $border; padding: ${p4}px; }
QMenu::item { padding: ${p4}px ${p24}px ${p4}px ${p10}px; border-radius: ${r4}px; min-height: ${p18}px; }
QMenu::item:selected { background: $bg_selected; color: $text; }
QMenu::item:disabled { color: $text_disabled; }
QMenu::separator { height: 1px; background: $border_subtle; margin: ${p4}px ${p6}px; }
QToolTip { background: $text; color: $bg_surface; border: none; padding: ${p4}px ${p6}px; }

QScrollArea > QWidget > QWidget { background: transparent; }
QTableView {
    background: $bg_surface; color: $text; border: none; outline: none; gridline-color: $border_subtle;
    selection-background-color: transparent; selection-color: $text;
}
QTableView[role="bare"] { background: transparent; }
QHeaderView { background: $bg_subtle; border: none; }
QHeaderView::section {
    background: $bg_subtle; color: $text_3; border: none; border-bottom: 1px solid $border;
    padding: 0 ${p8}px; min-height: ${p28}px;
}
QTableCornerButton::section { background: $bg_subtle; border: none; }

QScrollBar:vertical { background: transparent; width: ${p10}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p10}px; margin: 0; }
QScrollBar::handle { background: $border_control; border-radius: ${r3}px; margin: ${p2}px; }
QScrollBar::handle:vertical { min-height: ${p24}px; }
QScrollBar::handle:horizontal { min-width: ${p24}px; }
QScrollBar::handle:hover { background: $text_3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $border; }
QStackedWidget { background: transparent; }
""")

_LENGTHS = (2, 4, 6, 8, 10, 18, 24, 28)
_RADII = (3, 4, 6, 8)
_FIELD_INNER = 26
"""A field of 28 less its two edges."""


def style_sheet(tokens: Tokens, px: Callable[[float], int], line: int) -> str:
    """Return the style sheet of a set of tokens.

    Args:
        tokens: colours.
        px: a size of the design at the zoom in force.
        line: width of edges.
    """
    values: dict[str, str] = {role.replace("-", "_"): colour for role, colour in tokens.colours.items()}
    values |= {f"p{size}": str(px(size)) for size in _LENGTHS}
    values |= {f"r{size}": str(px(size)) for size in _RADII}
    values |= {"line": str(line), "field": str(px(_FIELD_INNER))}
    return _RULES.substitute(values)
