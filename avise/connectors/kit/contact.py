"""Checks run one after the other until it turns out that the tool cannot be reached: that is told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from avise.connectors.contract import Health
from avise.connectors.kit.check import Check, run_check
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import CheckResult, FailedCheck, NotExercised, Verdict
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

UNREACHED = "not_reached"
"""What the other checks say; `why` of their results."""
FIRST_READING = "nothing_is_left"
"""The first check that reads something: the tool is reached when it is well."""
_WITHOUT_THE_TOOL = frozenset(
    {
        "manifest_is_admitted",
        "declared_is_done",
        "labels_are_words",
        "import_is_light",
        "package_is_no_burden",
    }
)
_BY_KIND: Mapping[str, str] = {
    ErrorKind.UNAVAILABLE: "down",
    ErrorKind.TIMEOUT: "down",
    ErrorKind.OFFLINE: "down",
    ErrorKind.AUTH: "refused",
    ErrorKind.FORBIDDEN: "refused",
    ErrorKind.CONFIG: "misconfigured",
    Health.DOWN: "down",
    Health.NEEDS_AUTH: "refused",
    Health.MISCONFIGURED: "misconfigured",
}
_PROBLEMS = frozenset({"not_opened", "check_unwell", "unexpected"})


@dataclass(slots=True)
class Contact:
    """Whether the tool was reached, as far as the checks that ran show.

    One is made for each run over a connector.
    """

    _made: bool = False
    _lost_in: str = ""
    """Name of the check that could not reach the tool, "" for none."""

    def run(self, check: Check, trial: Trial) -> CheckResult:
        """Return what came of a check; once the tool could not be reached, those that ask it do not run."""
        asks = check.name not in _WITHOUT_THE_TOOL
        if asks and self._lost_in:
            told = NotExercised("not_reached", check=self._lost_in)
            return CheckResult(check.name, check.level, told.verdict, told.why, told.params)
        result = run_check(check, trial)
        if not asks or self._made:
            return result
        cause = _cause_of(result)
        if cause is None:
            self._made = result.verdict is Verdict.OK and _reads(check)
            return result
        self._lost_in = check.name
        return replace(result, why=cause.why, params=cause.params)


def _reads(check: Check) -> bool:
    return check.name == FIRST_READING or check.level is not ConformanceLevel.BRONZE


def _cause_of(result: CheckResult) -> FailedCheck | None:
    """Return why the tool could not be reached, and what to do; None for a defect of the connector."""
    params = result.params
    if result.why not in _PROBLEMS:
        return None
    match _BY_KIND.get(params.get("kind", "") or params.get("health", "")):
        case "down":
            return FailedCheck("tool_down", detail=params["detail"])
        case "refused":
            return FailedCheck("tool_refuses", detail=params["detail"])
        case "misconfigured":
            return FailedCheck("tool_misconfigured", detail=params["detail"])
        case _:
            return None
