"""The format of a connector file, version 1: what may be written, in which table.

One model for each kind (`rest`, `sql`, `files`, `python`); the kind is read first, so that a key is
judged by the tool it is for. Rules that need the whole file (a placeholder names a declared value, a
field exists in its facet) are in `checks`. Executors read these models; nothing else does.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.access import HttpSection, SqlSection
from avise.connectors.declarative.action_schema import PythonAction, RestAction
from avise.connectors.declarative.directory_sections import CsvDirectory, RestDirectory, SqlDirectory
from avise.connectors.declarative.mapping import (
    ConfigTable,
    CsvFile,
    ErrorRule,
    FieldRule,
    Paging,
    SubjectMap,
)
from avise.connectors.declarative.sftp_section import SftpSection
from avise.connectors.declarative.values import (
    Duration,
    Expression,
    Name,
    RoutePath,
    Scheme,
    Section,
    Text,
    TimeZone,
)
from avise.models.facets import Sensitivity
from avise.models.interaction import Channel

ChannelName = Annotated[Channel, Field(strict=False)]
SensitivityName = Annotated[Sensitivity, Field(strict=False)]


class ConnectorHeader(Section):
    """Who the connector is; the same header for a file and for a Python connector's manifest."""

    id: Name
    name: str = Field(min_length=1)
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    contract: str
    owner: str
    kind: Literal["rest", "sql", "files", "python"]
    use: Name | None = None
    """Kind `python`: the entry point (`webdav`) that reads the tool."""
    support: str = ""
    """Whom to call when the tool fails, shown on the Sources page."""
    needs_ids: list[Scheme] = Field(default_factory=list)
    """Not called for a customer without each of these."""
    timezone: TimeZone = "Europe/Paris"
    """Of the dates and times that the tool writes without a zone."""

    @model_validator(mode="after")
    def _use_with_python(self) -> ConnectorHeader:
        if (self.kind == "python") != (self.use is not None):
            raise PydanticCustomError("use_with_python", "use goes with kind python")
        return self


# ---- what every kind has --------------------------------------------------------------------------


class _FacetHeader(Section):
    id: str
    """A facet of `avise.models.facet_specs`."""
    schema_version: Annotated[int, Field(ge=1)] = Field(1, alias="schema")
    label: str = ""
    sensitivity: SensitivityName | None = None
    """The facet's own unless told."""
    fresh_for: Duration | None = None
    usable_for: Duration | None = None
    deadline: Duration | None = None
    needs_ids: list[Scheme] = Field(default_factory=list)
    """In addition to the connector's."""


class _FacetReading(_FacetHeader):
    records: Expression | None = None
    """The list in the answer; the answer itself (a list, or one record) when absent."""
    fields: dict[str, FieldRule]
    """`id` is required; `as_of` and `version` may be given; the rest are the facet's fields."""
    extra: list[str] = Field(default_factory=list)
    """Keys of the tool that are kept beside, as they are."""
    as_of: FieldRule | None = None
    """When the tool says that the whole answer was true, on the answer."""
    total: Expression | None = None
    """How many records the tool says there are, on the answer."""
    max_rows: Annotated[int, Field(ge=1, le=10_000)] | None = None
    subject: SubjectMap | None = None
    subject_from: Literal["answer", "record"] = "answer"


class _TimelineReading(Section):
    channels: list[ChannelName] = Field(default_factory=list)
    """Channels that may appear, for the filters before any reading."""
    records: Expression | None = None
    fields: dict[str, FieldRule]
    max_rows: Annotated[int, Field(ge=1, le=10_000)] | None = None


class _LiveHeader(Section):
    field: Literal["nir", "iban"]
    value: Expression
    """The value in the answer, or in the row."""


class _HttpGet(Section):
    """One request and what its page mechanism is."""

    path: RoutePath
    query: dict[str, Text] = Field(default_factory=dict)
    on_404: Literal["error", "empty", "not_found"]
    """No default: an unknown customer and a customer with nothing must not look alike."""
    paging: Paging


class _Select(Section):
    """One statement; parameters are bound, never spliced."""

    query: str
    params: dict[str, Text] = Field(default_factory=dict)


# ---- rest -----------------------------------------------------------------------------------------


class RestFacet(_FacetReading, _HttpGet):
    """A facet read over HTTP."""

    validator: Literal["etag"] | None = None
    """Conditional readings with `If-None-Match`; with paging `none` only."""


class RestTimeline(_TimelineReading, _HttpGet):
    """Exchanges read over HTTP; `{before}` in the query is the date before which they are asked."""

    subject: SubjectMap | None = None
    """On the answer."""


class RestLive(_LiveHeader):
    """A restricted value, asked live and never kept."""

    path: RoutePath
    query: dict[str, Text] = Field(default_factory=dict)


class RestContent(Section):
    """The content behind a reference; `{ref}` is the reference without its prefix."""

    prefix: str = ""
    path: RoutePath
    value: Expression | None = None
    """The text in a JSON answer; without it the body is the content."""


class CallEventsSection(Section):
    """The stream of telephone calls."""

    path: RoutePath
    format: Literal["sse"]
    """Server-sent events whose data is JSON."""
    events: list[str] = Field(default_factory=list)
    """Names of the events to read; all when empty."""
    fields: dict[str, FieldRule]
    """`call_id`, `kind`, `at` and `number` are required; then `queue`, `waited_s`, `agent`."""


class RestCheck(Section):
    """A cheap request without customer data."""

    path: RoutePath
    query: dict[str, Text] = Field(default_factory=dict)
    version: Expression | None = None
    """The tool's version, on the answer."""


class _FileBase(Section):
    avise: Literal[1]
    connector: ConnectorHeader
    config: ConfigTable = Field(default_factory=dict)


class RestFile(_FileBase):
    """A connector of kind `rest`."""

    http: HttpSection
    errors: list[ErrorRule] = Field(default_factory=list)
    check: RestCheck | None = None
    facet: list[RestFacet] = Field(default_factory=list)
    timeline: list[RestTimeline] = Field(default_factory=list)
    directory: RestDirectory | None = None
    live: list[RestLive] = Field(default_factory=list)
    call_events: CallEventsSection | None = None
    content: list[RestContent] = Field(default_factory=list)
    action: list[RestAction] = Field(default_factory=list)


# ---- sql ------------------------------------------------------------------------------------------


class SqlFacet(_FacetReading, _Select):
    """A facet read by one statement; each row is a record, its columns are the keys."""

    subject_from: Literal["record"] = "record"


class SqlTimeline(_TimelineReading, _Select):
    """Exchanges read by one statement."""


class SqlLive(_LiveHeader, _Select):
    """A restricted value read by one statement."""


class SqlCheck(Section):
    """A cheap statement without customer data."""

    query: str
    version: Expression | None = None


class SqlFile(_FileBase):
    """A connector of kind `sql`."""

    sql: SqlSection
    check: SqlCheck | None = None
    facet: list[SqlFacet] = Field(default_factory=list)
    timeline: list[SqlTimeline] = Field(default_factory=list)
    live: list[SqlLive] = Field(default_factory=list)
    directory: SqlDirectory | None = None


# ---- files ----------------------------------------------------------------------------------------


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


class CsvFacet(_FacetReading):
    """A facet read from the lines whose key columns hold these values."""

    subject_from: Literal["record"] = "record"
    key: Annotated[list[Text], BeforeValidator(_one_or_many)] = Field(
        min_length=1, json_schema_extra={"anyOf": [{"type": "string"}, {"type": "array"}]}
    )


class CsvFileConnector(_FileBase):
    """A connector of kind `files`."""

    csv: CsvFile
    sftp: SftpSection | None = None
    """The server on which the folder is; without it, it is on this machine or its network drives."""
    facet: list[CsvFacet] = Field(default_factory=list)
    directory: CsvDirectory | None = None

    @model_validator(mode="after")
    def _folder_on_server(self) -> CsvFileConnector:
        if self.sftp is not None and self.csv.folder is None:
            raise PydanticCustomError("sftp_folder", "a folder on the server")
        return self


# ---- python ---------------------------------------------------------------------------------------


class PythonFacet(_FacetHeader):
    """A facet that the Python connector feeds; how is said in `[options]`."""


class PythonTimeline(Section):
    """The Python connector lists exchanges on these channels."""

    channels: list[ChannelName] = Field(default_factory=list)


class PythonDirectory(Section):
    """The Python connector publishes the search directory; how is said in `[options]`."""


class PythonFile(_FileBase):
    """A connector of kind `python`: the header, the offers and the options given to its code.

    The class behind the entry point `use` is called with `(manifest, options)`.
    """

    http: HttpSection | None = None
    facet: list[PythonFacet] = Field(default_factory=list)
    timeline: list[PythonTimeline] = Field(default_factory=list)
    live: list[Literal["nir", "iban"]] = Field(default_factory=list)
    directory: PythonDirectory | None = None
    action: list[PythonAction] = Field(default_factory=list)
    options: dict[str, JsonValue] = Field(default_factory=dict)


class HeaderFile(_FileBase):
    """A file whose kind is unknown: its header is judged, the rest cannot be."""

    model_config = ConfigDict(extra="ignore")


AnyFile = RestFile | SqlFile | CsvFileConnector | PythonFile

MODELS: dict[str, type[RestFile] | type[SqlFile] | type[CsvFileConnector] | type[PythonFile]] = {
    "rest": RestFile,
    "sql": SqlFile,
    "files": CsvFileConnector,
    "python": PythonFile,
}
