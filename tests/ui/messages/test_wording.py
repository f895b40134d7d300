"""What is said of messages: whom, by which channel, when they leave, what to do when they do not."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.outgoing import (
    DEPARTS_AFTER,
    ChannelChoice,
    MessageStatus,
    OutgoingMessage,
    TemplateChoice,
)
from avise.ui.messages.wording import (
    TROUBLED,
    countdown,
    entry_id,
    fallen,
    matching,
    message_of_entry,
    refusals,
    send_words,
    status_chip,
    status_sentence,
    what_to_do,
)
from tests.ui.persona import HELENE, NOW

EMAIL, SMS, LETTER = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.LETTER


def message(
    status: MessageStatus = MessageStatus.PLANNED, reason: str = "", number: int = 1
) -> OutgoingMessage:
    return OutgoingMessage(
        UUID(int=number), HELENE, "card_available", "1", "Carte disponible", ConsentPurpose.SERVICE, SMS,
        "fr", status, NOW, NOW + DEPARTS_AFTER, NOW, reason=reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("after_s", "words"),
    [
        (0, "part dans 2\u00a0min 00"),
        (20, "part dans 1\u00a0min 40"),
        (19.2, "part dans 1\u00a0min 41"),
        (75, "part dans 45\u00a0s"),
        (120, "part maintenant"),
        (500, "part maintenant"),
    ],
)
def test_a_planned_message_says_when_it_leaves(after_s: float, words: str) -> None:
    assert countdown(message(), NOW + timedelta(seconds=after_s)) == words


def test_a_message_that_waits_for_another_try_says_so_and_why() -> None:
    again = message(reason="server_unreachable")
    sentence = status_sentence(again, NOW + timedelta(seconds=60))
    assert sentence == "Nouvel essai dans 1\u00a0min 00\u00a0: le serveur de messagerie ne répond pas"


def test_only_what_waits_is_counted() -> None:
    for status in MessageStatus:
        if status is not MessageStatus.PLANNED:
            assert countdown(message(status), NOW) == ""


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_the_countdown_never_runs_below_zero(seconds: float) -> None:
    words = countdown(message(), NOW + timedelta(seconds=seconds))
    assert words.startswith("part ")
    assert "-" not in words


def test_every_status_has_a_word_and_an_icon_and_every_trouble_says_what_to_do() -> None:
    for status in MessageStatus:
        chip = status_chip(message(status))
        assert chip.text
        assert chip.icon
    for status in TROUBLED:
        assert "rien reçu" in what_to_do(message(status)) or "Demander" in what_to_do(message(status))


def test_the_button_repeats_whom_the_message_goes_to() -> None:
    assert send_words(SMS, "Mme H. MARCHAND") == "Envoyer à Mme H. MARCHAND par SMS"
    assert send_words(None, "Mme H. MARCHAND") == "Envoyer"


def test_a_refused_channel_tells_why() -> None:
    choices = (
        ChannelChoice(EMAIL, allowed=True, reason="Message lié au contrat"),
        ChannelChoice(SMS, allowed=False, reason="Refusé le 12/03/2026"),
    )
    assert refusals(choices) == ("SMS impossible\u00a0: refusé le 12/03/2026",)


def test_templates_are_found_by_their_words_without_accents_and_by_their_channel() -> None:
    card = TemplateChoice("card", "Carte envoyée", ConsentPurpose.SERVICE, (EMAIL, LETTER))
    paid = TemplateChoice("paid", "Remboursement versé", ConsentPurpose.SERVICE, (SMS,), proposed=True)
    assert matching((card, paid), "", None) == (paid, card)
    assert matching((card, paid), "ENVOYEE carte", None) == (card,)
    assert matching((card, paid), "", SMS) == (paid,)
    assert matching((card, paid), "rien", None) == ()


def test_a_line_of_the_history_leads_to_its_message() -> None:
    assert message_of_entry(entry_id(message())) == message().id
    assert message_of_entry("relation/12") is None
    assert message_of_entry("journal/12") is None


def test_a_message_that_falls_into_trouble_is_told_once() -> None:
    before, after = message(), message(MessageStatus.FAILED)
    assert fallen((before,), (after,)) == (after,)
    assert fallen((after,), (after,)) == ()
    assert fallen((), (after,)) == ()
