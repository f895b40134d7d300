"""Under which name a file that somebody joined is written: opening it must run nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.services.requests.joined_files import safe_name

PDF, TEXT = b"%PDF-1.7 ", b"bonjour"


@pytest.mark.parametrize(
    ("name", "content", "written"),
    [
        ("facture.pdf", PDF, "facture.pdf"),
        ("FACTURE.PDF", PDF, "FACTURE.PDF"),
        ("facture.bat", TEXT, "facture.bat.txt"),
        ("facture.hta", PDF, "facture.hta.pdf"),
        ("facture\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", PDF, "facturefdp.exe.pdf"),
        ("../../.bashrc", TEXT, "bashrc.txt"),
        ("C:\\Windows\\x.txt", TEXT, "x.txt"),
        ("facture.pdf:caché.exe", PDF, "facture.pdf_caché.exe.pdf"),
        ("..", PDF, "piece.pdf"),
        ("", b"\x00\x01", "piece.bin"),
    ],
)
def test_a_file_says_what_it_is_whatever_its_name(name: str, content: bytes, written: str) -> None:
    assert safe_name(name, content) == written


@given(st.text(max_size=300), st.sampled_from([PDF, TEXT, b"\x00"]))
def test_any_name_is_one_name_in_one_folder(name: str, content: bytes) -> None:
    written = safe_name(name, content)
    assert Path(written).name == written
    assert written.isprintable()
    assert not written.startswith(".")
    assert len(written) <= 130
