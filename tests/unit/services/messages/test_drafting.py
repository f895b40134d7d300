"""Drafts: the channel by preference and consent with its reason, the facts in place, the gaps told."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest

from avise.models.consent import Consent, ConsentChannel, ConsentMatrix, ConsentPurpose, ConsentState
from avise.models.customer import DirectoryEntry, Party, PartyKind
from avise.models.facets import FacetState, FacetView
from avise.models.json_types import JSON
from avise.models.outgoing import MessageDraft, plain
from avise.models.roles import Role
from avise.services.consent_texts import shipped_consents
from avise.services.customer_header import header_of
from avise.services.messages.drafting import Addressee, Wish, Writer, holds_restricted_number, make_draft
from avise.services.messages.templates import shipped_templates
from avise.texts import set_language
from tests.unit.services.facts_builder import TODAY, facts, view

PERSON = uuid.UUID(int=7)
MEMBER = DirectoryEntry(
    PERSON,
    PERSON,
    Party("P1", PartyKind.MEMBER, "Marchand", "Hélène", title="mrs", member_number="0482917350"),
)
EMAIL, SMS, LETTER = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.LETTER
HERE = Writer("Léa Girard", "La mutuelle", frozenset(ConsentChannel))
MAIL: dict[str, JSON] = {"kind": "email", "value": "helene@exemple.invalid", "status": "ok"}
MOBILE: dict[str, JSON] = {"kind": "mobile", "value": "+33639984127", "status": "ok"}
HOME: dict[str, JSON] = {
    "kind": "address", "value": "14 rue des Tilleuls", "city": "Nantes", "postcode": "44000", "status": "ok",
}  # fmt: skip
CONTACTS = view("contact_points", MAIL, MOBILE, HOME)
CARD = view("rights", {"status": "active", "valid_from": "2026-01-01", "valid_to": "2026-12-31"})


def draft(
    template: str, *views: FacetView, matrix: ConsentMatrix | None = None, writer: Writer = HERE,
    wish: Wish | None = None,
) -> MessageDraft:  # fmt: skip
    found = shipped_templates().get(template)
    assert found is not None
    known = facts(*views)
    addressee = Addressee(header_of(MEMBER, known, Role.AGENT), known, matrix or ConsentMatrix())
    return make_draft(found, addressee, writer, shipped_consents(), wish or Wish())


def reasons(made: MessageDraft) -> dict[str, tuple[bool, str]]:
    return {choice.channel: (choice.allowed, choice.reason) for choice in made.choices}


def test_the_facts_stand_in_their_places() -> None:
    made = draft("card_available", CONTACTS, CARD)
    assert made.channel is EMAIL
    assert made.recipient == "helene@exemple.invalid"
    assert plain(made.body).startswith("Madame,\n\nVotre carte de tiers payant est disponible")
    assert "valable jusqu’au 31 décembre 2026." in plain(made.body)
    assert plain(made.body).endswith("Léa Girard\nLa mutuelle")
    assert (made.missing, made.stale, made.ready) == ((), (), True)


def test_a_fact_that_nobody_knows_is_a_gap_and_the_message_cannot_leave() -> None:
    made = draft("card_available", CONTACTS, view("rights"))
    (gap,) = [run for run in made.body if run.missing]
    assert (gap.text, gap.fact) == ("[fin de validité de la carte]", "until")
    assert [fact.name for fact in made.missing] == ["until"]
    assert not made.ready


def test_the_agent_may_fill_a_gap_and_not_a_fact_that_is_known() -> None:
    wish = Wish(filled={"until": "31 mars"})
    assert "jusqu’au 31 mars." in plain(draft("card_available", CONTACTS, view("rights"), wish=wish).body)
    known = draft("card_available", CONTACTS, CARD, wish=wish)
    assert "31 mars" not in plain(known.body)


def test_a_gap_says_in_which_block_it_is_usually_found() -> None:
    made = draft("card_available", CONTACTS, view("rights"))
    assert [(fact.name, fact.facet) for fact in made.missing] == [("until", "rights")]


def test_the_agent_may_write_the_body_over_and_what_is_still_missing_is_still_told() -> None:
    words = "Votre carte expire le [fin de validité de la carte]."
    made = draft("card_available", CONTACTS, view("rights"), wish=Wish(words=words))
    assert plain(made.body) == words
    assert [fact.name for fact in made.missing] == ["until"]
    written = draft("card_available", CONTACTS, view("rights"), wish=Wish(words="Votre carte arrive."))
    assert (plain(written.body), written.ready) == ("Votre carte arrive.", True)


def test_a_text_message_written_over_stays_in_the_alphabet_of_telephones() -> None:
    made = draft(
        "address_to_confirm", CONTACTS, wish=Wish(channel=SMS, words="L’adresse « 14 » est à revoir")
    )
    assert plain(made.body) == 'L\'adresse " 14 " est à revoir'


def test_a_gap_matters_only_on_a_channel_that_tells_it() -> None:
    made = draft("reimbursement_paid", CONTACTS, wish=Wish(SMS))
    assert made.ready
    assert not draft("reimbursement_paid", CONTACTS, wish=Wish(LETTER)).ready


@pytest.mark.parametrize(
    ("preferred", "channel"), [("email", EMAIL), ("mobile", SMS), ("address", LETTER), ("landline", EMAIL)]
)
def test_the_channel_is_the_one_that_the_member_prefers(preferred: str, channel: ConsentChannel) -> None:
    landline = {"kind": "landline", "value": "+33261910000", "status": "ok"}
    rows = [{**row, "preferred": row["kind"] == preferred} for row in (MAIL, MOBILE, HOME, landline)]
    made = draft("card_available", view("contact_points", *rows), CARD)
    assert made.channel is channel
    asked = (
        "Canal préféré de l’adhérent" if preferred != "landline" else "Premier canal possible pour ce message"
    )
    assert made.chosen_because == asked


def test_a_contact_that_does_not_work_is_passed_over_with_its_reason() -> None:
    broken = view("contact_points", {**MAIL, "status": "in_error", "preferred": True}, MOBILE)
    made = draft("card_available", broken, CARD)
    assert made.channel is SMS
    assert reasons(made)["email"] == (False, "Adresse e-mail en erreur")
    assert reasons(made)["letter"] == (False, "Aucune adresse postale connue")
    no_town = view("contact_points", {**HOME, "city": "", "postcode": ""})
    assert not draft("card_available", no_town, CARD).ready


def test_without_any_channel_the_draft_is_shown_and_says_why() -> None:
    made = draft("card_available", view("contact_points"), CARD)
    assert (made.channel, made.recipient, made.ready) == (None, "", False)
    assert made.chosen_because == "Aucun canal possible"
    assert "Votre carte" in plain(made.body)
    unread = draft("card_available", view("contact_points", state=FacetState.FAILED), CARD)
    assert reasons(unread)["email"] == (False, "Coordonnées pas encore lues")


def test_a_channel_that_this_desk_has_no_way_for_is_not_offered() -> None:
    made = draft("card_available", CONTACTS, CARD, writer=replace(HERE, ways=frozenset({LETTER})))
    assert made.channel is LETTER
    assert reasons(made)["email"] == (False, "Ce poste n’envoie rien sur ce canal")


def test_an_offer_goes_only_where_it_was_accepted() -> None:
    contract = view("contracts", {"status": "active", "plan": "Sérénité", "effective_date": "2020-01-01"})
    nothing = draft("plan_review", CONTACTS, contract)
    assert nothing.channel is LETTER
    assert reasons(nothing)["email"] == (False, "Accord jamais demandé")
    said = Consent(ConsentPurpose.COMMERCIAL, SMS, ConsentState.YES, date(2026, 1, 5))
    accepted = ConsentMatrix({(said.purpose, said.channel): said})
    made = draft("plan_review", CONTACTS, contract, matrix=accepted)
    assert made.channel is SMS
    assert reasons(made)["sms"] == (True, "Accord donné le 05/01/2026")
    refused = replace(said, state=ConsentState.NO)
    made = draft("plan_review", CONTACTS, contract, matrix=ConsentMatrix({(said.purpose, SMS): refused}))
    assert reasons(made)["sms"] == (False, "Refusé le 05/01/2026")
    deceased = view("identity", {"vital_status": "deceased"})
    assert draft("plan_review", CONTACTS, contract, deceased, matrix=accepted).channel is None


def test_a_channel_asked_for_is_used_or_refused_and_never_another() -> None:
    assert draft("card_available", CONTACTS, CARD, wish=Wish(LETTER)).channel is LETTER
    only_mail = view("contact_points", MAIL)
    assert draft("card_available", only_mail, CARD, wish=Wish(LETTER)).channel is None


def test_a_letter_is_addressed_as_on_an_envelope() -> None:
    made = draft("card_available", CONTACTS, CARD, wish=Wish(LETTER))
    assert made.recipient == "Mme Hélène MARCHAND\n14 rue des Tilleuls\n44000 NANTES"


def test_a_text_message_is_shown_as_it_leaves() -> None:
    made = draft("card_available", CONTACTS, CARD, wish=Wish(SMS))
    assert plain(made.body) == (
        "La mutuelle : votre carte de tiers payant est disponible dans votre espace adhérent."
    )
    assert made.sms_parts == 1
    assert made.subject == ()


def test_a_message_in_english_is_written_in_english_whatever_the_desk_speaks() -> None:
    made = draft("card_available", CONTACTS, CARD, wish=Wish(language="en"))
    assert plain(made.body).startswith("Dear Madam,")
    assert "31 December 2026" in plain(made.body)
    assert made.title == "Carte de tiers payant disponible"
    set_language("en")
    assert "31 décembre 2026" in plain(draft("card_available", CONTACTS, CARD, wish=Wish(language="fr")).body)


def test_a_fact_of_an_old_reading_is_told() -> None:
    old = replace(CARD, state=FacetState.STALE)
    assert draft("card_available", CONTACTS, old).stale == ("fin de validité de la carte",)
    assert draft("card_available", CONTACTS, old, wish=Wish(SMS)).stale == ()


def test_the_fingerprint_is_what_the_agent_read() -> None:
    made = draft("card_available", CONTACTS, CARD)
    assert made.fingerprint == draft("card_available", CONTACTS, CARD).fingerprint
    later = view("rights", {"status": "active", "valid_from": "2026-01-01", "valid_to": "2027-01-31"})
    assert draft("card_available", CONTACTS, later).fingerprint != made.fingerprint
    moved = view("contact_points", {**MAIL, "value": "autre@exemple.invalid"})
    assert draft("card_available", moved, CARD).fingerprint != made.fingerprint


def test_every_template_is_drafted_in_both_languages_without_a_hole() -> None:
    everything = (
        CONTACTS,
        CARD,
        view("identity", {"title": "mr", "last_name": "MARCHAND"}),
        view("noemie", {"state": "rejected", "person": "Lou", "fund": "CPAM 44", "changed_on": "2026-03-20"}),
        view(
            "beneficiaries",
            {"first_name": "Lou", "awaited_document": "school_certificate", "rights_until": "2026-04-30"},
        ),
        view("contributions", {"status": "rejected", "amount": "84.20", "due_on": "2026-03-05"}),
        view(
            "contracts",
            {"status": "active", "plan": "Sérénité", "number": "C1", "effective_date": "2020-01-01",
             "end_date": "2026-04-30"},
        ),
        view("appointments", {"starts_at": "2026-03-26T10:00:00+01:00", "status": "confirmed"}),
        view(
            "complaints",
            {"status": "open", "number": "R-1", "received_on": "2026-03-01", "answer_by": "2026-05-01"},
        ),
        view(
            "benefits",
            {"status": "paid", "paid_on": TODAY.isoformat(), "amount": "12.00", "paid_to": "member"},
        ),
        view(
            "authorizations",
            {"status": "accepted", "number": "P1", "amount": "100.00", "out_of_pocket": "20.00",
             "requested_on": "2026-03-01"},
        ),
    )  # fmt: skip
    for template in shipped_templates().all():
        for code in ("fr", "en"):
            for channel in template.channel_order():
                made = draft(template.id, *everything, wish=Wish(channel, code))
                written = plain(made.subject) + plain(made.body)
                assert made.missing == (), (template.id, made.missing)
                assert not any(sign in written for sign in "{}[]"), written
                assert "enum." not in written


def test_numbers_that_must_not_be_written_are_seen_in_what_an_agent_gives() -> None:
    assert holds_restricted_number({"until": "NIR 1 85 05 99 999 001 81"})
    assert not holds_restricted_number({"until": "31 mars"})
    assert not holds_restricted_number(None)
