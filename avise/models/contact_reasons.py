"""Why people get in touch: the 23 reasons of `domain.md` 3.3, as values; the list itself is a TOML file."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

SHOWN_GUESSES = 3
"""Chips of guessed reasons (`domain.md` 3.3, behaviour a)."""


@dataclass(frozen=True, slots=True)
class ContactReason:
    """One reason. Label: catalogue key `reason.<id>`; outcomes: `reason_outcome.<outcome>`."""

    id: str
    """"R01" to "R23"."""
    share: Decimal
    """Percentage of contacts that it makes: an estimate, until the telephony's own counts."""
    facets: tuple[str, ...]
    """Blocks that answer it, the most telling first."""
    outcomes: tuple[str, ...] = ()
    """How it may end in particular, beside resolved, to follow or transferred."""
    words: tuple[str, ...] = ()
    """What a queue of calls, a voice menu or a search in the member space calls it."""
    alerts: tuple[str, ...] = ()
    """Alerts of the customer's header that announce it."""


@dataclass(frozen=True, slots=True)
class GuessedReason:
    """A reason that the exchange is probably about, and why one thinks so."""

    reason: str
    """Code of the reason."""
    because: str
    """Catalogue key `guess.<because>`, filled with `about`: "queue", "deed", "answer", "alert"…"""
    about: str = ""
    """What the sentence names: words of a queue, a block's title; never a value of the member's."""
