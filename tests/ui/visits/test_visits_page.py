"""Ma tournée in the window: the day, the visit on screen, and a report written by the keyboard alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.errors import AviseError
from avise.models.roles import Role, Session
from avise.services.visit_values import Delivery, VisitNeed, VisitOutcome, VisitReport, VisitState
from avise.texts import LANGUAGES, language, set_language, text
from avise.ui.theme import Scheme, theme
from avise.ui.visits.day_list import list_rows
from avise.ui.visits.page import VisitsPage
from avise.ui.visits.side_pane import waiting_lines
from avise.ui.visits.view_model import first_of
from avise.ui.visits.visit_pane import NEEDS, REPORT
from avise.ui.widgets.label import Label
from avise.ui.widgets.toast import Message
from tests.ui.outbox.acting_window import ActingStage, acting_window
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_visits import COMPANY, FIRST, NOW, SECOND, TOMORROW, scripted_days, visit_row
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
SIGNED = VisitReport(outcome=VisitOutcome.SIGNED, note="Signé.")


def rep_desk() -> ScriptedDesk:
    """Return a representative's desk."""
    return ScriptedDesk(session=Session("bruno.kerhoas", "Bruno Kerhoas", Role.REP, "portable"))


@asynccontextmanager
async def visits(desk: ScriptedDesk) -> AsyncIterator[tuple[ActingStage, VisitsPage]]:
    """Show the visits; the first one to come is on screen."""
    async with acting_window(desk) as stage:
        stage.desktop.visits.show_page()
        page = stage.window.current_page()
        assert isinstance(page, VisitsPage)
        await until(lambda: page.model.detail is not None)
        yield stage, page


def said(desk: ScriptedDesk, name: str) -> list[tuple[object, ...]]:
    """Return what was asked of the desk by that name, without the name."""
    return [call[1:] for call in desk.asked if call[0] == name]


def press(
    widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press a key where somebody works."""
    QTest.keyClick(widget, key, modifier)


# ---- who sees it -------------------------------------------------------------------------------
def test_only_a_representative_has_the_page_and_its_commands(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk()) as stage:
            assert stage.window.rail.button("visits").isHidden()
            assert not stage.desktop.actions.commands.is_bound("go_visits")
        async with acting_window(rep_desk()) as stage:
            assert stage.window.rail.button("visits").isVisible()
            assert stage.desktop.actions.commands.is_bound("visit_end")

    run(scenario())


def test_a_representative_s_window_opens_on_their_visits(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(rep_desk()) as stage:
            stage.desktop.visits.begin()
            assert stage.window.page_name == "visits"

    run(scenario())


# ---- the day -----------------------------------------------------------------------------------
def test_the_first_visit_to_come_is_on_screen_with_its_sheet(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            assert page.model.wanted == SECOND
            assert page.visit.title.text() == "FONTAINE Éric"
            words = [label.text() for label in page.side.sheet.findChildren(Label)]
            for line in (
                "8 rue du Moulin, 44350 Guérande",
                "Éric 52 ans, Sylvie 50 ans",
                "Sonner au portail bleu.",
            ):
                assert line in words

    run(scenario())


def test_the_list_says_days_distances_and_what_is_not_on_board() -> None:
    rows = list_rows(scripted_days())
    titles = [row.sentence for row in rows if row.is_title]
    assert titles == [
        "Mardi 24 mars, 3\u00a0visites, 62\u00a0km",
        "Mercredi 25 mars, 1\u00a0visite, fiches absentes",
    ]
    assert rows[2].sentence == (
        "10:30, FONTAINE Éric, Guérande, Souscription, prévue, 18\u00a0minutes de route estimées"
    )
    assert rows[1].sentence.endswith("faite, en attente d’envoi")


def test_the_visit_under_way_comes_first_then_the_next_one() -> None:
    rows = [
        visit_row(FIRST, "A", 7, state=VisitState.DONE),
        visit_row(SECOND, "B", 9),
        visit_row(COMPANY, "C", 6),
    ]
    assert first_of(rows, NOW) == SECOND
    rows[2] = visit_row(COMPANY, "C", 6, state=VisitState.UNDER_WAY)
    assert first_of(rows, NOW) == COMPANY
    assert first_of([], NOW) is None


def test_the_arrows_go_from_visit_to_visit_and_pass_over_the_titles(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            page.list.setFocus()
            press(page.list, Qt.Key.Key_Down)
            await until(lambda: page.model.wanted == COMPANY)
            press(page.list, Qt.Key.Key_Down)
            await until(lambda: page.model.wanted == TOMORROW)
            await until(lambda: said(desk, "follow_visit")[-1] == (TOMORROW,))

    run(scenario())


# ---- the report --------------------------------------------------------------------------------
def test_what_is_typed_is_kept_by_itself_and_said_to_be_on_this_workstation(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            page.visit.focus_part(REPORT)
            page.visit.form.note.setFocus()
            QTest.keyClicks(page.visit.form.note, "Compare")
            assert page.visit.saved.text() == text("visit.not_saved")
            await until(lambda: SECOND in desk.reports)
            await until(lambda: page.visit.saved.text() == text("visit.saved_here", time="10:44"))
            assert desk.reports[SECOND][0].note == "Compare"
            assert page.visit.delivery.spec.text == "local"

    run(scenario())


def test_what_cannot_be_kept_is_never_said_to_be(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        desk.visit_error = AviseError("visit.restricted")
        async with visits(desk) as (_stage, page):
            page.visit.focus_part(REPORT)
            page.visit.form.note.setFocus()
            QTest.keyClicks(page.visit.form.note, "2 68")
            await until(lambda: bool(page.model.refusal))
            assert page.visit.saved.text().startswith("Pas enregistré")
            assert page.model.is_dirty
            desk.visit_error = None

    run(scenario())


def test_a_visit_is_begun_and_ended_by_the_keyboard_alone(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (stage, page):
            stage.desktop.actions.commands.run("visit_start")
            await until(lambda: page.model.row is not None and page.model.row.state is VisitState.UNDER_WAY)
            focused = QApplication.focusWidget()
            assert focused is not None
            assert page.isAncestorOf(focused)
            press(focused, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
            await until(lambda: page.visit.tabs.current == REPORT)
            outcome = QApplication.focusWidget()
            assert outcome is page.visit.form.outcomes.met
            press(outcome, Qt.Key.Key_Right)
            assert page.model.report.outcome is VisitOutcome.DISCOVERY
            press(outcome, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: bool(said(desk, "end_visit")))
            await until(lambda: page.model.is_done)
            assert said(desk, "end_visit") == [(SECOND, VisitReport(outcome=VisitOutcome.DISCOVERY))]
            assert QApplication.focusWidget() is page.list

    run(scenario())


def test_a_visit_without_an_outcome_does_not_end_and_the_outcome_takes_focus(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (stage, page):
            page.run_command("visit_end")
            await until(stage.window.toast.isVisible)
            assert page.visit.tabs.current == REPORT
            assert QApplication.focusWidget() is page.visit.form.outcomes.met
            assert not page.model.is_done

    run(scenario())


def test_a_visit_that_has_its_report_is_sent_again_only_when_it_was_corrected(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        desk.reports[SECOND] = (SIGNED, NOW)
        async with visits(desk) as (_stage, page):
            desk.change_visit(SECOND, state=VisitState.DONE, delivery=Delivery.CONFIRMED)
            await until(lambda: page.model.is_done)
            page.model.keep()
            await until(lambda: not page.model.is_dirty)
            desk.change_visit(SECOND, delivery=Delivery.CONFIRMED)
            await until(lambda: not page.visit.end.isEnabled())
            page.run_command("visit_end")
            assert said(desk, "end_visit") == []
            page.visit.form.objections.setFocus()
            QTest.keyClicks(page.visit.form.objections, "Cher")
            assert page.visit.end.isEnabled()
            page.run_command("visit_end")
            await until(lambda: bool(said(desk, "end_visit")))

    run(scenario())


def test_a_request_is_ticked_when_it_is_first_proposed_and_stays_unticked_once_it_was(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            page.visit.focus_part(REPORT)
            for _ in range(3):
                press(page.visit.form.outcomes.met, Qt.Key.Key_Right)
            assert page.model.report.outcome is VisitOutcome.SIGNED
            await until(lambda: "enrolment" in page.visit.form.requests)
            await until(lambda: page.model.report.requests == ("enrolment",))
            box = page.visit.form.requests["enrolment"]
            assert box.isChecked()
            box.click()
            await until(lambda: desk.reports[SECOND][0].requests == ())
            desk.tell_visit(SECOND)
            await until(lambda: not page.model.is_dirty)
            assert not page.visit.form.requests["enrolment"].isChecked()

    run(scenario())


def test_needs_are_told_with_how_much_they_count(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            page.visit.focus_part(NEEDS)
            dental = page.visit.needs.priorities["dental"]
            dental.setFocus()
            for _ in range(5):
                press(dental, Qt.Key.Key_Right)
            QTest.keyClicks(page.visit.needs.words["optics"], "progressifs")
            await until(lambda: SECOND in desk.reports)
            await until(lambda: not page.model.is_dirty)
            assert desk.reports[SECOND][0].needs == (
                VisitNeed("dental", 5),
                VisitNeed("optics", 3, "progressifs"),
            )

    run(scenario())


def test_another_visit_keeps_what_was_typed_about_the_one_before(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            QTest.keyClicks(page.visit.form.objections, "Trop cher")
            page.list.go_to_visit(COMPANY)
            await until(lambda: SECOND in desk.reports)
            assert desk.reports[SECOND][0].objections == "Trop cher"
            await until(lambda: page.model.detail is not None)
            assert page.visit.form.objections.text() == ""

    run(scenario())


def test_words_that_could_not_be_kept_come_back_with_their_visit(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        desk.visit_error = AviseError("visit.restricted")
        told: list[Message] = []
        async with visits(desk) as (_stage, page):
            page.model.message.connect(told.append)
            QTest.keyClicks(page.visit.form.objections, "Trop cher")
            page.list.go_to_visit(COMPANY)
            await until(lambda: bool(told))
            assert told[0].is_error
            desk.visit_error = None
            page.list.go_to_visit(SECOND)
            await until(lambda: page.visit.form.objections.text() == "Trop cher")
            await until(lambda: SECOND in desk.reports)

    run(scenario())


def test_leaving_the_page_keeps_what_was_typed(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (stage, page):
            QTest.keyClicks(page.visit.form.objections, "Trop cher")
            stage.window.show_page("home")
            await until(lambda: SECOND in desk.reports)

    run(scenario())


def test_a_visit_that_did_not_take_place_is_told_why(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            page.run_command("visit_missed")
            panel = page._missed  # made when it is first wanted
            assert panel is not None
            QTest.keyClicks(panel.reason.edit, "Absent")
            panel.submit()
            await until(lambda: bool(said(desk, "miss_visit")))
            assert said(desk, "miss_visit") == [(SECOND, "Absent")]

    run(scenario())


# ---- around ------------------------------------------------------------------------------------
def test_reports_that_wait_are_in_the_outbox_s_card_and_lead_to_the_outbox(run: Run) -> None:
    lines = waiting_lines((), scripted_days())
    assert [(line.title, line.detail) for line in lines] == [
        ("Compte rendu de visite", "DELAUNAY Irène · en attente d’envoi")
    ]

    async def scenario() -> None:
        async with visits(rep_desk()) as (stage, page):
            page.side.outbox.all.click()
            assert stage.window.page_name == "outbox"

    run(scenario())


def test_the_customer_s_file_opens_for_the_visit(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (_stage, page):
            page.run_command("visit_customer")
            await until(lambda: bool(said(desk, "open_customer")))
            assert said(desk, "open_customer")[0][1] == "visit"

    run(scenario())


def test_the_card_of_the_data_on_board_has_its_place_under_the_list(run: Run) -> None:
    async def scenario() -> None:
        async with visits(rep_desk()) as (_stage, page):
            card = Label("Données à bord")
            page.set_on_board(card)
            await until(card.isVisible)
            await until(lambda: card.mapTo(page, card.rect().topLeft()).y() >= page.list.geometry().bottom())

    run(scenario())


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_widget_that_takes_focus_has_a_name_and_nothing_is_cut(run: Run, code: str) -> None:
    async def scenario() -> None:
        async with visits(rep_desk()) as (stage, page):
            stage.window.resize(1366, 768)
            for scheme in (Scheme.LIGHT, Scheme.DARK):
                theme().set_scheme(scheme)
                for part in (NEEDS, REPORT):
                    page.visit.show_part(part)
                    await until(lambda: page.visit.minimumSizeHint().width() <= page.visit.width())
            nameless = [
                type(widget).__name__
                for widget in page.findChildren(QWidget)
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                and widget.isVisible()
                and not (widget.accessibleName() or getattr(widget, "text", lambda: "")())
            ]
            assert nameless == []

    spoken = language()
    set_language(code)
    try:
        run(scenario())
    finally:
        set_language(spoken)
