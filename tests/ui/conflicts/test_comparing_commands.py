"""Two changes of the same thing compared over the outbox, by keyboard and by mouse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from avise.env import FixedEnv
from avise.models.commands import CommandState
from avise.models.errors import AviseError
from avise.models.merging import Choice, Keep
from avise.services.comparison_values import Comparison
from avise.ui.bridge import DeskBridge
from avise.ui.conflicts.compare_panel import ComparePanel
from avise.ui.conflicts.strip import CollisionStrip
from avise.ui.outbox.page import OutboxPage
from avise.ui.outbox.view_model import OutboxViewModel
from avise.ui.pictures import render
from avise.ui.theme import Scheme
from avise.ui.widgets.toast import Message
from tests.ui.conflicts.collided import BOTH, COLLIDED, LINE, POSTCODE
from tests.ui.outbox.acting_window import acting_window
from tests.ui.outbox.outbox_items import OFFERS, item
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@dataclass
class Stage:
    """The outbox with one command to compare."""

    desk: ScriptedDesk
    page: OutboxPage
    told: list[Message] = field(default_factory=list)

    @property
    def panel(self) -> ComparePanel:
        found = self.page.findChild(ComparePanel)
        assert found is not None
        return found

    def asked(self, name: str) -> list[tuple[object, ...]]:
        return [asked for asked in self.desk.asked if asked[0] == name]

    async def compare(self) -> None:
        self.page.compare_current()
        await until(lambda: bool(self.panel.rows) or self.panel.trouble.isVisible())

    def words(self) -> str:
        return " ".join(label.text() for label in self.panel.findChildren(QLabel) if label.isVisible())


@asynccontextmanager
async def stage(comparison: Comparison = BOTH, width: int = 1280) -> AsyncIterator[Stage]:
    failures: list[BaseException] = []
    desk = ScriptedDesk(items=(COLLIDED,))
    desk.comparisons[COLLIDED.command_id] = comparison
    bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())
    model = OutboxViewModel(bridge)
    model.start()
    page = OutboxPage(model, FixedEnv(NOW), lambda _name, error: failures.append(error))
    found = Stage(desk, page)
    page.message.connect(found.told.append)
    page.resize(width, 700)
    page.show()
    page.activateWindow()
    page.activate()
    await until(lambda: model.known)
    page.zones()[0][1].setFocus()
    try:
        yield found
    finally:
        await page.aclose()
        model.close()
        bridge.close()
        page.hide()
        page.deleteLater()
        await until(lambda: not desk.outbox_stream.listeners)
    assert not failures


def focused() -> QWidget:
    """Return what the keyboard speaks to."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_the_row_opens_on_the_comparison_and_keyboard_alone_chooses_and_applies(run: Run) -> None:
    async def scenario() -> None:
        async with stage() as shown:
            QTest.keyClick(shown.page.table, Qt.Key.Key_Return)
            await until(lambda: bool(shown.panel.rows))
            line, postcode, _city = shown.panel.rows
            assert not shown.panel.apply.isEnabled()
            mine, theirs = line.choices[Keep.MINE], line.choices[Keep.THEIRS]
            assert QApplication.focusWidget() is mine
            QTest.keyClick(mine, Qt.Key.Key_Space)
            assert mine.isChecked()
            QTest.keyClick(mine, Qt.Key.Key_Right)
            assert theirs.isChecked()
            QTest.keyClick(theirs, Qt.Key.Key_Left)
            QTest.keyClick(focused(), Qt.Key.Key_Tab)
            assert QApplication.focusWidget() in postcode.choices.values()
            QTest.keyClick(focused(), Qt.Key.Key_Right)
            QTest.keyClick(focused(), Qt.Key.Key_Space)
            assert postcode.keep is Keep.THEIRS
            assert shown.panel.apply.isEnabled()
            QTest.keyClick(shown.panel.apply, Qt.Key.Key_Space)
            await until(lambda: bool(shown.told))
            choices = {LINE: Choice(Keep.MINE, "1 place Graslin"), POSTCODE: Choice(Keep.THEIRS, "44100")}
            assert shown.asked("settle_item") == [("settle_item", COLLIDED.command_id, choices)]
            assert not shown.panel.isVisible()

    run(scenario())


@pytest.mark.parametrize("keep", list(Keep))
def test_one_side_is_kept_whole_by_one_button_and_each_choice_is_kept_on_disk(run: Run, keep: Keep) -> None:
    async def scenario() -> None:
        async with stage() as shown:
            await shown.compare()
            (shown.panel.all_mine if keep is Keep.MINE else shown.panel.all_theirs).click()
            chosen = {LINE: Choice(keep, "1 place Graslin"), POSTCODE: Choice(keep, "44100")}
            await until(
                lambda: shown.asked("note_choices")[-1:] == [("note_choices", COLLIDED.command_id, chosen)]
            )
            assert not shown.asked("settle_item")
            assert shown.panel.apply.isEnabled()

    run(scenario())


def test_choices_made_before_are_shown_and_what_one_side_changed_asks_nothing(run: Run) -> None:
    async def scenario() -> None:
        first = replace(BOTH.fields[0], keep=Keep.THEIRS)
        async with stage(replace(BOTH, fields=(first, BOTH.fields[2]))) as shown:
            await shown.compare()
            line, city = shown.panel.rows
            assert line.keep is Keep.THEIRS
            assert city.choices == {}
            assert shown.panel.apply.isEnabled()
            assert "Modifié au siège seul, repris" in shown.words() or city.isVisible()

    run(scenario())


def test_each_choice_says_its_field_its_side_its_value_and_what_was_there(run: Run) -> None:
    async def scenario() -> None:
        async with stage() as shown:
            await shown.compare()
            choice = shown.panel.rows[0].choices[Keep.THEIRS]
            heard = QAccessible.queryAccessibleInterface(choice)
            assert heard.role() == QAccessible.Role.RadioButton
            name = heard.text(QAccessible.Text.Name)
            assert all(words in name for words in ("Valeur", "Au siège", "1 place Graslin", "4 rue Basse"))

    run(scenario())


def test_a_tool_that_cannot_be_read_is_told_in_the_panel_and_nothing_is_lost(run: Run) -> None:
    async def scenario() -> None:
        async with stage() as shown:
            shown.desk.compare_error = AviseError("acting.no_answer", source="Relation adhérent")
            await shown.compare()
            assert "Relation adhérent" in shown.panel.trouble.text()
            assert not shown.panel.apply.isVisible()
            QTest.keyClick(shown.panel.later, Qt.Key.Key_Escape)
            assert not shown.panel.isVisible()
            assert QApplication.focusWidget() is shown.page.table

    run(scenario())


def test_what_changed_again_is_read_again_and_asked_again(run: Run) -> None:
    async def scenario() -> None:
        async with stage() as shown:
            await shown.compare()
            shown.panel.all_mine.click()
            newer = replace(BOTH.fields[0], theirs="2 quai de la Fosse", seen="2 quai de la Fosse")
            shown.desk.comparisons[COLLIDED.command_id] = replace(BOTH, fields=(newer, *BOTH.fields[1:]))
            shown.desk.settle_error = AviseError("conflict.changed_again")
            shown.panel.apply.click()
            await until(lambda: shown.panel.rows[0].field.theirs == "2 quai de la Fosse")
            await until(shown.panel.trouble.isVisible)
            assert not shown.panel.apply.isEnabled()

    run(scenario())


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("width", [1280, 620])
def test_every_choice_and_button_is_inside_the_page_in_both_schemes(
    run: Run, tmp_path: Path, scheme: Scheme, width: int
) -> None:
    async def scenario() -> None:
        async with stage(width=width) as shown:
            await shown.compare()
            shown.panel.rows[0].take(Keep.MINE)
            image = QImage(str(render(shown.page, tmp_path / "page.png", QSize(width, 700), scheme)))
            colours = set()
            for part in (shown.panel, shown.panel.apply, *shown.panel.rows[0].choices.values()):
                area = QRect(part.mapTo(shown.page, QPoint(0, 0)), part.size())
                assert shown.page.rect().contains(area)
                colours.add(image.pixelColor(area.left() + 30, area.center().y()).name())
            assert len(colours) > 1

    run(scenario())


def test_the_customer_s_page_says_so_and_opens_the_comparison_over_the_outbox(run: Run) -> None:
    async def scenario() -> None:
        collided = replace(COLLIDED, person=HELENE)
        desk = ScriptedDesk(items=(collided,), offers=OFFERS)
        desk.comparisons[collided.command_id] = BOTH
        async with acting_window(desk) as shown:
            customer = await shown.open()
            strip = customer.findChild(CollisionStrip)
            assert strip is not None
            assert strip.isVisible()
            assert "Relation adhérent" in strip.words.text()
            assert "Moulin" not in strip.words.text()
            assert strip.accessibleName() == strip.words.text()
            strip.compare.setFocus()
            QTest.keyClick(strip.compare, Qt.Key.Key_Space)
            page = shown.window.stack.currentWidget()
            assert isinstance(page, OutboxPage)
            await until(lambda: (panel := page.findChild(ComparePanel)) is not None and bool(panel.rows))
            panel = page.findChild(ComparePanel)
            assert panel is not None
            panel.all_theirs.click()
            panel.apply.click()
            await until(lambda: not strip.isVisibleTo(customer))

    run(scenario())


def test_the_palette_s_command_compares_what_is_first_to_compare(run: Run) -> None:
    async def scenario() -> None:
        collided = replace(COLLIDED, person=HELENE)
        desk = ScriptedDesk(items=(item(1, CommandState.DONE), collided), offers=OFFERS)
        desk.comparisons[collided.command_id] = BOTH
        async with acting_window(desk) as shown:
            shown.desktop.actions.commands.run("outbox_compare")
            await until(lambda: ("compare_item", collided.command_id) in desk.asked)

    run(scenario())
