"""Scenes of the tour: what lies over a page, and the desk itself when it is locked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QLineEdit, QWidget

from avise.models.interaction import Channel, Direction
from avise.ui.bridge import DeskBridge
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.customer.page import CustomerPage
from avise.ui.theme import Scheme
from avise.ui.tour_scenes import Scenes


@dataclass(frozen=True, slots=True)
class PanelScenes(Scenes):
    """The agent opens each panel, and closes it as it was found.

    Args:
        bridge: the services.
    """

    bridge: DeskBridge

    async def around(self) -> None:
        """Draw what stands over Ma journée; nobody is on the telephone."""
        self.desktop.window.show_page("home")
        await self._command("help", "help.png", "the help of the screen")
        await self._command("notifications", "notifications.png", "what happened meanwhile")
        await self._command("new_prospect", "prospect.png", "a caller whom no tool knows")
        await self._unlinked()
        await self._lock()

    async def on_call(self, page: CustomerPage) -> None:
        """Draw what is asked of a caller, and the note of the call."""
        page.check.verify_caller()
        await self.until(lambda: bool(page.check.verification.findChildren(QLineEdit)))
        await self._shown(page, "verification.png", "the questions to the caller", dark=True)
        page.check.ask_restricted("reveal", "nir", "")
        await self._shown(page, "reveal.png", "a masked number is shown for a reason", dark=True)
        page.check.ask_restricted("compare", "nir", "")
        await self._shown(page, "compare.png", "a masked number is compared with what the caller says")
        page.run_command("report_data")
        await self._shown(page, "report-data.png", "a value is told to be wrong")
        page.run_command("export_file")
        await self._shown(page, "export.png", "the file is printed or taken out for a reason")
        await self._wrap_up(page)

    async def _command(self, command: str, file: str, shows: str) -> None:
        self.desktop.actions.commands.run(command)
        await self.until(lambda: bool(_panels(self.desktop.window)))
        await self._shown(self.desktop.window, file, shows)

    async def _shown(self, over: QWidget, file: str, shows: str, *, dark: bool = False) -> None:
        """Draw the panel that is open, and close it."""
        await self.until(lambda: bool(_panels(over)))
        await self.breath()
        self.draw(file, shows)
        if dark:
            self.draw(file.replace(".png", "-dark.png"), f"{shows}, dark", scheme=Scheme.DARK)
        for panel in _panels(over):
            panel.close_panel()

    async def _unlinked(self) -> None:
        """Draw an exchange without a file, on its way to somebody."""
        told = {
            "channel": Channel.PHONE_IN.value,
            "direction": Direction.IN.value,
            "title": "Mme Riou",
            "caller": "Mme Riou",
            "phone": "+33199009999",
            "note": "Demande les documents d’adhésion.",
        }
        await self.bridge.record_interaction(None, told)
        await self._command("unlinked", "unlinked.png", "exchanges whose person is not known yet")

    async def _lock(self) -> None:
        self.desktop.actions.commands.run("lock")
        cover = self.desktop.locking.cover
        if cover is None:
            return
        await self.until(lambda: bool(cover.sentence.text()))
        await self.breath()
        self.draw("lock.png", "the desk, locked")
        self.draw("lock-dark.png", "the desk, locked, dark", scheme=Scheme.DARK)
        cover.lifted.emit()

    async def _wrap_up(self, page: CustomerPage) -> None:
        """Draw a note with a promised call-back, then take it back: the draft is not kept."""
        wrap_up = page.rail.wrap_up
        page.model.wrap_up.insert("Virement émis, sur le compte sous 48 h.", "")
        wrap_up.callback.wanted.click()
        await self.until(lambda: page.model.wrap_up.shown().callback is not None)
        await self.breath()
        self.draw("wrap-up.png", "the note of a call, a call-back promised")
        self.draw("wrap-up-dark.png", "the note of a call, dark", scheme=Scheme.DARK)
        wrap_up.callback.wanted.click()
        wrap_up.note.setPlainText("")
        await self.breath()


def _panels(over: QWidget) -> list[FloatingPanel]:
    return [panel for panel in over.findChildren(FloatingPanel) if panel.isVisible()]
