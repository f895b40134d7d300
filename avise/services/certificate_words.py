"""What is said of a certificate of ours that ends soon: on the Sources page and by `avise doctor`."""

from __future__ import annotations

from datetime import datetime

from avise.models.source_status import SourceStatus
from avise.texts import plural, text


def certificate_sentence(source: SourceStatus, now: datetime) -> str:
    """Return that the certificate shown to a tool ends soon and what to do, "" while that is far away.

    Args:
        source: the tool.
        now: our clock.
    """
    days = source.certificate_days(now)
    if days is None:
        return ""
    if not days:
        return text("transport.certificate_ends_today", source=source.name)
    return plural("transport.certificate_ends", days, source=source.name)
