"""Exchanges with somebody whom no tool knows keep the name and the number that were given."""

from __future__ import annotations

from avise.models.journal import EventKind
from avise.models.own_history import unlinked_interactions
from tests.unit.models.events_builder import event


def test_an_exchange_keeps_who_spoke_and_from_which_number() -> None:
    body = {"title": "Odile Riou", "caller": "Odile Riou", "phone": "+33199009999", "reason": "R01"}
    (found,) = unlinked_interactions([event(EventKind.INTERACTION_RECORDED, "unlinked", body)])
    assert (found.caller, found.phone, found.interaction.reason) == ("Odile Riou", "+33199009999", "R01")


def test_an_exchange_of_an_earlier_version_has_neither() -> None:
    (found,) = unlinked_interactions(
        [event(EventKind.INTERACTION_RECORDED, "unlinked", {"title": "inconnu"})]
    )
    assert (found.caller, found.phone) == ("", "")
