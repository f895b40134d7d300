"""Somebody whom no tool knows: a prospect, an exchange without a file, and what attaches it later."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.models.added_person import NewPerson
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.models.wrap_up import WrapUp
from avise.ui.people.caller_form import CallerForm
from avise.ui.widgets.button import Button
from avise.ui.widgets.link import Link
from tests.ui.home_day import FULL_DAY, NOBODY_EVENT
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.shell.test_desktop import Stage, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
NUMBER = "+33199009999"
SHOWN_NUMBER = "01\u00a099\u00a000\u00a099\u00a099"
NIR = "268034410921492"


def _press(stage: Stage, words: str) -> None:
    buttons = stage.window.call_panel.findChildren(Button)
    next(button for button in buttons if button.text() == words and not button.isHidden()).click()


async def _form(stage: Stage, name: str) -> CallerForm:
    await until(lambda: name in stage.desktop.actions.people.__dict__)
    form: CallerForm = getattr(stage.desktop.actions.people, name)
    await until(form.isVisible)
    await until(form.last_name.edit.hasFocus)
    return form


def _asked(stage: Stage, name: str) -> list[tuple[object, ...]]:
    return [asked for asked in stage.desk.asked if asked[0] == name]


def test_an_unknown_caller_becomes_a_prospect_whose_file_opens_for_the_call(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(number=NUMBER)
            await until(stage.window.call_panel.isVisible)
            _press(stage, "Nouveau prospect")
            form = await _form(stage, "prospect_form")
            assert form.phone.edit.text() == SHOWN_NUMBER
            assert form.details().reason == "R01", "the queue says why most people wait there"
            QTest.keyClicks(form.last_name.edit, "Riou")
            QTest.keyClicks(form.note, "Demande un devis")
            QTest.keyClick(form.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: stage.window.sessions.current is not None)
            assert _asked(stage, "add_person") == [("add_person", NewPerson("Riou", "", SHOWN_NUMBER))]
            assert stage.page().purpose is Purpose.CALL
            assert stage.desktop.calls.person == stage.page().person
            assert not stage.window.call_panel.isVisible()
            draft = _asked(stage, "save_wrap_up")[0][2]
            assert isinstance(draft, WrapUp)
            assert (draft.reason, draft.note, draft.call_id) == ("R01", "Demande un devis", "call-1")

    run(scenario())


def test_a_prospect_made_by_mistake_is_undone_and_the_tab_closes(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desktop.actions.commands.run("new_prospect")
            form = await _form(stage, "prospect_form")
            assert form.phone.edit.text() == ""
            QTest.keyClick(form.last_name.edit, Qt.Key.Key_Return)
            assert form.isVisible(), "nobody was named"
            QTest.keyClicks(form.last_name.edit, "Riou")
            QTest.keyClick(form.last_name.edit, Qt.Key.Key_Return)
            await until(lambda: stage.window.sessions.current is not None)
            assert not _asked(stage, "save_wrap_up"), "neither reason nor note: nothing to keep"
            stage.window.undoing.undo_last()
            await until(lambda: not stage.window.sessions.tabs)
            await until(lambda: bool(_asked(stage, "save_wrap_up")))
            assert _asked(stage, "save_wrap_up")[-1][2] == WrapUp(), "nothing is left to resume"

    run(scenario())


def test_an_exchange_without_a_file_is_recorded_with_what_is_known(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(number=NUMBER)
            await until(stage.window.call_panel.isVisible)
            _press(stage, "Échange sans fiche")
            form = await _form(stage, "exchange_form")
            QTest.keyClicks(form.first_name.edit, "Odile")
            QTest.keyClicks(form.last_name.edit, "Riou")
            QTest.keyClicks(form.note, "Rappelle demain")
            form.submit_button.click()
            await until(lambda: bool(_asked(stage, "record_interaction")))
            _name, person, body = _asked(stage, "record_interaction")[0]
            assert person is None
            assert body == {
                "channel": "phone_in", "direction": "in", "title": "Odile Riou", "note": "Rappelle demain",
                "reason": "R01", "caller": "Odile Riou", "phone": NUMBER, "call_id": "call-1",
            }  # fmt: skip
            await until(lambda: not stage.window.call_panel.isVisible())
            told = stage.window.toast.message()
            assert told is not None
            assert "Riou" not in told.sentence

    run(scenario())


def test_a_number_that_must_not_stay_keeps_the_form_open_until_it_is_masked(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desktop.actions.commands.run("new_exchange")
            form = await _form(stage, "exchange_form")
            QTest.keyClicks(form.note, f"son numero {NIR}")
            form.submit_button.click()
            await until(form.findings.isVisible)
            assert form.isVisible()
            assert not _asked(stage, "record_interaction")
            form.findings.mask_link.click()
            await until(lambda: not form.findings.mask_link.isVisible())
            assert NIR not in form.note.words()
            form.submit_button.click()
            await until(lambda: bool(_asked(stage, "record_interaction")))

    run(scenario())


def test_what_could_not_be_kept_says_why_and_what_is_typed_stays(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()

        async def refused(_person: object, _body: object) -> None:
            raise AviseError("note.restricted")

        desk.record_interaction = refused  # type: ignore[method-assign,assignment]  # the store refuses
        async with staged(desk) as stage:
            stage.desktop.actions.commands.run("new_exchange")
            form = await _form(stage, "exchange_form")
            QTest.keyClicks(form.last_name.edit, "Riou")
            form.submit_button.click()
            await until(lambda: bool(form.last_name.edit.accessibleDescription()))
            assert form.isVisible()
            assert form.last_name.words() == "Riou"
            form.close_panel()

    run(scenario())


def test_a_telephone_number_that_cannot_be_one_is_refused_at_its_field(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desktop.actions.commands.run("new_prospect")
            form = await _form(stage, "prospect_form")
            QTest.keyClicks(form.phone.edit, "12")
            QTest.keyClick(form.phone.edit, Qt.Key.Key_Return)
            assert QApplication.focusWidget() is form.phone.edit
            assert not _asked(stage, "add_person")
            form.close_panel()

    run(scenario())


def test_somebody_else_behind_a_known_number_is_offered_the_same(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(HELENE)
            await until(stage.window.call_panel.isVisible)
            links = [link for link in stage.window.call_panel.findChildren(Link) if not link.isHidden()]
            next(link for link in links if link.text() == "Quelqu’un d’autre").click()
            _press(stage, "Échange sans fiche")
            form = await _form(stage, "exchange_form")
            form.close_panel()

    run(scenario())


def test_an_exchange_is_attached_by_keyboard_and_undone(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(day=FULL_DAY, unlinked=FULL_DAY.unlinked)
        async with staged(desk) as stage:
            await until(stage.window.home.unlinked.isVisible)
            stage.window.home.unlinked.links[0].click()
            people = stage.desktop.actions.people
            await until(lambda: "unlinked_panel" in people.__dict__ and people.unlinked_panel.is_attaching)
            panel = people.unlinked_panel
            await until(panel.field.hasFocus)
            assert panel.field.text() == NUMBER, "the number is looked for first"
            panel.field.clear()
            QTest.keyClicks(panel.field, "march")
            await until(panel.rows.isVisible)
            QTest.keyClick(panel.field, Qt.Key.Key_Down)
            QTest.keyClick(panel.field, Qt.Key.Key_Up)
            desk.unlinked = ()
            QTest.keyClick(panel.field, Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "attach_interaction")))
            assert _asked(stage, "attach_interaction") == [("attach_interaction", NOBODY_EVENT, HELENE)]
            await until(lambda: not panel.is_attaching and not panel.lines.links)
            desk.unlinked = FULL_DAY.unlinked
            stage.window.undoing.undo_last()
            await until(lambda: bool(panel.lines.links))
            QTest.keyClick(panel, Qt.Key.Key_Escape)
            assert not panel.isVisible()

    run(scenario())


def test_the_list_is_reached_from_the_palette_and_says_when_it_is_empty(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desktop.actions.search()
            QTest.keyClicks(stage.window.palette_view.field, "echanges sans")
            stage.press(Qt.Key.Key_Return)
            people = stage.desktop.actions.people
            await until(lambda: "unlinked_panel" in people.__dict__ and people.unlinked_panel.isVisible())
            assert not people.unlinked_panel.lines.links
            people.unlinked_panel.close_panel()

    run(scenario())


def test_escape_goes_back_from_the_search_to_the_list(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(unlinked=FULL_DAY.unlinked)) as stage:
            people = stage.desktop.actions.people
            people.show_unlinked(NOBODY_EVENT)
            await until(lambda: "unlinked_panel" in people.__dict__ and people.unlinked_panel.is_attaching)
            await until(people.unlinked_panel.field.hasFocus)
            QTest.keyClick(people.unlinked_panel.field, Qt.Key.Key_Escape)
            assert people.unlinked_panel.isVisible()
            assert not people.unlinked_panel.is_attaching
            people.unlinked_panel.close_panel()

    run(scenario())
