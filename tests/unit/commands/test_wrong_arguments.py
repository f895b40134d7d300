"""What cannot be done as it is typed ends with one sentence and a status, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from avise.cli import FAILED, main
from avise.commands import demo
from avise.commands.wrong_argument import WRONG_ARGUMENT
from avise.demo.faults import FaultKind
from avise.demo.tools.loading import tool_kinds
from avise.texts import LANGUAGES, speaking, text

PROFILE = """
synthetic = true
site_namespace = "00000000-0000-4000-8000-000000000001"
identity_master = "none"
[user]
login = "check"
name = "Check"
[key]
source = "demo"
"""


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("search", "marchand", "--limit", "0"), "search.bad_limit"),
        (("search", "marchand", "--limit", "-3"), "search.bad_limit"),
        (("search", ""), "search.no_words"),
        (("search", " ", "\u00a0", "-"), "search.no_words"),
        (("demo", "--persons", "0"), "demo.bad_persons"),
        (("demo", "--persons", "-20", "--serve"), "demo.bad_persons"),
        (("demo", "call", "abc"), "demo.bad_number"),
        (("demo", "call", "0639984127", "--end"), "demo.no_number_needed"),
    ],
)
def test_an_argument_that_means_nothing_is_refused_with_a_sentence(
    arguments: tuple[str, ...], key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = "--folder" if arguments[0] == "demo" else "--profile"
    assert main([*arguments, where, str(tmp_path / "none")]) == WRONG_ARGUMENT
    written = capsys.readouterr()
    assert text(key) in written.err
    assert written.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", [(), ("bogus",)])
def test_a_tool_that_the_demonstration_has_not_is_answered_with_their_names(
    target: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["demo", "break", *target, "--down", "--folder", str(tmp_path)])
    assert status == WRONG_ARGUMENT
    said = capsys.readouterr().err
    assert all(kind.name in said for kind in tool_kinds())


def test_a_tool_that_does_not_run_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "break", "documents", "--down", "--folder", str(tmp_path)]) == FAILED
    assert text("demo.not_running", tool="documents") in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("--restore", FaultKind.NONE),
        ("--slow=8s", FaultKind.SLOW),
        ("--down", FaultKind.DOWN),
        ("--garbage", FaultKind.GARBAGE),
        ("--expire-token", FaultKind.EXPIRE_TOKEN),
    ],
)
def test_what_becomes_of_a_tool_that_is_broken_is_told_in_words(
    how: str,
    kind: FaultKind,
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(demo, "break_tool", lambda *_: None)
    broken = ("demo", "break", "documents", how, "--folder", str(tmp_path))
    assert main(["--language", language, *broken]) == 0
    with speaking(language):
        assert capsys.readouterr().out == text(f"demo.broken.{kind}", tool="documents") + "\n"
        assert text(f"demo.broken.{kind}") != f"demo.broken.{kind}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [("doctor",), ("doctor", "--json"), ("outbox",), ("outbox", "--json")])
def test_an_answer_that_the_disk_does_not_take_is_told_in_one_sentence(
    command: tuple[str, ...], unbuffered: str, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text(PROFILE, "utf-8")
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "avise", "--language", "fr", "--profile", str(tmp_path), *command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
                "PYTHONUNBUFFERED": unbuffered,
            },
        )
    assert ended.returncode == FAILED
    assert ended.stderr == text("cli.error", sentence=text("cli.output_refused")) + "\n"
