"""The customer's screen read from outside, as Orca reads it: a real X11 window under Xvfb, over AT-SPI.

Skipped where the machine has no `xvfb`, `dbus`, `at-spi2-core` or `gir1.2-atspi-2.0`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
BUS = "/usr/libexec/at-spi-bus-launcher"
SECONDS = 180
CHIP = "3 refusés"

SESSION = f"""
{BUS} --launch-immediately >&2 & bus=$!
exec 3< <(exec "$PYTHON" -m tests.ui.accessibility.at_spi_window & echo "pid $!"; wait $!)
read -r _ window <&3
read -r ready <&3
echo "$ready"
{SYSTEM_PYTHON} {HERE / "at_spi_reader.py"} "$window" "$PRESSED"
echo
read -r after <&3
echo "$after"
kill $bus
"""


@cache
def missing() -> str:
    """Return what the machine lacks, "" when it has everything."""
    programs = [name for name in ("Xvfb", "dbus-run-session", "bash") if shutil.which(name) is None]
    files = [path for path in (SYSTEM_PYTHON, BUS) if not Path(path).exists()]
    if programs or files:
        return f"no {', '.join((*programs, *files))} here"
    asked = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"]
    if subprocess.run(asked, capture_output=True, check=False).returncode != 0:  # noqa: S603 - our own words
        return "no gir1.2-atspi-2.0 here"
    return ""


@pytest.fixture
def display() -> Iterator[str]:
    """Give a screen in memory."""
    reading, writing = os.pipe()
    asked = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(asked, pass_fds=[writing], stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(60)


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_screen_reader_reads_the_customer_and_presses_a_painted_chip(display: str) -> None:
    environment = os.environ | {
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "PYTHON": sys.executable,
        "PRESSED": CHIP,
    }
    ran = subprocess.run(  # noqa: S603 - our own words
        ["dbus-run-session", "--", "bash", "-c", SESSION],  # noqa: S607 - wherever the system keeps it
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    told = ran.stdout.splitlines()
    assert told[:1] == ["ready"], ran.stderr[-3000:]
    document = json.loads(next(line for line in told if line.startswith("{")))
    nodes = [node for node in document["nodes"] if node["showing"]]
    heard = {(node["role"], node["name"]) for node in nodes}
    assert document["pressed"], sorted(heard)
    assert told[-1] == "outbox shown", ran.stderr[-3000:]
    names = {name for _role, name in heard}
    assert {"Réponses suggérées", "Historique", "Notes", "À suivre"} <= names
    assert any(role == "push button" and name == CHIP for role, name in heard)
    assert any("MARCHAND" in name for name in names)
    rows = [name for role, name in heard if role == "table cell"]
    assert any("Remboursement optique" in name for name in rows), "rows are read as sentences"
    # No window manager here, so no window in front: what has focus is the current row of each list.
    assert {node["role"] for node in nodes if node["focused"]} <= {"table cell", "push button"}
    pressable = [node for node in nodes if node["role"] in ("push button", "button", "check box")]
    assert pressable
    nameless = [node for node in pressable if not node["name"]]
    assert not nameless, nameless
