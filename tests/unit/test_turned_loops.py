"""No coroutine turns the Qt loop: a task's step would be lost, and its test never end (decision 022)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TURNS = frozenset({"processEvents", "mouseMove", "qWait", "qWaitForWindowExposed", "waitUntil", "exec"})
"""Names of what turns the loop until something has happened, or once."""


def turned(source: str) -> list[tuple[int, str]]:
    """Return the line and the name of each call inside a coroutine that turns the loop."""
    coroutines = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncFunctionDef))
    return [found for coroutine in coroutines for found in _calls(coroutine)]


def _calls(coroutine: ast.AsyncFunctionDef) -> Iterator[tuple[int, str]]:
    for node in ast.walk(coroutine):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TURNS:
            yield node.lineno, node.func.attr


@pytest.mark.parametrize("folder", ["avise/ui", "tests/ui"])
def test_no_coroutine_turns_the_loop(folder: str) -> None:
    found = {
        f"{file.relative_to(ROOT)}:{line} {name}"
        for file in (ROOT / folder).rglob("*.py")
        for line, name in turned(file.read_text("utf-8"))
    }
    assert found == set()


def test_a_coroutine_that_turns_the_loop_is_found() -> None:
    source = "async def scenario():\n    app.processEvents()\n\ndef drag():\n    QTest.mouseMove(handle)\n"
    assert turned(source) == [(2, "processEvents")]
