"""Makes the bytes of a document out of its description: a real PDF, JPEG or text of the announced size."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Sequence

from avise.demo.tools.documents.greyscale_jpeg import greyscale_jpeg
from avise.demo.tools.documents.index import DocumentEntry

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
        return _pdf(_lines(document), document.size)
    return _text(_lines(document), document.size)


def _lines(document: DocumentEntry) -> list[str]:
    return [document.title, "", f"Date : {document.dated}", f"Bénéficiaire : {document.person or '-'}", "",
            NOTICE]  # fmt: skip


def _text(lines: Sequence[str], size: int) -> bytes:
    body = "\r\n".join(lines).encode()
    return body[:size] + b"\r\n" * ((size - len(body)) // 2) if len(body) < size else body


# ---- PDF (ISO 32000-1) -------------------------------------------------------------------------------


def _pdf(lines: Sequence[str], size: int) -> bytes:
    """Return a page of text; a stream that nothing refers to brings the file to its size."""
    page = _page_stream(lines)
    padding = max(0, size - len(_assembled(page, 0)))
    # The length of the padding is written in the file, which it makes longer by a few digits.
    excess = max(0, len(_assembled(page, padding)) - size)
    whole = _assembled(page, max(0, padding - excess))
    return whole + b"\n" * max(0, size - len(whole))


def _page_stream(lines: Sequence[str]) -> bytes:
    shown = [part for line in lines for part in (textwrap.wrap(line, 80) or [""])]
    said = "\n".join(f"({_escaped(line)}) Tj T*" for line in shown)
    return f"BT /F1 12 Tf 18 TL 60 760 Td\n{said}\nET".encode("cp1252", "replace")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(page: bytes, padding: int) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (padding, b" " * padding),
    ]
    body = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(body)


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
