"""After a change of keys: every button, cap and tooltip on screen says the new ones, nothing is rebuilt."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from avise.ui.shortcuts import SHORTCUTS, keys_of
from avise.ui.widgets.button import Button
from avise.ui.widgets.key_cap import KeyCap


def keys_written() -> dict[str, str]:
    """Return the keys of each command as the keyboard shows them."""
    return {declared.id: keys_of(declared.id) for declared in SHORTCUTS}


def relabel(root: QWidget, before: Mapping[str, str]) -> None:
    """Replace keys that changed in what a window says.

    Two commands never have the same keys (`avise.ui.key_rules`): the keys said tell which one is meant.

    Args:
        root: the window.
        before: keys of each command as they were said.
    """
    now = keys_written()
    new = {old: now[name] for name, old in before.items() if old and old != now[name]}
    if not new:
        return
    for widget in root.findChildren(QWidget):
        widget.setToolTip(_said(widget.toolTip(), new))
        widget.setAccessibleName(_said(widget.accessibleName(), new))
        if isinstance(widget, KeyCap) and widget.text in new:
            widget.set_text(new[widget.text])
        elif isinstance(widget, Button) and widget.keys in new:
            widget.set_keys(new[widget.keys])


def _said(words: str, new: Mapping[str, str]) -> str:
    """Return a tooltip with its keys between brackets replaced, or a name with its keys after a comma."""
    for old, keys in new.items():
        if words.endswith(f"({old})"):
            return f"{words.removesuffix(f'({old})')}({keys})" if keys else words.removesuffix(f" ({old})")
        if words.endswith(f", {old}"):
            return f"{words.removesuffix(old)}{keys}" if keys else words.removesuffix(f", {old}")
    return words
