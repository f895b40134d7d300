"""Silver and gold of whoever publishes the directory: everybody once, from any page on, nobody lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from avise.connectors.contract import Batch, Completeness, ConnectorError
from avise.connectors.kit.bench import Bench, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.faults import changing, server_error
from avise.connectors.kit.local_source import Nature, Source, Spoiled, source_of, spoiled
from avise.connectors.kit.messages import Answer, Request
from avise.connectors.kit.pages import SamePage
from avise.connectors.kit.pieces import changes_of, kind_raised
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised, require_kind
from avise.models.conformance import ConformanceLevel
from avise.models.customer import Party
from avise.models.errors import ErrorKind

MOST_PAGES = 400
"""A directory of more pages is not read by the kit: it needs a tool with fewer people."""
RESUMED = 3
"""Pages from which a reading goes on: the first, one in the middle, the one before the last."""

Pages = Sequence[Batch[Party]]


async def everybody(trial: Trial, bench: Bench) -> Pages:
    """Return the whole directory.

    Raises:
        NotApplicable: the connector publishes none.
        NotExercised: nobody is in it, or too many.
    """
    if not trial.manifest.directory:
        raise NotApplicable("no_directory")
    pages = await changes_of(bench, most=MOST_PAGES)
    if pages and pages[-1].completeness is Completeness.MORE and len(pages) >= MOST_PAGES:
        raise NotExercised("large_directory", pages=MOST_PAGES)
    if not parties_of(pages):
        raise NotExercised("nobody")
    return pages


def parties_of(pages: Pages) -> Sequence[str]:
    """Return the native identifiers of pages, in their order."""
    return [party.native_id for page in pages for party in page.items]


# ---- what it says is true ------------------------------------------------------------------------


async def the_directory_has_an_end(trial: Trial) -> None:
    """Everybody comes once, under an identifier, and the last page, no other, says that it is the last."""
    async with open_bench(trial) as bench:
        pages = await everybody(trial, bench)
    *earlier, last = pages
    if last.completeness is not Completeness.COMPLETE:
        raise FailedCheck("directory_without_end", completeness=str(last.completeness))
    if any(page.completeness is not Completeness.MORE for page in earlier):
        raise FailedCheck("page_after_the_end", reading="directory")
    if not all(page.cursor for page in pages):
        raise FailedCheck("no_cursor")
    if unread := sum(page.unreadable for page in pages):
        raise FailedCheck("unread_parties", count=unread)
    ids = parties_of(pages)
    if not all(one.strip() for one in ids):
        raise FailedCheck("no_id", reading="directory")
    if len(set(ids)) != len(ids):
        raise FailedCheck("same_id", reading="directory")


async def changes_go_on(trial: Trial) -> None:
    """A reading that was stopped goes on after its last page: what follows is what would have followed."""
    async with open_bench(trial) as bench:
        pages = await everybody(trial, bench)
    stops = _stops(pages)
    if not stops:
        raise NotExercised("one_page_of_changes")
    for stop in stops:
        expected = parties_of(pages[stop + 1 :])
        # Another instance each time: the program was ended between the two.
        async with open_bench(trial) as bench:
            rest = await changes_of(bench, pages[stop].cursor, most=MOST_PAGES)
        _judge_rest(expected, rest, pages[-1])
    async with open_bench(trial) as bench:
        later = await changes_of(bench, pages[-1].cursor, most=MOST_PAGES)
    if not later or later[-1].completeness is not Completeness.COMPLETE:
        raise FailedCheck("directory_without_end", completeness="more")


def _stops(pages: Pages) -> Sequence[int]:
    """Return the pages after which a reading may stop."""
    last = len(pages) - 2
    return sorted({0, last // 2, last})[:RESUMED] if last >= 0 else []


def _judge_rest(expected: Sequence[str], rest: Pages, last: Batch[Party]) -> None:
    if not rest or rest[-1].completeness is not last.completeness:
        raise FailedCheck("rest_without_end")
    if any(page.starts_over is not None for page in rest):
        raise FailedCheck("begins_anew")
    found = parties_of(rest)
    if lost := set(expected) - set(found):
        raise FailedCheck("parties_lost", count=len(lost))
    if more := len(found) - len(expected):
        raise FailedCheck("parties_again", count=more)
    if list(found) != list(expected):
        raise FailedCheck("other_order", reading="directory")


# ---- it stays true when things fail --------------------------------------------------------------


@dataclass(slots=True)
class FailsLate:
    """Passes the first requests, and answers an error to all that follow."""

    left: int

    def __call__(self, request: Request, answer: Answer) -> Answer:
        """Return the tool's answer, or the error."""
        del request
        self.left -= 1
        return answer if self.left >= 0 else server_error()


async def a_broken_directory_is_no_whole_one(trial: Trial) -> None:
    """The tool fails on the way: that is told, and what was read before goes on where it stopped."""
    async with open_bench(trial) as bench:
        pages = await everybody(trial, bench)
        requests = bench.proxy.concerned() if bench.proxy is not None else None
    if requests is None:
        await _cut_on_the_way(trial, pages)
        return
    given: list[Batch[Party]] = []
    async with open_bench(trial) as bench:
        await bench.fail(changing(FailsLate(requests - 1)))
        kind = await kind_raised(changes_of(bench, given=given, most=MOST_PAGES))
        if kind is None:
            raise FailedCheck("directory_cut_untold", count=len(parties_of(given)))
        require_kind("directory", kind, {ErrorKind.UNAVAILABLE})
    if not given:
        raise NotExercised("one_page_of_changes")
    async with open_bench(trial) as bench:
        rest = await changes_of(bench, given[-1].cursor, most=MOST_PAGES)
    if lost := set(parties_of(pages)) - set(parties_of(given)) - set(parties_of(rest)):
        raise FailedCheck("parties_lost", count=len(lost))


async def _cut_on_the_way(trial: Trial, pages: Pages) -> None:
    source = source_of(trial)
    if source is None:
        raise NotExercised("no_way_between")
    if source.nature in {Nature.FILE, Nature.FOLDER}:
        raise NotApplicable("cut_files_look_whole")
    given: list[Batch[Party]] = []
    async with spoiled(trial, source, Spoiled.CUT) as broken:
        try:
            async with open_bench(broken) as bench:
                kind = await kind_raised(changes_of(bench, given=given, most=MOST_PAGES))
        except FailedCheck as refused:
            if refused.why != "not_opened":
                raise
            return
    told = kind is not None or any(page.unreadable or page.doubt for page in given)
    if not told and set(parties_of(pages)) - set(parties_of(given)):
        raise FailedCheck("directory_cut_untold", count=len(parties_of(given)))


async def a_repeated_page_of_the_directory_is_noticed(trial: Trial) -> None:
    """A tool that gives the same page of the directory for ever is noticed."""
    async with open_bench(trial) as bench:
        pages = await everybody(trial, bench)
        if bench.proxy is None:
            raise NotApplicable("no_http")
    if len(pages) < 2:
        raise NotExercised("one_page_of_changes")
    given: list[Batch[Party]] = []
    async with open_bench(trial) as bench:
        await bench.fail(changing(SamePage()))
        kind = await kind_raised(changes_of(bench, given=given, most=3 * len(pages) + 5))
    if kind is not None:
        require_kind("directory", kind, {ErrorKind.BAD_DATA})
        return
    cursor = ""
    for page in given:
        if page.cursor == cursor:
            return  # the host looks at that itself
        cursor = page.cursor
    if given[-1].completeness is Completeness.MORE:
        raise FailedCheck("pages_for_ever", reading="directory", count=len(given))
    raise FailedCheck("same_page_believed", reading="directory")


async def half_a_directory_waits(trial: Trial) -> None:
    """A file of the directory that is half as long as the one before waits for somebody to look at it."""
    if not trial.manifest.directory:
        raise NotApplicable("no_directory")
    source = source_of(trial)
    if source is None or source.nature not in {Nature.FILE, Nature.FOLDER}:
        raise NotApplicable("not_a_file")
    with tempfile.TemporaryDirectory(prefix="avise-kit-") as folder:
        place = Path(folder) / source.path.name
        (shutil.copytree if source.path.is_dir() else shutil.copyfile)(source.path, place)
        tool = trial.scenarios.with_tool(
            {source.name: source.value.replace(str(source.path), str(place))}, {}
        )
        moved = replace(trial, scenarios=tool)
        async with open_bench(moved) as bench:
            pages = await everybody(moved, bench)
        for file in _files(source, place):
            _halve(file)
        async with open_bench(moved) as bench:
            try:
                later = await changes_of(bench, pages[-1].cursor, most=MOST_PAGES)
            except ConnectorError:
                return
    if not any(page.doubt is not None for page in later):
        raise FailedCheck("half_believed", count=len(parties_of(later)))


def _files(source: Source, place: Path) -> Sequence[Path]:
    if source.nature is Nature.FILE:
        return [place]
    return [file for file in place.rglob("*") if file.is_file()]


def _halve(file: Path) -> None:
    """Leave the first third of a file's lines, a day later."""
    times = file.stat()
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: max(len(lines) // 3, 2)]))
    day_ns = 86_400 * 10**9
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns + day_ns))


CHECKS = (
    *(Check(run.__name__, ConformanceLevel.SILVER, run) for run in (the_directory_has_an_end, changes_go_on)),
    *(
        Check(run.__name__, ConformanceLevel.GOLD, run)
        for run in (
            a_broken_directory_is_no_whole_one,
            a_repeated_page_of_the_directory_is_noticed,
            half_a_directory_waits,
        )
    ),
)
