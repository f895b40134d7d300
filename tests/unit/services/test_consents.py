"""Consents over a real journal: asked, given, withdrawn, and what the tools tell beside."""

from __future__ import annotations

import textwrap
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from avise.connectors.readings import FacetReading
from avise.env import FixedEnv
from avise.models.consent import ConsentAct, ConsentChannel, ConsentMatrix, ConsentPurpose, ConsentState
from avise.models.customer import DirectoryEntry, Party, PartyKind, PersonId, customer_stream
from avise.models.errors import AviseError, ErrorKind, Failure
from avise.models.facets import FacetState
from avise.models.journal import EventKind
from avise.models.roles import Role, Session
from avise.resources import resource_folder
from avise.services.consent_texts import check_consents, load_consents, shipped_consents
from avise.services.consents import Consents, exclusion, overlaid
from avise.store.journal import Journal
from avise.store.store import Store
from tests.unit.services.facts_builder import facts, view
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer

PERSON = uuid.UUID(int=7)
MEMBER = DirectoryEntry(
    PERSON, PERSON, Party("P1", PartyKind.MEMBER, "Marchand", "Hélène", member_number="0482917350")
)
AGENT = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
COMMERCIAL, EMAIL, SMS = ConsentPurpose.COMMERCIAL, ConsentChannel.EMAIL, ConsentChannel.SMS
YES = {"purpose": "commercial", "channel": "email", "state": "yes", "since": "2026-01-05"}


class Office:
    """One journal and the tools beside it."""

    def __init__(self, store: Store) -> None:
        self.env = FixedEnv()
        self.sources = ScriptedSources([offer("parties", "consents")])
        self.journal = Journal(store, self.env)
        self.consents = Consents(AGENT, self.journal, self.sources, shipped_consents(), self.env)

    def tool_tells(self, reading: FacetReading) -> None:
        self.sources.readings = {("parties", "consents"): [reading]}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = await Store.open(tmp_path / "store.db", bytes(range(32)), FixedEnv())
    yield Office(store)
    await store.aclose()


async def test_a_consent_is_kept_with_its_question_its_proof_and_its_end(office: Office) -> None:
    await office.consents.give(PERSON, ConsentAct(COMMERCIAL, EMAIL, proof="accord oral"))
    (event,) = await office.journal.stream(customer_stream(PERSON), (EventKind.CONSENT_GIVEN,))
    assert event.body == {
        "purpose": "commercial", "channel": "email", "said_on": "phone_in", "proof": "accord oral",
        "text_version": "2025-01-01", "language": "fr", "effective": "2026-03-24", "until": "2028-03-24",
    }  # fmt: skip
    cell = (await office.consents.own(PERSON)).of(COMMERCIAL, EMAIL)
    assert (cell.state, cell.until, cell.proof) == (ConsentState.YES, date(2028, 3, 24), "accord oral")
    asked = office.consents.book.asked(COMMERCIAL, EMAIL, cell.text_version)
    assert asked is not None
    assert asked.sentence.startswith("Acceptez-vous")


async def test_the_question_is_the_one_in_force_on_the_day_of_the_act(office: Office) -> None:
    office.env.advance(timedelta(days=200))
    asked = office.consents.questions(ConsentMatrix())
    assert asked[0].version == "2026-08-11"
    assert asked[0].sentence == "Puis-je vous rappeler à l’avenir pour vous parler de nos offres\u202f?"
    earlier = ConsentAct(COMMERCIAL, EMAIL, effective=date(2026, 3, 1))
    await office.consents.give(PERSON, earlier)
    assert (await office.consents.own(PERSON)).of(COMMERCIAL, EMAIL).text_version == "2025-01-01"


async def test_what_was_answered_is_not_asked_again(office: Office) -> None:
    before = {(q.purpose, q.channel) for q in office.consents.questions(ConsentMatrix())}
    await office.consents.give(PERSON, ConsentAct(COMMERCIAL, EMAIL))
    await office.consents.withdraw(PERSON, COMMERCIAL, SMS)
    left = {(q.purpose, q.channel) for q in office.consents.questions(await office.consents.own(PERSON))}
    assert before - left == {(COMMERCIAL, EMAIL), (COMMERCIAL, SMS)}


@pytest.mark.parametrize(
    ("act", "key"),
    [
        (ConsentAct(COMMERCIAL, EMAIL, effective=date(2026, 3, 25)), "consent.future"),
        (ConsentAct(COMMERCIAL, EMAIL, effective=date(2020, 1, 1)), "consent.no_question"),
        (ConsentAct(COMMERCIAL, EMAIL, text_version="inconnue"), "consent.no_question"),
        (ConsentAct(ConsentPurpose.SERVICE, EMAIL), "consent.no_question"),
        (ConsentAct(COMMERCIAL, EMAIL, proof="NIR 1 85 05 99 999 001 81"), "consent.proof_number"),
        (ConsentAct(COMMERCIAL, EMAIL, proof="x" * 201), "consent.proof_long"),
    ],
)
async def test_a_consent_that_proves_nothing_is_refused(office: Office, act: ConsentAct, key: str) -> None:
    with pytest.raises(AviseError) as refused:
        await office.consents.give(PERSON, act)
    assert refused.value.message_key == key
    assert await office.journal.stream(customer_stream(PERSON)) == ()


async def test_a_withdrawal_is_told_at_once_to_whoever_listens(office: Office) -> None:
    heard: list[tuple[PersonId, str, str]] = []

    async def listen(member: PersonId, purpose: str, channel: str) -> None:
        known = await office.consents.own(member)
        assert known.of(COMMERCIAL, EMAIL).state is ConsentState.NO
        heard.append((member, purpose, channel))

    office.consents.on_withdrawn(listen)
    await office.consents.give(PERSON, ConsentAct(COMMERCIAL, EMAIL))
    await office.consents.withdraw(PERSON, COMMERCIAL)
    await office.consents.withdraw(PERSON)
    assert heard == [(PERSON, "commercial", ""), (PERSON, "", "")]


async def test_our_withdrawal_holds_while_a_tool_still_tells_the_consent(office: Office) -> None:
    told = facts(view("consents", YES))
    assert (await office.consents.known(PERSON, told)).of(COMMERCIAL, EMAIL).state is ConsentState.YES
    await office.consents.withdraw(PERSON, COMMERCIAL, EMAIL)
    assert (await office.consents.known(PERSON, told)).of(COMMERCIAL, EMAIL).state is ConsentState.NO


async def test_before_a_message_leaves_the_tool_is_asked_again(office: Office) -> None:
    office.tool_tells(answer("parties", "consents", YES))
    assert (await office.consents.verified(MEMBER, COMMERCIAL, EMAIL)).reason == "given"
    office.tool_tells(answer("parties", "consents", {**YES, "state": "no", "since": "2026-03-23"}))
    assert (await office.consents.verified(MEMBER, COMMERCIAL, EMAIL)).reason == "refused"


async def test_a_tool_that_does_not_answer_lets_only_service_messages_leave(office: Office) -> None:
    down = answer("parties", "consents", YES)
    office.tool_tells(replace(down, error=Failure(ErrorKind.UNAVAILABLE)))
    assert (await office.consents.verified(MEMBER, COMMERCIAL, EMAIL)).reason == "unverified"
    assert (await office.consents.verified(MEMBER, ConsentPurpose.SERVICE, EMAIL)).allowed
    office.sources.offered = [replace(offer("parties", "consents"), failure=Failure(ErrorKind.CONFIG))]
    assert (await office.consents.verified(MEMBER, COMMERCIAL, EMAIL)).reason == "unverified"


async def test_the_block_of_a_tool_shows_what_our_journal_knows_better(office: Office) -> None:
    block = view("consents", YES, {**YES, "channel": "sms", "state": "no"})
    assert overlaid(block, ConsentMatrix()) is block
    await office.consents.withdraw(PERSON, COMMERCIAL, EMAIL)
    own = await office.consents.own(PERSON)
    found = {(record.data["channel"], record.data["state"]) for record in overlaid(block, own).records}
    assert found == {("sms", "no"), ("email", "no")}
    failed = view("consents", state=FacetState.FAILED)
    assert overlaid(failed, own) is failed
    again = overlaid(overlaid(block, own), own)
    assert again.records == overlaid(block, own).records
    held = await office.consents.known(PERSON, facts(again))
    assert held.of(COMMERCIAL, EMAIL).source == "journal"
    empty = overlaid(view("consents"), own)
    assert (empty.state, len(empty.records)) == (FacetState.FRESH, 1)


@pytest.mark.parametrize(
    ("known", "commercial", "prevention"),
    [
        (facts(), "", ""),
        (facts(view("identity", {"vital_status": "deceased"})), "deceased", "deceased"),
        (facts(view("identity", {"protection": "curatorship"})), "protection", ""),
        (facts(view("identity", {"restricted": True})), "restricted", ""),
        (facts(view("complaints", {"status": "open"})), "complaint", ""),
        (facts(view("contributions", {"stage": "formal_notice"})), "arrears", ""),
        (facts(view("contributions", {"stage": "reminder"})), "", ""),
    ],
)
def test_who_is_left_out_of_offers(known: object, commercial: str, prevention: str) -> None:
    assert exclusion(known, COMMERCIAL) == commercial  # type: ignore[arg-type]
    assert exclusion(known, ConsentPurpose.PREVENTION) == prevention  # type: ignore[arg-type]


FILES = sorted(resource_folder("consents").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_that_ships_has_no_error(path: Path) -> None:
    assert check_consents(path).problems == ()


def test_every_purpose_that_needs_a_consent_has_its_file() -> None:
    assert set(shipped_consents().purposes) == set(ConsentPurpose) - {ConsentPurpose.SERVICE}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('purpose = "partners"', 'purpose = "service"', (3, "consent_check.service")),
        ('letter = "opt_in"', 'letter = "maybe"', (10, "connector_check.not_one_of")),
        ("months = 24", "months = 0", (4, "connector_check.too_small")),
        ("[text.en]", "[text.de]", (12, "connector_check.missing_key")),
    ],
)
def test_an_error_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, expected: tuple[int, str]
) -> None:
    good = (resource_folder("consents") / "partners.toml").read_text("utf-8")
    path = tmp_path / "partners.toml"
    path.write_text(good.replace(before, after), encoding="utf-8")
    assert expected in [(problem.line, problem.message_key) for problem in check_consents(path).problems]
    with pytest.raises(AviseError):
        load_consents(tmp_path)


def test_two_versions_cannot_begin_on_the_same_day(tmp_path: Path) -> None:
    good = (resource_folder("consents") / "partners.toml").read_text("utf-8")
    again = good[good.index("[[text]]") :].replace('version = "2025-01-01"', 'version = "autre"')
    path = tmp_path / "partners.toml"
    path.write_text(textwrap.dedent(good + "\n" + again), encoding="utf-8")
    assert [problem.message_key for problem in check_consents(path).problems] == ["consent_check.twice"]
