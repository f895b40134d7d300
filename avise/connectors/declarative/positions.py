"""Where each key of a TOML document stands: the standard parser gives values without positions.

The text has already been accepted by `tomllib`; the scanner here only follows its shape (tables,
arrays of tables, dotted keys, inline tables, multi-line strings and arrays) to note where each key
begins. Lines and columns count from 1, columns in characters.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""Keys and, for a table of an array, its index: ("facet", 0, "fields", "id")."""

_BARE_END = frozenset(" \t\r\n.=]\"'#")
_VALUE_END = frozenset(",]}\r\n#")
_BLANK = " \t"
_SPACE = " \t\r\n"
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a key begins."""

    line: int
    column: int


def index_positions(text: str) -> dict[KeyPath, Position]:
    """Return the position of every key and table of a valid TOML document.

    Args:
        text: a document that `tomllib` accepts.
    """
    return _Scanner(text).scan()


def nearest_position(positions: dict[KeyPath, Position], path: KeyPath) -> Position:
    """Return the position of a path, or of the closest table around it, or the document's beginning."""
    for length in range(len(path), 0, -1):
        found = positions.get(path[:length])
        if found is not None:
            return found
    return Position(1, 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._positions: dict[KeyPath, Position] = {}
        self._lengths: dict[KeyPath, int] = {}
        self._line_starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]

    def scan(self) -> dict[KeyPath, Position]:
        table: KeyPath = ()
        while self._to_next_token():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._positions

    # ---- tokens ----------------------------------------------------------------------------------

    def _peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def _skip(self, characters: str) -> None:
        while self._at < len(self._text) and self._text[self._at] in characters:
            self._at += 1

    def _to_next_token(self) -> bool:
        """Pass spaces, ends of lines and comments; tell whether anything is left."""
        self._skip(_SPACE)
        while self._peek() == "#":
            end = self._text.find("\n", self._at)
            self._at = len(self._text) if end < 0 else end
            self._skip(_SPACE)
        return self._at < len(self._text)

    def _here(self) -> Position:
        line = bisect.bisect_right(self._line_starts, self._at)
        return Position(line, self._at - self._line_starts[line - 1] + 1)

    # ---- structure -------------------------------------------------------------------------------

    def _header(self) -> KeyPath:
        of_array = self._peek(2) == "[["
        self._at += 2 if of_array else 1
        self._skip(_BLANK)
        keys = self._dotted_key()
        self._at += 2 if of_array else 1
        path: KeyPath = ()
        for key, position in keys[:-1]:
            path = self._entered((*path, key), position)
        key, position = keys[-1]
        path = (*path, key)
        if of_array:
            index = self._lengths.get(path, 0)
            self._lengths[path] = index + 1
            self._note(path, position)
            path = (*path, index)
        self._note(path, position)
        return path

    def _entered(self, path: KeyPath, position: Position) -> KeyPath:
        """Return the table that a header's key leads into: of an array, its last one so far."""
        self._note(path, position)
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _note(self, path: KeyPath, position: Position) -> None:
        self._positions.setdefault(path, position)

    def _pair(self, table: KeyPath) -> None:
        path = table
        for key, position in self._dotted_key():
            path = (*path, key)
            self._note(path, position)
        self._at += 1  # the equals sign, where the dotted key stopped
        self._skip(_BLANK)
        self._value(path)

    def _dotted_key(self) -> list[tuple[str, Position]]:
        keys = []
        while True:
            self._skip(_BLANK)
            position = self._here()
            keys.append((self._key(), position))
            self._skip(_BLANK)
            if self._peek() != ".":
                return keys
            self._at += 1

    def _key(self) -> str:
        if self._peek() in {'"', "'"}:
            return self._quoted()
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _BARE_END:
            self._at += 1
        return self._text[start : self._at]

    def _value(self, path: KeyPath) -> None:
        first = self._peek()
        if self._peek(3) in {'"""', "'''"}:
            self._multi_line()
        elif first in {'"', "'"}:
            self._quoted()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self._at < len(self._text) and self._text[self._at] not in _VALUE_END:
                self._at += 1

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._to_next_token() and self._peek() != "]":
            if self._peek() == ",":
                self._at += 1
                continue
            self._note((*path, index), self._here())
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._to_next_token() and self._peek() != "}":
            if self._peek() == ",":
                self._at += 1
                continue
            self._pair(path)
        self._at += 1

    # ---- strings ---------------------------------------------------------------------------------

    def _quoted(self) -> str:
        quote = self._peek()
        self._at += 1
        pieces = []
        while self._peek() not in {quote, ""}:
            if quote == '"' and self._peek() == "\\":
                pieces.append(self._escape())
                continue
            pieces.append(self._peek())
            self._at += 1
        self._at += 1
        return "".join(pieces)

    def _escape(self) -> str:
        letter = self._text[self._at + 1 : self._at + 2]
        digits = {"u": 4, "U": 8}.get(letter, 0)
        code = self._text[self._at + 2 : self._at + 2 + digits]
        self._at += 2 + digits
        return chr(int(code, 16)) if digits else _ESCAPES.get(letter, letter)

    def _multi_line(self) -> None:
        quotes = self._peek(3)
        self._at += 3
        while self._at < len(self._text) and self._peek(3) != quotes:
            self._at += 2 if quotes == '"""' and self._peek() == "\\" else 1
        self._at += 3
        # One or two quotes may stand just before the closing three.
        while self._peek() == quotes[0]:
            self._at += 1
