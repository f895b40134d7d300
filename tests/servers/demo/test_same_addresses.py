"""Tools that are started again are found where they were, by windows that stayed open."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from avise.demo import launcher
from avise.demo.launcher import PORTS_FILE, DemoTools, kept_ports
from avise.demo.population.spec import WorldSpec

SOME = ("benefits", "documents")


async def ports_of_a_run(folder: Path) -> dict[str, int]:
    """Start some tools, and return where they were."""
    async with DemoTools.start(folder, WorldSpec.for_preset("mini"), tools=SOME) as running:
        return {name: tool.port for name, tool in running.tools.items()}


async def test_tools_started_again_have_the_same_addresses(tmp_path: Path) -> None:
    first = await ports_of_a_run(tmp_path)

    assert await ports_of_a_run(tmp_path) == first


@pytest.mark.parametrize("looked_free", [False, True], ids=["before", "just after it was seen free"])
async def test_a_port_taken_meanwhile_is_left_to_whoever_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, looked_free: bool
) -> None:
    first = await ports_of_a_run(tmp_path)
    if looked_free:
        monkeypatch.setattr(launcher, "_is_free", lambda _port: True)
    with socket.socket() as other:
        other.bind(("127.0.0.1", first["benefits"]))
        other.listen()
        again = await ports_of_a_run(tmp_path)

    assert again["benefits"] != first["benefits"]
    assert again["documents"] == first["documents"]


@pytest.mark.parametrize(
    "written", ["", "{", "[]", '{"benefits": "x"}', '{"benefits": 0}', '{"benefits": 80}']
)
def test_a_damaged_list_of_ports_asks_for_none(tmp_path: Path, written: str) -> None:
    (tmp_path / PORTS_FILE).write_text(written, "utf-8")

    assert kept_ports(tmp_path) == {}


def test_the_list_of_ports_names_nothing_else(tmp_path: Path) -> None:
    (tmp_path / PORTS_FILE).write_text(json.dumps({"benefits": 40_123}), "utf-8")

    assert set(kept_ports(tmp_path)) <= {"benefits"}
