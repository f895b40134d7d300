"""The reusable widgets by keyboard, by mouse and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from avise.ui.pictures import render
from avise.ui.theme import Scheme, theme
from avise.ui.widgets import (
    Button,
    ButtonKind,
    Chip,
    ChipSpec,
    ElidedLabel,
    FocusRing,
    Message,
    Segmented,
    Toast,
    Tone,
    chip_size,
    row,
)
from avise.ui.widgets.enter_presses import EnterPresses
from avise.ui.widgets.layout import rescale_inside
from tests.ui.widgets.gallery import component_sheet


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_the_component_sheet_is_drawn_at_every_ratio(
    dressed: QApplication, tmp_path: Path, scheme: Scheme, scale: float
) -> None:
    sheet = component_sheet()
    picture = render(sheet, tmp_path / "sheet.png", QSize(820, 560), scheme, scale)
    image = QImage(str(picture))
    assert image.size() == QSize(820, 560) * scale
    ground = image.pixelColor(2, 2).name().upper()
    assert ground == theme().tokens["bg-app"]


def test_a_chip_is_pressed_by_mouse_and_keyboard_and_is_24_high(qtbot: QtBot, dressed: QApplication) -> None:
    chip = Chip(ChipSpec("Identité à vérifier", Tone.WARN, "shield-check"), pressable=True)
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    pressed: list[None] = []
    chip.clicked.connect(lambda: pressed.append(None))
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(chip, key)
    assert len(pressed) == 3
    assert chip.sizeHint().height() >= 24
    assert chip.accessibleName() == "Identité à vérifier"


def test_a_chip_is_as_wide_as_its_words(dressed: QApplication) -> None:
    short, long = (chip_size(ChipSpec(words, Tone.OK, "clock")) for words in ("2 j", "retard 12 jours"))
    assert short.width() < long.width()
    assert short.height() == long.height() == 20


def test_segments_are_changed_by_the_arrows_and_say_what_is_in_force(
    qtbot: QtBot, dressed: QApplication
) -> None:
    choice = Segmented([("a", "Un"), ("b", "Deux"), ("c", "Trois")], "a", "Choix")
    qtbot.addWidget(choice)
    taken: list[str] = []
    choice.chosen.connect(taken.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(choice, key)
    assert taken == ["b", "c", "b"]
    assert choice.accessibleName() == "Choix, Deux"
    choice.set_current("a")
    assert taken == ["b", "c", "b"]


def test_a_text_that_does_not_fit_is_told_by_its_tooltip(qtbot: QtBot, dressed: QApplication) -> None:
    label = ElidedLabel("Mme Hélène MARCHAND, Saint-Sébastien-sur-Loire", "body")
    qtbot.addWidget(label)
    label.show()
    label.resize(90, 20)
    assert label.toolTip() == label.text()
    label.resize(600, 20)
    assert label.toolTip() == ""
    label.hide()


def test_messages_wait_their_turn_and_errors_stay(qtbot: QtBot, dressed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 500)
    toast = Toast(window)
    done: list[str] = []
    toast.show_message(Message("Non écrit", "circle-x", True, "Réessayer", lambda: done.append("retry")))
    toast.show_message(Message("Copié"))
    assert not toast._timer.isActive()
    toast._action.click()
    assert done == ["retry"]
    shown = toast.message()
    assert shown is not None
    assert shown.sentence == "Copié"
    assert toast._timer.isActive()
    toast.close_message()
    assert toast.isHidden()


def test_a_message_that_gives_way_stays_until_another_comes(qtbot: QtBot, dressed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    toast = Toast(window)
    toast.show_message(Message("Retrouvés : 1 session", "history", is_error=True, gives_way=True))
    assert not toast._timer.isActive()
    toast.show_message(Message("Demande transmise", action="Annuler"))
    shown = toast.message()
    assert shown is not None
    assert shown.sentence == "Demande transmise"
    assert toast._timer.isActive()


def test_the_focus_ring_follows_the_keyboard_and_leaves_with_its_widget(
    qtbot: QtBot, dressed: QApplication
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    first, second = Button("Un"), Button("Deux")
    window.setLayout(row(first, second, None))
    ring = FocusRing(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    second.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.isVisible()
    assert ring.geometry().contains(second.geometry())
    second.hide()
    assert not ring.geometry().contains(second.geometry()) or not ring.isVisible()
    window.hide()


def test_spaces_follow_the_zoom(qtbot: QtBot, dressed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = row(Button("Un"), gap=10, margins=(16, 12, 16, 12))
    window.setLayout(box)
    theme().set_zoom(200)
    rescale_inside(window)
    assert box.spacing() == 20
    assert box.contentsMargins().left() == 32


def _toast(qtbot: QtBot, width: int = 1440) -> Toast:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(width, 500)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    EnterPresses(window)
    toast = Toast(window)
    toast.setProperty("kept", window)
    toast.place(QPoint(0, 500))
    return toast


@pytest.mark.parametrize("kind", ["primary", "note"])
def test_a_message_stands_over_neither_a_primary_button_nor_what_is_typed_in(
    qtbot: QtBot, dressed: QApplication, kind: str
) -> None:
    toast = _toast(qtbot)
    window = toast.window()
    used: QWidget = Button("Préparer", ButtonKind.PRIMARY, parent=window)
    if kind == "note":
        used = QPlainTextEdit(window)
    used.setGeometry(60, 440, 180, 36)
    plain = Button("Annuler", parent=window)
    plain.setGeometry(300, 440, 80, 28)
    for widget in (used, plain):
        widget.show()
    toast.show_message(Message("Noté"))
    assert not toast.geometry().intersects(used.geometry())
    assert toast.geometry().bottom() < used.geometry().top()
    toast.close_message()
    used.hide()
    toast.show_message(Message("Noté"))
    assert toast.geometry().intersects(plain.geometry())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_keys_that_press_press_the_action_of_a_message(
    qtbot: QtBot, dressed: QApplication, key: Qt.Key
) -> None:
    toast = _toast(qtbot)
    note = QLineEdit(toast.window())
    note.show()
    note.setFocus()
    done: list[str] = []
    toast.show_message(Message("SMS prêt", action="Annuler", on_action=lambda: done.append("undo")))
    toast.take_focus()
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget)
    QTest.keyClick(focused, key)
    assert done == ["undo"]
    assert toast.isHidden()
    assert note.hasFocus()


def test_a_message_about_the_same_thing_takes_the_place_of_the_earlier_one(
    qtbot: QtBot, dressed: QApplication
) -> None:
    toast = _toast(qtbot)
    told: list[str] = []
    toast.told.connect(lambda sentence, _is_error: told.append(sentence))
    toast.show_message(Message("SMS prêt", action="Annuler", on_action=lambda: None, about="a"))
    toast.show_message(Message("Copié"))
    toast.show_message(Message("Annulé", about="a"))
    assert told == ["SMS prêt", "Annulé"]
    toast.close_message()
    toast.close_message()
    assert told == ["SMS prêt", "Annulé", "Copié"]
    assert toast.isHidden()


@pytest.mark.parametrize("width", [1440, 560])
def test_a_long_message_takes_several_lines_and_is_not_cut(
    qtbot: QtBot, dressed: QApplication, width: int
) -> None:
    toast = _toast(qtbot, width)
    toast.show_message(Message("Copié"))
    one_line = toast.height()
    toast.close_message()
    sentence = "Avise ne s’était pas fermé normalement. Retrouvés : 12 sessions, 12 brouillons."
    toast.show_message(Message(sentence, "history", is_error=True, action="Voir", on_action=lambda: None))
    toast.grab()
    room = toast._action.x() - 14 - 16 - 20
    words = (
        theme().metrics("row").boundingRect(QRectF(0, 0, room, 1000), int(Qt.TextFlag.TextWordWrap), sentence)
    )
    assert words.width() <= room
    assert words.height() + 12 <= toast.height()
    assert toast.height() > one_line
    assert toast.geometry().right() < width
