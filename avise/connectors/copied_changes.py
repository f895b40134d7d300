"""What an action would change, by a copy of what it changes: for a workstation without network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from avise.connectors.action_contract import ActionOffer
from avise.connectors.contract import ConnectorError, Record
from avise.connectors.declarative.rows import search
from avise.models.commands import Change
from avise.models.json_types import JSON


def copied_changes(
    offer: ActionOffer, records: Sequence[Record], given: Mapping[str, JSON]
) -> tuple[Change, ...] | None:
    """Return the changes of an action by the records of a copy; None when the copy does not tell them.

    Args:
        offer: of an action that names where its copy is.
        records: of that facet, as they were read.
        given: values of the offer's inputs.
    """
    copied = offer.copied
    if copied is None:
        return None
    rows = [{**record.data, "id": record.id} for record in records]
    row = next((row for row in rows if _is_the_one(copied.where, row)), None)
    if row is None:
        return None
    changes = []
    for name, wanted in offer.fields:
        before, after = _shown(row.get(name.rpartition(".")[2])), _shown(given.get(wanted))
        if before != after:
            changes.append((name, before, after))
    return tuple(changes)


def _is_the_one(where: str, row: Mapping[str, object]) -> bool:
    try:
        return not where or search(where, row) is True
    except ConnectorError:
        return False


def _shown(value: object) -> str:
    return "" if value is None else str(value)
