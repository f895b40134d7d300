"""The files opened last: nothing read yet is not nothing opened."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from avise.ui.home.recents import RecentsPanel
from tests.ui.scripted_desk import DIRECTORY, hit_of


def words_of(panel: RecentsPanel) -> str:
    """Return what the panel says under its title."""
    labels = [label for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)]
    return " ".join(label.text() for label in labels)


def test_that_nobody_was_opened_is_said_once_that_is_known(qtbot: QtBot, dressed: QApplication) -> None:
    panel = RecentsPanel()
    qtbot.addWidget(panel)
    assert "Lecture des dossiers" in words_of(panel)
    panel.show_recents(())
    assert "Aucun dossier ouvert" in words_of(panel)
    panel.show_recents((hit_of(DIRECTORY[0]),))
    assert "dossier" not in words_of(panel)
    assert panel.rows.isVisibleTo(panel)
