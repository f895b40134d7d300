"""The values that placeholders take in one call: the customer's identifiers, the configuration, the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.instance import Config, Declared, config_value
from avise.connectors.declarative.placeholders import CALL_NAMES, parse_template
from avise.models.errors import ErrorKind, Origin

_NOT_IN_A_PATH = frozenset({"", ".", ".."})
"""Values that would lead to another place of the tool."""


@dataclass(frozen=True, slots=True)
class CallValues:
    """What placeholders stand for.

    Args:
        declared: the file's `[config]`.
        config: values of the instance.
        ids: identifiers of the customer, by scheme.
        call: values of this call ("cursor", "before", "record", "ref"); one may be "".
    """

    declared: Declared
    config: Config
    ids: Mapping[str, str] = field(default_factory=dict)
    call: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return the value of a placeholder.

        Raises:
            ConnectorError: CONFIG for a value that nobody filled, UNSUPPORTED for an identifier that
                the customer has not.
        """
        space, _, rest = name.partition(".")
        if space == "config":
            return config_value(rest, self.declared, self.config)
        if space == "customer":
            value = self.ids.get(rest, "")
            if not value:
                raise ConnectorError(ErrorKind.UNSUPPORTED, f"no identifier {rest}", origin=Origin.HOST)
            return value
        return self.call.get(name, "")

    def text(self, template: str) -> str:
        """Return a template filled, as it is."""
        return parse_template(template).fill(self.value)

    def path(self, template: str) -> str:
        """Return a path filled, each value percent-encoded.

        Raises:
            ConnectorError: INVALID for a value that would lead to another place ("", ".", "..").
        """
        return parse_template(template).fill(self._path_value, encode=True)

    def _path_value(self, name: str) -> str:
        value = self.value(name)
        if value in _NOT_IN_A_PATH:
            raise ConnectorError(ErrorKind.INVALID, "a value that cannot be in a path", origin=Origin.HOST)
        return value

    def query(self, templates: Mapping[str, str]) -> dict[str, str]:
        """Return parameters filled; one that is a single value of the call and has none is left out."""
        filled = {}
        for key, template in templates.items():
            value = self.text(template)
            alone = template.strip()[1:-1].strip()
            if value or alone not in CALL_NAMES:
                filled[key] = value
        return filled
