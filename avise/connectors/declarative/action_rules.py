"""From what a file says of an action and what was read of the tool: the plan, and whether it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import jmespath
import jmespath.exceptions

from avise.connectors.action_contract import ActionPlan, ActionResult, Outcome
from avise.connectors.contract import ConnectorError, Record
from avise.connectors.declarative.action_schema import NoticeRule, PlanRule, VerifyRule
from avise.connectors.declarative.action_values import ActionValues
from avise.connectors.declarative.mapping import SubjectMap
from avise.connectors.declarative.rows import SubjectReader, search
from avise.connectors.identity_check import contradicts
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read of the tool for an action."""

    rows: tuple[Row, ...]
    versions: tuple[str, ...]
    """Of each row, "" where the tool gives none."""
    whole: bool = True
    """Nothing was left out: what is not there does not exist."""


def row_of(record: Record) -> Row:
    """Return a record as expressions see it: its fields, its identifier, and what is kept beside."""
    return {**record.extra, **record.data, "id": record.id}


def refuse_somebody_else(
    subject: SubjectMap | None, answer: object, customer: CustomerKey, zone: ZoneInfo
) -> None:
    """Let an answer about the customer pass.

    Raises:
        ConnectorError: CONFLICT when it says that it is about another person.
    """
    if subject is None:
        return
    if contradicts(IdentityEvidence(ids=customer.ids), SubjectReader(subject, zone).read(answer)):
        raise ConnectorError(ErrorKind.CONFLICT, "about somebody else")


def made_plan(rule: PlanRule, facet: str | None, read: Rows, values: ActionValues, label: str) -> ActionPlan:
    """Return the plan of a command.

    Args:
        rule: what the file says.
        facet: whose records the rows are; a change's key is then one of its fields.
        read: the tool as it is now.
        values: of the command.
        label: summary of an action that says none.

    Raises:
        ConnectorError: REJECTED when the file says that the tool would refuse; BAD_DATA.
    """
    index = next((index for index, row in enumerate(read.rows) if _is_true(rule.where, row)), None)
    row = read.rows[index] if index is not None else None
    scope = {"record": row, "records": list(read.rows), "input": dict(values.input)}
    refused = _told(rule.refuse, scope)
    if refused:
        raise ConnectorError(ErrorKind.REJECTED, "refused by the plan", user_message=refused[0])
    changes = []
    for key, change in rule.changes.items():
        before = _shown(search(change.source or key, row)) if row is not None else ""
        filled = values.text(change.to)
        after = change.map.get(filled, filled)
        if after != before and _is_true(change.when, scope):
            changes.append((f"{facet}.{key}" if facet else key, before, after))
    kept = {}
    if rule.precondition is not None:
        kept[rule.precondition] = read.versions[index] if index is not None else ""
    summary = values.text(rule.summary) if rule.summary else label
    return ActionPlan(summary, tuple(changes), tuple(_told(rule.warn, scope)), kept)


def done_according_to(rule: VerifyRule, read: Rows, values: ActionValues) -> ActionResult:
    """Return whether a command was done, by what was read: NOT_DONE only when that was whole."""
    try:
        condition = jmespath.compile(values.condition(rule.exists))
        row = next((row for row in read.rows if condition.search(row) is True), None)
    except (jmespath.exceptions.JMESPathError, TypeError, ValueError, AttributeError):
        raise ConnectorError(ErrorKind.BAD_DATA, "an expression met an unexpected type") from None
    if row is None:
        return ActionResult(Outcome.NOT_DONE if read.whole else Outcome.UNKNOWN)
    reference = _shown(search(rule.reference, row)) if rule.reference else ""
    done = rule.done_when is None or search(rule.done_when, row) is True
    return ActionResult(Outcome.DONE if done else Outcome.ACCEPTED, reference)


def _told(notices: Sequence[NoticeRule], scope: Mapping[str, object]) -> list[str]:
    return [notice.text for notice in notices if _is_true(notice.when, scope)]


def _is_true(expression: str | None, value: object) -> bool:
    return expression is None or search(expression, value) is True


def _shown(value: object) -> str:
    """Return a value of a record as canonical text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
