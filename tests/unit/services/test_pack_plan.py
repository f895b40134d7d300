"""Whom an order takes on board, which documents, until when, and what their care came to."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import FacetOffer, Record
from avise.connectors.readings import SourceOffer
from avise.models.care_totals import care_totals, first_day_of_totals
from avise.models.customer import DirectoryEntry, Party, PartyKind, PersonId, SearchAnswer
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.packs import PackKind
from avise.models.roles import Role
from avise.services.agenda import STAFF, diary_key
from avise.services.pack_values import PackOrder
from avise.services.packs.documents import MAX_BYTES, chosen_documents
from avise.services.packs.plan import MOST_VISITS, end_of, plan_of
from avise.services.packs.visited import Visited, visited_in
from tests.unit.engine.packed_desk import REP, customer
from tests.unit.services.scripted_sources import ScriptedSources, answer

MONDAY = date(2026, 3, 23)
ORDER = PackOrder(MONDAY, days=5)


def document(number: int, **data: JSON) -> tuple[str, Record]:
    dated = f"2026-03-{number:02}T09:00:00+01:00"
    told: Record = Record(
        f"d{number}", {"title": f"Pièce {number}", "dated": dated, "medical": False, **data}
    )
    return "documents", told


def test_packs_end_the_night_after_the_days_that_follow_the_last_visit() -> None:
    # The clocks change on 29 March 2026: the night is the one of Paris.
    assert end_of(ORDER, 3).astimezone(UTC) == datetime(2026, 3, 30, 22, tzinfo=UTC)
    assert end_of(replace(ORDER, days=1), 0).astimezone(UTC) == datetime(2026, 3, 23, 23, tzinfo=UTC)


def test_whoever_is_visited_twice_is_taken_once_and_so_many_at_most() -> None:
    many = tuple(customer(number) for number in range(30))
    plan = plan_of(ORDER, many, Visited((many[3], many[1], *many)), Role.REP, 3)
    assert plan.visits[:3] == (many[3], many[1], many[0])
    assert len(plan.visits) == MOST_VISITS
    assert len(plan.persons()) == 30
    assert plan.persons()[:2] == (many[3].person, many[1].person)


def test_only_the_person_of_a_dossier_is_taken() -> None:
    member = customer(1)
    covered = DirectoryEntry(uuid.UUID(int=9), member.person, Party("9", PartyKind.BENEFICIARY))
    deleted = customer(2, deleted=True)
    plan = plan_of(ORDER, (member, covered, deleted), Visited(), Role.REP, 3)
    assert plan.portfolio == (member,)
    assert plan_of(replace(ORDER, portfolio=False), (member,), Visited(), Role.REP, 3).portfolio == ()


def test_a_protected_file_is_taken_by_those_who_open_it_without_a_reason() -> None:
    protected = customer(1, restricted=True)
    assert plan_of(ORDER, (protected,), Visited((protected,)), Role.REP, 3).persons() == ()
    assert plan_of(ORDER, (protected,), Visited(), Role.TEAM_LEAD, 3).persons() == (protected.person,)


def test_documents_are_taken_in_turn_the_newest_first() -> None:
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    listed = {one: [document(3), document(9), document(5)], two: [document(4)]}
    chosen = chosen_documents(listed, Role.REP)
    assert [(found.person, found.document) for found in chosen] == [
        (one, "d9"), (two, "d4"), (one, "d5"), (one, "d3"),
    ]  # fmt: skip
    assert len(chosen_documents({one: [document(day) for day in range(1, 29)] * 3}, Role.REP)) == 40


def test_documents_that_stay_at_the_office() -> None:
    one = uuid.UUID(int=1)
    listed = [
        document(1, medical=True), document(2, size=MAX_BYTES + 1), document(3, status="awaited"), document(4)
    ]  # fmt: skip
    assert [found.document for found in chosen_documents({one: listed}, Role.REP)] == ["d4"]
    assert [found.document for found in chosen_documents({one: listed}, Role.CASE_MANAGER)] == ["d4", "d1"]


def test_a_document_of_which_no_tool_says_whether_it_is_medical_stays_at_the_office() -> None:
    one = uuid.UUID(int=1)
    listed = [document(1, medical=None), document(2)]
    assert [found.document for found in chosen_documents({one: listed}, Role.REP)] == ["d2"]


AMOUNTS = st.decimals(0, 5_000, places=2)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(("dental", "optics", "", None)),
            "spent": st.none() | AMOUNTS.map(str),
            "amount": AMOUNTS.map(str),
            "care_date": st.dates(date(2022, 1, 1), date(2026, 3, 24)).map(date.isoformat),
            "status": st.sampled_from(("paid", "pending", "rejected", "adjusted", "reversed")),
        }
    )
)


@given(LINES)
def test_totals_count_each_paid_line_of_the_months_once(lines: list[dict[str, JSON]]) -> None:
    today = date(2026, 3, 24)
    counted = [
        line
        for line in lines
        if line["status"] in ("paid", "adjusted") and str(line["care_date"]) >= "2024-03-01"
    ]
    totals = care_totals(lines, today)
    assert sum(total.count for total in totals) == len(counted)
    paid = sum(Decimal(total.reimbursed) for total in totals)
    assert paid == sum(Decimal(str(line["amount"])) for line in counted)
    assert {total.category for total in totals} == {line["category"] or "other" for line in counted}


def test_a_line_that_cannot_be_read_counts_nowhere() -> None:
    line: dict[str, JSON] = {"care_date": "2026-01-01", "amount": "1.00", "spent": "2.00"}
    for broken in ({"care_date": "hier"}, {"care_date": None}, {"amount": "dix"}, {"spent": "NaN"}):
        assert care_totals([{**line, **broken}], MONDAY) == ()
    assert first_day_of_totals(date(2026, 1, 31)) == date(2024, 1, 1)


class _Directory:
    """Knows some parties by their identifier."""

    def __init__(self, *entries: DirectoryEntry) -> None:
        self._entries = entries

    async def by_identifier(self, scheme: str, value: str) -> DirectoryEntry | None:
        assert scheme == "parties.party"
        return next((entry for entry in self._entries if entry.party.native_id == value), None)

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        return next((entry for entry in self._entries if entry.person == person), None)

    async def search(self, words: str, limit: int) -> SearchAnswer:
        raise NotImplementedError

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int) -> SearchAnswer:
        del known
        return await self.search(words, limit)

    async def by_phone(self, number: str) -> tuple[DirectoryEntry, ...]:
        raise NotImplementedError

    async def count(self) -> int:
        return len(self._entries)


def visit(day: int, hour: int, party: str, **changes: JSON) -> dict[str, JSON]:
    return {
        "starts_at": f"2026-03-{day}T{hour:02}:00:00+01:00", "kind": "home_visit", "status": "confirmed",
        "customer": f"parties.party:{party}", **changes,
    }  # fmt: skip


DIARIES = SourceOffer("agenda", "Agenda", facets=(FacetOffer("appointments"),), needs_ids=(STAFF,))


async def test_who_is_visited_is_read_from_the_diary_which_goes_along() -> None:
    member = customer(1)
    covered = DirectoryEntry(uuid.UUID(int=9), member.person, Party("9", PartyKind.BENEFICIARY))
    other, late = customer(2), customer(3)
    rows = (
        visit(25, 9, "2"), visit(24, 14, "9"), visit(24, 9, "2"), visit(28, 9, "3"),
        visit(24, 16, "3", status="cancelled"), visit(24, 17, "3", kind="agency"), visit(24, 8, "unknown"),
    )  # fmt: skip
    sources = ScriptedSources(
        [DIARIES], {("agenda", "appointments"): [answer("agenda", "appointments", *rows)]}
    )
    found = await visited_in(ORDER, sources, REP, _Directory(member, covered, other, late))
    assert found.entries == (other, member)
    (diary,) = found.diaries
    assert (diary.kind, diary.key.customer) == (PackKind.VISITS, diary_key(REP.user))
    assert diary.snapshot.count == 7


async def test_an_appointment_in_whose_words_a_nir_stands_stays_at_the_office() -> None:
    rows = (visit(24, 9, "2", notes="Son numéro : 2 69 05 49 588 157 80"), visit(25, 9, "2"))
    sources = ScriptedSources(
        [DIARIES], {("agenda", "appointments"): [answer("agenda", "appointments", *rows)]}
    )
    found = await visited_in(ORDER, sources, REP, _Directory(customer(2)))
    assert found.entries == (customer(2),)
    (diary,) = found.diaries
    assert (diary.snapshot.count, diary.snapshot.unreadable) == (1, 1)
    assert b"69 05 49" not in b"".join(diary.snapshot.pages)


async def test_a_diary_that_does_not_answer_is_said() -> None:
    with pytest.raises(AviseError, match=r"pack\.no_diary"):
        await visited_in(ORDER, ScriptedSources([DIARIES]), REP, _Directory())


async def test_without_a_diary_nobody_is_visited() -> None:
    assert await visited_in(ORDER, ScriptedSources([]), REP, _Directory()) == Visited()
