"""What the Sources page and the status bar show of each tool: values without personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.bulk_reading import BulkReading
from avise.models.conformance import ConformanceLevel
from avise.models.errors import Failure
from avise.models.tool_sign_in import SignInWay

CERTIFICATE_TOLD = timedelta(days=30)
"""Before its end, a certificate of ours is told: an authority of a house takes days to give another."""


class SourceState(StrEnum):
    """Chip of a tool (`ui.md` 5.16)."""

    UP_TO_DATE = "up_to_date"
    SLOW = "slow"
    FAILING = "failing"
    NEEDS_AUTH = "needs_auth"
    MISCONFIGURED = "misconfigured"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    RESERVED = "reserved"
    NEVER_READ = "never_read"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One recent call: route template, never a URL."""

    at: datetime
    template: str
    outcome: str
    """"ok" or an ErrorKind."""
    milliseconds: int


@dataclass(frozen=True, slots=True)
class FileChange:
    """What came of the last change of a connector's file while Avise ran."""

    at: datetime
    refused_because: str = ""
    """Catalogue key: the file before is used meanwhile; "" when the new one is in use."""
    refused_detail: str = ""
    """Where and why, for its author; no personal data."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One row of the Sources page."""

    instance: str
    name: str
    connector: str
    """Id and version of the connector."""
    owner: str
    support: str
    state: SourceState
    since: datetime | None
    median_ms: int | None
    p95_ms: int | None
    samples_ms: Sequence[int] = ()
    """Latencies of the last readings, oldest first, at most 120, for the sparkline."""
    calls_1h: int = 0
    failures_1h: int = 0
    last_success: datetime | None = None
    last_failure: Failure | None = None
    last_failure_at: datetime | None = None
    retry_at: datetime | None = None
    facets: Sequence[str] = ()
    attempts: Sequence[Attempt] = ()
    """Newest first, at most 50."""
    refused_because: str = ""
    """Catalogue key, for a connector that was not loaded."""
    refused_detail: str = ""
    conformance: ConformanceLevel | None = None
    """What the conformance kit found of the connector as it is; None when it was not tested since."""
    sign_in: SignInWay = SignInWay.NONE
    """How whoever works here signs in there by themselves."""
    certificate_ends: datetime | None = None
    """When the certificate that this workstation shows there ends; None where it shows none."""
    cached_customers: int = 0
    oldest_copy: datetime | None = None
    bulk: BulkReading | None = None
    """How the directory is filled from it; None for a tool that is not the identity master."""
    file_change: FileChange | None = None

    def certificate_days(self, now: datetime) -> int | None:
        """Return how many days the certificate shown there is still good, None while that is long enough."""
        if self.certificate_ends is None or self.certificate_ends - now > CERTIFICATE_TOLD:
            return None
        return max((self.certificate_ends - now).days, 0)
