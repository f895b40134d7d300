"""Makes the bytes of a document out of its description: a real PDF, JPEG or text of the announced size."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from avise.demo.tools.documents.greyscale_jpeg import greyscale_jpeg
from avise.demo.tools.documents.index import DocumentEntry
from avise.demo.tools.one_page_pdf import one_page_pdf

NOTICE = "Document fictif, produit pour une démonstration."
_JFIF_HEAD = 20
"""Bytes of the two markers that start a JPEG file, which nothing may part (JFIF 1.02)."""
_MOST_COMMENT = 65_533
"""Bytes in one comment of a JPEG (ITU-T T.81, B.2.4.5: a length of two bytes counts itself)."""


def document_bytes(document: DocumentEntry) -> bytes:
    """Return the bytes of a document, as many as its description says where its format allows it."""
    if document.size == 0:
        return b""
    if document.media_type == "image/jpeg":
        return _padded_jpeg(greyscale_jpeg(_photograph(document.name)), document.size)
    if document.media_type == "application/pdf":
        return one_page_pdf(_lines(document), document.size)
    return _text(_lines(document), document.size)


def _lines(document: DocumentEntry) -> list[str]:
    return [document.title, "", f"Date : {document.dated}", f"Bénéficiaire : {document.person or '-'}", "",
            NOTICE]  # fmt: skip


def _text(lines: Sequence[str], size: int) -> bytes:
    body = "\r\n".join(lines).encode()
    return body[:size] + b"\r\n" * ((size - len(body)) // 2) if len(body) < size else body


# ---- photographs of paper ----------------------------------------------------------------------------


def _photograph(name: str) -> list[list[int]]:
    """Return the grey of 48 × 64 blocks: a sheet on a table, with lines of writing."""
    chance = hashlib.sha256(name.encode()).digest()
    rows = [[70 + chance[(x + y) % 32] // 16 for x in range(48)] for y in range(64)]
    for y in range(4, 60):
        for x in range(4, 44):
            written = y % 3 == 0 and 8 <= x < 14 + chance[y % 32] // 9 and 9 < y < 54
            rows[y][x] = 90 if written else 236
    return rows


def _padded_jpeg(picture: bytes, size: int) -> bytes:
    """Bring a JPEG to its size with comments, which viewers pass over."""
    left = size - len(picture)
    comments = bytearray()
    while left >= 4:
        length = min(left - 4, _MOST_COMMENT)
        comments += b"\xff\xfe" + (length + 2).to_bytes(2, "big") + b" " * length
        left -= length + 4
    return picture[:_JFIF_HEAD] + bytes(comments) + picture[_JFIF_HEAD:]
