"""The text of an exchange: who may read it, what of it is shown, and what is said when it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import Completeness, ConnectorError
from avise.connectors.readings import TimelineReading
from avise.models.errors import AviseError, ErrorKind
from avise.models.free_text import blocking, check_note
from avise.models.interaction import Channel, Direction, Interaction, TimelineEntry
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.roles import Role, Session
from avise.services.customer_updates import TimelineChanged
from avise.services.exchange_bodies import LONGEST_BODY, ExchangeBodies, shown_body
from avise.services.open_customer import OpenDossier
from avise.services.ports import JournalPort
from avise.texts import text
from tests.unit.services.facts_builder import NOW
from tests.unit.services.scripted_sources import ScriptedSources, offer
from tests.unit.services.test_open_customer import dossier, settled

LETTER = Interaction("7", NOW, Channel.EMAIL, Direction.IN, "Carte perdue", body_ref="INBOX;1;7")
CALL = Interaction("8", NOW, Channel.PHONE_IN, Direction.IN, "Appel")
NIR = "2 68 03 44 109 214 35"


@dataclass
class Written:
    """Keeps what is written in the journal, beside what tools were asked before."""

    sources: ScriptedSources
    events: list[tuple[EventKind, str, Mapping[str, JSON], int]] = field(default_factory=list)

    async def append(self, session: Session, kind: EventKind, stream: str, body: Mapping[str, JSON]) -> None:
        del session
        self.events.append((kind, stream, body, len(self.sources.asked)))


def tools(*pieces: bytes | Exception, content: bool = True) -> ScriptedSources:
    listed = TimelineReading(
        "mail", (LETTER, CALL), fetched_at=NOW, final=True, completeness=Completeness.COMPLETE
    )
    offered = [replace(offer("mail", timeline=True), content=content)]
    return ScriptedSources(offered, timelines={"mail": [listed]}, pieces={"INBOX;1;7": pieces})


async def opened(
    sources: ScriptedSources, role: Role = Role.AGENT
) -> tuple[OpenDossier, list[TimelineEntry]]:
    found = dossier(sources, role)
    told = [update for update in await settled(found) if isinstance(update, TimelineChanged)]
    return found, list(told[-1].entries)


def bodies(sources: ScriptedSources) -> tuple[ExchangeBodies, Written]:
    journal = Written(sources)
    return ExchangeBodies(sources, cast("JournalPort", journal)), journal


async def refusal(sources: ScriptedSources, role: Role = Role.AGENT, entry: str = "mail/7") -> AviseError:
    found, _ = await opened(sources, role)
    with pytest.raises(AviseError) as caught:
        await bodies(sources)[0].read(found, entry)
    return caught.value


async def test_what_has_a_text_says_so_and_is_read_once_that_is_journaled() -> None:
    sources = tools(b"Bonjour,\r\nma carte est per", b"due.")
    found, entries = await opened(sources)
    assert {entry.id: entry.has_body for entry in entries} == {"mail/7": True, "mail/8": False}
    reading, journal = bodies(sources)
    asked_before = len(sources.asked)
    assert await reading.read(found, "mail/7") == "Bonjour,\nma carte est perdue."
    ((kind, stream, body, asked),) = journal.events
    assert (kind, stream) == (EventKind.CONSULTED, f"customer/{found.entry.dossier}")
    assert (body["exchange"], body["purpose"], asked) == ("mail/7", "call", asked_before)


async def test_a_tool_that_gives_no_text_offers_none() -> None:
    _, entries = await opened(tools(b"Bonjour", content=False))
    assert not any(entry.has_body for entry in entries)


async def test_a_role_that_sees_no_medical_document_reads_no_letter() -> None:
    sources = tools(b"Bonjour")
    _, entries = await opened(sources, Role.REP)
    assert not any(entry.has_body for entry in entries)
    assert (await refusal(sources, Role.REP)).message_key == "exchange_body.not_allowed"
    assert ("mail", "INBOX;1;7") not in sources.asked


@pytest.mark.parametrize("entry", ["mail/8", "mail/9", "other/7", "INBOX;1;7"])
async def test_only_what_was_listed_for_the_customer_can_be_asked_for(entry: str) -> None:
    sources = tools(b"Bonjour")
    assert (await refusal(sources, entry=entry)).message_key == "exchange_body.gone"
    assert ("mail", "INBOX;1;7") not in sources.asked


@pytest.mark.parametrize("kind", list(ErrorKind))
async def test_each_failure_has_a_sentence_that_names_the_tool_and_no_detail(kind: ErrorKind) -> None:
    error = await refusal(tools(b"Bonj", ConnectorError(kind, "SECRET")))
    sentence = text(error.message_key, **error.params)
    assert sentence != error.message_key
    assert "{" not in sentence
    assert "SECRET" not in sentence
    assert ("à bord" in sentence) is (kind is ErrorKind.OFFLINE)


@pytest.mark.parametrize("raw", [b"%PDF-1.7\n\x00", b"\xff\xfe", "été".encode("latin-1")])
async def test_what_is_no_text_is_told_to_be_so(raw: bytes) -> None:
    assert (await refusal(tools(raw))).message_key == "exchange_body.unreadable"


def test_markup_is_words_and_marks_of_direction_are_gone() -> None:
    shown = shown_body("<img src='http://x'>\u202egnol\u202c\x07 \tfin".encode(), is_cut=False)
    assert shown == "<img src='http://x'>gnol \tfin"
    assert shown_body(b" \r\n", is_cut=False) == text("exchange_body.empty")


async def test_a_long_text_is_cut_between_two_characters_and_says_so() -> None:
    sources = tools(b"a", *["é".encode() * 10_000] * 5, ConnectorError(ErrorKind.BUG, "read too far"))
    found, _ = await opened(sources)
    shown = await bodies(sources)[0].read(found, "mail/7")
    assert shown == f"a{'é' * ((LONGEST_BODY - 1) // 2)}\n\n{text('exchange_body.cut')}"


@given(
    st.lists(st.sampled_from([NIR, "FR7630006000011234567890189", "Bonjour", "12", "\n", "."]), max_size=8)
)
def test_no_restricted_number_is_shown(parts: Sequence[str]) -> None:
    shown = shown_body(" ".join(parts).encode(), is_cut=False)
    assert not blocking(check_note(shown))
    assert NIR not in shown
