"""Builds what messages to members need: the ways out that a profile gives, their store, the consents."""

from __future__ import annotations

from pathlib import Path

from avise.connectors.ports import SecretPort
from avise.engine.local_messages import MessageRoom
from avise.env import Env
from avise.models.consent import ConsentChannel
from avise.models.roles import Session
from avise.services.consent_texts import shipped_consents
from avise.services.consents import Consents
from avise.services.messages.letter_pdf import Letterhead
from avise.services.messages.notices import FOLDER as NOTICES
from avise.services.messages.notices import NoticeFolder
from avise.services.messages.outgoing import EntryPort, Outgoing
from avise.services.messages.smtp_way import SmtpWay
from avise.services.messages.spool_way import LetterWay, SmsWay
from avise.services.messages.templates import shipped_templates
from avise.services.messages.ways import Way
from avise.services.profile import Profile
from avise.services.settings_file import MessagesSection
from avise.services.source_port import SourcePort
from avise.store.journal import Journal
from avise.store.outgoing import OutgoingMessages
from avise.store.store import Store
from avise.transport.outward import Outward

SECRETS = "messages"
SMTP_PASSWORD = "smtp_password"  # noqa: S105 - the name of a secret, not one
"""The sealed secret of the mail server's account: `avise secret messages smtp_password`."""


def open_message_room(
    profile: Profile, session: Session, store: Store, sources: SourcePort, directory: EntryPort,
    secrets: SecretPort, env: Env, outward: Outward | None = None,
) -> MessageRoom:  # fmt: skip
    """Return what it takes to write to members; nothing leaves before `outgoing.start`."""
    settings = profile.settings.messages
    journal = Journal(store, env)
    consents = Consents(session, journal, sources, shipped_consents(), env)
    kept = OutgoingMessages(store, env, journal, session.user)
    ways = message_ways(settings, profile.folder, secrets, outward)
    outgoing = Outgoing(session, kept, consents, directory, ways, env)
    if settings.spool:
        outgoing.notices = NoticeFolder(profile.folder / settings.spool / NOTICES)
    return MessageRoom(consents, outgoing, shipped_templates(), settings.mutual)


def message_ways(
    settings: MessagesSection, folder: Path, secrets: SecretPort, outward: Outward | None = None
) -> dict[ConsentChannel, Way]:
    """Return the way of each channel that the profile has one for.

    Args:
        settings: the section `[messages]`.
        folder: of the profile, to which a relative spool folder belongs.
        secrets: where the password is.
        outward: how the house's servers are reached; as the system says unless told.
    """

    async def password() -> str | None:
        return await secrets.get(SECRETS, SMTP_PASSWORD)

    ways: dict[ConsentChannel, Way] = {}
    if settings.smtp_host:
        ways[ConsentChannel.EMAIL] = SmtpWay(settings, password, outward)
    if settings.spool:
        spool = folder / settings.spool
        ways[ConsentChannel.SMS] = SmsWay(spool, settings.mutual)
        ways[ConsentChannel.LETTER] = LetterWay(spool, Letterhead(settings.mutual, settings.postal_address))
    return ways
