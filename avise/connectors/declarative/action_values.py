"""What placeholders stand for in an action: the command's input, its precondition, its identifier."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from avise.connectors.action_contract import ActionCommand
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.instance import Config, Declared
from avise.connectors.declarative.placeholders import literal_of, parse_condition, parse_template
from avise.models.json_types import JSON

COMMAND_NAMES = ("command_id", "requested_at", "requested_on", "requested_by")
"""The command's own identifier, the moment and the day (in the connector's zone) at which it was asked, and
by whom."""


class ActionValues:
    """The values of one command.

    Args:
        declared: the file's `[config]`.
        config: values of the instance.
        command: checked by the host.
        zone: of the tool's dates.
    """

    def __init__(self, declared: Declared, config: Config, command: ActionCommand, zone: ZoneInfo) -> None:
        moment = command.requested_at.astimezone(zone)
        self._typed: dict[str, JSON] = {
            "command_id": command.command_id,
            "requested_at": moment.isoformat(timespec="seconds"),
            "requested_on": moment.date().isoformat(),
            "requested_by": command.requested_by,
            **{f"input.{name}": value for name, value in command.input.items()},
            **{f"precondition.{name}": value for name, value in command.precondition.items() if value},
        }
        self._command = command
        self._declared, self._config = declared, config

    def _texts(self, reference: str = "") -> CallValues:
        call = {name: _text(value) for name, value in self._typed.items()}
        return CallValues(
            self._declared, self._config, self._command.customer.ids, {**call, "reference": reference}
        )

    @property
    def input(self) -> Mapping[str, JSON]:
        """The agent's values, by name."""
        return self._command.input

    def text(self, template: str) -> str:
        """Return a template filled; what was not given is ""."""
        return self._texts().text(template)

    def path(self, template: str, reference: str = "") -> str:
        """Return a path filled, each value percent-encoded.

        Raises:
            ConnectorError: INVALID for a value that would lead to another place.
        """
        return self._texts(reference).path(template)

    def texts(self, templates: Mapping[str, str]) -> dict[str, str]:
        """Return parameters or headers filled; one that is a single value and has none is left out."""
        filled = {key: self.text(template) for key, template in templates.items()}
        return {key: value for key, value in filled.items() if value or not _alone(templates[key])}

    def body(self, value: JSON) -> JSON:
        """Return JSON filled; a text that is a placeholder alone takes the value with its type.

        A key whose value is an input that was not given is left out.
        """
        if isinstance(value, str):
            alone = _alone(value)
            return self._typed[alone] if alone in self._typed else self.text(value)
        if isinstance(value, dict):
            return {key: self.body(item) for key, item in value.items() if not self._lacks(item)}
        if isinstance(value, list):
            return [self.body(item) for item in value if not self._lacks(item)]
        return value

    def condition(self, template: str) -> str:
        """Return a JMESPath condition with the command's values as literals."""
        return parse_condition(template).fill(lambda name: literal_of(self._literal(name)))

    def _literal(self, name: str) -> JSON:
        return self._typed[name] if name in self._typed else self._texts().value(name) or None

    def _lacks(self, value: JSON) -> bool:
        alone = _alone(value) if isinstance(value, str) else ""
        return alone.startswith(("input.", "precondition.")) and alone not in self._typed


def _alone(template: str) -> str:
    """Return the name of a template that is one placeholder and nothing else, "" otherwise."""
    parsed = parse_template(template)
    return parsed.names[0] if parsed.literals == ("", "") else ""


def _text(value: JSON) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
