"""The message templates: those that ship are good in both languages, and a bad one says where and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.resources import resource_folder
from avise.services.answer_files import shipped_answers
from avise.services.messages.short_text import gsm_text, parts
from avise.services.messages.templates import (
    BUILT_IN,
    Template,
    check_template,
    load_templates,
    parsed,
    shipped_templates,
)
from avise.services.reason_file import contact_reasons
from avise.texts import LANGUAGES

FILES = sorted(resource_folder("templates").glob("*.toml"))
GOOD = (resource_folder("templates") / "debit_rejected.toml").read_text("utf-8")
LONGEST = {"mutual": "Mutuelle de démonstration", "day": "24 septembre 2026", "time": "10:44",
           "before": "24 septembre 2026"}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_that_ships_has_no_error(path: Path) -> None:
    assert [f"{found.line}: {found.sentence()}" for found in check_template(path)] == []


def test_every_purpose_but_partners_has_a_template() -> None:
    purposes = {template.purpose for template in shipped_templates().all()}
    assert purposes == set(ConsentPurpose) - {ConsentPurpose.PARTNERS}


def test_reasons_of_templates_and_answers_are_those_of_the_list() -> None:
    named = {reason for template in shipped_templates().all() for reason in template.reasons}
    named |= {rule.reason for file in shipped_answers() for rule in file.answer}
    assert named <= set(contact_reasons())


def test_every_message_that_an_answer_proposes_exists() -> None:
    wanted = {
        action.target
        for file in shipped_answers()
        for rule in file.answer
        for action in rule.actions
        if action.do == "message"
    }
    assert wanted
    assert {name for name in wanted if shipped_templates().get(name or "") is None} == set()


def test_the_templates_of_a_reason_come_first() -> None:
    assert shipped_templates().proposed("R09")[0].id == "card_available"


def _texts(template: Template) -> list[tuple[str, ConsentChannel, str]]:
    return [
        (code, channel, part)
        for code in LANGUAGES
        for channel in template.channel_order()
        for part in template.texts(code, channel)
        if part
    ]


def test_french_texts_use_their_own_spaces_and_apostrophes() -> None:
    for template in shipped_templates().all():
        for code, _, words in _texts(template):
            if code == "fr":
                assert not re.search(r" [;:!?€»]|« |'", words), (template.id, words)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_member_reads_short_sentences(code: str) -> None:
    for template in shipped_templates().all():
        for language, _, words in _texts(template):
            body = words if language == code else ""
            for sentence in re.split(r"(?<=[.?!])\s|\n", body):
                assert len(sentence.split()) <= 18, (template.id, sentence)


def test_a_text_message_holds_in_one_part() -> None:
    for template in shipped_templates().all():
        for code, channel, words in _texts(template):
            if channel is ConsentChannel.SMS:
                filled = "".join(run + LONGEST.get(name, "") for run, name in parsed(words))
                assert parts(gsm_text(filled)) == 1, (template.id, code, filled)


def test_offers_say_how_to_refuse_them() -> None:
    for template in shipped_templates().all():
        if template.purpose is ConsentPurpose.SERVICE:
            continue
        for code in LANGUAGES:
            for channel in template.channel_order():
                _, body = template.texts(code, channel)
                assert "refus" in body.lower(), (template.id, code)


def told(folder: Path, text: str, name: str = "debit_rejected.toml") -> set[tuple[int, str]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return {(found.line, found.message_key) for found in check_template(path)}


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "after", "where", "key"),
    [
        ('id = "debit_rejected"', 'id = "other"', 'id = "other"', "template_check.file_name"),
        ("{due}, d’un", "{due_on}, d’un", "body = ", "template_check.undeclared"),
        ('due = "reject.due_on:long"', 'due = "due_on:long"', "due = ", "template_check.which_fact"),
        ('due = "reject.due_on:long"', 'due = "reject.due:long"', "due = ", "fact_check.unknown_field"),
        ('due = "reject.due_on:long"', 'due = "reject.due_on:tall"', "due = ", "fact_check.unknown_form"),
        ('due = "reject.due_on:long"', 'today = "reject.due_on"', "today = ", "template_check.built_in"),
        ('amount = "amount rejected"\n', "", "[label.en]", "connector_check.missing_key"),
        ("[en.letter]", "[de.letter]", "[de.letter]", "connector_check.unknown_key"),
        ('channels = ["email", "letter"]', 'channels = ["fax"]', "channels = ", "connector_check.not_one_of"),
        ('purpose = "service"', 'purpose = "profit"', "purpose = ", "connector_check.not_one_of"),
    ],
)
def test_an_error_is_told_at_its_line(tmp_path: Path, before: str, after: str, where: str, key: str) -> None:
    assert before in GOOD
    bad = GOOD.replace(before, after)
    assert (line_of(bad, where), key) in told(tmp_path, bad)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_fact_of_care_cannot_stand_in_an_e_mail_or_a_text_message(tmp_path: Path, channel: str) -> None:
    subject = 'subject = "x"\n' if channel == "email" else ""
    text = f"""avise = 1
id = "care"
version = "1"
purpose = "service"
channels = ["{channel}"]
title = {{ fr = "Soins", en = "Care" }}
fact.line.facet = "benefits"
told.amount = "line.amount"
label.fr.amount = "montant"
label.en.amount = "amount"
[fr.{channel}]
{subject}body = "Versé : {{amount}}"
[en.{channel}]
{subject}body = "Paid"
"""
    line = line_of(text, 'body = "Versé')
    assert told(tmp_path, text, "care.toml") == {(line, "template_check.health")}


def test_a_template_with_errors_is_left_out(tmp_path: Path) -> None:
    told(tmp_path, GOOD.replace('purpose = "service"', 'purpose = "profit"'))
    assert load_templates(tmp_path).all() == ()


def test_names_given_to_every_template_are_few_and_plain() -> None:
    assert set(BUILT_IN) == {
        "greeting", "first_name", "last_name", "member_number", "today", "agent", "mutual",
    }  # fmt: skip
