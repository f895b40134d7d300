"""The wrap-up on the page: by the keyboard alone, marked where it must be, named for whoever hears it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from avise.models.acts import Act
from avise.models.contact_reasons import ContactReason
from avise.models.interaction import Direction
from avise.models.roles import Purpose
from avise.models.wrap_up import Outcome, WrapUp
from avise.services.customer_updates import SuggestedAction, Suggestion
from avise.services.desk import CallState, IncomingCall
from avise.services.reason_file import contact_reasons
from avise.texts import text
from avise.ui.customer.page import CustomerPage
from avise.ui.customer.wrap_up_reason import matching
from tests.ui.customer.opened_page import opened, said, until
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk

MENUS = ("This plugin does not support",)
"""What the offscreen platform says of a menu."""

Run = Callable[[Coroutine[object, object, None]], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NIR = "2 68 03 44 109 214 92"


def _call() -> IncomingCall:
    taken = NOW - timedelta(minutes=4)
    return IncomingCall("call-7", CallState.ANSWERED, taken, taken, "", "Remboursements", 70, ())


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def _press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(_focused(), key, modifiers)


def _recorded(desk: ScriptedDesk) -> list[WrapUp]:
    return [asked[2] for asked in desk.asked if asked[0] == "record_wrap_up"]  # type: ignore[misc]


async def _ready(page: CustomerPage) -> None:
    await until(lambda: page.rail.wrap_up.guesses.chips)


def test_a_whole_wrap_up_is_done_by_the_keyboard_alone(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk, Purpose.CALL) as page:
            acts: list[Act] = []
            page.acted.connect(lambda _sentence, act: acts.append(act))
            page.set_call(_call())
            await _ready(page)
            # The first answer has focus: Enter writes it in the note.
            _press(Qt.Key.Key_Return)
            assert page.rail.wrap_up.text().startswith(
                "Reçue le 09/03, liquidée le 20/03. Virement de 214,00"
            )
            page.run_command("wrap_up")
            panel = page.rail.wrap_up
            assert panel.note.hasFocus()
            QTest.keyClicks(panel.note, " Cloture demandee.")
            # Back to the reason, by typing a part of its name without accents.
            for _ in range(8):
                if panel.reason.hasFocus():
                    break
                _press(Qt.Key.Key_Backtab)
            assert panel.reason.hasFocus()
            QTest.keyClicks(panel.reason, "tiers pay")
            assert [reason.id for reason in panel.reason.offered] == ["R09"]
            _press(Qt.Key.Key_Return)
            assert panel.reason.text() == text("reason.R09")
            while not panel.outcome.hasFocus():
                _press(Qt.Key.Key_Tab)
            _press(Qt.Key.Key_Right)
            while not panel.callback.wanted.hasFocus():
                _press(Qt.Key.Key_Tab)
            _press(Qt.Key.Key_Space)
            assert panel.callback.fields.due.isVisible()
            page.set_call(None)
            page.header.identity.setFocus()
            # The call is over: one key closes it from anywhere on the page.
            _press(Qt.Key.Key_Return, CTRL)
            await until(lambda: acts)
            (recorded,) = _recorded(desk)
            assert (recorded.reason, recorded.outcome, recorded.confirmed) == ("R09", Outcome.TO_FOLLOW, True)
            assert (recorded.call_id, recorded.direction, recorded.duration_s) == (
                "call-7",
                Direction.IN,
                240,
            )
            assert recorded.note.endswith("Cloture demandee.")
            assert [deed.kind for deed in recorded.deeds] == ["insert"]
            assert recorded.callback is not None
            assert recorded.callback.due.isoformat() == "2026-03-25T09:00:00+00:00"
            assert recorded.callback.due - recorded.callback.remind_at == timedelta(minutes=15)  # type: ignore[operator]
            assert panel.text() == ""

    run(scenario())


def test_ctrl_enter_away_from_the_form_closes_no_call_under_way(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk, Purpose.CALL) as page:
            page.set_call(_call())
            await _ready(page)
            page.header.identity.setFocus()
            _press(Qt.Key.Key_Return, CTRL)
            page.set_call(None)
            page.run_command("identity_check")
            await until(lambda: page.check.verification.isAncestorOf(_focused()))
            _press(Qt.Key.Key_Return, CTRL)
            await until(lambda: page.model.wrap_up.seconds_left)
            assert _recorded(desk) == []

    run(scenario())


def test_a_number_that_must_not_stay_is_told_under_the_note_and_masked_by_the_keyboard(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk, Purpose.CALL) as page:
            page.set_call(_call())
            await _ready(page)
            panel = page.rail.wrap_up
            panel.note.setFocus()
            QTest.keyClicks(panel.note, f"Son numero est {NIR}, elle parle de depression")
            await until(panel.findings.isVisible)
            assert panel.findings.sentences() == (text("free_text.nir"), text("free_text.health"))
            assert text("free_text.nir") in panel.note.accessibleDescription()
            assert [found.cursor.selectedText() for found in panel.note.extraSelections()] == [
                NIR,
                "depression",
            ]
            _press(Qt.Key.Key_Return, CTRL)
            await until(lambda: text("wrap_up.lack.restricted") in panel.told())
            assert panel.findings.mask_link.hasFocus()
            _press(Qt.Key.Key_Space)
            await until(lambda: NIR not in panel.text())
            assert panel.findings.sentences() == (text("free_text.health"),)
            panel.note.setFocus()
            _press(Qt.Key.Key_Return, CTRL)
            await until(lambda: _recorded(desk) and not panel.text())
            assert NIR not in _recorded(desk)[-1].note

    run(scenario())


def test_the_cursor_stays_where_the_agent_types_while_drafts_are_kept(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            await _ready(page)
            panel = page.rail.wrap_up
            panel.note.setFocus()
            QTest.keyClicks(panel.note, "Virement")
            panel.note.moveCursor(panel.note.textCursor().MoveOperation.Start)
            await until(lambda: any(asked[0] == "save_wrap_up" for asked in desk.asked))
            QTest.keyClicks(panel.note, "Le ")
            assert panel.note.textCursor().position() == 3
            assert panel.text() == "Le Virement"
            panel.note.undo()
            assert "Le" not in panel.text()

    run(scenario())


def test_a_chip_is_chosen_with_the_arrows_and_says_why_it_is_there(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            page.set_call(_call())
            await _ready(page)
            chips = page.rail.wrap_up.guesses.chips
            assert [chip.spec.text for chip in chips] == [
                text(f"reason.{code}") for code in ("R01", "R21", "R15")
            ]
            assert (
                chips[0].toolTip()
                == chips[0].accessibleDescription()
                == "Arrivé par «\u00a0Remboursements\u00a0»"
            )
            assert text("wrap_up.reason_proposed") in chips[0].accessibleName()
            chips[0].setFocus()
            _press(Qt.Key.Key_Right)
            assert chips[1].hasFocus()
            _press(Qt.Key.Key_Return)
            assert page.model.wrap_up.shown().reason == "R21"
            assert page.rail.wrap_up.reason.text() == text("reason.R21")
            assert text("wrap_up.reason_confirmed") in chips[1].accessibleName()
            assert text("wrap_up.reason_proposed") not in chips[0].accessibleName()

    run(scenario())


def test_escape_leaves_the_reason_as_it_was_and_what_is_not_taken_is_not_said(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            page.set_call(_call())
            await _ready(page)
            field = page.rail.wrap_up.reason
            field.setFocus()
            _press(Qt.Key.Key_Down)
            assert len(field.offered) == 23
            assert text("reason.R01") in field.accessibleDescription()
            _press(Qt.Key.Key_Down)
            assert text("reason.R02") in field.accessibleDescription()
            _press(Qt.Key.Key_Escape)
            assert not field.is_open
            assert field.text() == text("reason.R01")
            QTest.keyClicks(field, "zzz")
            assert field.offered == ()
            assert field.accessibleDescription() == text("wrap_up.no_reason")
            page.rail.wrap_up.note.setFocus()
            assert field.text() == text("reason.R01")
            assert not page.model.wrap_up.shown().confirmed

    run(scenario())


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("", 23),
        ("R06", ["R06"]),
        ("TELETRANS", ["R02"]),
        ("virement", ["R01"]),
        ("devis dent", ["R05"]),
        ("zzz", []),
    ],
)
def test_reasons_are_found_by_name_code_or_what_people_call_them(words: str, codes: int | list[str]) -> None:
    reasons: tuple[ContactReason, ...] = tuple(contact_reasons().values())
    found = [reason.id for reason in matching(reasons, words)]
    assert found == codes or len(found) == codes


@pytest.mark.qt_log_ignore(*MENUS)
def test_the_detail_of_an_outcome_is_chosen_in_a_menu(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            page.set_call(_call())
            await _ready(page)
            detail = page.rail.wrap_up.detail
            detail.setFocus()
            _press(Qt.Key.Key_Space)
            (menu,) = detail.findChildren(QMenu)
            entries = [entry.text() for entry in menu.actions()]
            assert entries[0] == text("reason_outcome.paid")
            menu.actions()[0].trigger()
            menu.close()
            assert page.model.wrap_up.shown().detail == "paid"
            assert text("reason_outcome.paid") in detail.accessibleName()

    run(scenario())


def test_a_call_back_is_moved_and_taken_back(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            await _ready(page)
            callback = page.rail.wrap_up.callback
            callback.wanted.setFocus()
            _press(Qt.Key.Key_Space)
            fields = callback.fields
            first = page.model.wrap_up.shown().callback
            assert first is not None
            fields.due.setFocus()
            fields.due.setSelectedSection(fields.due.Section.DaySection)
            _press(Qt.Key.Key_Up)
            moved = page.model.wrap_up.shown().callback
            assert moved is not None
            assert moved.due - first.due == timedelta(days=1)
            fields.remind.setFocus()
            _press(Qt.Key.Key_Space)
            QTest.keyClicks(fields.words, "Devis")
            changed = page.model.wrap_up.shown().callback
            assert changed is not None
            assert (changed.remind_at, changed.words) == (None, "Devis")
            callback.wanted.setFocus()
            _press(Qt.Key.Key_Space)
            assert page.model.wrap_up.shown().callback is None
            assert not fields.due.isVisible()

    run(scenario())


def test_a_note_without_a_reason_asks_for_no_outcome_and_is_recorded_without_one(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            await _ready(page)
            panel = page.rail.wrap_up
            assert panel.button.text() == text("wrap_up.close.note")
            assert not panel.outcome.isVisible()
            panel.note.setFocus()
            _press(Qt.Key.Key_Return, CTRL)
            await until(lambda: text("wrap_up.lack.note") in panel.told())
            assert panel.note.hasFocus()
            page.model.wrap_up.choose_reason("R09")
            assert panel.outcome.isVisible()
            page.model.wrap_up.choose_reason("")
            QTest.keyClicks(panel.note, "Dossier relu")
            _press(Qt.Key.Key_Return, CTRL)
            await until(lambda: not panel.text())
            recorded = _recorded(desk)[-1]
            assert (recorded.note, recorded.outcome, recorded.direction) == (
                "Dossier relu",
                None,
                Direction.INTERNAL,
            )

    run(scenario())


def test_the_end_of_a_call_counts_on_the_panel_and_on_the_page(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            ticks: list[int] = []
            page.wrap_up_ticked.connect(ticks.append)
            page.set_call(_call())
            await _ready(page)
            page.set_call(None)
            await until(lambda: ticks == [45])
            names = [child.accessibleName() for child in page.rail.wrap_up.findChildren(QWidget)]
            assert "45 secondes de clôture" in names

    run(scenario())


def test_every_control_of_the_wrap_up_has_a_name_and_room_for_a_finger(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            page.set_call(_call())
            await _ready(page)
            panel = page.rail.wrap_up
            panel.callback.wanted.click()
            panel.note.setFocus()
            QTest.keyClicks(panel.note, NIR)
            await until(panel.findings.isVisible)
            controls = [
                child
                for child in panel.findChildren(QWidget)
                if child.focusPolicy() != Qt.FocusPolicy.NoFocus
                and child.isVisible()
                and not child.focusProxy()
            ]
            assert len(controls) > 10
            for control in controls:
                named = control.accessibleName() or getattr(control, "text", str)()
                assert named, control
                assert control.height() >= 24, control

    run(scenario())


@pytest.mark.parametrize("size", [(1372, 836), (1298, 704)])
def test_the_button_is_on_screen_in_a_plain_call(run: Run, size: tuple[int, int]) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL, width=size[0], height=size[1]) as page:
            page.set_call(_call())
            await _ready(page)
            page.model.note_deed("verified", "3")
            button = page.rail.wrap_up.button
            await until(lambda: button.mapTo(page, QPoint(0, button.height())).y() <= page.height())
            assert button.visibleRegion().boundingRect() == button.rect()
            assert page.rail.wrap_up.width() <= page.rail.width()
            assert page.size() == QSize(*size)

    run(scenario())


# ---- suggested answers -----------------------------------------------------------------------


def test_maj_enter_opens_the_block_that_an_answer_rests_on(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            await until(page.sheet.suggestions.rows.hasFocus)
            _press(Qt.Key.Key_Down)
            _press(Qt.Key.Key_Return, SHIFT)
            assert getattr(_focused(), "facet", "") == "complaints"
            assert page.rail.wrap_up.text() == ""

    run(scenario())


@pytest.mark.qt_log_ignore(*MENUS)
def test_an_action_that_nothing_does_here_is_not_shown_and_one_that_is_offered_comes(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            await until(lambda: page.sheet.suggestions.model.rowCount() == 3)
            panel = page.sheet.suggestions
            panel.set_kinds(frozenset({"insert", "show"}))
            complaint = panel.model.suggestion(1)
            assert [action.id for action in complaint.actions] == ["insert", "show"]
            asked: list[tuple[str, str]] = []

            def open_request(found: Suggestion, action: SuggestedAction) -> None:
                asked.append((found.id, action.target))

            page.answers.offer("request", open_request)
            assert [action.id for action in panel.model.suggestion(1).actions] == [
                "insert",
                "show",
                "request",
            ]
            panel.rows.setFocus()
            panel.rows.go_to(1)
            place = panel.rows.visualRect(panel.rows.currentIndex()).center()
            QApplication.sendEvent(
                panel.rows,
                QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, panel.rows.mapToGlobal(place)),
            )
            (menu,) = panel.findChildren(QMenu)
            assert [entry.text() for entry in menu.actions()] == [
                "Insérer dans la note (↵)",
                "Voir le bloc\u00a0: Réclamations (Maj ↵)",
                "Ouvrir la demande",
            ]
            menu.actions()[2].trigger()
            menu.close()
            assert asked == [("complaint", "COMPLAINT")]

    run(scenario())


def test_the_row_of_an_answer_says_its_actions_and_their_keys(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            await until(lambda: page.sheet.suggestions.model.rowCount() == 3)
            model = page.sheet.suggestions.model
            spoken = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
            assert spoken.endswith("Insérer dans la note (↵). Voir le bloc\u00a0: Remboursements (Maj ↵)")
            assert "très probable" in spoken

    run(scenario())


def test_an_answer_that_was_inserted_proposes_its_reason(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            await _ready(page)
            await until(page.sheet.suggestions.rows.hasFocus)
            _press(Qt.Key.Key_Down)
            _press(Qt.Key.Key_Return)
            assert page.rail.wrap_up.reason.text() == text("reason.R21")
            note = page.rail.wrap_up.note
            inserted = note.toPlainText().rstrip("\n")
            QTest.keyClicks(note, "Rappeler")
            assert note.toPlainText() == f"{inserted}\nRappeler"
            assert text("deed.insert", facet=text("facet.complaints")) in said(page.rail.wrap_up)
            assert page.model.person == HELENE

    run(scenario())
