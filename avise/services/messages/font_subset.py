"""Reads a TrueType font (OpenType 1.9, `glyf` outlines) and keeps of it the glyphs that a text needs.

Glyph numbers are kept: the glyphs that are not needed become empty. A page of text then carries about
twenty kilobytes of font instead of three hundred.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_KEPT = ("cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep")
"""Tables that a PDF reader uses (ISO 32000-1, 9.9)."""

_ARGUMENTS_ARE_WORDS, _SCALE, _MORE, _TWO_SCALES, _MATRIX = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080


@dataclass(frozen=True, slots=True)
class Font:
    """A font, read once.

    Args:
        tables: by tag.
        glyphs: number of the glyph of each character.
        widths: advance of each glyph, in units of the em.
        units: of the em.
    """

    tables: Mapping[str, bytes]
    glyphs: Mapping[int, int]
    widths: tuple[int, ...]
    units: int
    ascent: int
    descent: int
    box: tuple[int, int, int, int]

    def glyph(self, character: str) -> int:
        """Return the number of a character's glyph; of a plain space or hyphen for their typographic kin."""
        found = self.glyphs.get(ord(character))
        if found is None:
            found = self.glyphs.get(ord(_KIN.get(character, "?")), 0)
        return found

    def width(self, text: str, size: float) -> float:
        """Return how wide a text is at a size."""
        return sum(self.widths[self.glyph(character)] for character in text) * size / self.units

    def subset(self, text: Iterable[str]) -> bytes:
        """Return a font file with the glyphs of a text alone."""
        glyf, loca = self.tables["glyf"], _offsets(self)
        wanted = {0, *(self.glyph(character) for character in text)}
        waiting = list(wanted)
        while waiting:
            outline = glyf[loca[waiting[-1]] : loca[waiting.pop() + 1]]
            found = set(_components(outline)) - wanted
            wanted |= found
            waiting.extend(found)
        pieces, places, at = [], [], 0
        for number in range(len(self.widths)):
            places.append(at)
            if number in wanted:
                outline = glyf[loca[number] : loca[number + 1]]
                outline += b"\0" * (-len(outline) % 4)
                pieces.append(outline)
                at += len(outline)
        places.append(at)
        head = bytearray(self.tables["head"])
        head[8:12] = b"\0\0\0\0"
        struct.pack_into(">h", head, 50, 1)  # long offsets
        tables = {tag: self.tables[tag] for tag in _KEPT if tag in self.tables}
        tables |= {
            "glyf": b"".join(pieces),
            "loca": struct.pack(f">{len(places)}I", *places),
            "head": bytes(head),
        }
        return _file(tables)


_KIN = {"\u202f": " ", "\u00a0": " ", "\u2009": " ", "‑": "-", "−": "-", "\t": " "}


def read_font(path: Path) -> Font:
    """Return a font.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a TrueType font.
    """
    data = path.read_bytes()
    if data[:4] not in (b"\0\1\0\0", b"true"):
        raise ValueError(path.name)
    tables = {}
    for number in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, length = struct.unpack_from(">4sIII", data, 12 + 16 * number)
        tables[tag.decode("ascii")] = data[offset : offset + length]
    count = struct.unpack_from(">H", tables["maxp"], 4)[0]
    measured = struct.unpack_from(">H", tables["hhea"], 34)[0]
    advances = [struct.unpack_from(">H", tables["hmtx"], 4 * number)[0] for number in range(measured)]
    advances += [advances[-1]] * (count - measured)
    ascent, descent = struct.unpack_from(">hh", tables["hhea"], 4)
    return Font(
        tables=tables,
        glyphs=_character_map(tables["cmap"]),
        widths=tuple(advances),
        units=struct.unpack_from(">H", tables["head"], 18)[0],
        ascent=ascent,
        descent=descent,
        box=struct.unpack_from(">4h", tables["head"], 36),
    )


def _offsets(font: Font) -> tuple[int, ...]:
    count = len(font.widths) + 1
    if struct.unpack_from(">h", font.tables["head"], 50)[0]:
        return struct.unpack_from(f">{count}I", font.tables["loca"], 0)
    return tuple(2 * half for half in struct.unpack_from(f">{count}H", font.tables["loca"], 0))


def _components(outline: bytes) -> Iterable[int]:
    """Yield the glyphs that a composite glyph is made of (é: e and the acute accent)."""
    if len(outline) < 10 or struct.unpack_from(">h", outline, 0)[0] >= 0:
        return
    at, flags = 10, _MORE
    while flags & _MORE:
        flags, number = struct.unpack_from(">HH", outline, at)
        yield number
        at += 8 if flags & _ARGUMENTS_ARE_WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0


def _character_map(cmap: bytes) -> Mapping[int, int]:
    """Return the glyph of each character, from a table of format 12 or else 4."""
    found: dict[int, int] = {}
    for number in range(struct.unpack_from(">H", cmap, 2)[0]):
        offset = struct.unpack_from(">I", cmap, 8 + 8 * number)[0]
        kind = struct.unpack_from(">H", cmap, offset)[0]
        if kind == 12:
            return _segments_of_12(cmap, offset)
        if kind == 4 and not found:
            found = dict(_segments_of_4(cmap, offset))
    return found


def _segments_of_12(cmap: bytes, offset: int) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for number in range(struct.unpack_from(">I", cmap, offset + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", cmap, offset + 16 + 12 * number)
        found |= {code: glyph + code - first for code in range(first, last + 1)}
    return found


def _segments_of_4(cmap: bytes, offset: int) -> Iterable[tuple[int, int]]:
    double = struct.unpack_from(">H", cmap, offset + 6)[0]
    ends, starts = offset + 14, offset + 16 + double
    for at in range(0, double, 2):
        last, first = (struct.unpack_from(">H", cmap, base + at)[0] for base in (ends, starts))
        delta, shift = (struct.unpack_from(">H", cmap, starts + k * double + at)[0] for k in (1, 2))
        for code in range(first, min(last, 0xFFFE) + 1):
            if not shift:
                yield code, (code + delta) & 0xFFFF
                continue
            place = starts + 2 * double + at + shift + 2 * (code - first)
            glyph = struct.unpack_from(">H", cmap, place)[0]
            if glyph:
                yield code, (glyph + delta) & 0xFFFF


def _file(tables: Mapping[str, bytes]) -> bytes:
    """Return a font file: the directory, then the tables, with their checksums."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = bytearray(
        struct.pack(">4sHHHH", b"\0\1\0\0", count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    )
    body, at = bytearray(), 12 + 16 * count
    for tag in sorted(tables):
        data = tables[tag]
        padded = data + b"\0" * (-len(data) % 4)
        directory += struct.pack(">4sIII", tag.encode("ascii"), _checksum(padded), at + len(body), len(data))
        body += padded
    whole = bytearray(directory + body)
    adjust = (0xB1B0AFBA - _checksum(bytes(whole))) & 0xFFFFFFFF
    place = next(
        struct.unpack_from(">I", whole, 12 + 16 * n + 8)[0]
        for n in range(count)
        if whole[12 + 16 * n : 16 + 16 * n] == b"head"
    )
    struct.pack_into(">I", whole, place + 8, adjust)
    return bytes(whole)


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f">{len(data) // 4}I", data))
    return total & 0xFFFFFFFF
