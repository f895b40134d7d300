"""News of the team, from `news.toml` in the profile's folder: dated, checked, shown while they last.

avise = 1
[[news]]
date = 2026-03-24
until = 2026-03-27      # the day it is shown last; a week after its date unless told
title = "Cartes 2026"
text = "Les cartes des contrats collectifs partent cette semaine."
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.problems import Finding
from avise.connectors.declarative.values import Section
from avise.services.day_values import NewsItem, TeamNews
from avise.texts import plural, text

NEWS_NAME = "news.toml"
SHOWN_FOR = dt.timedelta(days=7)
"""How long news are shown when nobody says until when."""


class NewsSection(Section):
    """One `[[news]]`."""

    date: dt.date
    until: dt.date | None = None
    title: Annotated[str, Field(min_length=1, max_length=120)]
    text: Annotated[str, Field(max_length=2_000)] = ""

    def last_day(self) -> dt.date:
        """Return the day on which it is shown last."""
        return self.until if self.until is not None else self.date + SHOWN_FOR


class NewsFile(Section):
    """What may be written in the file."""

    avise: Literal[1]
    news: list[NewsSection] = Field(default_factory=list)


class NewsBoard:
    """Reads the news again when their file changed.

    Args:
        folder: of the profile; None when there is none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / NEWS_NAME if folder is not None else None
        self._stamp: tuple[int, int] | None = None
        self._read: CheckedFile[NewsFile] | None = None
        self._closed = False

    async def of(self, today: dt.date) -> TeamNews:
        """Return the news that are shown on a day."""
        if self._path is None:
            return TeamNews()
        await asyncio.to_thread(self._look, self._path)
        if self._closed:
            return TeamNews(trouble=text("day.news.unreadable", name=NEWS_NAME))
        if self._read is None:
            return TeamNews()
        if self._read.content is None:
            return _refused(self._read)
        shown = [item for item in self._read.content.news if item.date <= today <= item.last_day()]
        shown.sort(key=lambda item: item.date, reverse=True)
        return TeamNews(tuple(NewsItem(item.date, item.title, item.text) for item in shown))

    def _look(self, path: Path) -> None:
        """Read the file if it is another than the one read; on a thread."""
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if stamp != self._stamp:
                self._read = check_news_file(path)
                self._stamp = stamp
            self._closed = False
        except FileNotFoundError:
            self._read, self._stamp, self._closed = None, None, False
        except OSError:
            self._stamp, self._closed = None, True


def check_news_file(path: Path) -> CheckedFile[NewsFile]:
    """Return the content of a file of news, or every error with its line.

    Raises:
        OSError: the file cannot be read.
    """
    return check_file(path, NewsFile, _between)


def _between(file: NewsFile) -> Iterator[Finding]:
    for number, item in enumerate(file.news):
        if item.until is not None and item.until < item.date:
            yield Finding(("news", number, "until"), "news_file.dates")


def _refused(read: CheckedFile[NewsFile]) -> TeamNews:
    told = tuple(
        text("news_file.line", line=problem.line, problem=problem.sentence()) for problem in read.problems
    )
    return TeamNews(trouble=plural("day.news.refused", len(told), name=NEWS_NAME), problems=told)
