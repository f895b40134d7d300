"""Write the profile of a demonstration: what the engine reads to find the simulated tools."""

from __future__ import annotations

import json
import shutil
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from avise.connectors.kit.levels import result_path
from avise.demo.launcher import DemoTools, write_private
from avise.demo.news import write_news
from avise.demo.own_tables import own_instances, own_secrets, read_before
from avise.demo.population.spec import WorldSpec
from avise.models.customer import PersonId, person_id
from avise.resources import resource_folder

SETTINGS_FILE = "settings.toml"
SECRETS_FILE = "demo-secrets.toml"
"""Read instead of the keyring, only for a profile marked synthetic."""

CONNECTORS_FOLDER = "connectors"
IDENTITY_MASTER = "parties"
"""Instance whose keys give the people of the demonstration their identifiers."""


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Who sits at the desk."""

    login: str = "lea.girard"
    name: str = "Léa Girard"
    role: str = "agent"
    team: str = "PLATEAU_NANTES"


@dataclass(frozen=True, slots=True)
class DemoHub:
    """How a desk of the demonstration reaches the hub: a file of this machine, or a server.

    Args:
        file: of the embedded hub, "" for a server.
        url: of the server.
        password: with which its user signs in, by itself: nobody types it in a demonstration.
    """

    file: str = ""
    url: str = ""
    password: str = ""


def site_namespace(spec: WorldSpec) -> uuid.UUID:
    """Return the namespace of the identifiers of a world's people.

    People have the same identifiers in the tools whatever the day and the size of the world: drafts and
    notes of yesterday's demonstration find them again today.
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:avise:demo:{spec.seed}:{spec.version}")


def demo_person(namespace: uuid.UUID, party: str) -> PersonId:
    """Return the identifier that every desk of the demonstration gives a person.

    Args:
        namespace: see `site_namespace`.
        party: the person's key in the parties tool.
    """
    return person_id(namespace, IDENTITY_MASTER, party)


def write_profile(
    profile_dir: Path,
    tools: DemoTools,
    user: DemoUser | None = None,
    mail_port: int = 0,
    hub: DemoHub | None = None,
) -> None:
    """Write the settings, the connector files, the team's news and the secrets of the running tools.

    What else the folder holds (the store, its key) is left alone, and so are instances that somebody added.

    Args:
        profile_dir: created when missing.
        tools: running.
        user: an agent by default.
        mail_port: of the loopback mail server; 0 for a desk that sends no e-mail.
        hub: that carries requests; None for a desk without a middle office.
    """
    connectors = profile_dir / CONNECTORS_FOLDER
    connectors.mkdir(parents=True, exist_ok=True)
    for name in instances_of(tools):
        shipped = resource_folder(CONNECTORS_FOLDER) / "demo" / f"{name}.toml"
        shutil.copyfile(shipped, connectors / shipped.name)
        if (result := result_path(shipped)).is_file():
            shutil.copyfile(result, connectors / result.name)
    write_news(profile_dir, tools.spec.as_of)
    kept = dict(instance_secrets(tools))
    if hub is not None and hub.password:
        kept["hub", "password"] = hub.password
    ours = {shipped.stem for shipped in (resource_folder(CONNECTORS_FOLDER) / "demo").glob("*.toml")}
    added = own_secrets(read_before(profile_dir / SECRETS_FILE), {*ours, "hub"})
    write_private(profile_dir / SECRETS_FILE, f"{secrets_text(kept)}\n{added}".rstrip() + "\n")
    added = own_instances(read_before(profile_dir / SETTINGS_FILE), ours)
    settings = settings_text(tools, user or DemoUser(), mail_port, hub)
    write_private(profile_dir / SETTINGS_FILE, f"{settings}\n{added}".rstrip() + "\n")


def renew_profile(profile_dir: Path, tools: DemoTools, mail_port: int = 0) -> bool:
    """Have a desk of an earlier start reach the tools that run now; return whether there is one.

    Tools take other ports and other secrets at each start: a desk that nobody sits at this time would
    find both refused. Its user and its hub stay.
    """
    try:
        kept = tomllib.loads((profile_dir / SETTINGS_FILE).read_text("utf-8"))
        secrets = tomllib.loads((profile_dir / SECRETS_FILE).read_text("utf-8"))
        user, hub = kept["user"], kept.get("hub")
        written = DemoUser(user["login"], user["name"], user["role"], hub["team"] if hub else "")
        password = secrets.get("hub", {}).get("password", "")
        way = DemoHub(hub.get("file", ""), hub.get("url", ""), password) if hub else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Not a desk of a demonstration, or one that was changed by hand: left as it is.
        return False
    write_profile(profile_dir, tools, written, mail_port, way)
    return True


def settings_text(tools: DemoTools, user: DemoUser, mail_port: int = 0, hub: DemoHub | None = None) -> str:
    """Return the content of `settings.toml`."""
    lines = [
        "synthetic = true",
        f"site_namespace = {_quoted(str(site_namespace(tools.spec)))}",
        f"identity_master = {_quoted(IDENTITY_MASTER)}",
        'directory = "portfolio"',
        *_table("user", {"login": user.login, "name": user.name, "role": user.role}),
        *_table("key", {"source": "demo"}),
        *_messages(mail_port),
        *_hub(hub, user.team),
        *_offline(user),
    ]
    for instance, config in instances_of(tools).items():
        lines += _table(f"instances.{instance}", {"connector": instance})
        lines += _table(f"instances.{instance}.config", config)
    return "\n".join(lines) + "\n"


def _hub(hub: DemoHub | None, team: str) -> list[str]:
    if hub is None:
        return []
    where = {"mode": "remote", "url": hub.url} if hub.url else {"mode": "embedded", "file": hub.file}
    return _table("hub", {**where, "team": team})


def _offline(user: DemoUser) -> list[str]:
    """Return what the desk may carry: a representative's is a laptop."""
    if user.role != "rep":
        return []
    return [*_table("offline", {"pin": "optional"}), "allowed = true"]


def _messages(mail_port: int) -> list[str]:
    """Return how the desk writes to members: everything stays on this machine."""
    lines = _table("messages", {"mutual": "Mutuelle de démonstration", "spool": "to-send"})
    lines.append('postal_address = ["12 rue des Écoles", "44000 Nantes"]')
    if mail_port:
        lines += [
            'sender = "contact@mutuelle.invalid"',
            'smtp_host = "127.0.0.1"',
            f"smtp_port = {mail_port}",
        ]
        lines.append('smtp_security = "none"')
    return lines


def instances_of(tools: DemoTools) -> Mapping[str, Mapping[str, str]]:
    """Return the configuration of each instance; the server of appointments keeps staff's diaries too."""
    found = dict(tools.settings())
    if _CALENDARS in found:
        found[_DIARIES] = found[_CALENDARS]
    return found


def instance_secrets(tools: DemoTools) -> Mapping[tuple[str, str], str]:
    """Return the secrets of each instance, by (instance, field)."""
    kept = dict(tools.secrets())
    diaries = {(_DIARIES, name): value for (tool, name), value in kept.items() if tool == _CALENDARS}
    return {**kept, **diaries}


_CALENDARS, _DIARIES = "appointments", "agenda"


def secrets_text(values: Mapping[tuple[str, str], str]) -> str:
    """Return the content of `demo-secrets.toml`: one table an instance."""
    by_instance: dict[str, dict[str, str]] = {}
    for (instance, name), value in values.items():
        by_instance.setdefault(instance, {})[name] = value
    lines = [line for instance, table in by_instance.items() for line in _table(instance, table)]
    return "\n".join(lines) + "\n"


def _table(name: str, values: Mapping[str, str]) -> list[str]:
    return ["", f"[{name}]", *(f"{key} = {_quoted(value)}" for key, value in values.items())]


def _quoted(value: str) -> str:
    """Write a TOML basic string; its escapes are those of JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
