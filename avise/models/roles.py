"""Who acts: roles, and the session that every call to a service carries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The six roles of decision 2; the columns of the masking matrix map to them."""

    AGENT = "agent"
    CASE_MANAGER = "case_manager"
    TEAM_LEAD = "team_lead"
    REP = "rep"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Purpose(StrEnum):
    """Why a customer's file is opened; written in the journal with each opening."""

    CALL = "call"
    REQUEST = "request"
    VISIT = "visit"
    SEARCH = "search"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls a service, in which role, from which device."""

    user: str
    """Login of the person, for instance "lea.girard"."""
    display_name: str
    role: Role
    device: str
