"""The generated world as a whole: determinism, sizes, self-checks, fiction, memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avise.demo.population import defects, self_checks
from avise.demo.population.companies import companies, company_count
from avise.demo.population.entities import Dossier
from avise.demo.population.generate import generate_dossier, iter_dossiers
from avise.demo.population.manifest import manifest_of, write_world
from avise.demo.population.spec import PRESET_DOSSIERS, WorldSpec
from avise.demo.population.unattached import orphan_documents, unattached_exchanges

MINI = WorldSpec.for_preset("mini")


@pytest.fixture(scope="module")
def mini() -> list[Dossier]:
    return list(iter_dossiers(MINI))


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = write_world(MINI, tmp_path / "a"), write_world(MINI, tmp_path / "b")
    assert first == second == manifest_of(MINI)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_another_process_with_another_hash_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "avise.demo.population", "--preset", "mini", "--out", str(tmp_path)]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "4417", "LC_ALL": "C"}, timeout=60)  # noqa: S603  our own module
    assert json.loads((tmp_path / "manifest.json").read_text("utf-8")) == manifest_of(MINI)


def test_another_seed_gives_other_people_and_the_same_personas() -> None:
    other = replace(MINI, seed=2)
    assert generate_dossier(other, 50) != generate_dossier(MINI, 50)
    assert generate_dossier(other, 7).member.last_name == generate_dossier(MINI, 7).member.last_name


@settings(max_examples=25, deadline=None)
@given(index=st.integers(0, 250_000))
def test_a_dossier_does_not_depend_on_those_generated_before(index: int) -> None:
    spec = WorldSpec.for_preset("stress")
    alone = generate_dossier(spec, index)
    generate_dossier(spec, (index * 7 + 1) % 250_000)
    assert generate_dossier(spec, index) == alone


@settings(max_examples=12, deadline=None)
@given(
    as_of=st.dates(date(2025, 1, 1), date(2030, 12, 31)),
    seed=st.integers(0, 10**6),
    start=st.integers(0, 40_000),
)
def test_the_self_checks_hold_on_any_day_for_any_seed(as_of: date, seed: int, start: int) -> None:
    spec = WorldSpec(60_000, as_of, seed)
    dossiers = [generate_dossier(spec, index) for index in (*range(34), *range(start + 50, start + 60))]
    assert list(self_checks.violations(dossiers)) == []


def test_the_self_checks_hold_on_the_smallest_preset(mini: list[Dossier]) -> None:
    assert list(self_checks.violations(mini)) == []


def test_lines_and_amounts_meet_the_frequency_table() -> None:
    spec = replace(WorldSpec.for_preset("demo"), dossiers=1_200)
    assert self_checks.averages(spec, iter_dossiers(spec)) == []


def test_the_presets_have_their_sizes(mini: list[Dossier]) -> None:
    assert PRESET_DOSSIERS == {"mini": 60, "demo": 2_000, "charge": 50_000, "stress": 250_000}
    assert len(mini) == 60
    assert [dossier.index for dossier in mini] == list(range(60))


def test_a_world_asked_by_persons_has_about_that_many() -> None:
    spec = WorldSpec.for_persons(6_000)
    persons = sum(1 + len(dossier.beneficiaries) for dossier in iter_dossiers(spec))
    assert abs(persons / 6_000 - 1) < 0.05


def test_a_directory_dossier_is_the_head_of_the_full_one() -> None:
    full = replace(MINI, heavy=False)
    short = replace(full, detail="directory")
    for index in range(40, 60):
        whole, head = generate_dossier(full, index), generate_dossier(short, index)
        assert head.member == whole.member
        assert head.beneficiaries == whole.beneficiaries
        assert head.contact_points == whole.contact_points
        assert head.contracts == whole.contracts
        assert head.benefit_lines == ()


def _peak_while_streaming(spec: WorldSpec) -> int:
    tracemalloc.start()
    try:
        for _ in iter_dossiers(spec):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_streaming_ten_times_more_persons_holds_no_more_memory() -> None:
    small = WorldSpec.for_persons(500)
    large = replace(small, dossiers=small.dossiers * 10)
    _peak_while_streaming(small)
    assert _peak_while_streaming(large) < _peak_while_streaming(small) + 2_000_000


def test_everything_recorded_happened_before_the_end_of_today(mini: list[Dossier]) -> None:
    tomorrow = MINI.as_of + timedelta(days=1)
    for dossier in mini:
        assert all(item.at.date() < tomorrow for item in dossier.exchanges)
        assert all(item.dated.date() < tomorrow for item in dossier.documents)
        assert all(visit.at.date() < tomorrow for visit in dossier.member_space.visits)
        assert all((line.paid_on or line.received_on) <= MINI.as_of for line in dossier.benefit_lines)
        assert all(moment.at.tzinfo is not None for moment in dossier.exchanges)


def test_numbers_of_lines_exchanges_and_documents_are_unique(mini: list[Dossier]) -> None:
    for dossier in mini:
        for keys in (
            [line.number for line in dossier.benefit_lines],
            [item.id for item in dossier.exchanges],
            [item.id for item in dossier.documents],
            [item.number for item in dossier.contributions],
            [item.number for item in dossier.authorizations],
            [item.number for item in dossier.contracts],
        ):
            assert len(keys) == len(set(keys)), dossier.index


def test_a_child_of_the_same_day_and_rank_is_a_twin() -> None:
    spec = WorldSpec(8_000, detail="directory")
    twins = [
        dossier
        for dossier in iter_dossiers(spec)
        if sum(defects.TWINS in item.person.defects for item in dossier.beneficiaries) > 1
    ]
    assert twins
    for dossier in twins:
        both = [item for item in dossier.beneficiaries if defects.TWINS in item.person.defects]
        assert len({item.person.ids.party for item in both}) == len(both)
        assert len({(item.person.birth_date, item.rank) for item in both}) < len(both)


def test_injected_defects_are_there_at_about_their_rate() -> None:
    spec = WorldSpec(4_000, detail="directory", heavy=False)
    dossiers = [dossier for dossier in iter_dossiers(spec) if not dossier.persona]
    duplicates = sum(bool(dossier.duplicates) for dossier in dossiers) / len(dossiers)
    conflicts = sum(dossier.relation_address is not None for dossier in dossiers) / len(dossiers)
    assert 0.004 < duplicates < 0.013
    assert 0.009 < conflicts < 0.022
    for dossier in dossiers:
        for other in dossier.duplicates:
            assert other.ids.party != dossier.ids.party
            assert other.birth_date == dossier.member.birth_date
            assert (other.last_name, other.first_name) != (
                dossier.member.last_name,
                dossier.member.first_name,
            )


def test_a_line_taken_back_mirrors_the_line_it_cancels() -> None:
    spec = WorldSpec(400, heavy=False)
    taken_back = [
        (dossier, line)
        for dossier in iter_dossiers(spec)
        for line in dossier.benefit_lines
        if defects.REGULARISATION in line.defects
    ]
    assert taken_back
    for dossier, line in taken_back:
        assert line.spent < Decimal(0)
        assert any(
            other.care_date == line.care_date and other.spent == -line.spent and other.amount == -line.amount
            for other in dossier.benefit_lines
        )


def test_companies_are_invented_and_of_the_expected_number() -> None:
    spec = WorldSpec.for_preset("demo")
    firms = companies(spec)
    assert len(firms) == company_count(spec) == 54
    assert len({firm.siren for firm in firms}) == 54
    assert all(firm.name.endswith("(fictif)") for firm in firms)
    assert firms[0].headcount == 7
    assert firms[0].declaration_state == "anomaly"


def test_what_belongs_to_nobody_is_tagged() -> None:
    documents, exchanges = list(orphan_documents(MINI)), list(unattached_exchanges(MINI))
    known = {dossier.ids.folder for dossier in iter_dossiers(replace(MINI, detail="directory"))}
    assert documents
    assert exchanges
    assert all(folder not in known and defects.ORPHAN in item.defects for folder, item in documents)
    assert all(defects.UNATTACHED in item.defects for item in exchanges)


def test_the_complaints_tool_misreads_accents_and_a_birth_date() -> None:
    person = generate_dossier(MINI, 0).member
    assert defects.misread(person.first_name) == "HÃ©lÃ¨ne"
    shifted = replace(person, defects=frozenset({defects.BIRTH_DATE_DIFFERS}))
    assert defects.birth_date_in_complaints(person) == person.birth_date
    assert defects.birth_date_in_complaints(shifted) == person.birth_date + timedelta(days=1)


def test_guarantees_are_suspended_when_a_contribution_stays_unpaid_after_the_notice() -> None:
    late = [
        dossier
        for dossier in iter_dossiers(WorldSpec(1_500, heavy=False))
        if any(call.stage in {"suspension", "termination"} for call in dossier.contributions)
    ]
    assert late
    for dossier in late:
        assert dossier.rights_status == dossier.contracts[0].status == "suspended"
