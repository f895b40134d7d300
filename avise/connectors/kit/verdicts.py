"""What a check says, and what a level is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from avise.models.conformance import ConformanceLevel
from avise.texts import text


class Verdict(StrEnum):
    """What came of a check."""

    OK = "ok"
    FAILED = "failed"
    NOT_EXERCISED = "not_exercised"
    """It saw nothing that it could judge: stands against the level like a failure."""
    NOT_APPLICABLE = "not_applicable"
    """The connector has nothing that the check is about."""
    SKIPPED = "skipped"
    """Its author asked for it, with a reason and an end."""


AGAINST = frozenset({Verdict.FAILED, Verdict.NOT_EXERCISED})


class Told(Exception):  # noqa: N818 - an answer of a check, not an error of ours
    """A check ends with something else than "ok".

    Args:
        why: key of the sentence, under "kit.why.".
        params: its values; never a value of a customer.
    """

    verdict = Verdict.FAILED

    def __init__(self, why: str, **params: str | int | float) -> None:
        super().__init__(why)
        self.why = why
        self.params = {name: str(value) for name, value in params.items()}


class FailedCheck(Told):
    """The connector does not do what it must."""


def require_kind(reading: str, kind: str | None, kinds: Collection[str]) -> None:
    """Have a failure be told by one of some kinds.

    Raises:
        FailedCheck: it was told by another one, or not at all.
    """
    if kind not in kinds:
        raise FailedCheck("kind_is", reading=reading, kind=kind or "ok", expected=" ".join(sorted(kinds)))


class NotExercised(Told):
    """Nothing was seen that could be judged."""

    verdict = Verdict.NOT_EXERCISED


class NotApplicable(Told):
    """The connector has nothing that the check is about."""

    verdict = Verdict.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of one check."""

    name: str
    level: ConformanceLevel
    verdict: Verdict
    why: str = ""
    """Key of the sentence, under "kit.why.", "" for "ok"."""
    params: Mapping[str, str] = field(default_factory=dict)
    until: str = ""
    """Last day of a skip, ISO."""
    milliseconds: int = 0

    @property
    def title(self) -> str:
        """What the check asks, in the language in use."""
        return text(f"kit.check.{self.name}")

    def sentence(self) -> str:
        """Why it is not "ok", in the language in use; "" when it is."""
        if self.verdict is Verdict.SKIPPED:
            return self.params.get("reason", "")
        return text(f"kit.why.{self.why}", **self.params) if self.why else ""


def level_reached(results: Sequence[CheckResult]) -> ConformanceLevel | None:
    """Return the highest level of which no check, and none of a lower one, stands against it.

    A level of which every check is not applicable was not earned: a connector that does not act stops at
    gold.
    """
    reached = None
    for level in ConformanceLevel:
        own = [result for result in results if result.level is level]
        if any(result.verdict in AGAINST for result in own):
            break
        if all(result.verdict is Verdict.NOT_APPLICABLE for result in own):
            break
        reached = level
    return reached
