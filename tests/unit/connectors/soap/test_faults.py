"""What faults mean, whatever a service puts in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from zeep.exceptions import Fault

from avise.connectors.soap.faults import fault_error
from avise.models.errors import ErrorKind, Origin

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=60)


def fault(code: str | None, message: str = "", detail: etree._Element | None = None) -> Fault:
    return Fault(message, code=code, detail=detail)  # type: ignore[no-untyped-call]  # the library has no types


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("s:Client", ErrorKind.BUG),
        ("soap:Client.Authentication", ErrorKind.BUG),
        ("Server", ErrorKind.UNAVAILABLE),
        ("e:Receiver", ErrorKind.UNAVAILABLE),
        ("wsse:FailedAuthentication", ErrorKind.AUTH),
        ("ADH-012", ErrorKind.REJECTED),
        (None, ErrorKind.REJECTED),
    ],
)
def test_the_codes_of_the_protocol_are_known(code: str | None, kind: ErrorKind) -> None:
    assert fault_error(fault(code), "code", {}).kind is kind


@pytest.mark.parametrize("rule", ["s:Server.Unknown", "Server.Unknown"])
def test_a_rule_of_the_file_wins(rule: str) -> None:
    error = fault_error(fault("s:Server.Unknown"), "code", {rule: ErrorKind.NOT_FOUND})
    assert (error.kind, error.source_code) == (ErrorKind.NOT_FOUND, "s:Server.Unknown")


def test_a_code_may_be_deep_in_the_detail() -> None:
    detail = etree.fromstring("<detail><e xmlns='urn:x'><code> ADH-404 </code><m>Marchand</m></e></detail>")
    error = fault_error(fault("Server", detail=detail), "detail.e.code", {"ADH-404": ErrorKind.NOT_FOUND})
    assert (error.kind, error.source_code) == (ErrorKind.NOT_FOUND, "ADH-404")


@given(WORDS, WORDS, st.sampled_from(ErrorKind))
def test_words_of_a_service_are_in_no_text_of_an_error(code: str, message: str, kind: ErrorKind) -> None:
    error = fault_error(fault(code, f"Marchand {message}"), "code", {code: kind})
    assert error.kind is kind
    assert "Marchand" not in f"{error}{error.detail}{error.source_code}"
    assert (error.user_message == "") == (
        kind not in {ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT}
    )
    assert len(error.source_code) <= 40
    assert (error.origin is Origin.CONNECTOR) == (kind is ErrorKind.BUG)
