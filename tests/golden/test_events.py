"""Each kind and version of event that was ever written is read for ever as it was first read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.hub.port import PushedEvent
from avise.hub.received_event import Received, received
from avise.models import upcasting
from avise.models.fed_events import judged
from avise.models.journal import EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.request_fold import NEWER
from avise.models.roles import Role, Session
from avise.models.upcasting import as_read_now, newest, upcast
from avise.store.feed import Feed
from avise.store.journal import Journal, content_sha
from avise.store.store import Store
from tests.golden.frozen import EVENTS, fed, holds, judged_of, path_of, reading_of
from tests.golden.stories import stories

FILES = sorted(EVENTS.glob("*.json"))
KEY = bytes(range(32))


def frozen(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def test_every_kind_that_this_program_writes_has_its_frozen_file() -> None:
    written = [(kind.value, version) for kind in EventKind for version in range(1, newest(kind) + 1)]
    lacking = [pair for pair in written if not path_of(*pair).exists()]
    assert lacking == [], "tell it in tests/golden/stories.py, then run `python -m tests.golden.stories`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_frozen_event_is_read_as_ever(path: Path) -> None:
    told = frozen(path)
    last = told["events"][-1]
    assert (last["kind"], last["schema_v"]) == (told["kind"], told["schema_v"])
    assert path == path_of(told["kind"], told["schema_v"])
    events = judged_of(told)
    assert all(event.known for event in events)
    assert holds(told["reads"], reading_of(events))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_frozen_says_something_of_its_kind(path: Path) -> None:
    told = frozen(path)
    without = {**told, "events": told["events"][:-1]}
    if without["events"]:
        assert not holds(told["reads"], reading_of(judged_of(without)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_hub_still_takes_a_frozen_event(path: Path) -> None:
    event = fed(frozen(path)["events"][-1])
    salt = bytes(16)
    pushed = PushedEvent(
        event.event_id, 1, event.stream, event.kind, event.schema_v, event.author, event.occurred_at,
        event.clock_offset_ms, event.body or b"{}", salt, content_sha(salt, event.body or b"{}"),
    )  # fmt: skip
    taken = received(pushed)
    assert isinstance(taken, Received)
    assert taken.kind is EventKind(event.kind)


@pytest.mark.parametrize(("kind", "schema_v"), stories())
def test_what_is_written_today_is_what_was_frozen(kind: str, schema_v: int) -> None:
    assert path_of(kind, schema_v).exists()


# ---- newer than this program -----------------------------------------------------------------------
@pytest.mark.parametrize("change", [{"kind": "request_dreamt"}, {"schema_v": 99}])
def test_a_request_that_a_newer_version_wrote_on_is_kept_and_read_only(change: Mapping[str, Any]) -> None:
    told = frozen(path_of("request_noted", 1))
    told["events"][-1] |= change
    reads = reading_of(judged_of(told))
    assert reads["request"]["newer"] is True
    assert reads["request"]["exchanges"][-1]["what"] == NEWER
    assert reads["request"]["exchanges"][-1]["words"] == ""
    assert reads["request"]["holder"] == "karim.benali"


def test_a_kind_of_a_newer_version_changes_nothing_beside_requests() -> None:
    told = frozen(path_of("task_added", 1))
    before = reading_of(judged_of(told))
    later = {**told["events"][-1], "event_id": str(FixedEnv().uuid7()), "ver": 2, "device_seq": 2}
    told["events"].append({**later, "kind": "task_dreamt"})
    after = judged_of(told)
    assert [event.known for event in after] == [True, False]
    assert holds({"task": before["task"]}, reading_of(after))


async def test_a_journal_keeps_and_sends_what_a_newer_version_wrote(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db", KEY, FixedEnv())
    journal, feed = Journal(store, FixedEnv()), Feed(store, FixedEnv())
    session = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
    for _ in range(3):
        await journal.append(session, EventKind.CONSULTED, "customer/1", {})
    rename = "UPDATE event SET kind = 'consulted_deeply' WHERE device_seq = 2"
    await store.write(lambda connection: connection.exec_driver_sql(rename).rowcount)
    assert [event.device_seq for event in await journal.since(0)] == [1, 3]
    assert [event.kind for event in await feed.unsent(0, 10)] == [
        "consulted", "consulted_deeply", "consulted",
    ]  # fmt: skip
    await store.aclose()


# ---- upcasters -------------------------------------------------------------------------------------
def test_upcasters_chain_from_any_version_to_the_newest() -> None:
    chain: upcasting.Upcasters = {
        (EventKind.REQUEST_NOTED, 1): lambda body: {**body, "words": [body["words"]]},
        (EventKind.REQUEST_NOTED, 2): lambda body: {"lines": body["words"], "by": "hand"},
    }
    assert newest(EventKind.REQUEST_NOTED, chain) == 3
    third: Mapping[str, JSON] = {"lines": ["Vu."], "by": "hand"}
    assert upcast(EventKind.REQUEST_NOTED, 1, {"words": "Vu."}, chain) == third
    assert upcast(EventKind.REQUEST_NOTED, 2, {"words": ["Vu."]}, chain) == third
    assert upcast(EventKind.REQUEST_NOTED, 3, third, chain) == third
    assert upcast(EventKind.REQUEST_NOTED, 4, {"x": 1}, chain) == {"x": 1}
    told = fed(frozen(path_of("request_noted", 1))["events"][-1])
    envelope = replace(judged(told).event, salt=b"salt")
    read = as_read_now(envelope, chain)
    assert (read.schema_v, read.salt, read.body["by"]) == (3, b"", "hand")
    assert as_read_now(envelope, {}) is envelope


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_a_body_passes_each_step_once_and_in_order(versions: list[int]) -> None:
    kind = EventKind.TASK_DONE
    chain: upcasting.Upcasters = {
        (kind, step): lambda body, step=step: {"passed": [*body["passed"], step]}  # type: ignore[misc]  # bound now
        for step in range(1, 5)
    }
    for version in versions:
        assert upcast(kind, version, {"passed": []}, chain) == {"passed": list(range(version, 5))}


async def test_own_and_fed_events_of_an_older_version_are_read_as_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = frozen(path_of("request_noted", 1))
    store = await Store.open(tmp_path / "store.db", KEY, FixedEnv())
    journal = Journal(store, FixedEnv())
    session = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
    await journal.append_all(session, NewEvent("task/1", EventKind.TASK_MOVED, {"to": "lundi"}))
    steps: dict[tuple[EventKind, int], upcasting.Upcaster] = {
        (EventKind.TASK_MOVED, 1): lambda body: {"due": body["to"]},
        (EventKind.REQUEST_NOTED, 1): lambda body: {"words": f"« {body['words']} »"},
    }
    for key, step in steps.items():
        monkeypatch.setitem(upcasting.UPCASTERS, key, step)
    (written,) = await journal.since(0)
    assert (written.body, written.schema_v) == ({"due": "lundi"}, 2)
    noted = judged_of(told)[-1]
    assert (noted.event.body["words"], noted.known) == ("« Vu avec les flux. »", True)
    told["events"][-1]["schema_v"] = 3
    assert not judged_of(told)[-1].known
    await store.aclose()
