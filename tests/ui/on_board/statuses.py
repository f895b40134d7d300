"""What a representative may have on board: nothing yet, all of it, all of it behind a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from avise.models.leases import LeaseState
from avise.models.packs import PackKind
from avise.services.pack_values import PackRow, PacksStatus, PackState
from tests.ui.scripted_packs import NOTHING, NOW

MB = 1024 * 1024
ALLOWED = replace(NOTHING, size_limit=150 * MB)
END = NOW + timedelta(days=6)
FULL = PacksStatus(
    LeaseState.HELD,
    lease_until=END,
    checked_out=412,
    packs=(
        PackRow(PackKind.PORTFOLIO, PackState.READY, 412, 412, 0, 90 * MB, NOW - timedelta(hours=3), END),
        PackRow(PackKind.VISITS, PackState.READY, 5, 5, 0, 20 * MB, NOW - timedelta(hours=30), END),
        PackRow(PackKind.DOCUMENTS, PackState.PARTIAL, 41, 37, 4, 30 * MB, NOW - timedelta(hours=3), END),
    ),
    size_limit=150 * MB,
)
LOCKED = replace(
    FULL, lease=LeaseState.PIN_NEEDED, pin_set=True, tries_left=7,
    packs=tuple(PackRow(kind, PackState.LOCKED) for kind in PackKind),
)  # fmt: skip
