"""Reads documents over WebDAV: one folder a customer, one file a document (see README.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from urllib.parse import quote

from avise.connectors.batch_pieces import read_batch
from avise.connectors.contract import (
    Batch,
    CallContext,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    HttpReply,
    Manifest,
    Record,
)
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.placeholders import parse_template
from avise.connectors.multistatus import XML_HEADERS, read_multistatus, refuse_sign_in_page
from avise.connectors.row_mapping import RowMapper, absent, row_mappers
from avise.connectors.shipped import HttpFileLedConnector
from avise.connectors.webdav.folder import propfind_body, read_folder
from avise.connectors.webdav.options import WebdavFacet, WebdavOptions
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

PIECE = 1024 * 1024
"""Bytes asked at a time, so that a large document comes within a deadline that starts anew each time."""


class WebdavConnector(HttpFileLedConnector[WebdavOptions]):
    """A document store."""

    options_model = WebdavOptions
    code = __file__

    def __init__(self, manifest: Manifest | None = None, options: Mapping[str, JSON] | None = None) -> None:
        super().__init__(manifest, options)
        self._mappers = row_mappers(self._options.facets, self._options.timezone, id_from="ref")

    async def check(self, ctx: CallContext) -> HealthReport:
        """List the properties of a folder that always exists.

        Raises:
            ConnectorError: the store cannot be read.
        """
        path = CallValues({}, self._config).path(self._options.check_path)
        reply = await _propfind(ctx, path, {}, depth="0", template=self._options.check_path)
        read_multistatus(reply)
        return HealthReport(Health.OK, source_version=reply.headers.get("server", "")[:80])

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the files of the customer's folder in one batch.

        Raises:
            ConnectorError: NOT_FOUND for an unknown folder unless the file says that it is an empty one;
                BAD_DATA for an answer that is not about it.
        """
        facet = self._facet(query.facet)
        path = CallValues({}, self._config, query.customer.ids).path(facet.path)
        route = parse_template(facet.path).route()
        reply = await _propfind(ctx, path, facet.properties, template=route)
        if reply.status == HTTPStatus.NOT_FOUND:
            yield absent(facet.on_404)
            return
        mapper = self._mappers[query.facet]
        yield await read_batch(
            ctx, query.facet, _folder_batch, reply, path, facet.properties, mapper, query.limit
        )

    async def content(self, ref: str, ctx: CallContext) -> AsyncIterator[bytes]:
        """Yield a document by pieces of 1 MiB.

        Args:
            ref: identifier of a record of this connector.
            ctx: lent by the host.

        Raises:
            ConnectorError: INVALID for a reference that is not one of ours, NOT_FOUND for a document that
                is gone, BAD_DATA for one that changed while it was read.
        """
        path = self._content_path(ref)
        offset, whole, etag = 0, 0, ""
        while True:
            headers = {"Accept": "*/*", "Range": f"bytes={offset}-{offset + PIECE - 1}"}
            reply = await ctx.http.request(
                "GET", path, headers=headers, accept_status={416}, template="/{document}"
            )
            if reply.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                if offset < whole:
                    raise ConnectorError(ErrorKind.BAD_DATA, "the document ends before its length")
                return  # the document is empty, or ended with the piece before
            refuse_sign_in_page(reply)
            _refuse_change(etag, reply, offset)
            etag = reply.headers.get("etag", "")
            if reply.body:
                yield reply.body
            offset += len(reply.body)
            whole = _whole_length(reply, offset)
            if reply.status != HTTPStatus.PARTIAL_CONTENT or offset >= whole:
                return

    def _facet(self, name: str) -> WebdavFacet:
        facet = self._options.facets.get(name)
        if facet is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        return facet

    def _content_path(self, ref: str) -> str:
        """Return the path of a document; only what lies in the folders of our facets is one."""
        parts = ref.split("/")
        roots = [parse_template(facet.path).literals[0] for facet in self._options.facets.values()]
        ours = ref.startswith("/") and any(ref.startswith(root) for root in roots)
        if not ours or {"", ".", ".."} & set(parts[1:]) or "\x00" in ref:
            raise ConnectorError(ErrorKind.INVALID, "no document of this store", origin=Origin.HOST)
        return quote(ref)


def _folder_batch(
    reply: HttpReply, path: str, properties: Mapping[str, str], mapper: RowMapper, limit: int
) -> Batch[Record]:
    folder = read_folder(reply, path, properties)
    return mapper.batch(
        folder.files,
        limit,
        answer=folder.own,
        unreadable=folder.unreadable,
        truncated_because=folder.truncated_because,
    )


async def _propfind(
    ctx: CallContext,
    path: str,
    properties: Mapping[str, str],
    *,
    template: str,
    depth: str = "1",
) -> HttpReply:
    return await ctx.http.request(
        "PROPFIND",
        path,
        content=propfind_body(properties),
        headers={**XML_HEADERS, "Depth": depth},
        accept_status={HTTPStatus.NOT_FOUND},
        template=template,
    )


def _refuse_change(etag: str, reply: HttpReply, offset: int) -> None:
    restarted = offset and reply.status != HTTPStatus.PARTIAL_CONTENT
    if restarted or (etag and reply.headers.get("etag", "") != etag):
        raise ConnectorError(ErrorKind.BAD_DATA, "the document changed while it was read")


def _whole_length(reply: HttpReply, read: int) -> int:
    """Return the length told by "Content-Range: bytes 0-9/120"; what is read when it is not told."""
    told = reply.headers.get("content-range", "").rpartition("/")[2]
    return int(told) if told.isascii() and told.isdigit() else read
