"""The kit on files of an SFTP server: it gets between the connector and the server, and makes it fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import asyncssh
import pytest

from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConfigField,
    ConnectorEnv,
    ConnectorError,
    Health,
    HealthReport,
)
from avise.connectors.kit.check import run_check
from avise.connectors.kit.local_gold import WAYS
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of_class, subject_of_file
from avise.connectors.kit.suite import ALL
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import Verdict
from avise.models.customer import Party, PartyKind
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.servers.sftp.server import PASSWORD, USER, SftpTool, sftp_tool
from tests.servers.sftp.test_sftp import FILE
from tests.unit.connectors.kit.sound_publisher import FILE_MANIFEST

T = TypeVar("T")

CHECKS = {check.name: check for check in ALL}
LINES = "".join(f"{number};caisse {number % 7}\n" for number in range(1, 2_000))
SCENARIOS = """
avise = 1
[tool.config]
host = "127.0.0.1"
[tool.secrets]
pass = "%PASSWORD%"
[[known]]
ids = { "noemie.registration" = "7" }
"""


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpTool]:
    """Run the server on a loop of its own: each check has one too."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "depot").mkdir()
    (folder / "depot" / "flux_28112026.csv").write_text("matricule;caisse\n" + LINES, "latin-1")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sftp server")
    thread.start()
    scope = AsyncExitStack()

    def there(work: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    try:
        yield there(scope.enter_async_context(sftp_tool(folder)))
    finally:
        there(scope.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def trial(tool: SftpTool, tmp_path: Path) -> Trial:
    file, scenarios = tmp_path / "flux.toml", tmp_path / "scenarios.toml"
    how = f'host_key = "{tool.host_key}"\npassword_secret = "pass"\nsettled = "0s"'
    text = FILE.replace("%PORT%", str(tool.port)).replace("%HOW%", how).replace("%MORE%", "")
    file.write_text(text.partition("[directory]")[0], "utf-8")
    scenarios.write_text(SCENARIOS.replace("%PASSWORD%", PASSWORD), "utf-8")
    subject = subject_of_file(file)
    return Trial(subject, read_scenarios(scenarios, subject.manifest), LiveTool)


class BelievesAnybody:
    """Publishes everybody from the drop of whatever server answers."""

    def __init__(self) -> None:
        fields = (ConfigField("host", "text", "Serveur"), ConfigField("port", "int", "Port"))
        self.manifest = replace(FILE_MANIFEST, config=fields)
        self.port = 0

    def server_host(self, config: Mapping[str, JSON]) -> str:
        return str(config["host"])

    async def open(self, env: ConnectorEnv) -> None:
        self.port = int(str(env.config["port"]))

    async def aclose(self) -> None:
        """Nothing is held."""

    async def check(self, _: CallContext) -> HealthReport:
        return HealthReport(Health.OK)

    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        del since, ctx
        options = {"username": USER, "password": PASSWORD, "known_hosts": None}
        try:
            line = asyncssh.connect("127.0.0.1", self.port, **options)
            async with line as signed_in, signed_in.start_sftp_client() as sftp:
                names = await sftp.listdir("/depot")
        except asyncssh.Error:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "refused") from None
        yield Batch(
            [Party(str(name), PartyKind.MEMBER, last_name="N") for name in names],
            Completeness.COMPLETE,
            cursor="1",
        )


def test_another_machine_in_the_place_of_the_server_is_told_nothing(trial: Trial) -> None:
    result = run_check(CHECKS["another_host_key_is_refused"], trial)
    assert (result.verdict, result.sentence()) == (Verdict.OK, "")


def test_who_believes_any_server_is_caught(trial: Trial, tool: SftpTool) -> None:
    scenarios = trial.scenarios.with_tool({"host": "127.0.0.1", "port": tool.port}, {})
    result = run_check(
        CHECKS["another_host_key_is_refused"],
        Trial(subject_of_class(BelievesAnybody), scenarios, LiveTool),
    )
    assert (result.verdict, result.why) == (Verdict.FAILED, "impostor_believed")


@pytest.mark.parametrize("name", [name for name in WAYS if name != "source_in_another_encoding"])
def test_a_server_of_files_that_fails_is_told_in_time(trial: Trial, name: str) -> None:
    result = run_check(CHECKS[name], trial)
    assert (result.verdict, result.sentence()) == (Verdict.OK, "")
