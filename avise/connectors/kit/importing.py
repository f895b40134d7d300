"""What importing a connector's code does to the program: asked in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

LONGEST_IMPORT_S = 1.0
HOST = "avise"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SEPARATORS = re.compile(r"[-_.]+")

_PROGRAM = """
import importlib, importlib.util, json, sys, threading, time
import avise.connectors.contract, avise.connectors.registry, avise.connectors.declarative.load
def delayed():
    # By other programs: what the scheduler says of the main thread, in nanoseconds (Linux).
    try:
        return int(open("/proc/self/schedstat").read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
name, file = sys.argv[1], sys.argv[2]
connected = []
sys.addaudithook(lambda event, arguments: connected.append(1) if event == "socket.connect" else None)
threads, started = threading.active_count(), time.monotonic() - delayed()
try:
    importlib.import_module(name)
except ModuleNotFoundError as error:
    if error.name != name or not file:
        raise
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
took = time.monotonic() - delayed() - started
threads = threading.active_count() - threads
print(json.dumps({"seconds": took, "threads": threads, "connected": len(connected)}))
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    seconds: float
    threads: int
    connected: int


async def import_apart(module: str, file: Path | None) -> Imported | None:
    """Import a module in a new process; None when it cannot be imported.

    Args:
        module: its dotted name.
        file: where it is, when it is not on the path.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM, module, str(file or "")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
    )
    output, _ = await process.communicate()
    try:
        found: dict[str, Any] = json.loads(output.decode().splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return Imported(found["seconds"], found["threads"], found["connected"])


def tight_requirements(name: str) -> Sequence[str]:
    """Return what a package requires that it may not: a pin, or a package that Avise ships.

    Either would change what the program itself runs on.
    """
    shipped = {found for found, _ in _requirements(HOST)}
    return [line for found, line in _requirements(name) if found in shipped or "==" in line]


def path_files(name: str) -> Sequence[str]:
    """Return the files of a package that Python runs at each start."""
    try:
        files = distribution(name).files or ()
    except PackageNotFoundError:
        return ()
    return [str(file) for file in files if file.suffix == ".pth"]


def _requirements(name: str) -> Sequence[tuple[str, str]]:
    """Return the packages that one requires whatever is asked of it, by canonical name, as it is written."""
    try:
        written = distribution(name).requires or ()
    except PackageNotFoundError:
        return ()
    plain = [line.partition(";")[0].strip() for line in written if "extra ==" not in line]
    named = [(_NAME.match(line), line) for line in plain]
    return [(_SEPARATORS.sub("-", match[0].lower()), line) for match, line in named if match is not None]
