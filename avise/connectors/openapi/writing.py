"""Writes a proposal as TOML: what was guessed, how likely it is, why, and what only a human can say.

Whatever comes from the description passes through `one_line` and `quoted`: it is a text of others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from avise.connectors.declarative.template import AUTHORS_SCHEMA
from avise.connectors.openapi.matching import SURE, FieldGuess
from avise.connectors.openapi.readings_guess import LeftOut, ReadingGuess
from avise.connectors.openapi.sign_in_guess import SignInGuess
from avise.texts import text

LONGEST_COMMENT = 110
MOST_LEFT_OUT = 40
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A connector file proposed."""

    id: str
    content: str
    readings: int
    to_check: int
    """Guesses that are marked in it."""


@dataclass(frozen=True, slots=True)
class Header:
    """Who the connector is."""

    id: str
    name: str
    version: str
    owner: str
    support: str
    source: str
    """Title and version of the description."""
    address: str
    """Of the tool, "" when the description tells none that can be used."""


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was guessed."""

    header: Header
    sign_in: SignInGuess
    check: str
    """Path of a cheap request without a customer, "" for none."""
    headers: Mapping[str, str]
    """Headers that each request wants: name, and the config value that fills it."""
    readings: Sequence[ReadingGuess]
    left_out: Sequence[LeftOut]
    outside: Sequence[str]
    """References that were not followed."""


def written(found: Found) -> Proposal:
    """Return the file, with a count of what is left to a human."""
    lines = [
        *_header(found),
        *_config(found),
        *_http(found),
        *_check(found),
        *(line for reading in found.readings for line in _facet(reading, alone=_one_scheme(found))),
        *_left_out(found),
    ]
    content = "\n".join(lines) + "\n"
    return Proposal(found.header.id, content, len(found.readings), content.count(mark()))


# ---- pieces of TOML -------------------------------------------------------------------------------


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


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def _inline(table: Mapping[str, str | int]) -> str:
    pairs = (f"{_key(k)} = {v if isinstance(v, int) else quoted(v)}" for k, v in table.items())
    return "{ " + ", ".join(pairs) + " }"


def _guessed(line: str, likeness: int, reason: str) -> str:
    return f"{line}   # {mark()} ({likeness} %) : {one_line(reason)}"


def _asked(reason: str) -> str:
    return f"# {mark()} : {one_line(reason)}"


# ---- parts of the file ----------------------------------------------------------------------------


def _header(found: Found) -> Iterator[str]:
    header = found.header
    yield AUTHORS_SCHEMA
    yield f"# {one_line(text('connector_new.intro', source=header.source))}"
    yield f"# {text('connector_new.how', mark=mark())}"
    yield "avise = 1"
    yield ""
    yield "[connector]"
    yield f"id = {quoted(header.id)}"
    yield f"name = {quoted(header.name)}"
    yield f"version = {quoted(header.version)}"
    yield 'contract = ">=1.0,<2"'
    yield f"owner = {quoted(header.owner or text('connector_new.owner'))}"
    yield 'kind = "rest"'
    if header.support:
        yield f"support = {quoted(header.support)}"
    if _one_scheme(found):
        first = found.readings[0]
        line = f"needs_ids = [{quoted(first.scheme)}]"
        yield _guessed(line, first.scheme_likeness, _scheme_reason(first))
    yield ""


def _config(found: Found) -> Iterator[str]:
    yield "[config.base_url]"
    yield 'type = "url"'
    yield f"label = {quoted(text('connector_new.config.base_url'))}"
    yield "required = true"
    if found.header.address:
        yield _guessed(f"default = {quoted(found.header.address)}", 60, text("connector_new.doubt.address"))
    asked = {name: (kind, text(label)) for name, (kind, label) in found.sign_in.config.items()}
    for reading in found.readings:
        asked |= {name: ("text", one_line(parameter)) for name, parameter in reading.config.items()}
    asked |= {config: ("text", one_line(name)) for name, config in found.headers.items()}
    for name, (kind, label) in asked.items():
        yield ""
        yield f"[config.{name}]"
        yield f"type = {quoted(kind)}"
        yield f"label = {quoted(label)}"
        yield "required = true"
    yield ""


def _http(found: Found) -> Iterator[str]:
    yield "[http]"
    yield 'base_url = "{config.base_url}"'
    likeness = 40 if found.sign_in.auth["type"] == "none" else 80
    yield _guessed(f"auth = {_inline(found.sign_in.auth)}", likeness, text(found.sign_in.reason))
    if found.headers:
        filled = {name: "{config." + config + "}" for name, config in found.headers.items()}
        yield _guessed(f"headers = {_inline(filled)}", 70, text("connector_new.doubt.headers"))
    yield ""


def _check(found: Found) -> Iterator[str]:
    if not found.check:
        yield _asked(text("connector_new.no_check"))
    else:
        yield "[check]"
        yield _guessed(f"path = {quoted(found.check)}", 70, text("connector_new.check"))
    yield ""


def _scheme_reason(reading: ReadingGuess) -> str:
    """Return what to check of an identifier; one that was made up exists nowhere yet."""
    known = reading.scheme == "member"
    return text("connector_new.reason.scheme" if known else "connector_new.reason.invented_scheme")


def _one_scheme(found: Found) -> bool:
    """Tell whether all readings ask with the same identifier, which the header then says."""
    return len({reading.scheme for reading in found.readings}) == 1


def _facet(reading: ReadingGuess, *, alone: bool) -> Iterator[str]:
    operation, answer = reading.operation, reading.answer
    title = f" ({operation.words})" if operation.words.strip() else ""
    yield f"# GET {one_line(operation.path + title)}"
    yield "[[facet]]"
    yield _guessed(f"id = {quoted(reading.facet)}", reading.likeness, text("connector_new.reason.facet"))
    if not alone:
        yield _guessed(
            f"needs_ids = [{quoted(reading.scheme)}]",
            reading.scheme_likeness,
            _scheme_reason(reading),
        )
    yield f"path = {quoted(reading.path)}"
    if reading.query:
        yield f"query = {_inline(reading.query)}"
    yield _guessed(f"on_404 = {quoted(reading.on_404)}", 50, text("connector_new.reason.on_404"))
    yield _guessed(
        f"paging = {_inline(reading.paging.section)}", reading.paging.likeness, text(reading.paging.reason)
    )
    if answer.records is not None:
        yield _guessed(f"records = {quoted(answer.records)}", 80, text("connector_new.reason.records"))
    for doubt in dict.fromkeys(reading.doubts):
        yield _asked(text(doubt))
    yield from _subject(reading)
    yield ""
    yield "[facet.fields]"
    for guess in reading.fields:
        yield from _field(guess)
    if reading.left_out:
        names = ", ".join(one.expression for one in reading.left_out)
        yield f"# {one_line(text('connector_new.left_out', names=names))}"
    yield ""


def _subject(reading: ReadingGuess) -> Iterator[str]:
    if reading.subject:
        line = f"subject = {_inline(reading.subject)}"
        yield _guessed(line, 80, text("connector_new.reason.subject"))
    else:
        yield _asked(text("connector_new.doubt.subject"))


def _field(guess: FieldGuess) -> Iterator[str]:
    table: dict[str, str | int] = {"from": guess.property.expression}
    if guess.convert is not None:
        table["as"] = str(guess.convert)
    if guess.format:
        table["format"] = guess.format
    value = quoted(guess.property.expression) if len(table) == 1 else _inline(table)
    if guess.codes:
        value = _inline(table)[:-2] + f", map = {_inline(guess.codes)} }}"
    yield _guessed(f"{guess.name} = {value}", guess.likeness, _why(guess))
    for doubt in guess.doubts:
        yield _asked(text(doubt, field=guess.name))
    if guess.unknown_codes:
        yield _asked(
            text("connector_new.doubt.codes", field=guess.name, codes=", ".join(guess.unknown_codes))
        )


def _why(guess: FieldGuess) -> str:
    one = guess.property
    reason = text("connector_new.reason.name" if guess.likeness < SURE else "connector_new.reason.name_sure")
    told = [part for part in (one.type, one.format) if part]
    return " ; ".join(
        [reason, *([" ".join(told)] if told else []), *([one.description] if one.description else [])]
    )


def _left_out(found: Found) -> Iterator[str]:
    for reference in found.outside:
        yield _asked(text("connector_new.outside", reference=reference))
    if found.left_out:
        yield f"# {text('connector_new.left.title')}"
    for one in found.left_out[:MOST_LEFT_OUT]:
        yield f"#   {one_line(f'GET {one.path} : {text(one.reason)}')}"
    more = len(found.left_out) - MOST_LEFT_OUT
    if more > 0:
        yield f"#   {text('connector_new.left.more', count=str(more))}"
    if not found.readings:
        yield _asked(text("connector_new.no_reading"))
