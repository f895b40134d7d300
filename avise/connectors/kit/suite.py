"""All checks, in the order of levels, and their run over one connector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from avise.connectors.kit import (
    bronze,
    calls,
    dialects,
    directory,
    discretion,
    gold,
    host_key,
    local_gold,
    mailbox,
    opened_content,
    platinum,
    silver,
)
from avise.connectors.kit.check import Check
from avise.connectors.kit.contact import Contact
from avise.connectors.kit.skips import Skip, skipped
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import CheckResult, level_reached
from avise.models.conformance import ConformanceLevel

ALL: tuple[Check, ...] = (
    *bronze.CHECKS,
    *silver.CHECKS,
    *directory.CHECKS,
    *opened_content.CHECKS,
    *calls.CHECKS,
    *gold.CHECKS,
    *dialects.CHECKS,
    *local_gold.CHECKS,
    *mailbox.CHECKS,
    *host_key.CHECKS,
    *discretion.CHECKS,
    *platinum.CHECKS,
)

Progress = Callable[[CheckResult], None]


def checks_up_to(most: ConformanceLevel) -> Sequence[Check]:
    """Return the checks of a level and of those below, in the order in which they run."""
    return [check for check in ALL if check.level.rank <= most.rank]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all checks."""

    connector: str
    version: str
    results: Sequence[CheckResult]
    most: ConformanceLevel = ConformanceLevel.PLATINUM
    """The last level whose checks ran."""

    @property
    def level(self) -> ConformanceLevel | None:
        """The level reached, None when not even the first is."""
        return level_reached(self.results)

    def reaches(self, wished: ConformanceLevel) -> bool:
        """Return whether a level is reached."""
        return self.level is not None and self.level.rank >= wished.rank


def run_suite(
    trial: Trial,
    skips: Sequence[Skip] = (),
    *,
    most: ConformanceLevel = ConformanceLevel.PLATINUM,
    progress: Progress = lambda _: None,
    beginning: Callable[[str], None] = lambda _: None,
) -> Report:
    """Run every check up to a level, each on an event loop of its own; takes no running loop.

    Once the tool cannot be reached, the checks that ask it are not exercised.

    Args:
        trial: the connector and its tool.
        skips: what its author asked to leave out.
        most: the last level whose checks run.
        progress: told each result.
        beginning: told the name of each check before it runs.
    """
    results = []
    contact = Contact()
    by_name = {skip.check: skip for skip in skips}
    for check in checks_up_to(most):
        beginning(check.name)
        skip = by_name.get(check.name)
        result = skipped(check, skip, trial.env) if skip is not None else None
        result = result or contact.run(check, trial)
        results.append(result)
        progress(result)
    manifest = trial.manifest
    return Report(manifest.id, manifest.version, tuple(results), most)
