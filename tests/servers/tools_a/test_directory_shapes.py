from __future__ import annotations

from dataclasses import replace

import pytest

from avise.demo.population.entities import Beneficiary, ContactPoint
from avise.demo.tools.parties.shapes import person_change
from tests.servers.tools_a.world import dossier, person

MOBILE, LANDLINE = "+33639981234", "+33199001234"
HOME = replace(
    dossier(3),
    contact_points=(
        ContactPoint("address", "1 rue des Ormes", "Trévès", "99100"),
        ContactPoint("mobile", MOBILE),
        ContactPoint("landline", LANDLINE),
        ContactPoint("email", "h.m@exemple.invalid"),
    ),
)


@pytest.mark.parametrize(
    ("relation", "phones", "mail"),
    [
        ("", ["0639981234", "0199001234"], "h.m@exemple.invalid"),
        ("spouse", ["0199001234"], None),
        ("child", [], None),
    ],
)
def test_only_the_home_telephone_is_shared_and_between_partners(
    relation: str, phones: list[str], mail: str | None
) -> None:
    covered = Beneficiary(replace(person(4), kind="beneficiary"), relation, 1, HOME.member_since)
    change = person_change(covered.person if relation else HOME.member, HOME, relation)
    assert (change["tels"], change["mel"], change["ville"]) == (phones, mail, "Trévès")
    assert change["dossierDe"] == (HOME.ids.party if relation else None)
