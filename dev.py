#!/usr/bin/env python3
"""The developers' commands: each one sets up what it needs, then does its job.

    python3 dev.py demo [ARGS…]            the main job: a mutual in a box and the window on it
    python3 dev.py test [PYTEST ARGS]      every test, the layers below the window without Qt
    python3 dev.py lint                    formatting, rules, types, layers
    python3 dev.py check                   both, as before a change lands: types and layers beside the tests
    python3 dev.py bench [NAME] [--json F] measures, as ratios in one run; --full: 4.3 million persons
    python3 dev.py chaos [--minutes N]     kills, cuts, crashes, power cuts; nothing saved may be lost
    python3 dev.py bundle                  the packaged program, started once as a check
    python3 dev.py run ARGS…               `avise ARGS…` in the environment
    python3 dev.py lock                    resolve the dependencies again

What follows `demo` goes to `avise demo`, for instance `--preset mini`, `--folder DIR`, `--tour DIR` or
`--serve`; `.venv/bin/avise demo --help` lists the rest. `avise demo break` and `avise demo call` reach the
tools of another folder with the same `--folder DIR`.

`chaos` goes on for N minutes (10), prints what it did and what it found, and ends by itself: with 0 when
nothing that was called saved is lost or there twice. `--seed S` plays another night; the tests do a part.

Only the standard library is used here: a bare Debian has neither pip nor ensurepip.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
MINIMUM = (3, 11)

QT_PACKAGES = ("pyside6-essentials", "shiboken6", "qasync", "pytest-qt")
"""What the environment without Qt leaves out of the lock."""

OFFSCREEN_LIBRARIES = ("libegl1", "libgl1", "libfontconfig1", "libxkbcommon0", "libglib2.0-0", "libdbus-1-3")
SCREEN_LIBRARIES = (
    "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0",
)  # fmt: skip
"""Found by experiment in a minimal Debian 12 (offscreen, then a real X11 screen)."""


TESTS_FAILED = 1
"""What pytest returns when it ran to its end and tests failed."""
DRAWN = "--hypothesis-profile=check"
"""Of `tests/conftest.py`."""

FEW = 5
"""Failures that may come from the moment; more of them are a broken change."""

WINDOW_WORKERS = 2
BELOW_WORKERS = 3
"""Processes that run tests. Below the window they wait for servers and disks a third of their time: one more
than two processors keeps both at work.
"""


class SetupError(Exception):
    """Something is missing that only the person at the keyboard can install."""


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, check: bool = True) -> int:
    """Run a program in the checkout; SystemExit with its status when it fails and `check` is set."""
    status = subprocess.run([*command], cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode
    if check and status != 0:
        raise SystemExit(status)
    return status


def install_packages(names: Sequence[str], why: str) -> None:
    """Install Debian packages when root, else say the exact command to type."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        advice = " ".join(["sudo", *command])
        raise SetupError(f"{why}\nInstall what is missing, then run this command again:\n\n    {advice}\n")
    print(f"{why} Installing {', '.join(names)}.", flush=True)
    run(["apt-get", "update", "-qq"], check=False)
    run(command, env={"DEBIAN_FRONTEND": "noninteractive"})


CREATING = threading.Lock()
"""Of one environment at a time: the first may have to install the package that creating one needs."""


class Environment:
    """A virtual environment made from the lock.

    Args:
        folder: where it lives.
        without: names of locked packages that are left out.
    """

    def __init__(self, folder: Path, without: Sequence[str] = ()) -> None:
        self.folder = folder
        self.without = tuple(without)
        self.python = folder / "bin" / "python"

    def ensure(self) -> None:
        """Create or refresh it when the lock, the interpreter or the project's metadata changed."""
        stamp = self.folder / "avise-stamp"
        wanted = self._fingerprint()
        if stamp.is_file() and stamp.read_text() == wanted and self._works():
            return
        print(f"Preparing {self.folder.name} (once, about a minute)…", flush=True)
        with CREATING:
            self._create()
        self._install()
        stamp.write_text(wanted)

    def _fingerprint(self) -> str:
        parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode()]
        return hashlib.sha256(b"\0".join([*parts, ",".join(self.without).encode()])).hexdigest()

    def _works(self) -> bool:
        if not self.python.exists():
            return False
        # Found, not imported: a mistake in the checkout is no reason to make an environment again.
        probe = [
            str(self.python),
            "-c",
            "import importlib.util, pytest; assert importlib.util.find_spec('avise')",
        ]
        return subprocess.run(probe, cwd=self.folder, capture_output=True, check=False).returncode == 0

    def _create(self) -> None:
        attempt = self._venv()
        if attempt.returncode != 0:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            package = "python3-venv" if version == "3.11" else f"python{version}-venv"
            install_packages([package], "This Python cannot create virtual environments.")
            attempt = self._venv()
        if attempt.returncode != 0:
            raise SetupError(f"Could not create {self.folder}:\n{attempt.stdout}{attempt.stderr}")

    def _venv(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "venv", "--clear", str(self.folder)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    def _install(self) -> None:
        lock = self.folder / "requirements.txt"
        lock.write_text(locked_without(LOCK.read_text(), self.without))
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        quiet = {"PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_INPUT": "1"}
        # Compiled by whoever imports it first: most of what the wheels hold is never imported.
        run([*pip, "--no-compile", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)], env=quiet)
        run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], env=quiet)


def locked_without(lock: str, names: Sequence[str]) -> str:
    """Return the text of a lock without some packages (each starts at column 0, the rest is indented)."""
    kept: list[str] = []
    keep = True
    for line in lock.splitlines(keepends=True):
        if line[:1].isalnum():
            keep = line.split("==")[0].strip().lower() not in names
        if keep:
            kept.append(line)
    return "".join(kept)


FROM_ROOT = {"PYTHONPATH": str(ROOT)}
"""So that tools find the checkout's own packages."""

DESKTOP = Environment(ROOT / ".venv")
HEADLESS = Environment(ROOT / ".venv-headless", QT_PACKAGES)


def ensure_both() -> None:
    """Make both environments, side by side: each one keeps a processor busy."""
    with ThreadPoolExecutor() as pool:
        for made in [pool.submit(environment.ensure) for environment in (HEADLESS, DESKTOP)]:
            made.result()


def ensure_qt(*, screen: bool) -> None:
    """See that Qt starts, and install the system's libraries that it misses.

    Args:
        screen: also what a real X11 screen needs.
    """
    if qt_starts("offscreen") and not screen:
        return
    if not qt_starts("offscreen"):
        install_packages(OFFSCREEN_LIBRARIES, "Qt misses some of the system's libraries.")
    if screen and not qt_starts("xcb"):
        install_packages(SCREEN_LIBRARIES, "Qt misses the libraries of an X11 screen.")
    if not qt_starts("offscreen"):
        raise SetupError(f"Qt does not start:\n{qt_probe('offscreen').stderr}")


def qt_probe(platform: str) -> subprocess.CompletedProcess[str]:
    """Start Qt once, without a window."""
    code = "from PySide6.QtWidgets import QApplication; from PySide6 import QtSvg; QApplication([])"
    environment = {**os.environ, "QT_QPA_PLATFORM": platform}
    command = [str(DESKTOP.python), "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)


def qt_starts(platform: str) -> bool:
    """Say whether Qt starts on a platform."""
    return qt_probe(platform).returncode == 0


def compile_catalogues() -> None:
    """Compile the sentences, so that starting the window does not parse them."""
    code = "from avise.texts.catalogue import compile_catalogues; compile_catalogues()"
    run([str(DESKTOP.python), "-c", code])


def has_screen() -> bool:
    """Say whether a window can be shown."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def demo(arguments: Sequence[str]) -> int:
    """Show the mutual in a box: the window, or its pictures where there is no screen."""
    DESKTOP.ensure()
    screen = has_screen()
    ensure_qt(screen=screen)
    compile_catalogues()
    command = [str(DESKTOP.python), "-m", "avise", "demo", *arguments]
    if screen or any(flag in arguments for flag in ("--tour", "--serve")):
        return run(command, check=False)
    print("There is no screen here: the main screens are drawn to tour/ instead.", flush=True)
    return run([*command, "--tour", "tour"], env={"QT_QPA_PLATFORM": "offscreen"}, check=False)


def ensure_mariadb() -> None:
    """Install the server that some tests read; without it they are skipped, and say what to type."""
    if shutil.which("mariadbd", path=f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"):
        return
    try:
        install_packages(["mariadb-server-core"], "Some tests read a MariaDB.")
    except (SetupError, SystemExit) as error:
        print(f"{error}\nGoing on without: the tests of MariaDB are skipped.", flush=True)


def test(arguments: Sequence[str]) -> int:
    """Run the tests: every layer below the window without Qt installed, then the window."""
    ensure_both()
    ensure_qt(screen=False)
    ensure_mariadb()
    compile_catalogues()
    places = [argument for argument in arguments if (ROOT / argument.split("::")[0]).exists()]
    options = [argument for argument in arguments if argument not in places]
    below_window = [place for place in places if not place.startswith("tests/ui")] if places else ["tests"]
    of_window = [place for place in places if place.startswith("tests/ui")] if places else ["tests/ui"]
    statuses = []
    if below_window:
        statuses.append(
            run_tests(
                HEADLESS,
                ["--ignore=tests/ui", *below_window, *options],
                workers=BELOW_WORKERS,
                env={**FROM_ROOT, "AVISE_TESTS_WITHOUT_QT": "1"},
            )
        )
    if of_window:
        statuses.append(
            run_tests(
                DESKTOP,
                [*of_window, *options],
                workers=WINDOW_WORKERS,
                env={**FROM_ROOT, "QT_QPA_PLATFORM": "offscreen"},
            )
        )
    return max(statuses, default=0)


def run_tests(
    environment: Environment, arguments: Sequence[str], *, workers: int, env: Mapping[str, str]
) -> int:
    """Run tests; a few that failed run once more, alone, and are told: unstable is neither broken nor sound.

    Returns 0 when each test passed, at the latest the second time (`docs/decisions/022`).
    """
    cache = environment.folder / "test-cache"
    # The examples that hypothesis draws are those of the last run too, unless another profile is asked for.
    pytest = [str(environment.python), "-m", "pytest", "-q", "-o", f"cache_dir={cache}", DRAWN, *arguments]
    # A file stays in one process, which starts its servers once; in order, since the longest come first.
    spread = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    status = run([*pytest, *spread], env=env, check=False)
    failed = failed_tests(cache) if status == TESTS_FAILED else []
    if not 0 < len(failed) <= FEW:
        return status
    print(f"\n{len(failed)} failed; each runs once more, alone:", *failed, sep="\n  ", flush=True)
    status = run([*pytest, "--last-failed", "--last-failed-no-failures=none"], env=env, check=False)
    if status == 0:
        print("\nUNSTABLE, failed and then passed (each is to be repaired):", *failed, sep="\n  ", flush=True)
    return status


def failed_tests(cache: Path) -> list[str]:
    """Name the tests that failed in the last run, as pytest wrote them down."""
    try:
        return sorted(json.loads((cache / "v" / "cache" / "lastfailed").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def lint(arguments: Sequence[str]) -> int:
    """Check formatting, rules, types, layers and the lock's freedom from addresses."""
    DESKTOP.ensure()
    structure = [run(command, check=False, env=FROM_ROOT) for command in structure_checks(arguments)]
    return max(lint_text(), *structure)


def lint_text() -> int:
    """Check what takes seconds: formatting, rules, the lock's freedom from addresses."""
    ruff = str(DESKTOP.folder / "bin" / "ruff")
    statuses = [run([ruff, *what, "."], check=False) for what in (["format", "--check"], ["check"])]
    if "://" in LOCK.read_text():
        print("requirements.lock names an address; make it again with: python3 dev.py lock")
        statuses.append(1)
    return max(statuses)


def structure_checks(arguments: Sequence[str] = ()) -> tuple[list[str], ...]:
    """Return the commands that check types and layers: a minute where nothing is kept of the last time."""
    tools = DESKTOP.folder / "bin"
    return [str(tools / "mypy"), *arguments], [str(tools / "lint-imports")]


def run_unseen(command: Sequence[str]) -> tuple[int, str]:
    """Run a program in the checkout; return its status and what it printed."""
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8") as printed:
        environment = {**os.environ, **FROM_ROOT}
        done = subprocess.run(
            [*command], cwd=ROOT, env=environment, stdout=printed, stderr=printed, check=False
        )
        printed.seek(0)
        return done.returncode, printed.read()


def check(_arguments: Sequence[str]) -> int:
    """Check everything that must hold before a change lands; what takes seconds comes first, and may end it.

    Types and layers are checked while tests wait for servers; what comes of it is printed last.
    """
    ensure_both()
    status = lint_text()
    if status != 0:
        return status
    with ThreadPoolExecutor(1) as beside:
        structure = [beside.submit(run_unseen, command) for command in structure_checks()]
        status = test(())
        for found in structure:
            structure_status, printed = found.result()
            status = max(status, structure_status)
            print(printed, flush=True)
    return status


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks."""
    DESKTOP.ensure()
    ensure_qt(screen=False)
    compile_catalogues()
    environment = {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    return run([str(DESKTOP.python), "-m", "benchmarks", *arguments], env=environment, check=False)


def chaos(arguments: Sequence[str]) -> int:
    """Kill, cut, crash and damage for some minutes, and hold what was promised against what is left."""
    DESKTOP.ensure()
    environment = {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    return run([str(DESKTOP.python), "-m", "tests.chaos.night", *arguments], env=environment, check=False)


def bundle(arguments: Sequence[str]) -> int:
    """Build the one-folder program and start it once."""
    DESKTOP.ensure()
    ensure_qt(screen=False)
    compile_catalogues()
    if shutil.which("objdump") is None:
        install_packages(["binutils"], "The packager needs objdump.")
    run([
        str(DESKTOP.python), "-m", "PyInstaller", "--noconfirm", "--distpath", "dist", "--workpath", "build",
        "installer/avise.spec", *arguments,
    ])  # fmt: skip
    program = str(ROOT / "dist" / "avise" / "avise")
    run([program, "--version"])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "settings.toml").write_text(EMPTY_PROFILE, encoding="utf-8")
        arguments = ["--profile", folder, "--check-start"]
        status = run([program, *arguments], env={"QT_QPA_PLATFORM": "offscreen"}, check=False)
    print("The packaged program started and ended well." if status == 0 else "It did not start.")
    return status


EMPTY_PROFILE = """
synthetic = true
site_namespace = "00000000-0000-4000-8000-000000000001"
identity_master = "none"
[user]
login = "check"
name = "Check"
[key]
source = "demo"
"""
"""A desk without any tool, enough to see that the packaged program starts."""


def run_avise(arguments: Sequence[str]) -> int:
    """Run `avise` in the environment."""
    DESKTOP.ensure()
    ensure_qt(screen=has_screen())
    return run([str(DESKTOP.python), "-m", "avise", *arguments], check=False)


def lock(_arguments: Sequence[str]) -> int:
    """Resolve the dependencies again, with hashes and without any address."""
    DESKTOP.ensure()
    return run([
        str(DESKTOP.folder / "bin" / "uv"), "pip", "compile", "pyproject.toml", "--extra", "desktop",
        "--extra", "hub", "--extra", "demo", "--group", "dev", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--only-binary", ":all:", "--no-emit-index-url", "--no-emit-find-links",
        "--quiet", "--output-file", "requirements.lock",
        "--custom-compile-command", "python3 dev.py lock",
    ])  # fmt: skip


COMMANDS = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "check": check,
    "bench": bench,
    "chaos": chaos,
    "bundle": bundle,
    "run": run_avise,
    "lock": lock,
}


def main() -> int:
    """Read the command and do it."""
    if sys.version_info < MINIMUM:
        print(f"Avise needs Python {MINIMUM[0]}.{MINIMUM[1]} or newer; this is {sys.version.split()[0]}.")
        return 2
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=sorted(COMMANDS))
    chosen, rest = parser.parse_known_args()
    try:
        return COMMANDS[chosen.command](rest)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
