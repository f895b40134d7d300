"""The rail says each page whole."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from avise.texts import LANGUAGES, set_language
from avise.ui.shell.rail import ENTRIES, WIDTH, Rail
from avise.ui.theme import theme
from avise.ui.theme.theme import ZOOM_STEPS


@pytest.mark.parametrize("zoom", ZOOM_STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_at_any_zoom(dressed: QApplication, language: str, zoom: int) -> None:
    set_language(language)
    theme().set_zoom(zoom)
    rail = Rail()
    try:
        for entry in ENTRIES:
            words = rail.button(entry.id).text()
            assert theme().text_width(words, "micro") <= theme().px(WIDTH) - theme().px(2), words
    finally:
        rail.deleteLater()
        set_language("fr")
