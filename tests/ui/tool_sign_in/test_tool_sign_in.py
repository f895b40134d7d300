"""Signing in again at a tool, from a block, from Sources, from the palette: browser, code, end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication

from avise.models.errors import AviseError, ErrorKind, Failure, Origin
from avise.models.facets import FacetState
from avise.models.source_status import SourceState
from avise.models.tool_sign_in import BrowserPage, DeviceCode, SignInWay, ToolSignedIn
from avise.services.customer_updates import FacetChanged
from avise.ui.shell.desktop import Desktop
from avise.ui.shell.sessions import SessionTab
from avise.ui.tool_sign_in.panel import ToolSignInPanel
from avise.ui.widgets.button import Button
from tests.ui.outbox.acting_window import acting_window
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_sources import scripted_sources
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
TOOL = "contributions"
PAGE = BrowserPage("avise-test://connexion.exemple.invalid/autoriser")
CODE = DeviceCode("WDJB-MJHT", "https://connexion.exemple.invalid/appareil", NOW + timedelta(minutes=10))


def asking() -> ScriptedDesk:
    """Return a desk one of whose tools asks its user to sign in."""
    desk = ScriptedDesk()
    desk.statuses = tuple(
        replace(source, state=SourceState.NEEDS_AUTH, sign_in=SignInWay.BROWSER, last_failure=None)
        if source.instance == TOOL
        else source
        for source in scripted_sources()
    )
    return desk


class _Catcher(QObject):
    """Takes the addresses that would open a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Keep an address."""
        self.opened.append(url.toString())


@pytest.fixture
def browser() -> Iterator[_Catcher]:
    """Stand in the place of the browser for the addresses of these tests."""
    catcher = _Catcher()
    for scheme in ("avise-test", "https"):
        QDesktopServices.setUrlHandler(scheme, catcher, "take")  # type: ignore[arg-type]  # it takes text
    yield catcher
    for scheme in ("avise-test", "https"):
        QDesktopServices.unsetUrlHandler(scheme)


def panel_of(desktop: Desktop) -> ToolSignInPanel:
    """Return the panel on screen."""
    panel = desktop.tool_sign_ins.panel
    assert panel is not None
    assert panel.isVisible()
    return panel


def test_the_palette_signs_in_at_the_tool_that_asks_and_the_browser_opens(
    run: Run, browser: _Catcher
) -> None:
    async def scenario() -> None:
        desk = asking()
        async with acting_window(desk) as stage:
            await until(lambda: desk.source_stream.listeners == 1)
            await stage.run_from_palette("reconnecter")
            panel = panel_of(stage.desktop)
            assert "Se reconnecter à Cotisations" in panel.accessibleName()
            await until(lambda: desk.tool_sign_in_stream.listeners == 1)
            assert ("sign_in_to_tool", TOOL, SignInWay.BROWSER) in desk.asked
            desk.tool_sign_in_stream.tell(PAGE)
            await until(lambda: browser.opened == [PAGE.address])
            assert "navigateur" in panel.sentence.text()
            assert panel.cancel.hasFocus()
            desk.tool_sign_in_stream.tell(ToolSignedIn())
            await until(lambda: "Connexion à Cotisations réussie" in stage.toast())
            assert not panel.isVisible()

    run(scenario())


def test_a_code_is_shown_large_copied_and_counted_down(run: Run, browser: _Catcher) -> None:
    async def scenario() -> None:
        desk = asking()
        async with acting_window(desk) as stage:
            await until(lambda: desk.source_stream.listeners == 1)
            stage.desktop.tool_sign_ins.open(TOOL)
            panel = panel_of(stage.desktop)
            panel.other_way.click()
            await until(lambda: ("sign_in_to_tool", TOOL, SignInWay.DEVICE) in desk.asked)
            await until(lambda: desk.tool_sign_in_stream.listeners == 1)
            desk.tool_sign_in_stream.tell(CODE)
            await until(lambda: panel.code.text() == CODE.code)
            assert panel.address.text() == CODE.address
            assert "W D J B" in panel.code.accessibleName()
            assert "10:00" in panel.left.text()
            panel.copy.click()
            assert QGuiApplication.clipboard().text() == CODE.code
            assert panel.copy.text() == "Code copié"
            panel.page.click()
            assert browser.opened == [CODE.address]
            stage.press(Qt.Key.Key_Escape)
            await until(lambda: desk.tool_sign_in_stream.listeners == 0)
            assert panel.code.text() == ""

    run(scenario())


def test_without_a_browser_a_code_is_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
        desk = asking()
        async with acting_window(desk) as stage:
            stage.desktop.tool_sign_ins.open(TOOL)
            await until(lambda: desk.tool_sign_in_stream.listeners == 1)
            desk.tool_sign_in_stream.tell(PAGE)
            await until(lambda: ("sign_in_to_tool", TOOL, SignInWay.DEVICE) in desk.asked)
            stage.desktop.tool_sign_ins.close()

    run(scenario())


def test_a_failure_says_what_to_do_and_can_be_started_again(run: Run) -> None:
    async def scenario() -> None:
        desk = asking()
        async with acting_window(desk) as stage:
            stage.desktop.tool_sign_ins.open(TOOL)
            await until(lambda: desk.tool_sign_in_stream.listeners == 1)
            desk.tool_sign_in_stream.tell(AviseError("tool_sign_in.late", source="Cotisations", detail=""))
            panel = panel_of(stage.desktop)
            await until(panel.again.isVisible)
            assert "pas été terminée à temps" in panel.sentence.text()
            asked = desk.asked.count(("sign_in_to_tool", TOOL, SignInWay.BROWSER))
            panel.again.click()
            await until(lambda: desk.asked.count(("sign_in_to_tool", TOOL, SignInWay.BROWSER)) == asked + 1)
            assert not panel.again.isVisible()
            # Not on something behind the panel, where a key would do something else.
            assert panel.cancel.hasFocus()
            stage.desktop.tool_sign_ins.close()

    run(scenario())


def test_a_block_whose_tool_asks_offers_to_reconnect(run: Run) -> None:
    async def scenario() -> None:
        desk = asking()
        async with acting_window(desk) as stage:
            stage.window.sessions.open(SessionTab(HELENE, "MARCHAND Hélène"))
            page = stage.customer()
            await until(lambda: bool(page.model.views(TOOL)) and page.model.views(TOOL)[0].as_of is not None)
            view = replace(
                page.model.views(TOOL)[0],
                state=FacetState.FAILED,
                records=(),
                error=Failure(ErrorKind.AUTH, Origin.HOST, sign_in=True),
            )
            desk.tell(HELENE, FacetChanged(view))
            block = page.sheet.grid.block(TOOL)
            await until(lambda: [action.id for action in block.content.actions] == ["sign_in"])
            assert "vous demande de vous reconnecter" in block.content.spoken()
            button = next(one for one in block.findChildren(Button) if one.text() == "Se reconnecter")
            button.setFocus()
            stage.press(Qt.Key.Key_Return)
            panel = panel_of(stage.desktop)
            assert "Cotisations" in panel.accessibleName()
            panel.close_panel()
            assert button.hasFocus()
            desk.tell(HELENE, FacetChanged(replace(view, state=FacetState.EMPTY, error=None)))
            await until(lambda: not block.content.actions)
            assert block.hasFocus()

    run(scenario())


def test_the_sources_page_offers_it_on_the_row_and_in_the_pane(run: Run) -> None:
    async def scenario() -> None:
        desk = asking()
        async with acting_window(desk) as stage:
            await until(lambda: desk.source_stream.listeners == 1)
            stage.window.show_page("sources")
            page = stage.window.sources
            await until(lambda: page.model.rowCount() > 0)
            page.table.go_to(page.model.place_of(TOOL))
            page.table.setFocus()
            stage.press(Qt.Key.Key_Return)
            assert "Cotisations" in panel_of(stage.desktop).accessibleName()
            assert ("retry_source", TOOL) not in desk.asked
            stage.desktop.tool_sign_ins.close()

    run(scenario())


def test_focus_is_in_the_pane_once_the_button_that_began_it_is_gone(run: Run, browser: _Catcher) -> None:
    async def scenario() -> None:
        desk = asking()
        async with acting_window(desk) as stage:
            await until(lambda: desk.source_stream.listeners == 1)
            stage.window.show_page("sources")
            page = stage.window.sources
            await until(lambda: page.model.rowCount() > 0)
            page.table.go_to(page.model.place_of(TOOL))
            assert page.detail.focus_button("Se reconnecter")
            stage.press(Qt.Key.Key_Return)
            panel = panel_of(stage.desktop)
            await until(lambda: desk.tool_sign_in_stream.listeners == 1)
            desk.show_sources(scripted_sources())
            await until(lambda: not page.detail.focus_button("Se reconnecter"))
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            panel.cancel.setFocus()
            desk.tool_sign_in_stream.tell(ToolSignedIn())
            await until(lambda: not panel.isVisible())
            assert page.detail.hasFocus()

    run(scenario())
