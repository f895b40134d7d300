"""A declared action on a real socket: planned, sent once, and told for what became of it."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from datetime import date
from uuid import UUID

import pytest

from avise.connectors.action_contract import Outcome
from avise.connectors.contract import ConnectorError
from avise.connectors.readings import FacetReading
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind, Origin
from tests.servers.acting.conftest import CUSTOMER, FIRST, SECOND, Bench, OpenBench, card, command
from tests.servers.acting.order_tool import MEMBER, PDF, Loss, order_tool, refusal
from tests.unit.connectors.declarative.acting_file import FILE

ADDRESS = {"line": "3 quai des `Ormes` d'en bas", "postcode": "09200"}
SLOW = FILE.replace('deadline = "20s"', 'deadline = "2s"')


async def read_cards(bench: Bench) -> FacetReading:
    readings = bench.host.read_facet(
        "tool", "rights", CUSTOMER, IdentityEvidence("", "", date(1968, 3, 12)), agent="lea", purpose="call"
    )
    async with aclosing(readings) as stream:
        return [reading async for reading in stream][-1]


# ---- the plan ----------------------------------------------------------------------------------------


async def test_a_plan_shows_before_and_after_and_changes_nothing(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        plan = await bench.plan(card())
        cards = list(tool.cards)
    assert plan.summary == "Carte renvoyée, motif PERTE"
    # Half past eleven in the evening of the 24th, in UTC, is the 25th in Paris.
    assert plan.changes == (
        ("rights.edition", "paper", "digital"),
        ("rights.sent_on", "2026-01-05", "2026-03-25"),
    )
    assert (tool.writes(), tool.orders, cards[0]["support"]) == ([], [], "paper")


async def test_a_plan_keeps_the_version_that_it_read(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        plan = await bench.plan(command("change_address", ADDRESS))
    assert plan.precondition == {"adresse": tool.etag}
    assert {name: after for name, _, after in plan.changes} == {
        "contact_points.value": ADDRESS["line"],
        "contact_points.postcode": "09200",
    }


async def test_a_plan_says_at_once_what_the_tool_would_refuse(open_bench: OpenBench) -> None:
    async with order_tool(cards=[{"no": "C1", "etat": "cancelled"}]) as tool, open_bench(tool) as bench:
        with pytest.raises(ConnectorError) as caught:
            await bench.plan(card())
    assert (caught.value.kind, caught.value.user_message) == (ErrorKind.REJECTED, "Aucune carte active.")


async def test_a_plan_warns(open_bench: OpenBench) -> None:
    cards = [{"no": "C1", "etat": "cancelled"}, {"no": "C2", "etat": "active", "support": "digital"}]
    async with order_tool(cards=cards) as tool, open_bench(tool) as bench:
        plan = await bench.plan(card())
    assert plan.warnings == ("Plusieurs cartes.",)
    assert [name for name, _, _ in plan.changes] == ["rights.sent_on"]


async def test_a_plan_over_somebody_else_is_withheld(open_bench: OpenBench) -> None:
    text = FILE.replace('"/members/{customer.tool.member}/cards"', '"/members/0099/cards"')
    async with order_tool(member="0099") as tool, open_bench(tool, text) as bench:
        with pytest.raises(ConnectorError) as caught:
            await bench.plan(card())
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_a_plan_read_apart_says_whom_it_is_about(open_bench: OpenBench) -> None:
    plan = """
[action.plan]
path = "/members/0099/cards"
records = "cartes"
subject = { ids = { "tool.member" = "adherent" } }
changes = { "rights.edition" = { from = "support", to = "digital" } }
"""
    text = FILE.replace("[action.verify]", f"{plan}[action.verify]")
    async with order_tool(member="0099") as tool, open_bench(tool, text) as bench:
        with pytest.raises(ConnectorError) as caught:
            await bench.plan(command("note", {"text": "x"}))
    async with order_tool() as tool, open_bench(tool, text.replace("0099", MEMBER)) as bench:
        own = await bench.plan(command("note", {"text": "x"}))
    assert caught.value.kind is ErrorKind.CONFLICT
    assert own.changes == (("rights.edition", "paper", "digital"),)


# ---- sending -----------------------------------------------------------------------------------------


async def test_an_action_is_sent_whole_and_its_file_comes_back(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        result = await bench.execute(card())
    (sent,) = tool.writes()
    assert sent.headers["idempotency-key"] == FIRST
    # An input that was not given is left out.
    assert json.loads(sent.body) == {"motif": "PERTE", "commande": FIRST}
    assert (result.outcome, result.reference, result.touched_facets) == (Outcome.DONE, "N1", ("rights",))
    assert (result.document, result.document_name) == (PDF, "carte.pdf")


async def test_a_number_stays_a_number(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        await bench.execute(command("resend_card", {"motif": "VOL", "copies": 2}))
    assert tool.orders[0]["recu"]["copies"] == 2


async def test_a_tool_that_takes_an_order_for_later_has_accepted_it(open_bench: OpenBench) -> None:
    async with order_tool(order_state="RECU") as tool, open_bench(tool) as bench:
        result = await bench.execute(card())
        later = await bench.verify(command("note", {"text": "x"}))
    assert (result.outcome, result.reference, result.document) == (Outcome.ACCEPTED, "N1", b"")
    assert later.outcome is Outcome.ACCEPTED


async def test_the_same_command_twice_has_one_effect(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        first, again = await bench.execute(card()), await bench.execute(card())
        other = await bench.execute(card(SECOND))
    assert [result.outcome for result in (first, again, other)] == [
        Outcome.DONE,
        Outcome.ALREADY_DONE,
        Outcome.DONE,
    ]
    assert [first.reference, again.reference, other.reference] == ["N1", "N1", "N2"]
    assert len(tool.orders) == 2


async def test_the_same_command_asked_twice_at_once_leaves_once(open_bench: OpenBench) -> None:
    async with order_tool(keyed=False) as tool, open_bench(tool) as bench:
        results = await asyncio.gather(bench.execute(card()), bench.execute(card()))
    assert len(tool.writes()) == 1
    assert results[0] == results[1]


async def test_a_replaced_value_replaced_again_by_the_same_command_is_no_conflict(
    open_bench: OpenBench,
) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        plan = await bench.plan(command("change_address", ADDRESS))
        asked = command("change_address", ADDRESS, precondition=plan.precondition)
        first, again = await bench.execute(asked), await bench.execute(asked)
    assert (first.outcome, again.outcome) == (Outcome.DONE, Outcome.ALREADY_DONE)
    assert tool.address == {"voie": ADDRESS["line"], "cp": "09200"}


async def test_a_version_that_has_changed_is_a_conflict(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        plan = await bench.plan(command("change_address", ADDRESS))
        tool.address = {"voie": "Ailleurs", "cp": "99200"}
        error = await bench.refused(command("change_address", ADDRESS, precondition=plan.precondition))
    assert (error.kind, error.outcome_unknown) == (ErrorKind.CONFLICT, False)
    assert tool.address["voie"] == "Ailleurs"


# ---- lost on the way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [Loss.AFTER, Loss.HANG_AFTER])
async def test_an_answer_lost_after_the_tool_acted_is_unknown_then_done(
    open_bench: OpenBench, loss: Loss
) -> None:
    async with order_tool(loss=loss) as tool, open_bench(tool, SLOW) as bench:
        error = await bench.refused(card())
        tool.loss = Loss.NONE
        found = await bench.verify(card())
    assert error.outcome_unknown
    assert error.kind in {ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT}
    assert (found.outcome, found.reference) == (Outcome.DONE, FIRST)
    assert len(tool.writes()) == len(tool.orders) == 1


async def test_a_request_lost_before_is_not_done_and_may_be_sent_again(open_bench: OpenBench) -> None:
    async with order_tool(loss=Loss.BEFORE) as tool, open_bench(tool) as bench:
        error = await bench.refused(card())
        tool.loss = Loss.NONE
        found = await bench.verify(card())
        sent_again = await bench.execute(card())
    assert error.outcome_unknown
    assert found.outcome is Outcome.NOT_DONE
    assert sent_again.outcome is Outcome.DONE
    assert len(tool.orders) == 1


async def test_a_request_that_never_left_is_known_not_to_have(open_bench: OpenBench) -> None:
    async with open_bench("http://127.0.0.1:9") as bench:
        error = await bench.refused(card())
    assert (error.kind, error.outcome_unknown) == (ErrorKind.UNAVAILABLE, False)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_that_breaks_may_have_acted(open_bench: OpenBench, status: int) -> None:
    async with order_tool(refusal=refusal(status, {})) as tool, open_bench(tool) as bench:
        error = await bench.refused(card())
    assert (error.kind, error.outcome_unknown) == (ErrorKind.UNAVAILABLE, True)
    assert len(tool.writes()) == 1


async def test_an_answer_that_cannot_be_read_is_unknown(open_bench: OpenBench) -> None:
    async with order_tool(refusal=refusal(200, {})[:-2] + b"[[") as tool, open_bench(tool) as bench:
        error = await bench.refused(card())
    assert (error.kind, error.outcome_unknown) == (ErrorKind.BAD_DATA, True)


async def test_nothing_is_sent_again_by_the_host(open_bench: OpenBench) -> None:
    async with order_tool(loss=Loss.BEFORE) as tool, open_bench(tool) as bench:
        await bench.refused(card())
        await asyncio.sleep(0.3)
    assert len(tool.writes()) == 1


async def test_an_action_that_cannot_be_verified_is_never_said_not_done(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        found = await bench.verify(command("pay", {}))
    assert found.outcome is Outcome.UNKNOWN


async def test_a_verification_of_a_failing_tool_says_nothing(open_bench: OpenBench) -> None:
    async with open_bench("http://127.0.0.1:9") as bench:
        with pytest.raises(ConnectorError) as caught:
            await bench.verify(card())
    assert (caught.value.kind, caught.value.outcome_unknown) == (ErrorKind.UNAVAILABLE, False)


# ---- refused -----------------------------------------------------------------------------------------


async def test_a_refusal_comes_with_the_tools_sentence_cleaned(open_bench: OpenBench) -> None:
    said = (
        "<p>Carte&nbsp;<b>bloquée</b></p><script>alert(1)</script> &lt;img src=x&gt;\u202e\x07 " + "x" * 600
    )
    answer = refusal(422, {"erreur": "REFUS", "texte": said})
    async with order_tool(refusal=answer) as tool, open_bench(tool) as bench:
        error = await bench.refused(card())
    assert (error.kind, error.outcome_unknown, error.source_code) == (ErrorKind.REJECTED, False, "REFUS")
    assert error.user_message.startswith("Carte\u00a0 bloquée")
    assert len(error.user_message) == 300
    assert not {"<", ">", "\x07", "\u202e"} & set(error.user_message)
    assert "alert" not in error.user_message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ErrorKind.INVALID),
        (422, ErrorKind.INVALID),
        (403, ErrorKind.FORBIDDEN),
        (404, ErrorKind.NOT_FOUND),
        (409, ErrorKind.CONFLICT),
        (412, ErrorKind.CONFLICT),
        (429, ErrorKind.RATE_LIMITED),
        (401, ErrorKind.AUTH),
        (501, ErrorKind.UNSUPPORTED),
    ],
)
async def test_a_status_means_what_it_means_for_an_action(
    open_bench: OpenBench, status: int, kind: ErrorKind
) -> None:
    async with order_tool(refusal=refusal(status, {"autre": "x"})) as tool, open_bench(tool) as bench:
        error = await bench.refused(card())
    assert (error.kind, error.outcome_unknown, error.user_message) == (kind, False, "")


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("resend_card", {}),
        ("resend_card", {"motif": "AUTRE"}),
        ("resend_card", {"motif": "VOL", "copies": "deux"}),
        ("resend_card", {"motif": "VOL", "inconnu": "x"}),
        ("change_address", {"line": "x" * 39, "postcode": "99100"}),
        ("change_address", {"line": "1 rue\nHaute", "postcode": "99100"}),
        ("change_address", {"line": "1 rue Haute", "postcode": "9910"}),
    ],
)
async def test_a_value_that_cannot_be_right_never_leaves(
    open_bench: OpenBench, action: str, values: dict[str, str]
) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        error = await bench.refused(command(action, values))
    assert (error.kind, error.origin, error.outcome_unknown) == (ErrorKind.INVALID, Origin.HOST, False)
    assert tool.writes() == []


async def test_a_customer_whom_the_tool_does_not_know_is_told(open_bench: OpenBench) -> None:
    stranger = CustomerKey(UUID(int=8), {"other.scheme": "x"})
    async with order_tool() as tool, open_bench(tool) as bench:
        error = await bench.refused(command("note", {"text": "x"}, customer=stranger))
        unknown = await bench.refused(command("dance", {}))
    assert (error.kind, unknown.kind) == (ErrorKind.UNSUPPORTED, ErrorKind.UNSUPPORTED)
    assert tool.writes() == []


# ---- around ------------------------------------------------------------------------------------------


async def test_a_caller_who_leaves_does_not_take_back_what_was_sent(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        sending = asyncio.create_task(bench.execute(card()))
        await tool.has_written.wait()
        sending.cancel()
        bench.host.leave(CUSTOMER)
        again = await bench.execute(card())
    assert sending.cancelled() or sending.cancelling()
    assert again.outcome in {Outcome.DONE, Outcome.ALREADY_DONE}
    assert len(tool.orders) == 1


async def test_one_customers_actions_follow_each_other(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        await asyncio.gather(*(bench.execute(card(f"{FIRST[:-2]}{n:02d}")) for n in range(5)))
    assert [order["numero"] for order in tool.orders] == ["N1", "N2", "N3", "N4", "N5"]


async def test_what_an_action_touched_is_read_anew(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        before = await read_cards(bench)
        copy = await read_cards(bench)
        await bench.execute(card())
        after = await read_cards(bench)
    assert (before.records[0].data["edition"], copy.from_cache) == ("paper", True)
    assert (after.records[0].data["edition"], after.from_cache) == ("digital", False)


async def test_refusals_do_not_make_a_tool_look_broken(open_bench: OpenBench) -> None:
    answer = refusal(422, {"erreur": "REFUS", "texte": "Non"})
    async with order_tool(refusal=answer) as tool, open_bench(tool) as bench:
        for number in range(6):
            await bench.refused(card(f"{FIRST[:-2]}{number:02d}"))
        (status,) = bench.host.status()
    assert status.failures_1h == 0


async def test_a_suspended_tool_is_sent_nothing(open_bench: OpenBench) -> None:
    async with order_tool(refusal=refusal(503, {})) as tool, open_bench(tool) as bench:
        for number in range(4):
            await bench.refused(card(f"{FIRST[:-2]}{number:02d}"))
        error = await bench.refused(card(SECOND))
    assert (error.kind, error.origin, error.outcome_unknown) == (ErrorKind.UNAVAILABLE, Origin.HOST, False)
    assert error.retry_after is not None
    assert len(tool.writes()) == 4


async def test_offers_say_what_can_be_asked(open_bench: OpenBench) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        offers = bench.host.actions()
    assert [offer.action for offer in offers] == ["resend_card", "change_address", "note", "pay"]
    assert {(offer.instance, offer.source_name, offer.needs_ids) for offer in offers} == {
        ("tool", "Outil", ("tool.member",))
    }


async def test_no_value_of_a_command_is_logged(
    open_bench: OpenBench, capsys: pytest.CaptureFixture[str]
) -> None:
    async with order_tool() as tool, open_bench(tool) as bench:
        plan = await bench.plan(command("change_address", ADDRESS))
        await bench.execute(command("change_address", ADDRESS, precondition=plan.precondition))
        error = await bench.refused(command("note", {"text": "x" * 300}))
    written = "".join(capsys.readouterr())
    assert ADDRESS["line"] not in written + str(error)
    assert MEMBER not in written
