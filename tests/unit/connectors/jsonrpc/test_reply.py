from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.jsonrpc.connector import JsonrpcConnector
from avise.connectors.jsonrpc.reply import put_right, result_of
from avise.demo.population.defects import misread
from avise.models.errors import ErrorKind, Origin

CANARY = "Trévallec-canari"
FRENCH = st.text("abcdefghiABCDEF 0123,.;:!?'’-àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜ«»\u00a0\u202f…€", max_size=60)
ORDINARY_FRENCH = FRENCH.filter(lambda text: re.search("Â[\u00a0«»]", text) is None)
"""No word ends with this letter: before such a sign it is what is left of that sign, read wrongly."""


def reply(answer: Any) -> HttpReply:  # noqa: ANN401 - anything that JSON can write
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return HttpReply(200, {}, body, "application/json", "utf-8")


def refused(answer: Any, meanings: dict[int, ErrorKind] | None = None) -> ConnectorError:  # noqa: ANN401 - same
    with pytest.raises(ConnectorError) as raised:
        result_of(reply(answer), "r1", meanings or {})
    assert CANARY not in f"{raised.value}{raised.value.__cause__}{raised.value.detail}"
    return raised.value


def error(code: object, message: object = CANARY) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": "r1", "error": {"code": code, "message": message}}


def test_a_result_comes_through_even_when_it_is_nothing() -> None:
    assert result_of(reply({"jsonrpc": "2.0", "id": "r1", "result": None}), "r1", {}) is None
    assert result_of(reply({"id": "r1", "result": [1], "error": None}), "r1", {}) == [1]


@pytest.mark.parametrize(
    ("code", "kind", "origin"),
    [
        (-32700, ErrorKind.BUG, Origin.CONNECTOR),
        (-32600, ErrorKind.BUG, Origin.CONNECTOR),
        (-32602, ErrorKind.BUG, Origin.CONNECTOR),
        (-32601, ErrorKind.UNSUPPORTED, Origin.SOURCE),
        (-32603, ErrorKind.UNAVAILABLE, Origin.SOURCE),
        (-32050, ErrorKind.UNAVAILABLE, Origin.SOURCE),
        (-32002, ErrorKind.AUTH, Origin.SOURCE),
        (17, ErrorKind.REJECTED, Origin.SOURCE),
    ],
)
def test_a_code_says_what_went_wrong_and_who_must_act(code: int, kind: ErrorKind, origin: Origin) -> None:
    told = refused(error(code), {-32002: ErrorKind.AUTH})
    assert (told.kind, told.origin, told.source_code) == (kind, origin, str(code))


def test_only_a_refusal_lets_the_tool_speak_and_not_for_long() -> None:
    refusal = refused(error(17, f"{CANARY}\n{'x' * 400}"))
    assert refusal.user_message == f"{CANARY} {'x' * 400}"[:299] + "…"
    assert refused(error(-32603)).user_message == ""
    assert refused(error(17, {"text": "no text"})).user_message == ""


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b'{"id": "r1", "result"',
        [],
        "text",
        {},
        {"id": "r1"},
        {"id": "other", "result": CANARY},
        {"id": "r1", "error": CANARY},
        {"id": "r1", "error": {}},
        {"id": "r1", "error": {"code": "17"}},
        {"id": "r1", "error": {"code": True}},
    ],
)
def test_what_is_no_answer_to_our_request_is_unreadable(answer: object) -> None:
    assert refused(answer).kind is ErrorKind.BAD_DATA


def test_an_error_without_an_identifier_is_told_all_the_same() -> None:
    assert refused({"id": None, "error": {"code": -32600}}).kind is ErrorKind.BUG


@given(ORDINARY_FRENCH)
def test_french_text_is_left_alone(text: str) -> None:
    assert put_right(text) == text


@given(FRENCH)
def test_french_text_that_was_misread_is_put_right(text: str) -> None:
    assert put_right({"nom": [misread(text)]}) == {"nom": [text]}


@pytest.mark.parametrize("sign", "\u00a0«»")
def test_a_sign_is_put_right_where_the_whole_text_was_misread(sign: str) -> None:
    assert put_right(f"Pièces reçues Â{sign}") == f"Pièces reçues Â{sign}"
    assert put_right(f"Pieces Â{sign}") == f"Pieces {sign}"


def test_what_is_no_text_is_left_alone() -> None:
    assert put_right({"n": 1, "vrai": True, "rien": None}) == {"n": 1, "vrai": True, "rien": None}


def test_the_file_beside_the_code_is_a_whole_example() -> None:
    connector = JsonrpcConnector()
    assert [offer.facet for offer in connector.manifest.facets] == ["complaints"]
    assert connector.http_endpoint({"base_url": "http://127.0.0.1:1"}).base_url == "http://127.0.0.1:1"
