"""A profile: the folder that holds everything of one desk on one machine.

    settings.toml        who works here, the site, the instances of connectors and their values
    connectors/*.toml    connectors written as files
    store.db, …          the encrypted store, made by Avise

`settings.toml` is written by IT (or by `avise demo`); Avise reads it and never changes it.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from avise.models.errors import AviseError
from avise.models.roles import Role, Session

SETTINGS_NAME = "settings.toml"
CONNECTORS_FOLDER = "connectors"
STORE_NAME = "store.db"
DIRECTORY_NAME = "directory.db"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UserSection(_Strict):
    """Who works at this desk."""

    login: str
    name: str
    role: Role = Role.AGENT


class KeySection(_Strict):
    """Where the store's key is (decision 16)."""

    source: str = "keyring"
    file: str = ""


class InstanceSection(_Strict):
    """One tool: which connector reads it, with which values."""

    connector: str
    enabled: bool = True
    config: Mapping[str, str | int | bool] = {}


class SettingsFile(_Strict):
    """Content of `settings.toml`."""

    synthetic: bool = False
    site_namespace: uuid.UUID
    identity_master: str
    directory: str = "portfolio"
    """hub, portfolio or full (decision 15)."""
    user: UserSection
    key: KeySection = KeySection()
    instances: Mapping[str, InstanceSection] = {}


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
    def connectors_folder(self) -> Path:
        """Return where the connectors written as files are."""
        return self.folder / CONNECTORS_FOLDER

    def session(self) -> Session:
        """Return the session of the person who works here."""
        user = self.settings.user
        return Session(user=user.login, display_name=user.name, role=user.role, device=self.device)


def load_profile(folder: Path, device: str) -> Profile:
    """Read a profile.

    Raises:
        AviseError: `profile.missing`, `profile.syntax` or `profile.invalid`, each saying where.
    """
    path = folder / SETTINGS_NAME
    try:
        content = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise AviseError("profile.missing", folder=str(folder)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AviseError("profile.unreadable", file=str(path), why=type(error).__name__) from None
    try:
        settings = SettingsFile.model_validate(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise AviseError("profile.syntax", file=str(path), where=str(error)) from None
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])} ({problem['type']})"
            for problem in error.errors(include_input=False)
        )
        raise AviseError("profile.invalid", file=str(path), where=where) from None
    return Profile(folder, settings, device)
