"""The fields that a connector file may fill: which converters each accepts, which codes it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from avise.connectors.contract import CallEventKind
from avise.connectors.declarative.mapping import Conversion
from avise.models.customer import PartyKind
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.models.interaction import Channel, Direction


@dataclass(frozen=True, slots=True)
class Target:
    """One field of ours."""

    name: str
    accepts: tuple[Conversion, ...]
    """Converters that give what the field holds."""
    default: Conversion | None
    """Taken when the file names no converter; None where guessing would be dangerous."""
    values: tuple[str, ...] = ()
    """Canonical codes, for an enumeration."""
    required: bool = False


_TEXT = (
    Conversion.TEXT,
    Conversion.ID,
    Conversion.SIREN,
    Conversion.PHONE,
    Conversion.PERCENT,
    Conversion.INT,
    Conversion.DECIMAL,
    Conversion.DATE,
    Conversion.ENUM,
)

_ACCEPTED: Mapping[FieldKind, tuple[Conversion, ...]] = {
    FieldKind.TEXT: _TEXT,
    FieldKind.DATE: (Conversion.DATE,),
    FieldKind.DATETIME: (Conversion.DATETIME,),
    FieldKind.AMOUNT: (Conversion.DECIMAL, Conversion.CENTS),
    FieldKind.INTEGER: (Conversion.INT,),
    FieldKind.BOOL: (Conversion.BOOL,),
    FieldKind.ENUM: (Conversion.ENUM,),
    FieldKind.PHONE: (Conversion.PHONE,),
    FieldKind.EMAIL: (Conversion.TEXT,),
    FieldKind.IBAN: (Conversion.IBAN_MASKED,),
    FieldKind.NIR: (Conversion.NIR_MASKED,),
}

_NEVER_GUESSED = frozenset({FieldKind.AMOUNT, FieldKind.IBAN, FieldKind.NIR})
"""The file must say decimals or cents, and show that it knows that a number is masked (decision 4)."""


def _plain(name: str, convert: Conversion, *, required: bool = False, values: Iterable[str] = ()) -> Target:
    accepts = _TEXT if convert is Conversion.TEXT else (convert,)
    return Target(name, accepts, convert, tuple(values), required)


def _table(*targets: Target) -> Mapping[str, Target]:
    return {target.name: target for target in targets}


@cache
def facet_targets(facet: str) -> Mapping[str, Target]:
    """Return the fields of a facet, with `id`, `as_of` and `version` of its records.

    Raises:
        KeyError: no such facet.
    """
    own = [
        _plain("id", Conversion.ID, required=True),
        _plain("as_of", Conversion.DATETIME),
        _plain("version", Conversion.TEXT),
    ]
    for spec in FACETS[facet].fields:
        accepts = _ACCEPTED[spec.kind]
        default = None if spec.kind in _NEVER_GUESSED else accepts[0]
        own.append(Target(spec.name, accepts, default, spec.values))
    return _table(*own)


INTERACTION = _table(
    _plain("id", Conversion.ID, required=True),
    _plain("at", Conversion.DATETIME, required=True),
    _plain("channel", Conversion.ENUM, required=True, values=Channel),
    _plain("direction", Conversion.ENUM, required=True, values=Direction),
    _plain("title", Conversion.TEXT, required=True),
    _plain("summary", Conversion.TEXT),
    _plain("status", Conversion.ENUM, values=("missed", "failed", "delivered", "in_progress", "to_send")),
    _plain("author", Conversion.TEXT),
    _plain("reason", Conversion.TEXT),
    _plain("duration_s", Conversion.INT),
    _plain("body_ref", Conversion.ID),
)
"""Fields of `avise.models.interaction.Interaction`."""

PARTY = _table(
    _plain("native_id", Conversion.ID, required=True),
    _plain("kind", Conversion.ENUM, required=True, values=PartyKind),
    _plain("last_name", Conversion.TEXT),
    _plain("first_name", Conversion.TEXT),
    _plain("birth_name", Conversion.TEXT),
    _plain("title", Conversion.ENUM, values=("mr", "mrs")),
    _plain("birth_date", Conversion.DATE),
    _plain("member_number", Conversion.ID),
    _plain("phones", Conversion.PHONE),
    _plain("email", Conversion.TEXT),
    _plain("city", Conversion.TEXT),
    _plain("postcode", Conversion.ID),
    _plain("company_name", Conversion.TEXT),
    _plain("siren", Conversion.SIREN),
    _plain("siret", Conversion.SIREN),
    _plain("restricted", Conversion.BOOL),
    _plain("dossier", Conversion.ID),
    _plain("relation", Conversion.ENUM),
    _plain("representative", Conversion.ID),
    _plain("deleted", Conversion.BOOL),
)
"""Fields of `avise.models.customer.Party`; `phones` may come from a list."""

CALL_EVENT = _table(
    _plain("call_id", Conversion.ID, required=True),
    _plain("kind", Conversion.ENUM, required=True, values=CallEventKind),
    _plain("at", Conversion.DATETIME, required=True),
    _plain("number", Conversion.PHONE, required=True),
    _plain("queue", Conversion.TEXT),
    _plain("waited_s", Conversion.INT),
    _plain("agent", Conversion.TEXT),
)
"""Fields of `avise.connectors.contract.CallEvent`."""

SUBJECT = _table(
    _plain("last_name", Conversion.TEXT),
    _plain("first_name", Conversion.TEXT),
    _plain("birth_date", Conversion.DATE),
)
"""What an answer may say about whom it concerns."""
