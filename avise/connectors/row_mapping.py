"""What `[options]` of a Python connector says of each facet: rows of the tool become canonical records.

The same rules as in a file without code (`from`, `as`, `map`, `subject`…), so that whoever writes a
connector file learns one way of mapping only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from avise.connectors.contract import Batch, Completeness, ConnectorError, Record
from avise.connectors.declarative.batches import MORE_THAN_SHOWN
from avise.connectors.declarative.mapping import FieldMap, FieldRule, SubjectMap
from avise.connectors.declarative.rows import SubjectReader, map_rows, record_builder
from avise.connectors.declarative.values import Section
from avise.models.errors import ErrorKind, Origin
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.models.json_types import JSON

Row = Mapping[str, object]
"""One record as the tool gives it, under names that expressions use."""


class RowMapping(Section):
    """How the rows of one facet become records."""

    fields: dict[str, FieldRule]
    extra: list[str] = Field(default_factory=list)
    """Names of the row that are kept beside, as they are."""
    subject: SubjectMap | None = None
    """Whom the answer, or each record, concerns."""
    subject_from: Literal["answer", "record"] = "answer"
    newest_first: str | None = None
    """A date or datetime field of the facet; without it, records stay in the tool's order."""


On404 = Literal["error", "empty", "not_found"]
"""What the absence of a customer's place in the tool means; never guessed, so it has no default."""


def absent(on_404: On404) -> Batch[Record]:
    """Return the answer for a place that the tool has not.

    Raises:
        ConnectorError: NOT_FOUND, or BUG when the file says that this cannot be.
    """
    if on_404 == "not_found":
        raise ConnectorError(ErrorKind.NOT_FOUND, "status 404")
    if on_404 == "error":
        raise ConnectorError(ErrorKind.BUG, "status 404", origin=Origin.CONNECTOR)
    return Batch((), Completeness.COMPLETE)


class RowMapper:
    """Maps the rows of one facet.

    Args:
        facet: its id.
        mapping: what the file says.
        timezone: of dates and times without a zone.
        id_from: name of the row that is the identifier, whatever the file says; "" when the file says it.

    Raises:
        KeyError: a field, or the facet, does not exist.
    """

    def __init__(self, facet: str, mapping: RowMapping, timezone: str, *, id_from: str = "") -> None:
        zone = ZoneInfo(timezone)
        subject = SubjectReader(mapping.subject, zone) if mapping.subject is not None else None
        self._subject = subject if mapping.subject_from == "answer" else None
        of_record = subject if mapping.subject_from == "record" else None
        fields = dict(mapping.fields)
        if id_from:
            fields["id"] = FieldMap.model_validate({"from": id_from})
        self._build = record_builder(facet, fields, mapping.extra, of_record, zone)
        self._newest_first = mapping.newest_first
        self._moments = bool(mapping.newest_first) and _is_moment(facet, mapping.newest_first or "")

    def batch(
        self,
        rows: Sequence[Row],
        limit: int,
        *,
        answer: Row | None = None,
        unreadable: int = 0,
        truncated_because: str = "",
        total: int | None = None,
        more: bool = False,
    ) -> Batch[Record]:
        """Return one page of records.

        Args:
            rows: of the tool.
            limit: records kept; more rows make the page truncated.
            answer: carries the subject when it is told once for all.
            unreadable: rows that the caller already gave up.
            truncated_because: the tool itself left something out.
            total: how many records the tool says there are.
            more: another page follows.

        Raises:
            ConnectorError: BUG when the subject is to be told by an answer that is not given.
        """
        if self._subject is not None and answer is None:
            # Without this, somebody else's answer would pass for one that says nothing of its subject.
            raise ConnectorError(ErrorKind.BUG, "no subject in the answer", origin=Origin.CONNECTOR)
        mapped = map_rows(rows, self._build)
        records = self._sorted(mapped.items)
        if len(records) > limit:
            truncated_because, total = MORE_THAN_SHOWN, total or len(records)
        whole = Completeness.MORE if more else Completeness.COMPLETE
        return Batch(
            records[:limit],
            Completeness.TRUNCATED if truncated_because else whole,
            truncated_because=truncated_because,
            total=total,
            unreadable=unreadable + mapped.unreadable,
            evidence=self._subject.read(answer) if self._subject is not None and answer is not None else None,
        )

    def _sorted(self, records: Sequence[Record]) -> Sequence[Record]:
        if self._newest_first is None:
            return records
        return tuple(sorted(records, key=self._key, reverse=True))

    def _key(self, record: Record) -> str:
        value: JSON = record.data.get(self._newest_first or "")
        if not isinstance(value, str):
            return ""
        # Datetimes may bear several zones: their texts do not sort.
        return datetime.fromisoformat(value).astimezone(UTC).isoformat() if self._moments else value


def _is_moment(facet: str, field: str) -> bool:
    return FACETS[facet].field(field).kind is FieldKind.DATETIME


def row_mappers(
    facets: Mapping[str, RowMapping], timezone: str, *, id_from: str = ""
) -> Mapping[str, RowMapper]:
    """Return what maps each facet of `[options]` (`RowMapper`)."""
    return {name: RowMapper(name, mapping, timezone, id_from=id_from) for name, mapping in facets.items()}
