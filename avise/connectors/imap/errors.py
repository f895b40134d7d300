"""What an IMAP server's refusals and the library's exceptions mean, without their texts.

The texts hold addresses, folder names and pieces of letters: only the response codes of RFC 5530 are read.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from avise.connectors.contract import ConnectorError
from avise.connectors.transport_errors import proxy_error
from avise.models.errors import ErrorKind
from avise.transport.faults import TunnelError, certificate_refused

_CODE = re.compile(r"\[([A-Z-]+)[\] ]")

_MEANINGS: Mapping[str, ErrorKind] = {
    "UNAVAILABLE": ErrorKind.UNAVAILABLE,
    "SERVERBUG": ErrorKind.UNAVAILABLE,
    "INUSE": ErrorKind.UNAVAILABLE,
    "CONTACTADMIN": ErrorKind.UNAVAILABLE,
    "LIMIT": ErrorKind.RATE_LIMITED,
    "AUTHENTICATIONFAILED": ErrorKind.AUTH,
    "AUTHORIZATIONFAILED": ErrorKind.AUTH,
    "EXPIRED": ErrorKind.AUTH,
    "NOPERM": ErrorKind.FORBIDDEN,
    "PRIVACYREQUIRED": ErrorKind.CONFIG,
    "NONEXISTENT": ErrorKind.CONFIG,
    "CORRUPTION": ErrorKind.BAD_DATA,
}
"""Response codes (RFC 5530, section 3) that say more than a plain NO."""

_NO_IMAP = ("unexpected", "unterminated")
"""Words by which the library says that it could not read an answer."""


def refusal(text: object, otherwise: ErrorKind, detail: str) -> ConnectorError:
    """Return the error of a command that the server refused.

    Args:
        text: what the server said; only its response code is read.
        otherwise: what the refusal means without a code.
        detail: a word for support.
    """
    code = _CODE.search(text if isinstance(text, str) else str(text))
    kind = _MEANINGS.get(code[1]) if code else None
    return ConnectorError(kind or otherwise, detail, source_code=code[1] if code and kind else "")


@contextmanager
def told(otherwise: ErrorKind, detail: str) -> Iterator[None]:
    """Turn what the library raises into the closed list.

    Args:
        otherwise: what a refusal without a response code means.
        detail: a word for support on that refusal.

    Raises:
        ConnectorError: for every error of the connection, of the protocol and of the server.
    """
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ConnectorError(ErrorKind.CONFIG, certificate_refused(error)) from None
    except ssl.SSLError:
        raise ConnectorError(ErrorKind.UNAVAILABLE, "no secure connection") from None
    except TunnelError as error:
        raise proxy_error(error.word) from None
    except TimeoutError:
        raise ConnectorError(ErrorKind.TIMEOUT, "no answer in time") from None
    except OSError:
        raise ConnectorError(ErrorKind.UNAVAILABLE, "no connection") from None
    except imaplib.IMAP4.abort as error:
        raise _broken(str(error)) from None
    except (imaplib.IMAP4.error, UnexpectedCommandStatusError) as error:
        raise refusal(_said(error), otherwise, detail) from None
    except (ImapToolsError, ValueError, LookupError, AttributeError, TypeError):
        raise ConnectorError(ErrorKind.BAD_DATA, "no IMAP answer") from None


def _said(error: Exception) -> str:
    return str(getattr(error, "command_result", error))


def _broken(text: str) -> ConnectorError:
    """Tell a connection that broke from an answer that is no IMAP; the library says both by "abort"."""
    if any(words in text for words in _NO_IMAP):
        return ConnectorError(ErrorKind.BAD_DATA, "no IMAP answer")
    return refusal(text, ErrorKind.UNAVAILABLE, "connection broken")
