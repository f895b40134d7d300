"""Lines of a nightly file that decode, but not to what was written: the file is in another encoding.

A file in latin-1 can be read from any bytes, so that a wrong `encoding` breaks no line: only its words tell.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence

from avise.connectors.declarative.csv_lines import MOST_BROKEN_SHOWN
from avise.connectors.jsonrpc.reply import put_right
from avise.connectors.trial.values import MisreadLines

_UTF_8, _WINDOWS = "utf-8", "cp1252"
_CONTROLS = frozenset(map(chr, range(0x80, 0xA0)))
"""C1 controls, which no text holds: where cp1252 has quotes, dashes, œ and €, latin-1 has these."""


def misread_lines(lines: Iterable[tuple[int, Sequence[str]]], encoding: str) -> tuple[MisreadLines, ...]:
    """Return which lines seem to be in another encoding, by that encoding; nothing of what they hold.

    Args:
        lines: number and fields of each.
        encoding: in which they were read.
    """
    if codecs.lookup(encoding).name.startswith("utf"):
        return ()
    found: dict[str, list[int]] = {}
    for number, fields in lines:
        if meant := next(filter(None, (meant_encoding(field, encoding) for field in fields)), ""):
            found.setdefault(meant, []).append(number)
    return tuple(
        MisreadLines(meant, len(numbers), tuple(numbers[:MOST_BROKEN_SHOWN]))
        for meant, numbers in sorted(found.items())
    )


def meant_encoding(text: str, encoding: str) -> str:
    """Return the encoding that a text seems to be written in, "" when it may well be the one of its reading.

    Args:
        text: of a file.
        encoding: in which it was read: one byte a character.
    """
    if text.isascii():
        return ""
    raw = text.encode(encoding)
    as_latin_1 = raw.decode("latin-1")
    if put_right(as_latin_1) != as_latin_1:
        return _UTF_8
    if _CONTROLS.isdisjoint(text):
        return ""
    return _UTF_8 if _is_utf_8(raw) else _WINDOWS


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
