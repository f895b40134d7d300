"""Start the simulated back-office tools, each in a process of its own, and end them for sure.

    async with DemoTools.start(data_dir, WorldSpec.for_preset("demo")) as tools:
        tools.settings()["parties"]["base_url"]

A tool's process watches its standard input, a pipe that this process holds: whatever ends this process,
the tools end too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avise.demo.faults import STATE_FILE, is_running
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import ToolKind, tool_kinds
from avise.demo.tools.prepare import Progress, prepare
from avise.demo.tools.serving import TOKEN_VARIABLE

_READY_S = 30.0
"""How long a tool may take to answer on a busy machine."""

_END_S = 4.0
"""How long a tool has to end by itself before it is ended."""

_ERRORS_KEPT = 2_000


class ToolFailedError(Exception):
    """A simulated tool did not start; the text is the end of what it wrote on its error output."""


@dataclass(frozen=True, slots=True)
class DemoTool:
    """One running tool.

    Args:
        name: "parties", "documents"…
        pid: of its process.
        port: where its clients come, 0 for a tool made of files.
        control_port: where it is broken and mended.
        config: what an instance of its connector is given.
        secrets: the same, for what goes to the keyring.
    """

    name: str
    pid: int
    port: int
    control_port: int
    config: Mapping[str, str]
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Running:
    tool: DemoTool
    process: asyncio.subprocess.Process


@dataclass(frozen=True, slots=True)
class DemoTools:
    """The tools that run, for the time of the `async with` block of `start`.

    Args:
        state_dir: the data folder: where `break_tool` finds the tools.
        spec: the world that they serve.
        tools: by name.
    """

    state_dir: Path
    spec: WorldSpec
    tools: Mapping[str, DemoTool] = field(default_factory=dict)

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls,
        data_dir: Path,
        spec: WorldSpec,
        *,
        postgres: bool = False,
        quick: bool = False,
        tools: Iterable[str] | None = None,
        progress: Progress | None = None,
    ) -> AsyncIterator[DemoTools]:
        """Prepare the data where they lack, start the tools, and end them when the block ends.

        Args:
            data_dir: keeps the prepared data between runs; holds `state.json` during this one.
            spec: the world.
            postgres: serve contributions from a PostgreSQL server.
            quick: without the slowness that benefits has of its own, for measures with delays set by
                `break_tool`.
            tools: names, all eight by default.
            progress: told how far the preparation is, from another thread.

        Raises:
            ToolFailedError: a tool did not start.
            KeyError: an unknown name.
        """
        kinds = tool_kinds(tools)
        names = [kind.name for kind in kinds]
        folders, run = await asyncio.to_thread(_folders, data_dir, spec, names, progress)
        token = secrets.token_hex(16)
        running: list[_Running] = []
        state = data_dir / STATE_FILE
        try:
            options = {"contributions": ["--postgres"] * postgres, "benefits": ["--quick"] * quick}
            ports = kept_ports(data_dir)
            starting = [
                _start_where_it_was(
                    kind, folders[kind.name], run, token, options.get(kind.name, []), ports.get(kind.name, ())
                )
                for kind in kinds
            ]
            await _start_all(starting, running)
            write_private(state, _state_text(token, run, running))
            _keep_ports(data_dir, running)
            yield cls(data_dir, spec, {entry.tool.name: entry.tool for entry in running})
        finally:
            _remove_own_state(state, token)
            await asyncio.gather(*(_end(entry.process) for entry in running))
            shutil.rmtree(run, ignore_errors=True)

    def settings(self) -> Mapping[str, Mapping[str, str]]:
        """Return the configuration of each instance, by name; the instance is named like its tool."""
        return {name: tool.config for name, tool in self.tools.items()}

    def secrets(self) -> Mapping[tuple[str, str], str]:
        """Return the secrets, by (instance, field)."""
        return {
            (name, secret): value
            for name, tool in self.tools.items()
            for secret, value in tool.secrets.items()
        }


def _folders(
    data_dir: Path, spec: WorldSpec, names: Sequence[str], progress: Progress | None
) -> tuple[Mapping[str, Path], Path]:
    """Return the folders of the prepared data and a new one that the tools may write in."""
    data_dir.mkdir(parents=True, exist_ok=True)
    _remove_dead_run(data_dir)
    folders = prepare(data_dir, spec, names, progress)
    return folders, Path(tempfile.mkdtemp(prefix="run-", dir=data_dir))


def _remove_dead_run(data_dir: Path) -> None:
    """Remove what a run that was killed left behind: its state and its folder."""
    state = data_dir / STATE_FILE
    with contextlib.suppress(OSError, ValueError, KeyError):
        run = data_dir / Path(json.loads(state.read_text("utf-8"))["run"]).name
        if not is_running(data_dir):
            shutil.rmtree(run, ignore_errors=True)
            state.unlink()


async def _start_all(starting: Iterable[Awaitable[_Running]], running: list[_Running]) -> None:
    """Start tools together; those that did start are in `running` even when another did not."""
    results = await asyncio.gather(*starting, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    running += [result for result in results if isinstance(result, _Running)]
    if failures:
        raise failures[0]


async def _start_where_it_was(
    kind: ToolKind, data: Path, run: Path, token: str, options: Sequence[str], port: Sequence[str]
) -> _Running:
    """Start one tool, elsewhere when somebody took its port since `kept_ports` saw it free."""
    try:
        return await _start(kind, data, run, token, [*options, *port])
    except ToolFailedError:
        if not port:
            raise
        return await _start(kind, data, run, token, options)


async def _start(kind: ToolKind, data: Path, run: Path, token: str, options: Sequence[str]) -> _Running:
    """Start one tool's process and wait for its ready line."""
    errors = run / f"{kind.name}.err"
    arguments = ["--data", str(data), "--run", str(run), "--exit-with-parent", *options]
    with errors.open("wb") as error_output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", kind.module, *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=error_output,
            env={**os.environ, **_module_path(), TOKEN_VARIABLE: token},
        )
    try:
        return _Running(await _ready(kind.name, process, errors), process)
    except BaseException:
        await _end(process)
        raise


def _module_path() -> Mapping[str, str]:
    """Let the tools import what this process imports, whatever folder it was started from."""
    return {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}


async def _ready(name: str, process: asyncio.subprocess.Process, errors: Path) -> DemoTool:
    assert process.stdout is not None  # noqa: S101 - opened as a pipe just above
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _READY_S)
        told = json.loads(line)
    except (TimeoutError, ValueError):
        raise ToolFailedError(_last_words(name, errors)) from None
    return DemoTool(
        name,
        process.pid,
        int(told["port"]),
        int(told["control_port"]),
        told.get("config", {}),
        told.get("secrets", {}),
    )


def _last_words(name: str, errors: Path) -> str:
    written = errors.read_bytes()[-_ERRORS_KEPT:].decode("utf-8", "replace")
    return f"{name}: {written}"


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close the pipe that the tool watches, then insist."""
    if process.stdin is not None:
        process.stdin.close()
    for insist in (None, process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            if insist is not None:
                insist()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_S)
            return


# ---- the same addresses at each start ---------------------------------------------------------------

PORTS_FILE = "ports.json"
"""Where each tool was reached last: a window that stayed open finds it there again."""


def kept_ports(data_dir: Path) -> Mapping[str, Sequence[str]]:
    """Return the option that gives each tool the port of its last run, when nobody took it since."""
    try:
        kept = json.loads((data_dir / PORTS_FILE).read_text("utf-8"))
        ports = {str(name): int(port) for name, port in kept.items()}
    except (OSError, ValueError, AttributeError):
        return {}
    return {name: ("--port", str(port)) for name, port in ports.items() if _is_free(port)}


def _keep_ports(data_dir: Path, running: Sequence[_Running]) -> None:
    ports = {entry.tool.name: entry.tool.port for entry in running if entry.tool.port}
    with contextlib.suppress(OSError):
        write_private(data_dir / PORTS_FILE, json.dumps(ports))


def _is_free(port: int) -> bool:
    if not 1024 <= port < 65_536:
        return False
    with socket.socket() as probe:
        # As servers do: a port whose connections are just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# ---- what other processes read ---------------------------------------------------------------------


def _state_text(token: str, run: Path, running: Sequence[_Running]) -> str:
    tools = {
        entry.tool.name: {
            "pid": entry.tool.pid,
            "port": entry.tool.port,
            "control_port": entry.tool.control_port,
        }
        for entry in running
    }
    return json.dumps({"token": token, "run": run.name, "tools": tools}, indent=2)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    aside.touch(mode=0o600)
    aside.chmod(0o600)
    aside.write_text(text, "utf-8")
    aside.replace(path)


def _remove_own_state(path: Path, token: str) -> None:
    """Remove the state file unless a later run has put its own there."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        if json.loads(path.read_text("utf-8"))["token"] == token:
            path.unlink()
