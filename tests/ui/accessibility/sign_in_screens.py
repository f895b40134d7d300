"""Screens of somebody whom a tool asks to sign in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from avise.models.source_status import SourceState
from avise.models.tool_sign_in import DeviceCode, SignInWay
from tests.ui.accessibility.screen import Screen
from tests.ui.outbox.acting_window import ActingStage
from tests.ui.persona import NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_sources import scripted_sources
from tests.ui.waiting import until

TOOL = "contributions"
CODE = DeviceCode("WDJB-MJHT", "https://connexion.exemple.invalid/appareil", NOW + timedelta(minutes=10))


async def _asked(stage: ActingStage, desk: ScriptedDesk) -> None:
    await until(lambda: desk.source_stream.listeners == 1)
    asking = tuple(
        replace(source, state=SourceState.NEEDS_AUTH, sign_in=SignInWay.BROWSER, last_failure=None)
        if source.instance == TOOL
        else source
        for source in scripted_sources()
    )
    desk.show_sources(asking)
    stage.desktop.tool_sign_ins.open(TOOL)
    await until(lambda: desk.tool_sign_in_stream.listeners == 1)


async def _code(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _asked(stage, desk)
    panel = stage.desktop.tool_sign_ins.panel
    assert panel is not None
    panel.other_way.click()
    await until(lambda: ("sign_in_to_tool", TOOL, SignInWay.DEVICE) in desk.asked)
    await until(lambda: desk.tool_sign_in_stream.listeners == 1)
    desk.tool_sign_in_stream.tell(CODE)
    await until(lambda: panel.code.text() == CODE.code)


SIGN_IN_SCREENS: tuple[Screen, ...] = (
    Screen("sign in at a tool", ("ToolSignInPanel",), _asked),
    Screen("sign in at a tool with a code", ("ToolSignInPanel",), _code),
)
