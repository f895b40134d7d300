"""How a tool writes its dates: the marks of a format, checked before anything is read by them.

The marks are those of `datetime.strptime` but for the ones whose meaning is the machine's (`%c`, `%x`,
`%X`, `%Z`). Names of months and days are read in French and in English on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

UNIX = frozenset({"unix", "unix_ms"})
"""Seconds and milliseconds since 1970, in the place of a format."""

_KNOWN = frozenset("aAbBdfGHIjmMpSuUVwWyYz%")
_MARK = re.compile(r"%([-#_^0]?.|$)", re.DOTALL)
_POINT = r"(?:\.(?=[\s,;)]|$))?"
"""Of an abbreviation, which a date has or lacks whatever its format says: "sept. 2026", "mai 2026"."""
_NAMES = re.compile(rf"%(?:([aAbB]){_POINT}|%)")
_WORD = re.compile(rf"(?<=\d)er\b|[^\W\d_]{{3,}}{_POINT}")
_SAMPLE = datetime(2026, 3, 24, 17, 45, 58, tzinfo=UTC)
"""A day that no other order of day, month and year can be taken for."""

_ELSEWHERE = {
    "D": "%d/%m/%y", "F": "%Y-%m-%d", "N": "%f", "P": "%p", "R": "%H:%M", "T": "%H:%M:%S", "Z": "%z",
    "e": "%d", "h": "%b", "i": "%M", "k": "%H", "l": "%I", "n": "%m", "o": "%m", "s": "%S",
}  # fmt: skip
"""What a mark means in other programs (`date` of GNU, PHP, MySQL), said in ours."""

_LETTERS = (
    ("yyyy", "%Y"),
    ("aaaa", "%Y"),
    ("MM", "%m"),
    ("dd", "%d"),
    ("jj", "%d"),
    ("HH", "%H"),
    ("hh", "%H"),
)
"""Letters by which other programs write dates; `mm` is the month in a date, the minutes after the hours."""

_MONTHS = (
    "janvier janv jan january", "fevrier fevr fev february feb", "mars mar march", "avril avr april apr",
    "mai may", "juin june jun", "juillet juil july jul", "aout august aug", "septembre sept sep september",
    "octobre oct october", "novembre nov november", "decembre dec december",
)  # fmt: skip
_DAYS = (
    "lundi lun monday mon", "mardi mar tuesday tue tues", "mercredi mer wednesday wed",
    "jeudi jeu thursday thu thurs", "vendredi ven friday fri", "samedi sam saturday sat",
    "dimanche dim sunday sun",
)  # fmt: skip


def _numbered(names: tuple[str, ...], written: str) -> Mapping[str, str]:
    return {
        name: written.format(number) for number, same in enumerate(names, start=1) for name in same.split()
    }


_MEANING = {
    **dict.fromkeys("bB", _numbered(_MONTHS, "{:02}")),
    **dict.fromkeys("aA", _numbered(_DAYS, "")),
}
"""What each name becomes: a month its number, a day of the week nothing."""


@dataclass(frozen=True, slots=True)
class WrongFormat:
    """Why a format reads no date.

    Args:
        message_key: of `connector_check`.
        mark: that is at fault, "" for the whole.
        suggestion: the format that its author may have meant, "" for no idea.
    """

    message_key: str
    mark: str = ""
    suggestion: str = ""


def wrong_format(format_: str) -> WrongFormat | None:
    """Return why a format cannot read a date, None when it can.

    Args:
        format_: as it is written in a file; not one of `UNIX`.
    """
    fault = _fault(format_)
    if fault is None:
        return None
    suggestion = next((meant for meant in _meanings(format_) if _fault(meant) is None), "")
    return WrongFormat(*fault, suggestion)


def _fault(format_: str) -> tuple[str, str] | None:
    """Return what is wrong, and the mark at fault."""
    marks = [found[1] for found in _MARK.finditer(format_)]
    for mark in marks:
        if mark not in _KNOWN:
            return "date_mark", f"%{mark}"
    for mark in marks:
        if mark != "%" and marks.count(mark) > 1:
            return "date_mark_twice", f"%{mark}"
    return None if _reads_itself(format_) else ("date_format", "")


def moment_of(written: str, format_: str) -> datetime:
    """Return the moment that a text tells, without a zone unless it says one.

    Raises:
        ValueError: it is not written in this format.
    """
    numbers, names = _without_names(format_)
    if not names:
        return datetime.strptime(written, format_)  # noqa: DTZ007 - the zone is set by the caller
    return datetime.strptime(_named(written, iter(names)), numbers)  # noqa: DTZ007 - as above


@cache
def _without_names(format_: str) -> tuple[str, str]:
    """Return a format with numbers in the place of names, and the marks that stood there, in order."""
    names = "".join(found[1] or "" for found in _NAMES.finditer(format_))
    becomes = {"a": "", "A": "", "b": "%m", "B": "%m", None: "%%"}
    return _NAMES.sub(lambda found: becomes[found[1]], format_).strip(), names


def _named(written: str, marks: Iterator[str]) -> str:
    """Return a text with numbers in the place of names: "1er mars" is "1 03"."""

    def number(found: re.Match[str]) -> str:
        if found[0] == "er":
            return ""
        name = _plain(found[0])
        if not any(name in names for names in _MEANING.values()):
            return found[0]
        return _MEANING.get(next(marks, ""), {}).get(name, found[0])

    return _WORD.sub(number, written).strip()


def _plain(word: str) -> str:
    """Return a name in small letters, without accents nor the point of an abbreviation."""
    letters = unicodedata.normalize("NFKD", word.casefold().removesuffix("."))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _reads_itself(format_: str) -> bool:
    """Tell whether a date that is written in a format is read by it as the same month at least."""
    try:
        read = moment_of(_SAMPLE.strftime(format_).strip(), format_)
    except (ValueError, re.error):
        return False
    return (read.year, read.month) == (_SAMPLE.year, _SAMPLE.month)


def _meanings(format_: str) -> Iterator[str]:
    """Yield what an author may have meant, the likeliest first."""
    if "%" not in format_:
        yield _from_letters(format_)
        return
    yield from _in_our_marks(format_)
    yield _month_before_hours(format_)


def _from_letters(written: str) -> str:
    """Return a format that was written in letters: "dd/MM/yyyy" is "%d/%m/%Y"."""
    found = written
    for letters, mark in _LETTERS:
        found = found.replace(letters, mark).replace(letters.upper(), mark)
    day, hours, time = found.partition("%H")
    return day.replace("mm", "%m") + hours + time.replace("mm", "%M").replace("ss", "%S")


def _in_our_marks(format_: str) -> Iterator[str]:
    """Yield a format with marks of ours in the place of those that are none, the likeliest first."""
    lacking = [mark for mark in ("%d", "%m", "%Y") if mark not in format_]

    def same_letter(mark: str) -> str:
        return next((one for one in lacking if one[1] == mark.swapcase()), "")

    def unpadded(mark: str) -> str:
        # "%-d" is a day without its zero, which "%d" reads as well.
        return f"%{mark[1]}" if len(mark) == 2 and mark[1] in _KNOWN else ""

    def elsewhere(mark: str) -> str:
        return _ELSEWHERE.get(mark, "")

    def what_lacks(_: str) -> str:
        return lacking[0] if len(lacking) == 1 else ""

    for meaning in (same_letter, unpadded, elsewhere, what_lacks):
        yield "".join(_respelt(format_, meaning))


def _respelt(format_: str, meaning: Callable[[str], str]) -> Iterator[str]:
    """Yield the pieces of a format, each mark that is none of ours by its meaning where it has one."""
    end = 0
    for found in _MARK.finditer(format_):
        yield format_[end : found.start()]
        yield found[0] if found[1] in _KNOWN else meaning(found[1]) or found[0]
        end = found.end()
    yield format_[end:]


def _month_before_hours(format_: str) -> str:
    """Return a format whose minutes, before any hour, were meant as a month: "%d/%M/%Y"."""
    day, hours, time = format_.partition("%H")
    return day.replace("%M", "%m") + hours + time
