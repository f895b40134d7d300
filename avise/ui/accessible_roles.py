"""What painted widgets are to people who hear the screen: Qt gives a role to its own classes only.

A chip that is painted on a plain widget would be heard as nothing in particular, and could not be pressed
by a voice or a switch. `heard_as` gives it its role, and `press`, where it has that method, is what the
action of assistive technology does.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from typing_extensions import override

Role = QAccessible.Role
_PROPERTY = "heard_as"
_PRESS = "Press"
"""Name of the action, as Qt's own buttons call it."""
_is_told = False


def heard_as(widget: QWidget, role: QAccessible.Role) -> None:
    """Give a painted widget the role under which it is heard."""
    widget.setProperty(_PROPERTY, role.value)
    if QAccessible.isActive():
        # Qt keeps the interface that it made when the widget had no role yet.
        kept = QAccessible.uniqueId(QAccessible.queryAccessibleInterface(widget))
        QAccessible.deleteAccessibleInterface(kept)


def tell_roles() -> None:
    """Tell Qt of the roles given by `heard_as`; once a process, whatever is asked."""
    global _is_told  # noqa: PLW0603 - Qt keeps factories for the life of the process
    if not _is_told:
        _is_told = True
        QAccessible.installFactory(_interface)


def _interface(key: str, told: QObject) -> QAccessibleInterface | None:
    """Return the interface of a painted widget, None for what Qt knows better.

    Args:
        key: name of the class; Qt asks again for each base, and one answer is enough.
        told: anything with an interface.
    """
    if key != type(told).__name__ or not isinstance(told, QWidget):
        return None
    role = told.property(_PROPERTY)
    return _Painted(told, Role(role)) if role is not None else None


class _Painted(QAccessibleWidget):
    """A painted widget, with what pressing it does."""

    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)
        self._heard_as = role

    @override
    def state(self) -> QAccessible.State:
        """Return the state; one choice among a few is heard as the radio button that is on."""
        found = super().state()
        if self._heard_as is Role.RadioButton:
            found.checkable = found.checked = True
        return found

    @override
    def actionNames(self) -> list[str]:
        """Return the actions: pressing first, where it does something."""
        widget = self.widget()
        names = super().actionNames()
        can_press = callable(getattr(widget, "press", None)) and widget.isEnabled()
        return [_PRESS, *names] if can_press and self._heard_as is Role.Button else names

    @override
    def doAction(self, name: str) -> None:
        """Press, or leave it to Qt."""
        press = getattr(self.widget(), "press", None)
        if name == _PRESS and callable(press):
            press()
        else:
            super().doAction(name)
