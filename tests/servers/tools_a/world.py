"""A small world with known values, and plain clients of the tools that serve it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx2

from avise.demo.launcher import DemoTools
from avise.demo.population.companies import company_count
from avise.demo.population.entities import (
    BankAccount,
    BenefitLine,
    Company,
    ContactPoint,
    ContributionCall,
    Dossier,
    Exchange,
    ExternalIds,
    MemberSpaceActivity,
    MemberSpaceVisit,
    Person,
)
from avise.demo.population.spec import WorldSpec

OURS = ("parties", "benefits", "contributions", "relation")
SPEC = WorldSpec(dossiers=24, seed=7, heavy=False)
NIR = "268039999900142"
IBAN = "FR7699999000020000000000197"
LINES = 250
EXCHANGES = 120

EVERYONE = SPEC.dossiers + company_count(SPEC)
"""Parties of the world: the members and the companies, the baker's among them (one member works there)."""

StartTools = Callable[..., AbstractAsyncContextManager[DemoTools]]


def ids(index: int) -> ExternalIds:
    return ExternalIds(
        member_number=f"{index:010d}",
        party=f"PTY-{index:08x}",
        insured=f"INS{index:05d}",
        account=1000 + index,
        folder=f"D07-{index:07d}",
        calendar_contact=f"ct{index:07x}",
        registration=f"R{index:010d}K",
        contact=f"00000000-0000-4000-8000-{index:012d}",
        client=f"CLI{index:07d}X",
    )


def person(index: int) -> Person:
    return Person(
        ids(index),
        "member",
        "mrs",
        "F",
        "Marchand",
        "Le Goff",
        "Hélène",
        date(1968, 3, 12),
        "Trévès",
        NIR,
        nir_certified=True,
    )


def benefit_line(index: int, rank: int) -> BenefitLine:
    day = date(2026, 3, 1) - timedelta(days=rank)
    return BenefitLine(
        f"L{index}-{rank}",
        ids(index).party,
        "C1",
        "pharmacy",
        "pharmacy",
        "PH7",
        "Pharmacie",
        "Pharmacie des Ormes",
        day,
        day,
        day,
        Decimal("10.00"),
        Decimal("10.00"),
        65,
        Decimal("0.50"),
        Decimal("6.00"),
        Decimal("3.50"),
        Decimal("0.50"),
        "provider",
        "paid",
    )


def dossier(index: int) -> Dossier:
    """Return a dossier; the first has many lines and exchanges, the others none."""
    many = index == 1
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)
    return Dossier(
        index,
        "",
        person(index),
        date(2010, 1, 1),
        "open",
        None,
        "A. Conseil",
        "Trévès",
        contact_points=(
            ContactPoint("mobile", "+33639981234"),
            ContactPoint("email", "h.m.1@exemple.invalid"),
        ),
        benefit_lines=tuple(benefit_line(index, rank) for rank in range(LINES if many else 0)),
        exchanges=tuple(
            Exchange(
                f"X{index}-{rank}", moment - timedelta(hours=rank), "email", "in", "Question", body="Bonjour"
            )
            for rank in range(EXCHANGES if many else 0)
        ),
        contributions=(
            ContributionCall(
                f"K{index}",
                "C1",
                date(2026, 3, 5),
                Decimal("84.20"),
                Decimal("0.00"),
                "rejected",
                "direct_debit",
                None,
                "AM04",
            ),
        ),
        accounts=(
            BankAccount(
                "both",
                IBAN,
                "AVISFRPP",
                "Hélène Marchand",
                "RUM-1",
                None,
                date(2026, 1, 1),
                "active",
                "match",
            ),
        ),
        member_space=MemberSpaceActivity(
            "active",
            date(2020, 1, 1),
            "web",
            "email",
            two_factor=True,
            visits=(MemberSpaceVisit(moment, "web", "Mes cartes"),),
        ),
        company=company() if index == 2 else None,
    )


def company() -> Company:
    return Company(
        "000123455",
        "00012345500016",
        "Le Fournil des Ormes (fictif)",
        "Trévès",
        "99100",
        "IDCC 843",
        7,
        ("Ensemble",),
        "COL-1",
        "Pack Socle",
        60,
        "M. Ormes",
        "+33199001234",
        "rh@exemple.invalid",
        "",
        "2026-02",
        "anomaly",
        "Date de sortie absente",
    )


@contextlib.asynccontextmanager
async def client_of(tools: DemoTools, name: str, **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a plain HTTP client of a tool."""
    async with httpx2.AsyncClient(
        base_url=tools.settings()[name]["base_url"], headers=headers, timeout=10, trust_env=False
    ) as client:
        yield client


async def bearer(tools: DemoTools, client: httpx2.AsyncClient) -> dict[str, str]:
    """Return the header of a fresh token of the parties tool."""
    secret = tools.secrets()["parties", "client_secret"]
    reply = await client.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=("avise", secret)
    )
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}
