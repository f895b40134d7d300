"""Qt's palette from the tokens, so that whatever Fusion paints by itself agrees with the rest."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from avise.ui.theme.tokens import Tokens

_Role = QPalette.ColorRole
_ROLES = {
    _Role.Window: "bg-app",
    _Role.WindowText: "text",
    _Role.Base: "bg-surface",
    _Role.AlternateBase: "bg-subtle",
    _Role.Text: "text",
    _Role.Button: "bg-surface",
    _Role.ButtonText: "text",
    _Role.BrightText: "on-accent",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "on-accent",
    _Role.Link: "accent-text",
    _Role.LinkVisited: "accent-text",
    _Role.ToolTipBase: "text",
    _Role.ToolTipText: "bg-surface",
    _Role.PlaceholderText: "text-3",
    _Role.Light: "bg-surface",
    _Role.Midlight: "bg-subtle",
    _Role.Mid: "border",
    _Role.Dark: "border-control",
    _Role.Shadow: "border-control",
    _Role.Accent: "accent",
}
_DISABLED = (_Role.WindowText, _Role.Text, _Role.ButtonText)


def qt_palette(tokens: Tokens) -> QPalette:
    """Return the palette of a set of tokens."""
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, QColor(tokens[token]))
    for role in _DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens["text-disabled"]))
    return palette
