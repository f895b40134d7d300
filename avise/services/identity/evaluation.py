"""How well the matcher does on two tables whose true pairs somebody knows.

The truth is read after everything is decided: nothing is learnt from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avise.connectors.declarative.documents import read_document
from avise.connectors.declarative.problems import ProblemAt
from avise.models.errors import AviseError
from avise.models.identity.attributes import AttributeKind
from avise.models.identity.comparison import compared
from avise.models.identity.explanation import Evidence, explained
from avise.models.identity.first_names import KNOWN
from avise.models.identity.matching import FORGOTTEN, Matching, ScoredPair, Thresholds, Verdict, matched
from avise.models.identity.records import IdentityRecord, Notion
from avise.services.identity.mapping import (
    Mapped,
    check_mapping,
    column_findings,
    columns_left,
    mapped,
    truth_findings,
)
from avise.services.identity.tables import (
    CsvFile,
    RowFault,
    Table,
    first_names_in,
    read_table,
    with_attributes,
)
from avise.services.identity.truth import Pair, Truth, read_truth

STEPS = (0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98, 0.99, 0.999)
"""Thresholds of the table that is printed."""
MISSES = 10
"""How many of the worst misses, and of the worst false pairs, are explained."""


class MappingFileError(AviseError):
    """A mapping file with errors, all of them."""

    def __init__(self, path: Path, problems: Sequence[ProblemAt]) -> None:
        super().__init__("identity.mapping_refused", file=path.name)
        self.path = path
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Quality:
    """How many of the pairs found are true, and how many of the true ones are found."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are true; 1 when nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found; 1 when there are none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Miss:
    """A pair that was decided wrongly, and why."""

    lines: tuple[int, int]
    """In the two files."""
    references: tuple[str, str]
    probability: float
    compared: bool
    """False for a true pair that nobody looked at, for it shares no key: it would have been remembered."""
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    records: tuple[IdentityRecord, IdentityRecord]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of two tables, against the truth."""

    sizes: tuple[int, int]
    within: bool
    """A table compared with itself."""
    faults: tuple[RowFault, ...]
    matching: Matching
    thresholds: Thresholds
    automatic: Quality
    with_proposals: Quality
    proposed: Quality
    """Of what a person would be asked alone."""
    steps: tuple[tuple[float, Quality], ...]
    """By score alone, nothing being doubtful."""
    missed: tuple[Miss, ...]
    """True pairs of which nothing came, the likeliest first."""
    wrong: tuple[Miss, ...]
    """False pairs that were linked, the likeliest first, then those that were proposed."""
    unknown_truth: tuple[int, ...]
    """Lines of the truth that name a record which is in no table."""
    truth_line_without_zeros: int
    """The first of them that would name one but for zeros in front or “.0” behind; 0 for none."""
    unread_truth: tuple[int, ...]
    """Lines of the truth that tell no pair: too few columns, or a quotation mark that is not closed."""
    unused: tuple[Unused, ...]
    """What of each table played no part."""


@dataclass(frozen=True, slots=True)
class Unused:
    """What of one table played no part."""

    file: str
    columns: tuple[str, ...]
    """That the mapping names nowhere."""
    alone: tuple[str, ...]
    """Notions that the other table does not tell."""
    unread: Mapping[str, int]
    """How many texts could not be read, by what the mapping calls the column."""
    kinds: Mapping[str, AttributeKind]
    """As what each of these is read."""


def evaluated(first: Path, second: Path, mapping: Path, truth: Path) -> Evaluation:
    """Bring two tables together and judge it.

    Args:
        first: a CSV file.
        second: another, or the same to look for duplicates within it.
        mapping: which column tells what.
        truth: the pairs that are one person's.

    Raises:
        AviseError: a file cannot be read or says nothing; `MappingFileError` with every error of the mapping.
    """
    told = _mapping(mapping)
    within = first.resolve() == second.resolve()
    ours_file, theirs_file = (
        CsvFile(path, table.encoding, table.separator)
        for path, table in ((first, told.ours), (second, told.theirs))
    )
    truth_file = CsvFile(truth, told.truth_encoding, told.truth_separator)
    _refuse_unknown_columns(told, ours_file, theirs_file, truth_file)
    known = KNOWN | first_names_in(ours_file, told.ours) | first_names_in(theirs_file, told.theirs)
    ours = read_table(ours_file, told.ours, known)
    theirs = ours if within else read_table(theirs_file, told.theirs, known)
    for table in (ours, theirs):
        if not table.records:
            raise AviseError("identity.empty", file=table.path.name)
    ours, theirs, attributes = with_attributes(ours, theirs, told.ours.attributes)
    matching = matched(ours.records, theirs.records, attributes)
    true = read_truth(truth_file, told.truth, ours, theirs)
    unused = _unused(told, (ours_file, theirs_file), (ours, theirs))
    return _judged(told.thresholds, (ours, theirs), matching, true, unused)


def _unused(told: Mapped, files: tuple[CsvFile, CsvFile], tables: tuple[Table, Table]) -> tuple[Unused, ...]:
    mappings = (told.ours, told.theirs)
    notions = [set(mapping.columns) for mapping in mappings]
    kinds = {Notion.BIRTH_DATE.value: AttributeKind.DATE}
    kinds.update((each.name, each.kind) for each in told.ours.attributes)
    found = tuple(
        Unused(
            file.path.name,
            columns_left(mapping, file.header),
            tuple(sorted(notion.value for notion in mine - others if notion in _COMPARED_ALONE)),
            table.unread,
            kinds,
        )
        for file, mapping, table, mine, others in zip(
            files, mappings, tables, notions, reversed(notions), strict=True
        )
    )
    return found[:1] if tables[0] is tables[1] else found


_COMPARED_ALONE = frozenset({Notion.STREET, Notion.PHONE, Notion.EMAIL, Notion.MEMBER_NUMBER})
"""Notions that nothing else stands for: a city may stand for a postcode, a title for a sex."""


def _mapping(path: Path) -> Mapped:
    try:
        checked = check_mapping(path)
    except OSError:
        raise AviseError("identity.unreadable", file=path.name or str(path)) from None
    if checked.content is None:
        raise MappingFileError(path, checked.problems)
    return mapped(path, checked.content)


def _refuse_unknown_columns(told: Mapped, ours: CsvFile, theirs: CsvFile, truth: CsvFile) -> None:
    findings = [
        finding
        for table, file in ((told.ours, ours), (told.theirs, theirs))
        for finding in column_findings(table, file.header, file.path.name)
    ]
    findings += truth_findings(told.truth, truth.header, truth.path.name)
    if findings:
        raise MappingFileError(told.path, read_document(told.path).placed(findings))


# ---- the judgement -------------------------------------------------------------------------------


def quality(found: Iterable[Pair], true: frozenset[Pair]) -> Quality:
    """Return how well some pairs are chosen."""
    pairs = set(found)
    return Quality(len(pairs), len(pairs & true), len(true))


def _judged(
    thresholds: Thresholds,
    tables: tuple[Table, Table],
    matching: Matching,
    truth: Truth,
    unused: tuple[Unused, ...],
) -> Evaluation:
    ours, theirs = tables
    true = truth.pairs
    by_verdict: dict[Verdict, list[ScoredPair]] = {verdict: [] for verdict in Verdict}
    for pair in matching.pairs:
        by_verdict[pair.verdict(thresholds)].append(pair)
    automatic = [_places(pair) for pair in by_verdict[Verdict.AUTOMATIC]]
    proposed = [_places(pair) for pair in by_verdict[Verdict.PROPOSED]]
    steps = tuple(
        (step, quality((_places(pair) for pair in matching.pairs if pair.probability >= step), true))
        for step in STEPS
    )
    scored = {_places(pair): pair for pair in matching.pairs}
    missed = sorted(true - set(automatic) - set(proposed), key=lambda pair: _unlikeliness(scored, pair))
    wrong = [pair for pair in (*automatic, *proposed) if pair not in true]
    told = [_miss(matching, ours, theirs, pair, scored, thresholds) for pair in missed[:MISSES]]
    told_wrong = [_miss(matching, ours, theirs, pair, scored, thresholds) for pair in wrong[:MISSES]]
    faults = ours.faults if ours is theirs else ours.faults + theirs.faults
    return Evaluation(
        (len(ours.records), len(theirs.records)),
        ours is theirs,
        faults,
        matching,
        thresholds,
        quality(automatic, true),
        quality((*automatic, *proposed), true),
        quality(proposed, true),
        steps,
        tuple(told),
        tuple(told_wrong),
        truth.unknown_lines,
        truth.line_without_zeros,
        truth.unread_lines,
        unused,
    )


def _places(pair: ScoredPair) -> Pair:
    return pair.ours, pair.theirs


def _unlikeliness(scored: dict[Pair, ScoredPair], pair: Pair) -> tuple[float, Pair]:
    found = scored.get(pair)
    return (-found.probability if found is not None else 0.0), pair


def _miss(
    matching: Matching,
    ours: Table,
    theirs: Table,
    pair: Pair,
    scored: dict[Pair, ScoredPair],
    thresholds: Thresholds,
) -> Miss:
    a, b = ours.records[pair[0]], theirs.records[pair[1]]
    found = scored.get(pair)
    vector = compared(a, b)
    model = matching.model
    probability = found.probability if found is not None else model.probability(model.score(vector, a, b))
    return Miss(
        (ours.lines[pair[0]], theirs.lines[pair[1]]),
        (a.reference, b.reference),
        probability,
        found is not None or probability < FORGOTTEN,
        found.verdict(thresholds) if found is not None else Verdict.NOTHING,
        explained(model, vector, a, b),
        (a, b),
    )
