"""What printing or exporting a file does: where to, then the journal, then the file (`domain.md` 2.7)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.aio import Report, TaskScope, ask
from avise.ui.bridge import DeskBridge
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.discretion import discretion
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.services.exported_file import ExportedFile, ExportWish
    from avise.ui.export.panel import ExportPanel


class CustomerExports(QObject):
    """Takes one customer's file out.

    Args:
        desk: the services.
        model: of the customer.
        report: told of failures that no screen shows.
        page: over which the form stands.

    Signals:
        message: what came of it (a `Message`).
    """

    message = Signal(object)

    def __init__(self, desk: DeskBridge, model: CustomerViewModel, report: Report, page: QWidget) -> None:
        super().__init__(page)
        self._desk, self._model, self._page = desk, model, page
        self.tasks = TaskScope(self, report)
        self.ask_path: Callable[[str, QWidget], Path] | None = None
        """Gives the path instead of a person, in tests."""

    @cached_property
    def panel(self) -> ExportPanel:
        """The form, made at its first use."""
        from avise.ui.export.panel import ExportPanel  # noqa: PLC0415 - rarely used

        panel = ExportPanel(self._page)
        panel.wanted.connect(self._on_wanted)
        return panel

    def open(self, anchor: QPoint) -> None:
        """Ask in which form the file leaves, and why."""
        if discretion().is_on:
            self.message.emit(Message(text("export.discreet"), "eye", is_error=True))
            return
        self.panel.open_form(anchor)

    @Slot(object)
    def _on_wanted(self, wish: ExportWish) -> None:
        self.panel.set_busy(busy=True)
        self.tasks.spawn(self._take_out(wish), name="export a file", when_busy="drop")

    async def _take_out(self, wish: ExportWish) -> None:
        try:
            done = await (self._print(wish) if wish.form == "print" else self._save(wish))
        except AviseError as error:
            self.panel.refuse(text(error.message_key, **error.params))
            return
        except OSError:
            # The journal says that the file leaves: it says too much, never too little.
            self.panel.refuse(text("export.not_saved"))
            return
        self.panel.set_busy(busy=False)
        if done:
            self.panel.close_panel()
            self.message.emit(Message(text(done), "file-check"))

    async def _save(self, wish: ExportWish) -> str:
        """Return the key of what to say, "" when the user gave up before anything was written."""
        # No name in it: paths are read by search tools, backups and whoever shares the screen.
        path = await self._path(f"{text('export.file_name')}.{wish.form}")
        if path is None:
            return ""
        file = await self._desk.export_file(self._model.person, wish)
        content = await _content(file)
        await asyncio.get_running_loop().run_in_executor(None, write_private_blocking, path, content)
        return "export.saved"

    async def _path(self, name: str) -> Path | None:
        if self.ask_path is not None:
            return self.ask_path(name, self._page)
        dialog = QFileDialog(self._page, text("export.where"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        # Qt's own box: the system's may run a loop of its own over ours.
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.selectFile(name)
        chosen: list[str] = []
        # Read before the box goes: it is deleted when it closes.
        dialog.fileSelected.connect(chosen.append)
        await ask(dialog)
        return Path(chosen[0]) if chosen and chosen[0] else None

    async def _print(self, wish: ExportWish) -> str:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo  # noqa: PLC0415 - rarely used

        from avise.ui.export.document import file_html, page_layout, text_document  # noqa: PLC0415 - as above

        if not QPrinterInfo.availablePrinterNames():
            raise AviseError("export.no_printer")
        printer = QPrinter()
        printer.setPageLayout(page_layout())
        printer.setDocName(text("app.name"))
        if await ask(QPrintDialog(printer, self._page)) != QDialog.DialogCode.Accepted:
            return ""
        file = await self._desk.export_file(self._model.person, wish)
        text_document(file_html(file)).print_(printer)
        return "export.printed"


async def _content(file: ExportedFile) -> bytes:
    """Return the bytes of a file that leaves."""
    if file.wish.form == "json":
        from avise.services.file_export import exported_json  # noqa: PLC0415 - rarely used

        return exported_json(file)
    from avise.ui.export.document import file_html, pdf_of  # noqa: PLC0415 - as above

    return await pdf_of(file_html(file))


def write_private_blocking(path: Path, content: bytes) -> None:
    """Write a file that only this user reads, whole or not at all.

    Raises:
        OSError: it could not be written; what stood at that place still does.
    """
    beside = path.with_name(f"{path.name}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
