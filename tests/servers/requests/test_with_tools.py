"""A desk with the tools of a mutual in a box: forms start from what they know, requests show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avise.engine.engine import Engine
from avise.models.customer import PersonId
from avise.models.roles import Purpose, Role
from avise.services.customer_updates import OpeningSettled
from avise.services.request_values import NewRequest, RequestForm
from tests.servers.engine.conftest import MutualInABox
from tests.servers.engine.conftest import mutual as mutual  # noqa: PLC0414 - a fixture of this package too
from tests.servers.requests.desks import EnvOf, House, Worker, detail, first, hire, opened, run

MARC = Worker(
    "lea.girard", "Léa Girard", Role.CASE_MANAGER, ("queue/PREST_SOINS", "queue/ACCUEIL", "team/PRESTATIONS")
)
AS_OF = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
"""The day of the population: what its tools tell of is recent."""

TYPED = {"amount_expected": "250,15", "argument": "Le devis annonçait davantage."}


@pytest.fixture
def desk(mutual: MutualInABox, house: House, tmp_path: Path) -> Iterator[Engine]:
    """Open the desk of a case manager who has tools."""
    run(hire(house.hub, (MARC,)))
    folder = mutual.profile(tmp_path / "with-tools")
    settings = folder / "settings.toml"
    text = settings.read_text("utf-8").replace('role = "agent"', 'role = "case_manager"')
    hub = (house.hub / "hub.db").as_posix()
    settings.write_text(f'{text}\n[hub]\nmode = "embedded"\nfile = "{hub}"\n', encoding="utf-8")
    with opened(folder, EnvOf(AS_OF)) as engine:
        engine.run(engine.directory_ready())
        yield engine


def helene(desk: Engine) -> PersonId:
    return desk.run(desk.desk.search("marchand helene")).hits[0].entry.person


def filled(form: RequestForm) -> dict[str, str]:
    """Fill what the tools did not."""
    choices = {field.id: field.choices for field in form.fields}
    return {
        field.id: field.value or _first_choice(choices[field.id]) or TYPED.get(field.id, "")
        for field in form.fields
        if field.required
    }


def _first_choice(choices: tuple[tuple[str, str], ...]) -> str:
    return choices[0][0] if choices else ""


async def _opened_form(engine: Engine, person: PersonId) -> RequestForm:
    updates = engine.desk.open_customer(person, Purpose.CALL)
    try:
        async for update in updates:
            if isinstance(update, OpeningSettled):
                break
        return await engine.desk.request_form("REIMB_REVIEW", person)
    finally:
        await updates.aclose()  # type: ignore[attr-defined]  # a generator


def test_a_form_starts_from_what_the_tools_tell_and_the_request_shows_what_they_found(desk: Engine) -> None:
    person = helene(desk)
    form = desk.run(_opened_form(desk, person))
    told = {field.id: field.source for field in form.fields if field.value and field.source}
    assert {"person", "care_date", "amount_paid"} <= told.keys()

    new = NewRequest("REIMB_REVIEW", person, filled(form), words="Où est le virement ?")
    assert desk.run(desk.desk.check_request(new)) == ()
    made = desk.run(desk.desk.create_request(new)).done[0]

    shown = detail(desk, made, lambda found: bool(found.facts))
    assert all(fact.sentence and fact.source for fact in shown.facts)
    assert shown.facts_as_of is not None
    assert shown.who is not None
    assert {line.field for line in shown.form} >= set(TYPED)
    rows = desk.run(first(desk.desk.requests_of(person), bool))
    assert [row.id for row in rows] == [made]
