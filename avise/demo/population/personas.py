"""The scripted people of demos, docs and tests: same member numbers and telephones in every world.

Indexes: 0 the lead, 1 to 24 the personas of `domain.md` 7.9, 25 to 27 further homonyms, then six colleagues
at the scripted bakery, then, in worlds that have them, the very long dossiers.
"""

from __future__ import annotations

from collections.abc import Mapping

from avise.demo.population import lead
from avise.demo.population import stories_care as care
from avise.demo.population import stories_contract as contract
from avise.demo.population.external_ids import member_number
from avise.demo.population.places import LOIRE_ATLANTIQUE
from avise.demo.population.plans import COMFORT
from avise.demo.population.scripting import Persona, Relative, Script, persona_of, years

SCRIPTED: tuple[Script, ...] = (
    lead.SCRIPT,
    care.DENTAL_QUOTE,
    care.NEWBORN,
    contract.TERMINATION,
    contract.BAKERY_EMPLOYEE,
    contract.POTTER,
    contract.CURATORSHIP,
    contract.STUDENT,
    contract.FAMILY,
    contract.RETIREMENT,
    contract.ARREARS,
    care.HOSPITAL_TOMORROW,
    care.CARD_REFUSED,
    care.REPEATED_CALLER,
    contract.SUSPECT_ACCOUNT,
    care.RELAY,
    contract.CONFIDENTIAL,
    contract.STAFF_MEMBER,
    contract.DEATH,
    contract.PORTABILITY,
    contract.HOMONYM_A,
    contract.OVERSEAS,
    contract.CORSICANS,
    contract.PROSPECT,
    contract.DELEGATE,
    contract.HOMONYM_B,
    contract.HOMONYM_C,
    contract.HOMONYM_D,
)
"""The personas, in the order of their indexes."""

PERSONAS: Mapping[str, Persona] = {
    script.code: persona_of(script, index) for index, script in enumerate(SCRIPTED)
}
"""By code: "P00" the lead, "P01" to "P24", "P20b" to "P20d"."""

BAKERY_COLLEAGUES = range(len(SCRIPTED), len(SCRIPTED) + 6)
"""Indexes of the six other employees of « Le Fournil des Ormes »."""

_FIRST_HEAVY = BAKERY_COLLEAGUES.stop
_HEAVY: tuple[tuple[str, float, float], ...] = (
    ("Longueval", 25.0, 336.0), ("Interminier", 9.0, 60.0), ("Kilomarec", 7.0, 40.0), ("Registrou", 6.0,
    30.0),
    ("Volumard", 5.0, 25.0), ("Archivet", 5.0, 20.0), ("Chroniquer", 4.0, 15.0), ("Feuillantin", 4.0, 12.0),
    ("Pagelou", 3.0, 10.0), ("Liassier", 3.0, 8.0),
)  # fmt: skip
HEAVY: Mapping[int, tuple[float, float]] = {
    _FIRST_HEAVY + place: (acts, talk) for place, (_, acts, talk) in enumerate(_HEAVY)
}
"""Index of each very long dossier, and what multiplies its acts and its exchanges.

The first holds about 3,000 benefit lines and 10,000 exchanges. They exist in worlds whose spec says `heavy`.
"""

HEAVY_MEMBER_NUMBERS: tuple[str, ...] = tuple(member_number(index) for index in HEAVY)
"""Member numbers of the very long dossiers, the longest first."""


def _heavy_script(name: str, place: int) -> Script:
    spouse = Relative("Roger", "M", years(80), "spouse")
    return Script(
        "", "Dossier très long, pour les mesures.", name, "Simone", "F", years(78), LOIRE_ATLANTIQUE[place],
        "retired", COMFORT, 30, relatives=(spouse,), mobile=4150 + place,
    )  # fmt: skip


_HEAVY_SCRIPTS = {_FIRST_HEAVY + place: _heavy_script(row[0], place) for place, row in enumerate(_HEAVY)}


def script_of(index: int, *, heavy: bool) -> Script | None:
    """Return the script of a dossier, None for one that is drawn."""
    if index < len(SCRIPTED):
        return SCRIPTED[index]
    return _HEAVY_SCRIPTS.get(index) if heavy else None
