"""How a description's request comes by pages: what its parameters and its answer betray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from avise.connectors.openapi.operations import Operation, Parameter
from avise.connectors.openapi.shapes import Answer, Property

_CURSOR_PARAMS = frozenset(
    {"cursor", "curseur", "after", "startingafter", "pagetoken", "nexttoken", "continuationtoken", "marker"}
)
_CURSOR_KEYS = frozenset(
    {"nextcursor", "nextpagetoken", "nexttoken", "curseursuivant", "continuationtoken", "endcursor", "next"}
)
_NEXT_KEYS = frozenset({"next", "nexturl", "nextlink", "suivant", "suivante", "pagesuivante", "nextpage"})
_PAGE_PARAMS = frozenset({"page", "pagenumber", "numpage", "numeropage", "nopage", "p", "pg"})
_OFFSET_PARAMS = frozenset({"offset", "skip", "start", "debut", "decalage", "from"})
_SIZE_PARAMS = frozenset(
    {
        "size",
        "pagesize",
        "limit",
        "perpage",
        "taille",
        "taillepage",
        "nbparpage",
        "count",
        "max",
        "maxresults",
        "nb",
        "nombre",
        "lot",
    }
)
_USUAL_SIZE = 100


@dataclass(frozen=True, slots=True)
class PagingGuess:
    """The paging proposed for a request."""

    section: Mapping[str, str | int]
    """Keys of `paging`."""
    likeness: int
    reason: str
    """Catalogue key."""
    params: frozenset[str] = frozenset()
    """Parameters that paging fills: they are not asked otherwise."""


def guess_paging(operation: Operation, answer: Answer) -> PagingGuess:
    """Return how the next page is asked for, `none` when nothing tells of pages."""
    queries = {_bare(one.name): one for one in operation.in_place("query")}
    cursor = _first(queries, _CURSOR_PARAMS)
    mark = _key(answer.around, _CURSOR_KEYS, address=False)
    if cursor is not None and mark is not None:
        section: dict[str, str | int] = {"type": "cursor", "at": mark.expression, "param": cursor.name}
        return PagingGuess(section, 90, "connector_new.paging.cursor", frozenset({cursor.name}))
    following = _key(answer.around, _NEXT_KEYS, address=True)
    if following is not None:
        sure = 90 if following.format in {"uri", "url", "uri-reference"} or "href" in following.path else 70
        return PagingGuess(
            {"type": "next_url", "at": following.expression}, sure, "connector_new.paging.next_url"
        )
    if "link" in operation.headers:
        return PagingGuess({"type": "link_header"}, 80, "connector_new.paging.link_header")
    return _by_count(queries, answer)


def _by_count(queries: Mapping[str, Parameter], answer: Answer) -> PagingGuess:
    size = _first(queries, _SIZE_PARAMS)
    for params, kind in ((_PAGE_PARAMS, "page"), (_OFFSET_PARAMS, "offset")):
        param = _first(queries, params)
        if param is None or not answer.is_list or param.type not in ("integer", "number", ""):
            continue
        section: dict[str, str | int] = {"type": kind, "param": param.name}
        if kind == "page":
            section["start"] = 0 if "0" in (param.default, str(param.minimum)) else 1
        section["size"] = _size(size)
        if size is not None:
            section["size_param"] = size.name
        used = frozenset(one.name for one in (param, size) if one is not None)
        return PagingGuess(section, 80 if size is not None else 60, f"connector_new.paging.{kind}", used)
    return PagingGuess({"type": "none"}, 60 if answer.is_list else 95, "connector_new.paging.none")


def _size(param: Parameter | None) -> int:
    if param is None:
        return _USUAL_SIZE
    told = param.maximum or (int(param.default) if param.default.isdigit() else 0) or _USUAL_SIZE
    return max(1, min(told, 500))


def _first(queries: Mapping[str, Parameter], names: frozenset[str]) -> Parameter | None:
    return next((one for name, one in queries.items() if name in names), None)


def _key(properties: Sequence[Property], names: frozenset[str], *, address: bool) -> Property | None:
    """Return the property that says where the next page is."""
    for one in properties:
        name = _bare(one.name)
        holder = _bare(one.path[-2]) if len(one.path) > 1 else ""
        if one.type not in ("", "string") and not (name in names and not address):
            continue
        if (
            name in names
            or (name == "href" and holder in names)
            or (f"{holder}{name}" in names and bool(holder))
        ):
            return one
    return None


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
