"""The smallest PDF writer that serves: one page of text in Helvetica (ISO 32000-1)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence


def one_page_pdf(lines: Sequence[str], size: int = 0) -> bytes:
    """Return a page of text.

    Args:
        lines: what is written; letters outside Windows-1252 become question marks.
        size: bytes of the whole file, when the text takes less: a stream that nothing refers to fills it.
    """
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
