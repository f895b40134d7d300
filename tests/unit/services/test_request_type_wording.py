"""What people read of request types: labels in both languages, values, the sentence for the member."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from avise.models import request_checks
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.request_checks import kept_fields, problems_of, read_fields
from avise.models.request_types import OUTCOMES, Queue, RequestField, RequestFieldKind
from avise.models.requests import CLOCK_STOPS, OPEN, RequestStatus
from avise.resources import resource_folder
from avise.services.request_type_files import shipped_request_types
from avise.services.request_wording import (
    as_typed,
    choice_labels,
    field_label,
    problem_sentence,
    queue_label,
    say,
    type_label,
    value_words,
)
from avise.texts import LANGUAGES, speaking
from avise.texts.catalogue import catalogue

K = RequestFieldKind
BOOK = shipped_request_types().book
NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
HELENE = uuid.UUID(int=1)
PEOPLE = {HELENE: "Hélène Marchand"}


def keys() -> set[str]:
    """Return every key that a shipped type, a queue or a status needs."""
    found = {f"queue.{queue}" for queue in Queue} | {f"queue_of.{queue}" for queue in Queue}
    found |= {f"request.outcome.{outcome}" for outcome in OUTCOMES}
    found |= {f"request_say.{status}" for status in RequestStatus}
    for kind in BOOK.all():
        found.add(f"request_type.{kind.id}.label")
        found |= {f"request_field.{each.id}" for each in kind.fields}
        found |= {f"request_choice.{each.id}.{code}" for each in kind.fields for code in each.choices}
        found |= {f"request_document.{each.id}" for each in kind.documents}
        found |= {f"request.outcome.{outcome}" for outcome in kind.own_outcomes}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_read_is_written_in_each_language(language: str) -> None:
    written = catalogue(language)
    assert sorted(key for key in keys() if written.get(key) is None) == []


def test_no_sentence_of_the_types_is_left_that_nothing_reads() -> None:
    source = (resource_folder("translations") / "fr" / "request_types.po").read_text("utf-8")
    read = (
        "request_field.",
        "request_choice.",
        "request_document.",
        "request.outcome.",
        "queue.",
        "queue_of.",
    )
    written = {key for key in re.findall(r'^msgid "([^"]+)"', source, re.MULTILINE) if key.startswith(read)}
    assert sorted(written - keys()) == []


def test_every_problem_of_a_form_has_its_sentence() -> None:
    code = (resource_folder("translations").parents[1] / "avise" / "models" / "request_checks.py").read_text(
        "utf-8"
    )
    told = set(re.findall(r'\("([a-z_]+)", \{', code)) | set(request_checks._FINDINGS.values())
    told |= set(re.findall(r'"request_check\.([a-z_]+)"', code))
    assert len(told) > 20
    for language in LANGUAGES:
        assert sorted(key for key in told if catalogue(language).get(f"request_check.{key}") is None) == []


# ---- the sentence for the member -------------------------------------------------------------------


def test_a_request_that_was_sent_is_told_with_its_service_and_its_day() -> None:
    due = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
    assert say("REIMB_SEARCH", RequestStatus.SENT, Queue.PREST_SOINS, due, NOW) == (
        "Votre demande est entre les mains du service remboursements. "
        "Vous aurez une réponse au plus tard le 27 mars 2026."
    )


def test_a_request_that_is_due_at_once_is_told_with_its_hour() -> None:
    sentence = say("CARD_REISSUE", RequestStatus.SENT, Queue.CARTE_TP, NOW + timedelta(hours=4), NOW)
    assert sentence.endswith("au plus tard le 24 mars 2026 à 14:44.")


def test_a_late_request_promises_no_day_that_is_past() -> None:
    sentence = say("REIMB_SEARCH", RequestStatus.TAKEN, Queue.PREST_SOINS, NOW - timedelta(days=2), NOW)
    assert "2026" not in sentence
    assert "retard" in sentence


def test_a_request_without_a_day_promises_none() -> None:
    for status in OPEN:
        sentence = say("REIMB_SEARCH", status, Queue.PREST_SOINS, None, NOW)
        assert "{" not in sentence
        assert "le ." not in sentence


def test_a_type_has_its_own_sentence_where_the_general_one_will_not_do() -> None:
    due = NOW + timedelta(days=9)
    complaint = say("COMPLAINT", RequestStatus.SENT, Queue.RECLA, due, NOW)
    assert "dix jours ouvrables" in complaint
    assert "médiateur" in say("COMPLAINT", RequestStatus.CLOSED, Queue.RECLA, due, NOW)
    assert say("DEATH", RequestStatus.SENT, Queue.DECES, due, NOW).startswith("Nous nous occupons")


def test_a_request_that_was_transferred_names_the_service_that_has_it_now() -> None:
    due = NOW + timedelta(days=9)
    sentence = say("REIMB_SEARCH", RequestStatus.SENT, Queue.COTIS_ENC, due, NOW)
    assert "du service cotisations" in sentence
    assert "de l’accueil" in say("GONE", RequestStatus.SENT, "UNKNOWN", due, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", list(RequestStatus))
def test_every_type_can_say_where_it_stands(language: str, status: RequestStatus) -> None:
    with speaking(language):
        for kind in BOOK.all():
            for due in (None, NOW - timedelta(days=1), NOW + timedelta(hours=3), NOW + timedelta(days=9)):
                sentence = say(kind.id, status, kind.handling.queue, due, NOW)
                assert "{" not in sentence
                assert "request" not in sentence.partition(" ")[0]
                assert sentence.endswith(".")


def test_the_sentences_for_the_member_stay_short() -> None:
    source = (resource_folder("translations") / "fr" / "request_types.po").read_text("utf-8")
    said = re.findall(r'^msgid "request_(?:say|type)\.[^"]+"\nmsgstr "([^"]+\.)"', source, re.MULTILINE)
    assert len(said) > 20
    for sentence in said:
        for part in re.split(r"(?<=\.)\s", sentence):
            assert len(part.split()) <= 20, part


def test_a_pause_is_said_without_a_day() -> None:
    for status in CLOCK_STOPS:
        assert "2026" not in say("REIMB_SEARCH", status, Queue.PREST_SOINS, NOW + timedelta(days=9), NOW)


# ---- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("each", "value", "words"),
    [
        (RequestField("cover", K.CHOICE, choices=("group",)), "group", "Collectif"),
        (RequestField("cover", K.CHOICE, choices=("group",)), "former_code", "former_code"),
        (RequestField("x", K.YES_NO), True, "oui"),
        (RequestField("x", K.YES_NO), False, "non"),
        (RequestField("x", K.DATE), "2026-03-04", "04/03/2026"),
        (RequestField("x", K.DATE), "soon", "soon"),
        (RequestField("x", K.AMOUNT), "1234.50", "1\u202f234,50\u00a0€"),
        (RequestField("x", K.PHONE), "+33639984127", "06 39 98 41 27"),
        (RequestField("x", K.PERSON), str(HELENE), "Hélène Marchand"),
        (RequestField("x", K.PERSON), str(uuid.UUID(int=9)), ""),
        (RequestField("x", K.NUMBER), 12, "12"),
        (RequestField("x", K.NOTE), "Deux lignes.", "Deux lignes."),
        (RequestField("x", K.NOTE), None, ""),
        (RequestField("x", K.NUMBER), MASK, MASK),
    ],
)
def test_a_value_is_written_for_whoever_reads(each: RequestField, value: JSON, words: str) -> None:
    found = value_words(each, value, PEOPLE)
    assert (
        found.replace("\u00a0", " ").replace("\u202f", " ").lower()
        == words.replace("\u00a0", " ").replace("\u202f", " ").lower()
    )


def test_an_account_is_written_masked_even_to_whoever_forgot_to_mask_it() -> None:
    words = value_words(RequestField("iban", K.IBAN), "FR3399999000010000012345A11", {})
    assert "00001" not in words.replace("\u00a0", "")
    assert words.replace("\u00a0", "").endswith("5A11")
    assert value_words(RequestField("iban", K.IBAN), words, {}) == words


def test_what_a_form_starts_from_is_read_back_as_it_was() -> None:
    starts: Mapping[RequestFieldKind, JSON] = {
        K.DATE: "2026-03-04", K.AMOUNT: "54.50", K.YES_NO: False, K.NUMBER: 7, K.TEXT: "12",
    }  # fmt: skip
    for language in LANGUAGES:
        with speaking(language):
            for kind in BOOK.all():
                for each in kind.fields:
                    if each.kind in starts:
                        value = starts[each.kind]
                        assert kept_fields(kind, read_fields(kind, {each.id: as_typed(each, value)})) == {
                            each.id: value
                        }
    assert as_typed(RequestField("x", K.DATE), None) == ""


def test_labels_are_in_the_language_in_use_and_a_name_that_is_gone_is_shown_as_it_is() -> None:
    with speaking("en"):
        assert type_label("COMPLAINT") == "Complaint"
        assert queue_label("RECLA") == "Complaints"
        assert field_label("provider") == "Health professional"
    assert type_label("GONE_TYPE") == "GONE_TYPE"
    assert queue_label("GONE_QUEUE") == "GONE_QUEUE"
    complaint = BOOK.get("COMPLAINT")
    assert complaint is not None
    assert choice_labels(complaint.fields[0])[0] == ("delay", "Délai")


def test_a_problem_says_what_to_do() -> None:
    change = BOOK.get("BANK_CHANGE")
    assert change is not None
    (problem,) = (each for each in problems_of(change, {"iban": "FR00"}, NOW.date()) if each.field == "iban")
    assert problem_sentence(problem).startswith("Cet IBAN n’est pas valable.")
