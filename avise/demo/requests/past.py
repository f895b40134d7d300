"""The past of the demonstration's middle office: requests drawn from a seed, each a coherent story.

What is written here has been played against the rules (`avise.models.request_rules`): a story holds no
event that the hub would refuse, except those that are told on purpose (two people claim at once).
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from avise.demo.population.entities import Dossier
from avise.demo.population.generate import generate_dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import rng
from avise.demo.profile import demo_person
from avise.demo.requests.staff import AGENCIES, FIELD, PLATEAU, STAFF, StaffMember, handlers, lead_of
from avise.demo.requests.wording import AGAIN, ANSWERS, NOTES, QUESTIONS, REPLIES, WORDINGS
from avise.env import uuid7_at
from avise.models.business_hours import DEFAULT_HOURS
from avise.models.customer import PersonId
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_types import FieldCheck, RequestBook, RequestField, RequestFieldKind, RequestType
from avise.models.requests import request_stream
from avise.texts.formats import local

PER_DOSSIER = 0.19
"""Requests of the last weeks for each dossier of the world (`domain.md` 2.3: 1.1 a year)."""

FEWEST = 60
"""Requests of the smallest world: every list has something to show."""

PROVIDERS = ("Optique du Port", "Cabinet dentaire des Tilleuls", "Clinique des Ormes", "Kiné Rive Droite")
"""Health professionals of the demonstration."""

_ORIGINS = (
    ("phone_in", PLATEAU, 52.0), ("email", PLATEAU, 14.0), ("member_space", PLATEAU, 14.0),
    ("letter_in", AGENCIES, 8.0), ("agency", AGENCIES, 9.0), ("field_visit", FIELD, 3.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One event of the past, to be pushed in the order of its time."""

    at: datetime
    event: uuid.UUID
    author: StaffMember
    stream: str
    kind: EventKind
    body: Mapping[str, JSON]


@dataclass(slots=True)
class Story:
    """One request while it is told: each step moves its clock on.

    Args:
        chance: of this story alone.
        stream: of its request.
        at: when it begins.
        now: nothing happens after.
    """

    chance: random.Random
    stream: str
    at: datetime
    now: datetime
    events: list[PastEvent] = field(default_factory=list)

    def tell(self, author: StaffMember, kind: EventKind, body: Mapping[str, JSON]) -> uuid.UUID | None:
        """Add an event at the story's time; None when that is still to come."""
        if self.at >= self.now:
            return None
        identity = uuid7_at(self.at, self.chance.getrandbits(74))
        self.events.append(PastEvent(self.at, identity, author, self.stream, kind, body))
        return identity

    def after(self, fewest: int, most: int) -> None:
        """Let some business minutes pass."""
        minutes = self.chance.randint(fewest, most)
        self.at = DEFAULT_HOURS.add(self.at, minutes) + timedelta(seconds=self.chance.randint(0, 59))


def past_events(spec: WorldSpec, namespace: uuid.UUID, book: RequestBook, now: datetime) -> list[PastEvent]:
    """Return everything that happened to requests before now, in the order of time.

    Args:
        spec: the world whose people they are about.
        namespace: of the identifiers of its people.
        book: the types of requests.
        now: the demonstration's present.
    """
    count = max(FEWEST, round(spec.dossiers * PER_DOSSIER))
    events = [event for number in range(count) for event in _story(spec, namespace, book, now, number)]
    return sorted(events, key=lambda event: (event.at, event.event))


def _story(
    spec: WorldSpec, namespace: uuid.UUID, book: RequestBook, now: datetime, number: int
) -> Sequence[PastEvent]:
    chance = rng(spec, "request", number)
    kind = _kind(chance, book)
    dossier = generate_dossier(replace(spec, detail="directory"), chance.randrange(spec.dossiers))
    identity = uuid.UUID(bytes=hashlib.sha256(f"{spec.seed}:{number}".encode()).digest()[:16], version=4)
    story = Story(chance, request_stream(identity), _begin(chance, now), now)
    channel, team, _ = chance.choices(_ORIGINS, [share for *_, share in _ORIGINS])[0]
    requester = chance.choice([member for member in STAFF if member.team == team])
    about = About(kind, dossier, namespace, channel, team)
    body = _created(chance, about, local(story.at).date())
    story.tell(requester, EventKind.REQUEST_CREATED, body)
    _lived(story, kind, str(body["queue"]), requester)
    return story.events


@dataclass(frozen=True, slots=True)
class About:
    """What a drawn request is about, and where it comes from."""

    type: RequestType
    dossier: Dossier
    namespace: uuid.UUID
    channel: str
    team: str


def _kind(chance: random.Random, book: RequestBook) -> RequestType:
    found = [(kind, told.share) for kind, told in WORDINGS.items() if book.get(kind) is not None]
    drawn = chance.choices([kind for kind, _ in found], [share for _, share in found])[0]
    kind = book.get(drawn)
    assert kind is not None  # noqa: S101 - drawn among those that are there
    return kind


def _begin(chance: random.Random, now: datetime) -> datetime:
    """Draw when a request was sent: most of them lately, in working hours."""
    back = int(min(45, chance.expovariate(1 / 7)) * DEFAULT_HOURS.day_minutes * 5 / 7)
    day = now - timedelta(minutes=back * 24 * 60 / DEFAULT_HOURS.day_minutes * 7 / 5)
    opening = DEFAULT_HOURS.next_opening(day)
    begun = DEFAULT_HOURS.add(opening, chance.randint(0, 500))
    return begun if begun < now else now - timedelta(minutes=chance.randint(2, 90))


def _created(chance: random.Random, about: About, today: date) -> dict[str, JSON]:
    told = WORDINGS[about.type.id]
    member = demo_person(about.namespace, about.dossier.ids.party)
    fields = _filled(chance, about, today, member)
    handling = about.type.handling_for(fields, today)
    terms = about.type.terms(fields, today)
    received = today - timedelta(days=chance.randint(0, 2))
    documents = about.type.documents_for(fields, today)
    return {
        "type": about.type.id,
        "title": chance.choice(told.titles),
        "priority": handling.priority.value,
        "queue": handling.queue.value,
        "team": about.team,
        "channel": about.channel,
        "person": str(member),
        "dossier": str(member),
        "words": chance.choice(told.firsts),
        "fields": fields,
        "documents": [
            {"id": found.id, "required": found.required, "received": chance.random() < 0.7}
            for found in documents
        ],
        "terms": {
            "target_minutes": terms.target_minutes,
            "soon_at": terms.soon_at,
            "escalate_at": terms.escalate_at,
            "legal": terms.legal,
        },
        "received_on": received.isoformat(),
        "confidential": about.type.confidential,
    }


def _filled(chance: random.Random, about: About, today: date, member: PersonId) -> dict[str, JSON]:
    """Fill what the form asks with something plausible, so that nothing required is missing."""
    filled: dict[str, JSON] = {}
    for asked in about.type.fields:
        if not asked.required or asked.folded or asked.same_as:
            continue
        value = _drawn(chance, asked, today, member)
        if value is not None:
            filled[asked.id] = value
    return filled


def _drawn(chance: random.Random, asked: RequestField, today: date, member: PersonId) -> JSON:
    """Draw what a field holds; None for one whose kind is not drawn."""
    ahead = asked.check is FieldCheck.NOT_PAST
    draws: dict[RequestFieldKind, Callable[[], JSON]] = {
        RequestFieldKind.CHOICE: lambda: chance.choice(asked.choices),
        RequestFieldKind.DATE: (
            today + timedelta(days=chance.randint(3, 40) if ahead else -chance.randint(3, 40))
        ).isoformat,
        RequestFieldKind.AMOUNT: lambda: f"{chance.randint(1_800, 92_000) / 100:.2f}",
        RequestFieldKind.YES_NO: lambda: chance.random() < 0.5,
        RequestFieldKind.NUMBER: lambda: chance.randint(asked.least or 1, asked.most or 12),
        RequestFieldKind.PERSON: lambda: str(member),
        RequestFieldKind.PROVIDER: lambda: chance.choice(PROVIDERS),
        RequestFieldKind.NOTE: lambda: "Voir le message joint.",
    }
    draw = draws.get(asked.kind)
    return draw() if draw is not None else None


def _lived(story: Story, kind: RequestType, queue: str, requester: StaffMember) -> None:
    """Tell what became of a request, step by step, until the present or its end."""
    chance, target = story.chance, kind.handling.sla_minutes
    staff = handlers(queue)
    if not staff or chance.random() < 0.12:
        return
    story.after(target // 8, max(target // 8 + 1, round(target * chance.uniform(0.3, 1.15))))
    holder = chance.choice(staff)
    if story.tell(holder, EventKind.REQUEST_CLAIMED, {}) is None:
        return
    if chance.random() < 0.35:
        story.after(5, 60)
        story.tell(holder, EventKind.REQUEST_NOTED, {"words": chance.choice(NOTES)})
    if chance.random() < 0.3:
        _asked(story, holder, requester)
    if chance.random() < 0.28 and not _waited(story, kind, holder):
        return
    if chance.random() < 0.3:
        story.after(10, 200)
        story.tell(requester, EventKind.REQUEST_REPLIED, {"words": AGAIN})
        story.after(5, 120)
        story.tell(holder, EventKind.REQUEST_REPLIED, {"words": chance.choice(REPLIES)})
    if chance.random() < 0.07:
        lead = lead_of(queue)
        if lead is not None:
            story.after(5, 60)
            story.tell(lead, EventKind.REQUEST_ESCALATED, {"reason": "late"})
    story.after(target // 6, round(target * 1.4))
    outcome = chance.choice(kind.outcomes[:3])
    if story.tell(holder, EventKind.REQUEST_RESOLVED, {"outcome": outcome}) is not None:
        story.after(1, 30)
        story.tell(holder, EventKind.REQUEST_CLOSED, {})


def _asked(story: Story, holder: StaffMember, requester: StaffMember) -> None:
    chance = story.chance
    place = chance.randrange(len(QUESTIONS))
    story.after(10, 240)
    due = DEFAULT_HOURS.add(story.at, 240)
    question = story.tell(
        holder, EventKind.REQUEST_ASKED, {"words": QUESTIONS[place], "due_at": due.isoformat()}
    )
    if question is not None and chance.random() < 0.75:
        story.after(15, 300)
        body: dict[str, JSON] = {"question": str(question), "words": ANSWERS[place]}
        story.tell(requester, EventKind.REQUEST_ANSWERED, body)
    else:
        story.at = story.now


def _waited(story: Story, kind: RequestType, holder: StaffMember) -> bool:
    """Tell that it waited for the member; False while it still does."""
    chance = story.chance
    story.after(10, 200)
    reason = chance.choice(WORDINGS[kind.id].waits)
    waits_for = "third_party" if "caisse" in reason else "member"
    story.tell(holder, EventKind.REQUEST_PAUSED, {"waits_for": waits_for, "reason": reason})
    if chance.random() < 0.45:
        return False
    story.after(540, 2_700)
    return story.tell(holder, EventKind.REQUEST_RESUMED, {}) is not None
