"""A real Datasette server on loopback, for the tests of this folder."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.servers.datasette.clinic import write_clinic


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the server on a port of its choice, and give its address."""
    path = tmp_path_factory.mktemp("datasette") / "clinic.db"
    write_clinic(path)
    command = [sys.executable, "-m", "datasette", "serve", str(path), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and a file of the test
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield address_of(process)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def address_of(process: subprocess.Popen[str]) -> str:
    """Return the address that the server prints once it listens."""
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found[0]
    pytest.fail("the server stopped before it listened")
