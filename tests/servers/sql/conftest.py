"""One MariaDB for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mariadb_server import MariadbServer, mariadb_server, why_no_mariadb


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariadbServer]:
    lacks = why_no_mariadb()
    if lacks:
        pytest.skip(lacks)
    with mariadb_server() as server:
        yield server
