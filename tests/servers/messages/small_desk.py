"""The smallest desk that sends e-mails: a store, a mail server, and a clock on which two minutes are over.

    python -m tests.servers.messages.small_desk STORE PORT

plans one message and hands it over at once.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from avise.connectors.readings import SourceOffer
from avise.demo.mail_sink import HOST
from avise.env import Env, SystemEnv
from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.outgoing import DEPARTS_AFTER, Fragment, MessageDraft
from avise.models.roles import Role, Session
from avise.services.consent_texts import shipped_consents
from avise.services.consents import Consents
from avise.services.messages.outgoing import Outgoing
from avise.services.messages.smtp_way import SmtpWay
from avise.services.settings_file import MailSecurity, MessagesSection
from avise.store.journal import Journal
from avise.store.outgoing import OutgoingMessages
from avise.store.store import Store
from tests.unit.services.scripted_sources import ScriptedSources

KEY = bytes(range(32))
PERSON = uuid.UUID(int=7)
AGENT = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
DRAFT = MessageDraft(
    person=PERSON, template="card_available", template_version="1", title="Carte",
    purpose=ConsentPurpose.SERVICE, channel=ConsentChannel.EMAIL, chosen_because="", choices=(),
    language="fr", recipient="helene@exemple.invalid", subject=(Fragment("Votre carte"),),
    body=(Fragment("Voici."),),
)  # fmt: skip


class LaterEnv(SystemEnv):
    """The real world; `later` makes it two minutes older."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        """Return what its clock shows."""
        return super().now() + self.shift

    def later(self) -> None:
        """Make two minutes pass."""
        self.shift += DEPARTS_AFTER


class Nobody:
    """A directory that knows nobody."""

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        """Return nobody."""
        del person
        return None


async def no_password() -> str | None:
    """Return none."""
    return None


class SmallDesk:
    """A store and what sends from it."""

    def __init__(self, store: Store, host: str, port: int, env: Env) -> None:
        offers: Sequence[SourceOffer] = ()
        settings = MessagesSection(
            "La mutuelle", "contact@mutuelle.invalid", (), host, port, MailSecurity.NONE
        )
        journal = Journal(store, env)
        self.store = store
        consents = Consents(AGENT, journal, ScriptedSources(offers), shipped_consents(), env)
        kept = OutgoingMessages(store, env, journal, AGENT.user)
        ways = {ConsentChannel.EMAIL: SmtpWay(settings, no_password)}
        self.outgoing = Outgoing(AGENT, kept, consents, Nobody(), ways, env)

    @classmethod
    async def open(cls, path: Path, host: str, port: int, env: Env) -> SmallDesk:
        """Open the store of a desk."""
        return cls(await Store.open(path, KEY, env), host, port, env)

    async def aclose(self) -> None:
        """End the ways, then the store."""
        await self.outgoing.aclose()
        await self.store.aclose()


async def main(store: str, port: str) -> None:
    """Plan one message and hand it over."""
    env = LaterEnv()
    desk = await SmallDesk.open(Path(store), HOST, int(port), env)
    await desk.outgoing.plan(DRAFT)
    env.later()
    await desk.outgoing.depart_due()
    await asyncio.sleep(30)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
