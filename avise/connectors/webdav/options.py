"""What a connector file says of a WebDAV store, in `[options]`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.values import RoutePath, Section, TimeZone
from avise.connectors.row_mapping import On404, RowMapping

_QUALIFIED = re.compile(r"\{[^{}\s]+\}[^{}\s:<>&\"']+")


def _qualified(text: str) -> str:
    if _QUALIFIED.fullmatch(text) is None:
        raise PydanticCustomError("invalid_value", "not a qualified name", {"value": text})
    return text


QualifiedName = Annotated[str, AfterValidator(_qualified)]
"""A property as "{namespace}name"."""


class WebdavFacet(RowMapping):
    """A facet read from the files of one folder.

    A row has `ref`, `name`, `title` (displayname), `size`, `media_type`, `modified` (ISO 8601), `etag`, and
    the properties named below.
    """

    path: RoutePath
    """Of the folder: "/dossiers/{customer.documents.folder}/"."""
    on_404: On404
    """No default: a store that has no folder yet and an unknown customer must not look alike."""
    properties: dict[str, QualifiedName] = Field(default_factory=dict)
    """Name used in expressions → property of the store."""


class WebdavOptions(Section):
    """The whole of `[options]`."""

    timezone: TimeZone = "Europe/Paris"
    check_path: RoutePath = "/"
    """A folder that always exists."""
    facets: dict[str, WebdavFacet] = Field(min_length=1)
