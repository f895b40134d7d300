"""What a file makes of each row, field by field, with the same readers as the connector itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from avise.connectors.contract import ConnectorError, HttpReply, Record
from avise.connectors.declarative.conversion import UnreadableValueError
from avise.connectors.declarative.json_reply import parse_json
from avise.connectors.declarative.mapping import Conversion, FieldMap
from avise.connectors.declarative.placeholders import parse_template
from avise.connectors.declarative.rows import (
    FieldReader,
    interaction_builder,
    json_safe,
    record_builder,
    rows_of,
    search,
)
from avise.connectors.declarative.schema import (
    AnyFile,
    CsvFacet,
    CsvFileConnector,
    PythonFile,
    RestFacet,
    RestTimeline,
    SqlFacet,
    SqlTimeline,
)
from avise.connectors.declarative.targets import INTERACTION, Target, facet_targets
from avise.connectors.readings import TIMELINE
from avise.connectors.trial.recording import Noted
from avise.connectors.trial.values import Dropped, FieldTrial, RowTrial
from avise.connectors.validation import Checked, check_of, misfit
from avise.models.json_types import JSON

Section = RestFacet | SqlFacet | CsvFacet | RestTimeline | SqlTimeline
_ERRORS = 400
"""HTTP statuses from here on say that something is wrong."""

Build = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a section, ready to be explained."""

    name: str
    rule: FieldMap
    conversion: str
    reader: FieldReader


class Explainer:
    """Explains the rows of one section.

    Args:
        file: a checked file.
        section: one of its facets or timelines.
    """

    def __init__(self, file: AnyFile, section: Section) -> None:
        zone = ZoneInfo(file.connector.timezone)
        decimal = file.csv.decimal if isinstance(file, CsvFileConnector) else "."
        self._section = section
        self._facet = "" if isinstance(section, RestTimeline | SqlTimeline) else section.id
        targets = facet_targets(self._facet) if self._facet else INTERACTION
        self._fields = _fields(section.fields, targets, zone, decimal)
        self._build: Build = (
            record_builder(self._facet, section.fields, (), None, zone, decimal)
            if self._facet
            else interaction_builder(section.fields, zone)
        )
        self._check = check_of(self._facet or TIMELINE)
        self._seen: set[str] = set()

    def rows(self, noted: Noted) -> list[object]:
        """Return the rows of what was noted; none of an answer that the connector refused too."""
        found: list[object] = []
        for answer in self._answers(noted):
            try:
                found += rows_of(answer, self._section.records)
            except ConnectorError:
                continue
        return found

    def _answers(self, noted: Noted) -> list[object]:
        section = self._section
        if isinstance(section, RestFacet | RestTimeline):
            route = parse_template(section.path).route()
            # What a tool says of an error is no row, whatever its form.
            found = [reply for asked, reply in noted.replies if asked == route and reply.status < _ERRORS]
            answers = [_parsed(reply) for reply in found]
            return [answer for answer in answers if answer is not None]
        statement = "" if isinstance(section, CsvFacet) else section.query
        return [[row for asked, row in noted.rows if asked == statement]]

    def explain(self, number: int, row: object) -> RowTrial:
        """Return what becomes of a row; to be asked in the order of rows."""
        raw = _shown(row)
        if not isinstance(row, Mapping):
            return RowTrial(number, raw, (), Dropped.NOT_A_ROW)
        fields = tuple(_tried(one, row) for one in self._fields)
        broken = next((one.name for one in fields if one.problem), "")
        if broken:
            return RowTrial(number, raw, fields, Dropped.UNREADABLE, broken)
        return self._judged(RowTrial(number, raw, fields), row)

    def _judged(self, trial: RowTrial, row: object) -> RowTrial:
        try:
            item = self._build(row)
        except (UnreadableValueError, ValueError):
            return RowTrial(trial.number, trial.raw, trial.fields, Dropped.UNREADABLE, _unknown_code(trial))
        checked = self._check(item)
        if checked is None:
            name = misfit(self._facet, item) if isinstance(item, Record) else ""
            return RowTrial(trial.number, trial.raw, trial.fields, Dropped.MISFIT, name)
        return self._once(trial, checked)

    def _once(self, trial: RowTrial, checked: Checked) -> RowTrial:
        if checked.record.id in self._seen:
            return RowTrial(trial.number, trial.raw, trial.fields, Dropped.TWICE, "id")
        self._seen.add(checked.record.id)
        return trial


def sections_of(file: AnyFile) -> Mapping[str, Sequence[Section]]:
    """Return the sections that map rows, by the name of their reading; none for code."""
    if isinstance(file, PythonFile):
        return {}
    found: dict[str, Sequence[Section]] = {facet.id: (facet,) for facet in file.facet}
    if not isinstance(file, CsvFileConnector) and file.timeline:
        found[TIMELINE] = file.timeline
    return found


def _fields(
    rules: Mapping[str, FieldMap], targets: Mapping[str, Target], zone: ZoneInfo, decimal: str
) -> Sequence[_Field]:
    return [
        _Field(
            name,
            rule,
            str(rule.convert or targets[name].default or Conversion.TEXT) if rule.source is not None else "",
            FieldReader(rule, targets[name], zone, decimal),
        )
        for name, rule in rules.items()
    ]


def _tried(one: _Field, row: object) -> FieldTrial:
    extracted, mapped, problem = None, None, ""
    try:
        found = one.rule.value if one.rule.source is None else search(one.rule.source, row)
        extracted = _shown(found)
        mapped = one.reader.read(row)
    except UnreadableValueError as error:
        problem = error.conversion
    except ConnectorError:
        problem = "expression"
    return FieldTrial(one.name, one.rule.source or "", extracted, mapped, one.conversion, problem)


def _unknown_code(trial: RowTrial) -> str:
    """Return the field of an exchange whose code is none of ours."""
    for one in trial.fields:
        values = INTERACTION[one.name].values if one.name in INTERACTION else ()
        if values and one.mapped is not None and one.mapped not in values:
            return one.name
    return ""


def _parsed(reply: HttpReply) -> object:
    try:
        return parse_json(reply)
    except ConnectorError:
        return None


def _shown(value: object) -> JSON:
    try:
        return json_safe(value)
    except UnreadableValueError:
        return str(type(value).__name__)
