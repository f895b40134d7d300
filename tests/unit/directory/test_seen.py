"""What went by is never forgotten, and little else is taken for it."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from avise.directory.seen import Seen


@given(st.lists(st.binary(min_size=20, max_size=20), max_size=50))
def test_an_identity_added_before_is_always_known(digests: list[bytes]) -> None:
    seen = Seen()
    for digest in digests:
        seen.add(digest)
    assert all(seen.add(digest) for digest in digests)


def test_of_a_hundred_thousand_new_identities_fewer_than_ten_seem_known() -> None:
    seen = Seen()
    digests = (hashlib.sha256(str(number).encode()).digest() for number in range(100_000))
    assert sum(seen.add(digest) for digest in digests) < 10
