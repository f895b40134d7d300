"""The hub's file is taken away, or another is put in its place, while desks work: nothing is lost."""

from __future__ import annotations

import shutil

from avise.engine.engine import Engine
from avise.services.request_values import HubState, HubStatus, NewRequest, RequestQuery
from tests.servers.requests.desks import KARIM, LEA, House, board, first, hire, run

NEW = NewRequest(
    "EMAIL_CONTACT", None, {"subject": "Carte", "received_on": "2026-03-20", "words": "Où est-elle ?"}
)
SENT, CONTACTS = RequestQuery("me/sent"), RequestQuery("queue/ACCUEIL")


def status(desk: Engine, state: HubState) -> HubStatus:
    return desk.run(first(desk.desk.hub_status(), lambda found: found.state is state))


def take_away(house: House) -> None:
    for file in house.hub.glob("hub.db*"):
        file.unlink()


def test_a_desk_whose_hub_file_is_gone_says_so_keeps_what_is_written_and_makes_no_empty_hub(
    house: House,
) -> None:
    lea = house.desk(LEA)
    status(lea, HubState.EMBEDDED)
    lea.run(lea.desk.create_request(NEW))
    board(lea, SENT, lambda found: found.total == 1 and bool(found.rows[0].number))
    take_away(house)
    lea.run(lea.desk.create_request(NEW))
    told = status(lea, HubState.REFUSED)
    assert told.pending == 1
    assert "fichier" in told.sentence
    waiting = board(lea, SENT, lambda found: found.total == 2)
    assert sum(row.tentative for row in waiting.rows) == 1
    assert not (house.hub / "hub.db").exists()


def test_a_hub_file_that_takes_the_place_of_another_is_given_all_that_desks_wrote(house: House) -> None:
    lea, karim = house.desk(LEA), house.desk(KARIM)
    status(lea, HubState.EMBEDDED)
    lea.run(lea.desk.create_request(NEW))
    board(karim, CONTACTS, lambda found: found.total == 1)
    other = house.folder / "other"
    run(hire(other))
    take_away(house)
    for file in other.iterdir():
        shutil.copy(file, house.hub / file.name)
    lea.run(lea.desk.create_request(NEW))
    board(karim, CONTACTS, lambda found: found.total == 2 and all(row.number for row in found.rows))
