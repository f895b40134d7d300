"""A hub's file is restored where another stood, while desks work on: nothing that they wrote is lost."""

from __future__ import annotations

from pathlib import Path

from avise.cli import main
from avise.models.journal import EventKind
from avise.models.requests import RequestStatus
from avise.services.request_values import HubState, NewRequest, RequestDeed, RequestQuery
from tests.servers.requests.desks import INES, KARIM, LEA, House, board, first

NEW = NewRequest(
    "EMAIL_CONTACT", None, {"subject": "Carte", "received_on": "2026-03-20", "words": "Où est-elle ?"}
)
SENT, CONTACTS = RequestQuery("me/sent"), RequestQuery("queue/ACCUEIL")


def hub(house: House, *words: str) -> int:
    where = ("--database", str(house.hub / "hub.db"), "--key-file", str(house.hub / "hub-demo.key"))
    return main(["hub", *words, *where])


def test_desks_give_a_restored_hub_what_its_backup_lacked_and_no_page_of_the_other_file_comes_back(
    house: House, tmp_path: Path
) -> None:
    lea, karim = house.desk(LEA), house.desk(KARIM)
    lea.run(first(lea.desk.hub_status(), lambda found: found.state is HubState.EMBEDDED))
    made = lea.run(lea.desk.create_request(NEW)).done[0]
    board(karim, CONTACTS, lambda found: found.total == 1)
    assert hub(house, "backup", str(tmp_path / "kept")) == 0
    for _ in range(20):
        lea.run(lea.desk.create_request(NEW))
    karim.run(karim.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_CLAIMED)))
    board(lea, SENT, lambda found: any(row.holder == KARIM.login for row in found.rows))
    board(karim, CONTACTS, lambda found: found.total == 21)

    # Its log stays beside it, as after a hasty hand.
    (house.hub / "hub.db").unlink()
    assert (house.hub / "hub.db-wal").exists()
    assert hub(house, "restore", str(tmp_path / "kept")) == 0
    # A desk that was not there knows only what the restored hub was given.
    ines = house.desk(INES)
    found = board(ines, CONTACTS, lambda told: told.total == 21 and any(row.holder for row in told.rows))
    held = [row for row in found.rows if row.holder]
    assert [(row.id, row.holder, row.status) for row in held] == [(made, KARIM.login, RequestStatus.TAKEN)]
    assert len({row.number for row in found.rows}) == 21
    assert hub(house, "audit") == 0
