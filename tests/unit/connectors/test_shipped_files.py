"""The files beside Avise's own Python connectors: what `avise connector check` says, and their admission."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from avise.connectors.caldav.connector import CaldavConnector
from avise.connectors.contract import (
    Connector,
    FetchesContent,
    ListsInteractions,
    PublishesDirectory,
    ReadsFacets,
    UsesHttp,
    UsesServer,
)
from avise.connectors.declarative.load import check_connector_file
from avise.connectors.imap.connector import ImapConnector
from avise.connectors.jsonrpc.connector import JsonrpcConnector
from avise.connectors.registry import admission
from avise.connectors.soap.connector import SoapConnector
from avise.connectors.trytond.connector import TrytondConnector
from avise.connectors.webdav.connector import WebdavConnector
from tests.unit.connectors.shipped_files import file_of

OFFERED: dict[Callable[[], Connector], tuple[str, Sequence[type]]] = {
    CaldavConnector: ("caldav", (ReadsFacets, UsesHttp)),
    ImapConnector: ("imap", (ListsInteractions, FetchesContent, UsesServer)),
    JsonrpcConnector: ("jsonrpc", (ReadsFacets, UsesHttp)),
    SoapConnector: ("soap", (ReadsFacets, UsesHttp)),
    TrytondConnector: ("trytond", (ReadsFacets, PublishesDirectory, UsesHttp)),
    WebdavConnector: ("webdav", (ReadsFacets, FetchesContent, UsesHttp)),
}


@pytest.mark.parametrize("room", [room for room, _ in OFFERED.values()])
def test_the_file_beside_the_code_is_good(room: str) -> None:
    assert check_connector_file(file_of(room)) == []


@pytest.mark.parametrize("made", OFFERED, ids=[room for room, _ in OFFERED.values()])
def test_it_is_admitted_as_it_ships(made: Callable[[], Connector]) -> None:
    connector = made()
    assert admission(connector.manifest, connector) is None
    assert [offer for offer in OFFERED[made][1] if not isinstance(connector, offer)] == []


def test_a_mailbox_is_not_reached_by_http() -> None:
    assert not isinstance(ImapConnector(), UsesHttp)
