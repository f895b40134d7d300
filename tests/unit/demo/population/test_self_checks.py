"""Each self-check finds what it looks for: a fault put in by hand is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from avise.demo.population import self_checks
from avise.demo.population.entities import Dossier
from avise.demo.population.generate import generate_dossier
from avise.demo.population.personas import PERSONAS
from avise.demo.population.spec import WorldSpec

SPEC = WorldSpec.for_preset("mini")


def _lead() -> Dossier:
    return generate_dossier(SPEC, PERSONAS["P00"].index)


def _short_of_a_cent(dossier: Dossier) -> Dossier:
    first = dossier.benefit_lines[0]
    return replace(dossier, benefit_lines=(replace(first, spent=first.spent + Decimal("0.01")),))


def _flat_reimbursed(dossier: Dossier) -> Dossier:
    line = next(line for line in dossier.benefit_lines if line.flat)
    moved = replace(line, amount=line.amount + line.out_of_pocket, out_of_pocket=Decimal("0.00"))
    return replace(dossier, benefit_lines=(moved,))


def _older_child(dossier: Dossier) -> Dossier:
    spouse, child = dossier.beneficiaries
    person = replace(child.person, birth_date=dossier.member.birth_date + timedelta(days=4_000))
    return replace(dossier, beneficiaries=(spouse, replace(child, person=person)))


def _real_phone(dossier: Dossier) -> Dossier:
    point = replace(dossier.contact_points[1], value="+33612345678")
    return replace(dossier, contact_points=(dossier.contact_points[0], point))


def _real_nir(dossier: Dossier) -> Dossier:
    return replace(dossier, member=replace(dossier.member, nir="268034410923511"))


def _care_before_the_contract(dossier: Dossier) -> Dossier:
    line = replace(dossier.benefit_lines[0], care_date=date(1999, 1, 1))
    return replace(dossier, benefit_lines=(line,))


def _somebody_else_s_care(dossier: Dossier) -> Dossier:
    line = replace(dossier.benefit_lines[0], party="PTY-00000000")
    return replace(dossier, benefit_lines=(line,))


def _over_the_ceiling(dossier: Dossier) -> Dossier:
    rule = next(rule for rule in dossier.guarantees if rule.ceiling is not None)
    assert rule.ceiling is not None
    return replace(dossier, guarantees=(replace(rule, used=rule.ceiling + 1),))


def _glasses_twice(dossier: Dossier) -> Dossier:
    line = dossier.benefit_lines[0]
    again = replace(line, number="again", care_date=line.care_date - timedelta(days=300))
    return replace(dossier, benefit_lines=(line, again))


def _late_answer(dossier: Dossier) -> Dossier:
    complaint = dossier.complaints[0]
    return replace(
        dossier, complaints=(replace(complaint, answer_by=complaint.answer_by + timedelta(days=1)),)
    )


def _unknown_code(dossier: Dossier) -> Dossier:
    return replace(dossier, benefit_lines=(replace(dossier.benefit_lines[0], status="lost"),))


def _wrong_shape(dossier: Dossier) -> Dossier:
    ids = replace(dossier.member.ids, registration=dossier.member.nir)
    return replace(dossier, member=replace(dossier.member, ids=ids))


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (_short_of_a_cent, "money_adds_up"),
        (_flat_reimbursed, "money_adds_up"),
        (_older_child, "ages_fit_relations"),
        (_real_phone, "numbers_are_fiction"),
        (_real_nir, "numbers_are_fiction"),
        (_care_before_the_contract, "care_is_covered"),
        (_somebody_else_s_care, "care_is_covered"),
        (_over_the_ceiling, "ceilings_hold"),
        (_glasses_twice, "equipment_waits"),
        (_late_answer, "complaints_are_dated"),
        (_unknown_code, "codes_are_canonical"),
        (_wrong_shape, "identifiers_are_shaped"),
    ],
)
def test_a_fault_put_in_by_hand_is_reported(fault: Callable[[Dossier], Dossier], check: str) -> None:
    found = list(self_checks.violations([fault(_lead())]))
    assert any(line.startswith(f"{check}: ") for line in found), found


def test_amounts_ten_percent_too_high_are_reported() -> None:
    spec = replace(WorldSpec.for_preset("demo"), dossiers=300)
    swollen = (
        replace(
            dossier,
            benefit_lines=tuple(replace(line, amount=line.amount * 2) for line in dossier.benefit_lines),
        )
        for dossier in (generate_dossier(spec, index) for index in range(44, 300))
    )
    assert any(line.startswith("euros") for line in self_checks.averages(spec, swollen))
