"""An action whose promises cannot be kept is refused before it is ever offered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors.action_contract import Idempotency, InputChoice, InputType, OfflineRule
from avise.connectors.contract import PerformsActions
from avise.connectors.declarative import ProblemAt, check_connector_file, load_connector_file
from avise.texts import set_language
from tests.unit.connectors.declarative.acting_file import FILE


def check(tmp_path: Path, text: str) -> list[ProblemAt]:
    path = tmp_path / "connector.toml"
    path.write_text(text, encoding="utf-8")
    return check_connector_file(path)


def replaced(old: str, new: str) -> str:
    assert old in FILE
    return FILE.replace(old, new)


def test_a_file_that_acts_passes_as_it_is(tmp_path: Path) -> None:
    assert [problem.sentence() for problem in check(tmp_path, FILE)] == []


WRONG = {
    "queued without idempotency": (
        'idempotency = "verify"\noffline = "queue"',
        'idempotency = "none"\noffline = "queue"',
        "action_none_queued",
        "refuse",
    ),
    "step up and queued": (
        'idempotency = "verify"\noffline = "queue"',
        'idempotency = "verify"\nconfirm = "step_up"\noffline = "queue"',
        "action_step_up_queued",
        "refuse",
    ),
    "none with a way to verify": (
        'idempotency = "verify"\noffline = "queue"',
        'idempotency = "none"',
        "action_none_verified",
        "verify",
    ),
    "a key that nobody can verify": (
        "verify = { facet = \"rights\", exists = \"commande == '{command_id}'\", reference = 'commande' }",
        "",
        "action_needs_verify",
        "none",
    ),
    "a client identifier that is not sent": (
        'idempotency = "natural"',
        'idempotency = "client_id"',
        "action_no_command_id",
        "{command_id}",
    ),
    "a natural POST": ('method = "PUT"', 'method = "POST"', "action_natural_post", "PUT"),
    "natural without precondition": (
        'headers = { "If-Match" = "{precondition.adresse}" }',
        "",
        "action_no_precondition",
        "{precondition.adresse}",
    ),
    "an unknown input": (
        'cp = "{input.postcode}"',
        'cp = "{input.postcod}"',
        "action_input_undeclared",
        "postcode",
    ),
    "an unknown precondition": (
        '"{precondition.adresse}"',
        '"{precondition.adress}"',
        "action_precondition_undeclared",
        "adresse",
    ),
    "a typed value in an address": (
        'path = "/members/{customer.tool.member}/address"\njson',
        'path = "/members/{customer.tool.member}/{input.line}"\njson',
        "action_input_in_address",
        "",
    ),
    "a restricted number in a body": (
        'cp = "{input.postcode}"',
        'cp = "{customer.tool.nir}"',
        "restricted_in_request",
        "",
    ),
    "a facet that the file does not read": (
        "verify = { facet = \"rights\"",
        "verify = { facet = \"right\"",
        "action_facet_undeclared",
        "rights",
    ),
    "an unknown facet to read again": (
        'touches = ["rights"]',
        'touches = ["right"]',
        "unknown_facet",
        "rights",
    ),
    "a change of no field": ('value = "{input.line}"', 'valu = "{input.line}"', "unknown_field", "value"),
    "a file without its reference": ('reference = "numero"\n', "", "action_no_reference", "reference"),
    "a deadline above the cap": ('deadline = "20s"', 'deadline = "2m"', "too_large", ""),
    "a choice without choices": (
        'choices = { PERTE = "Perdue", VOL = "Volée" }, ',
        "",
        "config_choices",
        "",
    ),
    "a condition that cannot be read": ("commande == '{command_id}'", "commande ==", "expression", ""),
    "a placeholder in the middle of a text": (
        "commande == '{command_id}'",
        "commande == 'x{command_id}'",
        "placeholder_quoted",
        "",
    ),
    "no place to read": ('path = "/orders"\n', "", "action_place", ""),
    "no idempotency": ('idempotency = "key"\n', "", "missing_key", ""),
    "an unknown way to be sure": ('idempotency = "key"', 'idempotency = "keys"', "not_one_of", "key"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "meant"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_cannot_work_is_told_with_what_was_meant(
    tmp_path: Path, old: str, new: str, key: str, meant: str, language: str
) -> None:
    set_language(language)
    found = [
        problem
        for problem in check(tmp_path, replaced(old, new))
        if problem.message_key == f"connector_check.{key}"
    ]
    set_language("fr")
    assert found
    assert found[0].params.get("suggestion", "") == meant
    assert "connector_check." not in found[0].sentence()


def test_an_error_is_told_at_its_line(tmp_path: Path) -> None:
    text = replaced('idempotency = "natural"', 'idempotency = "client_id"')
    (problem,) = check(tmp_path, text)
    lines = text.splitlines()
    assert lines[problem.line - 1].strip().startswith("[action.request]")


def test_the_manifest_tells_what_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "connector.toml"
    path.write_text(FILE, encoding="utf-8")
    loaded = load_connector_file(path)
    assert isinstance(loaded.connector, PerformsActions)
    card = next(action for action in loaded.manifest.actions if action.action == "resend_card")
    assert (card.idempotency, card.offline, card.expires) == (
        Idempotency.KEY,
        OfflineRule.QUEUE,
        timedelta(hours=48),
    )
    assert card.deadline == timedelta(seconds=20)
    assert card.inputs[0].type is InputType.CHOICE
    assert card.inputs[0].choices == (InputChoice("PERTE", "Perdue"), InputChoice("VOL", "Volée"))


def test_a_file_without_actions_does_not_act(tmp_path: Path) -> None:
    path = tmp_path / "connector.toml"
    path.write_text(FILE.partition("[[action]]")[0], encoding="utf-8")
    assert not isinstance(load_connector_file(path).connector, PerformsActions)
