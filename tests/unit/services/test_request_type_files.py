"""The files of request types: those that ship are good, and a bad one says where and why."""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.models.masking import Access, access, may_open
from avise.models.request_types import (
    MOST_VISIBLE,
    FieldCheck,
    LegalDelays,
    Queue,
    RequestFieldKind,
    RequestType,
)
from avise.models.requests import Priority
from avise.models.roles import Role
from avise.resources import resource_folder
from avise.services.answer_files import shipped_answers
from avise.services.reason_file import contact_reasons
from avise.services.request_type_files import check_request_types, load_request_types, shipped_request_types

FOLDER = resource_folder("requests")
FILES = sorted(FOLDER.glob("*.toml"))
TODAY = date(2026, 3, 24)
BOOK = shipped_request_types().book

ALL_TYPES = (
    "REIMB_SEARCH", "NOEMIE_REPAIR", "NOEMIE_CHECK", "REIMB_REVIEW", "COVER_QUESTION", "QUOTE_DENTAL",
    "QUOTE_OPTIC", "HOSPITAL_PEC", "QUOTE_AUDIO", "CARD_REISSUE", "CARD_REFUSED_AT_PROVIDER", "CERTIFICATE",
    "BENEF_ADD", "BENEF_REMOVE", "ADDRESS_CHANGE", "BANK_CHANGE", "CONTRIB_REVIEW", "SCHEDULE_CHANGE",
    "ARREARS_PLAN", "TERMINATION", "ENROLL_FOLLOW", "PLAN_CHANGE", "AFFILIATION", "WAIVER", "PORTABILITY",
    "DSN_ANOMALY", "DIGITAL_INCIDENT", "COMPLAINT", "DEATH", "OVERPAYMENT_PLAN", "THIRD_PARTY_ACCIDENT",
    "SOCIAL_AID", "SOCIAL_CONTACT", "EMAIL_CONTACT", "OTHER",
)  # fmt: skip
"""Every type of `domain.md` 2.4 and 3.3, and those by which contacts arrive."""

GOOD = """
avise = 1

[fact.card]
facet = "rights"
where = [{ field = "status", is = "refused" }]
latest = "valid_to"

[[type]]
id = "CARD_REISSUE"
reasons = ["R09"]
effective_from = 2026-01-01
queue = "CARTE_TP"
priority = "P3"
sla = "9h"
create = ["agent"]
handle = ["case_manager"]
outcomes = ["card_sent"]

[[type.field]]
id = "card_format"
kind = "choice"
choices = ["paper", "digital"]
from = "card.edition"

[[type.field]]
id = "refused_on"
kind = "date"
from = "card.valid_to"

[[type.field]]
id = "address_confirmed"
kind = "yes_no"
when = { field = "card_format", is = "paper" }

[[type.document]]
id = "rights_certificate"
when = { field = "card_format", is = "paper" }

[[type.case]]
when = { field = "refused_on", within_days = 2 }
priority = "P1"
"""

FIELD = '[[type.field]]\nid = "note"\nkind = "note"\n'


def written(folder: Path, text: str, name: str = "types.toml") -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return path


def told(path: Path) -> list[tuple[int, str]]:
    return [(problem.line, problem.message_key.partition(".")[2]) for problem in check_request_types(path)]


def kind_of(type_id: str) -> RequestType:
    found = BOOK.get(type_id)
    assert found is not None
    return found


# ---- what ships ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_that_ships_has_no_error(path: Path) -> None:
    assert [f"{found.line}: {found.sentence()}" for found in check_request_types(path)] == []


def test_every_type_of_the_domain_ships() -> None:
    assert sorted(each.id for each in BOOK.all()) == sorted(ALL_TYPES)
    assert BOOK.left_out == ()


def test_every_reason_for_contact_has_a_type_of_its_own() -> None:
    for reason in contact_reasons():
        assert [each.id for each in BOOK.by_reason(reason) if each.reasons[0] == reason], reason


def test_every_request_that_an_answer_proposes_exists() -> None:
    targets = {
        action.target
        for file in shipped_answers()
        for rule in file.answer
        for action in rule.actions
        if action.do == "request"
    }
    assert len(targets) > 20
    assert targets <= {each.id for each in BOOK.all()}


@pytest.mark.parametrize(
    ("type_id", "queue", "priority", "hours"),
    [
        ("REIMB_SEARCH", Queue.PREST_SOINS, Priority.P3, 27),
        ("NOEMIE_REPAIR", Queue.FLUX_NOEMIE, Priority.P3, 18),
        ("REIMB_REVIEW", Queue.PREST_SOINS, Priority.P3, 45),
        ("COVER_QUESTION", Queue.PREST_SOINS, Priority.P3, 18),
        ("QUOTE_DENTAL", Queue.PREST_DENT, Priority.P3, 27),
        ("QUOTE_OPTIC", Queue.PREST_OPT, Priority.P3, 18),
        ("HOSPITAL_PEC", Queue.PREST_HOSPI, Priority.P2, 4),
        ("QUOTE_AUDIO", Queue.PREST_AUDIO, Priority.P3, 27),
        ("CARD_REISSUE", Queue.CARTE_TP, Priority.P3, 9),
        ("CARD_REFUSED_AT_PROVIDER", Queue.CARTE_TP, Priority.P1, 4),
        ("CERTIFICATE", Queue.CONTRAT_IND, Priority.P4, 9),
        ("BENEF_ADD", Queue.CONTRAT_IND, Priority.P3, 27),
        ("ADDRESS_CHANGE", Queue.FLUX_NOEMIE, Priority.P3, 9),
        ("BANK_CHANGE", Queue.COTIS_ENC, Priority.P2, 9),
        ("CONTRIB_REVIEW", Queue.COTIS_ENC, Priority.P3, 27),
        ("ARREARS_PLAN", Queue.COTIS_REC, Priority.P2, 18),
        ("TERMINATION", Queue.RESIL, Priority.P2, 45),
        ("ENROLL_FOLLOW", Queue.CONTRAT_IND, Priority.P3, 18),
        ("PLAN_CHANGE", Queue.CONTRAT_IND, Priority.P3, 27),
        ("AFFILIATION", Queue.CONTRAT_COLL, Priority.P3, 27),
        ("DSN_ANOMALY", Queue.CONTRAT_COLL, Priority.P3, 45),
        ("DIGITAL_INCIDENT", Queue.DIGITAL, Priority.P3, 18),
        ("DEATH", Queue.DECES, Priority.P1, 9),
        ("THIRD_PARTY_ACCIDENT", Queue.RCT, Priority.P3, 45),
        ("SOCIAL_AID", Queue.ACTION_SOC, Priority.P3, 90),
    ],
)
def test_a_type_goes_where_and_as_fast_as_the_domain_says(
    type_id: str, queue: Queue, priority: Priority, hours: int
) -> None:
    handling = kind_of(type_id).handling_for({}, TODAY)
    assert (handling.queue, handling.priority, handling.sla_minutes) == (queue, priority, hours * 60)


def test_a_stay_that_begins_within_two_days_is_of_the_first_priority() -> None:
    assert kind_of("HOSPITAL_PEC").handling_for({"admission_on": "2026-03-26"}, TODAY).priority is Priority.P1
    assert kind_of("HOSPITAL_PEC").handling_for({"admission_on": "2026-03-27"}, TODAY).priority is Priority.P2


def test_a_public_mention_is_answered_in_two_hours_and_a_private_message_in_four() -> None:
    social = kind_of("SOCIAL_CONTACT")
    assert social.handling_for({"visibility": "public"}, TODAY).sla_minutes == 120
    assert social.handling_for({"visibility": "private"}, TODAY).sla_minutes == 240


def test_what_a_group_contract_asks_goes_to_the_group_queue() -> None:
    for type_id in ("CERTIFICATE", "BENEF_ADD", "BENEF_REMOVE"):
        assert kind_of(type_id).handling_for({"cover": "group"}, TODAY).queue is Queue.CONTRAT_COLL


def test_only_a_complaint_has_a_legal_clock() -> None:
    assert kind_of("COMPLAINT").legal == LegalDelays(acknowledge_working_days=10, answer_months=2)
    assert [each.id for each in BOOK.all() if each.legal] == ["COMPLAINT"]


def test_only_social_aid_hides_its_content_from_other_queues() -> None:
    assert [each.id for each in BOOK.all() if each.confidential] == ["SOCIAL_AID"]


def test_a_complaint_is_proposed_after_any_reason() -> None:
    assert set(kind_of("COMPLAINT").reasons) == set(contact_reasons())


def test_an_account_is_typed_twice_and_kept_once() -> None:
    change = kind_of("BANK_CHANGE")
    assert [each.id for each in change.fields if each.same_as == "iban"] == ["iban_again"]
    assert [each.id for each in BOOK.all() for f in each.fields if f.kind is RequestFieldKind.IBAN] == [
        "BANK_CHANGE", "BANK_CHANGE",
    ]  # fmt: skip
    assert Role.REP not in change.created_by


def test_an_early_renewal_of_glasses_is_a_code_and_no_correction_is_asked() -> None:
    optic = kind_of("QUOTE_OPTIC")
    renewal = optic.field_named("early_renewal")
    assert renewal is not None
    assert renewal.kind is RequestFieldKind.CHOICE
    free = {RequestFieldKind.TEXT, RequestFieldKind.NOTE, RequestFieldKind.NUMBER}
    assert [each.id for each in optic.fields if each.kind in free] == []


def test_no_form_shows_more_than_six_fields_or_asks_for_a_social_security_number() -> None:
    for each in BOOK.all():
        assert sum(not field.folded for field in each.fields) <= MOST_VISIBLE, each.id
        assert not [field.id for field in each.fields if "nir" in field.id or "security" in field.id]


def test_a_type_can_be_created_and_handled_by_roles_that_read_customer_data() -> None:
    for each in BOOK.all():
        assert each.created_by
        assert each.handled_by
        assert not (each.created_by | each.handled_by) & {Role.AUDITOR, Role.ADMINISTRATOR}


def test_the_number_of_a_hospital_is_checked() -> None:
    number = kind_of("HOSPITAL_PEC").field_named("facility_number")
    assert number is not None
    assert number.check is FieldCheck.FINESS


def test_nothing_is_prefilled_that_a_role_reads_masked() -> None:
    for prefills in shipped_request_types().prefills.values():
        for well in prefills.values():
            if well.fact is None:
                continue
            spec = FACETS[well.fact.facet]
            field = spec.field(well.field)
            assert field.kind not in (FieldKind.NIR, FieldKind.IBAN)
            readers = [role for role in Role if may_open(role, spec)]
            assert all(access(role, field.datum) is Access.CLEAR for role in readers), field.name


# ---- errors ----------------------------------------------------------------------------------------


def test_a_good_file_has_no_error(tmp_path: Path) -> None:
    assert told(written(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('facet = "rights"', 'facet = "right"', [(4, "unknown_facet")]),
        ('is = "refused"', 'is = "refuse"', [(5, "unknown_code")]),
        ('"CARD_REISSUE"', '"card_reissue"', [(9, "type_id")]),
        ('"CARD_REISSUE"', '"NOBODY_WROTE_IT"', [(9, "no_sentence")]),
        ('reasons = ["R09"]', 'reasons = ["9"]', [(10, "reason")]),
        ('reasons = ["R09"]', 'reasons = ["R09", "R09"]', [(10, "twice")]),
        ("effective_from = 2026-01-01\n", "", [(8, "missing_key")]),
        ('queue = "CARTE_TP"', 'queue = "CARTE_PT"', [(12, "not_one_of")]),
        ('priority = "P3"', 'priority = "P5"', [(13, "not_one_of")]),
        ('sla = "9h"', 'sla = "1d"', [(14, "hours")]),
        ('sla = "9h"', 'sla = "0h"', [(14, "hours")]),
        ('sla = "9h"', 'sla = "9h"\nescalate_at = 0.5', [(15, "too_small")]),
        ('create = ["agent"]', 'create = ["auditor"]', [(15, "not_one_of")]),
        ('handle = ["case_manager"]', "handle = []", [(16, "empty_value")]),
        ('outcomes = ["card_sent"]', 'outcomes = ["card_dent"]', [(17, "no_sentence")]),
        ('outcomes = ["card_sent"]', 'outcome = ["card_sent"]', [(17, "unknown_key")]),
        ('id = "address_confirmed"', 'id = "nir"', [(31, "no_nir"), (31, "no_sentence")]),
        ('kind = "choice"', 'kind = "choices"', [(21, "not_one_of")]),
        ('choices = ["paper", "digital"]\n', "", [(19, "missing_key")]),
        ('choices = ["paper", "digital"]', 'choices = ["paper", "paper"]', [(22, "twice")]),
        ('from = "card.edition"', 'from = "edition"', [(23, "from")]),
        ('from = "card.edition"', 'from = "cart.edition"', [(23, "unknown_fact")]),
        ('from = "card.edition"', 'from = "card.editions"', [(23, "unknown_field")]),
        ('from = "card.edition"', 'from = "card.valid_to"', [(23, "wrong_kind")]),
        ('from = "card.edition"', 'from = "today"', [(23, "not_a_date")]),
        ('from = "card.edition"', 'codes = { paper = "paper" }', [(23, "codes_alone")]),
        ('.edition"', '.edition"\ncodes = { sheet = "paper" }', [(24, "unknown_code")]),
        ('.edition"', '.edition"\ncodes = { paper = "sheet" }', [(24, "unknown_code")]),
        ('from = "card.edition"', 'from = "card.edition"\nfolded = true', [(24, "folded")]),
        ('kind = "date"', 'kind = "date"\nleast = 1', [(28, "not_for_kind")]),
        ('kind = "date"', 'kind = "date"\ncheck = "finess"', [(28, "not_for_kind")]),
        ('kind = "date"', 'kind = "date"\nsame_as = "card_format"', [(28, "unknown_field")]),
        ('id = "refused_on"', 'id = "card_format"', [(26, "field_twice"), (40, "unknown_field")]),
        ('kind = "yes_no"\nwhen = { field = "card_format"', 'kind = "yes_no"\nwhen = { field = "card"',
         [(33, "unknown_field")]),
        ('kind = "yes_no"\nwhen = { field = "card_format", is = "paper" }',
         'kind = "yes_no"\nwhen = { field = "card_format", is = "papers" }', [(33, "unknown_code")]),
        ('kind = "yes_no"\nwhen = { field = "card_format", is = "paper" }',
         'kind = "yes_no"\nwhen = { field = "card_format" }', [(33, "one_comparison")]),
        ('kind = "yes_no"\nwhen = { field = "card_format", is = "paper" }',
         'kind = "yes_no"\nwhen = { field = "refused_on", is = "x" }', [(33, "not_compared")]),
        ('id = "rights_certificate"', 'id = "right_certificate"', [(36, "no_sentence")]),
        ('field = "refused_on", within', 'field = "card_format", within', [(40, "not_a_date")]),
        ('priority = "P1"\n', "", [(39, "empty_case")]),
    ],
)  # fmt: skip
def test_each_error_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, expected: list[tuple[int, str]]
) -> None:
    assert before in GOOD
    found = told(written(tmp_path, GOOD.replace(before, after, 1)))
    assert sorted(set(found)) == expected


def test_a_slip_in_a_name_is_answered_with_the_name_that_was_meant(tmp_path: Path) -> None:
    (problem,) = check_request_types(written(tmp_path, GOOD.replace('"CARTE_TP"', '"CARTE_PT"')))
    assert problem.params["suggestion"] == "CARTE_TP"
    assert problem.sentence().count("CARTE_TP") == 2


def test_a_seventh_field_must_be_folded(tmp_path: Path) -> None:
    names = ("note", "question", "argument", "needs")
    more = "".join(FIELD.replace('"note"\nkind', f'"{name}"\nkind') for name in names)
    found = told(written(tmp_path, GOOD.replace("[[type.document]]", more + "[[type.document]]")))
    assert [key for _, key in found] == ["too_many_fields"]
    folded = more.removesuffix("\n") + "\nrequired = false\nfolded = true\n"
    assert told(written(tmp_path, GOOD.replace("[[type.document]]", folded + "[[type.document]]"))) == []


@pytest.mark.parametrize(
    ("kind", "source"),
    [("text", "benefits.label"), ("text", "identity.nir"), ("provider", "benefits.provider")],
)
def test_what_some_role_reads_masked_prefills_nothing(tmp_path: Path, kind: str, source: str) -> None:
    field = f'[[type.field]]\nid = "note"\nkind = "{kind}"\nfrom = "{source}"\n\n[[type.document]]'
    found = told(written(tmp_path, GOOD.replace("[[type.document]]", field, 1)))
    assert [key for _, key in found] == ["hidden_field"]


def test_every_error_is_told_at_once(tmp_path: Path) -> None:
    bad = GOOD.replace('"R09"', '"9"').replace('"P3"', '"P7"').replace('sla = "9h"', 'sla = "9 h"')
    assert len(told(written(tmp_path, bad))) == 3


def test_the_same_type_may_come_again_from_another_day_and_not_from_the_same(tmp_path: Path) -> None:
    again = GOOD.partition("[[type]]")[2]
    later = again.replace("2026-01-01", "2026-07-01")
    assert told(written(tmp_path, f"{GOOD}\n[[type]]{later}")) == []
    assert [key for _, key in told(written(tmp_path, f"{GOOD}\n[[type]]{again}"))] == ["twice"]


# ---- loading ---------------------------------------------------------------------------------------


def test_a_file_with_errors_is_left_out_alone_and_named_and_its_values_are_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written(tmp_path, GOOD.replace('"CARTE_TP"', '"CANARY"'), "a.toml")
    written(tmp_path, GOOD, "b.toml")
    with caplog.at_level(logging.ERROR):
        types = load_request_types(tmp_path)
    assert types.book.left_out == ("a.toml",)
    assert [each.id for each in types.book.all()] == ["CARD_REISSUE"]
    assert "a.toml" in caplog.text
    assert "CANARY" not in caplog.text


def test_a_file_that_tells_a_version_again_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, GOOD, "a.toml")
    written(tmp_path, GOOD.replace('"9h"', '"90h"'), "b.toml")
    types = load_request_types(tmp_path)
    assert types.book.left_out == ("b.toml",)
    assert [each.handling.sla_minutes for each in types.book.all()] == [540]


def test_an_empty_folder_gives_an_empty_book(tmp_path: Path) -> None:
    assert load_request_types(tmp_path).book.all() == ()


def _blocks(page: str) -> Iterator[str]:
    _, _, section = page.partition("## Request types")
    yield from re.findall(r"```toml\n(.*?)```", section, re.DOTALL)


def test_the_example_of_the_documentation_has_no_error(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "writing-rules.md").read_text("utf-8")
    blocks = list(_blocks(page))
    assert blocks
    assert told(written(tmp_path, "avise = 1\n" + "\n".join(blocks))) == []
