from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.multistatus import read_multistatus
from avise.connectors.webdav.connector import WebdavConnector
from avise.connectors.webdav.folder import Folder, propfind_body, read_folder
from avise.models.errors import ErrorKind

CANARY = "Trévallec-canari"
URL = "http://127.0.0.1:8080/ged/dossiers/D1/"
PROPERTIES = {"titre": "{urn:x}titre"}


def reply(body: str | bytes, *, status: int = 207, content_type: str = "application/xml") -> HttpReply:
    content = body if isinstance(body, bytes) else body.encode()
    return HttpReply(status, {}, content, content_type, "utf-8", URL)


def response(href: str, *, collection: bool = False, properties: str = "", status: str = "") -> str:
    kind = "<d:resourcetype><d:collection/></d:resourcetype>" if collection else "<d:resourcetype/>"
    if status:
        return f"<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 {status}</d:status></d:response>"
    found = f"<d:prop>{kind}{properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status>"
    return f"<d:response><d:href>{href}</d:href><d:propstat>{found}</d:propstat></d:response>"


OWN = response("/ged/dossiers/D1/", collection=True)


def multistatus(*responses: str) -> HttpReply:
    return reply(f"<d:multistatus xmlns:d='DAV:' xmlns:x='urn:x'>{''.join(responses)}</d:multistatus>")


def folder(*responses: str) -> Folder:
    return read_folder(multistatus(*responses), "/dossiers/D1/", PROPERTIES)


def failure(answer: HttpReply) -> ErrorKind:
    with pytest.raises(ConnectorError) as raised:
        read_folder(answer, "/dossiers/D1/", PROPERTIES)
    assert CANARY not in f"{raised.value}{raised.value.__cause__}{raised.value.__context__}"
    return raised.value.kind


def test_a_file_is_described_by_the_standard_and_by_the_store_s_own_properties() -> None:
    properties = (
        "<d:getcontentlength>12</d:getcontentlength>"
        "<d:getcontenttype>Text/Plain; charset=utf-8</d:getcontenttype>"
        "<d:getlastmodified>Tue, 24 Mar 2026 09:44:00 GMT</d:getlastmodified>"
        "<x:titre>Hélène &amp; Cie</x:titre>"
    )
    (row,) = folder(OWN, response("/ged/dossiers/D1/a%20%C3%A9.txt", properties=properties)).files
    assert row == {
        "ref": "/dossiers/D1/a é.txt",
        "name": "a é.txt",
        "title": "",
        "size": "12",
        "media_type": "text/plain",
        "modified": "2026-03-24T09:44:00+00:00",
        "etag": "",
        "titre": "Hélène & Cie",
    }


def test_a_property_that_the_store_has_not_is_an_empty_text() -> None:
    missing = (
        "<d:response><d:href>/ged/dossiers/D1/a</d:href><d:propstat><d:prop><d:resourcetype/></d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><x:titre>no</x:titre></d:prop>"
        "<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
    )
    assert folder(OWN, missing).files[0]["titre"] == ""


def test_absolute_addresses_are_the_same_as_paths() -> None:
    absolute = response("http://elsewhere.invalid/ged/dossiers/D1/", collection=True)
    assert folder(absolute).files == ()


def test_a_folder_alone_is_empty() -> None:
    assert folder(OWN) == Folder(folder(OWN).own, (), 0, "")


def test_folders_inside_and_files_that_went_away_are_left_out() -> None:
    found = folder(
        OWN,
        response("/ged/dossiers/D1/old/", collection=True),
        response("/ged/dossiers/D1/gone", status="404 Not Found"),
    )
    assert (found.files, found.unreadable) == ((), 0)


def test_a_file_that_the_store_cannot_describe_is_counted() -> None:
    assert folder(OWN, response("/ged/dossiers/D1/a", status="500 Broken")).unreadable == 1


def test_a_store_that_lists_a_part_says_so() -> None:
    cut = response("/ged/dossiers/D1/", status="507 Insufficient Storage")
    assert folder(OWN, response("/ged/dossiers/D1/a"), cut).truncated_because == "source_limit"


@pytest.mark.parametrize(
    "href",
    [
        "/ged/dossiers/D2/a.pdf",
        "/ged/dossiers/D1/sub/a.pdf",
        "/ged/dossiers/D1/../D2/a.pdf",
        "/ged/dossiers/D1/%2e%2e",
        "/ged/dossiers/D12",
        "/etc/passwd",
    ],
)
def test_a_file_of_elsewhere_makes_the_answer_unreadable(href: str) -> None:
    assert failure(multistatus(OWN, response(href))) is ErrorKind.BAD_DATA


def test_an_answer_without_the_folder_itself_is_no_empty_folder() -> None:
    assert failure(multistatus()) is ErrorKind.BAD_DATA
    assert failure(multistatus(response("/ged/dossiers/D1/"))) is ErrorKind.BAD_DATA


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not XML " + CANARY.encode(),
        f"<d:multistatus xmlns:d='DAV:'><d:response>{CANARY}".encode(),
        f"<html>{CANARY}</html>".encode(),
        f"<multistatus><response>{CANARY}</response></multistatus>".encode(),
        f"<d:multistatus xmlns:d='DAV:'><d:response>{CANARY}</d:response></d:multistatus>".encode(),
        b"<?xml version='1.0' encoding='utf-8'?><a>\xe9</a>",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        b"<!DOCTYPE m><d:multistatus xmlns:d='DAV:'/>",
    ],
)
def test_what_is_no_multistatus_is_unreadable_and_quoted_nowhere(body: bytes) -> None:
    assert failure(reply(body)) is ErrorKind.BAD_DATA


def test_a_success_of_another_status_is_unreadable() -> None:
    assert failure(reply("<d:multistatus xmlns:d='DAV:'/>", status=200)) is ErrorKind.BAD_DATA


def test_a_sign_in_page_asks_to_sign_in_and_another_page_is_unreadable() -> None:
    page = "<html><form><input type='password'></form></html>"
    assert failure(reply(page, status=200, content_type="text/html")) is ErrorKind.AUTH
    assert failure(reply("<html>Panne</html>", status=200, content_type="text/html")) is ErrorKind.BAD_DATA


def test_a_property_is_asked_once_by_its_qualified_name() -> None:
    body = propfind_body({"titre": "{urn:x}titre", "again": "{urn:x}titre"})
    assert body.count(b"titre") == 1
    assert b'xmlns:ns0="urn:x"' in body


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    """No other exception comes out, and an answer without responses is never mistaken for a folder."""
    with contextlib.suppress(ConnectorError):
        assert read_multistatus(reply(body)) == []


def test_the_file_beside_the_code_serves_an_instance_that_has_no_file() -> None:
    connector = WebdavConnector()
    assert connector.manifest.id == "webdav"
    assert [offer.facet for offer in connector.manifest.facets] == ["documents"]
    endpoint = connector.http_endpoint({"base_url": "http://127.0.0.1:1/ged/", "user": "lecture"})
    assert endpoint.base_url == "http://127.0.0.1:1/ged"
