"""Whose portfolio the people of the demonstration are in."""

from __future__ import annotations

from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.population.staff import REPRESENTATIVES, login_of, portfolio_of
from avise.demo.tools.parties.shapes import person_change

SPEC = WorldSpec(dossiers=60, heavy=False)


def test_the_representative_of_the_window_has_a_portfolio() -> None:
    assert portfolio_of("44000") == login_of(REPRESENTATIVES[0]) == "bruno.kerhoas"
    assert portfolio_of("75011") == portfolio_of("") == ""


def test_a_household_is_in_one_portfolio() -> None:
    seen = 0
    for dossier in iter_dossiers(SPEC):
        mine = person_change(dossier.member, dossier, "")["portefeuille"]
        seen += mine == "bruno.kerhoas"
        for covered in dossier.beneficiaries:
            assert person_change(covered.person, dossier, covered.relation)["portefeuille"] == mine
    assert seen > 10
