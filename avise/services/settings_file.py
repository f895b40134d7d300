"""The content of a profile's `settings.toml`, checked key by key.

Read before the first paint of the window: written by hand because a schema library costs a third of
the time that the start may take. Connector files, which are read later, have a schema.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

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
    proxy: str = ""
    """Instead of the house's: an address, or "none"."""


class MailSecurity(StrEnum):
    """How the mail server is reached."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """In clear: only for a server on this machine."""


@dataclass(frozen=True, slots=True)
class MessagesSection:
    """How messages to members leave; a channel without its way is not offered."""

    mutual: str = ""
    """The name that signs."""
    sender: str = ""
    """The address that e-mails come from."""
    postal_address: tuple[str, ...] = ()
    """Lines at the head of letters, the name excepted."""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_user: str = ""
    """"" for a server that asks nobody's name; the password is the sealed secret `smtp_password`."""
    spool: str = ""
    """Folder where text messages and letters are left for those who send them; within the profile
    unless it is absolute."""


class CallWith(StrEnum):
    """What the telephone of a workstation answers to."""

    TEL = "tel"
    CALLTO = "callto"
    SIP = "sip"
    NOTHING = ""
    """There is none: numbers are copied."""


@dataclass(frozen=True, slots=True)
class DeskSection:
    """What the site decides for every desk."""

    idle_minutes_at_most: int = 15
    """Staff choose 5, 10 or 15 minutes, never more than this."""
    ignore_lock_code: bool = False
    """A code was forgotten: the desk opens without it, until a new one is set and this is taken away."""
    data_quality: str = ""
    """Login of whoever gets reports of wrong data; "" leaves each with its author."""
    call_with: CallWith = CallWith.TEL
    """Addresses by which the window asks for a number to be called."""


class HubMode(StrEnum):
    """Where the hub is."""

    NONE = "none"
    """There is no middle office here."""
    EMBEDDED = "embedded"
    """A file of this machine, for its one system user (decision 25)."""
    REMOTE = "remote"
    """A server, reached by HTTPS."""


class HubSignIn(StrEnum):
    """How people sign in at a remote hub."""

    LOCAL = "local"
    """With a password of the hub's own."""
    OIDC = "oidc"
    """At the company's identity provider."""


@dataclass(frozen=True, slots=True)
class HubSection:
    """The hub that carries requests to the middle office."""

    mode: HubMode = HubMode.NONE
    file: str = "hub/hub.db"
    """Of an embedded hub; within the profile unless it is absolute. Several profiles may name the same."""
    url: str = ""
    """Of a remote hub."""
    sign_in: HubSignIn = HubSignIn.LOCAL
    issuer: str = ""
    """Address of the identity provider."""
    application: str = ""
    """Name of Avise at that provider."""
    team: str = ""
    """Team that this desk's requests come from; "" for the first that the hub gives its user."""


class PinRule(StrEnum):
    """Whether a PIN protects what a laptop carries."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class OfflineSection:
    """What a workstation may carry away from the network."""

    allowed: bool = False
    lease_days: int = 7
    """How long the key of what is on board lives without the hub."""
    pack_days: int = 3
    """How long visits stay on board after their last day."""
    max_megabytes: int = 150
    pin: PinRule = PinRule.REQUIRED


@dataclass(frozen=True, slots=True)
class NetworkSection:
    """How the servers of the house are reached."""

    proxy: str = ""
    """"http://proxy.maison.fr:3128", for tools; "" follows the system, "none" goes directly."""
    proxy_user: str = ""
    """"" where the proxy asks nobody's name; the password is the sealed secret `proxy_password`."""
    proxy_exceptions: tuple[str, ...] = ()
    """Hosts reached directly: "intranet.maison.fr", "*.maison.fr", "10.0.0.0/8"."""
    ca_file: str = ""
    """Certificates of the house in PEM, besides those that the system trusts: for tools and for the hub."""


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
    messages: MessagesSection = MessagesSection()
    desk: DeskSection = DeskSection()
    hub: HubSection = HubSection()
    offline: OfflineSection = OfflineSection()
    network: NetworkSection = NetworkSection()


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

    def integer(self, key: str, default: int, lowest: int, highest: int) -> int:
        """Return a whole number between two bounds."""
        value = self._value(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(key, _Flaw.WRONG_TYPE)
            return default
        if not lowest <= value <= highest:
            self.note(key, _Flaw.BAD_VALUE)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, an empty one when it is not there."""
        value = self._value(key, ())
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.note(key, _Flaw.WRONG_TYPE)
        return ()

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
    messages, desk, hub = root.table("messages"), root.table("desk"), root.table("hub")
    offline, network = root.table("offline"), root.table("network")
    settings = SettingsFile(
        site_namespace=_namespace(root),
        identity_master=root.text("identity_master"),
        user=UserSection(user.text("login"), user.text("name"), _role(user)),
        synthetic=root.flag("synthetic", default=False),
        directory=root.text("directory", "portfolio"),
        key=KeySection(key.text("source", "keyring"), key.text("file", "")),
        instances={name: _instance(instances.table(name)) for name in instances.values},
        messages=_messages(messages),
        desk=DeskSection(
            desk.integer("idle_minutes_at_most", 15, 5, 15),
            desk.flag("ignore_lock_code", default=False),
            desk.text("data_quality", ""),
            _choice(desk, "call_with", CallWith.TEL),
        ),
        hub=_hub(hub),
        offline=_offline(offline),
        network=_network(network),
    )
    if settings.offline.allowed and settings.directory == "full":
        # What leaves the office holds the portfolio of whoever carries it, and nobody else.
        root.note("directory", _Flaw.BAD_VALUE)
    for table in (root, user, key, messages, desk, hub, offline, network):
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


_C = TypeVar("_C", HubMode, HubSignIn, CallWith, PinRule)

NO_PROXY = "none"
"""In place of a proxy's address: what it is about is reached directly."""

_PROXY = re.compile(r"https?://[^\s/?#@:\[\]]+(:\d{1,5})?/?")
"""No account in it: settings are read by many, the password is a sealed secret."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _messages(table: _Table) -> MessagesSection:
    section = MessagesSection(
        mutual=table.text("mutual", ""),
        sender=table.text("sender", ""),
        postal_address=table.texts("postal_address"),
        smtp_host=table.text("smtp_host", ""),
        smtp_port=table.integer("smtp_port", 587, 1, 65_535),
        smtp_security=_security(table),
        smtp_user=table.text("smtp_user", ""),
        spool=table.text("spool", ""),
    )
    if section.smtp_host and ("@" not in section.sender or any(sign in section.sender for sign in " <>\r\n")):
        table.note("sender", _Flaw.BAD_VALUE if section.sender else _Flaw.MISSING)
    if section.smtp_security is MailSecurity.NONE and section.smtp_host not in {"", *_LOOPBACK}:
        table.note("smtp_security", _Flaw.BAD_VALUE)
    if (section.smtp_host or section.spool) and not section.mutual.strip():
        table.note("mutual", _Flaw.MISSING)
    return section


def _hub(table: _Table) -> HubSection:
    section = HubSection(
        mode=_choice(table, "mode", HubMode.NONE),
        file=table.text("file", "hub/hub.db"),
        url=table.text("url", ""),
        sign_in=_choice(table, "sign_in", HubSignIn.LOCAL),
        issuer=table.text("issuer", ""),
        application=table.text("application", ""),
        team=table.text("team", ""),
    )
    if section.mode is HubMode.EMBEDDED and not section.file.endswith(".db"):
        table.note("file", _Flaw.BAD_VALUE)
    if section.mode is HubMode.REMOTE:
        if not _is_reachable(section.url):
            table.note("url", _Flaw.BAD_VALUE if section.url else _Flaw.MISSING)
        if section.sign_in is HubSignIn.OIDC:
            for key, value in (("issuer", section.issuer), ("application", section.application)):
                if not value:
                    table.note(key, _Flaw.MISSING)
    return section


def _offline(table: _Table) -> OfflineSection:
    return OfflineSection(
        allowed=table.flag("allowed", default=False),
        lease_days=table.integer("lease_days", 7, 1, 14),
        pack_days=table.integer("pack_days", 3, 0, 14),
        max_megabytes=table.integer("max_megabytes", 150, 10, 2_000),
        pin=_choice(table, "pin", PinRule.REQUIRED),
    )


def _network(table: _Table) -> NetworkSection:
    section = NetworkSection(
        proxy=_proxy(table),
        proxy_user=table.text("proxy_user", ""),
        proxy_exceptions=table.texts("proxy_exceptions"),
        ca_file=table.text("ca_file", ""),
    )
    if section.proxy_user and section.proxy in {"", NO_PROXY}:
        # The account of a proxy of the system's is the system's to know.
        table.note("proxy", _Flaw.BAD_VALUE if section.proxy else _Flaw.MISSING)
    return section


def _proxy(table: _Table) -> str:
    said = table.text("proxy", "")
    if said not in {"", NO_PROXY} and _PROXY.fullmatch(said) is None:
        table.note("proxy", _Flaw.BAD_VALUE)
    return said


def _is_reachable(url: str) -> bool:
    """Say whether an address may be spoken to: protected, or on this machine."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].rpartition(":")[0] or rest.partition("/")[0]
    return bool(host) and (scheme == "https" or (scheme == "http" and host.strip("[]") in _LOOPBACK))


def _choice(table: _Table, key: str, default: _C) -> _C:
    said = table.text(key, default)
    kind = type(default)
    if said in set(kind):
        return kind(said)
    table.note(key, _Flaw.BAD_VALUE)
    return default


def _security(table: _Table) -> MailSecurity:
    said = table.text("smtp_security", MailSecurity.STARTTLS)
    if said in set(MailSecurity):
        return MailSecurity(said)
    table.note("smtp_security", _Flaw.BAD_VALUE)
    return MailSecurity.STARTTLS


def _instance(table: _Table) -> InstanceSection:
    config = table.table("config")
    values: dict[str, str | int | bool] = {}
    for key, value in config.values.items():
        if isinstance(value, str | int):
            values[key] = value
        else:
            config.note(key, _Flaw.WRONG_TYPE)
    enabled = table.flag("enabled", default=True)
    section = InstanceSection(table.text("connector"), enabled, values, _proxy(table))
    table.end()
    return section
