"""NIR and IBAN: shown for a stated reason, or compared, always live, always journaled (decision 4)."""

from __future__ import annotations

from avise.connectors.contract import ConnectorError
from avise.connectors.readings import SourceOffer
from avise.models.customer import customer_stream
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetSpec
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.masking import REVEAL_SECONDS, Access, access
from avise.services.desk import Revealed
from avise.services.open_customer import OpenDossier
from avise.services.ports import JournalPort
from avise.services.source_port import SourcePort


class RestrictedValues:
    """Reveals and compares what no screen shows.

    Args:
        sources: the tools that hold the values.
        journal: written before anything is answered.
    """

    def __init__(self, sources: SourcePort, journal: JournalPort) -> None:
        self._sources = sources
        self._journal = journal

    async def reveal(self, dossier: OpenDossier, field: str, record: str, reason: str) -> Revealed:
        """Return a value in clear.

        Raises:
            AviseError: `reveal.not_allowed` for the role, `reveal.reason_needed`, `reveal.unknown`
                when no tool holds it, `reveal.unavailable` when the tool does not answer.
        """
        spec = _spec_of(field)
        if access(dossier.session.role, spec.field(field).datum) not in (Access.CLEAR, Access.MASKED):
            raise AviseError("reveal.not_allowed")
        if not reason.strip():
            raise AviseError("reveal.reason_needed")
        body = {"field": field, "record": record, "reason": reason}
        await self._journal.append(dossier.session, EventKind.REVEALED, stream_of(dossier), body)
        return Revealed(await self._value(dossier, field, record), REVEAL_SECONDS)

    async def compare(self, dossier: OpenDossier, field: str, record: str, answer: str) -> bool:
        """Say whether a value told by the caller is the right one.

        Raises:
            AviseError: as `reveal`, reasons excepted.
        """
        spec = _spec_of(field)
        if access(dossier.session.role, spec.field(field).datum) is Access.ABSENT:
            raise AviseError("reveal.not_allowed")
        value = await self._value(dossier, field, record)
        correct = bool(value) and _plain(answer) == _plain(value)
        body: dict[str, JSON] = {"field": field, "record": record, "correct": correct}
        await self._journal.append(dossier.session, EventKind.COMPARED, stream_of(dossier), body)
        return correct

    async def _value(self, dossier: OpenDossier, field: str, record: str) -> str:
        offer = self._holder(field)
        if offer is None:
            raise AviseError("reveal.unknown")
        try:
            value = await self._sources.live_value(
                offer.instance,
                field,
                dossier.customer_key(offer.needs("")),
                record,
                agent=dossier.session.user,
                purpose=dossier.purpose,
            )
        except ConnectorError:
            raise AviseError("reveal.unavailable", source=offer.name) from None
        if not value:
            raise AviseError("reveal.unknown")
        return value

    def _holder(self, field: str) -> SourceOffer | None:
        return next((offer for offer in self._sources.offers() if field in offer.live_fields), None)


def stream_of(dossier: OpenDossier) -> str:
    """Return the journal's stream of a dossier."""
    return customer_stream(dossier.entry.dossier)


def _spec_of(field: str) -> FacetSpec:
    for spec in FACETS.values():
        if field in spec.live_fields:
            return spec
    raise AviseError("reveal.unknown")


def _plain(value: str) -> str:
    """Digits and capitals only: spaces, dots and case differ between a voice and a file."""
    return "".join(character for character in value.upper() if character.isalnum())
