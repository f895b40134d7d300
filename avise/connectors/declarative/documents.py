"""A TOML file as a checked document: what it says, and where each of its errors stands.

Connector files are read through this, and so are the other declarative files (answers, consents,
templates): every error with its line, whatever the file describes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from avise.connectors.declarative.positions import KeyPath, Position, index_positions, nearest_position
from avise.connectors.declarative.problems import Finding, ProblemAt, dotted, findings_of

M = TypeVar("M", bound=BaseModel)

MAX_SIZE = 1_000_000
"""Bytes; such a file is a page or two."""

SENTENCES = "connector_check"
"""Where the sentences of findings are, unless a finding names another place by a dot."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_SYNTAX = {
    "Expected '=' after a key": "syntax_equals",
    "Invalid value": "syntax_value",
    "Unterminated string": "syntax_string",
    "Expected \"'": "syntax_string",
    "Illegal character '\\n'": "syntax_string",
    "Illegal character": "syntax_character",
    "Invalid initial character for a key part": "syntax_inline_table",
    "Invalid hex value": "syntax_backslash",
    "Unescaped": "syntax_backslash",
    "Cannot overwrite a value": "syntax_twice",
    "Cannot declare": "syntax_twice",
    "Duplicate inline table key": "syntax_twice",
    "Cannot mutate": "syntax_twice",
    "Cannot redefine": "syntax_twice",
    "Expected newline or end of document": "syntax_end_of_line",
    "Unclosed array": "syntax_list",
    "Unclosed inline table": "syntax_inline_table",
    "Expected ']": "syntax_header",
}
"""Beginnings of the parser's messages; any other is told in general terms."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, once it is TOML; `problems` tells why it is not."""

    text: str
    values: dict[str, Any]
    problems: tuple[ProblemAt, ...] = ()

    def placed(self, findings: Iterable[Finding]) -> list[ProblemAt]:
        """Give each finding its line, each place once, in the order of lines."""
        found = list(findings)
        return _placed(found, index_positions(self.text)) if found else []


@dataclass(frozen=True, slots=True)
class CheckedFile(Generic[M]):
    """A file read through its model: its content, or every error with its line."""

    path: Path
    problems: tuple[ProblemAt, ...]
    content: M | None = field(default=None)
    """None when there are problems."""


def read_document(path: Path) -> Document:
    """Return what a file says, or why it is not TOML.

    Raises:
        OSError: the file cannot be read.
    """
    if path.stat().st_size > MAX_SIZE:
        return _refused(ProblemAt(1, 1, "", f"{SENTENCES}.too_long"))
    try:
        # Some editors put a mark before the first line: it says UTF-8, and nothing else.
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        key = "not_utf8_16" if error.object.startswith((b"\xff\xfe", b"\xfe\xff")) else "not_utf8"
        return _refused(ProblemAt(line, 1, "", f"{SENTENCES}.{key}"))
    try:
        return Document(text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return _refused(_syntax_problem(str(error), text), text)
    except RecursionError:
        return _refused(ProblemAt(1, 1, "", f"{SENTENCES}.syntax"))


def check_file(
    path: Path, model: type[M], between: Callable[[M], Iterable[Finding]] = lambda _content: ()
) -> CheckedFile[M]:
    """Return a file's content, or every error with its line.

    Args:
        path: the file.
        model: what may be written in it.
        between: rules that need more than one key; asked once the model is content.

    Raises:
        OSError: the file cannot be read.
    """
    document = read_document(path)
    if document.problems:
        return CheckedFile(path, document.problems)
    try:
        content = model.model_validate(document.values)
    except ValidationError as error:
        return CheckedFile(path, tuple(document.placed(findings_of(error, model))))
    problems = tuple(document.placed(between(content)))
    return CheckedFile(path, problems, None if problems else content)


def _refused(problem: ProblemAt, text: str = "") -> Document:
    return Document(text, {}, (problem,))


def _syntax_problem(message: str, text: str) -> ProblemAt:
    place = _PLACE.search(message)
    if (unclosed := _unclosed(text)) and message.startswith(_UNTERMINATED):
        return ProblemAt(*unclosed, "", f"{SENTENCES}.syntax_string")
    key = next((key for start, key in _SYNTAX.items() if message.startswith(start)), "syntax")
    if place is not None and place[1] is not None:
        line, column = int(place[1]), int(place[2])
        key, suggestion = _refined(key, text, line, column)
        return ProblemAt(line, column, "", f"{SENTENCES}.{key}", suggestion)
    return ProblemAt(text.rstrip().count("\n") + 1, 1, "", f"{SENTENCES}.{key}")


_UNTERMINATED = ("Unterminated string", "Expected \"'")
_LONG_QUOTE = re.compile(r"'''|\"\"\"")


def _unclosed(text: str) -> tuple[int, int] | None:
    """Return where the long text begins that is not closed: the parser knows the end of the file only."""
    opened: re.Match[str] | None = None
    for quote in _LONG_QUOTE.finditer(text):
        if opened is None:
            opened = quote
        elif _opens(text, quote.start()):
            break  # another text begins where this one should have ended
        else:
            opened = None
    if opened is None:
        return None
    line_start = text.rfind("\n", 0, opened.start()) + 1
    return text.count("\n", 0, opened.start()) + 1, opened.start() - line_start + 1


def _opens(text: str, at: int) -> bool:
    """Tell whether a long quote stands after a key: it opens a text."""
    return text[text.rfind("\n", 0, at) + 1 : at].rstrip().endswith("=")


_SAYS_YES = frozenset({"true", "oui", "vrai", "yes", "on"})
_SAYS_NO = frozenset({"false", "non", "faux", "no", "off"})
_WORD = re.compile(r"[\w-]+")


def _refined(key: str, text: str, line: int, column: int) -> tuple[str, Mapping[str, str]]:
    """Return what is wrong in the author's own terms, with what may have been meant."""
    rest = text.split("\n")[line - 1][column - 1 :]
    if key == "syntax" and line == 1 and text.lstrip().startswith("{"):
        return "syntax_json", {}
    if key == "syntax_equals" and rest.startswith(("\u00a0", "\u202f")):
        return "syntax_space", {}
    word = _WORD.match(rest)
    if key != "syntax_value" or word is None:
        return key, {}
    said = word[0].lower()
    meant = "true" if said in _SAYS_YES else "false" if said in _SAYS_NO else f'"{word[0]}"'
    return key, {"suggestion": meant}


def _placed(findings: Iterable[Finding], positions: dict[KeyPath, Position]) -> list[ProblemAt]:
    problems = set()
    seen = []
    for finding in findings:
        place = nearest_position(positions, finding.path[:-1] if finding.missing else finding.path)
        key = finding.message_key if "." in finding.message_key else f"{SENTENCES}.{finding.message_key}"
        problem = ProblemAt(place.line, place.column, dotted(finding.path), key, finding.params)
        mark = (problem.line, problem.column, problem.key_path, problem.message_key)
        if mark not in problems:
            problems.add(mark)
            seen.append(problem)
    return sorted(seen, key=lambda problem: (problem.line, problem.column, problem.key_path))
