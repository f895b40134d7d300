"""Alt and the top row, Ctrl+0: matched by the physical key, and never typed into a field (`ui.md` 7)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from avise.ui.shell.commands import session_number, top_row_digit
from avise.ui.shell.dialogs import ReasonDialog
from avise.ui.theme import theme
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import DIRECTORY
from tests.ui.shell.test_desktop import staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
AZERTY = ("&", "é", '"', "'", "(", "-", "è", "_", "ç", "à")
"""What the top row types on a French keyboard, from the key 1 to the key 0."""
QWERTY = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0")


def _key(place: int, layout: tuple[str, ...], modifiers: Qt.KeyboardModifier, kind: QEvent.Type) -> QKeyEvent:
    """Return what X11 gives for a key of the top row, from 0."""
    typed = layout[place]
    return QKeyEvent(kind, ord(typed.upper()), modifiers, 10 + place, 0, 0, typed)


def _press(widget: QWidget, place: int, layout: tuple[str, ...], modifiers: Qt.KeyboardModifier) -> None:
    """Send a key as the platform does: to the native window, which gives it to the widget with focus."""
    override = _key(place, layout, modifiers, QEvent.Type.ShortcutOverride)
    override.ignore()
    QApplication.sendEvent(widget, override)
    handle = widget.window().windowHandle()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(handle, _key(place, layout, modifiers, kind))


def _typed(field: QLineEdit | QPlainTextEdit) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


@pytest.mark.parametrize("layout", [AZERTY, QWERTY], ids=["azerty", "qwerty"])
@pytest.mark.parametrize("make_field", [QLineEdit, QPlainTextEdit])
def test_alt_and_the_top_row_type_nothing_into_a_field(
    run: Run, make_field: type[QLineEdit | QPlainTextEdit], layout: tuple[str, ...]
) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(4, 5, 0)
            field = make_field()
            box = stage.page().layout()
            assert isinstance(box, QVBoxLayout)
            box.addWidget(field)
            field.show()
            for place, shown in ((1, DIRECTORY[5].person), (0, DIRECTORY[4].person), (2, HELENE)):
                field.setFocus()
                assert QApplication.focusWidget() is field
                _press(field, place, layout, ALT)
                assert _typed(field) == ""
                assert stage.page().person == shown
                stage.window.sessions.show(HELENE)
            # The ninth session is not open: the key is still no letter of the text.
            field.setFocus()
            _press(field, 8, layout, ALT)
            assert _typed(field) == ""
            assert stage.page().person == HELENE

    run(scenario())


def test_without_alt_the_top_row_types(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(4, 0)
            stage.page().notes.setFocus()
            _press(stage.page().notes, 1, AZERTY, NONE)
            _press(stage.page().notes, 1, QWERTY, NONE)
            # AltGr is Ctrl and Alt on Windows: it types "~" with that key.
            event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_AsciiTilde, CTRL | ALT, 11, 0, 0, "~")
            QApplication.sendEvent(stage.window.windowHandle(), event)
            assert _typed(stage.page().notes) == "é2~"
            assert stage.page().person == HELENE

    run(scenario())


def test_the_palette_leaves_when_a_session_is_asked_for(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(4, 0)
            stage.desktop.actions.search()
            field = stage.window.palette_view.field
            assert QApplication.focusWidget() is field
            _press(field, 0, AZERTY, ALT)
            assert field.text() == ""
            assert not stage.window.palette_view.isVisible()
            assert stage.page().person == DIRECTORY[4].person

    run(scenario())


def test_a_question_of_the_window_keeps_the_page_where_it_is(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(4, 0, 3)
            await until(lambda: bool(stage.window.findChildren(ReasonDialog)))
            dialog = stage.window.findChildren(ReasonDialog)[0]
            dialog.activateWindow()
            dialog.field.setFocus()
            await until(lambda: QApplication.focusWidget() is dialog.field)
            _press(dialog.field, 0, AZERTY, ALT)
            assert dialog.field.text() == ""
            assert stage.window.sessions.current == HELENE
            dialog.done(QDialog.DialogCode.Rejected)
            await asyncio.sleep(0.02)

    run(scenario())


def test_ctrl_and_the_key_0_give_the_size_back_on_a_french_keyboard(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            theme().set_zoom(150)
            stage.page().notes.setFocus()
            _press(stage.page().notes, 9, AZERTY, CTRL)
            assert theme().zoom == 100
            assert _typed(stage.page().notes) == ""
            await until(lambda: stage.desk.settings.get("zoom") == "100")

    run(scenario())


def test_only_alt_alone_asks_for_a_session() -> None:
    for modifiers in (NONE, CTRL, SHIFT, ALT | SHIFT, ALT | CTRL):
        assert session_number(_key(0, AZERTY, modifiers, QEvent.Type.KeyPress)) is None
    assert session_number(_key(9, AZERTY, ALT, QEvent.Type.KeyPress)) is None
    numbers = [session_number(_key(place, AZERTY, ALT, QEvent.Type.KeyPress)) for place in range(9)]
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_a_key_beside_the_top_row_is_no_digit() -> None:
    for code in (9, 20, 87):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, ALT, code, 0, 0, "1")
        assert top_row_digit(event) is None
