"""Tries a connector file on one customer and shows what it makes of each row: for its author."""

from avise.connectors.trial.running import TrialDesk, try_connector
from avise.connectors.trial.values import (
    Asked,
    Dropped,
    FieldTrial,
    FileTried,
    LostLines,
    MisreadLines,
    ReadingTrial,
    RowTrial,
    Trial,
)

__all__ = [
    "Asked",
    "Dropped",
    "FieldTrial",
    "FileTried",
    "LostLines",
    "MisreadLines",
    "ReadingTrial",
    "RowTrial",
    "Trial",
    "TrialDesk",
    "try_connector",
]
