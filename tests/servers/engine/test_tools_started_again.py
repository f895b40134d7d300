"""Tools that are started again have other secrets: an engine that goes on takes them by itself."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import date
from pathlib import Path

from avise.commands.show import CustomerFile, find_person
from avise.demo.launcher import DemoTools
from avise.demo.population.personas import PERSONAS
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import (
    SECRETS_FILE,
    SETTINGS_FILE,
    DemoHub,
    DemoUser,
    renew_profile,
    write_profile,
)
from avise.engine.engine import Engine
from avise.models.errors import ErrorKind
from avise.models.roles import Purpose
from avise.services.customer_updates import OpeningSettled

MEMBER = PERSONAS["P00"].member_number


async def read_anew(engine: Engine) -> CustomerFile:
    """Open the lead persona's file and have every block read again ("Réessayer")."""
    person = await find_person(engine.desk, MEMBER)
    file, settled = CustomerFile(), 0
    async with aclosing(engine.desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        async for update in updates:
            file.fold(update)
            if isinstance(update, OpeningSettled):
                settled += 1
                if settled == 2:
                    return file
                await engine.desk.reread(person)
    raise AssertionError


def refused(file: CustomerFile) -> set[str]:
    """Return the tools that refuse this workstation."""
    return {
        view.source
        for view in file.ordered()
        if view.error is not None and view.error.kind in {ErrorKind.AUTH, ErrorKind.CONFIG}
    }


async def test_secrets_written_by_tools_that_started_again_are_used_without_a_restart(tmp_path: Path) -> None:
    data, profile = tmp_path / "data", tmp_path / "profile"
    spec = WorldSpec.for_preset("mini", date(2026, 3, 24))
    opening = Engine.open(profile)
    async with DemoTools.start(data, spec) as tools:
        write_profile(profile, tools)
        engine = await asyncio.to_thread(opening.__enter__)
        await asyncio.to_thread(engine.run, engine.directory_ready())
        assert refused(await asyncio.to_thread(engine.run, read_anew(engine))) == set()
    try:
        async with DemoTools.start(data, spec) as again:
            # Between the tools' start and the profile's new secrets, the old ones are refused.
            assert refused(await asyncio.to_thread(engine.run, read_anew(engine)))
            write_profile(profile, again)
            assert refused(await asyncio.to_thread(engine.run, read_anew(engine))) == set()
    finally:
        await asyncio.to_thread(opening.__exit__, None, None, None)


async def test_a_desk_at_which_nobody_sits_this_time_reaches_the_tools_that_run(tmp_path: Path) -> None:
    """`avise demo --as …` starts other tools than those that the two usual desks knew."""
    data, profile = tmp_path / "data", tmp_path / "profile-ines.moreau"
    ines = DemoUser("ines.moreau", "Ines Moreau", "case_manager", "PRESTATIONS")
    typed = "mot de passe"
    hub = DemoHub(file=str(tmp_path / "hub.db"), password=typed)
    spec = WorldSpec.for_preset("mini", date(2026, 3, 24))
    async with DemoTools.start(data, spec) as tools:
        write_profile(profile, tools, ines, hub=hub)
        before = (profile / SECRETS_FILE).read_text("utf-8")
    async with DemoTools.start(data, spec) as again:
        assert renew_profile(profile, again)
        assert (profile / SECRETS_FILE).read_text("utf-8") != before
        write_profile(tmp_path / "anew", again, ines, hub=hub)
        for name in (SECRETS_FILE, SETTINGS_FILE):
            assert (profile / name).read_text("utf-8") == (tmp_path / "anew" / name).read_text("utf-8")
        assert not renew_profile(tmp_path / "nobody", again)
