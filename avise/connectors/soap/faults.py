"""What a fault of a SOAP service means; its sentence is shown where it may be, and never logged."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree
from zeep.exceptions import Fault

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.rows import search
from avise.connectors.sentences import shown_sentence
from avise.models.errors import ErrorKind, Origin

_MAY_SPEAK = frozenset({ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT})
_KINDS: Mapping[str, ErrorKind] = {
    "Client": ErrorKind.BUG,
    "Sender": ErrorKind.BUG,
    "VersionMismatch": ErrorKind.BUG,
    "MustUnderstand": ErrorKind.BUG,
    "DataEncodingUnknown": ErrorKind.BUG,
    "Server": ErrorKind.UNAVAILABLE,
    "Receiver": ErrorKind.UNAVAILABLE,
    "FailedAuthentication": ErrorKind.AUTH,
    "InvalidSecurity": ErrorKind.AUTH,
    "InvalidSecurityToken": ErrorKind.AUTH,
    "SecurityTokenUnavailable": ErrorKind.AUTH,
}
"""Codes of SOAP 1.1 (4.4.1) and 1.2 (5.4.6), and of WS-Security (12), without their prefixes."""

_SAFE_CODE = re.compile(r"[A-Za-z0-9._:-]{1,40}")
_DEEPEST = 8


def fault_error(fault: Fault, where: str, meanings: Mapping[str, ErrorKind]) -> ConnectorError:
    """Return what a fault means.

    Args:
        fault: as the service told it.
        where: the expression that finds its code.
        meanings: what the codes of this service mean; they win over those of the protocol.
    """
    told = _plain(fault)
    found = search(where, told)
    code = str(found) if isinstance(found, str | int) else ""
    kind = meanings.get(code) or meanings.get(_bare(code)) or _standard(told)
    ours = kind is ErrorKind.BUG
    return ConnectorError(
        kind,
        "fault",
        origin=Origin.CONNECTOR if ours else Origin.SOURCE,
        source_code=code if _SAFE_CODE.fullmatch(code) else "",
        user_message=shown_sentence(str(told["message"])) if kind in _MAY_SPEAK else "",
    )


def _plain(fault: Fault) -> dict[str, object]:
    subcodes = [name.localname for name in fault.subcodes or ()]
    return {
        "code": fault.code or "",
        "subcodes": subcodes,
        "message": fault.message or "",
        "actor": fault.actor or "",
        "detail": _tree(fault.detail, 0) if etree.iselement(fault.detail) else None,
    }


def _tree(element: etree._Element, depth: int) -> object:
    """Return an element as text, or as a table of its children by local name."""
    children = list(element.iterchildren(tag=etree.Element))
    if not children or depth >= _DEEPEST:
        return (element.text or "").strip()
    return {etree.QName(child).localname: _tree(child, depth + 1) for child in children}


def _standard(told: Mapping[str, object]) -> ErrorKind:
    subcodes = told["subcodes"]
    names = [*(subcodes if isinstance(subcodes, list) else []), _bare(str(told["code"]))]
    # SOAP 1.1 lets a service add its own words: "Client.Authentication".
    kinds = [_KINDS.get(name) or _KINDS.get(name.partition(".")[0]) for name in names]
    return next((kind for kind in kinds if kind is not None), ErrorKind.REJECTED)


def _bare(code: str) -> str:
    return code.rpartition(":")[2]
