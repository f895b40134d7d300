"""An error that staff noticed in what a tool holds of a customer ("Signaler une donnée")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from avise.models.json_types import JSON


class DataProblem(StrEnum):
    """What is wrong. Label: catalogue key `report.problem.<problem>`."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    MISSING = "missing"
    DUPLICATE = "duplicate"
    OTHER_PERSON = "other_person"
    """It belongs to somebody else: the file may have been mixed up."""


@dataclass(frozen=True, slots=True)
class DataReport:
    """What is told to data quality; the value itself is never copied into it."""

    facet: str
    problem: DataProblem
    field: str = ""
    """Of the facet; "" for the whole block."""
    source: str = ""
    """Instance of the connector that shows it; "" when the block has several."""
    note: str = ""

    def body(self) -> dict[str, JSON]:
        """Return the body of `data_reported`."""
        return {
            "facet": self.facet,
            "field": self.field,
            "source": self.source,
            "problem": self.problem.value,
            "note": self.note,
        }
