"""From the headers of a letter to a line of the timeline, and whether it concerns the customer at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from imap_tools.message import MailMessage

from avise.connectors.contract import ConnectorError
from avise.connectors.imap.places import Place
from avise.connectors.sentences import shown_sentence
from avise.models.errors import ErrorKind, Origin
from avise.models.interaction import Channel, Direction, Interaction
from avise.texts import text

MOST_ADDRESSES = 8
"""Of one customer; what comes after is not looked for."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
"""Without quoted local parts and other alphabets: nothing in it can leave the quotes of a command."""
_BETWEEN = re.compile(r"[\s,;]+")
_AHEAD = timedelta(days=1)
"""A letter that says that it was written later than that after its arrival lies about its date."""
_FIRST_YEAR = 1990


def addresses_of(value: str) -> tuple[str, ...]:
    """Return the e-mail addresses of a customer, in lower case.

    Raises:
        ConnectorError: INVALID when there is none that can be looked for.
    """
    found = [part.lower() for part in _BETWEEN.split(value) if _ADDRESS.fullmatch(part)]
    if not found:
        raise ConnectorError(ErrorKind.INVALID, "no e-mail address", origin=Origin.HOST)
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]


@dataclass(frozen=True, slots=True)
class Headers:
    """What the server gave of one letter."""

    place: Place
    arrived: datetime
    """Aware."""
    raw: bytes
    """Some of its headers."""
    cut: bool
    """There were more than were asked for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that the search found."""

    interaction: Interaction
    ours: bool
    """One of the customer's addresses is among its senders or recipients. A search finds
    "anne@example.org" for "ne@example.org" too: such a letter is somebody else's, and is left out."""
    stranger: str
    """An address of a letter that does not hold the customer's in any form: the server answered another
    question, and nothing of its answer can be trusted. "" otherwise."""
    same: str
    """Equal for copies of one letter in several folders; "" when nothing tells."""


def read_letter(headers: Headers, addresses: Collection[str]) -> Letter:
    """Read the headers of a letter.

    Raises:
        ValueError: they cannot be read, or were cut before an address of the customer came.
    """
    try:
        message = MailMessage.from_bytes(headers.raw)
        senders, recipients = _people(message)
        subject, sender = message.subject, message.from_values
        mark = str(message.obj.get("Message-ID", "")).strip()
    except (LookupError, AttributeError, TypeError, RecursionError) as error:
        raise ValueError(type(error).__name__) from None
    ours = not senders.isdisjoint(addresses), not recipients.isdisjoint(addresses)
    if headers.cut and not any(ours):
        raise ValueError("cut")
    at = _moment(message.date_str, headers.arrived)
    interaction = Interaction(
        id=headers.place.ref,
        at=at,
        channel=Channel.EMAIL,
        direction=Direction.IN if ours[0] else Direction.OUT,
        title=shown_sentence(subject) or text("imap.no_subject"),
        author=shown_sentence((sender.name or sender.email) if sender else ""),
        body_ref=headers.place.ref,
    )
    return Letter(
        interaction,
        any(ours),
        "" if any(ours) else _stranger(headers.raw, addresses, [*senders, *recipients]),
        f"{mark} {at.isoformat()}" if mark else "",
    )


def _people(message: MailMessage) -> tuple[set[str], set[str]]:
    recipients: Sequence[str] = (*message.to, *message.cc, *message.bcc)
    return {message.from_.lower()} - {""}, {address.lower() for address in recipients} - {""}


def _stranger(raw: bytes, addresses: Collection[str], people: Sequence[str]) -> str:
    unfolded = raw.decode("ascii", "replace").lower()
    near = any(address in unfolded for address in addresses)
    return "" if near else next(iter(people), "?")


def _moment(written: str, arrived: datetime) -> datetime:
    """Return when a letter was written, as it says itself where that can be; its arrival otherwise."""
    try:
        moment = parsedate_to_datetime(written)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        sound = aware.year >= _FIRST_YEAR and aware <= arrived + _AHEAD
    except (ValueError, TypeError, IndexError, OverflowError):
        return arrived
    return aware if sound else arrived
