"""A letter as a PDF that can be printed, searched and read aloud: A4, the address in a window envelope.

Text is set with the window's own font, embedded with the glyphs that the letter uses; paragraphs are
tagged and the language is told, so that a screen reader follows (`domain.md` 6.17).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from avise.models.outgoing import LetterLine, LetterPage, MessageContent
from avise.resources import resource_folder
from avise.services.messages.font_subset import Font, read_font
from avise.services.messages.pdf_file import Line, Page, Paragraph, pdf_file
from avise.texts import speaking, text
from avise.texts.formats import format_long_date, local

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
_MARGIN = 20 * MM
_COLUMN = WIDTH - 2 * _MARGIN
_WINDOW_LEFT, _WINDOW_TOP = 110 * MM, 48 * MM
"""Of the address in the window of a French DL envelope."""
_DATE_TOP, _BODY_TOP, _BOTTOM = 90 * MM, 104 * MM, 22 * MM
_SIZE, _LEADING = 11.0, 15.0
_SMALL, _SMALL_LEADING = 9.0, 12.0

REGULAR, STRONG = "Inter_400Regular.ttf", "Inter_600SemiBold.ttf"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, at the head of the letter."""

    mutual: str
    lines: tuple[str, ...] = ()


@functools.cache
def letter_fonts() -> tuple[Font, Font]:
    """Return the plain and the strong font, read once a process."""
    folder = resource_folder("fonts")
    return read_font(folder / REGULAR), read_font(folder / STRONG)


def letter_pdf(letterhead: Letterhead, content: MessageContent, language: str, now: datetime) -> bytes:
    """Return a letter as the bytes of a PDF; the same letter of the same moment gives the same bytes."""
    with speaking(language):
        pages = _pages(letterhead, content, format_long_date(local(now).date()))
    plain, strong = letter_fonts()
    return pdf_file(
        pages,
        {"F1": plain, "F2": strong},
        size=(WIDTH, HEIGHT),
        language={"fr": "fr-FR", "en": "en-GB"}.get(language, language),
        title=content.subject,
        author=letterhead.mutual,
        now=now,
    )


def letter_pages(
    letterhead: Letterhead, content: MessageContent, language: str, now: datetime
) -> tuple[LetterPage, ...]:
    """Return the pages of a letter, line by line, as its PDF has them: a picture without a PDF reader."""
    with speaking(language):
        pages = _pages(letterhead, content, format_long_date(local(now).date()))
    return tuple(LetterPage(WIDTH, HEIGHT, tuple(_shown_lines(page))) for page in pages)


def _shown_lines(page: Page) -> Iterator[LetterLine]:
    lines = [line for paragraph in page.paragraphs for line in paragraph.lines]
    for line in (*lines, *((page.number,) if page.number is not None else ())):
        yield LetterLine(line.text, line.font == "F2", line.size, line.x, HEIGHT - line.y)


def _pages(letterhead: Letterhead, content: MessageContent, today: str) -> tuple[Page, ...]:
    plain, strong = letter_fonts()
    head = [
        Paragraph("P", tuple(_column([letterhead.mutual], "F2", _SIZE, _MARGIN, _MARGIN + _SIZE, _LEADING))),
        Paragraph(
            "P",
            tuple(_column(letterhead.lines, "F1", _SMALL, _MARGIN, _MARGIN + _SIZE + 14, _SMALL_LEADING)),
        ),
        Paragraph(
            "P",
            tuple(
                _column(
                    content.recipient.split("\n"), "F1", _SIZE, _WINDOW_LEFT, _WINDOW_TOP + _SIZE, _LEADING
                )
            ),
        ),
        Paragraph("P", tuple(_column([today], "F1", _SIZE, _WINDOW_LEFT, _DATE_TOP, _LEADING))),
    ]
    flow = _Flow(head)
    subject = text("letter.subject", subject=content.subject)
    flow.add("H1", list(_wrapped(subject, strong, _SIZE, _COLUMN)), "F2", gap=_LEADING)
    for block in content.body.strip().split("\n\n"):
        lines = [line for part in block.split("\n") for line in _wrapped(part, plain, _SIZE, _COLUMN)]
        flow.add("P", lines, "F1", gap=_LEADING * 0.6)
    return flow.finished()


def _column(
    lines: Iterable[str], font: str, size: float, left: float, top: float, leading: float
) -> Iterator[Line]:
    for number, line in enumerate(line for line in lines if line):
        yield Line(line, font, size, left, HEIGHT - top - number * leading)


class _Flow:
    """Fills pages with paragraphs; one that does not fit goes on the next page, between two lines.

    Args:
        head: what stands on the first page before the flow.
    """

    def __init__(self, head: Sequence[Paragraph]) -> None:
        self._pages: list[list[Paragraph]] = [list(head)]
        self._top = _BODY_TOP

    def add(self, tag: str, lines: Sequence[str], font: str, gap: float) -> None:
        """Set a paragraph."""
        placed: list[Line] = []
        for line in lines:
            if HEIGHT - self._top - _LEADING < _BOTTOM:
                self._close(tag, placed)
                placed = []
                self._pages.append([])
                self._top = _MARGIN + _LEADING
            placed.append(Line(line, font, _SIZE, _MARGIN, HEIGHT - self._top))
            self._top += _LEADING
        self._close(tag, placed)
        self._top += gap

    def _close(self, tag: str, lines: Sequence[Line]) -> None:
        if lines:
            self._pages[-1].append(Paragraph(tag, tuple(lines)))

    def finished(self) -> tuple[Page, ...]:
        """Return the pages, numbered when there are several."""
        count = len(self._pages)
        return tuple(
            Page(tuple(paragraphs), _number(place, count) if count > 1 else None)
            for place, paragraphs in enumerate(self._pages, start=1)
        )


def _number(page: int, count: int) -> Line:
    return Line(f"{page} / {count}", "F1", _SMALL, WIDTH - _MARGIN - 24, _BOTTOM / 2)


def _wrapped(words: str, font: Font, size: float, width: float) -> Iterator[str]:
    """Yield the lines of a paragraph; only plain spaces may end one, a word too long is cut."""
    line = ""
    for word in words.split(" "):
        tried = f"{line} {word}" if line else word
        if font.width(tried, size) <= width:
            line = tried
            continue
        if line:
            yield line
        line = word
        while font.width(line, size) > width:
            fits = next(
                n for n in range(len(line) - 1, 0, -1) if n == 1 or font.width(line[:n], size) <= width
            )
            yield line[:fits]
            line = line[fits:]
    if line:
        yield line
