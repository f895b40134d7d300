"""Files of a request: those to join, and those to keep on this machine. Boxes are awaited, never executed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.aio import ask
from avise.ui.requests.wording import failure
from avise.ui.widgets.toast import Message

Tell = Callable[[Message], None]
Save = Callable[[Path], Awaitable[Path]]


async def asked_files(parent: QWidget) -> tuple[Path, ...]:
    """Ask for files of this machine; empty when none is chosen."""
    dialog = _box(parent, text("request_panel.attach"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    chosen: list[str] = []
    # Read before the box goes: it is deleted when it closes.
    dialog.filesSelected.connect(chosen.extend)
    await ask(dialog)
    return tuple(Path(name) for name in chosen)


async def keep_file(save: Save, parent: QWidget, tell: Tell) -> None:
    """Ask where a file goes, write it there, and offer to open it.

    Args:
        save: writes it to a folder.
        parent: over which the box stands.
        tell: shows what came of it.
    """
    dialog = _box(parent, text("request_panel.keep_where"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    chosen: list[str] = []
    dialog.fileSelected.connect(chosen.append)
    await ask(dialog)
    if not chosen:
        return
    try:
        path = await save(Path(chosen[0]))
    except AviseError as error:
        tell(Message(failure(error), "circle-x", is_error=True))
        return
    opened = text("outbox.open")
    tell(Message(text("request_panel.kept"), "file-check", action=opened, on_action=lambda: _open(path)))


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _box(parent: QWidget, title: str) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    # Qt's own box: the system's may run a loop of its own over ours.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    return dialog
