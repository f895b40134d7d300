"""A certificate of this workstation or of this application, shown to tools that ask for one (mutual TLS).

It comes from files, or whole from a sealed secret. What is wrong with it is told before anything is sent:
by a fixed word for support, never by what it says.
"""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin

UNREADABLE = "client certificate unreadable"
NO_KEY = "client key unreadable"
WRONG_PASSWORD = "client key password wrong"  # noqa: S105 - a word for support
WRONG_KEY = "client key of another certificate"
EXPIRED = "client certificate expired"
NOT_YET = "client certificate not yet valid"

Mark = tuple[int, int, int]
"""What changes when a file is written again."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown to a tool: a certificate with its chain, and its key, both in PEM."""

    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)
    password: str = field(default="", repr=False)
    """Of the key; "" where it is not encrypted."""


def read_files(certificate: str, key: str, password: str) -> Shown:
    """Return what is in two files, or in one that holds both; blocks.

    Raises:
        ConnectorError: CONFIG when a file cannot be read.
    """
    try:
        shown = Path(certificate).read_bytes()
    except (OSError, ValueError):
        raise unfit(UNREADABLE) from None
    if not key:
        return Shown(shown, shown, password)
    try:
        return Shown(shown, Path(key).read_bytes(), password)
    except (OSError, ValueError):
        raise unfit(NO_KEY) from None


def mark_of(*files: str) -> tuple[Mark | None, ...]:
    """Return what changes when one of the files is written again; blocks."""
    found: list[Mark | None] = []
    for file in files:
        try:
            told = Path(file).stat()
        except (OSError, ValueError):
            found.append(None)
            continue
        found.append((told.st_mtime_ns, told.st_size, told.st_ino))
    return tuple(found)


def show(context: ssl.SSLContext, shown: Shown, now: datetime) -> datetime:
    """Have a context show a certificate; return when the first of its chain ends; blocks.

    Args:
        context: of one tool alone.
        shown: what it shows.
        now: our clock.

    Raises:
        ConnectorError: CONFIG: unreadable, expired, or a key of another certificate.
    """
    chain = _chain(shown.certificate)
    key = _key(shown)
    if _public_key(chain[0]) != key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    ):
        raise unfit(WRONG_KEY)
    if now >= chain[0].not_valid_after_utc:
        raise unfit(EXPIRED)
    if now < chain[0].not_valid_before_utc:
        raise unfit(NOT_YET)
    # OpenSSL reads keys from files only: the key stands there encrypted, under a password of this moment.
    passing = secrets.token_hex(32)
    sealed = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passing.encode("ascii"))
    )
    handle, name = tempfile.mkstemp(prefix="avise-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed + b"".join(one.public_bytes(Encoding.PEM) for one in chain))
        context.load_cert_chain(name, password=passing)
    except (ssl.SSLError, OSError):
        raise unfit(UNREADABLE) from None
    finally:
        Path(name).unlink(missing_ok=True)
    return min(one.not_valid_after_utc for one in chain)


def unfit(detail: str) -> ConnectorError:
    """Return the error of a certificate that somebody must put right."""
    return ConnectorError(ErrorKind.CONFIG, detail, origin=Origin.HOST)


def _chain(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise unfit(UNREADABLE) from None


def _public_key(certificate: x509.Certificate) -> bytes:
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise unfit(UNREADABLE) from None


def _key(shown: Shown) -> PrivateKeyTypes:
    password = shown.password.encode() if shown.password else None
    try:
        return load_pem_private_key(shown.key, password)
    except TypeError:
        # A password that lacks, or one too many.
        raise unfit(WRONG_PASSWORD) from None
    except (ValueError, UnsupportedAlgorithm):
        raise unfit(WRONG_PASSWORD if shown.password else NO_KEY) from None
