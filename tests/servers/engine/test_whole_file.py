"""The whole way of the data, on the real tools: from a member number to what a screen is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avise.cli import main
from avise.commands.show import CustomerFile, find_person, read_file
from avise.demo.faults import FaultKind
from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.models.errors import AviseError, ErrorKind
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetState
from tests.servers.engine.conftest import MutualInABox

OF_PERSONS = set(FACETS) - {"establishments", "employees"}
"""The last two are a company's alone."""


LEAD = PERSONAS["P00"]


def read(engine: Engine, member: str = LEAD.member_number, reason: str = "") -> CustomerFile:
    async def whole() -> CustomerFile:
        person = await find_person(engine.desk, member)
        return await read_file(engine.desk, person, reason)

    return engine.run(whole())


def states(file: CustomerFile) -> dict[str, FacetState]:
    return {view.facet: view.state for view in file.ordered()}


def test_every_facet_of_the_lead_persona_is_fed_and_dated(engine: Engine) -> None:
    file = read(engine)
    found = states(file)
    assert set(found) == OF_PERSONS
    settled = {FacetState.FRESH, FacetState.EMPTY, FacetState.NOT_APPLICABLE, FacetState.TRUNCATED}
    assert {facet: state for facet, state in found.items() if state not in settled} == {}
    assert all(view.as_of is not None for view in file.ordered() if view.state is FacetState.FRESH)
    assert file.header is not None
    assert (file.header.last_name.upper(), file.header.first_name) == ("MARCHAND", "Hélène")


def test_the_timeline_gathers_what_several_tools_know(engine: Engine) -> None:
    file = read(engine)
    assert len({entry.source for entry in file.timeline.entries}) >= 4
    assert file.timeline.missing_sources == ()


def test_a_tool_that_is_down_says_so_and_holds_nobody_back(mutual: MutualInABox, engine: Engine) -> None:
    mutual.set_fault("documents", FaultKind.DOWN)
    file = read(engine)
    found = states(file)
    assert found["documents"] is FacetState.FAILED
    assert found["contracts"] is FacetState.FRESH
    (documents,) = [view for view in file.ordered() if view.facet == "documents"]
    assert documents.error is not None
    assert documents.error.kind is ErrorKind.UNAVAILABLE
    assert documents.records == ()


def test_a_copy_stays_dated_when_its_tool_goes_down(mutual: MutualInABox, engine: Engine) -> None:
    before = read(engine)
    mutual.set_fault("complaints", FaultKind.DOWN)

    async def again() -> CustomerFile:
        person = await find_person(engine.desk, LEAD.member_number)
        updates = engine.desk.open_customer(person, "search")  # type: ignore[arg-type]
        file = CustomerFile()
        settled = 0
        async for update in updates:
            file.fold(update)
            if type(update).__name__ == "OpeningSettled":
                settled += 1
                if settled == 1:
                    await engine.desk.reread(person, "complaints")
                else:
                    break
        await updates.aclose()  # type: ignore[attr-defined]
        return file

    after = engine.run(again())
    (old,) = [view for view in before.ordered() if view.facet == "complaints"]
    (view,) = [view for view in after.ordered() if view.facet == "complaints"]
    assert view.state is FacetState.STALE
    assert view.fetched_at == old.fetched_at
    assert len(view.records) == len(old.records)


def test_an_expired_token_is_renewed_unseen(mutual: MutualInABox, engine: Engine) -> None:
    read(engine)
    mutual.set_fault("parties", FaultKind.EXPIRE_TOKEN)
    file = read(engine)
    assert states(file)["identity"] is FacetState.FRESH


@pytest.mark.parametrize("tool", ["benefits", "complaints", "relation", "appointments"])
def test_nonsense_from_a_tool_is_told_as_unreadable(tool: str, mutual: MutualInABox, engine: Engine) -> None:
    mutual.set_fault(tool, FaultKind.GARBAGE)
    file = read(engine)
    failed = [view for view in file.ordered() if view.source == tool]
    assert failed
    for view in failed:
        assert view.state is FacetState.FAILED, view.facet
        assert view.error is not None
        assert view.error.kind in (ErrorKind.BAD_DATA, ErrorKind.AUTH, ErrorKind.UNAVAILABLE)


def test_a_protected_file_needs_a_reason(engine: Engine) -> None:
    protected = PERSONAS["P16"]
    with pytest.raises(AviseError) as refused:
        read(engine, protected.member_number)
    assert refused.value.message_key == "open.reason_needed"
    assert read(engine, protected.member_number, "rappel demandé").header is not None


def test_opening_a_file_is_written_in_the_journal(engine: Engine) -> None:
    file = read(engine)
    assert file.header is not None
    assert len(engine.run(engine.desk.recents())) == 1


def test_a_nir_is_compared_and_revealed_live_and_never_stored(engine: Engine, tmp_path: Path) -> None:
    async def ask() -> str:
        person = await find_person(engine.desk, LEAD.member_number)
        updates = engine.desk.open_customer(person, "call")  # type: ignore[arg-type]
        await anext(updates)
        try:
            with pytest.raises(AviseError):
                await engine.desk.reveal(person, "nir", "", "")
            revealed = await engine.desk.reveal(person, "nir", "", "vérification demandée")
            assert await engine.desk.compare(person, "nir", "", f" {revealed.value} ")
            assert not await engine.desk.compare(person, "nir", "", "1 23 45")
            with pytest.raises(AviseError):
                await engine.desk.reveal(person, "iban", "", "par curiosité")
        finally:
            await updates.aclose()  # type: ignore[attr-defined]
        return revealed.value

    nir = engine.run(ask())
    assert len("".join(nir.split())) == 15
    engine.stop()
    for file in (tmp_path / "profile").rglob("*"):
        if file.is_file():
            assert nir.encode() not in file.read_bytes(), file.name


def test_show_prints_the_documented_json(
    mutual: MutualInABox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = mutual.profile(tmp_path / "cli")
    assert main(["--profile", str(profile), "show", LEAD.member_number, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["customer"]["member_number"] == LEAD.member_number
    assert document["customer"]["identifiers"]["parties.party"]
    assert {facet["id"] for facet in document["facets"]} == OF_PERSONS
    for facet in document["facets"]:
        assert {"id", "state", "source", "as_of", "records", "error"} <= set(facet)
    assert document["timeline"]


def test_show_of_a_number_that_nobody_bears_fails_with_a_sentence(
    mutual: MutualInABox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = mutual.profile(tmp_path / "cli")
    assert main(["--profile", str(profile), "show", "9999999999"]) == 1
    assert "9999999999" in capsys.readouterr().err


def test_search_finds_the_lead_by_name_and_telephone(
    mutual: MutualInABox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = mutual.profile(tmp_path / "cli")
    for words in (["marchand", "helene"], ["12/03/1968", "marchand"], [LEAD.phone], ["marchnad"]):
        assert main(["--profile", str(profile), "search", *words, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert LEAD.member_number in {hit["member_number"] for hit in document["hits"]}, words


def test_doctor_is_content_with_a_sound_profile_and_not_with_a_dead_tool(
    mutual: MutualInABox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = mutual.profile(tmp_path / "cli")
    assert main(["--profile", str(profile), "doctor", "--json"]) == 0, capsys.readouterr().out
    capsys.readouterr()
    mutual.set_fault("relation", FaultKind.DOWN)
    try:
        assert main(["--profile", str(profile), "doctor", "--json"]) == 1
        document = json.loads(capsys.readouterr().out)
        assert [finding["ok"] for finding in document["findings"]].count(False) == 1
    finally:
        mutual.set_fault("relation", FaultKind.NONE)
