"""Sections that say which value of the tool becomes which field of ours."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.values import Encoding, Expression, Name, Scheme, Section, Text


def _scalar(value: object) -> object:
    # Refused here, or the error would be told once for each type that the value might have been.
    if not isinstance(value, str | int | bool):
        raise PydanticCustomError("scalar", "neither text, whole number nor boolean")
    return value


def _code(value: object) -> object:
    if not isinstance(value, str | bool):
        raise PydanticCustomError("code", "neither text nor boolean")
    return value


_SCALAR_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}

Scalar = Annotated[str | int | bool, BeforeValidator(_scalar), WithJsonSchema(_SCALAR_SCHEMA)]
"""A constant of TOML; never a float, so that no amount passes through one."""

Code = Annotated[str | bool, BeforeValidator(_code)]
"""A canonical code, or a boolean."""


class Conversion(StrEnum):
    """The converters; `docs/connectors.md` says what each accepts."""

    ID = "id"
    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    DECIMAL = "decimal"
    CENTS = "cents"
    PERCENT = "percent"
    INT = "int"
    BOOL = "bool"
    ENUM = "enum"
    PHONE = "phone"
    IBAN = "iban"
    IBAN_MASKED = "iban_masked"
    SIREN = "siren"
    NIR_MASKED = "nir_masked"


class FieldMap(Section):
    """Where one field comes from: `{ from = "dtNais", as = "date", format = "%d/%m/%Y" }`.

    Either `from` or `value` (a constant). Without `as`, the converter follows from the field's kind;
    an amount has no default, since decimals and cents look alike.
    """

    source: Expression | None = Field(None, alias="from")
    value: Scalar | None = None
    convert: Annotated[Conversion, Field(strict=False)] | None = Field(None, alias="as")
    map: dict[str, Code] | None = None
    """Code of the tool → canonical code; a code that is not listed passes as it is."""
    default: Scalar | None = None
    """Taken, already canonical, when the tool gives nothing."""
    format: str | None = None
    """Of a date, in the directives of `strptime`, when it is not ISO 8601."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark of amounts given as text; "." unless told."""
    required: bool = False
    """A record without it is left out and counted as unreadable."""

    @model_validator(mode="after")
    def _one_origin(self) -> FieldMap:
        if (self.source is None) == (self.value is None):
            raise PydanticCustomError("field_origin", "from or value")
        return self


def _short_form(value: object) -> object:
    return {"from": value} if isinstance(value, str) else value


FieldRule = Annotated[FieldMap, BeforeValidator(_short_form)]
"""A field: a table, or the JMESPath expression alone as short form."""


class SubjectMap(Section):
    """Whom an answer concerns, by expressions on it; the host compares with the customer on screen."""

    last_name: FieldRule | None = None
    first_name: FieldRule | None = None
    birth_date: FieldRule | None = None
    ids: dict[Scheme, Expression] = Field(default_factory=dict)
    """Identifier by scheme; a scheme with a dot is quoted: `"parties.party" = "id"`."""

    @model_validator(mode="after")
    def _something(self) -> SubjectMap:
        if not (self.last_name or self.first_name or self.birth_date or self.ids):
            raise PydanticCustomError("subject_empty", "no evidence")
        return self


class ErrorRule(Section):
    """An error that the tool tells in the body of its answer; the first that matches wins."""

    when: Expression
    """True on the body."""
    means: Literal[
        "unavailable", "rate_limited", "auth", "forbidden", "config", "not_found", "invalid", "rejected",
        "conflict", "bad_data", "unsupported",
    ]  # fmt: skip
    message: Expression | None = None
    """Sentence of the tool, shown for rejected, invalid and conflict only."""
    code: Expression | None = None
    """The tool's own code, for support."""


class NoPaging(Section):
    """The whole answer comes at once."""

    type: Literal["none"]


class _Paged(Section):
    max_pages: Annotated[int, Field(ge=1, le=1000)] = 20
    """More pages than that: the reading is truncated, and says so."""


class NextUrlPaging(_Paged):
    """The answer holds the address of the next page (same origin enforced)."""

    type: Literal["next_url"]
    at: Expression


class CursorPaging(_Paged):
    """The answer holds an opaque mark to send back."""

    type: Literal["cursor"]
    at: Expression
    param: str


class PageNumberPaging(_Paged):
    """Pages have numbers; the last is the one with fewer than `size` records."""

    type: Literal["page"]
    param: str
    start: Annotated[int, Field(ge=0, le=1)] = 1
    size: Annotated[int, Field(ge=1, le=10_000)]
    size_param: str | None = None


class OffsetPaging(_Paged):
    """The request says how many records to skip; the last page has fewer than `size`."""

    type: Literal["offset"]
    param: str
    size: Annotated[int, Field(ge=1, le=10_000)]
    size_param: str | None = None


class LinkHeaderPaging(_Paged):
    """The next address is in the `Link` header, `rel="next"` (RFC 8288)."""

    type: Literal["link_header"]


Paging = Annotated[
    NoPaging | NextUrlPaging | CursorPaging | PageNumberPaging | OffsetPaging | LinkHeaderPaging,
    Field(discriminator="type"),
]


class CsvFile(Section):
    """A nightly file: which one is read, and how its lines are cut."""

    path: Text | None = None
    """The file; or `folder` and `pattern`: the newest name wins, by its date with `as_of = "name"`, else in
    the order of the alphabet."""
    folder: Text | None = None
    pattern: str | None = None
    """With `*` and `?`, for instance "noemie_*.csv"."""
    encoding: Encoding = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    decimal: Literal[".", ","] = ","
    header: bool = True
    columns: list[str] = Field(default_factory=list)
    """Names of the columns when the file has no header."""
    key: Annotated[list[str], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)] = Field(
        min_length=1, json_schema_extra={"anyOf": [{"type": "string"}, {"type": "array"}]}
    )
    """The column, or columns, that tell whose line it is."""
    end: str = ""
    """The line that ends a whole file ("#FIN"): one without it is still being written, and left."""
    as_of: Literal["mtime", "column", "name"] = "mtime"
    """Where the date of the file is: its modification time, a column, or its name."""
    as_of_column: str | None = None
    as_of_format: str | None = None
    """Of the date in the column or in the name ("noemie_%Y%m%d.csv")."""

    @model_validator(mode="after")
    def _coherent(self) -> CsvFile:
        if (self.path is None) == (self.folder is None):
            raise PydanticCustomError("csv_place", "path or folder")
        if (self.folder is None) != (self.pattern is None):
            raise PydanticCustomError("csv_pattern", "folder with pattern")
        if self.header == bool(self.columns):
            raise PydanticCustomError("csv_columns", "header or columns")
        if (self.as_of == "column") != (self.as_of_column is not None):
            raise PydanticCustomError("csv_as_of_column", "column of the date")
        if self.as_of == "name" and self.as_of_format is None:
            raise PydanticCustomError("csv_as_of_format", "format of the name")
        return self


class ConfigSection(Section):
    """One value that IT fills for an instance; secrets go to the keyring."""

    type: Literal["text", "url", "int", "bool", "choice", "secret", "sqlalchemy_url", "file", "folder"]
    label: str
    required: bool = False
    default: Scalar | None = None
    choices: list[str] = Field(default_factory=list)
    help: str = ""
    diagnostic: bool = False
    """The value may appear in a diagnostic."""

    @model_validator(mode="after")
    def _coherent(self) -> ConfigSection:
        if (self.type == "choice") != bool(self.choices):
            raise PydanticCustomError("config_choices", "choices")
        if self.type == "secret" and (self.default is not None or self.diagnostic):
            raise PydanticCustomError("config_secret", "a secret has no default and is never shown")
        return self


ConfigTable = dict[Name, ConfigSection]
