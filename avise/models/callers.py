"""Who may speak for a customer: the member, somebody with a mandate, a guardian, a company's own people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CallerKind(StrEnum):
    """In which quality somebody calls. Label: catalogue key `caller.<kind>`."""

    MEMBER = "member"
    """The member, or somebody of the company: whoever the file is about."""
    THIRD_PARTY = "third_party"
    """With a written mandate from the member (`domain.md` 1.1)."""
    GUARDIAN = "guardian"
    """Under a protection measure: guardianship, curatorship, safeguard."""
    HR_CONTACT = "hr_contact"
    PAYROLL_AGENT = "payroll_agent"
    """The accountant who sends a company's declarations."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One person who may call about a file, and what for."""

    kind: CallerKind = CallerKind.MEMBER
    name: str = ""
    scope: str = ""
    """Code of what the mandate, or the protection measure, is for."""
    until: date | None = None
    """The mandate's last day."""
    expired: bool = False
    """Listed so that the agent can say so; may not be chosen."""


THE_MEMBER = Caller()
"""Whoever the file is about: the member, or the company's own people."""
