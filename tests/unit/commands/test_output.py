"""Who is told that an output is full: whoever prints, and nobody else."""

from __future__ import annotations

import errno
import sys

import pytest

from avise.commands.output import OutputRefusedError, printed


class _Full:
    def write(self, _words: str) -> int:
        raise OSError(errno.ENOSPC, "full")

    def flush(self) -> None:
        return


class _Closed(_Full):
    def write(self, _words: str) -> int:
        raise BrokenPipeError


def _say() -> int:
    sys.stdout.write("a")
    return 3


def test_an_output_without_room_is_told_as_such_and_takes_the_rest_silently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", _Full())
    with pytest.raises(OutputRefusedError):
        printed(_say)
    assert _say() == 3
    sys.stdout.close()


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), OSError(errno.ENOSPC, "full")])
def test_an_error_of_what_is_printed_is_not_the_output_s(
    error: OSError, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> int:
        sys.stdout.write("begun ")
        raise error

    before = sys.stdout
    with pytest.raises(type(error)) as raised:
        printed(fail)
    assert raised.value is error
    assert sys.stdout is before
    assert capsys.readouterr().out == "begun "


def test_a_reader_who_went_away_is_no_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", _Closed())
    with pytest.raises(BrokenPipeError):
        printed(_say)


def test_what_was_printed_gives_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(_say) == 3
    assert capsys.readouterr().out == "a"
