"""One exchange with a member, on one channel, and its line in the unified timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """The channels of the glossary (`domain.md` 1.6)."""

    PHONE_IN = "phone_in"
    PHONE_OUT = "phone_out"
    EMAIL = "email"
    SECURE_MESSAGE = "secure_message"
    WEB_FORM = "web_form"
    CHAT = "chat"
    CHATBOT = "chatbot"
    SMS = "sms"
    LETTER_IN = "letter_in"
    LETTER_OUT = "letter_out"
    AGENCY = "agency"
    FIELD_VISIT = "field_visit"
    VIDEO = "video"
    SOCIAL_FACEBOOK = "social_facebook"
    SOCIAL_X = "social_x"
    MOBILE_APP = "mobile_app"
    EMPLOYER_PORTAL = "employer_portal"
    DELEGATE = "delegate"
    MEMBER_SPACE = "member_space"


class Direction(StrEnum):
    """From the member, to the member, or between staff."""

    IN = "in"
    OUT = "out"
    INTERNAL = "internal"


class TimelineGroup(StrEnum):
    """The filter buttons over the timeline, in their fixed order."""

    CALL = "call"
    EMAIL = "email"
    MESSAGE = "message"
    LETTER = "letter"
    MEMBER_SPACE = "member_space"
    AGENCY = "agency"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Interaction:
    """One exchange as a connector or the journal gives it."""

    id: str
    at: datetime
    channel: Channel
    direction: Direction
    title: str
    summary: str = ""
    status: str = ""
    """Canonical: "", "missed", "failed", "delivered", "in_progress", "to_send", "unknown"."""
    author: str = ""
    reason: str = ""
    """Reason code of `domain.md` 3.3 ("R01"…), when known."""
    duration_s: int | None = None
    body_ref: str = ""
    """Fetched on demand, never with the list."""
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the unified timeline, whatever it came from."""

    id: str
    at: datetime
    group: TimelineGroup
    variant: str
    """Chooses the icon: "call_in", "call_out", "call_missed", "email_in", "email_out", "sms",
    "letter_in", "letter_out", "member_space", "agency", "payment", "statement", "rejection",
    "complaint", "appointment", "request", "note", "system"."""
    title: str
    summary: str
    source: str
    """Instance of the connector, or "journal"."""
    status: str = ""
    count: int = 1
    """More than one: a fold of identical automatic messages."""
    has_body: bool = False
    """Its text can be asked for by whoever looks; of a fold, that of the newest."""
