"""How everything looks: colours, type, icons, style sheet, at one zoom for the whole window."""

from avise.ui.theme.contrast import contrast_ratio
from avise.ui.theme.theme import Density, Scheme, Theme, theme
from avise.ui.theme.tokens import Tokens, load_tokens

__all__ = ["Density", "Scheme", "Theme", "Tokens", "contrast_ratio", "load_tokens", "theme"]
