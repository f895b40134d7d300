"""Commands of the outbox in every state, and what tools offer, for the tests of the window."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from avise.connectors.action_contract import ActionInput, ActionOffer, InputChoice, InputType
from avise.models.commands import (
    Attempt,
    CommandReason,
    CommandState,
    ConfirmRule,
    Idempotency,
    OfflineRule,
    OutboxItem,
)
from tests.ui.persona import HELENE, NOW

S, R = CommandState, CommandReason
LIFETIME = timedelta(hours=72)


def item(number: int, state: CommandState, reason: CommandReason = R.NONE, **more: object) -> OutboxItem:
    """Return a command; the same number gives the same one."""
    confirmed_at = more.pop("confirmed_at", NOW - timedelta(minutes=7 * number))
    assert isinstance(confirmed_at, datetime)
    values: dict[str, object] = {
        "command_id": UUID(int=1000 + number),
        "group_id": UUID(int=2000 + number),
        "person": HELENE,
        "whom": "MARCHAND Hélène",
        "instance": "parties",
        "source_name": "Référentiel",
        "action": "resend_card",
        "label": "Renvoyer la carte de tiers payant",
        "summary": "",
        "changes": (("rights.edition", "paper", "digital"), ("rights.sent_on", "2026-01-05", "2026-03-24")),
        "idempotency": Idempotency.KEY,
        "offline": OfflineRule.QUEUE,
        "touches": ("rights",),
        "purpose": "call",
        "confirmed_at": confirmed_at,
        "not_before": confirmed_at,
        "expires_at": confirmed_at + LIFETIME,
        "lifetime": LIFETIME,
        "fingerprint": b"",
        "state": state,
        "reason": reason,
        "position": 100 - number,
        "sends": 0 if state is S.CONFIRMED or reason is R.OFFLINE else 1,
        "history": (Attempt(confirmed_at, S.SENDING), Attempt(confirmed_at, state, reason)),
    }
    return OutboxItem(**(values | more))  # type: ignore[arg-type]  # fields of an item


def every_state() -> tuple[OutboxItem, ...]:
    """Return a command in each state, the newest first."""
    address = {"action": "change_address", "label": "Changer l’adresse postale"}
    return (
        item(1, S.SENDING, whom="DUVAL Bastien"),
        item(2, S.CONFIRMED, not_before=NOW + timedelta(seconds=6), history=()),
        item(3, S.WAITING, R.UNAVAILABLE, next_at=NOW + timedelta(seconds=38), **address),
        item(4, S.WAITING, R.OFFLINE, whom="KERVELLA Anne", next_at=NOW + timedelta(seconds=30)),
        item(5, S.UNKNOWN, R.NO_ANSWER, uncertain=True, next_at=NOW + timedelta(seconds=12), **address),
        item(6, S.NEEDS_HUMAN, R.TRIES, uncertain=True, source_name="Réclamations", **address),
        item(7, S.CONFLICT, R.CONFLICT, source_name="Relation adhérent", **address),
        item(8, S.REJECTED, R.REJECTED, message="Aucun e-mail connu pour cet adhérent.", whom="ROUX Michel"),
        item(9, S.EXPIRED, R.TOO_LATE),
        item(10, S.CANCELLED, R.BY_USER, because="rappelé, demande retirée"),
        item(11, S.CANCELLED, R.DEPENDENCY),
        item(12, S.ACCEPTED, reference="CC-000184"),
        item(
            13, S.DONE, reference="ATT-0042", document_name="attestation.pdf", action="issue_certificate",
            label="Éditer une attestation", changes=(),
        ),
        item(14, S.AWAITING_SECOND, needs_second=True, sends=0, history=()),
    )  # fmt: skip


def _offer(
    instance: str, source: str, action: str, label: str, *inputs: ActionInput, **more: object
) -> ActionOffer:
    values: dict[str, object] = {
        "instance": instance,
        "source_name": source,
        "action": action,
        "label": label,
        "idempotency": Idempotency.KEY,
        "offline": OfflineRule.QUEUE,
        "expires": LIFETIME,
        "confirm": ConfirmRule.AGENT,
        "inputs": inputs,
        "touches": (),
    }
    return ActionOffer(**(values | more))  # type: ignore[arg-type]  # fields of an offer


REASON = ActionInput(
    "reason", InputType.CHOICE, "Motif", required=True,
    choices=(InputChoice("PERTE", "Carte perdue"), InputChoice("VOL", "Carte volée")),
)  # fmt: skip
EDITION = ActionInput(
    "edition", InputType.CHOICE, "Support", default="D",
    choices=(InputChoice("D", "Par e-mail"), InputChoice("P", "Par courrier")),
)  # fmt: skip
ADDRESS = (
    ActionInput("line", InputType.TEXT, "Numéro et voie", required=True, max_length=38),
    ActionInput("postcode", InputType.POSTCODE, "Code postal", required=True),
    ActionInput("city", InputType.TEXT, "Ville", required=True, max_length=38),
)
APPOINTMENT = (
    ActionInput("starts_at", InputType.DATETIME, "Début", required=True),
    ActionInput("duration_min", InputType.INT, "Durée en minutes", default=30),
    ActionInput("subject", InputType.TEXT, "Objet", required=True, max_length=120),
)

CARD = _offer(
    "parties", "Référentiel", "resend_card", "Renvoyer la carte de tiers payant", REASON, EDITION,
    touches=("rights",),
)  # fmt: skip
CERTIFICATE = _offer(
    "parties", "Référentiel", "issue_certificate", "Éditer une attestation",
    ActionInput(
        "kind", InputType.CHOICE, "Attestation", required=True, choices=(InputChoice("D", "Droits"),)
    ),
    document=True,
)  # fmt: skip
MEETING = _offer(
    "appointments",
    "Agenda",
    "create_appointment",
    "Prendre rendez-vous",
    *APPOINTMENT,
    touches=("appointments",),
)
ADDRESS_CHANGES = tuple(
    _offer(instance, source, "change_address", "Changer l’adresse postale", *ADDRESS, touches=touches)
    for instance, source, touches in (
        ("parties", "Référentiel", ("contact_points",)),
        ("relation", "Relation adhérent", ("member_space", "timeline")),
        ("complaints", "Réclamations", ()),
    )
)
OFFERS = (CARD, CERTIFICATE, *ADDRESS_CHANGES, MEETING)
