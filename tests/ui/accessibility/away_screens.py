"""Screens of somebody who works away: the network, what is on board, what met another change."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.models.packs import PackKind
from avise.services.pack_values import PackRow, PacksStatus, PackState
from avise.services.request_values import HubState, HubStatus
from avise.ui.conflicts.compare_panel import ComparePanel
from avise.ui.conflicts.strip import CollisionStrip
from avise.ui.lock.pin_panel import PinPanel
from avise.ui.on_board.code_panel import OnBoardCodePanel
from avise.ui.on_board.prepare_panel import PreparePanel
from avise.ui.shell.sessions import SessionTab
from tests.ui.accessibility.screen import Reach, Screen
from tests.ui.conflicts.collided import BOTH, COLLIDED
from tests.ui.customer.offline_updates import OFFLINE_UPDATES
from tests.ui.on_board.statuses import ALLOWED, END, FULL, LOCKED, MB
from tests.ui.outbox.acting_window import ActingStage
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_packs import NOW, ONLINE
from tests.ui.waiting import until

Found = TypeVar("Found", bound=QWidget)
AWAY = NetworkState(NetworkMode.OFFLINE, forced=True, since=NOW - timedelta(hours=2), last_contact=NOW)
UNDER_WAY = replace(
    FULL,
    packs=(PackRow(PackKind.PORTFOLIO, PackState.PREPARING, 412, 100, 2, 9 * MB, None, END),),
    preparing=True,
)
UNSENT = HubStatus(HubState.OFFLINE, NOW, pending=2, unsent={HELENE: 1, None: 1})
ENDED = replace(LOCKED, lease=LeaseState.ENDED)
ELSEWHERE = AviseError("hub.checked_out_elsewhere", since="23/03", until="30/03")


# ---- the network -------------------------------------------------------------------------------
async def _network(stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.show_page("home")
    desk.show_network(AWAY)
    await until(stage.window.top_bar.network.isVisible)
    stage.desktop.actions.commands.run("network")


async def _clock(stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.show_page("home")
    desk.show_network(replace(ONLINE, clock_skew_seconds=600))
    await until(stage.desktop.network.strip.isVisible)


async def _closing(stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.show_page("home")
    desk.show_hub(UNSENT)
    stage.desktop.hub.show_status(UNSENT)
    stage.window.close()


async def _offline(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.updates = {**desk.updates, HELENE: OFFLINE_UPDATES}
    page = await stage.open(HELENE)
    stage.desktop.hub.show_status(UNSENT)
    await until(lambda: page.offline.strip is not None and page.offline.strip.isVisible())
    for part in ("suggestions", "facets", "timeline", "requests", "open_items", "wrap_up"):
        await until(lambda part=part: page.parts.has(part))  # type: ignore[misc]  # bound at once


# ---- what is on board --------------------------------------------------------------------------
async def _carry(status: PacksStatus, stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.show_packs(status)
    await until(lambda: stage.desktop.on_board.model.status == status)


async def _panel(status: PacksStatus, stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.show_page("home")
    await _carry(status, stage, desk)
    stage.desktop.actions.commands.run("on_board")


async def _erase(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _panel(FULL, stage, desk)
    stage.desktop.actions.commands.run("packs_erase")


async def _visits(status: PacksStatus, stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.show_page("visits")
    await _carry(status, stage, desk)
    card = stage.desktop.on_board.card
    assert card is not None
    await until(card.isVisible)


async def _prepare(status: PacksStatus, stage: ActingStage, desk: ScriptedDesk) -> None:
    await _visits(status, stage, desk)
    stage.desktop.actions.commands.run("packs_prepare")
    await until(lambda: _preparing(stage)._shown_days != ())


async def _going_on(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _prepare(ALLOWED, stage, desk)
    await _carry(UNDER_WAY, stage, desk)
    await until(_preparing(stage).pause.isVisible)


async def _refused(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.pack_error = ELSEWHERE
    await _prepare(ALLOWED, stage, desk)
    _preparing(stage).submit()
    await until(_preparing(stage).way.isVisible)


def _preparing(stage: ActingStage) -> PreparePanel:
    panel = stage.desktop.on_board.preparing
    assert panel is not None
    return panel


async def _locked(status: PacksStatus, stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.show_page("home")
    await _carry(status, stage, desk)
    await until(lambda: stage.window.page_name == "on_board")


async def _wrong_code(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _locked(LOCKED, stage, desk)
    page = stage.desktop.on_board.page
    assert page is not None
    page.pin_given.emit("111111")
    await until(page.outcome.isVisible)


async def _strip(status: PacksStatus, stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.sessions.open(SessionTab(HELENE, "MARCHAND Hélène"))
    await _carry(status, stage, desk)
    await until(stage.desktop.on_board.strip.isVisible)


async def _code(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.pin = "482916"
    stage.window.show_page("settings")
    await _carry(replace(FULL, pin_set=True), stage, desk)
    panel = _found(stage, OnBoardCodePanel)
    await until(panel.isVisible)
    await until(_found(stage, PinPanel).remove.isVisible)
    panel.come_into_view()
    panel.set.click()
    panel.current.setFocus()


# ---- two changes of the same thing -------------------------------------------------------------
async def _collision(stage: ActingStage, desk: ScriptedDesk) -> None:
    collided = replace(COLLIDED, person=HELENE)
    desk.comparisons[collided.command_id] = BOTH
    desk.show_outbox(collided)
    page = await stage.open(HELENE)
    await until(lambda: page.model.state.settled is not None)
    await until(lambda: page.findChild(CollisionStrip) is not None)


async def _compare(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _collision(stage, desk)
    _found(stage, CollisionStrip).compare.click()
    await until(lambda: bool(stage.window.findChildren(ComparePanel)))
    panel = _found(stage, ComparePanel)
    await until(lambda: bool(panel.rows))
    panel.all_mine.click()


async def _not_compared(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.compare_error = AviseError("acting.no_answer", source="Relation adhérent")
    await _collision(stage, desk)
    _found(stage, CollisionStrip).compare.click()
    await until(lambda: bool(stage.window.findChildren(ComparePanel)))
    await until(_found(stage, ComparePanel).trouble.isVisible)


def _found(stage: ActingStage, kind: type[Found]) -> Found:
    found = stage.window.findChild(kind)
    assert found is not None
    return found


def _partial(function: Callable[..., Awaitable[None]], *values: object) -> Reach:
    return functools.partial(function, *values)


AWAY_SCREENS: tuple[Screen, ...] = (
    Screen("network", ("NetworkPanel",), _network),
    Screen("clock that is wrong", ("ClockStrip",), _clock),
    Screen("closing with work that has not left", ("ClosingStrip",), _closing),
    Screen("customer without network", ("CustomerPage", "OfflineStrip"), _offline),
    Screen("data on board", ("OnBoardPanel",), _partial(_panel, FULL)),
    Screen("nothing on board yet", ("OnBoardPanel",), _partial(_panel, ALLOWED)),
    Screen("erase what is on board", ("OnBoardPanel",), _erase),
    Screen("visits with data on board", ("VisitsPage", "OnBoardCard"), _partial(_visits, FULL)),
    Screen("prepare", ("PreparePanel",), _partial(_prepare, ALLOWED)),
    Screen("preparation under way", ("PreparePanel",), _going_on),
    Screen("preparation refused", ("PreparePanel",), _refused),
    Screen("code of what is on board", ("LockedPage",), _partial(_locked, LOCKED)),
    Screen("wrong code of what is on board", ("LockedPage",), _wrong_code),
    Screen("key that ended", ("LockedPage",), _partial(_locked, ENDED)),
    Screen("code asked at the edge", ("OnBoardStrip",), _partial(_strip, LOCKED)),
    Screen("key that ended at the edge", ("OnBoardStrip",), _partial(_strip, ENDED)),
    Screen("choice of a code", ("SettingsPage", "OnBoardCodePanel"), _code),
    Screen("customer with two changes", ("CustomerPage", "CollisionStrip"), _collision),
    Screen("two changes compared", ("ComparePanel",), _compare),
    Screen("two changes that cannot be compared", ("ComparePanel",), _not_compared),
)
"""Every screen of this kind."""
