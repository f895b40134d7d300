"""Files and outputs that cannot be used end a command with one sentence that says what to do."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from avise.cli import BROKEN_PIPE, FAILED, main
from avise.commands.wrong_argument import WRONG_ARGUMENT
from avise.texts import text


@pytest.fixture(scope="module")
def hub_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a hub, which no test changes; return its folder."""
    folder = tmp_path_factory.mktemp("hub")
    assert main(["hub", "init", *options_of(folder)]) == 0
    return folder


@pytest.fixture
def hub(hub_folder: Path) -> tuple[str, ...]:
    """Return the options that name a hub."""
    return options_of(hub_folder)


def options_of(folder: Path) -> tuple[str, ...]:
    return ("--database", str(folder / "hub.db"), "--key-file", str(folder / "key"))


@contextmanager
def no_room() -> Iterator[None]:
    """Let no file grow beyond some bytes, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def told(capsys: pytest.CaptureFixture[str], key: str, **params: str) -> bool:
    return capsys.readouterr().err == text("cli.error", sentence=text(key, **params)) + "\n"


def status_into(output: TextIO | None, *command: str) -> int:
    """Return the status of a command whose answer goes elsewhere; what it put in its place is closed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        status = main(list(command))
        if sys.stdout is not output:
            sys.stdout.close()
    return status


def spare(output: TextIO) -> None:
    """Let an output take what it refused, which is tried again as it is closed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, output.fileno())
    os.close(nowhere)


# ---- what was named ----------------------------------------------------------------------------------


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"{'x' * 300}.toml"
    assert main(["connector", "check", str(path)]) == FAILED
    assert told(capsys, "cli.file_refused", file=str(path))


def test_a_connector_to_prove_that_is_no_file_is_told_before_what_else_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.toml"
    assert main(["connector", "test", str(path)]) == FAILED
    assert told(capsys, "connector.no_file", file=str(path))


def test_a_folder_in_the_place_of_scenarios_is_told_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["connector", "test", "webdav", "--scenarios", str(tmp_path)]) == FAILED
    assert told(capsys, "kit.scenarios_folder", file=str(tmp_path))


def test_a_connector_that_does_not_ship_is_answered_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["connector", "test", "--shipped", "bogus"]) == WRONG_ARGUMENT
    said = capsys.readouterr().err
    assert ("bogus" in said, "benefits, complaints" in said) == (True, True)


def test_a_description_at_an_address_is_to_be_downloaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connector", "new", "--from-openapi", "https://tool.example/openapi.json"]) == WRONG_ARGUMENT
    assert told(capsys, "connector_new.spec_elsewhere")


def test_a_file_in_the_place_of_a_profile_is_told_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.toml"
    file.touch()
    assert main(["connector", "list", "--profile", str(file)]) == FAILED
    assert told(capsys, "profile.not_a_folder", folder=str(file))


@pytest.mark.parametrize(
    "asked", [("show", " "), ("connector", "try", __file__, "--customer", ""), ("show", "")]
)
def test_nobody_is_asked_for_without_a_number(
    asked: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").touch()
    assert main([*asked, "--profile", str(tmp_path)]) == WRONG_ARGUMENT
    assert told(capsys, "show.no_reference")


# ---- a hub's files -----------------------------------------------------------------------------------


def test_an_empty_file_is_no_hub_and_does_not_become_one(
    hub: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    assert main(["hub", "device", "list", "--database", str(empty), *hub[2:]]) == FAILED
    assert text("hub.not_made") in capsys.readouterr().err
    assert empty.stat().st_size == 0


@pytest.mark.parametrize(
    ("database", "key_file", "sentence", "status"),
    [
        (".", "key", "hub_command.database_is_folder", WRONG_ARGUMENT),
        ("key", "key", "hub_command.file_not_opened", FAILED),
        ("hub.db", "none", "hub_command.no_key_file", FAILED),
        ("hub.db", "hub.db", "hub_command.bad_key_file", FAILED),
    ],
)
def test_a_hub_that_does_not_open_is_told_to_whoever_looks_after_it(
    database: str,
    key_file: str,
    sentence: str,
    status: int,
    hub_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    capsys.readouterr()
    options = ("--database", str(hub_folder / database), "--key-file", str(hub_folder / key_file))
    assert main(["hub", "staff", "list", *options]) == status
    assert told(capsys, sentence)


@pytest.mark.parametrize(
    ("asked", "sentence", "status"),
    [
        (("device", "wipe"), "hub_command.which_device", WRONG_ARGUMENT),
        (("staff", "wipe"), "hub_command.which_device", WRONG_ARGUMENT),
        (("device", "revoke", "bogus"), "hub_command.no_device", FAILED),
        (("serve", "--port", "65536"), "hub_command.bad_port", WRONG_ARGUMENT),
        (("backup", "."), "hub_command.not_written", FAILED),
        (("backup", "none/backup"), "hub_command.not_written", FAILED),
    ],
)
def test_what_a_hub_cannot_be_asked_is_told_with_what_to_type(
    asked: tuple[str, ...],
    sentence: str,
    status: int,
    hub: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert main(["hub", *asked, *hub]) == status
    assert told(capsys, sentence)


def test_a_backup_that_is_no_file_is_not_told_as_damaged(
    hub: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    asked = ["hub", "restore", str(tmp_path), "--database", str(tmp_path / "new.db"), *hub[2:]]
    assert main(asked) == FAILED
    assert told(capsys, "hub_command.no_backup", file=str(tmp_path))


# ---- no room -----------------------------------------------------------------------------------------


def test_half_of_a_connector_file_is_not_left_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tool.toml"
    with no_room():
        assert main(["connector", "new", str(path)]) == FAILED
    assert told(capsys, "connector.cannot_write", file=str(path))
    assert not path.exists()
    assert main(["connector", "new", str(path)]) == 0


def test_half_of_a_key_is_not_left_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with no_room():
        assert main(["hub", "init", *options_of(tmp_path)]) == FAILED
    assert told(capsys, "hub_command.key_not_written")
    assert list(tmp_path.iterdir()) == []


# ---- where the answer goes ---------------------------------------------------------------------------


def test_an_output_without_room_is_told_by_the_hub_s_commands_too(
    hub: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    with Path("/dev/full").open("w") as full:
        assert status_into(full, "hub", "doctor", *hub) == FAILED
        assert told(capsys, "cli.output_refused")
        spare(full)


def test_an_output_that_was_closed_takes_nothing_and_stops_nobody(hub: tuple[str, ...]) -> None:
    assert status_into(None, "hub", "audit", *hub) == 0


@pytest.mark.parametrize("command", [("connector", "check", "tool.toml"), ("connector", "new", "other.toml")])
def test_a_reader_that_has_seen_enough_gives_the_status_of_a_broken_pipe(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["connector", "new", "tool.toml"]) == 0
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        assert status_into(pipe, *command) == BROKEN_PIPE
        spare(pipe)
