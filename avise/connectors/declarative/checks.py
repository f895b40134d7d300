"""Rules of a connector file that need more than one key: declared names, known fields, coherent codes.

They work on the raw document, so that these errors are reported together with those of the format;
what does not have the expected shape is passed over here, the format's own check tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from avise.connectors.contract import CONTRACT
from avise.connectors.declarative.fields_check import check_fields
from avise.connectors.declarative.placeholders import (
    CALL_NAMES,
    PlaceholderError,
    is_restricted,
    parse_template,
)
from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, closest

Document = Mapping[str, Any]

BIND = re.compile(r"(?<![:\w\\]):([A-Za-z_]\w*)(?!:)")
"""A bound parameter of a statement, as SQLAlchemy's `text` reads it."""

_CUSTOMER = "customer"
_SLOTS: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (("http", "base_url"), frozenset()),
    (("http", "headers", "*"), frozenset()),
    (("http", "auth", "user"), frozenset()),
    (("http", "auth", "token_url"), frozenset()),
    (("http", "auth", "client_id"), frozenset()),
    (("http", "auth", "issuer"), frozenset()),
    (("http", "auth", "authorization_url"), frozenset()),
    (("http", "auth", "device_url"), frozenset()),
    (("http", "auth", "certificate"), frozenset()),
    (("http", "auth", "key"), frozenset()),
    (("sql", "url"), frozenset()),
    (("sql", "tls_ca"), frozenset()),
    (("csv", "path"), frozenset()),
    (("csv", "folder"), frozenset()),
    (("sftp", "*"), frozenset()),
    (("check", "path"), frozenset()),
    (("check", "query", "*"), frozenset()),
    (("call_events", "path"), frozenset()),
    (("directory", "path"), frozenset({"cursor"})),
    (("directory", "query", "*"), frozenset({"cursor", "since"})),
    (("directory", "params", "*"), frozenset()),
    (("facet", "*", "path"), frozenset({_CUSTOMER})),
    (("facet", "*", "query", "*"), frozenset({_CUSTOMER})),
    (("facet", "*", "params", "*"), frozenset({_CUSTOMER})),
    (("facet", "*", "key"), frozenset({_CUSTOMER})),
    (("facet", "*", "key", "*"), frozenset({_CUSTOMER})),
    (("timeline", "*", "path"), frozenset({_CUSTOMER, "before"})),
    (("timeline", "*", "query", "*"), frozenset({_CUSTOMER, "before"})),
    (("timeline", "*", "params", "*"), frozenset({_CUSTOMER, "before"})),
    (("live", "*", "path"), frozenset({_CUSTOMER, "record"})),
    (("live", "*", "query", "*"), frozenset({_CUSTOMER, "record"})),
    (("live", "*", "params", "*"), frozenset({_CUSTOMER, "record"})),
    (("content", "*", "path"), frozenset({"ref"})),
    (("options", "path"), frozenset()),
    (("options", "check_path"), frozenset()),
    (("options", "server", "*"), frozenset()),
    (("options", "addresses"), frozenset({_CUSTOMER})),
    (("options", "session", "params", "*"), frozenset()),
    (("options", "session", "user"), frozenset()),
    (("options", "customer"), frozenset({_CUSTOMER})),
    (("options", "security", "user"), frozenset()),
    (("options", "wsdl_file"), frozenset()),
    (("options", "wsdl_path"), frozenset()),
    (("options", "check", "arguments", "*"), frozenset()),
    (("options", "check", "arguments", "*", "*"), frozenset()),
    (("options", "facets", "*", "arguments", "*"), frozenset({_CUSTOMER})),
    (("options", "facets", "*", "arguments", "*", "*"), frozenset({_CUSTOMER})),
    (("options", "check", "params", "*"), frozenset()),
    (("options", "facets", "*", "path"), frozenset({_CUSTOMER})),
    (("options", "facets", "*", "params", "*"), frozenset({_CUSTOMER})),
)
"""Where a template may stand, and what it may name besides `{config.…}`."""


def check_document(document: Document) -> Iterator[Finding]:
    """Yield what is wrong between keys."""
    yield from _contract(document)
    yield from _placeholders(document)
    yield from _needed_ids(document)
    yield from _secrets(document)
    yield from _addresses(document)
    yield from _statements(document)
    yield from _twice(document)
    yield from _pages(document)
    yield from check_fields(document)


def contract_fits(wanted: str) -> bool | None:
    """Tell whether this Avise's contract is in a range such as ">=1.0,<2"; None when it is no range."""
    for part in wanted.split(","):
        match = re.fullmatch(r"\s*(>=|<=|==|<|>)\s*(\d+)(?:\.(\d+))?\s*", part)
        if match is None:
            return None
        bound = (int(match[2]), int(match[3] or 0))
        inside = {
            ">=": bound <= CONTRACT,
            "<=": bound >= CONTRACT,
            "==": bound == CONTRACT,
            "<": bound > CONTRACT,
            ">": bound < CONTRACT,
        }[match[1]]
        if not inside:
            return False
    return True


def found(node: object, pattern: tuple[str, ...], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the values at a pattern of keys, where "*" is any key or index."""
    if not pattern:
        yield path, node
        return
    head, rest = pattern[0], pattern[1:]
    if isinstance(node, list):
        for index, item in enumerate(node):
            if head in {"*", str(index)}:
                yield from found(item, rest, (*path, index))
    elif isinstance(node, dict):
        for key in list(node) if head == "*" else [head] if head in node else []:
            yield from found(node[key], rest, (*path, key))


def _contract(document: Document) -> Iterator[Finding]:
    for path, wanted in found(document, ("connector", "contract")):
        if not isinstance(wanted, str):
            continue
        fits = contract_fits(wanted)
        ours = ".".join(str(part) for part in CONTRACT)
        if fits is None:
            yield Finding(path, "contract_form", {"value": wanted})
        elif not fits:
            yield Finding(path, "contract_range", {"value": wanted, "ours": ours})


# ---- placeholders ---------------------------------------------------------------------------------


def _placeholders(document: Document) -> Iterator[Finding]:
    for pattern, allowed in _SLOTS:
        for path, value in found(document, pattern):
            if isinstance(value, str):
                yield from check_template(document, path, value, allowed)


def check_template(
    document: Document, path: KeyPath, value: str, allowed: frozenset[str]
) -> Iterator[Finding]:
    """Yield what is wrong with the names of a template.

    Args:
        document: the file.
        path: where the template stands.
        value: the template.
        allowed: names that it may hold besides `{config.…}`; "customer" stands for every identifier.
    """
    try:
        names = parse_template(value).names
    except PlaceholderError:
        return  # told by the format's check
    for name in names:
        space, dot, rest = name.partition(".")
        if space == "config" and dot:
            yield from _config_name(document, path, rest)
        elif space == _CUSTOMER and dot and _CUSTOMER in allowed:
            yield from _scheme(document, path, rest)
        elif name not in allowed:
            yield _unknown_placeholder(path, name, allowed)


def _unknown_placeholder(path: KeyPath, name: str, allowed: frozenset[str]) -> Finding:
    namespace = name.partition(".")[0]
    if namespace == _CUSTOMER and "." in name:
        return Finding(path, "placeholder_no_customer", {"name": name})
    if name in CALL_NAMES:
        return Finding(path, "placeholder_elsewhere", {"name": name})
    choices = ["config", *sorted(allowed)]
    return Finding(path, "placeholder_unknown", {"name": name, "suggestion": closest(namespace, choices)})


def _config_name(document: Document, path: KeyPath, name: str) -> Iterator[Finding]:
    declared = _config(document)
    if name not in declared:
        yield Finding(path, "config_undeclared", {"name": name, "suggestion": closest(name, declared)})
    elif _type_of(declared[name]) == "secret":
        yield Finding(path, "placeholder_secret", {"name": name})


def _scheme(document: Document, path: KeyPath, scheme: str) -> Iterator[Finding]:
    if is_restricted(scheme):
        yield Finding(path, "restricted_in_request", {"name": scheme})
        return
    needed = _strings(document, ("connector", "needs_ids", "*"))
    # A text where a list is expected is told once, as that.
    needed |= _strings(document, ("connector", "needs_ids"))
    needed |= _strings(_at(document, path[:2]), ("needs_ids", "*"))
    if scheme not in needed:
        yield Finding(path, "scheme_undeclared", {"name": scheme, "suggestion": closest(scheme, needed)})


def _needed_ids(document: Document) -> Iterator[Finding]:
    for pattern in (
        ("connector", "needs_ids", "*"),
        ("facet", "*", "needs_ids", "*"),
        ("action", "*", "needs_ids", "*"),
    ):
        for path, scheme in found(document, pattern):
            if isinstance(scheme, str) and is_restricted(scheme):
                yield Finding(path, "restricted_in_request", {"name": scheme})


# ---- secrets, addresses ---------------------------------------------------------------------------


def _secrets(document: Document) -> Iterator[Finding]:
    declared = _config(document)
    for pattern in (
        ("http", "auth", "secret"),
        ("http", "auth", "password_secret"),
        ("sql", "password_secret"),
        ("sftp", "password_secret"),
        ("sftp", "key_secret"),
        ("sftp", "passphrase_secret"),
        ("options", "session", "secret"),
        ("options", "server", "secret"),
        ("options", "security", "secret"),
    ):
        for path, name in found(document, pattern):
            if not isinstance(name, str):
                continue
            if name not in declared:
                secrets = [key for key, section in declared.items() if _type_of(section) == "secret"]
                yield Finding(path, "secret_undeclared", {"name": name, "suggestion": closest(name, secrets)})
            elif _type_of(declared[name]) != "secret":
                yield Finding(path, "secret_type", {"name": name})


def _addresses(document: Document) -> Iterator[Finding]:
    for path, value in found(document, ("http", "base_url")):
        if isinstance(value, str) and not value.startswith(("{config.", "http://", "https://")):
            yield Finding(path, "base_url_scheme", {"value": value})
    for key in ("issuer", "authorization_url", "token_url", "device_url"):
        for path, value in found(document, ("http", "auth", key)):
            # A path stands on the tool's own host, which `base_url` names.
            if isinstance(value, str) and not value.startswith(("{config.", "/")) and not _protected(value):
                yield Finding(path, "sign_in_address", {"value": value})
    for path, value in found(document, ("sql", "url")):
        yield from _database_address(path, value)
    for name, section in _config(document).items():
        if _type_of(section) == "sqlalchemy_url" and "default" in section:
            yield from _database_address(("config", name, "default"), section["default"])


def _protected(address: str) -> bool:
    """Tell whether what is said to an address stays between us: https, or this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and here))


def _database_address(path: KeyPath, value: object) -> Iterator[Finding]:
    if not isinstance(value, str) or value.startswith("{config."):
        return
    key = database_address_problem(value)
    if key:
        yield Finding(path, key, {})


def database_address_problem(address: str) -> str:
    """Return what is wrong with a database address, as a key, "" when it may be used.

    A password in it would reach logs; SQLite is opened read-only by its own URI; no other engine is
    read than these three.
    """
    try:
        parts = urlsplit(address)
        password = parts.password
    except ValueError:
        return "url_unreadable"
    if password:
        return "url_password"
    if parts.scheme == "sqlite":
        return "" if "mode=ro" in parts.query.split("&") else "url_sqlite_read_only"
    if parts.scheme in {"mariadb+pymysql", "mysql+pymysql"}:
        # An option of the driver could read a local file, or trust any server.
        options = {option.partition("=")[0] for option in parts.query.split("&")} - {"", "unix_socket"}
        return "url_option" if options else ""
    return "" if parts.scheme == "postgresql+psycopg" else "url_engine"


# ---- statements, lists ----------------------------------------------------------------------------


def _statements(document: Document) -> Iterator[Finding]:
    if not isinstance(document.get("sql"), dict):
        return
    for pattern in (("facet", "*"), ("timeline", "*"), ("live", "*")):
        for path, section in found(document, pattern):
            if isinstance(section, dict) and isinstance(section.get("query"), str):
                yield from _statement(path, section)


def _statement(path: KeyPath, section: Mapping[str, Any]) -> Iterator[Finding]:
    statement = section["query"]
    if not statement.split(None, 1)[:1] or statement.split(None, 1)[0].lower() not in {"select", "with"}:
        yield Finding((*path, "query"), "not_a_select")
    bound = set(BIND.findall(statement))
    given = section.get("params", {})
    if not isinstance(given, dict):
        return
    for name in sorted(bound - set(given)):
        yield Finding((*path, "query"), "param_missing", {"name": name, "suggestion": closest(name, given)})
    for name in sorted(set(given) - bound):
        yield Finding(
            (*path, "params", name), "param_unused", {"name": name, "suggestion": closest(name, bound)}
        )


def _twice(document: Document) -> Iterator[Finding]:
    for pattern in (
        ("facet", "*", "id"),
        ("action", "*", "id"),
        ("live", "*", "field"),
        ("content", "*", "prefix"),
    ):
        seen: set[str] = set()
        for path, value in found(document, pattern):
            if isinstance(value, str) and value in seen:
                yield Finding(path, "twice", {"value": value})
            seen.add(str(value))
    offers = ("facet", "timeline", "directory", "live", "call_events", "content", "action")
    if "connector" in document and not any(document.get(name) for name in offers):
        yield Finding((), "offers_nothing")


def _pages(document: Document) -> Iterator[Finding]:
    for path, section in found(document, ("facet", "*")):
        if not isinstance(section, dict):
            continue
        paging = section.get("paging")
        paged = isinstance(paging, dict) and paging.get("type") != "none"
        if section.get("validator") == "etag" and paged:
            yield Finding((*path, "validator"), "etag_with_pages")
        keys = len(_one_or_many(section.get("key")))
        columns = len(_one_or_many(_at(document, ("csv", "key"))))
        if keys and columns and keys != columns:
            yield Finding((*path, "key"), "key_count", {"given": str(keys), "columns": str(columns)})


# ---- reading the raw document ---------------------------------------------------------------------


def _config(document: Document) -> dict[str, Any]:
    declared = document.get("config")
    return declared if isinstance(declared, dict) else {}


def _type_of(section: object) -> object:
    return section.get("type") if isinstance(section, dict) else None


def _one_or_many(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _at(node: object, path: KeyPath) -> object:
    """Return what is at a path without "*", None when it is not there."""
    pattern = tuple(str(part) for part in path)
    return next((value for _, value in found(node, pattern)), None)


def _strings(document: object, pattern: tuple[str, ...]) -> set[str]:
    return {value for _, value in found(document, pattern) if isinstance(value, str)}
