"""The codes that the tools write and the connector files read back."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from avise.connectors.declarative.load import check_connector_file
from avise.demo.tools import codes
from avise.models.facet_specs import FACETS
from avise.models.interaction import Channel, Direction
from avise.resources import resource_folder
from tests.servers.tools_a.world import OURS

WRITTEN: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("identity", "title"): codes.TITLES,
    ("identity", "vital_status"): codes.VITAL_STATUS,
    ("identity", "protection"): codes.PROTECTION,
    ("identity", "accessibility"): codes.ACCESSIBILITY,
    ("identity", "rights_status"): codes.RIGHTS_STATUS,
    ("identity", "authorized_scope"): codes.MANDATE_SCOPES,
    ("employees", "kind"): codes.CONTRACT_KINDS,
    ("employees", "status"): codes.CONTRACT_STATUS,
    ("contact_points", "kind"): codes.CONTACT_KINDS,
    ("contact_points", "status"): codes.CONTACT_STATUS,
    ("contracts", "kind"): codes.CONTRACT_KINDS,
    ("contracts", "status"): codes.CONTRACT_STATUS,
    ("guarantees", "category"): codes.CATEGORIES,
    ("rights", "edition"): codes.CARD_EDITIONS,
    ("rights", "status"): codes.CARD_STATUS,
    ("beneficiaries", "relation"): codes.RELATIONS,
    ("beneficiaries", "awaited_document"): codes.AWAITED_DOCUMENTS,
    ("consents", "purpose"): codes.CONSENT_PURPOSES,
    ("consents", "channel"): codes.CONSENT_CHANNELS,
    ("consents", "state"): codes.CONSENT_STATES,
    ("company", "declaration_state"): codes.DECLARATION_STATES,
    ("benefits", "category"): codes.CATEGORIES,
    ("benefits", "paid_to"): codes.PAID_TO,
    ("benefits", "status"): codes.LINE_STATUS,
    ("authorizations", "kind"): codes.AUTHORIZATION_KINDS,
    ("authorizations", "status"): codes.AUTHORIZATION_STATUS,
    ("contributions", "status"): codes.CONTRIBUTION_STATUS,
    ("contributions", "method"): codes.CONTRIBUTION_METHODS,
    ("contributions", "stage"): codes.ARREARS_STAGES,
    ("bank", "usage"): codes.ACCOUNT_USAGES,
    ("bank", "status"): codes.ACCOUNT_STATUS,
    ("bank", "holder_check"): codes.HOLDER_CHECKS,
    ("member_space", "account"): codes.SPACE_ACCOUNTS,
    ("member_space", "notifications"): codes.NOTIFICATIONS,
}


def _document(tool: str) -> dict[str, Any]:
    return tomllib.loads((resource_folder("connectors") / "demo" / f"{tool}.toml").read_text("utf-8"))


def _read_back() -> Iterator[tuple[tuple[str, str], Mapping[str, str]]]:
    for tool in OURS:
        for facet in _document(tool).get("facet", ()):
            for name, rule in facet["fields"].items():
                if isinstance(rule, dict) and "map" in rule:
                    yield (facet["id"], name), {ours: theirs for theirs, ours in rule["map"].items()}


READ = dict(_read_back())


@pytest.mark.parametrize("tool", OURS)
def test_the_connector_file_is_good(tool: str) -> None:
    assert check_connector_file(resource_folder("connectors") / "demo" / f"{tool}.toml") == []


@pytest.mark.parametrize("field", WRITTEN, ids=".".join)
def test_every_canonical_code_has_one_code_of_the_tool(field: tuple[str, str]) -> None:
    facet, name = field
    assert set(WRITTEN[field]) == set(FACETS[facet].field(name).values)
    assert len(set(WRITTEN[field].values())) == len(WRITTEN[field])


@pytest.mark.parametrize("field", WRITTEN, ids=".".join)
def test_the_connector_file_reads_what_the_tool_writes(field: tuple[str, str]) -> None:
    told = {ours: theirs for ours, theirs in WRITTEN[field].items() if theirs}
    assert READ[field] == told


def test_the_timeline_reads_what_the_tool_writes() -> None:
    exchanges = _document("relation")["timeline"][0]["fields"]
    assert {ours: theirs for theirs, ours in exchanges["channel"]["map"].items()} == codes.EXCHANGE_CHANNELS
    assert set(codes.EXCHANGE_CHANNELS) == {channel.value for channel in Channel}
    assert {
        ours: theirs for theirs, ours in exchanges["direction"]["map"].items()
    } == codes.EXCHANGE_DIRECTIONS
    assert set(codes.EXCHANGE_DIRECTIONS) == {direction.value for direction in Direction}
    assert {ours: theirs for theirs, ours in exchanges["status"]["map"].items()} == codes.EXCHANGE_STATUS


def test_the_directory_reads_what_the_tool_writes() -> None:
    fields = _document("parties")["directory"]["fields"]
    assert {ours: theirs for theirs, ours in fields["kind"]["map"].items()} == codes.PARTY_KINDS
    assert {ours: theirs for theirs, ours in fields["relation"]["map"].items()} == codes.RELATIONS
    assert {ours: theirs for theirs, ours in fields["title"]["map"].items()} == codes.TITLES
