"""A connector file that an author changes while a customer is on screen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.commands.show import find_person
from avise.connectors import reloading
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.roles import Purpose
from avise.services.customer_updates import FacetChanged, OpeningSettled
from avise.services.profile import load_profile
from tests.servers.engine.conftest import MutualInABox

MEMBER = "0482917350"


@pytest.fixture
def desk_engine(
    mutual: MutualInABox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Engine, Path]]:
    """Open an engine with somebody at its window, and give the file of the benefits' connector."""
    monkeypatch.setattr(reloading, "LOOK_S", 0.05)
    folder = mutual.profile(tmp_path / "profile")
    engine = Engine(load_profile(folder, device=""), SystemEnv(), at_desk=True)
    try:
        engine.start()
        engine.run(engine.directory_ready())
        yield engine, folder / "connectors" / "benefits.toml"
    finally:
        engine.stop()


async def persons_once_changed(engine: Engine, file: Path) -> tuple[set[object], set[object]]:
    """Open a customer, map another key to the person of a line; return who is on screen before and after."""
    person = await find_person(engine.desk, MEMBER)
    shown: set[object] = set()
    before: set[object] = set()
    async with (
        asyncio.timeout(60),
        aclosing(engine.desk.open_customer(person, Purpose.CALL)) as updates,  # type: ignore[type-var]
    ):
        async for update in updates:
            if isinstance(update, OpeningSettled) and not before:
                before = shown
                content = await asyncio.to_thread(file.read_text, "utf-8")
                changed = content.replace('\nperson = "benef"', '\nperson = "numLigne"')
                await asyncio.to_thread(file.write_text, changed, "utf-8")
            elif isinstance(update, FacetChanged) and update.view.facet == "benefits" and update.view.records:
                shown = {record.data.get("person") for record in update.view.records}
                if before and shown != before:
                    return before, shown
    raise AssertionError


def test_an_open_customer_is_read_again_with_the_new_mapping(desk_engine: tuple[Engine, Path]) -> None:
    engine, file = desk_engine
    before, after = engine.run(persons_once_changed(engine, file))
    assert before
    assert len(after) > len(before)
