"""A command that lasts says on the error output what it is doing."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from avise.commands.waiting_lines import told_while_waiting
from avise.texts import text

SOON = 0.01


class Output:
    """An error output that says when something was written so many times."""

    def __init__(self, lines: int, name: str) -> None:
        self.written: list[str] = []
        self._lines, self._name = lines, name
        self.came = Event()

    def write(self, line: str) -> None:
        self.written.append(line)
        if sum(self._name in told for told in self.written) >= self._lines:
            self.came.set()

    def flush(self) -> None:
        """Do nothing."""


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str], Output]:
    def replaced(lines: int, name: str) -> Output:
        output = Output(lines, name)
        monkeypatch.setattr("sys.stderr", output)
        return output

    return replaced


def line(check: str, number: int) -> str:
    told = text("connector_test.waiting", check=check, number=str(number), total="3")
    return f"{told}\n"


@pytest.mark.parametrize("silent", [False, True])
def test_a_check_that_lasts_is_named_again_and_again(
    errors: Callable[[int, str], Output], silent: bool
) -> None:
    output = errors(2, "black_hole")
    with told_while_waiting(3, silent=silent, every=SOON) as beginning:
        beginning("manifest_is_admitted")
        beginning("black_hole")
        assert output.came.wait(30)
    assert output.written[-1] == line("black_hole", 2)


def test_quick_checks_say_nothing_where_their_results_are_printed(
    errors: Callable[[int, str], Output],
) -> None:
    output = errors(1, "")
    with told_while_waiting(3, every=60) as beginning:
        for name in ("a", "b", "c"):
            beginning(name)
    assert output.written == []


def test_where_nothing_is_printed_before_the_end_quick_checks_are_named_now_and_then(
    errors: Callable[[int, str], Output],
) -> None:
    output = errors(1, "quick")
    with told_while_waiting(3, silent=True, every=SOON) as beginning:
        while not output.came.is_set():
            beginning("quick")
    assert output.written[0].startswith("… quick")
