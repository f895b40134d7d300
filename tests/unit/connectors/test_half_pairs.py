"""Text that JSON may write and nothing else may hold is mended where it comes in, and nothing else is."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from avise.connectors.contract import HttpReply
from avise.connectors.declarative.json_reply import parse_json
from avise.connectors.half_pairs import without_half_pairs
from avise.models.json_types import JSON

_TEXTS = st.text(st.characters())
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner),
    max_leaves=10,
)


@given(_VALUES)
@example({"A\ud800": ["b\udfff", 1, None]})
@example("\ud83d\ude00")
def test_what_was_parsed_can_be_written_as_utf_8(value: JSON) -> None:
    written = json.dumps(value)
    json.dumps(without_half_pairs(json.loads(written), written), ensure_ascii=False).encode()


@given(_VALUES)
@example("\U0001f600")
@example("\\ud800")
def test_whole_characters_stay_as_they_are(value: JSON) -> None:
    whole = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    written = json.dumps(whole)
    assert without_half_pairs(json.loads(written), written) == whole


def test_a_reply_is_mended_however_it_is_parsed() -> None:
    reply = HttpReply(200, {}, rb'{"name": "A\ud800B", "town": "\ud83d\ude00"}', "application/json", "utf-8")
    assert parse_json(reply) == reply.json() == {"name": "A?B", "town": "😀"}
