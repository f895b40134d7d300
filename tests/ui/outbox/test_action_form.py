"""The form of an action, by the keyboard alone: fields, plan, confirmation, report, and undoing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QMenu, QPushButton

from avise.models.commands import CommandReason, CommandState, ConfirmRule
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.wrap_up import WrapUp, wrap_up_from, wrap_up_json
from avise.services.acting_values import GroupPlan, RefusedPlan
from avise.ui.customer.deeds import deed_words
from avise.ui.outbox.action_fields import read_day, read_hour, read_phone
from avise.ui.outbox.action_form import Step
from avise.ui.outbox.customer_acting import UNDO_S
from avise.ui.outbox.offers import intentions, named_by
from avise.ui.outbox.sentences import state_chip
from avise.ui.widgets import ElidedLabel
from tests.ui.outbox.acting_window import CTRL, SHIFT, ActingStage, acting_window
from tests.ui.outbox.outbox_items import ADDRESS_CHANGES, CARD, CERTIFICATE, MEETING, OFFERS
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
S, R = CommandState, CommandReason


def asked(desk: ScriptedDesk, name: str) -> list[tuple[object, ...]]:
    return [one for one in desk.asked if one[0] == name]


def words(stage: ActingStage) -> str:
    """Return what the form says."""
    labels = stage.form().findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisibleTo(stage.form()))


async def filled_card(stage: ActingStage) -> None:
    """Open the form of the card from the palette and choose a reason."""
    await stage.open()
    await stage.run_from_palette("renvoyer la carte")
    assert isinstance(stage.focused(), QComboBox)
    stage.press(Qt.Key.Key_Down)


# ---- from the palette to done ----------------------------------------------------------------


def test_from_the_palette_to_the_promise_by_the_keyboard_alone(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            assert asked(desk, "plan_action") == [
                ("plan_action", HELENE, "parties", "resend_card", {"reason": "PERTE", "edition": "D"})
            ]
            assert "Référentiel" in words(stage)
            assert not asked(desk, "confirm_actions")
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(asked(desk, "confirm_actions")))
            assert asked(desk, "confirm_actions")[0][2] == UNDO_S
            await until(lambda: stage.toast() == "Enregistré, envoi en cours")
            assert not stage.form().isVisible()
            shown = stage.customer().model.wrap_up.shown()
            # As a draft is read again after the program was closed.
            kept = wrap_up_from(wrap_up_json(WrapUp(deeds=shown.deeds))).deeds
            assert "Demandé\u00a0: Renvoyer la carte de tiers payant" in [
                deed_words(deed, shown.actions) for deed in kept
            ]
            assert "Une action demandée à un outil" in [deed_words(deed) for deed in kept]
            listed = stage.customer().rail.wrap_up.findChildren(ElidedLabel)
            assert "Demandé\u00a0: Renvoyer la carte de tiers payant" in [label.text() for label in listed]

    run(scenario())


def test_enter_pressed_twice_promises_nothing(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return)
            assert stage.form().step is Step.PLAN
            assert not asked(desk, "confirm_actions")

    run(scenario())


def test_the_promise_is_taken_back_from_its_message(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.toast() == "Enregistré, envoi en cours")
            stage.press(Qt.Key.Key_F8)
            stage.press(Qt.Key.Key_Space)
            await until(lambda: bool(asked(desk, "abandon")))
            await until(lambda: stage.toast() == "Annulé, rien n’est parti")
            assert desk.items[0].state is S.CANCELLED

    run(scenario())


def test_what_has_left_is_not_taken_back_and_nothing_is_hidden(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.toast() == "Enregistré, envoi en cours")
            desk.show_outbox(replace(desk.items[0], state=S.DONE, sends=1))
            await until(lambda: [one.state for one in stage.desktop.outbox.items] == [S.DONE])
            stage.press(Qt.Key.Key_F8)
            stage.press(Qt.Key.Key_Space)
            await until(lambda: stage.toast().startswith("Trop tard pour annuler"))
            assert not asked(desk, "abandon")

    run(scenario())


def test_the_palette_offers_to_take_back_what_has_not_left(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(stage.customer().acting.items))
            stage.window.toast.close_message()
            await stage.run_from_palette("annuler l'envoi")
            await until(lambda: bool(asked(desk, "abandon")))

    run(scenario())


def test_a_plan_that_a_colleague_confirms_says_so_before_it_is_promised(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=(replace(CARD, confirm=ConfirmRule.SECOND_AGENT),))
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            assert "Un collègue doit confirmer" in words(stage)
            stage.form().grab()  # each of its icons is painted

    run(scenario())


# ---- what is wrong ---------------------------------------------------------------------------


def test_focus_goes_to_the_first_field_that_is_wrong_with_a_sentence_under_it(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await stage.open()
            await stage.run_from_palette("changer l'adresse")
            stage.type("3 quai de l'Ecluse")
            stage.press(Qt.Key.Key_Tab)
            stage.type("4400")
            stage.press(Qt.Key.Key_Tab)
            stage.type("Nantes")
            stage.press(Qt.Key.Key_Return)
            assert stage.focused() is stage.form().field("postcode").editors()[0]
            assert "Un code postal compte cinq chiffres. Le corriger." in words(stage)
            described = stage.focused().accessibleDescription()
            assert described.startswith("Un code postal")
            assert not asked(desk, "plan_action")
            stage.type("44000")
            assert "Un code postal compte" not in words(stage)
            stage.press(Qt.Key.Key_Return)
            await until(lambda: stage.form().step is Step.PLAN)

    run(scenario())


def test_a_refusal_of_the_plan_is_a_sentence_in_the_form_and_what_was_typed_stays(run: Run) -> None:
    async def scenario() -> None:
        refusal = AviseError("acting.refused", source="Référentiel", sentence="Aucune carte active.")
        desk = ScriptedDesk(offers=OFFERS, plan_error=refusal)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: "Aucune carte active." in stage.form().outcome())
            assert stage.form().step is Step.FILL
            assert stage.form().field("reason").value() == "PERTE"
            assert stage.form().isAncestorOf(stage.focused())

    run(scenario())


def test_a_refusal_of_the_confirmation_stays_on_the_plan(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(
            ScriptedDesk(offers=OFFERS, confirm_error=AviseError("acting.step_up_needed"))
        ) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: "Identifier d’abord l’appelant" in stage.form().outcome())
            assert stage.form().step is Step.PLAN
            assert stage.toast() == ""

    run(scenario())


def test_escape_goes_back_to_the_fields_then_closes_and_gives_focus_back(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(offers=OFFERS)) as stage:
            page = await stage.open()
            page.run_command("facets")
            before = stage.focused()
            page.acting.open("resend_card")
            stage.press(Qt.Key.Key_Down)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Escape)
            assert stage.form().step is Step.FILL
            assert stage.form().field("reason").value() == "PERTE"
            stage.press(Qt.Key.Key_Escape)
            assert not stage.form().isVisible()
            assert stage.focused() is before

    run(scenario())


# ---- one address, three tools ----------------------------------------------------------------


async def planned_address(stage: ActingStage) -> None:
    await stage.open()
    await stage.run_from_palette("changer l'adresse")
    for word in ("3 quai Haut", "44000", "Nantes"):
        stage.type(word)
        stage.press(Qt.Key.Key_Tab)
    stage.form().field("city").setFocus()
    stage.press(Qt.Key.Key_Return)
    await until(lambda: stage.form().step is Step.PLAN)


def test_an_address_without_a_space_is_seen_whole_before_it_is_confirmed(run: Run) -> None:
    async def scenario() -> None:
        long = "camille.nouvelle-adresse.2026@messagerie.exemple.invalid"
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await planned_address(stage)
            form = stage.form()
            plan = await desk.plan_everywhere(HELENE, "change_address", {})
            longer = (("contact.email", "camille.duval.0001@messagerie.exemple.invalid", long),)
            form.plan_view.show_plan(
                replace(plan, plans=tuple(replace(one, changes=longer) for one in plan.plans))
            )
            after = next(one for one in form.plan_view.findChildren(QLabel) if one.accessibleName() == long)
            assert after.text().replace("\u200b", "") == long
            assert form.plan_view.minimumSizeHint().width() <= form.scroller.viewport().width()

    run(scenario())


def test_one_form_goes_to_three_tools_and_each_has_its_own_row_and_state(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await planned_address(stage)
            assert "Référentiel, Relation adhérent, Réclamations" in words(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.REPORT)
            complaints, relation, parties = desk.items
            assert {one.group_id for one in desk.items} == {parties.group_id}
            desk.show_outbox(
                replace(complaints, state=S.REJECTED, reason=R.REJECTED, message="Adresse inconnue."),
                replace(relation, state=S.WAITING, reason=R.UNAVAILABLE),
                replace(parties, state=S.DONE),
            )
            spoken = stage.form().plan_view.accessibleDescription
            await until(lambda: "faite" in spoken())
            assert "Référentiel, faite." in spoken()
            assert "Relation adhérent, en attente." in spoken()
            assert "Réclamations, refusée." in spoken()
            assert "« Adresse inconnue. »" in spoken().replace("\u00a0", " ")
            stage.press(Qt.Key.Key_Escape)
            assert not stage.form().isVisible()

    run(scenario())


def test_the_report_of_three_tools_is_seen_whole_on_a_small_screen(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            stage.window.resize(1366, 768)
            await planned_address(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.REPORT)
            for state, reason in ((S.SENDING, R.NONE), (S.WAITING, R.UNAVAILABLE), (S.UNKNOWN, R.NO_ANSWER)):
                desk.show_outbox(*(replace(one, state=state, reason=reason) for one in desk.items))
                chip = state_chip(desk.items[0]).text
                spoken = stage.form().plan_view.accessibleDescription
                await until(lambda spoken=spoken, chip=chip: spoken().count(chip) >= 3)  # type: ignore[misc]
                await asyncio.sleep(0.05)
                form = stage.form()
                content = form.scroller.widget()
                assert content is not None
                assert content.height() <= form.scroller.viewport().height()
                for name in form.plan_view.findChildren(QLabel):
                    assert name.height() >= name.heightForWidth(name.width()), name.text()

    run(scenario())


def test_a_tool_that_could_not_be_planned_is_told_and_the_others_go(run: Run) -> None:
    class TwoOfThree(ScriptedDesk):
        async def plan_everywhere(
            self, person: PersonId, action: str, given: Mapping[str, JSON]
        ) -> GroupPlan:
            plan = await super().plan_everywhere(person, action, given)
            down = RefusedPlan(
                "relation", "Relation adhérent", "acting.no_answer", {"source": "Relation adhérent"}
            )
            return GroupPlan(tuple(one for one in plan.plans if one.offer.instance != "relation"), (down,))

    async def scenario() -> None:
        desk = TwoOfThree(offers=OFFERS)
        async with acting_window(desk) as stage:
            await planned_address(stage)
            assert "Relation adhérent ne répond pas" in words(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.REPORT)
            assert [one.instance for one in reversed(desk.items)] == ["parties", "complaints"]
            assert "Relation adhérent ne répond pas" in words(stage)
            assert "Ce qui manque est noté dans Ma journée" in words(stage)
            assert [left.instance for left in desk.left] == ["relation"]

    run(scenario())


# ---- a document, a block, an answer ----------------------------------------------------------


def test_a_document_is_offered_when_it_comes_and_is_not_held_for_undoing(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await stage.open()
            await stage.run_from_palette("editer une attestation")
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(desk.items))
            assert asked(desk, "confirm_actions")[0][2] == 0
            await until(lambda: stage.toast() == "Enregistré, envoi en cours")
            stage.window.toast.close_message()
            done = replace(desk.items[0], state=S.DONE, document_name="attestation.pdf")
            desk.documents[done.command_id] = ("attestation.pdf", b"%PDF")
            desk.show_outbox(done)
            await until(lambda: stage.toast() == "Le document est prêt")
            stage.press(Qt.Key.Key_F8)
            stage.press(Qt.Key.Key_Space)
            await until(lambda: bool(stage.customer().findChildren(QFileDialog)))
            stage.customer().findChildren(QFileDialog)[0].reject()
            await until(lambda: not stage.customer().findChildren(QFileDialog))

    run(scenario())


def test_a_document_that_is_refused_is_told_and_the_reason_stays_in_the_outbox(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await stage.open()
            await stage.run_from_palette("editer une attestation")
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(desk.items))
            desk.show_outbox(
                replace(desk.items[0], state=S.REJECTED, reason=R.REJECTED, message="Aucun contrat.")
            )
            await until(lambda: stage.toast().startswith("Référentiel n’a pas édité ce document"))
            assert "Aucun contrat" not in stage.toast()

    run(scenario())


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_block_offers_what_tools_can_do_there(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(offers=OFFERS)) as stage:
            page = await stage.open()
            offered = {
                facet: page.acting.of_block(facet) for facet in ("rights", "contracts", "identity", "bank")
            }
            assert [label for _name, label in offered["rights"]] == ["Renvoyer la carte de tiers payant"]
            assert [label for _name, label in offered["contracts"]] == ["Éditer une attestation"]
            assert [label for _name, label in offered["identity"]] == ["Changer l’adresse postale"]
            assert offered["bank"] == ()
            page.run_command("facets")
            await until(lambda: page.parts.has("facets"))
            page.sheet.grid.focus_block("rights")
            page.blocks.run("rights", "menu")
            (menu,) = page.findChildren(QMenu)
            action = next(one for one in menu.actions() if one.text().startswith("Renvoyer"))
            action.trigger()
            menu.close()
            assert stage.form().isVisible()
            assert stage.form().isAncestorOf(stage.focused())

    run(scenario())


def test_an_answer_names_the_action_in_its_own_order_of_words() -> None:
    offered = intentions(OFFERS)
    found = named_by("address.change", offered)
    assert found is not None
    assert found.action == "change_address"
    assert found.everywhere
    assert named_by("card.resend", offered) is not None
    assert named_by("iban.change", offered) is None


def test_what_no_tool_offers_any_more_is_said(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(offers=(CARD,))) as stage:
            page = await stage.open()
            page.acting.open("change_address")
            assert stage.toast().startswith("Cette action n’est proposée par aucun outil")

    run(scenario())


# ---- fields ----------------------------------------------------------------------------------


def test_a_moment_is_typed_as_it_is_said_and_sent_with_its_offset(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await stage.open()
            await stage.run_from_palette("prendre rendez-vous")
            for word in ("2/4/2026", "14h30"):
                stage.type(word)
                stage.press(Qt.Key.Key_Tab)
            stage.press(Qt.Key.Key_Tab)
            stage.type("Bilan")
            stage.press(Qt.Key.Key_Return)
            await until(lambda: stage.form().step is Step.PLAN)
            given = asked(desk, "plan_action")[0][4]
            assert given == {"starts_at": "2026-04-02T14:30:00+02:00", "duration_min": 30, "subject": "Bilan"}

    run(scenario())


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("24/03/2026", "2026-03-24"),
        ("1.2.2026", "2026-02-01"),
        ("31/02/2026", None),
        ("24/03/26", None),
        ("", None),
    ],
)
def test_a_day_is_read_or_refused_never_guessed(typed: str, read: str | None) -> None:
    found = read_day(typed)
    assert (found.isoformat() if found is not None else None) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14:30", "14:30"),
        ("14h30", "14:30"),
        ("9 h", "09:00"),
        ("14 h 05", "14:05"),
        ("25:00", None),
        ("", None),
    ],
)
def test_a_time_is_read_or_refused(typed: str, read: str | None) -> None:
    found = read_hour(typed)
    assert (f"{found:%H:%M}" if found is not None else None) == read


def test_a_french_number_becomes_international_and_others_stay() -> None:
    assert read_phone("06 39 98 41 27") == "+33639984127"
    assert read_phone("+32 470 00 00 00") == "+32470000000"
    assert read_phone("123") == "123"


def test_every_control_has_a_name_and_tab_goes_through_the_fields_in_order(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(offers=(MEETING, *ADDRESS_CHANGES, CERTIFICATE))) as stage:
            page = await stage.open()
            page.acting.open("create_appointment")
            seen = []
            for _ in range(6):
                focused = stage.focused()
                seen.append(focused)
                assert QAccessible.queryAccessibleInterface(focused).text(QAccessible.Text.Name)
                stage.press(Qt.Key.Key_Tab)
            names = [one.accessibleName() for one in seen if isinstance(one, QLineEdit)]
            assert names == ["Début, jour", "Début, heure", "Durée en minutes", "Objet"]
            assert isinstance(seen[4], QPushButton)
            assert seen[4].text() == "Vérifier"

    run(scenario())


def test_the_form_fits_a_small_page_and_scrolls(run: Run) -> None:
    async def scenario() -> None:
        many = replace(
            MEETING,
            inputs=tuple(replace(one, name=f"{one.name}{n}") for n in range(5) for one in MEETING.inputs),
        )
        async with acting_window(ScriptedDesk(offers=(many,))) as stage:
            stage.window.resize(960, 640)
            page = await stage.open()
            page.acting.open("create_appointment")
            form = stage.form()
            assert form.geometry().bottom() <= page.height()
            assert form.check.isVisible()

    run(scenario())


def test_a_plan_that_is_refused_keeps_the_window_quiet_when_the_form_was_closed(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            stage.press(Qt.Key.Key_Escape)
            await until(lambda: bool(asked(desk, "plan_action")))
            await asyncio.sleep(0.05)
            assert not stage.form().isVisible()
            assert stage.toast() == ""

    run(scenario())


def test_the_clock_of_the_promise_is_the_windows(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(offers=OFFERS)
        async with acting_window(desk) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(desk.items))
            assert desk.items[0].not_before == NOW + timedelta(seconds=UNDO_S)

    run(scenario())


def test_keys_of_the_palette_and_of_the_outbox_do_not_clash_with_the_form(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(offers=OFFERS)) as stage:
            await filled_card(stage)
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            assert stage.window.page_name == "outbox"

    run(scenario())
