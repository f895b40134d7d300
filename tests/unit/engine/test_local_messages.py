"""The desk that writes to members: whom it refuses, and what it needs before anything is planned."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from avise.directory.keys import Minter
from avise.engine.local_desk import LocalDesk
from avise.engine.message_room import open_message_room
from avise.env import FixedEnv
from avise.models.consent import ConsentAct, ConsentChannel, ConsentPurpose, ConsentState
from avise.models.customer import Party, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.outgoing import MessageStatus, OutgoingMessage, plain
from avise.models.roles import Purpose, Role, Session
from avise.services.customer_updates import CustomerUpdate, OpeningSettled, TimelineChanged
from avise.services.profile import Profile
from avise.services.settings_file import MessagesSection, SettingsFile, UserSection
from avise.store.desk_memory import DeskMemory
from avise.store.directory import Directory
from avise.store.journal import Journal
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer

KEY = bytes(range(32))
MEMBER = Party("1", PartyKind.MEMBER, "MARCHAND", "Hélène", title="mrs", member_number="0482917350")
PROTECTED = Party("2", PartyKind.MEMBER, "DELORME", "Anne", member_number="0482917351", restricted=True)
COMPANY = Party("3", PartyKind.COMPANY, company_name="Le Fournil des Ormes (fictif)", siren="000123455")
MAIL = {"kind": "email", "value": "helene@exemple.invalid", "status": "ok"}
MOBILE = {"kind": "mobile", "value": "06 39 98 41 27", "status": "ok"}
CARD = {"status": "active", "valid_from": "2026-01-01", "valid_to": "2026-12-31"}
SMS = ConsentChannel.SMS
COMMERCIAL = ConsentPurpose.COMMERCIAL


class Secrets:
    """Nobody's."""

    async def get(self, instance: str, name: str) -> str | None:
        del instance, name
        return None


@dataclass
class Office:
    """One store and directory, at which a desk of any role can be set up."""

    folder: Path
    store: Store
    directory: Directory
    sources: ScriptedSources

    def desk(self, role: Role = Role.AGENT, *, writes: bool = True) -> LocalDesk:
        env = FixedEnv()
        session = Session("lea.girard", "Léa Girard", role, "poste-1")
        memory, journal = DeskMemory(self.store, env, session.user), Journal(self.store, env)
        copies = Snapshots(self.store, env)
        desk = LocalDesk(session, self.sources, self.directory, journal, memory, copies, env)
        settings = SettingsFile(
            uuid.UUID(int=5), "parties", UserSection("lea.girard", "Léa Girard"),
            messages=MessagesSection(mutual="La mutuelle", spool="to-send"),
        )  # fmt: skip
        if writes:
            profile = Profile(self.folder, settings, "poste-1")
            room = open_message_room(
                profile, session, self.store, self.sources, desk.everybody, Secrets(), env
            )
            desk.use_messages(room)
        return desk

    async def person(self, party: Party) -> PersonId:
        found = (await self.directory.search(party.last_name or party.company_name)).hits
        return next(hit.entry.person for hit in found if hit.entry.party.native_id == party.native_id)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = await Store.open(tmp_path / "store.db", KEY, FixedEnv())
    directory = await Directory.open(
        tmp_path / "directory.db", KEY, FixedEnv(), Minter(uuid.UUID(int=5), "parties.party")
    )
    builder = directory.rebuild()
    await builder.add([MEMBER, PROTECTED, COMPANY])
    await builder.finish("c1")
    sources = ScriptedSources(
        [offer("parties", "contact_points", "rights", "consents")],
        {
            ("parties", "contact_points"): [answer("parties", "contact_points", MAIL, MOBILE)],
            ("parties", "rights"): [answer("parties", "rights", CARD)],
            ("parties", "consents"): [answer("parties", "consents")],
        },
    )
    yield Office(tmp_path, store, directory, sources)
    await directory.aclose()
    await store.aclose()


async def read(desk: LocalDesk, person: PersonId, reason: str = "") -> AsyncGenerator[CustomerUpdate, None]:
    """Open a dossier and read it; the stream that is returned keeps it open."""
    updates = desk.open_customer(person, Purpose.CALL, reason)
    async for update in updates:
        if isinstance(update, OpeningSettled):
            break
    return cast("AsyncGenerator[CustomerUpdate, None]", updates)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
async def test_roles_without_customer_data_write_to_nobody(office: Office, role: Role) -> None:
    person = await office.person(MEMBER)
    opened = await read(agent := office.desk(), person)
    draft = await agent.draft_message(person, "card_available")
    desk = office.desk(role)
    for asked in (
        desk.message_templates(),
        desk.draft_message(person, "card_available"),
        desk.undo_message(uuid.UUID(int=1)),
        desk.consents(person),
        desk.consent_questions(person),
        desk.give_consent(person, ConsentAct(COMMERCIAL, SMS)),
        desk.withdraw_consent(person),
    ):
        with pytest.raises(AviseError) as refused:
            await asked
        assert refused.value.message_key == "role.no_customers"
    with pytest.raises(AviseError):
        await desk.send_message(draft)
    assert [told async for told in desk.messages()] == []
    await opened.aclose()


async def test_a_profile_without_the_section_still_keeps_consents_and_sends_nothing(office: Office) -> None:
    desk = office.desk(writes=False)
    person = await office.person(MEMBER)
    cells = await desk.give_consent(person, ConsentAct(COMMERCIAL, SMS))
    assert [c.state for c in cells if (c.purpose, c.channel) == (COMMERCIAL, SMS)] == [ConsentState.YES]
    with pytest.raises(AviseError) as refused:
        await desk.message_templates()
    assert refused.value.message_key == "message.not_here"


async def test_what_is_written_needs_an_open_dossier_of_a_member_and_a_known_template(office: Office) -> None:
    desk = office.desk()
    person, company = await office.person(MEMBER), await office.person(COMPANY)
    with pytest.raises(AviseError) as closed:
        await desk.draft_message(person, "card_available")
    assert closed.value.message_key == "open.nobody"
    streams = [await read(desk, person), await read(desk, company)]
    for asked, key in (
        (desk.draft_message(person, "no_such_template"), "message.no_template"),
        (desk.draft_message(company, "card_available"), "message.not_a_member"),
        (
            desk.draft_message(person, "card_available", filled={"until": "1 85 05 99 999 001 81"}),
            "message.restricted_number",
        ),
    ):
        with pytest.raises(AviseError) as refused:
            await asked
        assert refused.value.message_key == key
    for stream in streams:
        await stream.aclose()


async def test_a_message_goes_by_what_this_desk_has_a_way_for_and_is_followed(office: Office) -> None:
    desk = office.desk()
    person = await office.person(MEMBER)
    opened = await read(desk, person)
    draft = await desk.draft_message(person, "card_available")
    assert (draft.channel, draft.recipient) == (SMS, "+33639984127")
    assert plain(draft.body).startswith("La mutuelle")
    following = cast("AsyncGenerator[tuple[OutgoingMessage, ...], None]", desk.messages())
    assert await anext(following) == ()
    planned = await desk.send_message(draft)
    assert await anext(following) == (planned,)
    undone = await desk.undo_message(planned.id)
    assert undone.status is MessageStatus.UNDONE
    async for update in opened:
        if isinstance(update, TimelineChanged) and "Annulé" in update.entries[0].summary:
            assert update.entries[0].summary == "Annulé avant l’envoi par Léa Girard"
            break
    assert [message.status for message in await anext(following)] == [MessageStatus.UNDONE]
    await following.aclose()
    await opened.aclose()


async def test_a_draft_whose_facts_have_changed_is_not_sent(office: Office) -> None:
    desk = office.desk()
    person = await office.person(MEMBER)
    opened = await read(desk, person)
    draft = await desk.draft_message(person, "card_available")
    moved = {**MOBILE, "value": "06 39 98 41 28"}
    office.sources.readings["parties", "contact_points"] = [answer("parties", "contact_points", moved)]
    await desk.reread(person, "contact_points")
    async for update in opened:
        if isinstance(update, OpeningSettled):
            break
    with pytest.raises(AviseError) as refused:
        await desk.send_message(draft)
    assert refused.value.message_key == "message.changed"
    office.sources.readings["parties", "contact_points"] = [answer("parties", "contact_points", MAIL)]
    await desk.reread(person, "contact_points")
    async for update in opened:
        if isinstance(update, OpeningSettled):
            break
    with pytest.raises(AviseError) as gone:
        await desk.send_message(draft)
    assert gone.value.message_key == "message.no_channel"
    assert gone.value.params["reason"] == "Aucun numéro de mobile connu"
    await opened.aclose()


async def test_consents_of_a_protected_file_need_it_open_with_its_reason(office: Office) -> None:
    desk = office.desk()
    person = await office.person(PROTECTED)
    with pytest.raises(AviseError) as refused:
        await desk.consents(person)
    assert refused.value.message_key == "open.reason_needed"
    opened = await read(desk, person, "rappel demandé")
    assert len(await desk.consents(person)) == 16
    await opened.aclose()


async def test_the_questions_of_the_wrap_up_are_those_left_unanswered(office: Office) -> None:
    desk = office.desk()
    person = await office.person(MEMBER)
    before = await desk.consent_questions(person)
    await desk.withdraw_consent(person, COMMERCIAL)
    after = await desk.consent_questions(person)
    assert {question.purpose for question in before} - {question.purpose for question in after} == {
        COMMERCIAL
    }
