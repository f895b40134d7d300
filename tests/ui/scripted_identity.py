"""The part of the scripted desk on records that may be one person's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from avise.models.acts import Act
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.record_dates import RecordDates
from avise.services.identity.values import Alike, FieldPair, RecordHead, RecordLink, RecordPair
from tests.ui.persona import HELENE

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
TWICE = UUID(int=91)
WHY = (
    "même date de naissance\u00a0: très fort · nom à une lettre près, ou de même son\u00a0: fort · "
    "villes différentes\u00a0: contre"
)
PAIR = RecordPair(
    pair=UUID(int=900),
    one=RecordHead(
        HELENE,
        "MARCHAND Hélène",
        "",
        is_listed=True,
        dates=RecordDates(datetime(2026, 3, 24, 6, 5, tzinfo=UTC), date(2026, 1, 12), of_directory=True),
    ),
    other=RecordHead(
        TWICE,
        "MARCHANT Hélène",
        "documents",
        is_listed=False,
        dates=RecordDates(datetime(2025, 11, 3, 17, 20, tzinfo=UTC)),
    ),
    fields=(
        FieldPair("last_name", "MARCHAND", "MARCHANT", Alike.CLOSE, "nom à une lettre près, ou de même son"),
        FieldPair("first_name", "Hélène", "Hélène", Alike.SAME, "même prénom"),
        FieldPair("birth_date", "12/03/1968", "12/03/1968", Alike.SAME, "même date de naissance"),
        FieldPair("member_number", "0482 917 350", "", Alike.UNKNOWN),
        FieldPair("city", "44000 Nantes", "35000 Rennes", Alike.DIFFERENT, "villes différentes"),
    ),
    why=WHY,
    probability=0.87,
    proposed_by="lea.girard",
    at=NOW,
    may_link=True,
    is_proposed=True,
)
SEALED = replace(
    PAIR,
    other=RecordHead(TWICE, "Fiche de documents", "documents", is_listed=False),
    fields=(),
    is_sealed=True,
)
LINK = RecordLink(UUID(int=901), PAIR.other, "par sara.lemoine", WHY, "sara.lemoine", NOW, may_unlink=True)


@dataclass(kw_only=True)
class ScriptedIdentity:
    """Implements `IdentityDesk` from values; a test changes them and reads `asked`."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    pairs: tuple[RecordPair, ...] = ()
    links: tuple[RecordLink, ...] = ()
    compared: RecordPair = PAIR
    records_error: AviseError | None = None

    async def same_person_proposals(self, person: PersonId | None = None) -> tuple[RecordPair, ...]:
        """Return the scripted pairs."""
        return tuple(p for p in self.pairs if person is None or person in (p.one.person, p.other.person))

    async def record_links(self, person: PersonId) -> tuple[RecordLink, ...]:
        """Return the scripted links."""
        del person
        return self.links

    async def compare_records(self, one: PersonId, other: PersonId) -> RecordPair:
        """Note the wish."""
        self.asked.append(("compare_records", one, other))
        if self.records_error is not None:
            raise self.records_error
        return self.compared

    async def link_records(self, one: PersonId, other: PersonId) -> Act:
        """Note the wish."""
        return self._decided("link_records", EventKind.IDENTITY_LINKED, one, other)

    async def keep_records_apart(self, one: PersonId, other: PersonId) -> Act:
        """Note the wish."""
        return self._decided("keep_records_apart", EventKind.IDENTITY_REFUSED, one, other)

    async def put_off_records(self, pair: UUID) -> None:
        """Note the wish."""
        self.asked.append(("put_off_records", pair))

    async def unlink_records(self, link: UUID, reason: str) -> Act:
        """Note the wish."""
        if not reason:
            raise AviseError("identity.reason_needed")
        self.links = ()
        return self._decided("unlink_records", EventKind.IDENTITY_UNLINKED, link, reason)

    def _decided(self, name: str, kind: EventKind, *told: object) -> Act:
        if self.records_error is not None:
            raise self.records_error
        self.asked.append((name, *told))
        self.pairs = self.pairs[1:]
        return Act(kind, (UUID(int=950),), NOW + timedelta(minutes=10), None)
