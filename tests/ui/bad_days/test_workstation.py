"""Lock, reports and exports through the engine's own process, as the window asks them."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.app import WindowSession
from avise.models.data_report import DataProblem, DataReport
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.services.customer_updates import OpeningSettled
from avise.services.exported_file import ExportForm, ExportReason, ExportWish
from avise.services.file_export import exported_json
from tests.servers.bad_input.conftest import BadDay
from tests.ui.bad_days.test_start import play
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


async def asked(session: WindowSession, profile: Path) -> None:
    """Lock and unlock, report, export."""
    await until(lambda: session.running is not None and session.running.desk.is_ready)
    running = session.running
    assert running is not None
    desk, thread = running.desk, running.thread
    await running.directory_ready()

    async def in_engine() -> None:
        assert not await desk.has_pin()
        await desk.keep_pin("4711")
        wrong = await desk.unlock("0000")
        assert (wrong.opened, wrong.errors, wrong.wait_s) == (False, 1, 1)
        with pytest.raises(AviseError, match=r"lock\.wait"):
            await desk.unlock("4711")
        await asyncio.sleep(1.1)
        assert (await desk.unlock("4711")).opened
        person = (await desk.search("marchand")).hits[0].entry.person
        async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
            async for update in updates:
                if isinstance(update, OpeningSettled):
                    break
            act = await desk.report_data(person, DataReport("identity", DataProblem.OUTDATED))
            assert act.subject is not None
            board = await anext(aiter(desk.tasks()))
            assert [row.task.id for row in board.mine] == [act.subject]
            file = await desk.export_file(person, ExportWish(ExportForm.JSON, ExportReason.COMPLAINT))
            assert json.loads(exported_json(file))["reason"] == "complaint"

    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(in_engine(), thread.loop))
    del profile


def test_the_engines_process_knows_the_code_the_report_and_the_file(run: Run, day: BadDay) -> None:
    settings = tomllib.loads((day.profile / "settings.toml").read_text("utf-8"))
    assert settings["synthetic"] is True

    async def script(session: WindowSession) -> None:
        await asked(session, day.profile)

    assert play(run, day.profile, script) == 0
    for path in (day.profile / "logs").iterdir():
        written = path.read_text("utf-8")
        assert "4711" not in written
        assert "MARCHAND" not in written
