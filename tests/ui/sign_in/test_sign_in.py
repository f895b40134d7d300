"""Signing in at the hub, and what the window says of it: nothing that is being written is lost."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit

from avise.models.errors import AviseError
from avise.services.request_values import HubState, HubStatus
from avise.ui.shell.sessions import SessionTab
from avise.ui.sign_in.hub_item import hub_look
from avise.ui.sign_in.page import SignInPage
from tests.ui.outbox.acting_window import ActingStage, acting_window
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_requests import NOW
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
ASKED = HubStatus(HubState.SIGN_IN_NEEDED, NOW, 2, sign_in="local")
BY_PROVIDER = HubStatus(HubState.SIGN_IN_NEEDED, NOW, sign_in="oidc")
HERE = HubStatus(HubState.ONLINE, NOW)


class _Catcher(QObject):
    """Takes the addresses that would open in a browser."""

    def __init__(self, opened: list[str]) -> None:
        super().__init__()
        self._opened = opened

    @Slot(QUrl)
    def take(self, address: QUrl) -> None:
        """Keep an address."""
        self._opened.append(address.toString())


def _tab() -> SessionTab:
    return SessionTab(HELENE, "MARCHAND Hélène")


async def shown(stage: ActingStage) -> SignInPage:
    """Wait for the page."""
    await until(lambda: stage.window.page_name == "sign_in")
    page = stage.window.current_page()
    assert isinstance(page, SignInPage)
    return page


# ---- the page ----------------------------------------------------------------------------------
def test_a_station_that_is_not_signed_in_begins_on_the_page(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=ASKED)
        async with acting_window(desk) as stage:
            page = await shown(stage)
            await until(page.field.hasFocus)
            stage.type("non")
            stage.press(Qt.Key.Key_Return)
            await until(lambda: "mot de passe faux" in page.told())
            assert page.field.accessibleDescription() == page.told()
            assert page.field.selectedText()
            stage.type("oui")
            assert page.told() == ""
            stage.press(Qt.Key.Key_Return)
            await until(lambda: stage.window.page_name == "home")
            assert stage.toast() == "Connexion au hub réussie"
            assert page.field.text() == ""

    run(scenario())


@pytest.mark.parametrize(
    ("key", "words"), [("hub.locked_out", "Trop de mots de passe faux"), ("hub.unreachable", "hub")]
)
def test_each_refusal_says_what_to_do(run: Run, key: str, words: str) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=ASKED, request_error=AviseError(key))
        async with acting_window(desk) as stage:
            page = await shown(stage)
            stage.type("oui")
            page.give.click()
            await until(lambda: words in page.told())

    run(scenario())


def test_an_empty_password_is_not_sent(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=ASKED)
        async with acting_window(desk) as stage:
            page = await shown(stage)
            stage.press(Qt.Key.Key_Return)
            assert page.told() == "Le mot de passe est vide. Tapez-le."
            assert ("sign_in",) not in desk.asked

    run(scenario())


def test_locked_capitals_are_noticed_and_the_password_can_be_seen(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(hub=ASKED)) as stage:
            page = await shown(stage)
            stage.type("a")
            warned = [page.warns_of_capitals]
            for _press in range(2):
                stage.press(Qt.Key.Key_CapsLock)
                warned.append(page.warns_of_capitals)
            assert warned == [False, True, False]
            page.show_words.click()
            assert page.field.echoMode() is QLineEdit.EchoMode.Normal
            stage.press(Qt.Key.Key_Escape)
            assert page.field.echoMode() is QLineEdit.EchoMode.Password

    run(scenario())


def test_the_browser_opens_for_an_identity_provider(run: Run) -> None:
    async def scenario() -> None:
        opened: list[str] = []
        desk = ScriptedDesk(hub=BY_PROVIDER)
        catcher = _Catcher(opened)
        QDesktopServices.setUrlHandler("https", catcher, "take")  # type: ignore[arg-type]  # it takes text
        try:
            async with acting_window(desk) as stage:
                page = await shown(stage)
                assert not page.field.isVisible()
                assert page.browser.hasFocus()
                stage.press(Qt.Key.Key_Return)
                await until(lambda: "navigateur" in page.told())
                assert opened == ["https://connexion.exemple.invalid/autoriser"]
                desk.show_hub(
                    HubStatus(HubState.SIGN_IN_NEEDED, NOW, sentence="Accès refusé.", sign_in="oidc")
                )
                await until(lambda: page._why.text() == "Accès refusé.")
                desk.show_hub(HERE)
                await until(lambda: stage.window.page_name == "home")
        finally:
            QDesktopServices.unsetUrlHandler("https")

    run(scenario())


# ---- while somebody works ----------------------------------------------------------------------
def test_a_sign_in_that_ends_takes_nothing_away(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=HERE)
        async with acting_window(desk) as stage:
            stage.window.sessions.open(_tab())
            page = stage.customer()
            await until(lambda: page.parts.has("wrap_up"))
            note = page.rail.wrap_up.note
            note.setFocus()
            stage.type("Elle rappelle")
            desk.show_hub(ASKED)
            await until(stage.desktop.hub.strip.isVisible)
            assert note.hasFocus()
            stage.type(" demain")
            stage.desktop.hub.strip.sign_in.click()
            sign_in = await shown(stage)
            assert not stage.desktop.hub.strip.isVisible()
            stage.type("oui")
            sign_in.give.click()
            await until(lambda: stage.window.sessions.current == HELENE)
            assert note.words() == "Elle rappelle demain"

    run(scenario())


def test_signing_in_can_wait_and_the_status_bar_goes_on_saying_it(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=ASKED)
        async with acting_window(desk) as stage:
            page = await shown(stage)
            page.later.click()
            assert stage.window.page_name == "home"
            item = stage.desktop.hub.item
            assert item.text() == "Se connecter · 2 en attente d’envoi"
            item.click()
            assert stage.window.page_name == "sign_in"

    run(scenario())


def test_the_strip_is_put_off_by_keys(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=HERE)
        async with acting_window(desk) as stage:
            stage.window.show_page("sources")
            desk.show_hub(ASKED)
            strip = stage.desktop.hub.strip
            await until(strip.isVisible)
            strip.later.setFocus()
            stage.press(Qt.Key.Key_Escape)
            assert not strip.isVisible()

    run(scenario())


# ---- the status bar ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "icon", "words"),
    [
        (HERE, "cloud", "Synchronisé à 10:44:00"),
        (HubStatus(HubState.EMBEDDED, NOW), "cloud", "Synchronisé à 10:44:00"),
        (HubStatus(HubState.ONLINE, NOW, 1), "cloud-upload", "1 en attente d’envoi"),
        (HubStatus(HubState.OFFLINE, NOW, 3), "cloud-off", "Hors ligne depuis 10:44 · 3 en attente d’envoi"),
        (HubStatus(HubState.OFFLINE), "cloud-off", "Hors ligne"),
        (HubStatus(HubState.REFUSED), "circle-x", "Accès au hub refusé"),
        (HubStatus(HubState.STARTING), "loader-circle", "Connexion au hub…"),
    ],
)
def test_the_status_bar_says_how_the_station_stands(status: HubStatus, icon: str, words: str) -> None:
    look = hub_look(status)
    assert look is not None
    assert (look.icon, look.words) == (icon, words)


def test_a_profile_without_a_hub_says_nothing_of_one(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=HubStatus(HubState.NONE))
        async with acting_window(desk) as stage:
            await until(lambda: stage.desktop.hub.status is not None)
            assert not stage.desktop.hub.item.isVisible()
            desk.show_hub(HubStatus(HubState.REFUSED, sentence="Ce poste a été retiré. Appelez le support."))
            await until(stage.desktop.hub.item.isVisible)
            stage.desktop.hub.item.click()
            assert stage.toast() == "Ce poste a été retiré. Appelez le support."

    run(scenario())


def test_somebody_signs_out_by_the_palette_and_is_told_what_becomes_of_their_work(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=HubStatus(HubState.ONLINE, NOW, sign_in="local"))
        async with acting_window(desk) as stage:
            hub = stage.desktop.hub
            await until(lambda: hub.status is not None)
            stage.desktop.actions.commands.run("sign_out")
            await until(lambda: stage.toast().startswith("La connexion au hub est fermée"))
            assert ("sign_out",) in desk.asked

    run(scenario())


def test_a_station_without_a_sign_in_says_that_there_is_none_to_leave(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(hub=HubStatus(HubState.ONLINE, NOW))
        async with acting_window(desk) as stage:
            hub = stage.desktop.hub
            await until(lambda: hub.status is not None)
            stage.desktop.actions.commands.run("sign_out")
            await until(lambda: stage.toast().startswith("Ce poste n’a pas"))
            assert ("sign_out",) not in desk.asked

    run(scenario())
