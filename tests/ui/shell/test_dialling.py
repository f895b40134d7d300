"""« Appeler »: the workstation's telephone dials, or the number is on the clipboard; nothing tells it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication

from avise.services.settings_file import CallWith
from avise.ui.shell.dialling import Dialling
from avise.ui.widgets.toast import Message
from tests.ui.home_day import FULL_DAY
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk, hit_of
from tests.ui.shell.test_desktop import staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
CALLED = next(entry for entry in DIRECTORY if entry.person == HELENE)
NUMBER = CALLED.party.phones[0]


class Softphone(QObject):
    """What the system opens an address with."""

    def __init__(self) -> None:
        super().__init__()
        self.dialled: list[str] = []

    @Slot(QUrl)
    def dial(self, url: QUrl) -> None:
        """Keep the address."""
        self.dialled.append(url.toString())


@pytest.fixture(params=["tel", "callto", "sip"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def softphone(dressed: QApplication, scheme: str) -> Iterator[Softphone]:
    phone = Softphone()
    # The bindings' stubs ask for bytes; what runs takes a name.
    QDesktopServices.setUrlHandler(scheme, phone, "dial")  # type: ignore[arg-type]
    yield phone
    QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture(autouse=True)
def empty_clipboard(dressed: QApplication) -> None:
    QGuiApplication.clipboard().clear()


def call(call_with: CallWith) -> list[Message]:
    """Call Hélène; return what is said."""
    told: list[Message] = []
    owner = QObject()
    Dialling(call_with, told.append, owner).call(hit_of(CALLED))
    return told


def test_the_systems_telephone_gets_the_number(softphone: Softphone, scheme: str) -> None:
    (message,) = call(CallWith(scheme))
    assert softphone.dialled == [f"{scheme}:{NUMBER}"]
    assert "transmis" in message.sentence
    assert not QGuiApplication.clipboard().text()
    assert message.on_action is not None
    message.on_action()
    assert QGuiApplication.clipboard().text() == NUMBER


def test_where_no_program_dials_the_number_is_copied_and_it_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        (message,) = call(CallWith.TEL)
    assert QGuiApplication.clipboard().text() == NUMBER
    assert "aucun programme" in message.sentence
    digits = NUMBER.lstrip("+")
    assert digits not in message.sentence
    assert digits not in caplog.text


def test_a_house_without_telephones_copies(dressed: QApplication) -> None:
    (message,) = call(CallWith.NOTHING)
    assert QGuiApplication.clipboard().text() == NUMBER
    assert message.sentence == "Numéro copié."


def test_a_call_back_of_the_day_dials_and_opens_the_file(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(day=FULL_DAY)) as stage:
            await until(lambda: stage.window.home.rows.current() is not None)
            stage.window.home.rows.setFocus()
            stage.press(Qt.Key.Key_Return)
            assert stage.page().person == HELENE
            assert QGuiApplication.clipboard().text() == NUMBER
            assert NUMBER.lstrip("+") not in stage.window.windowTitle()

    run(scenario())
