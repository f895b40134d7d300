"""What a run remembers of the starts that failed before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.starts import ABSENT, STRIKES, StartLog


def run(path: Path, *, well: bool) -> None:
    """Start once, in a run of its own."""
    log = StartLog(path)
    log.begin(["ged"])
    log.ended("ged", well=well)


def test_three_failed_starts_running_set_an_instance_apart(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    for _ in range(STRIKES):
        assert not StartLog(path).quarantined("ged")
        run(path, well=False)
    assert StartLog(path).quarantined("ged")
    assert not StartLog(path).quarantined("other")


def test_a_good_start_forgets_the_failures(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    for well in (False, False, True, False, False):
        run(path, well=well)
    assert not StartLog(path).quarantined("ged")


def test_a_start_that_killed_the_process_counts(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    for _ in range(STRIKES):
        StartLog(path).begin(["ged"])
    assert StartLog(path).quarantined("ged")


def test_of_several_that_were_starting_only_the_one_not_proven_yet_is_blamed(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    run(path, well=True)
    for _ in range(STRIKES):
        StartLog(path).begin(["ged", "new"])
    log = StartLog(path)
    assert (log.quarantined("ged"), log.quarantined("new")) == (False, True)
    # Changed since, it is proven no more than the other.
    log.compare("ged", "another")
    for _ in range(STRIKES):
        log.begin(["ged", "new"])
        log = StartLog(path)
    assert log.quarantined("ged")


def test_what_was_loaded_and_not_opened_yet_killed_nobody(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    for _ in range(STRIKES):
        log = StartLog(path)
        log.begin(["ged"])
        log.loaded("ged")
        log.begin(["new"])
    log = StartLog(path)
    assert (log.quarantined("ged"), log.quarantined("new")) == (False, True)


def test_one_that_was_switched_off_is_not_proven_by_it(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    log = StartLog(path)
    log.ended("old", well=True)
    log.ended("new", well=True, opened=False)
    for _ in range(STRIKES):
        StartLog(path).begin(["old", "new"])
    log = StartLog(path)
    assert (log.quarantined("old"), log.quarantined("new")) == (False, True)


def test_closing_during_a_start_is_nobodys_fault(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    for _ in range(STRIKES):
        log = StartLog(path)
        log.begin(["ged"])
        log.closing()
    assert not StartLog(path).quarantined("ged")


@pytest.mark.parametrize(
    ("now", "quarantined"), [("as failed", True), ("", True), ("mended", False), (ABSENT, False)]
)
def test_failures_are_held_against_the_very_connector_that_failed(
    tmp_path: Path, now: str, quarantined: bool
) -> None:
    path = tmp_path / "starts.json"
    for _ in range(STRIKES):
        log = StartLog(path)
        log.compare("ged", "as failed")
        log.begin(["ged"])
        log.ended("ged", well=False)
    log = StartLog(path)
    log.compare("ged", now)
    assert log.quarantined("ged") is quarantined


def test_a_start_that_killed_the_process_is_forgotten_once_its_connector_is_another(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    for content in ("first", "second", "third"):
        log = StartLog(path)
        log.compare("ged", content)
        log.begin(["ged"])
    assert not StartLog(path).quarantined("ged")


def test_what_an_older_version_wrote_is_kept_until_the_connector_changes(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    path.write_text('{"ged": {"strikes": 3, "under_way": false, "reason": ""}}')
    log = StartLog(path)
    log.compare("ged", "anything")
    assert log.quarantined("ged")
    log.compare("ged", "something else")
    assert not log.quarantined("ged")


def test_a_person_puts_it_back(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    for _ in range(STRIKES):
        run(path, well=False)
    StartLog(path).forgive("ged")
    assert not StartLog(path).quarantined("ged")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"ged": 3}', '{"ged": {"strikes": "x"}}'])
def test_an_unreadable_memory_is_an_empty_one(tmp_path: Path, content: str) -> None:
    path = tmp_path / "starts.json"
    path.write_text(content)
    assert not StartLog(path).quarantined("ged")


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    log = StartLog(tmp_path / "missing" / "starts.json")
    log.begin(["ged"])
    log.ended("ged", well=False)
    assert not log.quarantined("ged")
