"""Placeholders of a connector file: `{customer.<scheme>}`, `{config.<name>}` and a few of the call.

A placeholder only names a declared value: no expression, no default, no nesting.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from avise.models.json_types import JSON

CALL_NAMES = ("cursor", "since", "before", "record", "ref")
"""Values of one call, each allowed in its own section: where the reading of the directory starts, or from
which change, the date before which exchanges are asked, the record of a restricted value, the reference of
a content."""

RESTRICTED = frozenset({"nir", "iban", "ins"})
"""Last part of a scheme that never leaves in a request (decision 4: not in an address, not in a query)."""


class PlaceholderError(ValueError):
    """The braces of a template cannot be read.

    Args:
        key: "placeholder_open", "placeholder_close", "placeholder_empty" or "placeholder_quoted".
    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders, cut into pieces.

    Args:
        literals: the fixed pieces, one more than there are names.
        names: what stands between them ("customer.parties.party", "config.base_url", "cursor").
    """

    literals: tuple[str, ...]
    names: tuple[str, ...]

    def fill(self, value_of: Callable[[str], str], *, encode: bool = False) -> str:
        """Replace each placeholder by its value.

        Args:
            value_of: gives the value of a name.
            encode: percent-encode each value whole ("/" included), for a part of a path.
        """
        pieces = [self.literals[0]]
        for name, literal in zip(self.names, self.literals[1:], strict=True):
            value = value_of(name)
            pieces.append(quote(value, safe="") if encode else value)
            pieces.append(literal)
        return "".join(pieces)

    def route(self) -> str:
        """Return the template with short names and no value: "/parties/{party}", as logs show it."""
        return self.fill(lambda name: "{" + name.rpartition(".")[2] + "}")


def parse_template(text: str) -> Template:
    """Cut a template into pieces.

    Raises:
        PlaceholderError: a brace is alone, or there is nothing between two.
    """
    literals: list[str] = []
    names: list[str] = []
    rest = text
    while "{" in rest:
        literal, _, rest = rest.partition("{")
        name, closed, rest = rest.partition("}")
        if not closed or "{" in name:
            raise PlaceholderError("placeholder_open")
        if not name.strip():
            raise PlaceholderError("placeholder_empty")
        literals.append(_without_closing(literal))
        names.append(name.strip())
    literals.append(_without_closing(rest))
    return Template(tuple(literals), tuple(names))


def route_of(path: str) -> str:
    """Return a path as logs and diagnostics may show it: without the values."""
    return parse_template(path).route()


def parse_condition(text: str) -> Template:
    """Cut a JMESPath condition into pieces; the quotes around a placeholder go with it.

    What is put in is a JMESPath literal (`literal_of`), so that no value can change the expression.

    Raises:
        PlaceholderError: a brace is alone, there is nothing between two, or a placeholder is a part of a
            quoted text.
    """
    template = parse_template(text)
    literals = list(template.literals)
    for index in range(len(template.names)):
        before, after = literals[index], literals[index + 1]
        if before.endswith("'") and after.startswith("'"):
            literals[index], literals[index + 1] = before[:-1], after[1:]
        if literals[index].count("'") % 2:
            raise PlaceholderError("placeholder_quoted")
    return Template(tuple(literals), template.names)


def literal_of(value: JSON) -> str:
    """Return a value as a JMESPath literal."""
    return "`" + json.dumps(value).replace("`", "\\u0060") + "`"


def _without_closing(literal: str) -> str:
    if "}" in literal:
        raise PlaceholderError("placeholder_close")
    return literal


def is_restricted(scheme: str) -> bool:
    """Tell whether a scheme names a number that must never be in a request."""
    return scheme.rpartition(".")[2].lower() in RESTRICTED
