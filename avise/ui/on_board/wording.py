"""What is said of the data on board: a line a pack, a line on the key, how many customers are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from avise.models.leases import LeaseState
from avise.models.packs import PackKind
from avise.services.pack_values import PackRow, PacksStatus, PackState
from avise.texts import plural, text
from avise.texts.formats import format_ahead, format_moment

MEGABYTE = 1024 * 1024
OLD = timedelta(hours=24)
"""Beyond this age a pack is still whole, and its age is shown as what to look at."""

ORDER = (PackKind.VISITS, PackKind.PORTFOLIO, PackKind.DOCUMENTS)
"""What is needed most comes first."""

_LOOKS = {
    PackState.ABSENT: ("circle-dashed", "text-3"),
    PackState.PREPARING: ("loader-circle", "accent-text"),
    PackState.PAUSED: ("circle-pause", "text-2"),
    PackState.READY: ("circle-check", "ok-solid"),
    PackState.PARTIAL: ("triangle-alert", "warn-solid"),
    PackState.EXPIRED: ("hourglass", "text-3"),
    PackState.LOCKED: ("lock", "text-2"),
}
"""Icon and its colour; the words stand beside it."""

_WITHOUT_COUNT = (PackState.ABSENT, PackState.EXPIRED, PackState.LOCKED)


@dataclass(frozen=True, slots=True)
class PackLine:
    """One pack on screen.

    Args:
        icon: of its state.
        ink: of the icon.
        words: what it is and how much of it there is.
        right: when it was prepared, or what is the matter.
        right_ink: of that.
        told: the whole of it, its end too, for a tooltip and for people who hear the screen.
        share: of what is wanted that is held; None where it is not being taken.
    """

    icon: str
    ink: str
    words: str
    right: str
    right_ink: str
    told: str
    share: float | None = None


def pack_lines(status: PacksStatus, now: datetime) -> tuple[PackLine, ...]:
    """Return one line a pack, in the order in which they matter."""
    rows = {row.kind: row for row in status.packs}
    return tuple(pack_line(rows[kind], now) for kind in ORDER if kind in rows)


def pack_line(row: PackRow, now: datetime) -> PackLine:
    """Return a pack as its line."""
    icon, ink = _LOOKS[row.state]
    right, right_ink = _right(row, now)
    if row.state is PackState.READY and _is_old(row, now):
        icon, ink = "history", "warn-solid"
    words = text(f"on_board.{row.kind}") if row.state in _WITHOUT_COUNT else _counted(row)
    under_way = row.state in (PackState.PREPARING, PackState.PAUSED)
    share = row.held / row.wanted if under_way and row.wanted else None
    state = text(f"pack.state.{row.state}")
    end = text("on_board.until", time=format_ahead(row.ends_at, now)) if row.ends_at is not None else ""
    said = right if right != state else ""
    return PackLine(
        icon, ink, words, right, right_ink, ", ".join(filter(None, (words, state, said, end))), share
    )


def _counted(row: PackRow) -> str:
    if row.kind is PackKind.PORTFOLIO and row.held >= row.wanted:
        return plural("on_board.portfolio_held", row.held)
    return text(f"on_board.{row.kind}_of", held=row.held, wanted=row.wanted)


def _right(row: PackRow, now: datetime) -> tuple[str, str]:
    """Return what stands at the end of a line, and its colour."""
    if row.state is PackState.PARTIAL:
        return plural("on_board.missing", max(row.failed, row.wanted - row.held)), "warn"
    if row.state is PackState.READY and row.prepared_at is not None:
        return format_moment(row.prepared_at, now), "warn" if _is_old(row, now) else "text-2"
    if row.state is PackState.PREPARING and row.failed:
        return plural("on_board.failed", row.failed), "warn"
    return text(f"pack.state.{row.state}"), "text-2"


def _is_old(row: PackRow, now: datetime) -> bool:
    return row.prepared_at is not None and now - row.prepared_at > OLD


def size_words(status: PacksStatus) -> str:
    """Return how much is on the disk, and that it is encrypted; "" without anything."""
    taken = sum(row.bytes for row in status.packs)
    return text("on_board.size", megabytes=max(1, round(taken / MEGABYTE))) if taken else ""


def limit_words(status: PacksStatus) -> str:
    """Return how much of the room allowed is taken."""
    taken = sum(row.bytes for row in status.packs)
    limit = status.size_limit // MEGABYTE
    return text("on_board.limit", megabytes=round(taken / MEGABYTE), limit=limit)


def lease_words(status: PacksStatus, now: datetime) -> str:
    """Return until when what is on board can be read, or what is to be done to read it; "" without any."""
    if status.lease is LeaseState.HELD and status.lease_until is not None:
        return text("on_board.readable", time=format_ahead(status.lease_until, now))
    if status.lease in (LeaseState.HELD, LeaseState.NONE):
        return ""
    return text(f"on_board.lease.{status.lease}")


def customers_on_board(status: PacksStatus | None) -> int:
    """Return how many customers can be read without network."""
    if status is None or status.lease is not LeaseState.HELD:
        return 0
    held = {row.kind: row.held for row in status.packs if row.state not in _WITHOUT_COUNT}
    return max(held.get(PackKind.PORTFOLIO, 0), held.get(PackKind.VISITS, 0))


def is_allowed(status: PacksStatus | None) -> bool:
    """Say whether this workstation may take data along."""
    return status is not None and status.size_limit > 0


def is_empty(status: PacksStatus) -> bool:
    """Say whether nothing is on board."""
    return all(row.state in (PackState.ABSENT, PackState.EXPIRED) for row in status.packs)
