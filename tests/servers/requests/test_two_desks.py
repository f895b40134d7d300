"""Two desks, one hub: what one passes on, the other takes, and both see it."""

from __future__ import annotations

from datetime import timedelta

from avise.models.journal import EventKind
from avise.models.requests import RequestStatus
from avise.services.request_values import HubState, NewRequest, RequestDeed, RequestQuery
from tests.servers.requests.desks import INES, KARIM, LEA, House, board, detail, first

SENT = RequestQuery("me/sent")
CONTACTS = RequestQuery("queue/ACCUEIL")
NEW = NewRequest(
    "EMAIL_CONTACT", None, {"subject": "Carte", "received_on": "2026-03-20", "words": "Où est-elle ?"}
)


def test_what_an_agent_passes_on_is_taken_at_another_desk_and_both_see_it(house: House) -> None:
    lea, karim = house.desk(LEA), house.desk(KARIM)
    lea.run(first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED))
    made = lea.run(lea.desk.create_request(NEW)).done[0]

    numbered = board(lea, SENT, lambda found: bool(found.rows) and bool(found.rows[0].number))
    assert not numbered.rows[0].tentative
    arrived = board(karim, CONTACTS, lambda found: found.total == 1).rows[0]
    assert arrived.id == made
    assert arrived.number == numbered.rows[0].number
    assert arrived.requester_name == "Léa Girard"

    acts = karim.run(karim.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_CLAIMED)))
    assert acts.done == (made,)
    held = board(lea, SENT, lambda found: found.rows[0].holder == KARIM.login).rows[0]
    assert held.status is RequestStatus.TAKEN
    assert held.holder_name == "Karim Benali"


def test_what_somebody_away_holds_is_offered_to_their_colleague(house: House) -> None:
    lea, karim, ines = house.desk(LEA), house.desk(KARIM), house.desk(INES)
    lea.run(first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED))
    made = lea.run(lea.desk.create_request(NEW)).done[0]
    board(karim, CONTACTS, lambda found: found.total == 1)
    karim.run(karim.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_CLAIMED)))
    board(ines, CONTACTS, lambda found: found.total == 1 and found.rows[0].holder == KARIM.login)
    refused = ines.run(ines.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_CLAIMED)))
    assert [request for request, _ in refused.refused] == [made]

    now = karim.env.now()
    karim.run(karim.desk.declare_absence(now - timedelta(minutes=1), now + timedelta(hours=4), INES.login))
    detail(ines, made, lambda found: EventKind.REQUEST_CLAIMED in found.allowed)
    taken = ines.run(ines.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_CLAIMED)))

    assert taken.done == (made,)
    board(lea, SENT, lambda found: found.rows[0].holder == INES.login)
