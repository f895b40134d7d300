"""The certificates that this machine trusts: the system's, and those of the house's own file.

There is no way to trust everybody: a context made here always verifies names and chains.
"""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

import truststore

from avise.models.errors import AviseError

SYSTEM_VERIFIES = sys.platform in {"win32", "darwin"}
"""There, the system's own verifier knows what IT distributes; elsewhere its store is files that OpenSSL reads
once. The library would read them at every connection: 21 ms of the loop's thread instead of none."""

BUNDLES = (
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
    Path("/etc/ssl/ca-bundle.pem"),
    Path("/etc/ssl/cert.pem"),
)
"""Where systems keep their store, for an OpenSSL that was built on another one (the packaged program)."""


def trusting(*ca_files: str) -> ssl.SSLContext:
    """Return a context that verifies by the system's store, and by files of the house; blocks for 20 ms.

    Args:
        ca_files: certificates in PEM, besides the system's; "" adds none.

    Raises:
        AviseError: `transport.ca_file`: it cannot be read, or holds no certificate.
    """
    context = _by_system() if SYSTEM_VERIFIES else _by_files()
    for ca_file in filter(None, ca_files):
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError):
            # An ssl.SSLError is an OSError too: no certificate in the file.
            raise AviseError("transport.ca_file", file=ca_file) from None
    return context


def _by_system() -> ssl.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _by_files() -> ssl.SSLContext:
    context = ssl.create_default_context()
    found = ssl.get_default_verify_paths()
    if context.cert_store_stats()["x509_ca"] == 0 and not found.capath:
        for bundle in BUNDLES:
            if bundle.is_file():
                context.load_verify_locations(cafile=bundle)
                break
    return context
