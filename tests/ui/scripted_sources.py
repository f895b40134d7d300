"""Twelve tools in the states of the design's Sources page, and the two that were not loaded."""

from __future__ import annotations

from datetime import timedelta

from avise.models.errors import ErrorKind, Failure
from avise.models.source_status import Attempt, SourceState, SourceStatus
from tests.ui.persona import NOW


def _wave(base: int, amplitude: int, count: int = 48) -> tuple[int, ...]:
    """Return latencies that look like a tool's day, the same ones each time."""
    return tuple(base + amplitude * ((7 * step) % 5 - 2) // 2 for step in range(count))


def _well(
    instance: str, name: str, version: str, median: int, p95: int, calls: int, *facets: str
) -> SourceStatus:
    return SourceStatus(
        instance,
        name,
        f"{instance} {version}",
        "DSI",
        "Centre de services 02 61 91 40 00",
        SourceState.UP_TO_DATE,
        NOW - timedelta(hours=9),
        median,
        p95,
        _wave(median, median // 4),
        calls,
        0,
        NOW - timedelta(minutes=1),
        facets=facets,
        cached_customers=412,
        oldest_copy=NOW - timedelta(hours=2),
    )


def scripted_sources() -> tuple[SourceStatus, ...]:
    """Return the states, as the services give them (no particular order)."""
    down = Failure(ErrorKind.TIMEOUT, since=NOW - timedelta(minutes=14))
    documents = SourceStatus(
        "documents",
        "Documents",
        "webdav 2.3.1",
        "GED",
        "Exploitation GED, astreinte 02 61 91 40 18",
        SourceState.FAILING,
        NOW - timedelta(minutes=14),
        5000,
        5000,
        (*_wave(900, 200, 40), 1300, 1900, *([5000] * 6)),
        12,
        12,
        NOW - timedelta(hours=15, minutes=24),
        down,
        NOW - timedelta(seconds=22),
        NOW + timedelta(seconds=38),
        ("documents",),
        tuple(
            Attempt(NOW - timedelta(minutes=2 * step, seconds=22), "PROPFIND /{folder}", outcome, took)
            for step, (outcome, took) in enumerate(
                [
                    ("timeout", 5000),
                    ("timeout", 5000),
                    ("timeout", 5000),
                    ("unavailable", 40),
                    ("timeout", 5000),
                ]
            )
        ),
        cached_customers=23210,
        oldest_copy=NOW - timedelta(hours=16),
    )
    slow = SourceStatus(
        "contributions",
        "Cotisations",
        "sql 1.8.0",
        "Recouvrement",
        "Pôle Recouvrement 02 61 91 40 31",
        SourceState.SLOW,
        NOW - timedelta(minutes=50),
        2900,
        6400,
        tuple(1500 + 40 * step for step in range(48)),
        41,
        3,
        NOW - timedelta(hours=2, minutes=35),
        facets=("contributions", "bank"),
        cached_customers=5120,
        oldest_copy=NOW - timedelta(hours=3),
    )
    reserved = SourceStatus(
        "care",
        "Parcours de santé",
        "rest 1.0.0",
        "",
        "",
        SourceState.RESERVED,
        None,
        None,
        None,
        facets=(),
    )
    refused = SourceStatus(
        "surveys",
        "Enquêtes",
        "surveys.toml",
        "Qualité",
        "",
        SourceState.REFUSED,
        None,
        None,
        None,
        refused_because="source.refused.contract",
        refused_detail="surveys.toml, ligne 14",
    )
    return (
        _well("parties", "Contrats", "3.0.2", 180, 410, 212, "identity", "contracts", "beneficiaries"),
        _well("benefits", "Prestations", "4.1.0", 320, 900, 198, "benefits", "guarantees"),
        _well("authorizations", "Devis et PEC", "2.0.4", 1600, 2800, 64, "authorizations"),
        slow,
        _well("rights", "Tiers payant", "1.2.7", 440, 950, 87, "rights"),
        _well("noemie", "Flux NOÉMIE", "1.0.3", 610, 1200, 33, "noemie"),
        documents,
        _well("complaints", "Réclamations", "1.4.2", 270, 700, 58, "complaints"),
        _well("relation", "Espace adhérent", "2.2.0", 220, 550, 140, "member_space"),
        _well("calendar", "Agences et rendez-vous", "3.3.1", 390, 1100, 176, "appointments"),
        reserved,
        refused,
    )
