"""Pieces of the TOML that is proposed: keys, texts, and comments with their marks.

Whatever comes from the description passes through `one_line` and `quoted`: it is a text of others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from avise.connectors.openapi.matching import SURE, FieldGuess
from avise.texts import text

LONGEST_COMMENT = 110
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def mark() -> str:
    """Return what each guess is marked with."""
    return text("connector_new.mark")


def quoted(value: str) -> str:
    """Write a text as a TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def one_line(words: str) -> str:
    """Return a text of others as it may stand in a comment: one line, printable, not too long."""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    compact = " ".join(printable.split())
    return compact if len(compact) <= LONGEST_COMMENT else f"{compact[: LONGEST_COMMENT - 1]}…"


def key_of(name: str) -> str:
    """Write a key, quoted where TOML wants it."""
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def inline(table: Mapping[str, str | int]) -> str:
    """Write an inline table."""
    pairs = (f"{key_of(k)} = {v if isinstance(v, int) else quoted(v)}" for k, v in table.items())
    return "{ " + ", ".join(pairs) + " }"


def guessed(line: str, likeness: int, reason: str) -> str:
    """Write a line that was guessed, with its mark, its likeness and its reason."""
    why = text("connector_new.guess", mark=mark(), likeness=str(likeness), reason=one_line(reason))
    return f"{line}   # {why}"


def asked(reason: str) -> str:
    """Write a comment for what only a human can say."""
    return f"# {text('connector_new.asked', mark=mark(), reason=one_line(reason))}"


def field_lines(guess: FieldGuess) -> Iterator[str]:
    """Yield the lines of a field."""
    table: dict[str, str | int] = {"from": guess.property.expression}
    if guess.convert is not None:
        table["as"] = str(guess.convert)
    if guess.format:
        table["format"] = guess.format
    value = quoted(guess.property.expression) if len(table) == 1 else inline(table)
    if guess.codes:
        value = inline(table)[:-2] + f", map = {inline(guess.codes)} }}"
    yield guessed(f"{guess.name} = {value}", guess.likeness, _why(guess))
    for doubt in guess.doubts:
        yield asked(text(doubt, field=guess.name))
    if guess.unknown_codes:
        yield asked(text("connector_new.doubt.codes", field=guess.name, codes=", ".join(guess.unknown_codes)))


def _why(guess: FieldGuess) -> str:
    one = guess.property
    reason = text("connector_new.reason.name" if guess.likeness < SURE else "connector_new.reason.name_sure")
    told = [part for part in (one.type, one.format) if part]
    return " · ".join(
        [reason, *([" ".join(told)] if told else []), *([one.description] if one.description else [])]
    )


def scheme_reason(scheme: str) -> str:
    """Return what to check of an identifier; one that was made up exists nowhere yet."""
    return text(
        "connector_new.reason.scheme" if scheme == "member" else "connector_new.reason.invented_scheme"
    )
