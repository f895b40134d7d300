"""What keeps a server from being reached that somebody of the house can mend: certificates and proxies.

Each is a fixed word for support; the catalogue has its sentence under `transport.<word>`, which says what to
do. The texts of libraries and systems are dropped: they name hosts and addresses.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

PROXY_ACCOUNT = "proxy asks for an account"
PROXY_REFUSES = "proxy refuses"
PROXY_SILENT = "proxy not reached"
PROXY_UNFIT = "proxy carries web servers only"

_ACCOUNT_NEEDED = 407


class TunnelError(OSError):
    """A proxy did not lead to the server.

    Args:
        word: one of this module.
    """

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def proxy_refusal(status: int) -> str:
    """Return the word for what a proxy answered (RFC 9110, 9.3.6 and 15.5.8)."""
    return PROXY_ACCOUNT if status == _ACCOUNT_NEEDED else PROXY_REFUSES


def certificate_refused(error: ssl.SSLCertVerificationError) -> str:
    """Return the word for a certificate that was not accepted, with OpenSSL's number."""
    return f"certificate refused ({error.verify_code})"


def word_of(error: BaseException) -> str:
    """Return the word for what is behind an exception, "" when it is nothing of this module."""
    for cause in causes(error):
        if isinstance(cause, TunnelError):
            return cause.word
        if isinstance(cause, ssl.SSLCertVerificationError):
            return certificate_refused(cause)
    return ""


def key_of(word: str) -> str:
    """Return where the catalogue has the sentence of a word."""
    return f"transport.{word.replace(' ', '_')}"


def causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from an exception to what the operating system said, through exception groups too."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting += [current.__cause__, current.__context__]
