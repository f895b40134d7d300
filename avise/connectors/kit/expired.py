"""A certificate that was good until yesterday, of an authority that one trusts."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta

from avise.connectors.kit.certificate import made_certificate


@dataclass(frozen=True, slots=True)
class ExpiredCertificate:
    """Both ends of a connection that only its date spoils."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    """Trusts whoever signed it: nothing but the date is left to refuse."""


def expired_certificate(now: datetime) -> ExpiredCertificate:
    """Return a certificate of 127.0.0.1 that ended the day before.

    Args:
        now: aware.
    """
    made = made_certificate("127.0.0.1", now - timedelta(days=30), now - timedelta(days=1))
    return ExpiredCertificate(made.server, ssl.create_default_context(cadata=made.pem))
