"""The kit on files of an SFTP server: it gets between the connector and the server, and makes it fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from avise.connectors.kit.check import run_check
from avise.connectors.kit.local_gold import WAYS
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of_file
from avise.connectors.kit.suite import ALL
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import Verdict
from tests.servers.sftp.server import PASSWORD, SftpTool, sftp_tool
from tests.servers.sftp.test_sftp import FILE

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


@pytest.mark.parametrize("name", [name for name in WAYS if name != "source_in_another_encoding"])
def test_a_server_of_files_that_fails_is_told_in_time(trial: Trial, name: str) -> None:
    result = run_check(CHECKS[name], trial)
    assert (result.verdict, result.sentence()) == (Verdict.OK, "")
