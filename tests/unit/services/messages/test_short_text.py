from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from avise.services.messages.short_text import gsm_text, parts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("\U0001f600" * 35, 1),
        ("\U0001f600" * 36, 2),
    ],
)
def test_parts_are_counted_as_operators_do(text: str, count: int) -> None:
    assert parts(text) == count


def test_typography_is_written_with_plain_signs() -> None:
    written = "Qu’attend Benoît\u202f? «\u00a0Œuvre\u00a0» – 12\u00a0€ à Évreux…"
    assert gsm_text(written) == 'Qu\'attend Benoit ? " OEuvre " - 12 € à Évreux...'
    assert parts(gsm_text(written)) == 1


@given(st.text(max_size=400))
@example("Ė\u0300")
def test_a_text_for_the_network_never_takes_more_parts_than_it_has_characters(text: str) -> None:
    plain = gsm_text(text)
    assert gsm_text(plain) == plain
    assert 0 <= parts(plain) <= 2 * len(plain) / EACH_WIDE + 1


EACH_WIDE = 67
