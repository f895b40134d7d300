"""The CalDAV connector as it ships."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from avise.connectors.caldav import connector as code
from avise.connectors.caldav.connector import CaldavConnector
from avise.connectors.contract import ConnectorError, ReadsFacets, UsesHttp
from avise.connectors.declarative.load import check_connector_file
from avise.connectors.endpoints import BasicSignIn
from avise.connectors.registry import admission
from avise.models.errors import ErrorKind


def test_the_file_beside_the_code_is_good() -> None:
    assert check_connector_file(Path(code.__file__).with_name("connector.toml")) == []


def test_it_is_admitted_as_it_ships() -> None:
    connector = CaldavConnector()
    assert admission(connector.manifest, connector) is None
    assert isinstance(connector, ReadsFacets)
    assert isinstance(connector, UsesHttp)


def test_its_address_and_account_come_from_the_configuration() -> None:
    endpoint = CaldavConnector().http_endpoint({"base_url": "https://agenda.example.org/", "user": "lecture"})
    assert endpoint.base_url == "https://agenda.example.org"
    assert endpoint.sign_in == BasicSignIn("lecture", "password")


def test_a_missing_address_is_a_matter_of_configuration() -> None:
    with pytest.raises(ConnectorError) as raised:
        CaldavConnector().http_endpoint({"user": "lecture"})
    assert raised.value.kind is ErrorKind.CONFIG


@pytest.mark.parametrize(
    "changed",
    [
        {"on_404": "whatever"},
        {"path": "rdv/"},
        {"past_days": -1},
        {"properties": {"contact": "X CONTACT"}},
        {"fields": {}, "unknown": 1},
    ],
)
def test_options_that_make_no_sense_are_refused(changed: dict[str, object]) -> None:
    shipped = CaldavConnector()
    facet = {
        "path": "/rdv/{customer.calendar.contact}/",
        "on_404": "empty",
        "fields": {"subject": "summary"},
        **changed,
    }
    with pytest.raises(ValidationError):
        CaldavConnector(shipped.manifest, {"facets": {"appointments": facet}})  # type: ignore[dict-item]  # wrong on purpose
