"""A real Tryton server (a process of its own) over a SQLite base that is made once for all tests."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from avise.models.json_types import JSON
from tests.servers.tryton.world import PARTIES
from tests.unit.connectors.declarative.opened_file import Opened, open_connector_file

ADMIN, READER, PASSWORD = "admin", "lecture", "mot de passe de Tryton"
FILE = Path(__file__).parents[3] / "avise" / "connectors" / "trytond" / "connector.toml"
BASE = "mutuelle"
MOST_WAITED_S = 120
_COMMANDS = Path(sys.executable).parent


@dataclass(frozen=True)
class Tryton:
    """A running server, and its administrator's own way in."""

    base_url: str
    session: str

    def config(self, **changes: JSON) -> dict[str, JSON]:
        """Return the configuration of an instance."""
        ours: Mapping[str, JSON] = {"base_url": self.base_url, "database": BASE, "user": READER}
        return {**ours, **changes}

    def call(self, method: str, *params: JSON) -> Any:  # noqa: ANN401 - whatever the server answers
        """Call a method as the administrator."""
        answer = _post(self.base_url, method, [*params, {}], self.session)
        assert "error" not in answer, answer
        return answer["result"]


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    """Make the base, run the server, and enter the parties."""
    folder = tmp_path_factory.mktemp("tryton")
    shutil.copy(_base(tmp_path_factory.getbasetemp()), folder)
    settings = _settings(folder)
    command = [str(_COMMANDS / "trytond"), "-c", str(settings), "-d", BASE]
    # To a file: a pipe that nobody reads fills with the log of requests, and the server waits for ever.
    log = folder / "trytond.log"
    with log.open("w") as told, subprocess.Popen(command, stderr=told) as process:  # noqa: S603 - a program of our environment
        try:
            base_url = _address_of(process, log)
            answer = _post(base_url, "common.db.login", [ADMIN, {"password": PASSWORD}, "en"], "")
            number, key, *_ = answer["result"]
            session = base64.b64encode(f"{ADMIN}:{number}:{key}".encode()).decode()
            running = Tryton(base_url, session)
            running.call("model.res.user.create", [{"login": READER, "name": "Avise", "password": PASSWORD}])
            running.call("model.party.party.create", PARTIES)
            yield running
        finally:
            process.terminate()


def _base(own: Path) -> Path:
    """Return an empty base: it takes eight seconds, so that only one process of the tests makes it."""
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "tryton-base"
    made = folder / "made"
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(MOST_WAITED_S * 10):
            if made.exists():
                break
            time.sleep(0.1)
        else:
            pytest.fail("the other process did not make the base")
    else:
        _make_base(folder)
        made.touch()
    return folder / f"{BASE}.sqlite"


def _settings(folder: Path) -> Path:
    settings = folder / "trytond.conf"
    settings.write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:0\n", encoding="utf-8"
    )
    return settings


def _make_base(folder: Path) -> None:
    settings, password = _settings(folder), folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    (folder / f"{BASE}.sqlite").touch()
    modules = ["ir", "res", "country", "party"]
    made = ["-c", str(settings), "-d", BASE, "-u", *modules, "--email", "admin@example.org"]
    command, env = [str(_COMMANDS / "trytond-admin"), *made], {**os.environ, "TRYTONPASSFILE": str(password)}
    subprocess.run(command, env=env, check=True)  # noqa: S603 - a program of our environment


def _address_of(process: subprocess.Popen[bytes], log: Path) -> str:
    while process.poll() is None:
        found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.05)
    pytest.fail("the server stopped before it listened")


def _post(base_url: str, method: str, params: list[Any], session: str) -> Any:  # noqa: ANN401 - see above
    headers = {"Content-Type": "application/json"}
    if session:
        headers["Authorization"] = f"Session {session}"
    body = json.dumps({"id": 1, "method": method, "params": params})
    reply = httpx2.post(f"{base_url}/{BASE}/rpc/", content=body, headers=headers, timeout=30)
    reply.raise_for_status()
    return reply.json()


@pytest.fixture
async def opened(tryton: Tryton) -> AsyncIterator[Opened]:
    """Open the connector as it ships over the server."""
    async with AsyncExitStack() as stack:
        yield await open_connector_file(FILE, tryton.config(), {"password": PASSWORD}, stack)
