"""Two desks complete the same field of a request, one of them away from the network for days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.merging import Keep
from avise.models.requests import RequestId, request_of_stream
from avise.services.day_values import MyDay
from avise.services.request_values import HubState, RequestActs, RequestDeed, TypedField
from tests.unit.engine.request_station import KARIM, LEA, NEW, WORKERS, Line, Machine, Station, first

HERE, AWAY = "Carte perdue", "Carte volée"


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS)
        yield made


async def complete(station: Station, request: RequestId, **fields: str) -> RequestActs:
    return await station.desk.act_on_requests(
        (request,), RequestDeed(EventKind.REQUEST_COMPLETED, fields=fields)
    )


def back(station: Station) -> None:
    """Bring the network back."""
    station.line.cut = False
    assert station.room.sync is not None
    station.room.sync.resume()


class Pair:
    """Léa, who goes away, and Karim, who stays."""

    def __init__(self, lea: Station, karim: Station, line: Line, request: RequestId) -> None:
        self.lea, self.karim, self.line, self.request = lea, karim, line, request

    async def collide(self) -> None:
        """Have both change the subject, Léa without network, and bring her back."""
        self.line.cut = True
        await first(self.lea.desk.hub_status(), lambda status: status.state is HubState.OFFLINE)
        await complete(self.lea, self.request, subject=AWAY)
        tentative = await self.lea.known(self.request, lambda found: found.tentative)
        assert (tentative.fields["subject"], tentative.conflicts) == (AWAY, ())
        assert (await self.lea.detail(self.request, lambda told: told.row.tentative)).comparison is None
        await complete(self.karim, self.request, subject=HERE)
        await self.karim.settled()
        back(self.lea)
        for station in (self.lea, self.karim):
            found = await station.known(self.request, lambda told: bool(told.conflicts))
            assert found.fields["subject"] == HERE


@pytest.fixture
async def pair(machine: Machine) -> Pair:
    line = Line()
    lea, karim = await machine.station(LEA, line=line), await machine.station(KARIM)
    for station in (lea, karim):
        await first(station.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    made = (await lea.desk.create_request(NEW)).done[0]
    for station in (lea, karim):
        await station.known(made, lambda found: bool(found.number))
    return Pair(lea, karim, line, made)


def told_in(day: MyDay) -> list[str]:
    return [row.task.words for row in (*day.late, *day.today)]


async def tasks(station: Station) -> list[str]:
    day = await first(station.desk.my_day(), lambda day: any("À comparer" in words for words in told_in(day)))
    return [words for words in told_in(day) if "À comparer" in words]


async def test_the_later_value_waits_beside_the_one_that_stands_with_a_task_for_its_author(
    pair: Pair,
) -> None:
    await pair.collide()
    detail = await pair.lea.detail(pair.request, lambda told: told.comparison is not None)
    assert detail.comparison is not None
    (found,) = detail.comparison.fields
    assert (found.before, found.mine, found.theirs) == ("Carte", AWAY, HERE)
    assert (detail.comparison.where, detail.row.to_compare) == (KARIM.name, 1)
    (words,) = await tasks(pair.lea)
    assert KARIM.name in words
    assert detail.row.number in words
    assert HERE not in words
    assert AWAY not in words
    day = await first(pair.lea.desk.my_day(), lambda day: words in told_in(day))
    (task,) = [row.task for row in (*day.late, *day.today) if row.task.words == words]
    assert request_of_stream(task.about) == pair.request


@pytest.mark.parametrize(("keep", "value"), [(Keep.MINE, AWAY), (Keep.THEIRS, HERE)])
async def test_a_choice_is_one_new_event_and_both_desks_show_it(pair: Pair, keep: Keep, value: str) -> None:
    await pair.collide()
    detail = await pair.lea.detail(pair.request, lambda told: told.comparison is not None)
    assert detail.comparison is not None
    (found,) = detail.comparison.fields
    deed = RequestDeed(EventKind.REQUEST_COMPLETED, choices={found.name: found.choice(keep)})
    assert (await pair.lea.desk.act_on_requests((pair.request,), deed)).done == (pair.request,)
    with pytest.raises(AviseError, match=r"conflict\.settled"):
        await pair.lea.desk.act_on_requests((pair.request,), deed)
    await pair.lea.settled()
    for station in (pair.karim, pair.lea):
        settled = await station.known(pair.request, lambda told: not told.conflicts and not told.tentative)
        assert settled.fields["subject"] == value
    told = [each.event for each in pair.karim.room.known.events(pair.request)]
    assert sum(bool(event.body.get("settles")) for event in told) == 1


async def test_a_choice_made_on_what_has_changed_again_is_asked_again(pair: Pair) -> None:
    await pair.collide()
    detail = await pair.lea.detail(pair.request, lambda told: told.comparison is not None)
    assert detail.comparison is not None
    (found,) = detail.comparison.fields
    await complete(pair.karim, pair.request, subject="Carte abîmée")
    await pair.lea.known(pair.request, lambda told: told.fields["subject"] == "Carte abîmée")
    deed = RequestDeed(EventKind.REQUEST_COMPLETED, choices={found.name: found.choice(Keep.MINE)})
    with pytest.raises(AviseError, match=r"conflict\.changed_again"):
        await pair.lea.desk.act_on_requests((pair.request,), deed)
    again = await pair.lea.detail(
        pair.request,
        lambda told: told.comparison is not None and told.comparison.fields[0].theirs == "Carte abîmée",
    )
    assert again.comparison is not None
    assert again.comparison.fields[0].mine == AWAY


async def test_different_fields_notes_and_replies_merge_silently(pair: Pair) -> None:
    pair.line.cut = True
    await first(pair.lea.desk.hub_status(), lambda status: status.state is HubState.OFFLINE)
    await complete(pair.lea, pair.request, subject=AWAY)
    note = RequestDeed(EventKind.REQUEST_REPLIED, words="Vue chez elle ce matin.")
    await pair.lea.desk.act_on_requests((pair.request,), note)
    reply = RequestDeed(EventKind.REQUEST_REPLIED, words="Nous attendons.")
    await pair.karim.desk.act_on_requests((pair.request,), reply)
    await pair.karim.settled()
    back(pair.lea)
    found = await pair.karim.known(pair.request, lambda told: told.fields["subject"] == AWAY)
    assert found.conflicts == ()
    said = {line.words for line in found.exchanges}
    assert {"Vue chez elle ce matin.", "Nous attendons."} <= said


async def test_a_claim_made_away_is_grey_until_the_hub_refuses_it_and_its_text_becomes_a_task(
    machine: Machine, pair: Pair
) -> None:
    line = Line()
    ines = await machine.station(WORKERS[2], line=line)
    await ines.known(pair.request, lambda found: bool(found.number))
    line.cut = True
    await first(ines.desk.hub_status(), lambda status: status.state is HubState.OFFLINE)
    claim = RequestDeed(EventKind.REQUEST_CLAIMED)
    assert (await ines.desk.act_on_requests((pair.request,), claim)).done == (pair.request,)
    row = await ines.row(lambda found: found.id == pair.request)
    assert (row.tentative, row.holder) == (True, ines.worker.login)
    detail = await ines.detail(pair.request, lambda told: told.row.tentative)
    assert detail.request.exchanges[-1].tentative
    await pair.karim.desk.act_on_requests((pair.request,), claim)
    await pair.karim.settled()
    back(ines)
    row = await ines.row(lambda found: found.id == pair.request and bool(found.refused))
    assert (row.tentative, row.holder) == (False, KARIM.login)
    day = await first(ines.desk.my_day(), lambda told: bool(told_in(told)))
    assert row.number in told_in(day)[0]


def typed(name: str, words: str, seen: str) -> RequestDeed:
    return RequestDeed(EventKind.REQUEST_COMPLETED, typed={name: TypedField(words, seen)})


async def test_a_field_completed_from_the_form_is_read_checked_and_written_once(pair: Pair) -> None:
    detail = await pair.lea.detail(pair.request, lambda told: bool(told.fields))
    asked = {each.id: each for each in detail.fields}
    assert asked["subject"].value == "Carte"
    assert asked["received_on"].value == "20/03/2026"
    deed = typed("received_on", "21/03/2026", asked["received_on"].value)
    assert (await pair.lea.desk.act_on_requests((pair.request,), deed)).done == (pair.request,)
    for station in (pair.lea, pair.karim):
        found = await station.known(pair.request, lambda told: told.fields["received_on"] == "2026-03-21")
        assert not found.conflicts
    with pytest.raises(AviseError, match=r"request\.field_wrong") as refused:
        await pair.lea.desk.act_on_requests((pair.request,), typed("received_on", "hier", "21/03/2026"))
    assert refused.value.params["field"]
    assert "hier" not in str(refused.value.params)


async def test_a_form_that_was_open_while_a_colleague_wrote_does_not_win_in_silence(pair: Pair) -> None:
    shown = await pair.lea.detail(pair.request, lambda told: bool(told.fields))
    (subject,) = [each for each in shown.fields if each.id == "subject"]
    await complete(pair.karim, pair.request, subject=HERE)
    await pair.lea.known(pair.request, lambda told: told.fields["subject"] == HERE)
    await pair.lea.desk.act_on_requests((pair.request,), typed("subject", AWAY, subject.value))
    for station in (pair.lea, pair.karim):
        found = await station.known(pair.request, lambda told: bool(told.conflicts))
        assert found.fields["subject"] == HERE
    detail = await pair.lea.detail(pair.request, lambda told: told.comparison is not None)
    assert "subject" not in {each.id for each in detail.fields}
