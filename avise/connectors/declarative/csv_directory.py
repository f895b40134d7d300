"""Reads the directory of a nightly file by pages of lines; each new file is a whole.

A place says which file, and after which byte: a reading that was stopped goes on in the same file, and
starts over when another one has come.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from avise.connectors.contract import Batch, CallContext, Completeness, ConnectorError, StartsOver
from avise.connectors.declarative.csv_lines import CsvDialect, LinesRead, read_lines
from avise.connectors.declarative.csv_place import Drop, Edition, FileMark, file_doubt
from avise.connectors.declarative.directory_place import place_text, read_place
from avise.connectors.declarative.directory_sections import CsvDirectory
from avise.connectors.declarative.rows import Mapped, map_rows, party_builder
from avise.models.customer import Party
from avise.models.errors import ErrorKind

BROKEN_SHARE = 0.02
"""Lines that may be unreadable in a file that counts as a whole: the persons of more would seem gone."""


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a file is read."""

    offset: int = 0
    number: int = 0
    """Of the last line read."""
    good: int = 0
    broken: int = 0


class CsvDirectoryReader:
    """Reads one directory.

    Args:
        section: of a checked file.
        place: where the files are.
        dialect: how they are written.
        zone: of dates without one.
    """

    def __init__(self, section: CsvDirectory, place: Drop, dialect: CsvDialect, zone: ZoneInfo) -> None:
        self._section = section
        self._place = place
        self._dialect = dialect
        self._build = party_builder(section.fields, section.ids, zone)

    async def changes(self, since: str, ctx: CallContext) -> AsyncGenerator[Batch[Party], None]:
        """Yield the parties of the newest file, nothing when it was read already.

        Raises:
            ConnectorError: UNAVAILABLE without a file, or when it changes while it is read; BAD_DATA when
                too many of its lines are unreadable.
        """
        newest = await ctx.blocking(self._newest)
        edition = newest.edition
        place = read_place(since, "file", "used") or {}
        file, used = _edition(place.get("file")), _edition(place.get("used"))
        if used == edition:
            yield Batch((), Completeness.COMPLETE, cursor=since)
            return
        if used is not None and (doubt := file_doubt(used, edition)) is not None:
            yield Batch((), Completeness.COMPLETE, cursor=since, doubt=doubt)
            return
        progress = _Progress()
        if file == edition and isinstance(place.get("at"), dict):
            progress = _Progress(**place["at"])  # type: ignore[arg-type]  # as written below
        elif since:
            why = StartsOver.EDITION if place else StartsOver.EXPIRED
            yield Batch((), Completeness.MORE, cursor=_cursor(edition, used, progress), starts_over=why)
        async for batch in self._pages(newest, used, progress, ctx):
            yield batch

    def _newest(self) -> FileMark:
        marks = self._place.newest()
        if not marks:
            # A file that is not there says nothing: nobody is gone.
            raise ConnectorError(ErrorKind.UNAVAILABLE, "no file")
        return marks[0]

    async def _pages(
        self, mark: FileMark, used: Edition | None, progress: _Progress, ctx: CallContext
    ) -> AsyncGenerator[Batch[Party], None]:
        edition, total = mark.edition, await ctx.blocking(_lines_of, mark)
        header: tuple[str, ...] = ()
        while True:
            before = progress
            page = await ctx.blocking(
                read_lines,
                mark.path,
                self._dialect,
                header,
                progress.offset,
                progress.number,
                self._section.size,
            )
            header = page.columns
            mapped = await ctx.blocking(self._mapped, page)
            unreadable = mapped.unreadable + page.broken
            good, broken = progress.good + len(mapped.items), progress.broken + unreadable
            progress = _Progress(page.offset, page.number, good, broken)
            if total is None and progress.number > before.number:
                line = (progress.offset - before.offset) / (progress.number - before.number)
                total = round(edition.size / line)
            if (await ctx.blocking(self._newest)).edition != edition:
                raise ConnectorError(ErrorKind.UNAVAILABLE, "the file changed while it was read")
            if page.ended:
                _refuse_broken(progress)
                used = edition
            yield Batch(
                mapped.items,
                Completeness.COMPLETE if page.ended else Completeness.MORE,
                total=total,
                cursor=_cursor(edition, used, progress),
                unreadable=unreadable,
            )
            if page.ended:
                return

    def _mapped(self, page: LinesRead) -> Mapped[Party]:
        rows = [dict(zip(page.columns, fields, strict=True)) for fields in page.rows]
        return map_rows(rows, self._build)


def _edition(written: object) -> Edition | None:
    """Return what a place says of a file, None when it says nothing that can be read."""
    try:
        return Edition(**written) if isinstance(written, dict) else None
    except TypeError:
        return None


def _cursor(edition: Edition, used: Edition | None, progress: _Progress) -> str:
    return place_text(file=asdict(edition), used=asdict(used) if used else None, at=asdict(progress))


def _refuse_broken(progress: _Progress) -> None:
    if progress.broken > BROKEN_SHARE * (progress.good + progress.broken):
        raise ConnectorError(ErrorKind.BAD_DATA, f"{progress.broken} unreadable lines")


def _lines_of(mark: FileMark) -> int | None:
    """Return how many lines a file has, its header left out; None for one that is far away."""
    if not isinstance(mark.path, Path):
        # It would have to be read twice.
        return None
    try:
        with mark.path.open("rb") as stream:
            breaks = sum(piece.count(b"\n") for piece in iter(lambda: stream.read(1 << 20), b""))
    except OSError as error:
        raise ConnectorError(ErrorKind.UNAVAILABLE, type(error).__name__) from None
    return max(breaks - 1, 0)
