"""Printing and exporting: a reason first, the journal before the file, no name outside the document."""

from __future__ import annotations

import json
import re
import stat
import sys
import uuid
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.services.exported_file import (
    ExportedBlock,
    ExportedFile,
    ExportedTimeline,
    ExportForm,
    ExportReason,
    ExportWish,
)
from avise.ui.customer.page import CustomerPage
from avise.ui.discretion import discretion
from avise.ui.export.document import file_html, pdf_of
from avise.ui.export.exporting import write_private_blocking
from avise.ui.widgets.toast import Message
from tests.ui.customer.opened_page import opened
from tests.ui.persona import NOW, helene_updates
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture(autouse=True)
def open_screen(dressed: QApplication) -> Iterator[None]:
    """Leave the discreet mode."""
    yield
    discretion().set_on(on=False)


def exported(wish: ExportWish, *rows: dict[str, str]) -> ExportedFile:
    """Return a file that leaves."""
    header = next(update.header for update in helene_updates() if hasattr(update, "header"))
    records = tuple(FacetRecord(str(place), dict(row)) for place, row in enumerate(rows))
    view = FacetView("contracts", "contracts", "Contrats & options", FacetState.FRESH, records, NOW)
    return ExportedFile(uuid.UUID(int=5), NOW, "Léa Girard", wish, header, (ExportedBlock(view, 3),))


class Refusing(ScriptedDesk):
    """A desk that lets nothing leave."""

    path: Path

    async def export_file(self, person: PersonId, wish: ExportWish) -> ExportedFile:
        del person, wish
        raise AviseError("export.not_allowed")


class Exporting(ScriptedDesk):
    """A desk that notes whether the file stood before the journal was written."""

    path: Path
    stood: bool | None = None

    async def export_file(self, person: PersonId, wish: ExportWish) -> ExportedFile:
        self.stood = self.path.exists()
        self.asked.append(("export_file", person, wish))
        return exported(wish, {"plan": "Sérénité <3>", "number": "C-2014"})


def asking_for(page: CustomerPage, path: Path) -> list[Message]:
    """Have the page write at a path; return the messages that it will tell."""
    names: list[str] = []

    def give(name: str, _parent: QWidget) -> Path:
        names.append(name)
        return path

    told: list[Message] = []
    page.exports.ask_path = give
    page.message.connect(told.append)
    return told


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-"), ("json", b"{")])
def test_a_file_is_written_once_the_journal_says_so(
    run: Run, tmp_path: Path, form: str, start: bytes
) -> None:
    async def scenario() -> None:
        desk = Exporting()
        desk.path = tmp_path / f"fiche.{form}"
        async with opened(desk) as page:
            told = asking_for(page, desk.path)
            page.run_command("export_file")
            panel = page.exports.panel
            assert QApplication.focusWidget() is panel.form
            panel.form.set_current(form)
            panel.submit()
            await until(lambda: bool(told))
            assert desk.stood is False
            content = desk.path.read_bytes()
            assert content.startswith(start)
            assert not panel.isVisible()
            assert not desk.path.with_name(f"{desk.path.name}.part").exists()
            if sys.platform != "win32":
                assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600
            if form == "json":
                assert json.loads(content)["blocks"][0]["left_out"] == 3

    run(scenario())


def test_another_reason_must_be_told_in_words(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        desk = Exporting()
        desk.path = tmp_path / "fiche.pdf"
        async with opened(desk) as page:
            told = asking_for(page, desk.path)
            page.run_command("export_file")
            panel = page.exports.panel
            panel.reason.setCurrentIndex(panel.reason.findData("other"))
            panel.submit()
            assert panel.outcome.isVisible()
            assert QApplication.focusWidget() is panel.words
            QTest.keyClicks(panel.words, "controle interne")
            QTest.keyClick(panel.words, Qt.Key.Key_Return)
            await until(lambda: bool(told))
            wish = next(asked[2] for asked in desk.asked if asked[0] == "export_file")
            assert wish == ExportWish(ExportForm.PDF, ExportReason.OTHER, "controle interne")

    run(scenario())


def test_a_refusal_and_a_place_that_cannot_be_written_are_told_in_the_form(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        for desk, path, words in (
            (Refusing(), tmp_path / "fiche.pdf", "dossier protégé"),
            (Exporting(), tmp_path / "nowhere" / "fiche.pdf", "n’a pas pu être écrit"),
        ):
            desk.path = path
            async with opened(desk) as page:
                asking_for(page, path)
                page.run_command("export_file")
                page.exports.panel.submit()
                await until(page.exports.panel.outcome.isVisible)
                assert words in page.exports.panel.outcome.text()
                assert page.exports.panel.go.isEnabled()
                assert not path.exists()

    run(scenario())


def test_without_a_printer_nothing_leaves_and_it_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        monkeypatch.setattr("PySide6.QtPrintSupport.QPrinterInfo.availablePrinterNames", list)
        async with opened(desk) as page:
            page.run_command("export_file")
            page.exports.panel.form.set_current("print")
            page.exports.panel.submit()
            await until(page.exports.panel.outcome.isVisible)
            assert "Aucune imprimante" in page.exports.panel.outcome.text()
            assert not any(asked[0] == "export_file" for asked in desk.asked)

    run(scenario())


def test_nothing_leaves_in_discreet_mode(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            told: list[Message] = []
            page.message.connect(told.append)
            discretion().set_on(on=True)
            page.run_command("export_file")
            assert "mode discret" in told[0].sentence

    run(scenario())


def test_the_document_says_who_when_and_why_and_escapes_what_tools_hold(dressed: QApplication) -> None:
    wish = ExportWish(ExportForm.PDF, ExportReason.COMPLAINT, "R-2291")
    html = file_html(exported(wish, {"plan": "<b>Sérénité</b> & Co"}))
    for words in (
        "MARCHAND Hélène",
        "Réclamation, R-2291",
        "Léa Girard",
        "Contrats &amp; options",
        "24/03/2026",
    ):
        assert words in html
    assert "<b>Sérénité" not in html
    assert "&lt;b&gt;Sérénité" in html
    assert "3 lignes non imprimées" in html


def test_the_document_holds_the_timeline_and_says_what_is_missing_of_it(dressed: QApplication) -> None:
    entry = TimelineEntry("1", NOW, TimelineGroup.CALL, "call_in", "<Devis>", "reçu", "Relation", count=3)
    file = replace(
        exported(ExportWish(ExportForm.PDF, ExportReason.COMPLAINT)),
        timeline=ExportedTimeline((entry,), left_out=2, missing=("Courrier",)),
    )
    html = file_html(file)
    for words in (
        "Historique",
        "&lt;Devis&gt; × 3",
        "reçu",
        "Relation",
        "Appels",
        "Courrier",
        "2 lignes non",
    ):
        assert words in html


def test_the_properties_of_a_pdf_name_nobody(run: Run) -> None:
    async def scenario() -> None:
        wish = ExportWish(ExportForm.PDF, ExportReason.COMPLAINT)
        content = await pdf_of(file_html(exported(wish, {"plan": "Sérénité"})))
        assert content.startswith(b"%PDF-")
        for name in ("MARCHAND", "Hélène"):
            assert name.encode() not in content
            assert name.encode("utf-16-be") not in content

    run(scenario())


def test_two_hundred_rows_take_several_pages(run: Run) -> None:
    async def scenario() -> None:
        wish = ExportWish(ExportForm.PDF, ExportReason.COMPLAINT)
        rows = [{"plan": f"Sérénité {place}", "number": f"C-{place}"} for place in range(200)]
        content = await pdf_of(file_html(exported(wish, *rows)))
        pages = int(re.search(rb"/Count (\d+)", content)[1])  # type: ignore[index]  # a PDF counts its pages
        assert pages > 2

    run(scenario())


def test_a_file_that_stood_there_stays_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "fiche.pdf"
    path.write_bytes(b"before")
    (tmp_path / "fiche.pdf.part").mkdir()
    with pytest.raises(OSError, match="fiche"):
        write_private_blocking(path, b"after")
    assert path.read_bytes() == b"before"
