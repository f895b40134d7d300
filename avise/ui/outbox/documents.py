"""A document that a tool gave back: saved where the user says, then opened by the system."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.aio import ask
from avise.ui.widgets.toast import Message

Tell = Callable[[Message], None]


async def take_document(
    fetch: Callable[[], Awaitable[tuple[str, bytes]]], parent: QWidget, tell: Tell, *, opened: bool
) -> None:
    """Ask where a document goes, write it there, and say so.

    Args:
        fetch: gives its name and its bytes.
        parent: over which the box stands.
        tell: shows what came of it.
        opened: open it at once; else the message offers to.
    """
    try:
        name, content = await fetch()
    except AviseError as error:
        tell(failure(error))
        return
    path = await _asked_path(name, parent)
    if path is None:
        return
    try:
        await asyncio.get_running_loop().run_in_executor(None, path.write_bytes, content)
    except OSError:
        tell(failure(AviseError("outbox.not_saved")))
        return
    if opened:
        _open(path, tell)
        return
    tell(
        Message(
            text("outbox.told.saved"), "file-check", False, text("outbox.open"), lambda: _open(path, tell)
        )
    )


def _open(path: Path, tell: Tell) -> None:
    found = QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
    key = "outbox.told.saved" if found else "outbox.told.no_program"
    tell(Message(text(key), "file-check" if found else "circle-alert"))


async def _asked_path(name: str, parent: QWidget) -> Path | None:
    dialog = QFileDialog(parent, text("outbox.save_where"))
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


def failure(error: AviseError) -> Message:
    """Return the message that says why something was not done."""
    return Message(text(error.message_key, **error.params), "circle-x", is_error=True)
