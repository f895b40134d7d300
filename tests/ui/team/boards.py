"""A team that the tests of the board play with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from avise.models.roles import Role
from avise.services.request_values import ColleagueRow, HourLoad, QueueLoad, TeamBoard
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_requests import NOW, request_row

LOADS = (
    QueueLoad("TIERS_PAYANT", "Tiers payant", 22, 4, 0, 2, 1, 9, 9, 310, 0),
    QueueLoad(
        "PREST_SOINS", "Prestations soins", 128, 41, 9, 22, 14, 41, 38, 1260, 240,
    ),
    QueueLoad("RECLA", "Réclamations", 12, 1, 2, 3, 0, 1, 2, 5400, 1020),
)  # fmt: skip


def colleague(name: str, held: int, *queues: str, days_away: int = 0) -> ColleagueRow:
    """Return a case manager."""
    login = ".".join(name.lower().split())
    until = NOW + timedelta(days=days_away) if days_away else None
    return ColleagueRow(login, name, Role.CASE_MANAGER, queues or ("PREST_SOINS",), until, held, 3, 1)


PEOPLE = (
    colleague("Karim Benali", 31),
    colleague("Ines Moreau", 24),
    colleague("Marc Aubry", 12),
    colleague("Tom Riou", 2, days_away=3),
    colleague("Julie Carrez", 1, "RECLA"),
)
LATE = tuple(
    request_row(number, minutes=30, sent=NOW - timedelta(hours=number), customer="DUVAL Bastien")
    for number in (9, 8, 7)
)
BOARD = TeamBoard(LOADS, PEOPLE, (HourLoad(8, 6, 2), HourLoad(10, 11, 15)), LATE, 2, NOW)


def lead_desk(board: TeamBoard = BOARD) -> ScriptedDesk:
    """Return the desk of somebody who leads a team."""
    desk = ScriptedDesk(team=board, colleague_rows=PEOPLE)
    desk.session = replace(desk.session, role=Role.TEAM_LEAD)
    return desk
