"""Tabs, drafts, settings, recents, and secrets of tools."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from avise.env import FixedEnv
from avise.models.desk_memory import SavedTab
from avise.store import tables
from avise.store.desk_memory import DeskMemory
from avise.store.errors import CorruptedFileError, NirAtRestError
from avise.store.sealed import SealedSecrets
from avise.store.settings import SETTINGS, InvalidSettingError, UnknownSettingError
from avise.store.store import Store

HELENE, YVES = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def memory(store: Store, env: FixedEnv) -> DeskMemory:
    return DeskMemory(store, env, "lea.girard")


async def test_tabs_are_found_again_in_order_and_belong_to_one_person(
    memory: DeskMemory, store: Store, env: FixedEnv
) -> None:
    tabs = (
        SavedTab(YVES, "MARCHAND Yves", 0, active=True),
        SavedTab(HELENE, "MARCHAND Hélène", 1, active=False),
    )
    await memory.save_tabs(tabs[::-1])
    assert await memory.saved_tabs() == tabs
    assert await DeskMemory(store, env, "paul").saved_tabs() == ()
    await memory.save_tabs(())
    assert await memory.saved_tabs() == ()


async def test_a_draft_survives_a_restart_and_an_empty_text_forgets_it(
    store_path: Path, key: bytes, env: FixedEnv
) -> None:
    first = await Store.open(store_path, key, env)
    await DeskMemory(first, env, "lea").save_draft(HELENE, "Rappeler après 17 h")
    await first.aclose()
    second = await Store.open(store_path, key, env)
    memory = DeskMemory(second, env, "lea")
    found = await memory.draft(HELENE)
    assert found is not None
    assert (found.text, found.saved_at) == ("Rappeler après 17 h", env.now())
    assert await DeskMemory(second, env, "paul").draft(HELENE) is None
    await memory.save_draft(HELENE, "")
    assert await memory.draft(HELENE) is None
    await second.aclose()


@pytest.mark.parametrize(
    "text",
    [
        "Rappeler 1 85 05 99 999 001 81",
        "Rappeler 2680344123456",
        '{"wrap_up": {"note": "2 68 03 44 123 456"}}',
    ],
)
async def test_a_draft_with_a_nir_is_refused_and_the_one_before_stays(memory: DeskMemory, text: str) -> None:
    await memory.save_draft(HELENE, "Rappeler")
    with pytest.raises(NirAtRestError):
        await memory.save_draft(HELENE, text)
    found = await memory.draft(HELENE)
    assert found is not None
    assert found.text == "Rappeler"


async def test_settings_have_defaults_and_refuse_what_nobody_declared(memory: DeskMemory) -> None:
    for name, spec in SETTINGS.items():
        assert await memory.setting(name) == spec.default
        assert spec.allows(spec.default)
    await memory.change_setting("theme", "dark")
    assert await memory.setting("theme") == "dark"
    with pytest.raises(InvalidSettingError):
        await memory.change_setting("theme", "purple")
    with pytest.raises(UnknownSettingError):
        await memory.setting("colour")


async def test_the_widths_of_panes_are_kept_in_their_form_alone(memory: DeskMemory) -> None:
    widths = "1920x1080:rail:352=410;1920x1080:timeline:500=611;1366x768:rail:300=288"
    await memory.change_setting("panes", widths)
    assert await memory.setting("panes") == widths
    for refused in (
        "wide",
        "1920x1080:rail:352=",
        widths + ";",
        widths + ";Marchand",
        ";".join([widths] * 40),
    ):
        with pytest.raises(InvalidSettingError):
            await memory.change_setting("panes", refused)
    assert await memory.setting("panes") == widths
    await memory.change_setting("panes", "")
    assert await memory.setting("panes") == ""


async def test_the_customers_opened_last_come_first_without_repeat(memory: DeskMemory, env: FixedEnv) -> None:
    people = [uuid.UUID(int=number) for number in range(12)]
    for person in people:
        await memory.note_opened(person)
        env.advance(timedelta(seconds=1))
    await memory.note_opened(people[5])
    found = await memory.recents()
    assert found[:3] == (people[5], people[11], people[10])
    assert len(found) == len(set(found)) == 9


async def test_a_clock_set_back_does_not_hide_the_customer_just_opened(
    memory: DeskMemory, env: FixedEnv
) -> None:
    await memory.note_opened(HELENE)
    env.advance(timedelta(days=-3))
    await memory.note_opened(YVES)
    assert await memory.recents() == (YVES, HELENE)


async def test_a_secret_is_sealed_under_its_name(store: Store, key: bytes, env: FixedEnv) -> None:
    secrets = SealedSecrets(store, key, env)
    assert await secrets.get("parties", "client_secret") is None
    await secrets.put("parties", "client_secret", "s3cret-é")
    await secrets.put("parties", "client_secret", "s3cret-é2")
    assert await secrets.get("parties", "client_secret") == "s3cret-é2"
    rows = await store.read(lambda c: c.execute(tables.sealed.select()).all())
    assert all(b"s3cret" not in row.body for row in rows)
    await store.write(lambda c: c.execute(update(tables.sealed).values(name="other")).rowcount)
    with pytest.raises(CorruptedFileError):
        await secrets.get("parties", "other")
    await secrets.forget("parties", "other")
    assert await secrets.get("parties", "other") is None
