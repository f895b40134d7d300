"""Writes a proposal as TOML: what was guessed, how likely it is, why, and what only a human can say.

Whatever comes from the description passes through `one_line` and `quoted`: it is a text of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from avise.connectors.declarative.template import AUTHORS_SCHEMA
from avise.connectors.openapi.actions_guess import ActionGuess
from avise.connectors.openapi.directory_guess import DirectoryGuess
from avise.connectors.openapi.readings_guess import LeftOut, ReadingGuess
from avise.connectors.openapi.sign_in_guess import SignInGuess
from avise.connectors.openapi.timeline_guess import TimelineGuess
from avise.connectors.openapi.toml_pieces import (
    asked,
    field_lines,
    guessed,
    inline,
    mark,
    one_line,
    quoted,
    scheme_reason,
)
from avise.connectors.openapi.writing_more import action_lines, directory_lines, timeline_lines
from avise.texts import text

MOST_LEFT_OUT = 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """A connector file proposed."""

    id: str
    content: str
    readings: int
    """Facets, the timeline and the directory."""
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
    timeline: TimelineGuess | None
    directory: DirectoryGuess | None
    actions: Sequence[ActionGuess]
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
        *(timeline_lines(found.timeline) if found.timeline else ()),
        *(directory_lines(found.directory) if found.directory else ()),
        *(line for action in found.actions for line in action_lines(action, alone=_one_scheme(found))),
        *_left_out(found),
    ]
    content = "\n".join(lines) + "\n"
    extra = sum(one is not None for one in (found.timeline, found.directory))
    return Proposal(found.header.id, content, len(found.readings) + extra, content.count(mark()))


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
        scheme = next(_schemes(found))
        yield guessed(f"needs_ids = [{quoted(scheme)}]", _likeness_of(found, scheme), scheme_reason(scheme))
    elif found.timeline is not None:
        scheme = found.timeline.scheme
        reason = text("connector_new.reason.timeline_scheme")
        yield guessed(f"needs_ids = [{quoted(scheme)}]", found.timeline.scheme_likeness, reason)
    yield ""


def _config(found: Found) -> Iterator[str]:
    yield "[config.base_url]"
    yield 'type = "url"'
    yield f"label = {quoted(text('connector_new.config.base_url'))}"
    yield "required = true"
    if found.header.address:
        yield guessed(f"default = {quoted(found.header.address)}", 60, text("connector_new.doubt.address"))
    values = {name: (kind, text(label)) for name, (kind, label) in found.sign_in.config.items()}
    for reading in _asking(found):
        values |= {name: ("text", one_line(parameter)) for name, parameter in reading.config.items()}
    values |= {config: ("text", one_line(name)) for name, config in found.headers.items()}
    for name, (kind, label) in values.items():
        yield ""
        yield f"[config.{name}]"
        yield f"type = {quoted(kind)}"
        yield f"label = {quoted(label)}"
        yield "required = true"
    yield ""


def _asking(found: Found) -> Iterator[ReadingGuess | TimelineGuess | DirectoryGuess]:
    yield from found.readings
    for one in (found.timeline, found.directory):
        if one is not None:
            yield one


def _http(found: Found) -> Iterator[str]:
    yield "[http]"
    yield 'base_url = "{config.base_url}"'
    likeness = 40 if found.sign_in.auth["type"] == "none" else 80
    yield guessed(f"auth = {inline(found.sign_in.auth)}", likeness, text(found.sign_in.reason))
    for doubt, schemes in found.sign_in.doubts.items():
        yield asked(text(doubt, schemes=schemes))
    if found.headers:
        filled = {name: "{config." + config + "}" for name, config in found.headers.items()}
        yield guessed(f"headers = {inline(filled)}", 70, text("connector_new.doubt.headers"))
    yield ""


def _check(found: Found) -> Iterator[str]:
    if not found.check:
        yield asked(text("connector_new.no_check"))
    else:
        yield "[check]"
        yield guessed(f"path = {quoted(found.check)}", 70, text("connector_new.check"))
    yield ""


def _likeness_of(found: Found, scheme: str) -> int:
    known = {reading.scheme: reading.scheme_likeness for reading in found.readings}
    if found.timeline is not None:
        known.setdefault(found.timeline.scheme, found.timeline.scheme_likeness)
    return known.get(scheme, 50)


def _one_scheme(found: Found) -> bool:
    """Tell whether all readings ask with the same identifier, which the header then says."""
    return len(set(_schemes(found))) == 1


def _schemes(found: Found) -> Iterator[str]:
    yield from (reading.scheme for reading in found.readings)
    if found.timeline is not None:
        yield found.timeline.scheme
    yield from (action.scheme for action in found.actions)


def _facet(reading: ReadingGuess, *, alone: bool) -> Iterator[str]:
    operation, answer = reading.operation, reading.answer
    title = f" ({operation.words})" if operation.words else ""
    yield f"# GET {one_line(operation.path + title)}"
    yield "[[facet]]"
    yield guessed(f"id = {quoted(reading.facet)}", reading.likeness, text("connector_new.reason.facet"))
    if not alone:
        yield guessed(
            f"needs_ids = [{quoted(reading.scheme)}]",
            reading.scheme_likeness,
            scheme_reason(reading.scheme),
        )
    yield f"path = {quoted(reading.path)}"
    if reading.query:
        yield f"query = {inline(reading.query)}"
    yield guessed(f"on_404 = {quoted(reading.on_404)}", 50, text("connector_new.reason.on_404"))
    yield guessed(
        f"paging = {inline(reading.paging.section)}", reading.paging.likeness, text(reading.paging.reason)
    )
    if answer.records is not None:
        yield guessed(f"records = {quoted(answer.records)}", 80, text("connector_new.reason.records"))
    for doubt in dict.fromkeys(reading.doubts):
        yield asked(text(doubt))
    yield from _subject(reading)
    yield ""
    yield "[facet.fields]"
    for guess in reading.fields:
        yield from field_lines(guess)
    if reading.left_out:
        names = ", ".join(one.expression for one in reading.left_out)
        yield f"# {one_line(text('connector_new.left_out', names=names))}"
    yield ""


def _subject(reading: ReadingGuess) -> Iterator[str]:
    if reading.subject:
        line = f"subject = {inline(reading.subject)}"
        told_by = "record" if reading.says_on_each_record else "answer"
        yield guessed(line, 80, text(f"connector_new.reason.subject_of_{told_by}"))
        if reading.says_on_each_record:
            yield 'subject_from = "record"'
    else:
        yield asked(text("connector_new.doubt.subject"))


def _left_out(found: Found) -> Iterator[str]:
    for reference in found.outside:
        yield asked(text("connector_new.outside", reference=reference))
    if found.left_out:
        yield f"# {text('connector_new.left.title')}"
    for one in found.left_out[:MOST_LEFT_OUT]:
        yield f"#   {one_line(text('connector_new.left.one', path=one.path, reason=text(one.reason)))}"
    more = len(found.left_out) - MOST_LEFT_OUT
    if more > 0:
        yield f"#   {text('connector_new.left.more', count=str(more))}"
    if not any(True for _ in _asking(found)):
        yield asked(text("connector_new.no_reading"))
