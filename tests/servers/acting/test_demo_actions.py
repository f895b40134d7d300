"""The first actions, on the real demo tools: a card again, a certificate, another address in three tools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from avise.connectors.action_contract import Idempotency, Outcome
from avise.connectors.contract import ConnectorError
from avise.demo.faults import FaultKind
from avise.models.commands import ConfirmRule
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.servers.acting.mutual import (
    ACTORS,
    CLOSED,
    FIRST,
    FULL,
    NEW_ADDRESS,
    NO_EMAIL,
    SECOND,
    Mutual,
    command,
    lay_down_mutual,
    running,
)
from tests.servers.tools_b.world import host_of

E_CARD: Mapping[str, JSON] = {"reason": "PERTE"}
RIGHTS: Mapping[str, JSON] = {"kind": "DROITS"}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mutual")
    lay_down_mutual(folder)
    return folder


@asynccontextmanager
async def mutual(data_dir: Path, *names: str) -> AsyncIterator[Mutual]:
    async with running(data_dir, *names) as tools, host_of(tools) as host:
        yield Mutual(tools, host)


# ---- the card ----------------------------------------------------------------------------------------


async def test_a_card_is_sent_again_by_e_mail_and_read_back(data_dir: Path) -> None:
    async with mutual(data_dir, "parties") as work:
        before = await work.read("parties", "rights")
        plan = await work.plan("parties", command("resend_card", E_CARD))
        unchanged = await work.read("parties", "rights")
        done = await work.execute("parties", command("resend_card", E_CARD))
        again = await work.execute("parties", command("resend_card", E_CARD))
        checked = await work.verify("parties", command("resend_card", E_CARD))
        other = await work.verify("parties", command("resend_card", E_CARD, SECOND))
        after = await work.read("parties", "rights")
    assert plan.changes == (
        ("rights.edition", "paper", "digital"),
        ("rights.sent_on", "2026-01-05", "2026-03-24"),
    )
    assert unchanged.records == before.records
    assert (done.outcome, done.reference, done.touched_facets) == (Outcome.DONE, "CC-000001", ("rights",))
    assert (again.outcome, again.reference) == (Outcome.ALREADY_DONE, "CC-000001")
    assert (checked.outcome, other.outcome) == (Outcome.DONE, Outcome.NOT_DONE)
    assert [record.data["edition"] for record in after.records] == ["digital", "paper"]
    assert after.records[1] == before.records[1]


async def test_a_card_of_paper_is_accepted_and_made_later(data_dir: Path) -> None:
    asked = command("resend_card", {**E_CARD, "edition": "P"})
    async with mutual(data_dir, "parties") as work:
        plan = await work.plan("parties", asked)
        taken, checked = await work.execute("parties", asked), await work.verify("parties", asked)
    assert plan.changes == ()
    assert (taken.outcome, checked.outcome) == (Outcome.ACCEPTED, Outcome.ACCEPTED)


async def test_a_card_that_cannot_be_sent_is_refused_in_the_tools_words(data_dir: Path) -> None:
    async with mutual(data_dir, "parties") as work:
        with pytest.raises(ConnectorError) as planned:
            await work.plan("parties", command("resend_card", E_CARD, index=CLOSED))
        closed = await work.refused("parties", command("resend_card", E_CARD, index=CLOSED))
        no_email = await work.refused("parties", command("resend_card", E_CARD, index=NO_EMAIL))
    assert {planned.value.kind, closed.kind, no_email.kind} == {ErrorKind.REJECTED}
    assert (closed.source_code, no_email.source_code) == ("CARTE-002", "CARTE-003")
    assert "e-mail" in no_email.user_message
    assert "droits" in planned.value.user_message


@pytest.mark.parametrize(
    ("fault", "found"),
    [(FaultKind.LOSE_ANSWER, Outcome.DONE), (FaultKind.LOSE_REQUEST, Outcome.NOT_DONE)],
)
async def test_a_card_whose_answer_is_lost_is_verified(
    data_dir: Path, fault: FaultKind, found: Outcome
) -> None:
    asked = command("resend_card", E_CARD)
    async with mutual(data_dir, "parties") as work:
        await work.plan("parties", asked)
        await work.break_tool("parties", fault)
        error = await work.refused("parties", asked)
        await work.break_tool("parties", None)
        checked = await work.verify("parties", asked)
        again = await work.execute("parties", asked)
    assert error.outcome_unknown
    assert checked.outcome is found
    assert again.outcome is (Outcome.ALREADY_DONE if found is Outcome.DONE else Outcome.DONE)
    assert again.reference == "CC-000001"


async def test_a_key_used_for_another_order_is_refused(data_dir: Path) -> None:
    async with mutual(data_dir, "parties") as work:
        await work.execute("parties", command("resend_card", E_CARD))
        error = await work.refused("parties", command("resend_card", {"reason": "VOL"}))
    assert (error.kind, error.outcome_unknown) == (ErrorKind.INVALID, False)


# ---- the certificate ---------------------------------------------------------------------------------


async def test_a_certificate_comes_as_a_real_pdf(data_dir: Path) -> None:
    async with mutual(data_dir, "parties") as work:
        made = await work.execute("parties", command("issue_certificate", RIGHTS))
        again = await work.execute("parties", command("issue_certificate", RIGHTS))
        checked = await work.verify("parties", command("issue_certificate", RIGHTS))
        absent = await work.verify("parties", command("issue_certificate", RIGHTS, SECOND))
    assert (made.outcome, again.outcome, checked.outcome, absent.outcome) == (
        Outcome.DONE,
        Outcome.ALREADY_DONE,
        Outcome.DONE,
        Outcome.NOT_DONE,
    )
    assert made.reference == again.reference == checked.reference
    assert made.document == again.document == checked.document
    assert made.document.startswith(b"%PDF-1.4")
    assert made.document.rstrip().endswith(b"%%EOF")
    for said in ("Attestation de droits", made.reference, "Marchand", "Contrat C1", "Carte T1"):
        assert said.encode("cp1252") in made.document
    assert made.document_name == "attestation.pdf"


async def test_a_certificate_that_would_be_a_lie_is_refused(data_dir: Path) -> None:
    async with mutual(data_dir, "parties") as work:
        plan = await work.plan("parties", command("issue_certificate", RIGHTS, index=CLOSED))
        rights = await work.refused("parties", command("issue_certificate", RIGHTS, index=CLOSED))
        ended = await work.refused("parties", command("issue_certificate", {"kind": "RADIATION"}))
        given = await work.execute(
            "parties", command("issue_certificate", {"kind": "RADIATION"}, index=CLOSED)
        )
    assert plan.warnings == ("Les droits de l’adhérent ne sont pas ouverts.",)
    assert (rights.kind, rights.source_code) == (ErrorKind.REJECTED, "ATT-002")
    assert (ended.kind, ended.source_code) == (ErrorKind.REJECTED, "ATT-003")
    assert b"au 31/12/2025" in given.document


# ---- the address in three tools ----------------------------------------------------------------------


async def test_an_address_is_carried_to_three_tools_each_with_its_own_way(data_dir: Path) -> None:
    async with mutual(data_dir) as work:
        offers = {
            offer.instance: offer.idempotency
            for offer in work.host.actions()
            if offer.action == "change_address"
        }
        plans = {tool: await work.plan(tool, command("change_address", NEW_ADDRESS)) for tool in ACTORS}
        points = await work.read("parties", "contact_points")
        confirmed = {
            tool: command("change_address", NEW_ADDRESS, shown=plans[tool].precondition) for tool in ACTORS
        }
        results = {tool: await work.execute(tool, confirmed[tool]) for tool in ACTORS}
        again = {tool: await work.execute(tool, confirmed[tool]) for tool in ACTORS}
        checked = {tool: await work.verify(tool, confirmed[tool]) for tool in ACTORS}
        after = await work.read("parties", "contact_points")
        thread = await work.timeline()
        plans_after = {tool: await work.plan(tool, command("change_address", NEW_ADDRESS)) for tool in ACTORS}
    assert offers == {
        "parties": Idempotency.NATURAL,
        "relation": Idempotency.KEY,
        "complaints": Idempotency.VERIFY,
    }
    expected = (
        ("contact_points.value", "1 rue Haute", "3 quai de l'Écluse"),
        ("contact_points.postcode", "99100", "09200"),
        ("contact_points.city", "Port-Mer", "Trévès"),
    )
    assert {tool: plan.changes for tool, plan in plans.items()} == dict.fromkeys(ACTORS, expected)
    assert points.records[0].data["value"] == "1 rue Haute"
    assert {tool: result.outcome for tool, result in results.items()} == dict.fromkeys(ACTORS, Outcome.DONE)
    assert {tool: result.outcome for tool, result in again.items()} == dict.fromkeys(
        ACTORS, Outcome.ALREADY_DONE
    )
    assert {tool: result.outcome for tool, result in checked.items()} == dict.fromkeys(ACTORS, Outcome.DONE)
    assert {tool: plan.changes for tool, plan in plans_after.items()} == dict.fromkeys(ACTORS, ())
    address = after.records[0].data
    assert (address["value"], address["postcode"], address["city"]) == (
        "3 quai de l'Écluse",
        "09200",
        "Trévès",
    )
    assert after.records[1:] == points.records[1:]
    assert (thread.interactions[0].title, thread.interactions[0].summary) == (
        "Adresse postale modifiée",
        "Nouvelle adresse à Trévès",
    )
    assert sum(item.title == "Adresse postale modifiée" for item in thread.interactions) == 1


@pytest.mark.parametrize("tool", ["parties", "complaints"])
async def test_an_address_that_changed_since_the_plan_is_a_conflict(data_dir: Path, tool: str) -> None:
    elsewhere = {**NEW_ADDRESS, "line": "9 impasse Basse"}
    async with mutual(data_dir, tool) as work:
        mine = await work.confirmed(tool, "change_address", NEW_ADDRESS)
        theirs = await work.confirmed(tool, "change_address", elsewhere)
        await work.execute(tool, command("change_address", elsewhere, SECOND, shown=theirs.precondition))
        error = await work.refused(tool, mine)
        plan = await work.plan(tool, command("change_address", NEW_ADDRESS))
    assert (error.kind, error.outcome_unknown) == (ErrorKind.CONFLICT, False)
    assert plan.changes[0][1] == "9 impasse Basse"


@pytest.mark.parametrize("tool", ACTORS)
@pytest.mark.parametrize(
    ("fault", "found"),
    [(FaultKind.LOSE_ANSWER, Outcome.DONE), (FaultKind.LOSE_REQUEST, Outcome.NOT_DONE)],
)
async def test_an_address_whose_answer_is_lost_is_verified(
    data_dir: Path, tool: str, fault: FaultKind, found: Outcome
) -> None:
    async with mutual(data_dir, tool) as work:
        asked = await work.confirmed(tool, "change_address", NEW_ADDRESS)
        await work.break_tool(tool, fault)
        error = await work.refused(tool, asked)
        await work.break_tool(tool, None)
        checked = await work.verify(tool, asked)
    assert error.outcome_unknown
    assert checked.outcome is found


async def test_a_wrong_address_is_refused_by_each_tool_without_its_markup(data_dir: Path) -> None:
    wrong = {**NEW_ADDRESS, "postcode": "00000"}
    async with mutual(data_dir) as work:
        asked = await work.confirmed("parties", "change_address", wrong)
        errors = {"parties": await work.refused("parties", asked)}
        spaces = {**NEW_ADDRESS, "city": "   "}
        for tool in ("relation", "complaints"):
            errors[tool] = await work.refused(tool, await work.confirmed(tool, "change_address", spaces))
    assert {tool: error.kind for tool, error in errors.items()} == {
        "parties": ErrorKind.INVALID,
        "relation": ErrorKind.INVALID,
        "complaints": ErrorKind.REJECTED,
    }
    assert all(error.user_message and "<" not in error.user_message for error in errors.values())


async def test_a_session_that_has_ended_is_opened_again_and_nothing_is_done_twice(data_dir: Path) -> None:
    async with mutual(data_dir, "complaints") as work:
        asked = await work.confirmed("complaints", "change_address", NEW_ADDRESS)
        await work.break_tool("complaints", FaultKind.EXPIRE_TOKEN)
        done = await work.execute("complaints", asked)
        again = await work.execute("complaints", asked)
    assert (done.outcome, done.reference) == (Outcome.DONE, "ADR-0002")
    assert again.outcome is Outcome.ALREADY_DONE


async def test_a_tool_that_is_down_is_sent_nothing(data_dir: Path) -> None:
    async with mutual(data_dir, *ACTORS) as work:
        asked = {tool: await work.confirmed(tool, "change_address", NEW_ADDRESS) for tool in ACTORS}
        for tool in ACTORS:
            await work.break_tool(tool, FaultKind.DOWN)
        errors = await asyncio.gather(*(work.refused(tool, asked[tool]) for tool in ACTORS))
    assert {(error.kind, error.outcome_unknown) for error in errors} == {(ErrorKind.UNAVAILABLE, False)}


async def test_what_was_changed_is_gone_with_the_run(data_dir: Path) -> None:
    async with mutual(data_dir, "parties") as work:
        await work.execute("parties", command("resend_card", E_CARD))
    async with mutual(data_dir, "parties") as work:
        cards = await work.read("parties", "rights", FULL)
        found = await work.verify("parties", command("resend_card", E_CARD, FIRST))
    assert cards.records[0].data["edition"] == "paper"
    assert found.outcome is Outcome.NOT_DONE


# ---- the e-mail, which a colleague confirms ----------------------------------------------------------


async def test_an_e_mail_is_changed_once_and_asks_for_a_second_agent(data_dir: Path) -> None:
    asked = {"email": "nouvelle@exemple.invalid"}
    async with mutual(data_dir, "parties") as work:
        (offer,) = [found for found in work.host.actions() if found.action == "change_email"]
        plan = await work.plan("parties", command("change_email", asked))
        confirmed = command("change_email", asked, shown=plan.precondition)
        done, checked = await work.execute("parties", confirmed), await work.verify("parties", confirmed)
        other = {"email": "autre@exemple.invalid"}
        stale = await work.refused("parties", command("change_email", other, SECOND, shown=plan.precondition))
        after = await work.read("parties", "contact_points")
    assert offer.confirm is ConfirmRule.SECOND_AGENT
    assert plan.changes == (("contact_points.value", "h.m.1@exemple.invalid", "nouvelle@exemple.invalid"),)
    assert {done.outcome, checked.outcome} == {Outcome.DONE}
    assert stale.kind is ErrorKind.CONFLICT
    kinds = {record.data["kind"]: record.data["value"] for record in after.records}
    assert (kinds["email"], kinds["address"]) == ("nouvelle@exemple.invalid", "1 rue Haute")
