"""Wrap-ups, tasks, the day and people whom no tool knows, on a real store."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from avise.connectors.contract import CallEvent, CallEventKind
from avise.directory.keys import Minter
from avise.engine.local_desk import LocalDesk
from avise.env import FixedEnv
from avise.models.added_person import NewPerson
from avise.models.customer import Party, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.interaction import Direction, TimelineEntry
from avise.models.note_findings import FindingKind
from avise.models.roles import Purpose, Role, Session
from avise.models.tasks import NewTask, TaskKind
from avise.models.wrap_up import CallbackPromise, Deed, Lack, Outcome, WrapUp, lacks_told
from avise.services.customer_updates import HeaderChanged, TimelineChanged
from avise.services.day_values import DayRequests, MyDay, SentRequest, TaskBoard
from avise.services.wrap_up import IncompleteWrapUpError
from avise.store.desk_memory import DeskMemory
from avise.store.directory import Directory
from avise.store.errors import DiskFullError
from avise.store.journal import Journal
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from tests.unit.services.scripted_sources import ScriptedSources

KEY = bytes(range(32))
HELENE = Party(
    "1", PartyKind.MEMBER, "MARCHAND", "Hélène", member_number="0482917350", phones=("+33639984127",),
)  # fmt: skip
YVES = Party("3", PartyKind.BENEFICIARY, "MARCHAND", "Yves", dossier="1")
HOUR = timedelta(hours=1)
NIR = "1 85 05 99 999 001 81"
IBAN = "FR76 9999 9000 0200 0000 0000 197"


class Office:
    """One store and directory, and a clock that a test turns, at which desks can be set up."""

    def __init__(self, store: Store, directory: Directory, env: FixedEnv, folder: Path) -> None:
        self.store, self.directory, self.env, self.folder = store, directory, env, folder
        self.sources = ScriptedSources([])

    def desk(self, user: str = "lea.girard", role: Role = Role.AGENT) -> LocalDesk:
        """Return a desk as a start would build it: nothing of it is remembered but by the store."""
        session = Session(user, user, role, "poste-1")
        memory = DeskMemory(self.store, self.env, user)
        journal, copies = Journal(self.store, self.env), Snapshots(self.store, self.env)
        return LocalDesk(
            session, self.sources, self.directory, journal, memory, copies, self.env, self.folder
        )

    async def person(self, party: Party) -> PersonId:
        found = (await self.directory.search(f"{party.last_name} {party.first_name}")).hits
        return next(hit.entry.person for hit in found if hit.entry.party.native_id == party.native_id)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    env = FixedEnv()
    store = await Store.open(tmp_path / "store.db", KEY, env)
    directory = await Directory.open(
        tmp_path / "directory.db", KEY, env, Minter(uuid.UUID(int=5), "parties.party")
    )
    builder = directory.rebuild()
    await builder.add([HELENE, YVES])
    await builder.finish("c1")
    yield Office(store, directory, env, tmp_path)
    await directory.aclose()
    await store.aclose()


def wrap_up(office: Office, **changes: object) -> WrapUp:
    """Return a complete wrap-up of a call, with a call-back in two hours."""
    now = office.env.now()
    whole = WrapUp(
        reason="R06",
        outcome=Outcome.TO_FOLLOW,
        detail="estimate_sent",
        note="Devis reçu, réponse promise.",
        deeds=(Deed("consulted", now, "authorizations"),),
        callback=CallbackPromise(now + 2 * HOUR, now + HOUR, "Dire si le devis est accepté"),
        call_id="call-17",
        duration_s=272,
        confirmed=True,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # test data


async def board_of(desk: LocalDesk) -> TaskBoard:
    async with aclosing(desk.tasks()) as boards:  # type: ignore[type-var]
        return await anext(boards)


async def day_of(desk: LocalDesk) -> MyDay:
    async with aclosing(desk.my_day()) as days:  # type: ignore[type-var]
        return await anext(days)


async def history(desk: LocalDesk, person: PersonId) -> list[TimelineEntry]:
    """Return the timeline that opening somebody shows once it is settled."""
    entries: list[TimelineEntry] = []
    async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        async for update in updates:
            if isinstance(update, TimelineChanged):
                entries = list(update.entries)
                break
    return entries


# ---- wrap-up ---------------------------------------------------------------------------------------


async def test_an_exchange_is_recorded_with_its_call_back_and_its_draft_is_forgotten(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    form = wrap_up(office)
    await desk.save_wrap_up(person, form)
    act = await desk.record_wrap_up(person, form)
    assert await desk.wrap_up_draft(person) is None
    (entry,) = await history(desk, person)
    assert (entry.title, entry.summary, entry.variant) == (
        "Devis ou PEC optique",
        "Devis reçu, réponse promise.",
        "call_in",
    )
    (row,) = (await board_of(desk)).mine
    assert (row.task.id, row.task.kind, row.task.reason) == (act.subject, TaskKind.CALLBACK, "R06")
    assert row.task.words == "Dire si le devis est accepté"
    assert row.who is not None
    assert row.who.entry.party.last_name == "MARCHAND"
    (kept,) = (await board_of(office.desk())).mine
    assert kept == row


async def test_an_open_dossier_shows_what_is_recorded_and_what_is_taken_back(office: Office) -> None:
    desk, person = office.desk(), await office.person(YVES)
    async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        told: list[int] = []
        act = None
        async for update in updates:
            if not isinstance(update, TimelineChanged):
                continue
            told.append(len(update.entries))
            if told[-1] == 0 and act is None:
                act = await desk.record_wrap_up(person, wrap_up(office))
            elif told[-1] == 1 and act is not None:
                await desk.undo(act)
            elif told[-1] == 0:
                break
    assert told[0] == 0
    assert 1 in told


async def test_a_draft_comes_back_whole_and_one_without_anything_is_forgotten(office: Office) -> None:
    person = await office.person(HELENE)
    form = wrap_up(office, outcome=None)
    saved = await office.desk().save_wrap_up(person, form)
    assert (saved.saved_at, saved.masked) == (office.env.now(), False)
    found = await office.desk().wrap_up_draft(person)
    assert found is not None
    assert (found.wrap_up, found.person) == (form, person)
    (unfinished,) = await office.desk().unfinished_wrap_ups()
    assert unfinished == found
    assert await office.desk("paul").wrap_up_draft(person) is None
    await office.desk().save_wrap_up(person, WrapUp(reason="R01"))
    assert await office.desk().unfinished_wrap_ups() == ()


async def test_a_draft_of_the_first_version_is_read_as_a_note(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    await desk.save_draft(person, '{"Rappeler": "lundi"')
    found = await desk.wrap_up_draft(person)
    assert found is not None
    assert found.wrap_up == WrapUp(note='{"Rappeler": "lundi"')
    await desk.save_wrap_up(person, wrap_up(office))
    plain = await desk.draft(person)
    assert plain is not None
    assert plain.text == "Devis reçu, réponse promise."


async def test_a_restricted_number_is_masked_in_the_draft_and_keeps_the_exchange_from_being_recorded(
    office: Office,
) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    form = wrap_up(office, note=f"A dit {NIR}, rappeler", callback=None)
    saved = await desk.save_wrap_up(person, form)
    assert saved.masked
    assert [finding.kind for finding in saved.findings] == [FindingKind.NIR]
    found = await desk.wrap_up_draft(person)
    assert found is not None
    assert found.wrap_up.note.startswith("A dit 1\u00a085\u00a005\u00a0••")
    assert found.wrap_up.note.endswith(", rappeler")
    with pytest.raises(IncompleteWrapUpError) as refused:
        await desk.record_wrap_up(person, form)
    assert lacks_told(refused.value) == (Lack.RESTRICTED,)
    assert await history(desk, person) == []
    assert await desk.wrap_up_draft(person) == found
    await desk.record_wrap_up(person, found.wrap_up)
    assert await desk.wrap_up_draft(person) is None


@pytest.mark.parametrize("words", [NIR, IBAN, "4970 1012 3456 7893"])
async def test_no_way_to_write_an_exchange_takes_a_restricted_number(office: Office, words: str) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    promise = CallbackPromise(office.env.now() + HOUR, words=words)
    for writing in (
        desk.record_interaction(person, {"title": "Appel", "note": words}),
        desk.record_wrap_up(person, wrap_up(office, note=words)),
        desk.record_wrap_up(person, wrap_up(office, callback=promise)),
        desk.add_task(NewTask(TaskKind.TODO, words, office.env.now() + HOUR)),
        desk.add_person(NewPerson("Roux", city=words)),
    ):
        with pytest.raises(AviseError) as refused:
            await writing
        assert words not in repr(refused.value)
    assert await Journal(office.store, office.env).since(0) == ()


async def test_what_is_lacking_is_told_and_nothing_is_written(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    with pytest.raises(IncompleteWrapUpError) as refused:
        await desk.record_wrap_up(person, WrapUp())
    assert lacks_told(refused.value) == (Lack.REASON, Lack.OUTCOME)
    assert refused.value.params["lacks"] == "Choisissez un motif. Indiquez le résultat."
    note = WrapUp(note="Vu avec le service Cotisations", direction=Direction.INTERNAL)
    await desk.record_wrap_up(person, note)
    (entry,) = await history(desk, person)
    assert (entry.title, entry.variant) == ("Note interne", "note")


async def test_on_a_full_disk_neither_exchange_nor_call_back_is_kept_and_the_draft_stays(
    office: Office,
) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    form = wrap_up(office, note="Rappeler demain avant midi. " * 800)
    await desk.save_wrap_up(person, form)
    await office.store.write(_without_room)
    with pytest.raises(DiskFullError):
        await desk.record_wrap_up(person, form)
    await office.store.write(_with_room)
    assert (await board_of(desk)).mine == ()
    found = await desk.wrap_up_draft(person)
    assert found is not None
    assert found.wrap_up == form
    await desk.record_wrap_up(person, form)
    assert len((await board_of(desk)).mine) == 1


def _without_room(connection: Connection) -> None:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar_one()


def _with_room(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count=1000000").scalar_one()


# ---- undo ------------------------------------------------------------------------------------------


async def test_an_exchange_taken_back_becomes_a_draft_again_and_its_call_back_goes(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    form = wrap_up(office)
    act = await desk.record_wrap_up(person, form)
    office.env.advance(timedelta(minutes=9))
    await office.desk().undo(act)
    assert await history(office.desk(), person) == []
    assert (await board_of(office.desk())).mine == ()
    found = await office.desk().wrap_up_draft(person)
    assert found is not None
    assert found.wrap_up == form
    with pytest.raises(AviseError) as refused:
        await office.desk().undo(act)
    assert refused.value.message_key == "undo.already"
    kinds = [event.kind.value for event in await Journal(office.store, office.env).since(0)]
    assert kinds == ["interaction_recorded", "task_added", "undone", "undone", "consulted"]


async def test_a_draft_begun_meanwhile_is_not_replaced(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    act = await desk.record_wrap_up(person, wrap_up(office))
    await desk.save_wrap_up(person, WrapUp(note="autre appel"))
    await desk.undo(act)
    found = await desk.wrap_up_draft(person)
    assert found is not None
    assert found.wrap_up.note == "autre appel"


async def test_after_ten_minutes_or_by_somebody_else_nothing_is_taken_back(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    act = await desk.record_wrap_up(person, wrap_up(office))
    assert act.until == office.env.now() + timedelta(minutes=10)
    with pytest.raises(AviseError) as foreign:
        await office.desk("paul").undo(act)
    assert foreign.value.message_key == "undo.not_yours"
    office.env.advance(timedelta(minutes=10, seconds=1))
    with pytest.raises(AviseError) as late:
        await desk.undo(act)
    assert late.value.message_key == "undo.too_late"
    with pytest.raises(AviseError) as unknown:
        await desk.undo(replace(act, events=(uuid.UUID(int=1),)))
    assert unknown.value.message_key == "undo.unknown"
    assert len(await history(desk, person)) == 1


# ---- tasks -----------------------------------------------------------------------------------------


async def test_a_task_is_moved_given_done_and_each_can_be_taken_back(office: Office) -> None:
    desk, now = office.desk(), office.env.now()
    added = await desk.add_task(NewTask(TaskKind.TODO, "Vérifier la DSN", now + HOUR))
    assert added.subject is not None
    moved = await desk.move_task(added.subject, now + 3 * HOUR, now + 2 * HOUR)
    (row,) = (await board_of(desk)).mine
    assert (row.task.due, row.task.remind_at, row.task.moves) == (now + 3 * HOUR, now + 2 * HOUR, 1)
    await desk.undo(moved)
    (row,) = (await board_of(desk)).mine
    assert (row.task.due, row.task.moves) == (now + HOUR, 0)
    given = await desk.assign_task(added.subject, "paul")
    assert (await board_of(desk)).mine == ()
    (row,) = (await board_of(office.desk("paul"))).mine
    assert row.holder == "paul"
    await desk.undo(given)
    done = await desk.finish_task(added.subject)
    assert (await board_of(desk)).mine == ()
    with pytest.raises(AviseError) as refused:
        await desk.move_task(added.subject, now + 4 * HOUR)
    assert refused.value.message_key == "task.not_open"
    await desk.undo(done)
    assert (await board_of(office.desk())).mine == (await board_of(desk)).mine != ()
    await desk.undo(added)
    assert (await board_of(office.desk())).mine == ()
    with pytest.raises(AviseError) as unknown:
        await desk.finish_task(added.subject)
    assert unknown.value.message_key == "task.unknown"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"words": " "}, "task.no_words"),
        ({"due": FixedEnv().now()}, "task.due_past"),
        ({"kind": TaskKind.CALLBACK, "words": "", "reason": ""}, "task.no_words"),
    ],
)
async def test_a_task_that_says_nothing_or_is_already_late_is_refused(
    office: Office, changes: dict[str, object], key: str
) -> None:
    whole = NewTask(TaskKind.TODO, "Vérifier la DSN", office.env.now() + HOUR)
    with pytest.raises(AviseError) as refused:
        await office.desk().add_task(replace(whole, **changes))  # type: ignore[arg-type]  # test data
    assert refused.value.message_key == key


async def test_the_board_is_told_again_at_each_change_and_when_a_reminder_comes(office: Office) -> None:
    desk, now = office.desk(), office.env.now()
    async with aclosing(desk.tasks()) as boards:  # type: ignore[type-var]
        assert await anext(boards) == TaskBoard()
        act = await desk.add_task(NewTask(TaskKind.CALLBACK, "Rappeler", now + HOUR, now + HOUR / 2))
        added = await anext(boards)
        assert [row.task.id for row in added.mine] == [act.subject]
        assert added.reminders == ()
        reminded = await anext(boards)
        assert reminded.reminders == (act.subject,)
        assert now + HOUR / 2 <= office.env.now() <= now + HOUR / 2 + timedelta(seconds=20)


async def test_a_deputy_has_the_tasks_of_somebody_away_until_the_end(office: Office) -> None:
    lea, paul, now = office.desk(), office.desk("paul"), office.env.now()
    soon = await lea.add_task(NewTask(TaskKind.TODO, "Aujourd’hui", now + HOUR))
    later = await lea.add_task(NewTask(TaskKind.TODO, "Au retour", now + 72 * HOUR))
    away = await lea.declare_absence(now, now + 48 * HOUR, "paul")
    board = await board_of(lea)
    assert [row.task.id for row in board.mine] == [later.subject]
    assert [(row.task.id, row.holder) for row in board.entrusted] == [(soon.subject, "paul")]
    assert board.absence is not None
    assert (board.absence.deputy, board.absence.ends) == ("paul", now + 48 * HOUR)
    assert [row.task.id for row in (await board_of(paul)).mine] == [soon.subject]
    assert away.subject is not None
    ended = await lea.end_absence(away.subject)
    assert [row.task.id for row in (await board_of(lea)).mine] == [soon.subject, later.subject]
    assert (await board_of(office.desk("paul"))).mine == ()
    with pytest.raises(AviseError) as again:
        await lea.end_absence(away.subject)
    assert again.value.message_key == "absence.unknown"
    await lea.undo(ended)
    assert len((await board_of(office.desk())).entrusted) == 1


async def test_an_absence_needs_dates_in_order_and_somebody_else(office: Office) -> None:
    desk, now = office.desk(), office.env.now()
    for starts, ends, deputy, key in (
        (now + HOUR, now, "paul", "absence.dates"),
        (now - 3 * HOUR, now - HOUR, "paul", "absence.dates"),
        (now, now + HOUR, "", "absence.deputy"),
        (now, now + HOUR, "lea.girard", "absence.deputy"),
    ):
        with pytest.raises(AviseError) as refused:
            await desk.declare_absence(starts, ends, deputy)
        assert refused.value.message_key == key


# ---- the day ---------------------------------------------------------------------------------------


async def test_the_day_sorts_tasks_by_time_and_says_what_it_does_not_know(office: Office) -> None:
    desk, now = office.desk(), office.env.now()
    for words, hours in (("tôt", 1), ("soir", 8), ("demain", 20)):
        await desk.add_task(NewTask(TaskKind.TODO, words, now + hours * HOUR))
    office.env.advance(2 * HOUR)
    person = await office.person(HELENE)
    await desk.save_wrap_up(person, wrap_up(office))
    await desk.record_wrap_up(None, wrap_up(office, call_id="c9", callback=None, note="Demande un devis"))
    day = await day_of(desk)
    rows = [[row.task.words for row in part] for part in (day.late, day.today, day.later)]
    assert rows == [["tôt"], ["soir"], ["demain"]]
    assert [draft.person for draft in day.unfinished] == [person]
    assert [left.wrap_up.note for left in day.unlinked] == ["Demande un devis"]
    assert (day.diary.state.value, day.requests.followed, day.news.items, day.tools) == (
        "absent",
        False,
        (),
        (),
    )


async def test_the_day_is_told_again_when_something_happens_or_the_hour_turns(office: Office) -> None:
    desk, now = office.desk(), office.env.now()
    await desk.add_task(NewTask(TaskKind.TODO, "soir", now + HOUR))
    async with aclosing(desk.my_day()) as days:  # type: ignore[type-var]
        assert [row.task.words for row in (await anext(days)).today] == ["soir"]
        await desk.save_wrap_up(await office.person(HELENE), wrap_up(office))
        assert len((await anext(days)).unfinished) == 1
        await desk.record_wrap_up(None, wrap_up(office, callback=None))
        changed = await anext(days)
        assert (len(changed.unlinked), len(changed.unfinished)) == (1, 1)
        while not changed.late:
            changed = await anext(days)
        assert changed.today == ()


async def test_requests_passed_on_are_shown_once_something_keeps_them(office: Office) -> None:
    desk = office.desk()
    sent = SentRequest("D-2026-000187-K", "Remboursement", office.env.now(), "« Votre demande est… »")

    async def kept() -> tuple[SentRequest, ...]:
        return (sent,)

    async with aclosing(desk.my_day()) as days:  # type: ignore[type-var]
        assert not (await anext(days)).requests.followed
        desk.follow_requests(kept)
        assert (await anext(days)).requests == DayRequests(followed=True, rows=(sent,))


# ---- people whom no tool knows ---------------------------------------------------------------------


async def test_a_prospect_is_added_found_opened_and_keeps_a_history(office: Office) -> None:
    added = await office.desk().add_person(NewPerson("Le Goff", "Marc", phone="06 39 98 55 66", city="Brest"))
    desk, person = office.desk(), added.subject
    assert person is not None
    assert person.version == 7
    for words in ("le goff", "goff marc", "LE G brest", "0639985566"):
        (hit,) = (await desk.search(words)).hits
        assert (hit.entry.person, hit.entry.party.kind) == (person, PartyKind.PROSPECT)
    assert (await desk.search("le goff yves")).hits == ()
    await desk.record_wrap_up(person, wrap_up(office, reason="R17", detail=""))
    async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        first = await anext(updates)
    assert isinstance(first, HeaderChanged)
    assert (first.header.last_name, first.header.member_number) == ("Le Goff", "")
    assert [entry.title for entry in await history(desk, person)] == ["Suivi d’une adhésion"]
    office.sources.calls = [CallEvent("c1", CallEventKind.RINGING, office.env.now(), number="+33639985566")]
    async with aclosing(desk.calls()) as calls:  # type: ignore[type-var]
        call = await anext(calls)
    assert [match.entry.person for match in call.matches] == [person]
    await desk.undo(added)
    assert (await office.desk().search("le goff")).hits == ()


@pytest.mark.parametrize(
    ("new", "key"),
    [(NewPerson(first_name="Marc"), "person.no_name"), (NewPerson("Roux", phone="12"), "person.phone")],
)
async def test_a_person_without_name_or_with_a_wrong_number_is_not_added(
    office: Office, new: NewPerson, key: str
) -> None:
    with pytest.raises(AviseError) as refused:
        await office.desk().add_person(new)
    assert refused.value.message_key == key


async def test_an_exchange_with_somebody_unknown_is_attached_later_and_undoably(office: Office) -> None:
    desk, person = office.desk(), await office.person(YVES)
    form = wrap_up(office, callback=None)
    await desk.save_wrap_up(None, form)
    (draft,) = await desk.unfinished_wrap_ups()
    assert (draft.person, draft.wrap_up) == (None, form)
    assert await desk.wrap_up_draft(None, "call-17") == draft
    recorded = await desk.record_wrap_up(None, form)
    assert await desk.unfinished_wrap_ups() == ()
    (left,) = await desk.unlinked_interactions()
    assert left.wrap_up.note == form.note
    attached = await desk.attach_interaction(left.event, person)
    assert await desk.unlinked_interactions() == ()
    assert [entry.summary for entry in await history(office.desk(), person)] == [form.note]
    with pytest.raises(AviseError) as again:
        await desk.attach_interaction(left.event, person)
    assert again.value.message_key == "attach.unknown"
    with pytest.raises(AviseError) as held:
        await desk.undo(recorded)
    assert held.value.message_key == "undo.attached"
    await desk.undo(attached)
    assert await history(office.desk(), person) == []
    (back,) = await desk.unlinked_interactions()
    assert back.event == left.event
    await desk.undo(recorded)
    assert await desk.unlinked_interactions() == ()


async def test_an_exchange_of_the_first_version_can_be_attached_too(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    await desk.record_interaction(None, {"title": "Appel d’un inconnu", "note": "Devis", "call_id": "c1"})
    (left,) = await desk.unlinked_interactions()
    await desk.attach_interaction(left.event, person)
    (entry,) = await history(desk, person)
    assert (entry.title, entry.summary) == ("Appel d’un inconnu", "Devis")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
async def test_roles_without_customer_data_write_and_attach_no_exchange(office: Office, role: Role) -> None:
    desk, person = office.desk(role=role), await office.person(HELENE)
    for asked in (
        desk.save_wrap_up(person, wrap_up(office)),
        desk.record_wrap_up(person, wrap_up(office)),
        desk.guess_reasons(person),
        desk.add_person(NewPerson("Roux")),
        desk.unlinked_interactions(),
        desk.attach_interaction(uuid.UUID(int=1), person),
    ):
        with pytest.raises(AviseError) as refused:
            await asked
        assert refused.value.message_key == "role.no_customers"


async def test_reasons_are_guessed_from_the_history_of_the_open_dossier(office: Office) -> None:
    desk, person = office.desk(), await office.person(HELENE)
    await desk.record_wrap_up(person, wrap_up(office, reason="R18", detail="", callback=None))
    async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        await anext(updates)
        first = (await desk.guess_reasons(person))[0]
        by_queue = (await desk.guess_reasons(person, queue="Réclamations"))[0]
    assert (first.reason, first.because) == ("R18", "recent")
    assert (by_queue.reason, by_queue.because) == ("R21", "queue")
    assert len(await desk.guess_reasons(None)) == 3
    assert len(await desk.contact_reasons()) == 23
