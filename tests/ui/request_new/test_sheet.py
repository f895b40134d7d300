"""A new request, from its type to its sending: by keys, with what is known, without losing a word."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from avise.models.errors import AviseError
from avise.models.interaction import TimelineEntry
from avise.models.journal import EventKind
from avise.models.requests import RequestStatus
from avise.services.customer_updates import SuggestedAction
from avise.services.request_values import FieldTrouble, NewRequest, RequestDeed
from avise.ui.customer.page import CustomerPage
from avise.ui.new_request.draft import TARGET, RequestDraft, draft_key, draft_text, read_draft
from avise.ui.new_request.sheet import NewRequestSheet
from avise.ui.new_request.type_list import type_lines
from avise.ui.shell.sessions import SessionTab
from tests.ui.outbox.acting_window import CTRL, ActingStage, acting_window
from tests.ui.persona import HELENE
from tests.ui.request_new.forms import COMPLAINT, FORM, TYPES
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_requests import NOW, request_id, request_row
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
DUPLICATE = request_row(187, "Rechercher un remboursement", sent=NOW - timedelta(hours=2))


def made_desk() -> ScriptedDesk:
    """Return a desk whose middle office knows several types."""
    return ScriptedDesk(type_rows=TYPES, form=FORM)


@asynccontextmanager
async def opened(desk: ScriptedDesk) -> AsyncIterator[tuple[ActingStage, CustomerPage]]:
    """Show a window with Hélène's page on it."""
    async with acting_window(desk) as stage:
        stage.window.sessions.open(_tab())
        page = stage.customer()
        await until(lambda: page.parts.has("requests") and page.parts.has("wrap_up"))
        yield stage, page


def _tab() -> SessionTab:
    return SessionTab(HELENE, "MARCHAND Hélène")


async def at_form(stage: ActingStage, page: CustomerPage, kind: str = "REIMB_SEARCH") -> NewRequestSheet:
    """Open the sheet on a type."""
    stage.desktop.actions.commands.run("new_request")
    sheet = page.requests.sheet()
    await until(lambda: sheet.types.model.rowCount() > 0)
    sheet.types.chosen.emit(kind)
    await until(lambda: sheet.model.form is not None and sheet.send.isVisible())
    return sheet


def sent(desk: ScriptedDesk) -> list[NewRequest]:
    """Return what was sent."""
    return [call[1] for call in desk.asked if call[0] == "create_request"]  # type: ignore[misc]


# ---- the type ----------------------------------------------------------------------------------
def test_three_likely_types_come_before_all_of_them() -> None:
    lines = type_lines(TYPES, "", guessed=True)
    assert [line.title for line in lines[:4]] == [
        "Probables pour cet adhérent",
        *(each.label for each in TYPES[:3]),
    ]
    every = [line.title for line in lines[5:]]
    assert lines[4].found is None
    assert every == sorted(each.label for each in TYPES)


def test_words_narrow_the_types_by_name_service_or_reason() -> None:
    assert [line.title for line in type_lines(TYPES, "rem rech", guessed=True)] == [
        "Rechercher un remboursement"
    ]
    assert [line.title for line in type_lines(TYPES, "tiers", guessed=True)] == ["Envoyer une carte"]
    assert [line.title for line in type_lines(TYPES, "r12", guessed=True)] == ["Corriger des coordonnées"]
    assert type_lines(TYPES, "zzz", guessed=True) == ()


def test_a_request_is_sent_with_keys_alone(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        async with opened(desk) as (stage, page):
            stage.press(Qt.Key.Key_N, CTRL)
            sheet = page.requests.sheet()
            await until(lambda: sheet.types.model.rowCount() > 0 and sheet.types.field.hasFocus())
            stage.type("rembours")
            stage.press(Qt.Key.Key_Return)
            await until(lambda: "provider" in sheet.form.fields)
            await until(sheet.form.fields["provider"].editor.hasFocus)
            stage.type("Optique du Port")
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(sent(desk)))
            new = sent(desk)[0]
            assert (new.type, new.person) == ("REIMB_SEARCH", HELENE)
            assert new.values == {
                "person": str(HELENE),
                "care_date": "02/03/2026",
                "provider": "Optique du Port",
            }
            assert not new.anyway
            await until(lambda: "service Prestations soins" in stage.toast())
            assert not sheet.isVisible()
            message = stage.window.toast.message()
            assert message is not None
            assert message.action == "Annuler"

    run(scenario())


def test_a_sheet_opened_again_does_not_bear_the_title_of_the_last_form(run: Run) -> None:
    async def scenario() -> None:
        async with opened(made_desk()) as (stage, page):
            stage.press(Qt.Key.Key_N, CTRL)
            sheet = page.requests.sheet()
            await until(lambda: sheet.types.model.rowCount() > 0 and sheet.types.field.hasFocus())
            stage.press(Qt.Key.Key_Return)
            await until(lambda: sheet.title.text() != "Nouvelle demande")
            stage.press(Qt.Key.Key_Escape)
            await until(lambda: not sheet.isVisible())
            stage.press(Qt.Key.Key_N, CTRL)
            await until(lambda: sheet.isVisible() and sheet.types.field.hasFocus())
            assert sheet.title.text() == "Nouvelle demande"

    run(scenario())


def test_the_number_is_told_once_the_hub_gave_it(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.send.click()
            await until(lambda: bool(sent(desk)))
            made = next(call for call in desk.asked if call[0] == "create_request")
            number = 1000 + desk.asked.index(made) + 1
            desk.show_rows((request_row(number),))
            await until(lambda: bool(stage.toast()))
            assert stage.toast() == f"Demande D-{number} transmise au service Prestations soins"

    run(scenario())


# ---- what is known -----------------------------------------------------------------------------
def test_what_is_known_says_quietly_where_it_comes_from_until_it_is_typed_over(run: Run) -> None:
    async def scenario() -> None:
        async with opened(made_desk()) as (stage, page):
            sheet = await at_form(stage, page)
            field = sheet.form.fields["care_date"]
            assert field.value() == "02/03/2026"
            assert field.source() == "Prestations · 10:39"
            field.take_focus()
            stage.type("3")
            assert field.source() == ""
            person = sheet.form.fields["person"].editor
            assert isinstance(person, QComboBox)
            assert person.currentText() == "Hélène Marchand"

    run(scenario())


def test_what_the_tools_say_later_comes_in_and_what_was_typed_stays(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        later = desk.form
        desk.form = replace(later, fields=tuple(replace(each, value="", source="") for each in later.fields))
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            assert sheet.form.fields["care_date"].value() == ""
            sheet.form.fields["provider"].take_focus()
            stage.type("Dr Morel")
            desk.form = replace(later, duplicates=(DUPLICATE,))
            sheet.model.read_again()
            await until(lambda: sheet.form.fields["care_date"].value() == "02/03/2026")
            assert sheet.form.fields["care_date"].source() == "Prestations · 10:39"
            assert sheet.form.fields["provider"].value() == "Dr Morel"
            assert sheet.form.fields["provider"].editor.hasFocus()
            assert sheet.send.text() == "Compléter D-0187"

    run(scenario())


def test_at_most_six_fields_are_in_sight_and_the_others_are_folded(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        many = tuple(replace(FORM.fields[2], id=f"field_{place}") for place in range(9))
        desk.form = replace(FORM, fields=many)
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            seen = [name for name, field in sheet.form.fields.items() if field.isVisible()]
            assert seen == [f"field_{place}" for place in range(6)]
            sheet.form.more.click()
            assert all(field.isVisible() for field in sheet.form.fields.values())

    run(scenario())


# ---- what is wrong -----------------------------------------------------------------------------
def test_each_trouble_is_said_under_its_field_and_nothing_is_sent(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        desk.troubles = (
            FieldTrouble("provider", "Ce champ est vide. Indiquez qui a soigné."),
            FieldTrouble("invoice", "La facture manque. Joignez-la."),
            FieldTrouble("note", "Ce texte contient un numéro. Retirez-le."),
        )
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.send.click()
            await until(lambda: bool(sheet.told()))
            assert sent(desk) == []
            provider = sheet.form.fields["provider"]
            assert provider.problem() == "Ce champ est vide. Indiquez qui a soigné."
            assert provider.editor.accessibleDescription() == provider.problem()
            assert provider.editor.hasFocus()
            assert sheet.form.fields["note"].isVisible()
            assert sheet.form.documents.first_wrong() is sheet.form.documents.boxes["invoice"]
            stage.type("x")
            assert provider.problem() == ""

    run(scenario())


def test_a_refusal_of_the_desk_is_said_over_the_button(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            desk.request_error = AviseError("request.file_refused")
            sheet.send.click()
            await until(lambda: "n’est pas accepté" in sheet.told())
            assert sheet.isVisible()

    run(scenario())


# ---- one that is open already ------------------------------------------------------------------
def test_one_that_is_open_already_is_completed_instead(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        desk.form = replace(FORM, duplicates=(DUPLICATE,))
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            assert "déjà ouverte" in sheet.form.duplicates.accessibleName()
            assert "La compléter" in sheet.form.duplicates.accessibleName()
            sheet.form.fields["provider"].take_focus()
            stage.type("Dr Morel")
            sheet.form.words.setPlainText("Elle rappelle.")
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: any(call[0] == "act_on_requests" for call in desk.asked))
            _call, requests, deed = next(call for call in desk.asked if call[0] == "act_on_requests")
            assert requests == (DUPLICATE.id,)
            assert isinstance(deed, RequestDeed)
            assert deed.kind is EventKind.REQUEST_COMPLETED
            assert deed.words == "Elle rappelle.\nProfessionnel\u00a0: Dr Morel"
            await until(lambda: stage.toast() == "Demande D-0187 complétée")
            assert sent(desk) == []

    run(scenario())


def test_another_one_is_sent_all_the_same_when_it_is_wanted(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        desk.form = replace(FORM, duplicates=(DUPLICATE,))
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.form.duplicates.anyway.click()
            await until(lambda: bool(sent(desk)))
            assert sent(desk)[0].anyway

    run(scenario())


def test_one_that_is_open_already_is_read_in_the_panel(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        desk.request_rows = (DUPLICATE,)
        desk.form = replace(FORM, duplicates=(DUPLICATE,))
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.form.duplicates.links[0].click()
            await until(lambda: ("follow_request", DUPLICATE.id) in desk.asked)
            assert stage.window.page_name == "requests"

    run(scenario())


# ---- documents and files -----------------------------------------------------------------------
def test_documents_ticked_and_files_joined_leave_with_it(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        desk = made_desk()
        one, other = tmp_path / "facture.pdf", tmp_path / "autre.pdf"
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.form.documents.boxes["invoice"].click()
            sheet.join((one, other, one))
            sheet.form.documents.crosses[1].click()
            sheet.send.click()
            await until(lambda: bool(sent(desk)))
            assert sent(desk)[0].documents == ("invoice",)
            assert sent(desk)[0].files == (one,)

    run(scenario())


# ---- nothing is lost ---------------------------------------------------------------------------
def test_what_is_typed_is_kept_and_comes_back(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        key = (draft_key(HELENE), TARGET)
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.form.fields["provider"].take_focus()
            stage.type("Dr Morel")
            sheet.form.documents.boxes["invoice"].click()
            await until(lambda: "Dr Morel" in desk.request_texts.get(key, ""))
            stage.press(Qt.Key.Key_Escape)
            assert not sheet.isVisible()
        async with opened(desk) as (stage, page):
            stage.press(Qt.Key.Key_N, CTRL)
            sheet = page.requests.sheet()
            await until(lambda: bool(sheet.form.fields))
            assert sheet.form.fields["provider"].value() == "Dr Morel"
            assert sheet.form.documents.boxes["invoice"].isChecked()
            sheet.send.click()
            await until(lambda: key not in desk.request_texts)

    run(scenario())


def test_a_page_that_closes_keeps_what_was_typed_a_moment_ago(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.model.write("provider", "Dr Morel")
            stage.window.sessions.close(HELENE)
            await until(lambda: (draft_key(HELENE), TARGET) in desk.request_texts)

    run(scenario())


def test_undoing_a_sending_gives_the_words_back(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        async with opened(desk) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.model.write("provider", "Dr Morel")
            sheet.send.click()
            await until(lambda: bool(stage.toast()))
            stage.window.undoing.undo_last()
            await until(lambda: sheet.model.draft.values.get("provider") == "Dr Morel")
            await until(lambda: (draft_key(HELENE), TARGET) in desk.request_texts)

    run(scenario())


def test_a_draft_that_means_nothing_is_an_empty_one() -> None:
    draft = RequestDraft("CARD", {"a": "é"}, "mot", ("x",), (Path("f.pdf"),), "email")
    assert read_draft(draft_text(draft)) == draft
    assert draft_text(RequestDraft("CARD", {"a": ""}, "  ")) == ""
    for kept in ("", "{", "[]", "3", '{"values": 3}', '{"documents": 1}'):
        assert read_draft(kept) == RequestDraft()


# ---- complaint, answers, the member ------------------------------------------------------------
def test_a_complaint_is_one_press_away_with_its_legal_days(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        desk.form = COMPLAINT
        async with opened(desk) as (_stage, page):
            page.rail.requests.complaint.click()
            sheet = page.requests.sheet()
            await until(lambda: bool(sheet.form.fields))
            assert sheet.form.legal.isVisible()
            assert "avant le 8 avril 2026 (10 jours ouvrables)" in sheet.form.legal.words()
            assert "au plus tard le 24 mai 2026 (2 mois)" in sheet.form.legal.words()
            assert sheet.form.fields["words"].editor.hasFocus()
            assert not sheet.form.words.isVisible()
            assert sheet.send.text() == "Enregistrer"
            desk.form = replace(COMPLAINT, label="Autre")
            sheet.types.chosen.emit("CARD")
            await until(lambda: sheet.title.text() == "Autre")
            assert sheet.form.fields["words"].editor.hasFocus()

    run(scenario())


def test_a_suggested_answer_opens_its_form(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        async with opened(desk) as (_stage, page):
            await until(lambda: bool(page.model.state.suggestions))
            suggestion = page.model.state.suggestions[0]
            action = SuggestedAction("request", "send", "CARD")
            page.answers._on_action(suggestion, action)
            sheet = page.requests.sheet()
            await until(lambda: sheet.model.form is not None)
            assert ("request_form", "CARD", HELENE) in desk.asked

    run(scenario())


def test_the_sentence_for_the_member_goes_to_the_note(run: Run) -> None:
    async def scenario() -> None:
        async with opened(made_desk()) as (stage, page):
            sheet = await at_form(stage, page)
            sheet.form.say.note.click()
            assert page.model.wrap_up.shown().note == f"{FORM.say}\n"

    run(scenario())


def test_the_note_of_the_exchange_is_proposed_as_the_message(run: Run) -> None:
    async def scenario() -> None:
        async with opened(made_desk()) as (_stage, page):
            page.model.wrap_up.write("Elle attend son virement.")
            page.rail.wrap_up.transmit.click()
            sheet = page.requests.sheet()
            await until(lambda: sheet.types.model.rowCount() > 0)
            sheet.types.chosen.emit("CARD")
            await until(lambda: sheet.model.form is not None)
            assert sheet.form.words.toPlainText() == "Elle attend son virement."

    run(scenario())


def test_a_request_about_nobody_is_sent_where_nobody_is_on_screen(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        async with acting_window(desk) as stage:
            stage.window.show_page("home")
            stage.press(Qt.Key.Key_N, CTRL)
            await until(lambda: ("request_types", None) in desk.asked)
            sheet = stage.window.findChild(NewRequestSheet)
            assert sheet is not None
            await until(lambda: sheet.types.model.rowCount() > 0)
            sheet.types.chosen.emit("CARD")
            await until(lambda: sheet.model.form is not None)
            sheet.send.click()
            await until(lambda: bool(stage.toast()))
            assert sent(desk)[0].person is None

    run(scenario())


# ---- cards -------------------------------------------------------------------------------------
def test_a_card_opens_the_request_in_the_panel(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        late = request_row(3, minutes=10, sent=NOW - timedelta(hours=1))
        calm = request_row(1, minutes=540 * 3)
        waiting = request_row(2, number="", tentative=True, minutes=540 * 2)
        desk.request_rows = (calm, waiting, late)
        async with opened(desk) as (stage, page):
            cards = page.rail.requests
            await until(lambda: cards.model.rowCount() == 3)
            assert [found.id for found in cards.model.rows()] == [late.id, waiting.id, calm.id]
            said = [
                cards.model.index(place, 0).data(Qt.ItemDataRole.AccessibleTextRole) for place in range(3)
            ]
            assert "Enregistré sur ce poste, pas encore envoyé" in said[1]
            stage.press(Qt.Key.Key_D, CTRL)
            assert cards.rows.hasFocus()
            stage.press(Qt.Key.Key_Return)
            await until(lambda: ("follow_request", late.id) in desk.asked)
            assert stage.window.page_name == "requests"

    run(scenario())


def test_no_request_is_good_news(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        desk.request_rows = ()
        async with opened(desk) as (stage, page):
            await until(lambda: "Bonne nouvelle" in page.rail.requests.said())
            stage.press(Qt.Key.Key_D, CTRL)
            assert "Bonne nouvelle" in stage.focused().accessibleName()

    run(scenario())


# ---- the palette -------------------------------------------------------------------------------
def test_a_request_is_found_by_its_number_in_the_palette(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        desk.request_rows = (request_row(187), request_row(188, "Envoyer une carte"))
        async with acting_window(desk) as stage:
            stage.press(Qt.Key.Key_K, CTRL)
            await until(stage.window.palette_view.isVisible)
            stage.type("000188")
            rows = stage.window.palette_view.model.rows
            await until(lambda: any(found.request is not None for found in rows()))
            assert [found.request.title for found in rows() if found.request] == ["Envoyer une carte"]
            stage.press(Qt.Key.Key_Return)
            await until(lambda: ("follow_request", request_id(188)) in desk.asked)
            assert stage.window.page_name == "requests"

    run(scenario())


# ---- history -----------------------------------------------------------------------------------
def test_requests_stand_among_the_exchanges_and_open_in_the_panel(run: Run) -> None:
    async def scenario() -> None:
        desk = made_desk()
        done = request_row(
            3, "Envoyer une carte", sent=NOW - timedelta(days=2), status=RequestStatus.CLOSED,
            changed_at=NOW - timedelta(minutes=1), number="D-2026-000003-K",
        )  # fmt: skip
        desk.request_rows = (done,)
        async with opened(desk) as (stage, page):
            await until(lambda: page.parts.has("timeline") and bool(page.model.state.timeline))
            timeline = page.sheet.timeline
            await until(
                lambda: any(
                    _entry(page, place).variant == "request" for place in range(timeline.model.rowCount())
                )
            )
            entries = [_entry(page, place) for place in range(timeline.model.rowCount())]
            titles = [entry.title for entry in entries if entry.variant == "request"]
            assert titles == ["Demande D-0003 clôturée", "Demande D-0003 transmise"]
            place = next(n for n, entry in enumerate(entries) if entry.variant == "request")
            assert all(entry.at > done.changed_at for entry in entries[:place])
            assert entries[place + 1].at < done.changed_at
            timeline.rows.setFocus()
            timeline.rows.go_to(place)
            stage.press(Qt.Key.Key_Return)
            await until(lambda: ("follow_request", done.id) in desk.asked)

    run(scenario())


def _entry(page: CustomerPage, place: int) -> TimelineEntry:
    return page.sheet.timeline.model.entry(place)
