"""Letters as PDF: whole, searchable, tagged, the same bytes for the same letter; read by real tools."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avise.models.outgoing import MessageContent
from avise.resources import resource_folder
from avise.services.messages.font_subset import read_font
from avise.services.messages.letter_pdf import Letterhead, letter_fonts, letter_pages, letter_pdf

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
HEAD = Letterhead("La mutuelle", ("12 rue des Écoles", "44000 NANTES"))
TO = "Mme Hélène MARCHAND\n14 rue des Tilleuls\n44000 NANTES"
LETTERS = "Éric, cœur, naïf, Łukasz, çà et là\u00a0: 1\u202f234,56\u00a0€ «\u00a0mot\u00a0»."
BODY = f"Madame,\n\n{LETTERS}\n\nÀ bientôt."


def letter(body: str = BODY, language: str = "fr") -> bytes:
    return letter_pdf(HEAD, MessageContent(TO, "Votre réclamation R-2291", body), language, NOW)


def streams(pdf: bytes) -> list[bytes]:
    return [zlib.decompress(found) for found in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)]


def words(pdf: bytes) -> str:
    """Return what the pages show, by the maps that the file gives from glyphs to characters."""
    maps: list[dict[str, str]] = []
    for stream in streams(pdf):
        if b"beginbfchar" in stream:
            pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", stream.decode())
            maps.append({glyph: bytes.fromhex(code).decode("utf-16-be") for glyph, code in pairs})
    shown = []
    for stream in streams(pdf):
        for font, glyphs in re.findall(rb"/F(\d) .*?<([0-9A-F]*)> Tj", stream):
            table = maps[int(font) - 1]
            codes = glyphs.decode()
            shown.append("".join(table[codes[at : at + 4]] for at in range(0, len(codes), 4)))
    return " ".join("".join(shown).split(" "))


def test_the_letter_says_what_it_should() -> None:
    said = words(letter()).replace("\u202f", " ").replace("\u00a0", " ")
    for part in ("La mutuelle", "Mme Hélène MARCHAND", "24 mars 2026", "Objet : Votre réclamation R-2291",
                 "Éric, cœur, naïf, Łukasz, çà et là : 1 234,56 € « mot »."):  # fmt: skip
        assert part in said
    assert "Subject: " in words(letter(language="en"))


def test_every_place_of_the_table_is_where_an_object_begins() -> None:
    pdf = letter()
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert pdf[table:].startswith(b"xref\n")
    places = [int(row[:10]) for row in pdf[table:].split(b"\n")[3:] if row.endswith(b" 00000 n ")]
    for number, place in enumerate(places, start=1):
        assert pdf[place:].startswith(f"{number} 0 obj\n".encode())


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert letter() == letter()
    assert letter() != letter("Monsieur,")


def test_a_letter_carries_its_own_glyphs_and_no_more() -> None:
    assert len(letter()) < 40_000


def test_paragraphs_and_language_are_told_to_those_who_listen() -> None:
    pdf = letter()
    assert pdf.count(b"/S /P ") == 4 + 3
    assert pdf.count(b"/S /H1 ") == 1
    assert f"/Lang <FEFF{'fr-FR'.encode('utf-16-be').hex().upper()}>".encode() in pdf
    assert b"/Marked true" in pdf


def test_a_long_letter_goes_on_the_next_page_and_numbers_them() -> None:
    pdf = letter("\n\n".join("Une phrase qui se répète. " * 12 for _ in range(20)))
    assert pdf.count(b"/Type /Page ") == 3
    assert "3 / 3" in words(pdf)
    assert b"/Artifact BMC" in b"".join(streams(pdf))


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=300))
def test_any_words_make_a_file_that_can_be_taken_apart(body: str) -> None:
    pdf = letter(body)
    assert pdf.startswith(b"%PDF-1.7")
    assert pdf.endswith(b"%%EOF\n")
    assert streams(pdf)


def test_a_word_too_long_for_the_line_is_cut() -> None:
    plain, _ = letter_fonts()
    for line in re.findall(rb"<([0-9A-F]*)> Tj", b"".join(streams(letter("M" * 300)))):
        glyphs = [int(line[at : at + 4], 16) for at in range(0, len(line), 4)]
        assert sum(plain.widths[glyph] for glyph in glyphs) * 11 / plain.units < 483


# ---- the font -------------------------------------------------------------------------------------


def test_a_subset_is_a_font_whose_sums_are_right() -> None:
    font, _ = letter_fonts()
    data = font.subset("Élève")
    assert sum(struct.unpack(f">{len(data) // 4}I", data)) & 0xFFFFFFFF == 0xB1B0AFBA
    count = struct.unpack_from(">H", data, 4)[0]
    tags = [data[12 + 16 * n : 16 + 16 * n].decode() for n in range(count)]
    assert tags == sorted(tags)
    assert {"glyf", "head", "hhea", "hmtx", "loca", "maxp"} <= set(tags)


def test_an_accented_letter_brings_what_it_is_made_of() -> None:
    font, _ = letter_fonts()
    assert len(font.subset("é")) > len(font.subset("e")) > len(font.subset(""))


def test_typographic_spaces_have_a_width() -> None:
    font, strong = letter_fonts()
    for one in (font, strong):
        for sign in "\u202f\u00a0’«»–œŒÉ€…":
            assert one.glyph(sign) != 0, repr(sign)
            assert one.width(sign, 10) > 0


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ttf"
    path.write_bytes(b"OTTO" + b"\0" * 40)
    with pytest.raises(ValueError, match=r"x\.ttf"):
        read_font(path)


def test_the_shipped_fonts_can_be_read_whole() -> None:
    for path in sorted(resource_folder("fonts").glob("*.ttf")):
        font = read_font(path)
        assert font.units > 0
        assert len(font.glyphs) > 2000


# ---- real readers ---------------------------------------------------------------------------------


def run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603 - our words
    return done.stdout


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_a_real_reader_finds_the_words_and_the_order(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter())
    said = run("pdftotext", "-layout", str(path), "-").replace("\u00a0", " ").replace("\u202f", " ")
    wanted = ["La mutuelle", "Mme Hélène MARCHAND", "24 mars 2026", "Objet", "Éric, cœur", "À bientôt."]
    places = [said.index(part) for part in wanted]
    assert places == sorted(places)
    assert "Tagged:          yes" in run("pdfinfo", str(path))
    run("pdftoppm", "-r", "40", "-png", str(path), str(tmp_path / "page"))
    assert (tmp_path / "page-1.png").stat().st_size > 2_000


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_a_real_checker_finds_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter())
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", str(path))


def test_the_pages_shown_say_what_the_file_says_and_stay_on_the_paper() -> None:
    content = MessageContent(TO, "Votre réclamation R-2291", f"{BODY}\n\n" + "Une ligne.\n" * 60)
    pages = letter_pages(HEAD, content, "fr", NOW)
    printed = words(letter_pdf(HEAD, content, "fr", NOW))
    assert len(pages) == 2
    shown = [line for page in pages for line in page.lines]
    assert _unspaced("".join(line.text for line in shown)) == _unspaced(printed)
    for page in pages:
        for line in page.lines:
            assert 0 < line.left < page.width
            assert 0 < line.base < page.height


def _unspaced(said: str) -> str:
    # A PDF reader is told of a space at the end of a line that nobody sees.
    return said.replace(" ", "")
