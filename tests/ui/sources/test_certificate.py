"""The end of a certificate of ours, and what keeps a tool from being reached, on the Sources page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from avise.env import FixedEnv
from avise.models.errors import ErrorKind, Failure
from avise.models.source_status import SourceState
from avise.texts import LANGUAGES, set_language
from avise.transport.faults import PROXY_REFUSES, PROXY_SILENT
from avise.ui.sources.detail import SourceDetail
from avise.ui.sources.sentences import explained
from tests.ui.persona import NOW
from tests.ui.scripted_sources import scripted_sources

TOOL = next(source for source in scripted_sources() if source.instance == "benefits")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("days", "said"), [(29, "29"), (1, "1"), (0, ""), (31, None)])
def test_the_pane_says_what_to_do_before_the_end(
    qtbot: QtBot, language: str, days: int, said: str | None
) -> None:
    set_language(language)
    pane = SourceDetail(FixedEnv(NOW))
    qtbot.addWidget(pane)
    pane.show_source(replace(TOOL, certificate_ends=NOW + timedelta(days=days, hours=1)))
    lines = [label.text() for label in pane.findChildren(QLabel)]
    told = [line for line in lines if "certificat" in line.lower()]
    assert (len(told) == 1) is (said is not None)
    if said is not None:
        assert TOOL.name in told[0]
        assert said in told[0]


@pytest.mark.parametrize("word", [PROXY_REFUSES, PROXY_SILENT])
def test_a_tool_behind_a_proxy_that_fails_says_so_and_not_only_that_it_is_silent(word: str) -> None:
    failing = replace(
        TOOL, state=SourceState.FAILING, last_failure=Failure(ErrorKind.UNAVAILABLE, detail=word)
    )
    assert "proxy" in explained(failing, NOW)
