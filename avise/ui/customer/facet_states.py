"""A sheet of one block in each of its states: for the user guide, and for eyes that check the looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from avise.env import Env
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.texts import text
from avise.texts.formats import local
from avise.ui.customer.block_composer import BlockSituation, compose
from avise.ui.customer.facet_block import FacetBlock
from avise.ui.customer.record_words import Moment
from avise.ui.theme import theme

COLUMNS = 4
COLUMN_WIDTH = 320
FACET = "contributions"


def facet_states_sheet(env: Env) -> QWidget:
    """Return a widget with the same block in each state, on invented records."""
    now = env.now()
    moment = Moment(now, local(now).date())
    sheet = QWidget()
    sheet.setProperty("role", "app")
    sheet.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    sheet.setWindowTitle(text("app.name"))
    grid = QGridLayout(sheet)
    for place, (view, reading_s) in enumerate(_views(env)):
        content = compose(FACET, [view], BlockSituation(moment, reading_s=reading_s))
        block = FacetBlock(content)
        block.setFixedWidth(theme().px(COLUMN_WIDTH))
        grid.addWidget(block, place // COLUMNS, place % COLUMNS, Qt.AlignmentFlag.AlignTop)
    grid.setRowStretch(grid.rowCount(), 1)
    return sheet


def _views(env: Env) -> list[tuple[FacetView, float | None]]:
    """Each state, with for how long it has been reading."""
    now = env.now()
    today = local(now).date()
    rows = tuple(
        FacetRecord(
            str(month),
            {
                "due_on": (today - timedelta(days=30 * month)).isoformat(),
                "amount": "84.20",
                "status": "rejected" if month == 0 else "paid",
                "method": "direct_debit",
            },
        )
        for month in range(4)
    )
    name = "Cotisations"
    fresh = FacetView(FACET, "contributions", name, FacetState.FRESH, rows, as_of=now, fetched_at=now)
    old = now - timedelta(hours=2, minutes=35)
    copy = replace(fresh, as_of=old, fetched_at=old)
    nothing = FacetView(FACET, "contributions", name, FacetState.WAITING)

    def failed(kind: ErrorKind) -> FacetView:
        failure = Failure(kind, reference="4f2a91c07d11", since=now - timedelta(minutes=14))
        return replace(nothing, state=FacetState.FAILED, error=failure)

    offline = Failure(ErrorKind.OFFLINE, Origin.HOST)
    on_board = replace(copy, state=FacetState.STALE, error=offline, carried_until=now + timedelta(days=6))
    down = Failure(ErrorKind.UNAVAILABLE, since=now - timedelta(minutes=14))
    return [
        (nothing, 1.8),
        (fresh, None),
        (replace(fresh, refreshing=True), 1.2),
        (replace(copy, state=FacetState.STALE), None),
        (replace(fresh, state=FacetState.PARTIAL, unreadable=1), None),
        (replace(fresh, state=FacetState.TRUNCATED, truncated_because="max_rows", total=1200), None),
        (replace(nothing, state=FacetState.EMPTY, as_of=now, fetched_at=now), None),
        (replace(copy, state=FacetState.STALE, error=down), None),
        (failed(ErrorKind.UNAVAILABLE), None),
        (failed(ErrorKind.AUTH), None),
        (failed(ErrorKind.CONFIG), None),
        (failed(ErrorKind.BAD_DATA), None),
        (replace(nothing, state=FacetState.FORBIDDEN), None),
        (replace(nothing, state=FacetState.WITHHELD), None),
        (replace(nothing, state=FacetState.DISABLED), None),
        (replace(fresh, changed=True), None),
        (on_board, None),
        (replace(on_board, records=()), None),
        (replace(copy, state=FacetState.STALE, error=offline), None),
        (replace(nothing, state=FacetState.FAILED, error=offline), None),
    ]
