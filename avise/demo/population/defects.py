"""The faults injected on purpose (`domain.md` 7.8): their tags, their rates, and what a tool makes of them.

A tag on an entity says that something is wrong with it and that the self-checks must let it pass.
"""

from __future__ import annotations

from datetime import date, timedelta

from avise.demo.population.entities import Person

DUPLICATE = "duplicate"
"""On a dossier and on each further party record of its member."""
ADDRESS_CONFLICT = "address_conflict"
"""On a dossier: the relation tool kept another address."""
BIRTH_DATE_DIFFERS = "birth_date_differs"
"""On a person: the complaints tool has the day after."""
MOJIBAKE = "mojibake"
"""On a dossier: the complaints tool read its UTF-8 names as latin-1."""
ORPHAN = "orphan"
"""On a document whose folder is nobody's."""
UNATTACHED = "unattached"
"""On an exchange with nobody known."""
REGULARISATION = "regularisation"
"""On a benefit line that takes money back: every amount is negative."""
REVERSED = "reversed"
"""On a benefit line whose payment was annulled."""
OUTSIDE_RIGHTS = "outside_rights"
"""On a benefit line of a day without cover, refused for that reason."""
FUTURE_CONTRACT = "future_contract"
"""On a contract that starts after today."""
CLOCK_CHANGE = "clock_change"
"""On an exchange in the hour that the clocks of Paris repeat."""
TWINS = "twins"
"""On twins: same birth date, same rank."""
STALE = "stale"
"""On a dossier whose flows were not refreshed for a week."""

DUPLICATE_RATE = 0.008
ADDRESS_CONFLICT_RATE = 0.015
BIRTH_DATE_RATE = 0.003
MOJIBAKE_RATE = 0.04
ORPHAN_RATE = 0.005
UNATTACHED_RATE = 0.02
REGULARISATION_RATE = 0.007
REVERSED_RATE = 0.002
FUTURE_CONTRACT_RATE = 0.01
STALE_RATE = 0.04
CLOCK_CHANGE_RATE = 0.005
NOEMIE_REJECTED_RATE, NOEMIE_WAITING_RATE, NOEMIE_CONFLICT_RATE = 0.025, 0.015, 0.008


def birth_date_in_complaints(person: Person) -> date:
    """Return the birth date that the complaints tool holds."""
    return person.birth_date + timedelta(days=1 if BIRTH_DATE_DIFFERS in person.defects else 0)


def misread(text: str) -> str:
    """Return UTF-8 text as a tool in latin-1 reads it ("Hélène" becomes "HÃ©lÃ¨ne")."""
    return text.encode().decode("latin-1")
