from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

import pytest

from avise.connectors.declarative.load import check_connector_file
from avise.services.profile import load_profile
from benchmarks.harness.children import child
from benchmarks.harness.customers import CUSTOMERS
from benchmarks.harness.delayed_profile import connector_text, write_delayed_profile
from benchmarks.harness.delayed_tools import DELAYS, MASTER, answer_of


def asked(port: object, path: str) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", int(str(port)), timeout=5)
    try:
        connection.request("GET", path)
        answer: dict[str, object] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()


def test_the_customers_can_be_told_apart() -> None:
    assert len({customer.last_name for customer in CUSTOMERS}) == len(CUSTOMERS)
    assert len({customer.phone for customer in CUSTOMERS}) == len(CUSTOMERS)


@pytest.mark.parametrize("facet", DELAYS)
def test_a_tool_answers_about_the_customer_asked_for(facet: str) -> None:
    answer = json.loads(answer_of(facet, CUSTOMERS[3]))
    assert answer["subject"] == CUSTOMERS[3].subject()
    assert answer["rows"]


@pytest.mark.parametrize("name", [*DELAYS, MASTER])
def test_every_connector_file_is_correct(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.toml"
    path.write_text(connector_text(name), encoding="utf-8")
    assert check_connector_file(path) == []


def test_the_profile_can_be_read(tmp_path: Path) -> None:
    folder = write_delayed_profile(tmp_path / "profile", {MASTER: 1, "benefits": 2})
    profile = load_profile(folder, device="")
    assert profile.settings.instances["benefits"].config["base_url"] == "http://127.0.0.1:2"


def test_the_tools_keep_their_delays_obey_and_end() -> None:
    with child("benchmarks.harness.delayed_tools") as tools:
        started = time.monotonic()
        assert asked(tools.ready["contracts"], f"/customers/{CUSTOMERS[0].native_id}")["rows"]
        assert time.monotonic() - started >= DELAYS["contracts"]
        tools.order(mode="down", tool="contracts")
        tools.answer()
        with pytest.raises(ConnectionRefusedError):
            asked(tools.ready["contracts"], "/check")
        tools.order(mode="up", tool="contracts")
        tools.answer()
        assert asked(tools.ready["contracts"], "/check") == {"version": "1"}
    assert tools.process.returncode is not None
