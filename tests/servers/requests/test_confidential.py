"""A confidential request at whole desks: its corbeille and its requester read it, nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from avise.models.journal import EventKind
from avise.models.masking import MASK
from avise.models.roles import Role
from avise.services.request_values import HubState, NewRequest, RequestDeed, RequestQuery
from tests.servers.requests.desks import LEA, House, Worker, board, detail, first, hire, run

PAUL = Worker("paul.durand", "Paul Durand", Role.AGENT, ("team/PLATEAU_NANTES",))
SONIA = Worker("sonia.action", "Sonia Action", Role.CASE_MANAGER, ("queue/ACTION_SOC",))
AID = NewRequest(
    "SOCIAL_AID",
    None,
    {"aid_need": "disability", "situation": "CANARI-SITUATION", "contact_phone": "0612345678"},
    words="CANARI-MOTS",
)
TEAM = RequestQuery("team")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with a corbeille whose requests are nobody else's."""
    made = House(tmp_path)
    run(hire(made.hub, (LEA, PAUL, SONIA)))
    with made.stack:
        yield made


def test_the_team_of_a_confidential_request_sees_where_it_stands_and_none_of_its_words(house: House) -> None:
    lea, paul, sonia = house.desk(LEA), house.desk(PAUL), house.desk(SONIA)
    lea.run(first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED))
    made = lea.run(lea.desk.create_request(AID)).done[0]
    board(sonia, RequestQuery("queue/ACTION_SOC"), lambda found: found.total == 1)
    deed = RequestDeed(EventKind.REQUEST_REPLIED, words="CANARI-RÉPONSE")
    sonia.run(sonia.desk.act_on_requests((made,), deed))

    row = board(paul, TEAM, lambda found: found.total == 1).rows[0]
    assert (row.queue, row.type) == ("ACTION_SOC", "SOCIAL_AID")
    seen = detail(paul, made, lambda found: bool(found.request.exchanges))
    assert "CANARI" not in repr(seen)
    assert {line.value for line in seen.form} == {MASK}
    assert not any(line.missing for line in seen.form)

    own = detail(lea, made, lambda found: len(found.request.exchanges) == 2 and not found.row.tentative)
    assert [line.words for line in own.request.exchanges] == ["CANARI-MOTS", "CANARI-RÉPONSE"]
    assert own.sentence == seen.sentence
    assert own.request.fields["situation"] == "CANARI-SITUATION"
