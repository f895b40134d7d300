"""The settings that staff may change: one typed declaration each; an undeclared one is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from avise.models.errors import AviseError
from avise.store.store import Store
from avise.store.tables import setting as table

LONGEST = 2000
"""Characters of a setting without a list of choices."""

_KEYS = r"[a-z_]+:[A-Za-z0-9+,=-]+"
_PLACE = r"[0-9x+,-]+:-?[0-9]+,-?[0-9]+,[0-9]+,[0-9]+"
"""A set of screens, then where the window of a detached session stood on it."""
_WIDTH = r"\d+x\d+:[a-z]+:\d+=\d+"


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting. Label: catalogue key `setting.<name>`; help: `setting.<name>.help`."""

    name: str
    default: str
    choices: tuple[str, ...] = ()
    """Values allowed, in the order of the page."""
    pattern: re.Pattern[str] | None = None
    """Form of the values of a setting that has no list of choices."""

    def allows(self, value: str) -> bool:
        """Say whether a value may be kept."""
        if self.pattern is not None:
            return len(value) <= LONGEST and self.pattern.fullmatch(value) is not None
        return value in self.choices


_DECLARED = (
    SettingSpec("theme", "system", ("system", "light", "dark")),
    SettingSpec("language", "fr", ("fr", "en")),
    SettingSpec("zoom", "100", ("80", "90", "100", "110", "125", "150", "175", "200")),
    SettingSpec("density", "compact", ("compact", "standard")),
    SettingSpec("reduce_motion", "system", ("system", "on")),
    SettingSpec("idle_minutes", "10", ("5", "10", "15")),
    SettingSpec("wrap_up_seconds", "45", ("30", "45", "60", "90")),
    SettingSpec("sounds", "on", ("on", "off")),
    SettingSpec("shortcuts", "", pattern=re.compile(rf"(?:{_KEYS}(?:;{_KEYS})*)?")),
    SettingSpec("lock_pin", "", pattern=re.compile(r"(?:scrypt:[0-9]+:[0-9a-f]{32}:[0-9a-f]{64})?")),
    SettingSpec("lock_errors", "0", pattern=re.compile(r"[0-9]{1,2}")),
    SettingSpec("detached", "", pattern=re.compile(rf"(?:{_PLACE}(?:;{_PLACE})*)?")),
    SettingSpec("panes", "", pattern=re.compile(rf"(?:{_WIDTH}(?:;{_WIDTH})*)?")),
    SettingSpec("ongoing_verifications", "", pattern=re.compile(r"(?:\{.*\})?")),
)

SETTINGS: Mapping[str, SettingSpec] = {spec.name: spec for spec in _DECLARED}
"""Every setting, in the order of the page."""


class UnknownSettingError(AviseError):
    """The program asked for a setting that nobody declared."""


class InvalidSettingError(AviseError):
    """The value is not one that the setting allows."""


def declared(name: str) -> SettingSpec:
    """Return a setting's declaration.

    Raises:
        UnknownSettingError: nobody declared it.
    """
    if name not in SETTINGS:
        raise UnknownSettingError("setting.unknown", name=name)
    return SETTINGS[name]


class Settings:
    """Reads and changes one person's settings.

    Args:
        store: where they are kept.
        login: whose they are.
    """

    def __init__(self, store: Store, login: str) -> None:
        self._store = store
        self._login = login

    async def setting(self, name: str) -> str:
        """Return a setting; its default when nobody changed it, or when its value is no more allowed."""
        spec = declared(name)
        statement = select(table.c.value).where(table.c.login == self._login, table.c.name == name)
        found = await self._store.read(lambda connection: connection.scalar(statement))
        return found if found is not None and spec.allows(found) else spec.default

    async def change(self, name: str, value: str) -> None:
        """Change a setting.

        Raises:
            InvalidSettingError: the value is not one that is allowed.
        """
        if not declared(name).allows(value):
            raise InvalidSettingError("setting.invalid", name=name)

        def change(connection: Connection) -> None:
            connection.execute(delete(table).where(table.c.login == self._login, table.c.name == name))
            connection.execute(insert(table).values(login=self._login, name=name, value=value))

        await self._store.write(change)
