"""What reading everybody costs a workstation, from a database, a file and a REST tool: time and CPU a person.

    python -m benchmarks.everybody --persons 400000 [--only sql|file|rest]

The reading is whole: asked, mapped, written page after page, sorted, indexed, checked and put in place. It
runs in a process of its own, and the REST tool in another one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import json
import resource
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from avise.models.bulk_reading import ReadingStep
from benchmarks.harness.children import child
from benchmarks.measure import Measure, measure
from tests.listed_persons import COLUMNS, FIELDS, HEAD, SQL_HEAD, persons, write_persons
from tests.unit.engine.loading_station import station

FEW, SOME = 3_000, 60_000
KINDS = ("sql", "file", "rest")
PAGE = 5_000

_DATABASE = """
query = "select * from person where id > :after order by id limit :size"
key = "id"
summary = "select count(*) as total from person"
everybody = "7d"
"""
_FILE = """
[config.base]
type = "folder"
label = "Dossier de dépôt"
required = true
[csv]
folder = "{config.base}"
pattern = "persons_*.csv"
key = "id"
[directory]
"""
_REST = """
[config.base]
type = "url"
label = "Adresse"
required = true
[http]
base_url = "{config.base}"
[directory]
path = "/persons"
records = "rows"
total = "count"
paging = { type = "next_url", at = "next" }
everybody = "7d"
"""
FILES = {
    "sql": SQL_HEAD + _DATABASE + FIELDS,
    "file": HEAD.format(kind="files") + _FILE + FIELDS,
    "rest": HEAD.format(kind="rest") + _REST + FIELDS,
}


def run(*, quick: bool) -> list[Measure]:
    """Read everybody from each kind of source."""
    return [figure for kind in KINDS for figure in measured(kind, FEW if quick else SOME)]


def measured(kind: str, count: int) -> list[Measure]:
    """Return the figures of one kind of source."""
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as name:
        folder = Path(name)
        if kind != "rest":
            return _figures(kind, count, _written(kind, folder, count), folder)
        with child("benchmarks.everybody", "--serve", str(count)) as tool:
            return _figures(kind, count, str(tool.ready["url"]), folder)


def _figures(kind: str, count: int, base: str, folder: Path) -> list[Measure]:
    with child("benchmarks.everybody", "--read", kind, str(folder / "profile"), base) as reading:
        told = {name: float(str(value)) for name, value in reading.ready.items()}
    if told["count"] != count:
        raise RuntimeError("not everybody was read")
    return [
        measure(f"everybody, {kind}: until the last person", told["read"], "s"),
        measure(f"everybody, {kind}: until it is in place", told["wall"], "s"),
        measure(f"everybody, {kind}: CPU a person", told["cpu"] / count * 1e6, "µs"),
    ]


def _written(kind: str, folder: Path, count: int) -> str:
    """Write the source; return its address."""
    if kind == "sql":
        write_persons(folder / "persons.db", count)
        return f"sqlite:///{folder / 'persons.db'}?mode=ro"
    drop = folder / "drop"
    drop.mkdir()
    with (drop / "persons_1.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(COLUMNS)
        lines.writerows(persons(count))
    return str(drop)


async def _read(kind: str, folder: Path, base: str) -> dict[str, float]:
    """Read everybody once; return what it cost."""
    began, seen, last = time.perf_counter(), 0, 0.0
    before = _cpu()
    async with station(folder, FILES[kind], base=base) as at_work:
        told = None
        while told is None or told.step is not ReadingStep.FOLLOWING:
            told = at_work.loading.told()
            if told is not None and told.count > seen:
                seen, last = told.count, time.perf_counter() - began
            await asyncio.sleep(0.05)
        wall, count = time.perf_counter() - began, await at_work.directory.count()
    return {"wall": wall, "read": last, "count": count, "cpu": _cpu() - before}


def _cpu() -> float:
    """Return the seconds of processor that this process and its ended children used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class _Tool(BaseHTTPRequestHandler):
    """Lists everybody by pages that were written before."""

    pages: tuple[bytes, ...] = ()
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a page."""
        page = int(parse_qs(urlsplit(self.path).query).get("page", ["0"])[0])
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.pages[page])))
        self.end_headers()
        self.wfile.write(self.pages[page])

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def _serve(count: int) -> None:
    """Serve everybody until somebody ends this process."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in persons(count)]
    starts = range(0, len(rows), PAGE)
    pages = []
    for number, start in enumerate(starts, 1):
        body: dict[str, object] = {"rows": rows[start : start + PAGE], "count": len(rows)}
        if number < len(starts):
            body["next"] = f"/persons?page={number}"
        pages.append(json.dumps(body).encode())
    _Tool.pages = tuple(pages)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tool)
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}) + "\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


def main() -> None:
    """Measure, or be one of the processes of a measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=400_000)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--read", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        _serve(chosen.serve)
    elif chosen.read:
        kind, folder, base = chosen.read
        with contextlib.redirect_stdout(sys.stderr):
            told = asyncio.run(_read(kind, Path(folder), base))
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        for kind in (chosen.only,) if chosen.only else KINDS:
            for figure in measured(kind, chosen.persons):
                sys.stdout.write(f"{figure['name']:44} {figure['value']:10.2f} {figure['unit']}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
