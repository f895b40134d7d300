"""What a desk of the middle office offers, on a real hub: acts, undo, files, lists, the team."""

from __future__ import annotations

import os
import pickle
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from avise.env import SystemEnv
from avise.models.acts import Act
from avise.models.errors import AviseError
from avise.models.identifiers import mask_iban
from avise.models.interaction import Channel
from avise.models.journal import EventKind
from avise.models.requests import ExchangeKind, RequestId, RequestStatus
from avise.models.roles import Purpose, Role
from avise.services.customer_updates import AlertsChanged, TimelineChanged
from avise.services.request_values import (
    HubState,
    NewRequest,
    PresenceKind,
    RequestDeed,
    RequestFilters,
    RequestQuery,
    RequestSort,
    SavedView,
)
from avise.texts import LANGUAGES, speaking
from tests.unit.engine.request_station import (
    HELENE,
    INES,
    KARIM,
    LEA,
    MAUD,
    NEW,
    PROTECTED,
    WORKERS,
    Machine,
    Station,
    Worker,
    first,
)

CLAIM = RequestDeed(EventKind.REQUEST_CLAIMED)
CONTACTS = RequestQuery("queue/ACCUEIL")
PDF = b"%PDF-1.7 une facture"
NEXT_MONTH = (SystemEnv().now() + timedelta(days=31)).date().isoformat()


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS)
        yield made


@pytest.fixture
async def lea(machine: Machine) -> Station:
    return await ready(await machine.station(LEA))


@pytest.fixture
async def karim(machine: Machine) -> Station:
    return await ready(await machine.station(KARIM))


async def ready(station: Station) -> Station:
    await first(station.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    return station


async def sent(lea: Station, karim: Station, **more: object) -> RequestId:
    """Have a request arrive at the middle office."""
    made = (await lea.desk.create_request(replace(NEW, **more))).done[0]  # type: ignore[arg-type]  # test data
    await karim.known(made, lambda found: bool(found.number))
    return made


async def done(station: Station, request: RequestId, kind: EventKind, **more: object) -> Act:
    """Do something that counts."""
    acts = await station.desk.act_on_requests((request,), RequestDeed(kind, **more))  # type: ignore[arg-type]  # test data
    assert acts.done == (request,), acts.refused
    assert acts.act is not None
    return acts.act


async def test_each_request_is_judged_for_itself_and_a_refusal_says_why(lea: Station, karim: Station) -> None:
    free, held = await sent(lea, karim), await sent(lea, karim)
    await done(karim, held, EventKind.REQUEST_CLAIMED)
    acts = await karim.desk.act_on_requests((free, held, RequestId(int=9)), CLAIM)
    assert acts.done == (free,)
    assert [request for request, _ in acts.refused] == [held, RequestId(int=9)]
    assert all(sentence.endswith(".") for _, sentence in acts.refused)


async def test_no_act_changes_more_than_fifty_requests(karim: Station) -> None:
    with pytest.raises(AviseError, match=r"request\.too_many"):
        await karim.desk.act_on_requests([UUID(int=number) for number in range(51)], CLAIM)


async def test_a_request_is_resolved_and_closed_in_one_act_that_one_undo_takes_back(
    lea: Station, karim: Station
) -> None:
    made = await sent(lea, karim)
    await done(karim, made, EventKind.REQUEST_CLAIMED)
    act = await done(karim, made, EventKind.REQUEST_RESOLVED, outcome="done", then_close=True)
    await lea.known(made, lambda found: found.status is RequestStatus.CLOSED)
    await karim.desk.undo(act)
    await lea.known(made, lambda found: found.status is RequestStatus.TAKEN and found.holder == KARIM.login)
    with pytest.raises(AviseError, match=r"undo\.already|request\.cannot_undo"):
        await karim.desk.undo(act)


async def test_what_was_said_is_taken_back_and_read_by_nobody_any_more(lea: Station, karim: Station) -> None:
    made = await sent(lea, karim)
    act = await done(karim, made, EventKind.REQUEST_REPLIED, words="Votre carte est partie.")
    await lea.known(made, lambda found: len(found.exchanges) == 1)
    await karim.desk.undo(act)
    await lea.known(made, lambda found: found.exchanges == ())


async def test_a_request_that_was_sent_by_mistake_is_cancelled_by_the_undo(
    lea: Station, karim: Station
) -> None:
    acts = await lea.desk.create_request(NEW)
    assert acts.act is not None
    await karim.known(acts.done[0], lambda found: bool(found.number))
    await lea.desk.undo(acts.act)
    await karim.known(acts.done[0], lambda found: found.status is RequestStatus.CANCELLED)


async def test_an_act_that_somebody_went_on_from_is_not_undone(
    machine: Machine, lea: Station, karim: Station
) -> None:
    made = await sent(lea, karim)
    act = await done(karim, made, EventKind.REQUEST_CLAIMED)
    maud = await ready(await machine.station(MAUD))
    await maud.known(made, lambda found: found.holder == KARIM.login)
    await done(maud, made, EventKind.REQUEST_ASSIGNED, assignee=INES.login)
    await karim.known(made, lambda found: found.holder == INES.login)
    with pytest.raises(AviseError, match=r"request\.cannot_undo"):
        await karim.desk.undo(act)


async def test_a_request_goes_only_where_there_is_a_corbeille_and_to_whoever_works_there(
    machine: Machine, lea: Station, karim: Station
) -> None:
    made = await sent(lea, karim)
    await done(karim, made, EventKind.REQUEST_CLAIMED)
    nowhere = RequestDeed(EventKind.REQUEST_TRANSFERRED, queue="NOWHERE")
    assert (await karim.desk.act_on_requests((made,), nowhere)).done == ()
    maud = await ready(await machine.station(MAUD))
    await maud.known(made, lambda found: found.holder == KARIM.login)
    await first(maud.desk.team_board(), lambda _board: bool(maud.room.standing.colleagues))
    outside = RequestDeed(EventKind.REQUEST_ASSIGNED, assignee=LEA.login)
    assert (await maud.desk.act_on_requests((made,), outside)).done == ()


async def test_a_number_that_may_not_be_kept_is_refused_before_anything_is_written(
    lea: Station, karim: Station
) -> None:
    made = await sent(lea, karim)
    words = "Son numéro est le 2 68 03 44 109 214 35."
    with pytest.raises(AviseError, match=r"request\.restricted"):
        await karim.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_NOTED, words=words))
    with pytest.raises(AviseError, match=r"request\.incomplete"):
        await lea.desk.create_request(replace(NEW, words=words))


async def test_a_form_is_completed_only_with_what_it_asks(lea: Station, karim: Station) -> None:
    made = await sent(lea, karim)
    for fields in ({"subject": ""} | {"nothing": "x"}, {"received_on": "demain"}):
        deed = RequestDeed(EventKind.REQUEST_COMPLETED, fields=fields)
        assert (await lea.desk.act_on_requests((made,), deed)).done == ()
    await done(lea, made, EventKind.REQUEST_COMPLETED, fields={"subject": "Carte perdue"})
    await karim.known(made, lambda found: found.fields["subject"] == "Carte perdue")


# ---- files ----------------------------------------------------------------------------------------
async def test_a_file_that_is_joined_at_one_desk_is_saved_at_another(
    lea: Station, karim: Station, tmp_path: Path
) -> None:
    file = tmp_path / "facture.pdf"
    file.write_bytes(PDF)
    made = await sent(lea, karim, files=(file,))
    joined = (await karim.known(made, lambda found: bool(found.attachments))).attachments[0]
    assert (joined.name, joined.media_type, joined.size) == ("facture.pdf", "application/pdf", len(PDF))
    assert joined.blob not in PDF.decode()
    (tmp_path / "out").mkdir()
    once = await karim.desk.save_attachment(made, joined.blob, tmp_path / "out")
    again = await karim.desk.save_attachment(made, joined.blob, tmp_path / "out")
    assert (once.read_bytes(), again.read_bytes()) == (PDF, PDF)
    assert once != again


async def test_a_program_is_not_joined_whatever_its_name(lea: Station, tmp_path: Path) -> None:
    file = tmp_path / "facture.pdf"
    file.write_bytes(b"MZ\x90\x00" + bytes(range(256)))
    with pytest.raises(AviseError, match=r"request\.file_refused"):
        await lea.desk.create_request(replace(NEW, files=(file,)))


async def test_a_file_that_is_too_big_is_not_even_read(lea: Station, tmp_path: Path) -> None:
    file = tmp_path / "facture.pdf"
    with file.open("wb") as written:
        os.truncate(written.fileno(), 20 * 1024 * 1024 + 1)
    with pytest.raises(AviseError, match=r"request\.file_too_big"):
        await lea.desk.create_request(replace(NEW, files=(file,)))


# ---- lists ----------------------------------------------------------------------------------------
async def test_what_somebody_else_changed_is_unread_until_it_is_looked_at(
    lea: Station, karim: Station
) -> None:
    made = await sent(lea, karim)
    assert (await karim.row(lambda row: row.id == made)).unread
    await karim.detail(made, lambda _detail: True)
    await karim.row(lambda row: row.id == made and not row.unread)
    await done(lea, made, EventKind.REQUEST_REPLIED, words="L’adhérente rappelle.")
    await karim.row(lambda row: row.id == made and row.unread)


async def test_what_is_held_is_to_do_and_what_waits_is_waiting(lea: Station, karim: Station) -> None:
    made = await sent(lea, karim)
    await done(karim, made, EventKind.REQUEST_CLAIMED)
    await karim.row(lambda row: row.id == made, "me/todo")
    await done(karim, made, EventKind.REQUEST_PAUSED, waits_for="member", reason="document")
    await karim.row(lambda row: row.id == made, "me/waiting")
    board = await first(karim.desk.request_board(CONTACTS), lambda found: found.total == 1)
    counts = {basket.id: basket.count for basket in board.baskets}
    assert (counts["me/todo"], counts["me/waiting"], counts["queue/ACCUEIL"]) == (0, 1, 1)


async def test_a_question_is_something_to_do_for_whoever_sent_the_request(
    machine: Machine, lea: Station, karim: Station
) -> None:
    made = await sent(lea, karim)
    await done(karim, made, EventKind.REQUEST_CLAIMED)
    await done(karim, made, EventKind.REQUEST_ASKED, words="Quelle adresse ?")
    asked = await lea.row(lambda row: row.id == made and row.questions == 1, "me/sent")
    assert asked.status is RequestStatus.WAITING_INTERNAL
    board = await first(lea.desk.request_board(RequestQuery("me/todo")), lambda found: found.total == 1)
    assert [(one.id, one.count) for one in board.baskets][:2] == [("me/todo", 1), ("me/sent", 1)]
    question = (await lea.known(made, lambda found: bool(found.open_questions))).open_questions[0]
    await done(lea, made, EventKind.REQUEST_ANSWERED, words="La nouvelle.", question=question.event)
    await karim.known(made, lambda found: found.status is RequestStatus.TAKEN)


async def test_a_list_leaves_out_what_its_filters_say_and_counts_both(lea: Station, karim: Station) -> None:
    held, free = await sent(lea, karim), await sent(lea, karim)
    await done(karim, held, EventKind.REQUEST_CLAIMED)
    query = RequestQuery("queue/ACCUEIL", RequestFilters(status=RequestStatus.SENT), RequestSort.CREATED)
    board = await first(karim.desk.request_board(query), lambda found: found.total == 1)
    assert [row.id for row in board.rows] == [free]
    assert board.basket_total == 2


async def test_a_list_that_was_named_is_found_again_at_the_next_start(machine: Machine, lea: Station) -> None:
    query = RequestQuery("queue/ACCUEIL", RequestFilters(words="carte", late=True), RequestSort.CHANGED)
    karim = await machine.station(KARIM)
    kept = await karim.desk.save_view(SavedView("", "  Cartes en retard ", query, ("title", "clock")))
    assert (kept.name, kept.query) == ("Cartes en retard", query)
    again = await machine.station(KARIM, "again")
    assert await again.desk.saved_view(kept.id) is None
    await karim.room.aclose()
    await karim.room.desk.open()
    assert await karim.desk.saved_view(kept.id) == kept
    await karim.desk.delete_view(kept.id)
    assert await karim.desk.saved_view(kept.id) is None
    with pytest.raises(AviseError, match=r"request\.view_nameless"):
        await karim.desk.save_view(SavedView("", " ", query))


async def test_the_next_request_is_the_first_due_that_nobody_holds(lea: Station, karim: Station) -> None:
    await sent(lea, karim)
    second = await sent(lea, karim)
    first_taken = await karim.desk.take_next("queue/ACCUEIL")
    assert len(first_taken.done) == 1
    assert (await karim.desk.take_next("queue/ACCUEIL")).done == (second,)
    nothing = await karim.desk.take_next("queue/ACCUEIL")
    assert (nothing.act, nothing.done) == (None, ())


async def beaten(machine: Machine, count: int) -> tuple[Station, Station, list[RequestId]]:
    """Have a colleague take requests while a desk that takes the next one is cut off."""
    lea, quick, slow = [await ready(await machine.station(who)) for who in (LEA, KARIM, INES)]
    made = [await sent(lea, quick) for _ in range(count)]
    for one in made:
        await slow.known(one, lambda found: bool(found.number))
    slow.line.cut = True
    return slow, quick, made


async def back_on_line(slow: Station) -> None:
    """Give a desk its line back, and have it say everything."""
    slow.line.cut = False
    assert slow.room.sync is not None
    slow.room.sync.poke()
    await slow.settled()


async def test_whoever_is_the_slower_of_two_gets_the_one_after_it_and_no_task(machine: Machine) -> None:
    slow, quick, made = await beaten(machine, 3)
    taken = [(await quick.desk.take_next("queue/ACCUEIL")).done[0] for _ in range(2)]
    await quick.settled()
    lost = (await slow.desk.take_next("queue/ACCUEIL")).done[0]
    assert lost == taken[0], "both want what is due first"
    await back_on_line(slow)
    left = next(one for one in made if one not in taken)
    await slow.known(left, lambda found: found.holder == INES.login and not found.tentative)
    board = await first(slow.desk.request_board(CONTACTS), lambda found: found.instead is not None)
    assert board.instead is not None
    assert (board.instead.taken, board.instead.act is not None) == (left, True)
    assert not (await first(slow.desk.tasks(), lambda _found: True)).mine, (
        "nobody is told of what they need not know"
    )
    await slow.known(lost, lambda found: found.holder == KARIM.login)


async def test_whoever_finds_nothing_left_is_told_so_and_has_no_task(machine: Machine) -> None:
    slow, quick, made = await beaten(machine, 1)
    await done(quick, made[0], EventKind.REQUEST_CLAIMED)
    await quick.settled()
    assert (await slow.desk.take_next("queue/ACCUEIL")).done == (made[0],)
    await back_on_line(slow)
    board = await first(slow.desk.request_board(CONTACTS), lambda found: found.instead is not None)
    assert board.instead is not None
    assert (board.instead.lost, board.instead.taken) == (made[0], None)
    assert not (await first(slow.desk.tasks(), lambda _found: True)).mine


async def test_a_request_chosen_by_hand_and_lost_still_comes_back_as_a_task(machine: Machine) -> None:
    slow, quick, made = await beaten(machine, 2)
    await done(quick, made[0], EventKind.REQUEST_CLAIMED)
    await quick.settled()
    await done(slow, made[0], EventKind.REQUEST_CLAIMED)
    await back_on_line(slow)
    assert len((await first(slow.desk.tasks(), lambda found: bool(found.mine))).mine) == 1


async def test_a_request_is_found_by_its_number_and_by_its_title(lea: Station, karim: Station) -> None:
    made = await sent(lea, karim)
    row = await karim.row(lambda found: found.id == made)
    assert [found.id for found in await karim.desk.find_request(row.number.lower())] == [made]
    assert made in [found.id for found in await lea.desk.find_request(row.title[:6])]
    assert await karim.desk.find_request("  ") == ()


async def test_what_is_being_typed_is_kept_by_target(karim: Station) -> None:
    request = RequestId(int=4)
    await karim.desk.save_request_draft(request, "note", "À vérifier")
    await karim.desk.save_request_draft(request, "member", "Bonjour")
    await karim.desk.save_request_draft(request, "member", "")
    assert await karim.desk.request_drafts(request) == {"note": "À vérifier"}


# ---- who sees what --------------------------------------------------------------------------------
async def test_a_note_stays_in_its_corbeille(lea: Station, karim: Station) -> None:
    made = await sent(lea, karim)
    await done(karim, made, EventKind.REQUEST_NOTED, words="À vérifier.")
    await done(karim, made, EventKind.REQUEST_REPLIED, words="C’est parti.")
    mine = await karim.detail(made, lambda found: len(found.request.exchanges) == 2)
    assert ExchangeKind.NOTE in [line.kind for line in mine.request.exchanges]
    theirs = await lea.detail(made, lambda found: bool(found.request.exchanges))
    assert [line.kind for line in theirs.request.exchanges] == [ExchangeKind.REPLY]


async def test_an_account_number_never_crosses_whole_to_the_window(lea: Station) -> None:
    iban = "FR3399999000010000012345A11"
    values = {
        "usage": "benefits", "iban": iban, "iban_again": iban, "holder": "Hélène Marchand",
        "effective_on": NEXT_MONTH, "confirmed_by": "code_sent",
    }  # fmt: skip
    new = NewRequest("BANK_CHANGE", None, values, documents=("bank_details", "signed_mandate"))
    assert await lea.desk.check_request(new) == ()
    made = (await lea.desk.create_request(new)).done[0]

    seen = await lea.detail(made, lambda found: bool(found.form))

    assert iban.encode() not in pickle.dumps(seen)
    assert [line.value for line in seen.form if line.field == "iban"] == [mask_iban(iban)]


async def test_what_is_offered_is_what_would_count(lea: Station, karim: Station) -> None:
    made = await sent(lea, karim)
    seen = await lea.detail(made, lambda _detail: True)
    assert EventKind.REQUEST_CLAIMED not in seen.allowed
    assert {EventKind.REQUEST_REPLIED, EventKind.REQUEST_CANCELLED} <= seen.allowed
    handled = await karim.detail(made, lambda _detail: True)
    assert EventKind.REQUEST_CLAIMED in handled.allowed
    assert not {EventKind.REQUEST_RESOLVED, EventKind.REQUEST_ASSIGNED} & handled.allowed
    assert handled.reply_to == LEA.name
    assert pickle.loads(pickle.dumps(handled)) == handled  # noqa: S301 - it crosses to the window so
    assert handled.queues
    assert "ACCUEIL" not in dict(handled.queues)


async def test_who_looks_at_a_request_is_seen_beside_it(
    machine: Machine, lea: Station, karim: Station
) -> None:
    made = await sent(lea, karim)
    ines = await ready(await machine.station(INES))
    await ines.known(made, lambda found: bool(found.number))
    await ines.desk.note_presence(made, writing=True)
    assert karim.room.sync is not None
    karim.room.sync.poke()
    seen = await karim.detail(made, lambda found: bool(found.present))
    assert (seen.present[0].name, seen.present[0].kind) == (INES.name, PresenceKind.WRITING)
    assert (await karim.row(lambda row: bool(row.watched_by))).watched_by == ("IM",)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
async def test_roles_without_customer_data_see_no_request(machine: Machine, role: Role) -> None:
    worker = Worker("victor.auclair", "Victor Auclair", role, ())
    await machine.hire(worker)
    victor = await machine.station(worker)
    with pytest.raises(AviseError, match=r"role\.no_customers"):
        await first(victor.desk.request_board(CONTACTS), lambda _board: True)
    with pytest.raises(AviseError, match=r"role\.no_customers"):
        await victor.desk.act_on_requests((RequestId(int=1),), CLAIM)


async def test_nobody_creates_a_request_about_a_protected_file_that_is_not_open(lea: Station) -> None:
    anne = await lea.person(PROTECTED)
    with pytest.raises(AviseError, match=r"open\.(not_allowed|reason_needed)"):
        await lea.desk.create_request(replace(NEW, person=anne))


# ---- creation -------------------------------------------------------------------------------------
async def test_a_form_says_what_is_missing_and_nothing_is_sent_until_it_is_there(lea: Station) -> None:
    lacking = replace(NEW, values={"subject": "Carte"})
    troubles = await lea.desk.check_request(lacking)
    assert {trouble.field for trouble in troubles} == {"received_on", "words"}
    with pytest.raises(AviseError, match=r"request\.incomplete"):
        await lea.desk.create_request(lacking)
    assert await lea.desk.check_request(NEW) == ()
    with pytest.raises(AviseError, match=r"request\.no_type"):
        await lea.desk.create_request(replace(NEW, type="NOTHING"))


async def test_a_form_is_ready_to_be_told_before_it_is_sent(lea: Station) -> None:
    types = await lea.desk.request_types()
    assert "EMAIL_CONTACT" in {kind.id for kind in types}
    assert all(kind.promise and kind.queue_label for kind in types)
    form = await lea.desk.request_form("EMAIL_CONTACT", None)
    assert form.due_at > lea.journal._env.now()
    assert form.say
    assert sum(field.visible for field in form.fields) <= 6


async def test_a_second_request_of_the_same_matter_is_proposed_to_complete_the_first(
    lea: Station, karim: Station
) -> None:
    helene = await lea.person(HELENE)
    values = {"aid_need": "health_cost", "contact_phone": "06 39 98 41 27"}
    new = replace(NEW, type="SOCIAL_AID", person=helene, values=values)
    kinds = {field.id: field.choices for field in (await lea.desk.request_form("SOCIAL_AID", helene)).fields}
    new = replace(new, values={**values, "aid_need": kinds["aid_need"][0][0]})
    made = (await lea.desk.create_request(new)).done[0]
    form = await lea.desk.request_form("SOCIAL_AID", helene)
    assert [row.id for row in form.duplicates] == [made]
    with pytest.raises(AviseError, match=r"request\.duplicate"):
        await lea.desk.create_request(new)
    assert (await lea.desk.create_request(replace(new, anyway=True))).done != (made,)


# ---- the customer, the day, the team ---------------------------------------------------------------
async def test_an_open_file_shows_what_colleagues_wrote_and_that_a_request_is_open(
    lea: Station, karim: Station
) -> None:
    helene = await lea.person(HELENE)
    told = {"channel": Channel.PHONE_IN.value, "direction": "in", "title": "Appel sur la carte"}
    await lea.desk.record_interaction(helene, told)
    made = await sent(lea, karim, person=helene)
    await lea.settled()
    seen: set[str] = set()
    async with aclosing(karim.desk.open_customer(helene, Purpose.REQUEST)) as updates:  # type: ignore[type-var]  # a generator
        async for update in updates:
            if isinstance(update, TimelineChanged):
                seen.update(entry.title for entry in update.entries)
            if isinstance(update, AlertsChanged):
                seen.update(alert.id for alert in update.alerts)
            if {"Appel sur la carte", "open_request"} <= seen:
                break
    rows = await first(karim.desk.requests_of(helene), bool)
    assert [row.id for row in rows] == [made]


async def test_the_day_tells_what_was_passed_on_and_what_to_say(lea: Station, karim: Station) -> None:
    made = await sent(lea, karim)
    day = await first(
        lea.desk.my_day(), lambda found: bool(found.requests.rows and found.requests.rows[0].number)
    )
    assert day.requests.followed
    assert day.requests.rows[0].sentence
    assert day.requests.rows[0].request == made
    await done(karim, made, EventKind.REQUEST_CLAIMED)
    await done(karim, made, EventKind.REQUEST_RESOLVED, outcome="done", then_close=True)
    await lea.known(made, lambda found: not found.is_open)
    await first(lea.desk.my_day(), lambda found: found.requests.rows == ())


async def test_a_question_comes_first_in_the_day_of_whoever_passed_the_request_on(
    lea: Station, karim: Station
) -> None:
    await sent(lea, karim)
    made = await sent(lea, karim)
    await done(karim, made, EventKind.REQUEST_CLAIMED)
    await done(karim, made, EventKind.REQUEST_ASKED, words="Quelle adresse ?")
    day = await first(lea.desk.my_day(), lambda found: any(one.questions for one in found.requests.rows))
    assert [(one.request == made, one.questions) for one in day.requests.rows] == [(True, 1), (False, 0)]


async def test_a_lead_sees_the_load_of_the_team_and_others_do_not(
    machine: Machine, lea: Station, karim: Station
) -> None:
    held, _ = await sent(lea, karim), await sent(lea, karim)
    await done(karim, held, EventKind.REQUEST_CLAIMED)
    maud = await ready(await machine.station(MAUD))
    board = await first(
        maud.desk.team_board(), lambda found: bool(found.queues) and found.queues[0].unheld == 1
    )
    assert (board.queues[0].open, board.queues[0].received_today) == (2, 2)
    assert board.colleagues == ()
    with pytest.raises(AviseError, match=r"board\.leads_only"):
        await first(karim.desk.team_board(), lambda _board: True)
    assert INES.name in [row.name for row in await karim.desk.colleagues()]


async def test_the_count_of_a_corbeille_is_that_of_its_rows_whatever_has_ended(
    lea: Station, karim: Station
) -> None:
    made = [await sent(lea, karim) for _ in range(4)]
    for request in made[:3]:
        await done(karim, request, EventKind.REQUEST_CLAIMED)
    await done(karim, made[0], EventKind.REQUEST_RESOLVED, outcome="done")
    await done(karim, made[1], EventKind.REQUEST_RESOLVED, outcome="done", then_close=True)
    closed = RequestFilters(status=RequestStatus.CLOSED)
    view = await lea.desk.save_view(SavedView("", "Finies", RequestQuery("me/sent", closed), ("title",)))
    await lea.known(made[1], lambda found: found.status is RequestStatus.CLOSED)
    for desk, least in ((lea, 4), (karim, 3)):
        pane = await first(desk.desk.request_board(CONTACTS), lambda found: bool(found.baskets))
        assert max(basket.count or 0 for basket in pane.baskets) == least
        for basket in pane.baskets:
            shown = await first(desk.desk.request_board(RequestQuery(basket.id)), lambda _found: True)
            assert (basket.id, basket.count) == (basket.id, shown.basket_total)
            assert basket.count == len(shown.rows)
            if basket.id == view.id:
                assert basket.count == 1


async def test_the_likeliest_types_are_the_same_in_every_language(lea: Station) -> None:
    person = await lea.person(HELENE)
    told: dict[str, list[str]] = {}
    for code in LANGUAGES:
        with speaking(code):
            told[code] = [row.id for row in await lea.desk.request_types(person)]
    assert told["fr"] == told["en"]
    assert len(told["fr"]) > 10
