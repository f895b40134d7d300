"""The window without a directory, and on a full disk: nothing typed is lost, nothing is guessed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.env import FixedEnv
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.models.wrap_up import WrapUp
from avise.services.customer_updates import CustomerUpdate, NotKept
from avise.services.day_values import SavedWrapUp
from avise.services.desk import CallState, IncomingCall
from avise.texts import text
from avise.ui.bridge import DeskBridge
from avise.ui.palette.values import RowKind
from avise.ui.palette.view_model import PaletteViewModel
from avise.ui.shell.call_panel import CallPanel
from tests.ui.customer.opened_page import opened, said
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


def test_the_palette_says_that_nobody_was_looked_for_and_offers_to_try_again(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(search_error=AviseError("directory.not_loaded", source="Contrats"))
        bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())
        model = PaletteViewModel(bridge, FixedEnv(NOW), lambda _name, _error: None)
        model.look_for("marchand")
        await until(lambda: any(row.kind is RowKind.NOTICE for row in model.found.rows))
        (notice,) = [row for row in model.found.rows if row.kind is RowKind.NOTICE]
        assert notice.parts[0].text == text("directory.not_loaded", source="Contrats")
        assert notice.command == "retry_search"
        spoken = " ".join(part.text for row in model.found.rows for part in row.parts)
        assert text("palette.nothing", words="marchand") not in spoken
        desk.search_error = None
        model.look_for("marchand")
        await until(lambda: any(row.hit is not None for row in model.found.rows))
        await model.aclose()
        bridge.close()

    run(scenario())


def test_a_number_that_was_not_looked_up_is_not_an_unknown_number(dressed: QApplication) -> None:
    window = QWidget()
    panel = CallPanel(window)
    call = IncomingCall("c1", CallState.RINGING, NOW, None, "+33639984127", "Santé", 3, ())
    nobody = panel.show_call(call)
    not_looked_up = panel.show_call(
        IncomingCall("c2", CallState.RINGING, NOW, None, "+33639984127", "Santé", 3, (), looked_up=False)
    )
    window.deleteLater()
    assert nobody == text("call.spoken_nobody")
    assert not_looked_up == text("call.spoken_not_looked_up")


class FullDisk(ScriptedDesk):
    """A desk whose disk is full until a test makes room."""

    full = True

    async def save_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> SavedWrapUp:
        if self.full:
            raise AviseError("store.full")
        return await super().save_wrap_up(person, wrap_up)


def test_on_a_full_disk_the_note_stays_in_the_window_and_says_that_it_is_not_kept(run: Run) -> None:
    async def scenario() -> None:
        desk = FullDisk()
        async with opened(desk) as page:
            page.run_command("wrap_up")
            QTest.keyClicks(page.rail.wrap_up.note, "Virement confirme")
            await until(lambda: text("store.full") in said(page.rail))
            assert page.rail.wrap_up.text() == "Virement confirme"
            desk.full = False
            QTest.keyClicks(page.rail.wrap_up.note, " hier")
            await until(lambda: (HELENE, "") in desk.wrap_ups)
            assert desk.wrap_ups[HELENE, ""].wrap_up.note == "Virement confirme hier"
            await until(lambda: text("store.full") not in said(page.rail))

    run(scenario())


class Untraced(ScriptedDesk):
    """A desk that cannot write that a file was opened."""

    async def open_customer(
        self, person: PersonId, purpose: Purpose, reason: str = ""
    ) -> AsyncIterator[CustomerUpdate]:
        yield NotKept("store.full", {})
        async for update in super().open_customer(person, purpose, reason):
            yield update


def test_a_file_whose_opening_could_not_be_noted_is_shown_and_says_so(run: Run) -> None:
    async def scenario() -> None:
        async with opened(Untraced()) as page:
            await until(lambda: text("store.full") in said(page.rail))
            assert page.model.state.header is not None

    run(scenario())
