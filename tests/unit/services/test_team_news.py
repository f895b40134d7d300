"""News of the team: shown while they last, read again when changed, never silently lost."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from avise.services.day_values import TeamNews
from avise.services.team_news import NEWS_NAME, NewsBoard

TODAY = date(2026, 3, 24)
NEWS = """\
avise = 1

[[news]]
date = 2026-03-20
title = "Cartes 2026"
text = "Elles partent cette semaine."

[[news]]
date = 2026-03-24
until = 2026-03-24
title = "Maintenance à 18 h"

[[news]]
date = 2026-03-10
title = "Ancienne"

[[news]]
date = 2026-04-01
title = "À venir"
"""


def written(folder: Path, content: str) -> NewsBoard:
    (folder / NEWS_NAME).write_text(content, "utf-8")
    return NewsBoard(folder)


async def test_news_are_shown_from_their_date_until_their_last_day_newest_first(tmp_path: Path) -> None:
    board = written(tmp_path, NEWS)
    assert [item.title for item in (await board.of(TODAY)).items] == ["Maintenance à 18 h", "Cartes 2026"]
    assert [item.title for item in (await board.of(date(2026, 3, 27))).items] == ["Cartes 2026"]
    assert [item.title for item in (await board.of(date(2026, 3, 28))).items] == []


async def test_no_file_is_no_news_and_a_new_one_is_read(tmp_path: Path) -> None:
    board = NewsBoard(tmp_path)
    assert await board.of(TODAY) == TeamNews()
    assert await NewsBoard(None).of(TODAY) == TeamNews()
    written(tmp_path, NEWS)
    assert len((await board.of(TODAY)).items) == 2
    written(tmp_path, NEWS.replace("Cartes 2026", "Cartes : envoi terminé"))
    os.utime(tmp_path / NEWS_NAME, (1, 1))
    assert (await board.of(TODAY)).items[1].title == "Cartes : envoi terminé"
    (tmp_path / NEWS_NAME).unlink()
    assert await board.of(TODAY) == TeamNews()


async def test_every_error_of_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    broken = NEWS.replace('title = "Ancienne"', 'titel = "Ancienne"').replace("2026-04-01", '"bientôt"')
    news = await written(tmp_path, broken).of(TODAY)
    assert news.items == ()
    assert "3 lignes à corriger dans news.toml" in news.trouble
    assert [problem.partition("\u00a0:")[0] for problem in news.problems] == [
        "ligne 13",
        "ligne 15",
        "ligne 18",
    ]
    assert "title" in news.problems[1]


async def test_news_that_end_before_they_begin_are_an_error(tmp_path: Path) -> None:
    news = await written(tmp_path, NEWS.replace("until = 2026-03-24", "until = 2026-03-01")).of(TODAY)
    assert len(news.problems) == 1
    assert news.problems[0].startswith("ligne 10\u00a0:")


async def test_a_file_that_cannot_be_opened_says_so_until_it_can(tmp_path: Path) -> None:
    (tmp_path / NEWS_NAME).mkdir()
    board = NewsBoard(tmp_path)
    assert "news.toml" in (await board.of(TODAY)).trouble
    (tmp_path / NEWS_NAME).rmdir()
    written(tmp_path, NEWS)
    assert len((await board.of(TODAY)).items) == 2


@pytest.mark.parametrize("content", ["avise = 1\n", "", "avise = 2\n", "\x00", "avise = 1\nnews = 3\n"])
async def test_any_content_is_either_news_or_told(tmp_path: Path, content: str) -> None:
    news = await written(tmp_path, content).of(TODAY)
    assert news == TeamNews() or news.trouble
