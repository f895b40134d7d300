"""Small pieces that stories are made of: a line, a call, a letter, a rejected debit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from avise.demo.population import billing, records
from avise.demo.population.acts import FAMILY
from avise.demo.population.business_days import add_months, working_day_before
from avise.demo.population.care import statement_number
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import (
    Authorization,
    BenefitLine,
    Complaint,
    Document,
    Dossier,
    Exchange,
    NoemieEvent,
    NoemieLink,
)
from avise.demo.population.money import Settlement, euros


@dataclass(frozen=True, slots=True)
class LineDays:
    """The three dates of a line; `paid` is None before payment."""

    care: date
    received: date
    paid: date | None


def ago(as_of: date, days: int) -> date:
    """Return the working day that many days before, or the last one before it."""
    return working_day_before(as_of - timedelta(days=days - 1))


def benefit_line(
    dossier: Dossier, cover: Cover, place: int, family: str, settlement: Settlement, days: LineDays,
    paid_to: str = "member",
) -> BenefitLine:  # fmt: skip
    """Return a line of the story; `place` (from 1) numbers it within the dossier."""
    act, direct = FAMILY[family], paid_to == "provider"
    return BenefitLine(
        number=f"L{dossier.index:07d}-S{place:04d}",
        party=dossier.ids.party,
        contract=cover.current.number,
        act_family=family,
        category=act.category,
        act_code=act.acts[0][0],
        label=act.acts[0][1],
        provider=act.providers[0],
        received_on=days.received,
        care_date=days.care,
        paid_on=days.paid,
        spent=euros(settlement.spent),
        base=euros(settlement.base),
        rate=settlement.rate,
        flat=euros(settlement.flat),
        mandatory_amount=euros(settlement.mandatory),
        amount=euros(settlement.amount),
        out_of_pocket=euros(settlement.out_of_pocket),
        paid_to=paid_to,
        status="paid" if days.paid else "pending",
        statement=statement_number(days.paid, dossier.index, to_provider=direct) if days.paid else "",
        direct_billing=direct,
    )


def with_lines(dossier: Dossier, lines: Sequence[BenefitLine]) -> Dossier:
    """Put lines among those drawn, latest care first."""
    both = sorted(
        (*dossier.benefit_lines, *lines), key=lambda line: (line.care_date, line.number), reverse=True
    )
    return replace(dossier, benefit_lines=tuple(both))


def exchange(
    dossier: Dossier, place: int, at: datetime, channel: str, direction: str, title: str, summary: str = ""
) -> Exchange:
    """Return an exchange of the story."""
    kinds = {"email": "email", "sms": "mobile", "phone_in": "mobile", "phone_out": "mobile"}
    used = kinds.get(channel)
    address = next((point.value for point in dossier.contact_points if point.kind == used), "")
    key = f"X{dossier.index:07d}-S{place:04d}"
    return Exchange(key, at, channel, direction, title, summary, address=address)


def with_exchanges(dossier: Dossier, exchanges: Sequence[Exchange]) -> Dossier:
    """Put exchanges among those drawn, latest first."""
    both = sorted((*dossier.exchanges, *exchanges), key=lambda item: (item.at, item.id), reverse=True)
    return replace(dossier, exchanges=tuple(both))


def document(
    dossier: Dossier, place: int, dated: datetime, title: str, kind: str, direction: str = "in"
) -> Document:
    """Return a document of the story: checked when it came in, sent when it went out."""
    status = "sent" if direction == "out" else "checked"
    key, size, medical = (
        f"G{dossier.index:07d}-S{place:03d}",
        84_000 + 1_117 * place,
        kind in {"quote", "invoice"},
    )
    return Document(
        key, title, kind, dated, direction, status, size, "application/pdf", medical, dossier.ids.party
    )


def with_documents(dossier: Dossier, documents: Sequence[Document]) -> Dossier:
    """Put documents among those drawn, latest first."""
    both = sorted((*dossier.documents, *documents), key=lambda item: (item.dated, item.id), reverse=True)
    return replace(dossier, documents=tuple(both))


def with_rejects(
    dossier: Dossier, as_of: date, *, count: int = 1, stage: str = "", code: str = "AM04"
) -> Dossier:
    """Reject the last `count` debits that fell due at least two days ago; `stage` imposes their stage."""
    calls, left = [], count
    for call in dossier.contributions:
        if left and call.due_on <= as_of - timedelta(days=2):
            left -= 1
            rejected_on = call.due_on + timedelta(days=2)
            calls.append(
                replace(
                    call, status="rejected", method="direct_debit", paid_on=None, reject_code=code,
                    rejected_on=min(rejected_on, as_of), stage=stage or billing.stage_after(rejected_on,
                    as_of),
                )
            )  # fmt: skip
        else:
            settled = call.due_on <= as_of
            calls.append(
                replace(call, status="paid" if settled else "due", paid_on=call.due_on if settled else None,
                        reject_code="", rejected_on=None, stage="none")
            )  # fmt: skip
    return replace(dossier, contributions=tuple(calls))


def authorization(
    dossier: Dossier, number: str, kind: str, settlement: Settlement, requested: date, status: str, care: date
) -> Authorization:
    """Return a quote or an authorization of the story.

    Nothing is promised before it is accepted: the mutual's amount is then 0.
    """
    decided = status in {"accepted", "partial"}
    amount = settlement.amount if decided else 0
    return Authorization(
        number, kind, dossier.ids.party, "", requested, care, euros(settlement.spent),
        euros(settlement.mandatory), euros(amount), euros(settlement.spent - settlement.mandatory - amount),
        status, add_months(requested, 3) if decided else None,
    )  # fmt: skip


def with_link(dossier: Dossier, party: str, state: str, code: str, as_of: date, days: int) -> Dossier:
    """Put one person's link with the fund in a state reached some days ago."""
    links = []
    for link in dossier.noemie:
        if link.party != party:
            links.append(link)
            continue
        asked, changed = as_of - timedelta(days=days + 6), as_of - timedelta(days=days)
        events = (NoemieEvent(asked, "out", ""), NoemieEvent(changed, "in", code))
        links.append(
            NoemieLink(party, link.registration, state, code, link.fund, asked, changed, None, "", events)
        )
    return replace(dossier, noemie=tuple(links))


def with_consents(
    dossier: Dossier, state: str, as_of: date, proof: str, *, channels: Sequence[str] = ()
) -> Dossier:
    """Answer the commercial consents of those channels (every channel when none is given)."""
    consents = tuple(
        replace(row, state=state, since=as_of - timedelta(days=200), proof=proof)
        if row.purpose == "commercial" and (not channels or row.channel in channels)
        else row
        for row in dossier.consents
    )
    return replace(dossier, consents=consents)


def open_complaint(
    number: int, received: date, as_of: date, subject: str, text: str, handler: str
) -> Complaint:
    """Return an open complaint of the story."""
    return records.complaint(
        number, received, as_of, subject=subject, channel="email", text=text, handler=handler, open_=True
    )
