"""The team's news of a demonstration are readable, dated from its day, and leave others' news alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from avise.demo.news import news_text, write_news
from avise.services.team_news import NEWS_NAME, NewsBoard

TODAY = date(2026, 3, 24)


async def test_the_news_of_the_day_are_read_newest_first(tmp_path: Path) -> None:
    write_news(tmp_path, TODAY)
    found = await NewsBoard(tmp_path).of(TODAY)
    assert not found.trouble
    assert [item.day for item in found.items] == [TODAY - timedelta(days=ago) for ago in (0, 2, 6)]


def test_the_news_of_another_day_are_written_again(tmp_path: Path) -> None:
    write_news(tmp_path, TODAY)
    write_news(tmp_path, TODAY + timedelta(days=30))
    assert (tmp_path / NEWS_NAME).read_text(encoding="utf-8") == news_text(TODAY + timedelta(days=30))


def test_news_that_somebody_wrote_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / NEWS_NAME).write_text("avise = 1\n", encoding="utf-8")
    write_news(tmp_path, TODAY)
    assert (tmp_path / NEWS_NAME).read_text(encoding="utf-8") == "avise = 1\n"
