"""The content of a profile's `settings.toml`, checked key by key.

Read before the first paint of the window: written by hand because a schema library costs a third of
the time that the start may take. Connector files, which are read later, have a schema.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from avise.models.roles import Role


@dataclass(frozen=True, slots=True)
class UserSection:
    """Who works at this desk."""

    login: str
    name: str
    role: Role = Role.AGENT


@dataclass(frozen=True, slots=True)
class KeySection:
    """Where the store's key is (decision 16)."""

    source: str = "keyring"
    file: str = ""


@dataclass(frozen=True, slots=True)
class InstanceSection:
    """One tool: which connector reads it, with which values."""

    connector: str
    enabled: bool = True
    config: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """Content of `settings.toml`."""

    site_namespace: uuid.UUID
    identity_master: str
    user: UserSection
    synthetic: bool = False
    directory: str = "portfolio"
    """hub, portfolio or full (decision 15)."""
    key: KeySection = KeySection()
    instances: Mapping[str, InstanceSection] = field(default_factory=dict)


class SettingsError(ValueError):
    """The file does not say what it should.

    Args:
        problems: "user.login (missing)"…, one a mistake; they name keys, never values.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class _Flaw(StrEnum):
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    BAD_VALUE = "bad_value"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class _Table:
    """A table of the file; what is asked of it is checked, what nobody asked for is a mistake."""

    values: Mapping[str, object]
    path: str
    problems: list[str]
    asked: set[str] = field(default_factory=set)

    def note(self, key: str, flaw: _Flaw) -> None:
        """Keep a mistake."""
        self.problems.append(f"{self.path}{key} ({flaw})")

    def _value(self, key: str, default: object) -> object:
        self.asked.add(key)
        if key not in self.values and default is None:
            self.note(key, _Flaw.MISSING)
        return self.values.get(key, default)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; needed when there is no default."""
        value = self._value(key, default)
        if isinstance(value, str):
            return value
        if value is not None:
            self.note(key, _Flaw.WRONG_TYPE)
        return ""

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            self.note(key, _Flaw.WRONG_TYPE)
        return value is True

    def table(self, key: str, *, needed: bool = False) -> _Table:
        """Return a table inside this one, an empty one when it is not there."""
        value = self._value(key, None if needed else {})
        if value is not None and not isinstance(value, Mapping):
            self.note(key, _Flaw.WRONG_TYPE)
        inside = value if isinstance(value, Mapping) else {}
        return _Table(inside, f"{self.path}{key}.", self.problems)

    def end(self) -> None:
        """Tell the keys that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                self.note(key, _Flaw.UNKNOWN)


def read_settings(document: Mapping[str, object]) -> SettingsFile:
    """Check what a `settings.toml` holds.

    Raises:
        SettingsError: every mistake at once.
    """
    problems: list[str] = []
    root = _Table(document, "", problems)
    user, key, instances = root.table("user", needed=True), root.table("key"), root.table("instances")
    settings = SettingsFile(
        site_namespace=_namespace(root),
        identity_master=root.text("identity_master"),
        user=UserSection(user.text("login"), user.text("name"), _role(user)),
        synthetic=root.flag("synthetic", default=False),
        directory=root.text("directory", "portfolio"),
        key=KeySection(key.text("source", "keyring"), key.text("file", "")),
        instances={name: _instance(instances.table(name)) for name in instances.values},
    )
    for table in (root, user, key):
        table.end()
    if problems:
        raise SettingsError(problems)
    return settings


def _namespace(root: _Table) -> uuid.UUID:
    said = root.text("site_namespace")
    try:
        return uuid.UUID(said)
    except ValueError:
        if said:
            root.note("site_namespace", _Flaw.BAD_VALUE)
        return uuid.UUID(int=0)


def _role(user: _Table) -> Role:
    said = user.text("role", Role.AGENT)
    if said in set(Role):
        return Role(said)
    user.note("role", _Flaw.BAD_VALUE)
    return Role.AGENT


def _instance(table: _Table) -> InstanceSection:
    config = table.table("config")
    values: dict[str, str | int | bool] = {}
    for key, value in config.values.items():
        if isinstance(value, str | int):
            values[key] = value
        else:
            config.note(key, _Flaw.WRONG_TYPE)
    section = InstanceSection(table.text("connector"), table.flag("enabled", default=True), values)
    table.end()
    return section
