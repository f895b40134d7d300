"""The smallest baseline JPEG encoder that serves: grey blocks of 8 × 8 pixels, one value each.

ITU-T T.81, baseline process, one component. Only the mean of a block is coded (its DC coefficient), every
other coefficient being zero.
"""

from __future__ import annotations

from collections.abc import Sequence

_DC_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
"""Codes of each length, table K.3: the twelve categories of a difference."""
_END_OF_BLOCK = (0b0, 1)
"""Our table of AC codes has one entry: the end of the block, "0"."""


def greyscale_jpeg(blocks: Sequence[Sequence[int]]) -> bytes:
    """Return a JPEG.

    Args:
        blocks: rows of blocks, each 0 (black) to 255 (white).
    """
    height, width = len(blocks), len(blocks[0])
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            _segment(0xDB, bytes([0]) + bytes([8]) * 64),
            _segment(0xC0, _frame(width * 8, height * 8)),
            _segment(0xC4, bytes([0x00, *_DC_LENGTHS, *range(12)])),
            _segment(0xC4, bytes([0x10, 1, *[0] * 15, 0])),
            _segment(0xDA, bytes([1, 1, 0x00, 0, 63, 0])),
            _scan(blocks),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _frame(width: int, height: int) -> bytes:
    return b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes([1, 1, 0x11, 0])


def _dc_codes() -> list[tuple[int, int]]:
    """Return (code, length) of each category, as T.81 annex C builds them."""
    codes, code = [], 0
    for length, count in enumerate(_DC_LENGTHS, 1):
        for _ in range(count):
            codes.append((code, length))
            code += 1
        code <<= 1
    return codes


def _scan(blocks: Sequence[Sequence[int]]) -> bytes:
    codes, bits, count, before = _dc_codes(), 0, 0, 0
    for row in blocks:
        for grey in row:
            # A flat block of value v has the DC coefficient 8 (v - 128), quantised by 8.
            value = grey - 128
            difference, before = value - before, value
            category = abs(difference).bit_length()
            code, length = codes[category]
            low = difference if difference >= 0 else difference + (1 << category) - 1
            bits = (bits << length | code) << category | low
            bits = bits << _END_OF_BLOCK[1] | _END_OF_BLOCK[0]
            count += length + category + _END_OF_BLOCK[1]
    filler = -count % 8
    coded = (bits << filler | (1 << filler) - 1).to_bytes((count + filler) // 8, "big")
    return coded.replace(b"\xff", b"\xff\x00")
