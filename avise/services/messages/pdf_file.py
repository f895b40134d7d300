"""Writes placed lines of text as a tagged PDF 1.7 (ISO 32000-1): embedded fonts, one tag a paragraph."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from avise.services.messages.font_subset import Font


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, its left end on the base line."""

    text: str
    font: str
    size: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that are read together; `tag` is "P" or "H1"."""

    tag: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page; a page number is no part of what is read."""

    paragraphs: tuple[Paragraph, ...]
    number: Line | None = None


class _Objects:
    """The objects of a file, numbered as they are asked for."""

    def __init__(self) -> None:
        self._bodies: list[bytes | None] = []

    def reserve(self) -> int:
        """Return the number of an object that will be written later."""
        self._bodies.append(None)
        return len(self._bodies)

    def put(self, body: str | bytes, number: int = 0) -> int:
        """Write an object; return its number."""
        number = number or self.reserve()
        self._bodies[number - 1] = body.encode("latin-1") if isinstance(body, str) else body
        return number

    def stream(self, data: bytes, entries: str = "") -> int:
        """Write a stream, compressed."""
        packed = zlib.compress(data, 9)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode {entries}>>\nstream\n"
        return self.put(head.encode("latin-1") + packed + b"\nendstream")

    def file(self, root: int, info: int) -> bytes:
        """Return the whole file."""
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self._bodies, start=1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + (body or b"null") + b"\nendobj\n"
        identity = hashlib.sha256(out).hexdigest()[:32]
        table = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
        out += (
            f"trailer\n<< /Size {len(places) + 1} /Root {root} 0 R /Info {info} 0 R"
            f" /ID [<{identity}> <{identity}>] >>\nstartxref\n{table}\n%%EOF\n"
        ).encode()
        return bytes(out)


def pdf_file(
    pages: Sequence[Page], fonts: Mapping[str, Font], *, size: tuple[float, float], language: str, title: str,
    author: str, now: datetime,
) -> bytes:  # fmt: skip
    """Return a PDF.

    Args:
        pages: in order; at least one.
        fonts: by the name that lines use.
        size: of a page, in points.
        language: of the text ("fr-FR").
        title: told by readers instead of the file's name.
        author: who writes.
        now: date of the file.
    """
    objects = _Objects()
    catalogue, tree, outline = objects.reserve(), objects.reserve(), objects.reserve()
    used = {name: "".join(sorted(set(_text_in(pages, name)))) for name in fonts}
    written = {name: _font(objects, name, font, used[name]) for name, font in fonts.items() if used[name]}
    resources = " ".join(f"/{name} {number} 0 R" for name, number in written.items())
    document = objects.reserve()
    page_numbers, paragraphs, parents = [], [], []
    for place, page in enumerate(pages):
        stream = objects.stream(_content(page, fonts))
        number = objects.put(
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {size[0]:.2f} {size[1]:.2f}]"
            f" /Resources << /Font << {resources} >> >> /Contents {stream} 0 R"
            f" /StructParents {place} /Tabs /S >>"
        )
        page_numbers.append(number)
        own = [
            objects.put(
                f"<< /Type /StructElem /S /{paragraph.tag} /P {document} 0 R /Pg {number} 0 R /K {mark} >>"
            )
            for mark, paragraph in enumerate(page.paragraphs)
        ]
        paragraphs += own
        parents.append(f"{place} [{' '.join(f'{item} 0 R' for item in own)}]")
    kids = " ".join(f"{number} 0 R" for number in page_numbers)
    objects.put(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>", tree)
    inside = " ".join(f"{number} 0 R" for number in paragraphs)
    objects.put(f"<< /Type /StructElem /S /Document /P {outline} 0 R /K [{inside}] >>", document)
    objects.put(
        f"<< /Type /StructTreeRoot /K [{document} 0 R] /ParentTree << /Nums [{' '.join(parents)}] >>"
        f" /ParentTreeNextKey {len(pages)} >>",
        outline,
    )
    objects.put(
        f"<< /Type /Catalog /Pages {tree} 0 R /StructTreeRoot {outline} 0 R /MarkInfo << /Marked true >>"
        f" /Lang {_string(language)} /ViewerPreferences << /DisplayDocTitle true >> >>",
        catalogue,
    )
    moment = now.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    info = objects.put(
        f"<< /Title {_string(title)} /Author {_string(author)} /Producer {_string('Avise')}"
        f" /CreationDate ({moment}) >>"
    )
    return objects.file(catalogue, info)


def _text_in(pages: Sequence[Page], font: str) -> str:
    lines = [line for page in pages for paragraph in page.paragraphs for line in paragraph.lines]
    lines += [page.number for page in pages if page.number is not None]
    # A space ends each line that another follows: what reads a page aloud would join their words.
    return "".join(f"{line.text} " for line in lines if line.font == font)


def _content(page: Page, fonts: Mapping[str, Font]) -> bytes:
    out = []
    for mark, paragraph in enumerate(page.paragraphs):
        last = len(paragraph.lines) - 1
        shown = "\n".join(
            _shown(line, fonts[line.font], "" if number == last else " ")
            for number, line in enumerate(paragraph.lines)
        )
        out.append(f"/{paragraph.tag} << /MCID {mark} >> BDC\n{shown}\nEMC")
    if page.number is not None:
        out.append(f"/Artifact BMC\n{_shown(page.number, fonts[page.number.font])}\nEMC")
    return "\n".join(out).encode("ascii")


def _shown(line: Line, font: Font, end: str = "") -> str:
    glyphs = "".join(f"{font.glyph(character):04X}" for character in line.text + end)
    return f"BT /{line.font} {line.size:g} Tf {line.x:.2f} {line.y:.2f} Td <{glyphs}> Tj ET"


def _string(text: str) -> str:
    """Write a text string: UTF-16 with its mark, in hexadecimal."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


# ---- fonts ----------------------------------------------------------------------------------------


def _font(objects: _Objects, name: str, font: Font, characters: str) -> int:
    """Write a font with the glyphs of some characters; return its number."""
    tag = hashlib.sha256(characters.encode()).hexdigest()[:6].translate(_LETTERS)
    base = f"{tag}+Inter-{name}"
    data = font.subset(characters)
    file = objects.stream(data, f"/Length1 {len(data)} ")
    scale = 1000 / font.units
    box = " ".join(f"{value * scale:.0f}" for value in font.box)
    descriptor = objects.put(
        f"<< /Type /FontDescriptor /FontName /{base} /Flags 4 /FontBBox [{box}] /ItalicAngle 0"
        f" /Ascent {font.ascent * scale:.0f} /Descent {font.descent * scale:.0f}"
        f" /CapHeight 700 /StemV 80 /FontFile2 {file} 0 R >>"
    )
    glyphs = {font.glyph(character): character for character in reversed(characters)}
    widths = " ".join(f"{glyph} [{font.widths[glyph] * scale:.0f}]" for glyph in sorted(glyphs))
    descendant = objects.put(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{base}"
        f" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        f" /FontDescriptor {descriptor} 0 R /DW 1000 /W [{widths}] /CIDToGIDMap /Identity >>"
    )
    unicode = objects.stream(_to_unicode(glyphs))
    return objects.put(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{base} /Encoding /Identity-H"
        f" /DescendantFonts [{descendant} 0 R] /ToUnicode {unicode} 0 R >>"
    )


_LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")


def _to_unicode(glyphs: Mapping[int, str]) -> bytes:
    """Return the map from glyphs to characters, by which a letter can be searched and copied."""
    rows = [
        f"<{glyph:04X}> <{character.encode('utf-16-be').hex().upper()}>"
        for glyph, character in sorted(glyphs.items())
    ]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
