"""No way leads to a server that is not verified: neither a setting, nor a line of our code."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest

import avise
from avise.connectors import client_certificate
from avise.connectors.transport_errors import NOT_ACCEPTED
from avise.texts import set_language, text
from avise.transport import trust
from avise.transport.faults import PROXY_ACCOUNT, PROXY_REFUSES, PROXY_SILENT, PROXY_UNFIT, key_of

CODE = Path(avise.__file__).parent
OFF = re.compile(
    r"verify\s*=\s*False|CERT_NONE|CERT_OPTIONAL|check_hostname\s*=\s*False|_create_unverified|known_hosts\s*=\s*None"
)
"""What switches verification off in the libraries that are used here."""


def test_no_line_of_the_program_switches_verification_off() -> None:
    found = [
        f"{path.relative_to(CODE)}: {line.strip()}"
        for path in sorted(CODE.rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if OFF.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "AsyncClient(verify=False)",
        "context.verify_mode = ssl.CERT_NONE",
        "context.check_hostname = False",
    ],
)
def test_such_a_line_would_be_found(line: str) -> None:
    assert OFF.search(line) is not None


@pytest.mark.parametrize("by_system", [False, True])
def test_a_context_verifies_names_and_chains(monkeypatch: pytest.MonkeyPatch, *, by_system: bool) -> None:
    monkeypatch.setattr(trust, "SYSTEM_VERIFIES", by_system)
    context = trust.trusting()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    "word",
    [
        client_certificate.UNREADABLE,
        client_certificate.NO_KEY,
        client_certificate.WRONG_PASSWORD,
        client_certificate.WRONG_KEY,
        client_certificate.EXPIRED,
        client_certificate.NOT_YET,
        NOT_ACCEPTED,
        PROXY_ACCOUNT,
        PROXY_REFUSES,
        PROXY_SILENT,
        PROXY_UNFIT,
        "certificate refused (9)",
        "certificate refused (10)",
        "certificate refused (18)",
        "certificate refused (19)",
        "certificate refused (20)",
        "certificate refused (21)",
        "certificate refused (62)",
        "certificate refused (64)",
    ],
)
def test_each_word_for_support_has_its_sentence(word: str) -> None:
    key = key_of(word)
    for language in ("en", "fr"):
        set_language(language)
        assert text(key, source="Prestations") != key
