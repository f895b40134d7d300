"""What a person sees of their own sign-in at a tool, from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SignInWay(StrEnum):
    """Where the person proves who they are; "" of a tool that nobody signs in at by themselves."""

    NONE = ""
    BROWSER = "browser"
    """In the browser of this machine, or with a code where there is none."""
    DEVICE = "device"
    """With a code, typed on any device that has a browser."""


@dataclass(frozen=True, slots=True)
class BrowserPage:
    """The page to open; it tells of this sign-in alone and holds no secret of ours."""

    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the person types at an address, on any device (RFC 8628)."""

    code: str = field(repr=False)
    address: str
    ends_at: datetime
    complete_address: str = field(default="", repr=False)
    """The same address with the code in it; "" where the provider gives none."""


@dataclass(frozen=True, slots=True)
class ToolSignedIn:
    """The tool can be read again; the last step."""


SignInStep = BrowserPage | DeviceCode | ToolSignedIn
