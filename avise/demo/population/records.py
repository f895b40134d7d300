"""What the smaller tools keep: quotes, documents, appointments, complaints, consents, the web space."""

from __future__ import annotations

import random
from datetime import date, timedelta

from avise.demo.population import staff, wording
from avise.demo.population.acts import FAMILY
from avise.demo.population.business_days import (
    add_months,
    add_working_days,
    complaint_due_dates,
    paris,
    working_day_from,
)
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import (
    Appointment,
    Authorization,
    BenefitLine,
    Complaint,
    Consent,
    Document,
    MemberSpaceActivity,
    MemberSpaceVisit,
    Person,
)
from avise.demo.population.money import euros
from avise.demo.population.people import Household, age_on
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import Weighted, log_normal, poisson

_QUOTED = {"optics": "optics", "dental_prosth": "dental", "audiology": "audiology", "hospital": "hospital"}
_AUTHORIZATION_STATUS = Weighted(
    [
        ("accepted", 62),
        ("pending", 14),
        ("partial", 8),
        ("refused", 5),
        ("missing_document", 7),
        ("expired", 4),
    ]
)
_REFUSALS = {
    "refused": "Renouvellement avant la date permise",
    "partial": "Plafond annuel atteint",
    "missing_document": "Devis détaillé attendu",
    "pending": "",
    "accepted": "",
    "expired": "Validité dépassée",
}
_DOCUMENTS = Weighted(
    [
        (("Attestation de droits", "certificate", "in", False), 12),
        (("Facture acquittée", "invoice", "in", True), 22),
        (("Devis dentaire", "quote", "in", True), 9),
        (("Devis optique", "quote", "in", True), 8),
        (("Relevé d’identité bancaire", "bank_details", "in", False), 7),
        (("Certificat de scolarité", "certificate", "in", False), 6),
        (("Pièce d’identité", "identity", "in", False), 3),
        (("Bulletin d’adhésion", "form", "in", False), 4),
        (("Courrier de l’adhérent", "letter", "in", False), 8),
        (("Carte de tiers payant", "other", "out", False), 8),
        (("Échéancier", "statement", "out", False), 7),
        (("Relevé de prestations", "statement", "out", False), 14),
        (("Courrier : pièces attendues", "letter", "out", False), 6),
    ]
)
_IN_STATUS = Weighted([("checked", 82), ("received", 10), ("rejected", 5), ("awaited", 3)])
_APPOINTMENTS = Weighted([("agency", 50), ("phone", 28), ("video", 10), ("home_visit", 12)])
_SUBJECTS = ("Bilan de garanties", "Devis famille", "Passage à la retraite", "Dossier de remboursement")


def draw_authorizations(
    stream: random.Random, spec: WorldSpec, index: int, cover: Cover, lines: tuple[BenefitLine, ...]
) -> tuple[Authorization, ...]:
    """Draw quotes and authorizations: those behind paid equipment, and those of care to come."""
    found = [_from_line(line, index, place) for place, line in enumerate(lines)
             if line.act_family in _QUOTED and line.status == "paid" and line.amount > 0
             and stream.random() < 0.55]  # fmt: skip
    people = sorted({line.party for line in lines})
    for place in range(poisson(stream, 0.16 * spec.care_months / 12) if people else 0):
        party = people[int(stream.random() * len(people))]
        found.append(_to_come(stream, spec, cover, party, f"{index:07d}{900 + place}"))
    found.sort(key=lambda authorization: (authorization.requested_on, authorization.number), reverse=True)
    return tuple(found)


def _from_line(line: BenefitLine, index: int, place: int) -> Authorization:
    requested = working_day_from(line.care_date - timedelta(days=12))
    return Authorization(
        f"PEC{index:07d}{place:03d}", _QUOTED[line.act_family], line.party, line.provider,
        min(requested, line.care_date), line.care_date, line.spent, line.mandatory_amount, line.amount,
        line.out_of_pocket, "accepted", add_months(requested, 3),
    )  # fmt: skip


def _to_come(stream: random.Random, spec: WorldSpec, cover: Cover, party: str, number: str) -> Authorization:
    family = FAMILY[tuple(_QUOTED)[int(stream.random() * 4)]]
    requested = working_day_from(spec.as_of - timedelta(days=3 + int(stream.random() * 60)))
    status = _AUTHORIZATION_STATUS.draw(stream)
    care = working_day_from(spec.as_of + timedelta(days=1 + int(stream.random() * 40)))
    valid = add_months(requested, 3)
    if status == "expired":
        valid, care = spec.as_of - timedelta(days=2), spec.as_of - timedelta(days=1)
        requested = add_months(valid, -3)
    settled = family.price(stream, family, cover.plan, care)
    amount = settled.amount if status in {"accepted", "partial", "expired"} else 0
    amount = amount // 2 if status == "partial" else amount
    return Authorization(
        f"PEC{number}", _QUOTED[family.key], party,
        family.providers[int(stream.random() * len(family.providers))],
        min(requested, spec.as_of), care, euros(settled.spent), euros(settled.mandatory), euros(amount),
        euros(settled.spent - settled.mandatory - amount), status,
        valid if status in {"accepted", "partial", "expired"} else None, _REFUSALS[status],
    )  # fmt: skip


def draw_documents(
    stream: random.Random, spec: WorldSpec, index: int, household: Household, since: date, factor: float = 1.0
) -> tuple[Document, ...]:
    """Draw the documents of the recorded history, latest first (8 a year)."""
    people = [household.member, *(beneficiary.person for beneficiary in household.beneficiaries)]
    days = max(1, (spec.as_of - max(since, add_months(spec.as_of, -spec.care_months))).days)
    documents = []
    for place in range(poisson(stream, 8 * factor * days / 365)):
        title, kind, direction, medical = _DOCUMENTS.draw(stream)
        day = working_day_from(spec.as_of - timedelta(days=2 + int(stream.random() * days)))
        day = min(day, spec.as_of - timedelta(days=1))
        photo = direction == "in" and stream.random() < 0.4
        documents.append(
            Document(
                f"G{index:07d}-{place:04d}", title, kind,
                paris(day, 8 + int(stream.random() * 10), int(stream.random() * 60)),
                direction, "sent" if direction == "out" else _IN_STATUS.draw(stream),
                int(log_normal(stream, 900_000 if photo else 120_000, 0.7)),
                "image/jpeg" if photo else "application/pdf", medical,
                people[int(stream.random() * len(people))].ids.party,
            )
        )  # fmt: skip
    documents.sort(key=lambda document: (document.dated, document.id), reverse=True)
    return tuple(documents)


def draw_appointments(
    stream: random.Random, spec: WorldSpec, index: int, agency: str
) -> tuple[Appointment, ...]:
    """Draw appointments, past and to come (0.15 a year each way)."""
    found = []
    for place in range(poisson(stream, 0.3 * spec.care_months / 12)):
        offset = int((stream.random() * 1.15 - 1.0) * spec.care_months * 30)
        day = working_day_from(spec.as_of + timedelta(days=offset or 1))
        start = paris(day, 9 + int(stream.random() * 8), 30 * int(stream.random() * 2))
        kind, draw = _APPOINTMENTS.draw(stream), stream.random()
        status = "confirmed" if draw < 0.85 else "tentative" if draw < 0.93 else "cancelled"
        if day < spec.as_of:
            status = "done" if draw < 0.86 else "missed" if draw < 0.94 else "cancelled"
        seller = kind == "home_visit"
        found.append(
            Appointment(
                f"rdv-{index:07d}-{place:02d}@exemple.invalid", start, start + timedelta(minutes=45), kind,
                _SUBJECTS[int(stream.random() * 4)],
                agency if kind == "agency" else "Chez l’adhérent" if seller else "",
                staff.representative(stream) if seller else staff.advisor(stream), status,
            )
        )  # fmt: skip
    found.sort(key=lambda appointment: (appointment.starts_at, appointment.uid))
    return tuple(found)


def complaint(
    number: int,
    received: date,
    as_of: date,
    *,
    subject: str,
    channel: str,
    text: str,
    handler: str,
    open_: bool,
) -> Complaint:
    """Return a complaint with the two legal dates of the day it was received."""
    acknowledge_by, answer_by = complaint_due_dates(received)
    acknowledged = add_working_days(received, 3)
    known = acknowledged if acknowledged < as_of else None
    return Complaint(
        f"R-{number}", subject, channel, received, acknowledge_by, known, answer_by, "first",
        ("acknowledged" if known else "open") if open_ else "closed",
        "none" if open_ else ("upheld", "partly_upheld", "not_upheld", "goodwill")[number % 4], handler, text,
    )  # fmt: skip


def draw_complaints(stream: random.Random, spec: WorldSpec, index: int, since: date) -> tuple[Complaint, ...]:
    """Draw complaints (0.02 a year); an open one never waits past its legal answer date."""
    found = []
    for place in range(poisson(stream, 0.02 * spec.care_months / 12)):
        received = working_day_from(
            spec.as_of - timedelta(days=3 + int(stream.random() * spec.care_months * 29))
        )
        if not since <= received < spec.as_of:
            continue
        subjects, texts = wording.COMPLAINT_SUBJECTS, wording.COMPLAINT_TEXTS
        channel = ("phone", "email", "letter", "member_space", "agency", "social")[int(stream.random() * 6)]
        found.append(
            complaint(
                20_000 + index * 4 + place, received, spec.as_of, channel=channel,
                subject=subjects[int(stream.random() * len(subjects))],
                text=texts[int(stream.random() * len(texts))], handler=staff.advisor(stream),
                open_=(spec.as_of - received).days < 50 and stream.random() < 0.8,
            )
        )  # fmt: skip
    return tuple(found)


_CONSENT_STATES = Weighted([("yes", 22), ("no", 31), ("unknown", 47)])


def draw_consents(stream: random.Random, as_of: date) -> tuple[Consent, ...]:
    """Draw what the member accepts: six rows (`domain.md` 2.3, 7.7)."""
    rows = (("commercial", "phone"), ("commercial", "email"), ("commercial", "sms"), ("commercial", "letter"),
            ("satisfaction", "email"), ("prevention", "email"))  # fmt: skip
    found = []
    for purpose, channel in rows:
        state = _CONSENT_STATES.draw(stream)
        day = as_of - timedelta(days=20 + int(stream.random() * 1_500))
        proof = (
            ""
            if state == "unknown"
            else "Espace adhérent"
            if stream.random() < 0.6
            else "Bulletin d’adhésion"
        )
        found.append(Consent(purpose, channel, state, None if state == "unknown" else day, proof))
    return tuple(found)


def draw_member_space(
    stream: random.Random, spec: WorldSpec, member: Person, since: date, factor: float = 1.0
) -> MemberSpaceActivity:
    """Draw the digital account (63 % have one, 34 % the application) and its visits (9 a year)."""
    old = age_on(member.birth_date, spec.as_of) >= 70
    if stream.random() >= (0.42 if old else 0.70):
        account = "to_activate" if stream.random() < 0.15 else "none"
        return MemberSpaceActivity(account, None, "web", "none", two_factor=False)
    created = max(since, add_months(spec.as_of, -int(6 + stream.random() * 80)))
    days = max(1, (spec.as_of - max(created, add_months(spec.as_of, -spec.care_months))).days)
    mobile = stream.random() < 0.54
    visits = []
    for _ in range(poisson(stream, 9 * factor * days / 365)):
        day = spec.as_of - timedelta(days=1 + int(stream.random() * days))
        search = (
            wording.SEARCHES[int(stream.random() * len(wording.SEARCHES))] if stream.random() < 0.3 else ""
        )
        visits.append(
            MemberSpaceVisit(
                paris(day, 7 + int(stream.random() * 16), int(stream.random() * 60)),
                "mobile" if mobile and stream.random() < 0.7 else "web",
                wording.PAGES[int(stream.random() * len(wording.PAGES))], search,
            )
        )  # fmt: skip
    visits.sort(key=lambda visit: visit.at)
    return MemberSpaceActivity(
        "locked" if stream.random() < 0.02 else "active", created, "mobile" if mobile else "web",
        ("email", "email_and_sms", "sms", "none")[int(stream.random() * 4)], stream.random() < 0.4,
        tuple(visits),
    )  # fmt: skip
