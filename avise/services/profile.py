"""A profile: the folder that holds everything of one desk on one machine.

    settings.toml        who works here, the site, the instances of connectors and their values
    connectors/*.toml    connectors written as files
    wheels/              connectors published as wheels, installed by IT
    store.db, …          the encrypted store, made by Avise

`settings.toml` is written by IT (or by `avise demo`); Avise reads it and never changes it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.services.settings_file import SettingsError, SettingsFile, read_settings

SETTINGS_NAME = "settings.toml"
CONNECTORS_FOLDER = "connectors"
WHEELS_FOLDER = "wheels"
STORE_NAME = "store.db"
DIRECTORY_NAME = "directory.db"
PORTFOLIO_NAME = "portfolio.db"
WIPE_MARK = "wipe.json"
"""Somebody asked for the profile to be erased. IT takes it away before the machine serves again."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that was read and understood."""

    folder: Path
    settings: SettingsFile
    device: str

    @property
    def store_path(self) -> Path:
        """Return where the encrypted store is."""
        return self.folder / STORE_NAME

    @property
    def directory_path(self) -> Path:
        """Return where the search directory is."""
        return self.folder / DIRECTORY_NAME

    @property
    def portfolio_path(self) -> Path:
        """Return where the search directory of a laptop is, under the key of what is on board."""
        return self.folder / PORTFOLIO_NAME

    @property
    def wipe_path(self) -> Path:
        """Return where the mark of an erasing is, or would be."""
        return self.folder / WIPE_MARK

    @property
    def connectors_folder(self) -> Path:
        """Return where the connectors written as files are."""
        return self.folder / CONNECTORS_FOLDER

    @property
    def wheels_folder(self) -> Path:
        """Return where IT installs connectors that are published as wheels."""
        return self.folder / WHEELS_FOLDER

    @property
    def portfolio_of(self) -> str:
        """Return whose customers the search directory is limited to; "" where it is not (decision 15)."""
        settings = self.settings
        limited = settings.offline.allowed and settings.directory in ("hub", "portfolio")
        return settings.user.login if limited else ""

    def session(self) -> Session:
        """Return the session of the person who works here."""
        user = self.settings.user
        return Session(user=user.login, display_name=user.name, role=user.role, device=self.device)


def load_profile(folder: Path, device: str) -> Profile:
    """Read a profile.

    Raises:
        AviseError: `profile.missing`, `profile.not_a_folder`, `profile.unreadable`, `profile.syntax` or
            `profile.invalid`, each saying where.
    """
    path = folder / SETTINGS_NAME
    try:
        content = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise AviseError("profile.missing", folder=str(folder)) from None
    except NotADirectoryError:
        raise AviseError("profile.not_a_folder", folder=str(folder)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AviseError("profile.unreadable", file=str(path), why=type(error).__name__) from None
    try:
        settings = read_settings(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise AviseError("profile.syntax", file=str(path), where=str(error)) from None
    except SettingsError as error:
        raise AviseError("profile.invalid", file=str(path), where="; ".join(error.problems)) from None
    return Profile(folder, settings, device)
