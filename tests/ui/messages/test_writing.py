"""Writing to a member from the customer's page, with the keyboard: composer, undo, countdown, what fails."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.models.outgoing import (
    DEPARTS_AFTER,
    MessageDraft,
    MessageStatus,
    MissingFact,
    OutgoingMessage,
    TemplateChoice,
)
from avise.services.customer_updates import TimelineChanged
from avise.ui.customer.page import CustomerPage
from avise.ui.discretion import discretion
from avise.ui.messages.composer import Composer
from avise.ui.messages.message_panel import MessagePanel
from avise.ui.theme import theme
from avise.ui.widgets.toast import Message
from tests.ui.customer.opened_page import opened, said
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_messages import CARD
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
UNTIL = MissingFact("until", "fin de validité de la carte", "rights")
PAID = TemplateChoice(
    "paid", "Remboursement versé", ConsentPurpose.SERVICE, (ConsentChannel.SMS, ConsentChannel.EMAIL)
)
CONTROL = Qt.KeyboardModifier.ControlModifier


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    target = QApplication.focusWidget()
    assert isinstance(target, QWidget)
    QTest.keyClick(target, key, modifier)


def type_words(words: str) -> None:
    """Type where the focus is."""
    target = QApplication.focusWidget()
    assert isinstance(target, QWidget)
    QTest.keyClicks(target, words)


async def composer_of(page: CustomerPage, command: str = "write_email") -> Composer:
    """Open the composer as its keys do, its first draft read."""
    page.run_command(command)
    composer = page.messages.composer()
    await until(lambda: not composer.model.shown().is_busy)
    return composer


def told(page: CustomerPage) -> list[Message]:
    """Return the messages that the page shows, from now on."""
    found: list[Message] = []
    page.message.connect(found.append)
    return found


def planned(status: MessageStatus = MessageStatus.PLANNED, reason: str = "") -> OutgoingMessage:
    return OutgoingMessage(
        UUID(int=5), HELENE, "card_available", "1", CARD.title, CARD.purpose, ConsentChannel.EMAIL, "fr",
        status, NOW, NOW + DEPARTS_AFTER, NOW, reason=reason,
    )  # fmt: skip


def line_of(message: OutgoingMessage, status: str = "to_send") -> TimelineChanged:
    line = TimelineEntry(
        f"journal/{message.id}", NOW, TimelineGroup.EMAIL, "email_out", message.title,
        "Part à 10:46, annulable jusque-là", "journal", status,
    )  # fmt: skip
    return TimelineChanged((line,), ())


def test_the_composer_says_whom_it_writes_to_and_why_a_channel_is_refused(run: Run) -> None:
    async def scene() -> None:
        async with opened(ScriptedDesk()) as page:
            composer = await composer_of(page)
            assert composer.send.text() == "Envoyer à Mme H. MARCHAND par e-mail"
            assert composer.recipient.text() == "helene@exemple.invalid"
            assert composer.refusal_sentences() == (
                "Courrier impossible\u00a0: aucune adresse postale connue",
            )
            assert composer.channels.accessibleName() == "Canal, E-mail"
            assert "aucune adresse postale" in composer.channels.accessibleDescription()
            assert QApplication.focusWidget() is composer.words

    run(scene())


def test_a_refused_channel_is_passed_over_by_the_arrows(run: Run) -> None:
    async def scene() -> None:
        async with opened(ScriptedDesk()) as page:
            composer = await composer_of(page)
            composer.channels.setFocus()
            press(Qt.Key.Key_Right)
            assert composer.channels.current is ConsentChannel.EMAIL

    run(scene())


def test_a_message_is_written_filled_sent_and_undone_without_the_mouse(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(missing=(UNTIL,), templates=(PAID, CARD))
        async with opened(desk) as page:
            messages = told(page)
            composer = await composer_of(page)
            type_words("carte")
            await until(lambda: composer.model.shown().template == "card_available")
            await until(lambda: not composer.model.shown().is_busy)
            press(Qt.Key.Key_Return)
            field = composer.gaps.rows[0].field
            assert QApplication.focusWidget() is field
            assert "Il manque" in said(composer.gaps)
            assert not composer.send.isEnabled()
            type_words("31 mars")
            press(Qt.Key.Key_Return)
            await until(composer.send.isEnabled)
            assert QApplication.focusWidget() is composer.body_edit
            assert "31 mars" in composer.body_edit.words()
            press(Qt.Key.Key_Return, CONTROL)
            await until(lambda: bool(messages))
            assert composer.isHidden()
            assert messages[0].sentence == "E-mail prêt, il part dans 2\u00a0min"
            assert messages[0].action == "Annuler"
            assert messages[0].on_action is not None
            messages[0].on_action()
            await until(lambda: len(messages) > 1)
            assert messages[1].sentence == "Envoi annulé, rien n’est parti"
            await until(lambda: page.messages.messages[0].status is MessageStatus.UNDONE)
            messages[0].on_action()
            await until(lambda: len(messages) > 2)
            assert messages[2].sentence == "Envoi annulé, rien n’est parti"
        assert [asked[0] for asked in desk.written if asked[0] in ("send", "undo")] == ["send", "undo"]

    run(scene())


def test_what_is_typed_over_the_body_leaves(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            messages = told(page)
            composer = await composer_of(page)
            composer.body_edit.setFocus()
            press(Qt.Key.Key_A, CONTROL)
            type_words("Bonjour")
            assert composer.notes() == "Texte modifié"
            press(Qt.Key.Key_Return, CONTROL)
            await until(lambda: bool(messages))
        (sent,) = [asked[1] for asked in desk.written if asked[0] == "send"]
        assert isinstance(sent, MessageDraft)
        assert sent.words == "Bonjour"

    run(scene())


def test_escape_closes_the_composer_and_forgets_and_gives_the_focus_back(run: Run) -> None:
    async def scene() -> None:
        async with opened(ScriptedDesk()) as page:
            before = QApplication.focusWidget()
            composer = await composer_of(page)
            press(Qt.Key.Key_Escape)
            assert composer.isHidden()
            assert QApplication.focusWidget() is before
            assert composer.body_edit.words() == ""
            assert composer.model.shown().draft is None

    run(scene())


def test_enter_in_the_list_does_not_close_the_exchange_behind(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            composer = await composer_of(page)
            composer.list.setFocus()
            press(Qt.Key.Key_Return)
            press(Qt.Key.Key_Return, CONTROL)
            await until(composer.isHidden)
        assert not [asked for asked in desk.asked if asked[0] == "record_wrap_up"]

    run(scene())


def test_a_planned_message_counts_down_in_the_history_and_is_undone_from_there(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            messages = told(page)
            page.parts.part("timeline")
            desk.show_messages(planned())
            desk.tell(HELENE, line_of(planned()))
            timeline = page.sheet.timeline
            await until(
                lambda: "part dans" in str(timeline.model.data(timeline.model.index(0, 0), 0x0100).summary)
            )
            assert "part dans 2\u00a0min 00" in timeline.model.spoken(
                timeline.model.data(timeline.model.index(0, 0), 0x0100)
            )
            timeline.rows.go_to(0)
            timeline.rows.setFocus()
            press(Qt.Key.Key_Return)
            (panel,) = page.findChildren(MessagePanel)
            assert panel.sentence() == "Part dans 2\u00a0min 00"
            assert QApplication.focusWidget() is panel.undo
            press(Qt.Key.Key_Return, CONTROL)
            await until(lambda: bool(messages))
            assert messages[0].sentence == "Envoi annulé, rien n’est parti"
            assert panel.isHidden()

    run(scene())


def test_a_message_that_did_not_leave_is_told_with_what_to_do(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(sent=(planned(),))
        async with opened(desk) as page:
            messages = told(page)
            desk.tell(HELENE, line_of(planned()))
            await until(lambda: bool(page.messages.messages))
            desk.show_messages(replace(planned(MessageStatus.FAILED, "bad_address"), detail="550 5.1.1"))
            await until(lambda: bool(messages))
            assert messages[0].sentence == "Un e-mail n’est pas parti"
            assert messages[0].is_error
            assert messages[0].on_action is not None
            messages[0].on_action()
            (panel,) = page.findChildren(MessagePanel)
            assert panel.sentence() == "L’adresse ne peut pas recevoir d’e-mail"
            assert "Écrire à nouveau" in panel.to_do()
            assert "550 5.1.1" in said(panel)
            panel.again.click()
            await until(lambda: page.messages.composer().isVisible())
            await until(lambda: not page.messages.composer().model.shown().is_busy)
            assert page.messages.composer().model.shown().template == "card_available"

    run(scene())


def test_the_palette_offers_every_template_and_what_can_still_be_undone(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(sent=(planned(),), templates=(CARD, PAID))
        async with opened(desk) as page:
            desk.tell(HELENE, line_of(planned()))
            await until(lambda: len(page.messages.commands()) == 3)
            labels = [command.label for command in page.commands()]
            assert "Écrire\u00a0: Remboursement versé" in labels
            assert (
                "Annuler l’envoi\u00a0: Carte de tiers payant disponible (part dans 2\u00a0min 00)" in labels
            )

    run(scene())


def test_nothing_that_is_told_outside_the_page_names_the_member(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            messages = told(page)
            await composer_of(page)
            press(Qt.Key.Key_Return, CONTROL)
            await until(lambda: bool(messages))
            await until(lambda: bool(page.messages.messages))
            desk.show_messages(*(replace(one, status=MessageStatus.UNKNOWN) for one in desk.sent))
            await until(lambda: len(messages) > 1)
        for message in messages:
            assert "MARCHAND" not in message.sentence.upper()
            assert "exemple" not in message.sentence

    run(scene())


def test_a_letter_is_shown_as_it_will_be_printed_and_gives_its_text_back(run: Run) -> None:
    async def scene() -> None:
        async with opened(ScriptedDesk()) as page:
            composer = await composer_of(page)
            assert composer.letter.isHidden()
            composer.model.choose_channel(ConsentChannel.LETTER)
            await until(composer.letter.isVisible)
            await until(lambda: not composer.model.shown().is_busy)
            composer.letter.click()
            await until(composer.sheet.isVisible)
            assert "Votre carte est valable" in composer.sheet.accessibleDescription()
            assert composer.body_edit.isHidden()
            composer.letter.click()
            await until(composer.body_edit.isVisible)

    run(scene())


def test_nothing_is_sent_while_the_screen_is_discreet(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            composer = await composer_of(page)
            discretion().set_on(on=True)
            try:
                assert composer.veil.isVisible()
                press(Qt.Key.Key_Return, CONTROL)
                assert composer.isVisible()
            finally:
                discretion().set_on(on=False)
        assert not [asked for asked in desk.written if asked[0] == "send"]

    run(scene())


def test_at_200_percent_the_message_keeps_its_width_and_its_button(run: Run) -> None:
    async def scene() -> None:
        theme().set_zoom(200)
        async with opened(ScriptedDesk(missing=(UNTIL,), templates=(PAID, CARD))) as page:
            composer = await composer_of(page)
            assert composer.width() <= page.width()
            assert composer.geometry().bottom() <= page.height()
            inside = composer.area.widget()
            assert inside is not None
            assert inside.minimumSizeHint().width() <= composer.area.viewport().width()
            page.run_command("consents")
            panel = page.consents.panel()
            assert panel is not None
            assert panel.geometry().bottom() <= page.height()

    run(scene())
