"""Deleting a page a few widgets a turn: whole, it takes longer than a frame while tools answer."""

from __future__ import annotations

import functools

import shiboken6
from PySide6.QtWidgets import QWidget

from avise.ui.turns import turns

AT_ONCE = 12
"""Widgets deleted in one turn, their inner parts of Qt's making aside."""


def delete_in_turns(page: QWidget) -> None:
    """Delete a page that nobody sees or uses any more, from its leaves to itself."""
    # Children come after their parents. What Qt made itself (a viewport, a scroll bar) goes with its owner.
    ours = [widget for widget in page.findChildren(QWidget) if _is_ours(widget)]
    turns().soon(page, functools.partial(_delete_some, page, ours))


def _is_ours(widget: QWidget) -> bool:
    return type(widget).__module__.startswith("avise.")


def _delete_some(page: QWidget, widgets: list[QWidget]) -> None:
    if not shiboken6.isValid(page):
        return
    for widget in widgets[-AT_ONCE:]:
        if shiboken6.isValid(widget):
            widget.deleteLater()
    del widgets[-AT_ONCE:]
    if widgets:
        turns().soon(page, functools.partial(_delete_some, page, widgets))
    else:
        page.deleteLater()
