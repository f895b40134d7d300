"""Whether things may move: the system says, and the user may ask for less ("Réduire les animations")."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

_asked = False


def reduce_motion(*, asked: bool) -> None:
    """Note what the user asks for; False follows the system."""
    global _asked  # noqa: PLW0603 - one a process, as the theme is
    _asked = asked


def is_motion_reduced() -> bool:
    """Return whether nothing may move on its own."""
    return _asked or QGuiApplication.styleHints().property("reduceAnimations") is True
