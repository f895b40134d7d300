"""From a tool's rows to our values: records of a facet, exchanges, parties, calls, identity evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

import jmespath.exceptions

from avise.connectors.contract import CallEvent, CallEventKind, ConnectorError, Record
from avise.connectors.declarative.conversion import (
    Canonical,
    Reading,
    UnreadableValueError,
    converted,
    converter_of,
    is_absent,
)
from avise.connectors.declarative.mapping import Conversion, FieldMap, SubjectMap
from avise.connectors.declarative.targets import (
    CALL_EVENT,
    INTERACTION,
    PARTY,
    SUBJECT,
    Target,
    facet_targets,
)
from avise.connectors.declarative.values import compiled
from avise.models.customer import IdentityEvidence, Party, PartyKind
from avise.models.errors import ErrorKind
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.json_types import JSON

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mapped(Generic[T]):
    """Rows that could be read, and how many could not."""

    items: Sequence[T]
    unreadable: int


def search(expression: str, value: object) -> object:
    """Return what a JMESPath expression finds, None for nothing.

    Raises:
        ConnectorError: BAD_DATA when the value has not the type that the expression needs.
    """
    # Most expressions are a plain key of an object; the general search costs ten times as much, and
    # asking whether a dict is a mapping as much as the look-up.
    if expression.isidentifier() and (type(value) is dict or isinstance(value, Mapping)):
        return value.get(expression)
    try:
        return compiled(expression).search(value)
    except (jmespath.exceptions.JMESPathError, TypeError, ValueError, AttributeError):
        raise ConnectorError(ErrorKind.BAD_DATA, "an expression met an unexpected type") from None


def rows_of(answer: object, expression: str | None) -> list[object]:
    """Return the list of rows in an answer; one object alone is one row, null is none.

    Raises:
        ConnectorError: BAD_DATA when there is neither a list nor an object.
    """
    rows = answer if expression is None else search(expression, answer)
    if rows is None and expression is not None:
        # A list that is missing is not an empty list: it would read as "found nothing".
        raise ConnectorError(ErrorKind.BAD_DATA, "no list of records in the answer")
    if isinstance(rows, Mapping):
        return [rows]
    if not isinstance(rows, list):
        raise ConnectorError(ErrorKind.BAD_DATA, "no list of records in the answer")
    return rows


class FieldReader:
    """Reads one field of a row.

    Args:
        rule: what the file says.
        target: the field that it fills.
        timezone: of dates without a zone.
        decimal: decimal mark of amounts as text, unless the rule says one.
    """

    def __init__(self, rule: FieldMap, target: Target, timezone: ZoneInfo, decimal: str = ".") -> None:
        self._source, self._value, self._default = rule.source, rule.value, rule.default
        self._is_key = rule.source is not None and rule.source.isidentifier()
        self._map = rule.map
        self._conversion = rule.convert or target.default or Conversion.TEXT
        self._converter = converter_of(self._conversion)
        self._reading = Reading(timezone, rule.decimal or decimal, rule.format or "")
        self._required = rule.required or target.required

    def read(self, row: object) -> Canonical:
        """Return the field's value, None when the tool gives nothing.

        Raises:
            UnreadableValueError: the value cannot be converted, or a required one lacks.
        """
        if self._source is None:
            return self._value
        # As `search` does, decided once: a directory has millions of rows.
        value = row.get(self._source) if self._is_key and type(row) is dict else search(self._source, row)
        if is_absent(value):
            if self._default is None and self._required:
                raise UnreadableValueError("required")
            return self._default
        return self._converted(value)

    def read_all(self, row: object) -> list[Canonical]:
        """Return the values of a field that may be a list; those that cannot be read are left out."""
        if self._source is None:
            return [self._value]
        value = search(self._source, row)
        found = value if isinstance(value, list) else [value]
        return [self._converted(item) for item in found if not is_absent(item)]

    def _converted(self, value: object) -> Canonical:
        if self._map is not None:
            code = str(value).lower() if isinstance(value, bool) else str(value).strip()
            if code in self._map:
                return self._map[code]
        return converted(self._converter, self._conversion, value, self._reading)


Readers = Mapping[str, FieldReader]


def readers_of(
    rules: Mapping[str, FieldMap], targets: Mapping[str, Target], timezone: ZoneInfo, decimal: str = "."
) -> Readers:
    """Return the readers of a table of fields."""
    return {name: FieldReader(rule, targets[name], timezone, decimal) for name, rule in rules.items()}


def read_fields(readers: Readers, row: object) -> dict[str, Canonical]:
    """Return every field of a row.

    Raises:
        UnreadableValueError: one of them cannot be read.
    """
    if not isinstance(row, Mapping):
        raise UnreadableValueError("row")
    try:
        return {name: reader.read(row) for name, reader in readers.items()}
    except ConnectorError:
        # One odd row is one row left out and counted, not the whole answer.
        raise UnreadableValueError("expression") from None


def map_rows(rows: Iterable[object], build: Callable[[object], T]) -> Mapped[T]:
    """Build a value from each row; a row that cannot be read is counted, never fatal."""
    items: list[T] = []
    unreadable = 0
    for row in rows:
        try:
            items.append(build(row))
        except (UnreadableValueError, ValueError):
            unreadable += 1
    return Mapped(tuple(items), unreadable)


# ---- identity evidence ----------------------------------------------------------------------------


class SubjectReader:
    """Reads whom an answer, or a record, concerns."""

    def __init__(self, subject: SubjectMap, timezone: ZoneInfo) -> None:
        rules = {name: getattr(subject, name) for name in SUBJECT}
        self._readers = readers_of({n: r for n, r in rules.items() if r is not None}, SUBJECT, timezone)
        self._ids = subject.ids

    def read(self, source: object) -> IdentityEvidence:
        """Return the evidence; what cannot be read is left empty, and proves nothing."""
        found: dict[str, str] = {}
        for name, reader in self._readers.items():
            try:
                found[name] = _string(reader.read(source))
            except (UnreadableValueError, ConnectorError):
                found[name] = ""
        birth_date = found.pop("birth_date", "")
        return IdentityEvidence(
            last_name=found.get("last_name", ""),
            first_name=found.get("first_name", ""),
            birth_date=date.fromisoformat(birth_date) if birth_date else None,
            ids=read_ids(self._ids, source),
        )


def read_ids(expressions: Mapping[str, str], source: object) -> dict[str, str]:
    """Return the identifiers that are there, by scheme."""
    ids = {}
    for scheme, expression in expressions.items():
        value = search(expression, source)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool) and not is_absent(value):
            ids[scheme] = str(value).strip()
    return ids


def _string(value: Canonical) -> str:
    return "" if value is None else str(value)


# ---- what each section builds ---------------------------------------------------------------------


def record_builder(
    facet: str,
    rules: Mapping[str, FieldMap],
    extra: Sequence[str],
    subject: SubjectReader | None,
    timezone: ZoneInfo,
    decimal: str = ".",
) -> Callable[[object], Record]:
    """Return what builds the records of a facet.

    Args:
        facet: id of the facet.
        rules: the file's fields.
        extra: keys of the tool kept as they are.
        subject: reads whom each record concerns; None when the answer tells it, or nothing does.
        timezone: of dates without a zone.
        decimal: decimal mark of amounts as text.
    """
    return _RecordBuilder(readers_of(rules, facet_targets(facet), timezone, decimal), extra, subject)


def date_reader(rule: FieldMap | None, timezone: ZoneInfo) -> FieldReader | None:
    """Return what reads the date of a whole answer, None when the file does not say where it is."""
    if rule is None:
        return None
    return FieldReader(rule, Target("as_of", (Conversion.DATETIME,), Conversion.DATETIME), timezone)


class _RecordBuilder:
    def __init__(
        self, readers: Readers, extra: Sequence[str] = (), subject: SubjectReader | None = None
    ) -> None:
        self._readers = readers
        self._extra = tuple(extra)
        self._subject = subject

    def __call__(self, row: object) -> Record:
        fields = read_fields(self._readers, row)
        as_of = fields.pop("as_of", None)
        source = row if isinstance(row, Mapping) else {}
        return Record(
            id=_string(fields.pop("id")),
            version=_string(fields.pop("version", None)),
            as_of=datetime.fromisoformat(str(as_of)) if as_of is not None else None,
            data=fields,
            extra={key: json_safe(source[key]) for key in self._extra if key in source},
            evidence=self._subject.read(row) if self._subject else None,
        )


def json_safe(value: object) -> JSON:
    """Return a tool's value as JSON without a float: decimals and dates become text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(item) for item in value]
    raise UnreadableValueError("extra")


def interaction_builder(rules: Mapping[str, FieldMap], timezone: ZoneInfo) -> Callable[[object], Interaction]:
    """Return what builds an exchange from a row; an unknown channel or direction is unreadable."""
    readers = readers_of(rules, INTERACTION, timezone)

    def build(row: object) -> Interaction:
        fields = read_fields(readers, row)
        duration = fields.pop("duration_s", None)
        texts = {name: _string(fields.get(name)) for name in INTERACTION}
        return Interaction(
            id=texts["id"],
            at=datetime.fromisoformat(texts["at"]),
            channel=Channel(texts["channel"]),
            direction=Direction(texts["direction"]),
            title=texts["title"],
            summary=texts["summary"],
            status=texts["status"],
            author=texts["author"],
            reason=texts["reason"],
            duration_s=duration if isinstance(duration, int) else None,
            body_ref=texts["body_ref"],
        )

    return build


def party_builder(
    rules: Mapping[str, FieldMap], ids: Mapping[str, str], timezone: ZoneInfo
) -> Callable[[object], Party]:
    """Return what builds a party of the directory from a row."""
    readers = dict(readers_of(rules, PARTY, timezone))
    phones = readers.pop("phones", None)

    def build(row: object) -> Party:
        fields = read_fields(readers, row)
        birth_date = fields.pop("birth_date", None)
        flags = {name: bool(fields.pop(name, False)) for name in ("restricted", "deleted")}
        kind = PartyKind(_string(fields.pop("kind")))
        numbers = phones.read_all(row) if phones else []
        texts = {name: _string(value) for name, value in fields.items()}
        return Party(
            native_id=texts.pop("native_id"),
            kind=kind,
            birth_date=date.fromisoformat(str(birth_date)) if birth_date is not None else None,
            phones=tuple(str(number) for number in numbers if str(number).startswith("+")),
            restricted=flags["restricted"],
            deleted=flags["deleted"],
            ids=read_ids(ids, row),
            **texts,
        )

    return build


def call_event_builder(rules: Mapping[str, FieldMap], timezone: ZoneInfo) -> Callable[[object], CallEvent]:
    """Return what builds a call event; a number that is no telephone number is a withheld one."""
    others = {name: rule for name, rule in rules.items() if name != "number"}
    readers = readers_of(others, CALL_EVENT, timezone)
    # Required in the file, not in the event: a withheld number comes as null or as a word.
    optional = Target("number", (Conversion.PHONE,), Conversion.PHONE)
    number = FieldReader(rules["number"], optional, timezone)

    def build(row: object) -> CallEvent:
        fields = read_fields(readers, row)
        dialled = _string(number.read(row))
        waited = fields.get("waited_s")
        return CallEvent(
            call_id=_string(fields["call_id"]),
            kind=CallEventKind(_string(fields["kind"])),
            at=datetime.fromisoformat(_string(fields["at"])),
            number=dialled if dialled.startswith("+") else "",
            queue=_string(fields.get("queue")),
            waited_s=waited if isinstance(waited, int) else 0,
            agent=_string(fields.get("agent")),
        )

    return build
