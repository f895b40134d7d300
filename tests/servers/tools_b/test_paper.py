"""The documents of the simulated store are real files of the announced size."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.demo.tools.documents.greyscale_jpeg import greyscale_jpeg
from avise.demo.tools.documents.index import DocumentEntry
from avise.demo.tools.documents.paper import NOTICE, document_bytes

SMALLEST = {"application/pdf": 1_200, "image/jpeg": 2_500, "text/plain": 200}
"""Below, the file is as small as its format and its text allow."""


def entry(media_type: str, size: int, title: str = "Devis (n° 4) \\ soins") -> DocumentEntry:
    return DocumentEntry("G1.x", title, "DEV", "24/03/2026 10:44", "E", "VU", size, media_type, "O", "Hélène")


@given(st.integers(3_000, 400_000), st.text(max_size=300))
def test_a_pdf_has_its_size_and_a_table_that_leads_to_its_objects(size: int, title: str) -> None:
    body = document_bytes(entry("application/pdf", size, title))
    assert len(body) == size
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF", body)[-1])
    table = body[start:].split(b"trailer")[0].splitlines()[2:]
    offsets = [int(line[:10]) for line in table if line.endswith(b" n ")]
    assert [body[offset:].startswith(b"%d 0 obj" % number) for number, offset in enumerate(offsets, 1)] == (
        [True] * 6
    )


@given(st.integers(3_000, 400_000))
def test_the_streams_of_a_pdf_are_as_long_as_they_say(size: int) -> None:
    body = document_bytes(entry("application/pdf", size))
    streams = list(re.finditer(rb"<< /Length (\d+) >>\nstream\n", body))
    assert len(streams) == 2
    for found in streams:
        assert body[found.end() + int(found[1]) :].startswith(b"\nendstream")


def test_a_pdf_says_what_it_is() -> None:
    body = document_bytes(entry("application/pdf", 4_000)).decode("cp1252")
    assert "Devis \\(n° 4\\) \\\\ soins" in body
    assert NOTICE in body


@given(st.integers(SMALLEST["image/jpeg"], 400_000))
def test_a_jpeg_has_about_its_size_and_segments_that_follow_each_other(size: int) -> None:
    body = document_bytes(entry("image/jpeg", size))
    assert size - 4 < len(body) <= size
    place, markers = 2, []
    while body[place + 1] != 0xDA:
        assert body[place] == 0xFF
        markers.append(body[place + 1])
        place += 2 + int.from_bytes(body[place + 2 : place + 4], "big")
    assert [marker for marker in markers if marker != 0xFE] == [0xE0, 0xDB, 0xC0, 0xC4, 0xC4]
    assert body.endswith(b"\xff\xd9")


@given(st.lists(st.lists(st.integers(0, 255), min_size=5, max_size=5), min_size=1, max_size=6))
def test_a_jpeg_holds_the_greys_that_it_was_given(blocks: list[list[int]]) -> None:
    assert _greys(greyscale_jpeg(blocks)) == [grey for row in blocks for grey in row]


def _greys(picture: bytes) -> list[int]:
    """Decode what our encoder writes: the mean of each block, from the categories of table K.3."""
    start = picture.index(b"\xff\xda")
    scan = picture[start + 2 + int.from_bytes(picture[start + 2 : start + 4], "big") : -2]
    bits = "".join(f"{byte:08b}" for byte in scan.replace(b"\xff\x00", b"\xff"))
    codes = ["00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110",
             "111111110"]  # fmt: skip
    values, before, place = [], 0, 0
    while len(bits) - place >= 8 or "0" in bits[place:]:
        category = next(number for number, code in enumerate(codes) if bits.startswith(code, place))
        place += len(codes[category])
        written = bits[place : place + category]
        place += category + 1
        low = int(written or "0", 2)
        before += low if written.startswith("1") or not category else low - (1 << category) + 1
        values.append(before + 128)
    return values


@pytest.mark.parametrize("media_type", sorted(SMALLEST))
def test_the_same_document_is_always_the_same_bytes(media_type: str) -> None:
    assert document_bytes(entry(media_type, 5_000)) == document_bytes(entry(media_type, 5_000))


@pytest.mark.parametrize("media_type", sorted(SMALLEST))
def test_a_document_of_no_size_is_empty(media_type: str) -> None:
    assert document_bytes(entry(media_type, 0)) == b""
