from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors.declarative.load import check_connector_file
from avise.demo.faults import STATE_FILE, ToolNotRunningError, running_tools
from avise.demo.launcher import PORTS_FILE, DemoTools, ToolFailedError
from avise.demo.population.generate import generate_dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import SECRETS_FILE, SETTINGS_FILE, DemoUser, site_namespace, write_profile
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import prepared_folder
from tests.servers.tools_a.world import OURS, SPEC, StartTools

_PARENT = """
import asyncio, sys
from pathlib import Path
from avise.demo.launcher import DemoTools
from tests.servers.tools_a.world import OURS, SPEC

async def main():
    async with DemoTools.start(Path(sys.argv[1]), SPEC, tools=OURS) as tools:
        print(*(tool.pid for tool in tools.tools.values()), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


async def _wait_until_gone(pids: list[int]) -> None:
    async with asyncio.timeout(60):
        while any(_alive(pid) for pid in pids):  # noqa: ASYNC110 - nothing tells the end of a stranger
            await asyncio.sleep(0.05)


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_tools_end_with_the_block(start: StartTools, data_dir: Path) -> None:
    async with start(*OURS) as tools:
        pids = [tool.pid for tool in tools.tools.values()]
        assert all(_alive(pid) for pid in pids)
        assert set(running_tools(data_dir)) == set(OURS)
    assert not any(_alive(pid) for pid in pids)
    assert set(_names(data_dir)) == {"prepared", PORTS_FILE}
    with pytest.raises(ToolNotRunningError):
        running_tools(data_dir)


async def test_tools_end_with_a_parent_that_is_killed_and_the_next_run_cleans_up(
    start: StartTools, data_dir: Path
) -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PARENT, str(data_dir)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
    )
    assert parent.stdout is not None
    pids = [int(word) for word in (await parent.stdout.readline()).split()]
    assert len(pids) == len(OURS)
    parent.kill()
    await parent.wait()
    await _wait_until_gone(pids)
    async with start("parties"):
        assert sum(name.startswith("run-") for name in _names(data_dir)) == 1
    assert set(_names(data_dir)) == {"prepared", PORTS_FILE}


async def test_the_state_is_for_its_owner_only_and_holds_no_secret(start: StartTools, data_dir: Path) -> None:
    async with start(*OURS) as tools:
        state = data_dir / STATE_FILE
        text = state.read_text("utf-8")
        assert _mode(state) == 0o600
        assert all(value not in text for value in tools.secrets().values())


async def test_a_tool_that_cannot_start_says_why_and_leaves_no_other_behind(
    data_dir: Path, tmp_path: Path
) -> None:
    for kind in tool_kinds(["parties", "benefits"]):
        folder = prepared_folder(tmp_path, SPEC, kind)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(prepared_folder(data_dir, SPEC, kind))
    (kind,) = tool_kinds(["relation"])
    prepared_folder(tmp_path, SPEC, kind).mkdir()
    with pytest.raises(ToolFailedError, match="relation"):
        async with DemoTools.start(tmp_path, SPEC, tools=["parties", "benefits", "relation"]):
            pass
    assert _names(tmp_path) == ["prepared"]


async def test_an_unknown_tool_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        async with DemoTools.start(tmp_path, WorldSpec(dossiers=1), tools=["fax"]):
            pass


async def test_a_profile_can_be_read_back(start: StartTools, tmp_path: Path) -> None:
    user = DemoUser("paul.o'neil", 'Paul "Popaul" O’Neil', "team_lead")
    async with start(*OURS) as tools:
        write_profile(tmp_path, tools, user)
        settings = tomllib.loads((tmp_path / SETTINGS_FILE).read_text("utf-8"))
        kept = tomllib.loads((tmp_path / SECRETS_FILE).read_text("utf-8"))
        assert settings["synthetic"] is True
        assert settings["user"] == {"login": user.login, "name": user.name, "role": user.role}
        assert {name: table["config"] for name, table in settings["instances"].items()} == tools.settings()
        assert {
            (instance, name): value for instance, table in kept.items() for name, value in table.items()
        } == tools.secrets()


async def test_a_profile_keeps_its_secrets_apart(start: StartTools, tmp_path: Path) -> None:
    async with start(*OURS) as tools:
        write_profile(tmp_path, tools)
        text = (tmp_path / SETTINGS_FILE).read_text("utf-8")
        assert all(value not in text for value in tools.secrets().values())
        assert _mode(tmp_path / SECRETS_FILE) == 0o600
        assert _mode(tmp_path / SETTINGS_FILE) == 0o600


async def test_what_somebody_added_to_a_profile_outlives_the_next_start(
    start: StartTools, tmp_path: Path
) -> None:
    mine = '# tried since Monday\n[instances.mutex]\nconnector = "mutex"\n'
    async with start(*OURS) as tools:
        write_profile(tmp_path, tools)
        for name, added in ((SETTINGS_FILE, mine), (SECRETS_FILE, '[mutex]\nkey = "k"\n')):
            with (tmp_path / name).open("a", encoding="utf-8") as file:
                file.write(added)
        write_profile(tmp_path, tools)
        written = (tmp_path / SETTINGS_FILE).read_text("utf-8")
        write_profile(tmp_path, tools)
        assert (tmp_path / SETTINGS_FILE).read_text("utf-8") == written
        assert written.endswith(mine)
        assert set(tomllib.loads(written)["instances"]) == {*tools.settings(), "mutex"}
        kept = tomllib.loads((tmp_path / SECRETS_FILE).read_text("utf-8"))
        assert kept["mutex"] == {"key": "k"}


async def test_the_connector_files_of_a_profile_are_good(start: StartTools, tmp_path: Path) -> None:
    async with start(*OURS) as tools:
        write_profile(tmp_path, tools)
    files = sorted((tmp_path / "connectors").glob("*.toml"))
    assert [file.stem for file in files] == sorted(OURS)
    assert [check_connector_file(file) for file in files] == [[], [], [], []]


def test_people_keep_their_identifiers_from_one_day_to_the_next() -> None:
    today, tomorrow = SPEC, replace(SPEC, as_of=SPEC.as_of + timedelta(days=1))
    other_people = replace(SPEC, seed=SPEC.seed + 1)
    assert site_namespace(today) == site_namespace(tomorrow)
    assert site_namespace(today) != site_namespace(other_people)
    first, again = (generate_dossier(spec, 5).ids for spec in (today, tomorrow))
    assert first == again


async def test_a_later_run_keeps_its_own_state(start: StartTools, data_dir: Path) -> None:
    async with start("benefits"):
        async with start("parties"):
            assert set(running_tools(data_dir)) == {"parties"}
        with pytest.raises(ToolNotRunningError):
            running_tools(data_dir)
    async with start("parties"):
        state = json.loads((data_dir / STATE_FILE).read_text("utf-8"))
        assert set(state["tools"]) == {"parties"}
