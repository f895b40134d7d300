"""Where a member can be written to: the e-mail, the mobile number or the postal address that work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from avise.models.consent import ConsentChannel
from avise.models.facets import FacetRecord
from avise.models.identifiers import parse_phone
from avise.services.customer_updates import Header
from avise.services.facts import Facts, word
from avise.texts import agreed, text
from avise.texts.formats import format_phone

FACET = "contact_points"

_KINDS: Mapping[ConsentChannel, str] = {
    ConsentChannel.EMAIL: "email",
    ConsentChannel.SMS: "mobile",
    ConsentChannel.LETTER: "address",
}
_BROKEN = frozenset({"in_error", "returned"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one channel reaches a member, or why it does not."""

    value: str = ""
    """What the channel needs: an address, a number (E.164), or the lines of a postal address."""
    problem: str = ""
    """Last part of the catalogue key `channel_choice.<problem>`, "" when it can be used."""
    preferred: bool = False


def recipient(channel: ConsentChannel, facts: Facts, header: Header) -> Recipient:
    """Return where a channel reaches a member."""
    if not facts.known(FACET):
        return Recipient(problem="contacts_not_read")
    kind = _KINDS[channel]
    found = [record for record in facts.records(FACET) if word(record, "kind") == kind]
    preferred = any(record.data.get("preferred") is True for record in found)
    usable = [record for record in found if word(record, "value") and word(record, "status") not in _BROKEN]
    if not usable:
        problem = f"{kind}_broken" if found else f"no_{kind}"
        return Recipient(problem=problem, preferred=preferred)
    best = min(usable, key=lambda record: record.data.get("preferred") is not True)
    return _reached(channel, best, header, preferred=preferred)


def _reached(channel: ConsentChannel, record: FacetRecord, header: Header, *, preferred: bool) -> Recipient:
    value = word(record, "value")
    if channel is ConsentChannel.SMS:
        number = parse_phone(value)
        return Recipient(number, "" if number else "mobile_broken", preferred)
    if channel is ConsentChannel.EMAIL:
        return Recipient(value, preferred=preferred)
    town = " ".join(part for part in (word(record, "postcode"), word(record, "city")) if part)
    if not town:
        return Recipient(problem="address_broken", preferred=preferred)
    return Recipient("\n".join((postal_name(header), value, town.upper())), preferred=preferred)


def postal_name(header: Header) -> str:
    """Return a name as it stands on an envelope: Mme Hélène MARCHAND."""
    title = text(f"message.title.{header.title}") if header.title in ("mr", "mrs") else ""
    return " ".join(part for part in (title, header.first_name, header.last_name.upper()) if part)


def greeting(header: Header) -> str:
    """Return how a message begins, in the language in use."""
    return agreed("message.greeting", header.title)


def shown(channel: ConsentChannel, value: str) -> str:
    """Return a recipient as staff read it."""
    return format_phone(value) if channel is ConsentChannel.SMS else value
