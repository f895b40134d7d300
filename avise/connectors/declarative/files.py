"""Executes a connector file of kind `files`: a nightly CSV file, read off the loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from avise.connectors.body_worker import lent_worker
from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorEnv,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    Manifest,
    Record,
)
from avise.connectors.declarative.batches import MORE_THAN_SHOWN, Collected
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.csv_directory import CsvDirectoryReader
from avise.connectors.declarative.csv_lines import CsvDialect, LineCount
from avise.connectors.declarative.csv_place import Drop, Naming, Place
from avise.connectors.declarative.csv_table import CsvTable, DateRule, FileState
from avise.connectors.declarative.instance import config_error, filled
from avise.connectors.declarative.mapping import CsvFile
from avise.connectors.declarative.rows import SubjectReader, map_rows, record_builder, rows_of
from avise.connectors.declarative.schema import CsvFacet, CsvFileConnector
from avise.models.bulk_reading import Decision, Doubt
from avise.models.customer import Party
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

if TYPE_CHECKING:
    from avise.connectors.sftp.drop import SftpDrop

ACCEPTED_FILE = "accept_file"
"""Config value where somebody writes the name of a file that is rightly much smaller than the last."""


BROKEN_SHARE = 0.02
"""Lines of a nightly file that may be unreadable before somebody must look: the others are read."""


class FilesConnector:
    """A file read as a connector file says.

    Args:
        file: a checked file.
        manifest: of that file.
    """

    def __init__(self, file: CsvFileConnector, manifest: Manifest) -> None:
        self.manifest = manifest
        self._file = file
        self._zone = ZoneInfo(file.connector.timezone)
        self._facets = {facet.id: facet for facet in file.facet}
        self._config: Mapping[str, JSON] = {}
        self._table: CsvTable | None = None
        self._state: FileState | None = None
        self._directory: CsvDirectoryReader | None = None
        self._server: SftpDrop | None = None

    def server_host(self, config: Mapping[str, JSON]) -> str:
        """Return the host of the server that holds the files, "" when they are on this machine.

        Raises:
            ConnectorError: CONFIG when it is not told.
        """
        return filled(self._file.sftp.host, self._file.config, config) if self._file.sftp else ""

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration; the file is read by the first question.

        Raises:
            ConnectorError: CONFIG when a value lacks.
        """
        csv = self._file.csv
        self._config = env.config
        place = self._drop(env)
        dialect = CsvDialect(csv.encoding, csv.delimiter, csv.quote, tuple(csv.columns), csv.end)
        if self._file.directory is not None:
            self._directory = CsvDirectoryReader(self._file.directory, place, dialect, self._zone)
        accepted = str(env.config.get(ACCEPTED_FILE) or "")
        self._table = CsvTable(place, dialect, csv.key, _date_rule(csv, self._zone), accepted)

    def _drop(self, env: ConnectorEnv) -> Drop:
        """Return where the files are: on this machine, or on a server."""
        csv = self._file.csv
        folder = filled(csv.path or csv.folder or "", self._file.config, env.config)
        dates = csv.as_of_format or "" if csv.as_of == "name" else ""
        naming = Naming(csv.pattern or "", dates, csv.end, csv.encoding)
        if self._file.sftp is None:
            return Place(Path(folder), naming if csv.folder is not None else None)
        # Imported here, so that a site without a server never pays for SSH.
        from avise.connectors.declarative.sftp_drop import open_drop  # noqa: PLC0415

        self._server = open_drop(self._file.sftp, self._file.config, env, folder, naming)
        return self._server

    def file_doubt(self) -> Doubt | None:
        """Return what somebody must decide about the newest file, None when nothing waits."""
        return self._table.doubt if self._table is not None else None

    def decide_file(self, mark: str, decision: Decision) -> None:
        """Take a decision about the file that bears that mark."""
        if self._table is not None:
            self._table.decide(mark, decision)

    def file_names(self) -> tuple[str, str]:
        """Return the name of the file in use and of a newer one that waits for a decision, "" for none."""
        return self._table.names() if self._table is not None else ("", "")

    def every_line(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the number and the fields of each line of the file in use, whoever it is about. Blocking."""
        if self._table is not None:
            yield from self._table.every_line()

    def line_count(self) -> LineCount:
        """Return how many lines the file that was loaded last has, which are broken, and why."""
        return self._table.count if self._table is not None else LineCount()

    async def aclose(self) -> None:
        """Forget the file."""
        # The server first: a thread that waits for it holds the table, and the loop would wait for both.
        if self._server is not None:
            server, self._server = self._server, None
            await server.aclose()
        if self._table is not None:
            self._table.close()
            self._table = None

    async def check(self, ctx: CallContext) -> HealthReport:
        """Read the newest file and say what is wrong with it: broken lines, or a file that is refused."""
        state = await ctx.blocking(self._opened(ctx).state, lent_worker(ctx))
        self._state = state
        if state.refused:
            return HealthReport(Health.DEGRADED, f"{state.refused} is much smaller than the file before")
        detail = f"{state.broken} unreadable of {state.lines + state.broken} lines" if state.broken else ""
        few = state.broken <= BROKEN_SHARE * (state.lines + state.broken)
        return HealthReport(Health.OK if few else Health.DEGRADED, detail, source_version=state.loaded)

    def diagnostics(self) -> Mapping[str, JSON]:
        """Return what support may see of the file last looked at: counts and line numbers, no content."""
        if self._state is None:
            return {}
        return {
            "file": self._state.loaded,
            "as_of": self._state.as_of.isoformat(),
            "lines": self._state.lines,
            "broken": self._state.broken,
            "broken_lines": list(self._state.broken_lines),
            "refused": self._state.refused,
        }

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the customer's lines in one batch, dated as the file is.

        Raises:
            ConnectorError: UNAVAILABLE without a file, BAD_DATA for one that cannot be read.
        """
        facet = self._facets.get(query.facet)
        if facet is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        limit = facet.max_rows or query.limit
        values = CallValues(self._file.config, self._config, query.customer.ids)
        key = [values.text(template) for template in facet.key]
        found = await ctx.blocking(self._opened(ctx).lines, key, limit + 1, lent_worker(ctx))
        rows: list[object] = list(found.rows)
        mapped = map_rows(rows_of(rows, facet.records), self._builder(facet))
        kept = Collected[Record](limit, lambda record: record.id, overlapping=False).take(mapped.items)
        beyond = len(rows) > limit
        yield Batch(
            kept.items,
            Completeness.TRUNCATED if beyond else Completeness.COMPLETE,
            truncated_because=MORE_THAN_SHOWN if beyond else "",
            as_of=found.as_of,
            unreadable=mapped.unreadable + kept.unreadable,
        )

    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        """Yield everybody in the newest file, unless it was read already.

        Raises:
            ConnectorError: UNSUPPORTED without a `[directory]`; UNAVAILABLE without a file.
        """
        if self._directory is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "no directory", origin=Origin.CONNECTOR)
        self._opened(ctx)
        async with aclosing(self._directory.changes(since, ctx)) as batches:
            async for batch in batches:
                yield batch

    def _builder(self, facet: CsvFacet) -> Callable[[object], Record]:
        subject = SubjectReader(facet.subject, self._zone) if facet.subject else None
        return record_builder(
            facet.id, facet.fields, facet.extra, subject, self._zone, self._file.csv.decimal
        )

    def _opened(self, ctx: CallContext) -> CsvTable:
        if self._table is None:
            raise config_error("the connector is not open")
        if self._server is not None:
            self._server.ask_time(ctx.now)
        return self._table


def _date_rule(csv: CsvFile, timezone: ZoneInfo) -> DateRule:
    return DateRule(csv.as_of, timezone, csv.as_of_column or "", csv.as_of_format or "")
