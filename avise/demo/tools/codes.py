"""How the simulated tools write what the population holds: short French codes, cents, compact dates.

The maps go from the canonical codes of `avise.models.facet_specs` to the codes of a tool; the connector
files hold the way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

TITLES: Mapping[str, str] = {"mr": "M", "mrs": "MME"}
PARTY_KINDS: Mapping[str, str] = {"member": "ADH", "beneficiary": "BEN", "prospect": "PRO", "company": "ENT"}
VITAL_STATUS: Mapping[str, str] = {"alive": "V", "deceased": "D"}
PROTECTION: Mapping[str, str] = {
    "none": "AUC",
    "guardianship": "TUT",
    "curatorship": "CUR",
    "safeguard": "SAU",
}
ACCESSIBILITY: Mapping[str, str] = {
    "none": "",
    "deaf": "SURD",
    "low_vision": "MALV",
    "reading_difficulty": "LECT",
}
MANDATE_SCOPES: Mapping[str, str] = {
    "all": "TOUT",
    "benefits": "REMB",
    "contract": "CONT",
    "contributions": "COTI",
}
RIGHTS_STATUS: Mapping[str, str] = {"open": "OUV", "closed": "FER", "suspended": "SUS"}
CONTACT_KINDS: Mapping[str, str] = {"address": "ADR", "landline": "TELF", "mobile": "TELM", "email": "MEL"}
CONTACT_STATUS: Mapping[str, str] = {"ok": "OK", "returned": "NPAI", "in_error": "ERR", "unverified": "NV"}
CONTRACT_KINDS: Mapping[str, str] = {
    "individual": "IND",
    "group_mandatory": "COLO",
    "group_voluntary": "COLF",
    "portability": "PORT",
    "evin": "EVIN",
    "self_employed": "TNS",
}
CONTRACT_STATUS: Mapping[str, str] = {
    "active": "ACT",
    "suspended": "SUS",
    "terminated": "RES",
    "future": "FUT",
    "ending": "RIC",
}
CATEGORIES: Mapping[str, str] = {
    "consultations": "CONS",
    "pharmacy": "PHAR",
    "laboratory": "LABO",
    "paramedical": "AUXM",
    "dental": "DENT",
    "optics": "OPTI",
    "audiology": "AUDI",
    "hospital": "HOSP",
    "soft_medicine": "MDOU",
    "other": "AUTR",
}
CARD_EDITIONS: Mapping[str, str] = {"paper": "P", "digital": "D"}
CARD_STATUS: Mapping[str, str] = {
    "active": "A",
    "expired": "E",
    "cancelled": "X",
    "refused": "R",
    "in_production": "F",
}
RELATIONS: Mapping[str, str] = {
    "spouse": "CJT",
    "civil_partner": "PAC",
    "cohabitant": "CCB",
    "child": "ENF",
    "ascendant": "ASC",
}
AWAITED_DOCUMENTS: Mapping[str, str] = {
    "none": "",
    "school_certificate": "SCOL",
    "birth_certificate": "NAIS",
    "rights_certificate": "DROI",
}
CONSENT_PURPOSES: Mapping[str, str] = {
    "commercial": "COM",
    "satisfaction": "SAT",
    "prevention": "PRE",
    "partners": "PAR",
}
CONSENT_CHANNELS: Mapping[str, str] = {"phone": "TEL", "email": "MEL", "sms": "SMS", "letter": "COU"}
CONSENT_STATES: Mapping[str, str] = {"yes": "O", "no": "N", "unknown": "I"}
DECLARATION_STATES: Mapping[str, str] = {"ok": "OK", "anomaly": "ANO", "missing": "ABS"}
PAID_TO: Mapping[str, str] = {"member": "ADH", "provider": "PS"}
LINE_STATUS: Mapping[str, str] = {
    "paid": "PAY",
    "pending": "ENC",
    "rejected": "REJ",
    "adjusted": "REG",
    "reversed": "ANN",
}
AUTHORIZATION_KINDS: Mapping[str, str] = {
    "optics": "OPT",
    "dental": "DEN",
    "audiology": "AUD",
    "hospital": "HOS",
}
AUTHORIZATION_STATUS: Mapping[str, str] = {
    "pending": "ATT",
    "accepted": "ACC",
    "partial": "PAR",
    "refused": "REF",
    "expired": "EXP",
    "missing_document": "PIE",
    "cancelled": "ANN",
}
CONTRIBUTION_STATUS: Mapping[str, str] = {
    "paid": "P",
    "due": "A",
    "rejected": "R",
    "represented": "S",
    "written_off": "V",
    "refunded": "B",
}
CONTRIBUTION_METHODS: Mapping[str, str] = {
    "direct_debit": "PRLV",
    "card": "CB",
    "cheque": "CHQ",
    "transfer": "VIR",
    "payroll": "PAIE",
}
ARREARS_STAGES: Mapping[str, str] = {
    "none": "0",
    "reminder": "1",
    "formal_notice": "2",
    "suspension": "3",
    "termination": "4",
    "instalment_plan": "9",
}
ACCOUNT_USAGES: Mapping[str, str] = {"benefits": "PRE", "contributions": "COT", "both": "MIX"}
ACCOUNT_STATUS: Mapping[str, str] = {"active": "A", "closed": "C", "pending": "E", "suspect": "S"}
HOLDER_CHECKS: Mapping[str, str] = {
    "match": "MTCH",
    "close_match": "CMTC",
    "no_match": "NMTC",
    "not_checked": "NOAP",
}
SPACE_ACCOUNTS: Mapping[str, str] = {
    "none": "ABSENT",
    "active": "ACTIF",
    "locked": "BLOQUE",
    "to_activate": "A_ACTIVER",
}
NOTIFICATIONS: Mapping[str, str] = {"none": "00", "email": "01", "sms": "10", "email_and_sms": "11"}
EXCHANGE_CHANNELS: Mapping[str, str] = {
    "phone_in": "APPEL_ENT",
    "phone_out": "APPEL_SOR",
    "email": "MEL",
    "secure_message": "MSG",
    "web_form": "FORM",
    "chat": "TCHAT",
    "chatbot": "ROBOT",
    "sms": "SMS",
    "letter_in": "COU_ENT",
    "letter_out": "COU_SOR",
    "agency": "AGENCE",
    "field_visit": "VISITE",
    "video": "VISIO",
    "social_facebook": "FB",
    "social_x": "X",
    "mobile_app": "APPLI",
    "employer_portal": "PORTENT",
    "delegate": "DELEGUE",
    "member_space": "ESPACE",
}
EXCHANGE_DIRECTIONS: Mapping[str, str] = {"in": "E", "out": "S", "internal": "I"}
EXCHANGE_STATUS: Mapping[str, str] = {
    "missed": "PERDU",
    "failed": "ECHEC",
    "delivered": "REMIS",
    "in_progress": "ENCOURS",
    "to_send": "A_ENVOYER",
}


def coded(codes: Mapping[str, str], value: str) -> str:
    """Return a tool's code; a value that has none goes out as it is, as tools do with new codes."""
    return codes.get(value, value)


def iso(day: date | None) -> str | None:
    """Return "2026-03-24", or None."""
    return None if day is None else day.isoformat()


def compact(day: date | None) -> str | None:
    """Return "20260324", or None."""
    return None if day is None else day.strftime("%Y%m%d")


def cents(amount: Decimal | None) -> int | None:
    """Return an amount in cents."""
    return None if amount is None else int((amount * 100).to_integral_value())


def national_phone(number: str) -> str:
    """Return a French number as back offices keep it, "0639981234"; any other as it is."""
    return f"0{number[3:]}" if number.startswith("+33") else number
