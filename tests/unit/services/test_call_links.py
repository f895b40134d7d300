from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.errors import AviseError
from avise.services.call_links import CallLink, read_call_link


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("avise://call?number=0639984127", CallLink("+33639984127", "")),
        ("avise://call?number=%2B33639984127", CallLink("+33639984127", "")),
        ("avise://call?number=+33639984127", CallLink("+33639984127", "")),
        ("avise://call/?number=06%2039%2098%2041%2027&id=c-42", CallLink("+33639984127", "c-42")),
        ("avise:call?id=c-42", CallLink("", "c-42")),
    ],
)
def test_a_call_is_read_in_the_forms_that_softphones_send(url: str, expected: CallLink) -> None:
    assert read_call_link(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://call?number=0639984127",
        "avise://open?number=0639984127",
        "avise://call",
        "avise://call?number=CANARY",
        "avise://call?number=0639984127" + "0" * 300,
    ],
)
def test_anything_else_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(AviseError) as refused:
        read_call_link(url)
    assert refused.value.message_key == "call.bad_link"
    assert "CANARY" not in repr(refused.value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        link = read_call_link("avise://call?number=" + text)
    except AviseError:
        return
    assert link.number or link.call_id
