"""A letter of a real mailbox, listed in the history of a customer's file, then opened from it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from avise.connectors.host import ConnectorHost
from avise.connectors.network_gate import Shut
from avise.env import SystemEnv
from avise.models.errors import AviseError
from avise.models.interaction import TimelineEntry
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.roles import Purpose, Session
from avise.services.customer_updates import OpeningSettled, TimelineChanged
from avise.services.exchange_bodies import ExchangeBodies
from avise.services.open_customer import OpenDossier
from avise.services.ports import JournalPort
from avise.services.source_port import SourcePort
from tests.servers.mailbox.conftest import Mailbox
from tests.servers.mailbox.letters import HELENE, SECRET_WORDS
from tests.servers.mailbox.test_faults import host_over
from tests.unit.services.test_open_customer import AGENT, MEMBER


@dataclass
class Written:
    """Keeps what is written in the journal."""

    bodies: list[Mapping[str, JSON]] = field(default_factory=list)

    async def append(self, session: Session, kind: EventKind, stream: str, body: Mapping[str, JSON]) -> None:
        del session, kind, stream
        self.bodies.append(body)


@pytest.fixture
async def host(mailbox: Mailbox) -> AsyncIterator[ConnectorHost]:
    async with host_over(mailbox.config()) as running:
        yield running


async def opened(host: ConnectorHost) -> tuple[OpenDossier, tuple[TimelineEntry, ...]]:
    party = replace(MEMBER.party, ids={"mail.addresses": HELENE})
    sources = cast("SourcePort", host)
    dossier = OpenDossier(replace(MEMBER, party=party), AGENT, Purpose.CALL, sources, SystemEnv())
    dossier.start()
    entries: tuple[TimelineEntry, ...] = ()
    async with aclosing(dossier.follow()) as updates:  # type: ignore[type-var]  # a generator
        async for update in updates:
            if isinstance(update, TimelineChanged):
                entries = update.entries
            if isinstance(update, OpeningSettled):
                break
    await dossier.aclose()
    return dossier, entries


async def test_a_letter_of_the_history_is_read_and_offline_it_is_said_not_to_be_on_board(
    host: ConnectorHost,
) -> None:
    dossier, entries = await opened(host)
    (letter,) = [one for one in entries if one.title == "Carte perdue"]
    assert letter.has_body
    journal = Written()
    bodies = ExchangeBodies(cast("SourcePort", host), cast("JournalPort", journal))
    assert await bodies.read(dossier, letter.id) == SECRET_WORDS
    assert [body["exchange"] for body in journal.bodies] == [letter.id]
    host.gate.shut = Shut.ALL
    with pytest.raises(AviseError) as caught:
        await bodies.read(dossier, letter.id)
    assert caught.value.message_key == "exchange_body.offline"
