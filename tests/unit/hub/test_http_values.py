"""What crosses the wire comes out as it went in, and what is not that is refused whole."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.hub.http_reading import MalformedError, from_json, to_json
from avise.hub.http_values import (
    ack_to_json,
    head_to_json,
    opened_to_json,
    page_to_json,
    presence_to_json,
    pulled_to_json,
    pushed_to_json,
    read_ack,
    read_head,
    read_opened,
    read_page,
    read_presence,
    read_pulled,
    read_push,
    read_pushed,
)
from avise.hub.moments import microseconds
from avise.hub.port import (
    MAX_PUSH,
    Ack,
    Head,
    HubError,
    Outcome,
    Page,
    Perimeter,
    Presence,
    Pulled,
    PulledEvent,
    PushedEvent,
    SubjectOpened,
)
from avise.models.json_types import JSON

NUMBERS = st.integers(-(2**62), 2**62)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11))])
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds
IDS = st.uuids()
BYTES = st.binary(max_size=80)
MICROSECONDS = MOMENTS.map(microseconds)
COUNTS = st.dictionaries(WORDS, NUMBERS, max_size=4)

PUSHED = st.builds(
    PushedEvent, event_id=IDS, device_seq=NUMBERS, stream=WORDS, kind=WORDS, schema_v=NUMBERS, author=WORDS,
    occurred_at=MOMENTS, clock_offset_ms=NUMBERS, body=BYTES, salt=BYTES, content_sha=BYTES,
)  # fmt: skip
PULLED_EVENT = st.builds(
    PulledEvent, perimeter=WORDS, pos=NUMBERS, identity=IDS.map(str), device=WORDS, device_seq=NUMBERS,
    stream=WORDS, kind=WORDS, schema_v=NUMBERS, author=WORDS, role=WORDS, occurred=MICROSECONDS,
    clock_offset_ms=NUMBERS, body=st.none() | BYTES, salt=st.none() | BYTES, content_sha=BYTES,
    counted=st.sampled_from((0, 1)), refusal=WORDS, ver=NUMBERS, number=WORDS, received=MICROSECONDS,
    chain=BYTES,
)  # fmt: skip
ACKS = st.builds(
    Ack, device_seq=NUMBERS, outcome=st.sampled_from(Outcome), effective=st.booleans(), refusal=WORDS,
    ver=NUMBERS, number=WORDS,
)  # fmt: skip
PRESENCES = st.builds(Presence, login=WORDS, request=IDS, writing=st.booleans(), since=MOMENTS)
PERIMETERS = st.builds(Perimeter, id=WORDS, kind=WORDS, can_write=st.booleans())


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=3).map(tuple)


HEADS = st.builds(
    Head, hub_id=IDS, epoch=NUMBERS, min_version=WORDS, now=MOMENTS, perimeters=tuples(PERIMETERS),
    positions=COUNTS, last_seq=NUMBERS, wipe=st.booleans(), backed_up=COUNTS, presences=tuples(PRESENCES),
    colleagues_version=NUMBERS,
)  # fmt: skip
PULLED = st.builds(Pulled, events=tuples(PULLED_EVENT), through=COUNTS, skipped=COUNTS, more=st.booleans())
ROWS = tuples(st.dictionaries(WORDS, WORDS | NUMBERS | st.none() | st.lists(WORDS, max_size=2), max_size=3))
PAGES = st.builds(
    Page, rows=ROWS, cursor=WORDS, total=st.none() | NUMBERS, events=tuples(PULLED_EVENT),
    as_of=st.none() | MOMENTS,
)  # fmt: skip
OPENED = st.builds(SubjectOpened, events=tuples(PULLED_EVENT), requests=ROWS, as_of=MOMENTS)

Both = tuple[st.SearchStrategy[Any], Callable[[Any], Any], Callable[[Any], Any]]
KINDS: dict[str, Both] = {
    "pushed": (PUSHED, pushed_to_json, read_pushed),
    "ack": (ACKS, ack_to_json, read_ack),
    "presence": (PRESENCES, presence_to_json, read_presence),
    "head": (HEADS, head_to_json, read_head),
    "pulled": (PULLED, pulled_to_json, read_pulled),
    "page": (PAGES, page_to_json, read_page),
    "opened": (OPENED, opened_to_json, read_opened),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_value_crosses_the_wire_unchanged(kind: str, data: st.DataObject) -> None:
    values, write, read = KINDS[kind]
    value = data.draw(values)
    assert read(from_json(to_json(write(value)))) == value


JUNK = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_value_with_one_field_replaced_is_read_or_refused_and_never_fails_otherwise(
    kind: str, data: st.DataObject
) -> None:
    values, write, read = KINDS[kind]
    value = data.draw(values)
    written = from_json(to_json(write(value)))
    assert isinstance(written, dict)
    written[data.draw(st.sampled_from(sorted(written)))] = data.draw(JUNK)
    with contextlib.suppress(MalformedError):
        assert isinstance(read(written), type(value))


@given(content=st.binary(max_size=200))
def test_bytes_that_are_no_json_are_refused(content: bytes) -> None:
    try:
        value = from_json(content)
    except MalformedError:
        return
    assert value == json.loads(content.decode())


EVENT = PushedEvent(
    uuid.UUID(int=1), 1, "request/x", "request_created", 1, "lea", datetime(2026, 3, 24, tzinfo=UTC), 0,
    b"{}", b"salt", bytes(32),
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"event_id": "{00000000-0000-0000-0000-000000000001}"}, {"event_id": 1}, {"device_seq": True},
        {"device_seq": 1.0}, {"device_seq": 2**63}, {"stream": "a\0b"}, {"stream": "x" * 5_000},
        {"body": "é"}, {"body": "a"}, {"occurred_at": "2026-03-24T00:00:00"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"pos": 3}, {"author": None},
    ],
)  # fmt: skip
def test_what_a_workstation_never_sends_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        read_pushed({**pushed_to_json(EVENT), **change})


def test_more_events_than_a_push_holds_are_counted_before_they_are_read() -> None:
    with pytest.raises(HubError, match=r"hub\.too_many"):
        read_push({"events": [None] * (MAX_PUSH + 1)})


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\\u0000"', b"NaN", b"[Infinity]", b"\xff", b"[" * 90_000])
def test_what_no_database_keeps_is_no_json_here(text: bytes) -> None:
    with pytest.raises(MalformedError):
        from_json(text)


def test_a_text_that_only_looks_like_an_escape_is_kept() -> None:
    assert from_json(b'"\\u00e9 \\\\u0041"') == "é \\u0041"


def test_words_that_spell_an_escape_are_taken_and_a_nul_is_not() -> None:
    spelled: JSON = {"words": "\\u0000", "held": ["\\u0000", {"\\u0000": 1}]}

    assert from_json(to_json(spelled)) == spelled
    for malformed in ({"words": "\0"}, ["\0"], {"\0": 1}, {"held": [{"of": "\0"}]}):
        with pytest.raises(MalformedError):
            from_json(json.dumps(malformed).encode())
