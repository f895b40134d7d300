"""One small story for each kind of event, as today's program writes it: makes the files that lack.

Run `python -m tests.golden.stories` from the checkout once a kind or a version was added, look at what it
made, and commit it. A file that is there is never written again: it says what was once on disks.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from avise.models.identity.links import pair_stream
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_fold import JudgedEvent
from tests.golden.frozen import judged_of, path_of, reading_of, told_of
from tests.unit.models.request_stories import (
    INES,
    KARIM,
    LEA,
    MORNING,
    OTHER,
    SARA,
    Person,
    Story,
    created,
    taken,
)

Body = Mapping[str, JSON]

MEMBER = uuid.UUID("0192d1f0-0000-7000-8000-000000000001")
BRUNO = "bruno.kerhoas"
CUSTOMER, TASK, COMMAND = f"customer/{MEMBER}", "task/019cf000-0000-7000-8000-0000000000a1", str(OTHER)
_CALL: Body = {
    "at": "2026-03-24T08:00:00+00:00", "channel": "phone_in", "direction": "in", "outcome": "to_follow",
    "reason": "R06", "note": "Devis reçu, réponse promise.", "duration_s": 272, "call_id": "call-17",
}  # fmt: skip
_PAIR: Body = {
    "one": {"person": str(MEMBER)},
    "other": {
        "person": str(OTHER),
        "party": {
            "native_id": "C-118", "kind": "member", "last_name": "Trevalec", "first_name": "Monique",
            "birth_date": "1951-03-12", "phones": ["+33639980113"], "ids": {"relation.contact": "C-118"},
        },
    },
    "how": "score", "probability": 0.9741, "model": "fs1-624f69ea",
    "why": [["birth_date", "same", 15.9], ["last_name", "close", 7.2], ["place", "different", -4.1]],
}  # fmt: skip
_DESCRIBED: Body = {
    "pair": pair_stream(MEMBER, OTHER).removeprefix("identity/"),
    "party": {
        "native_id": "C-118", "kind": "member", "last_name": "Trevalec", "first_name": "Monique",
        "birth_date": "1951-03-12", "phones": ["+33639980113"], "ids": {"relation.contact": "C-118"},
    },
}  # fmt: skip
_NOTE: Body = {
    "at": "2026-03-24T08:00:00+00:00", "channel": "phone_in", "direction": "in", "outcome": "resolved",
    "title": "Remboursement optique", "note": "Virement émis le 23/03.", "duration_s": "272",
}  # fmt: skip
_TASK: Body = {
    "kind": "callback", "words": "Dire si le devis est accepté", "due": "2026-03-27T09:00:00+00:00",
    "remind_at": "2026-03-27T08:45:00+00:00", "person": str(MEMBER), "reason": "R06", "assignee": LEA.login,
}  # fmt: skip
_MESSAGE: Body = {
    "message": "019cf000-0000-7000-8000-0000000000b1", "template": "card_available",
    "template_version": "2026-03-01", "title": "Carte disponible", "purpose": "service", "channel": "email",
    "language": "fr", "departs_at": "2026-03-24T08:03:00+00:00", "reason": "", "detail": "",
}  # fmt: skip
_COMMAND: Body = {"command": COMMAND, "group": COMMAND, "instance": "parties", "action": "change_address"}
_CONFIRMED: Body = {
    **_COMMAND, "purpose": "call", "label": "Changer l’adresse", "summary": "12 rue des Lilas, 44000 Nantes",
    "changes": [["city", "Rennes", "Nantes"]], "seconded_by": "",
}  # fmt: skip
_SETTLED: Body = {
    **_COMMAND, "state": "done", "reason": "", "uncertain": False, "reference": "T-118", "because": "",
    "sends": 1,
}  # fmt: skip
_CONSENT: Body = {
    "purpose": "commercial", "channel": "email", "said_on": "phone_in", "proof": "appel du 24/03",
    "text_version": "2026-01", "language": "fr", "effective": "2026-03-24", "until": "2029-03-24",
}  # fmt: skip
_PERSON: Body = {
    "last_name": "BERTHELOT", "first_name": "Alix", "phone": "+33639980112", "city": "Nantes",
}  # fmt: skip
_ABSENCE: Body = {
    "deputy": KARIM.login, "starts": "2026-03-24T07:00:00+00:00", "ends": "2026-03-27T17:00:00+00:00",
}  # fmt: skip
_ASKED: Body = {
    "person": str(MEMBER), "source_name": "Adhérents", "label": "Changer l’IBAN",
    "summary": "FR76 •••• 0142", "changes": [["iban", "•••• 0099", "•••• 0142"]], "warnings": [],
    "touches": ["identity"], "purpose": "call", "expires_at": "2026-03-24T11:00:00+00:00",
}  # fmt: skip
_VISIT: Body = {
    "starts_at": "2026-03-24T08:30:00+00:00", "purpose": "Bilan annuel", "place": "Nantes",
    "person": str(MEMBER), "dossier": str(MEMBER),
}  # fmt: skip
_REPORT: Body = {
    **_VISIT, "asked": ["certificate"],
    "report": {
        "v": 1, "outcome": "interested", "needs": [["dental", 2, "Devis à venir"]],
        "note": "Rappeler en mai.", "requests": ["certificate"],
    },
}  # fmt: skip


# ---- streams that the hub does not judge -----------------------------------------------------------
def _told(stream: str, *said: tuple[EventKind, Body, str], schema_v: int = 1) -> list[JudgedEvent]:
    """Return events of one stream, a minute apart; a body that says "{event}" names the one before."""
    events: list[JudgedEvent] = []
    for number, (kind, body, author) in enumerate(said, start=1):
        identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{stream}/{kind}/{number}")
        before = str(events[-1].event.event_id) if events else ""
        filled = {name: before if value == "{event}" else value for name, value in body.items()}
        at = MORNING + timedelta(minutes=number)
        version = schema_v if number == len(said) else 1
        written = EventEnvelope(
            identity, f"poste-{author}", number, stream, kind, version, author, "agent", at, 1500, filled,
            b"", b"",
        )  # fmt: skip
        events.append(JudgedEvent(written, number, at + timedelta(seconds=2)))
    return events


def _at_customer(kind: EventKind, body: Body, schema_v: int = 1) -> list[JudgedEvent]:
    return _told(CUSTOMER, (kind, body, LEA.login), schema_v=schema_v)


_MESSAGE_ENDS: Mapping[EventKind, Body] = {
    EventKind.MESSAGE_UNDONE: {"reason": "undone"},
    EventKind.MESSAGE_STOPPED: {"reason": "no_consent"},
    EventKind.MESSAGE_SENT: {},
    EventKind.MESSAGE_FAILED: {"reason": "refused", "detail": "550"},
    EventKind.MESSAGE_UNKNOWN: {"reason": "interrupted"},
    EventKind.MESSAGE_DELIVERED: {},
    EventKind.MESSAGE_RETURNED: {"reason": "unknown_recipient", "detail": "5.1.1"},
}
_TASK_ACTS: Mapping[EventKind, Body] = {
    EventKind.TASK_DONE: {},
    EventKind.TASK_MOVED: {"due": "2026-03-30T09:00:00+00:00", "remind_at": None},
    EventKind.TASK_ASSIGNED: {"assignee": INES.login},
}
_TRACES: Mapping[EventKind, Body] = {
    EventKind.CONSULTED: {"person": str(MEMBER), "purpose": "call", "reason": ""},
    EventKind.REVEALED: {"field": "iban", "record": "1", "reason": "change_bank"},
    EventKind.COMPARED: {"field": "nir", "record": "1", "correct": True},
    EventKind.CALLER_VERIFIED: {"question": "birth_date", "correct": True, "level": "weak"},
    EventKind.COMMAND_CONFIRMED: _CONFIRMED,
    EventKind.COMMAND_SETTLED: _SETTLED,
    EventKind.DATA_REPORTED: {
        "facet": "identity", "field": "email", "source": "parties", "problem": "wrong", "note": "",
        "task": str(OTHER),
    },
    EventKind.EXPORTED: {
        "form": "pdf", "reason": "customer_asked", "words": "", "rows": 12, "facets": ["contracts"],
        "timeline": 3,
    },
    EventKind.MESSAGE_PLANNED: _MESSAGE,
    EventKind.CONSENT_GIVEN: _CONSENT,
}  # fmt: skip
_CONFIRMATION_ENDS: Mapping[EventKind, tuple[Body, str]] = {
    EventKind.CONFIRMATION_GIVEN: ({}, INES.login),
    EventKind.CONFIRMATION_REFUSED: ({"because": "Le relevé manque."}, INES.login),
    EventKind.CONFIRMATION_WITHDRAWN: ({}, LEA.login),
}


def _others() -> dict[EventKind, list[JudgedEvent]]:
    lea = LEA.login
    asked = (EventKind.CONFIRMATION_ASKED, _ASKED, lea)
    confirmation = f"confirmation/{COMMAND}"
    task = (EventKind.TASK_ADDED, _TASK, lea)
    absence = (EventKind.ABSENCE_DECLARED, _ABSENCE, lea)
    planned = (EventKind.MESSAGE_PLANNED, _MESSAGE, lea)
    visit = f"visit/{OTHER}"
    pair = pair_stream(MEMBER, OTHER)
    proposed = (EventKind.IDENTITY_PROPOSED, {**_PAIR, "seen": "8d0f3a51c6b27e94"}, lea)
    linked = (EventKind.IDENTITY_LINKED, {**_PAIR, "how": "person", "link": COMMAND}, SARA.login)
    started = (EventKind.VISIT_STARTED, _VISIT, BRUNO)
    made = {kind: _at_customer(kind, body) for kind, body in _TRACES.items()}
    made |= {kind: _told(TASK, task, (kind, body, lea)) for kind, body in _TASK_ACTS.items()}
    made |= {
        kind: _told(CUSTOMER, planned, (kind, {**_MESSAGE, **body}, lea))
        for kind, body in _MESSAGE_ENDS.items()
    }
    made |= {
        kind: _told(confirmation, asked, (kind, body, author))
        for kind, (body, author) in _CONFIRMATION_ENDS.items()
    }
    return made | {
        EventKind.TASK_ADDED: _told(TASK, task),
        EventKind.INTERACTION_RECORDED: _at_customer(EventKind.INTERACTION_RECORDED, _NOTE),
        EventKind.INTERACTION_ATTACHED: _told(
            "unlinked",
            (EventKind.INTERACTION_RECORDED, {**_NOTE, "caller": "Mme Roux", "phone": "+33639980113"}, lea),
            (EventKind.INTERACTION_ATTACHED, {"event": "{event}", "person": str(MEMBER)}, lea),
        ),
        EventKind.PERSON_ADDED: _told(f"person/{MEMBER}", (EventKind.PERSON_ADDED, _PERSON, lea)),
        EventKind.ABSENCE_DECLARED: _told(f"absence/{lea}", absence),
        EventKind.ABSENCE_ENDED: _told(
            f"absence/{lea}", absence, (EventKind.ABSENCE_ENDED, {"absence": "{event}"}, lea)
        ),
        EventKind.CONSENT_WITHDRAWN: _told(
            CUSTOMER,
            (EventKind.CONSENT_GIVEN, _CONSENT, lea),
            (
                EventKind.CONSENT_WITHDRAWN,
                {"purpose": "commercial", "channel": "", "said_on": "phone_in", "proof": ""},
                lea,
            ),
        ),
        EventKind.CONFIRMATION_ASKED: _told(confirmation, asked),
        EventKind.IDENTITY_PROPOSED: _told(pair, proposed),
        EventKind.IDENTITY_REFUSED: _told(
            pair, proposed, (EventKind.IDENTITY_REFUSED, {**_PAIR, "seen": "8d0f3a51c6b27e94"}, SARA.login)
        ),
        EventKind.IDENTITY_LINKED: _told(pair, proposed, linked),
        EventKind.IDENTITY_UNLINKED: _told(
            pair,
            linked,
            (EventKind.IDENTITY_UNLINKED, {"link": COMMAND, "reason": "Deux cousines", "seen": "x"}, lea),
        ),
        EventKind.IDENTITY_DESCRIBED: _told(
            f"customer/{OTHER}", (EventKind.IDENTITY_DESCRIBED, _DESCRIBED, SARA.login)
        ),
        EventKind.VISIT_STARTED: _told(visit, started),
        EventKind.VISIT_ENDED: _told(visit, started, (EventKind.VISIT_ENDED, _REPORT, BRUNO)),
        EventKind.VISIT_MISSED: _told(visit, (EventKind.VISIT_MISSED, {**_VISIT, "reason": "Absent"}, BRUNO)),
        EventKind.UNDONE: _told(TASK, task, (EventKind.TASK_DONE, {}, lea), _UNDOING),
    }


_UNDOING = (EventKind.UNDONE, {"event": "{event}"}, LEA.login)


# ---- requests ------------------------------------------------------------------------------------
_DEEDS: Mapping[EventKind, tuple[Callable[[], Story], Person, Body]] = {
    EventKind.REQUEST_CLAIMED: (created, KARIM, {}),
    EventKind.REQUEST_COMPLETED: (created, LEA, {"fields": {"amount": "251.00"}, "words": "Rectifié."}),
    EventKind.REQUEST_RELEASED: (taken, KARIM, {}),
    EventKind.REQUEST_ASSIGNED: (created, SARA, {"assignee": INES.login}),
    EventKind.REQUEST_TRANSFERRED: (taken, KARIM, {"queue": "ADHESIONS", "words": "Relève des adhésions."}),
    EventKind.REQUEST_PAUSED: (
        taken,
        KARIM,
        {"waits_for": "member", "reason": "document", "due_at": "2026-03-31T08:00:00+00:00"},
    ),
    EventKind.REQUEST_ASKED: (
        taken,
        KARIM,
        {"words": "Avez-vous la facture ?", "due_at": "2026-03-25T08:00:00+00:00"},
    ),
    EventKind.REQUEST_REPLIED: (taken, KARIM, {"words": "Le virement part demain."}),
    EventKind.REQUEST_NOTED: (taken, KARIM, {"words": "Vu avec les flux.", "mentions": [INES.login]}),
    EventKind.REQUEST_MEMBER_WRITTEN: (taken, LEA, {"words": "Le membre a rappelé."}),
    EventKind.REQUEST_ATTACHED: (
        taken,
        LEA,
        {
            "attachments": [
                {"blob": "aa", "name": "facture.pdf", "media_type": "application/pdf", "size": 812}
            ],
            "documents": ["invoice"],
        },
    ),
    EventKind.REQUEST_PRIORITISED: (taken, SARA, {"priority": "P1"}),
    EventKind.REQUEST_ESCALATED: (taken, SARA, {"words": "Délai dépassé."}),
    EventKind.REQUEST_RESOLVED: (taken, KARIM, {"outcome": "done", "words": "Virement émis."}),
    EventKind.REQUEST_CANCELLED: (created, LEA, {"words": "Demandée par erreur."}),
    EventKind.REQUEST_MERGED: (taken, KARIM, {"into": str(OTHER)}),
}


def _after(kind: EventKind, person: Person, body: Body, then: EventKind, other: Person, more: Body) -> Story:
    story = taken()
    story.tell(person, kind, body)
    filled = {name: story.last() if value == "{event}" else value for name, value in more.items()}
    story.tell(other, then, filled)
    return story


def _requests() -> dict[EventKind, list[JudgedEvent]]:
    made: dict[EventKind, list[JudgedEvent]] = {EventKind.REQUEST_CREATED: created().events}
    for kind, (begin, person, body) in _DEEDS.items():
        story = begin()
        story.tell(person, kind, body)
        made[kind] = story.events
    paused, asked = _DEEDS[EventKind.REQUEST_PAUSED][2], _DEEDS[EventKind.REQUEST_ASKED][2]
    resolved = _DEEDS[EventKind.REQUEST_RESOLVED][2]
    answer: Body = {"question": "{event}", "words": "Oui, jointe."}
    made[EventKind.REQUEST_RESUMED] = _after(
        EventKind.REQUEST_PAUSED, KARIM, paused, EventKind.REQUEST_RESUMED, KARIM, {}
    ).events
    made[EventKind.REQUEST_ANSWERED] = _after(
        EventKind.REQUEST_ASKED, KARIM, asked, EventKind.REQUEST_ANSWERED, LEA, answer
    ).events
    made[EventKind.REQUEST_CLOSED] = _after(
        EventKind.REQUEST_RESOLVED, KARIM, resolved, EventKind.REQUEST_CLOSED, LEA, {}
    ).events
    made[EventKind.REQUEST_REOPENED] = _after(
        EventKind.REQUEST_RESOLVED, KARIM, resolved, EventKind.REQUEST_REOPENED, LEA, {"words": "Pas reçu."}
    ).events
    return made


def stories() -> dict[tuple[str, int], Sequence[JudgedEvent]]:
    """Return one story for each kind and version that the program writes or wrote."""
    found: dict[tuple[str, int], Sequence[JudgedEvent]] = {
        (kind.value, 1): events for kind, events in {**_others(), **_requests()}.items()
    }
    found[EventKind.INTERACTION_RECORDED.value, 2] = _at_customer(EventKind.INTERACTION_RECORDED, _CALL, 2)
    return found


def make() -> list[str]:
    """Write the files that lack; return their names."""
    made = []
    for (kind, schema_v), events in sorted(stories().items()):
        path = path_of(kind, schema_v)
        if path.exists():
            continue
        told = {"kind": kind, "schema_v": schema_v, "events": [told_of(event) for event in events]}
        told["reads"] = reading_of(judged_of(told))
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
        made.append(path.name)
    return made


if __name__ == "__main__":
    sys.stdout.write("\n".join(make()) + "\n")
