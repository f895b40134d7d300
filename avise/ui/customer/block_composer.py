"""From readings to a block: state, lines cut to the room, wide form, folded form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetState, FacetView, Shape
from avise.services.wording import facet_title
from avise.texts import plural, text
from avise.texts.formats import format_number
from avise.ui.customer.block_content import BlockAction, BlockContent, PartRow, Row
from avise.ui.customer.block_state import StateLook, source_and_time, state_look
from avise.ui.customer.compact_rows import compact_rows, folded_summary, wide_columns, wide_rows
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.record_words import Moment

WIDE_ROWS = 10


@dataclass(frozen=True, slots=True)
class BlockSituation:
    """What the screen knows beside the readings."""

    moment: Moment
    reading_s: float | None = None
    """For how long the slowest tool of the block has been read."""
    folded: bool = False
    copy_shown: bool = False
    wide: bool = False
    of_company: bool = False
    """The file is a company's own."""


def compose(facet: str, views: Sequence[FacetView], situation: BlockSituation) -> BlockContent:
    """Return what a block shows.

    A facet that two tools feed is one block of two parts, each with its source, its time and its state.
    """
    layout = LAYOUTS[facet]
    wide = situation.wide and bool(layout.wide)
    relevant = [view for view in views if view.state is not FacetState.NOT_APPLICABLE] or list(views)
    looks = [(view, _look(view, situation)) for view in relevant]
    base = BlockContent(
        facet,
        facet_title(facet),
        FACETS[facet].icon,
        folded=situation.folded,
        reserved=WIDE_ROWS if wide else layout.reserved,
        columns=wide_columns(facet) if wide else (),
    )
    if not looks:
        return base
    content = _one_part(base, *looks[0], situation, wide=wide) if len(looks) == 1 else None
    return content or _several_parts(base, looks, situation)


def _look(view: FacetView, situation: BlockSituation) -> StateLook:
    return state_look(
        view, situation.moment.now, reading_s=situation.reading_s, copy_shown=situation.copy_shown
    )


def _one_part(
    base: BlockContent, view: FacetView, look: StateLook, situation: BlockSituation, *, wide: bool
) -> BlockContent:
    rows, more = _rows(view, look, situation, wide=wide)
    return BlockContent(
        base.facet,
        base.title,
        base.icon,
        count=_count(view, look),
        status=text("block.changed") if view.changed else look.status,
        chip=look.chip,
        reading=look.reading,
        changed=view.changed,
        skeleton=base.reserved if look.skeleton else 0,
        strip=look.strip,
        rows=_placed(view, look, rows),
        columns=base.columns if rows else (),
        actions=look.actions or (*more, *_links(view, situation)),
        folded=situation.folded,
        summary=folded_summary(view.facet, view.records) if look.records_shown else "",
        reserved=base.reserved,
    )


def _links(view: FacetView, situation: BlockSituation) -> tuple[BlockAction, ...]:
    """Return what a block leads to: the employer's own file."""
    if view.facet != "company" or situation.of_company or not view.records:
        return ()
    return (BlockAction("open_company", text("company.open")),)


def _placed(view: FacetView, look: StateLook, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Sentences stand over a copy in error and under the lines of anything else."""
    if view.state is FacetState.STALE and look.chip is not None and look.actions:
        return (*look.sentences, *rows)
    return (*rows, *look.sentences)


def _rows(
    view: FacetView, look: StateLook, situation: BlockSituation, *, wide: bool
) -> tuple[tuple[Row, ...], tuple[BlockAction, ...]]:
    if not look.records_shown or not view.records:
        return (), ()
    shown = WIDE_ROWS if wide else LAYOUTS[view.facet].shown
    found: Sequence[Row] = (
        wide_rows(view.facet, view.records, situation.moment)
        if wide
        else compact_rows(view.facet, view.records, situation.moment)
    )
    left = len(found) - shown
    if left <= 0:
        return tuple(found), ()
    return tuple(found[:shown]), (BlockAction("detail", plural("block.action.see_more", left)),)


def _count(view: FacetView, look: StateLook) -> str:
    if FACETS[view.facet].shape is Shape.CARD or not view.records or not look.records_shown:
        return ""
    known = len(view.records)
    if view.unreadable:
        return text("block.count_of", shown=known, total=known + view.unreadable)
    if view.total is not None and view.total > known:
        if view.state is FacetState.TRUNCATED:
            return text("block.count_of", shown=format_number(known), total=format_number(view.total))
        return format_number(view.total)
    return str(known) if known > 1 else ""


def _several_parts(
    base: BlockContent, looks: list[tuple[FacetView, StateLook]], situation: BlockSituation
) -> BlockContent:
    rows: list[Row] = []
    actions: dict[str, BlockAction] = {}
    for view, look in looks:
        words = look.status or view.source_name
        if look.chip is None and look.status:
            words = source_and_time(view, situation.moment.now) if view.as_of else look.status
        rows.append(PartRow(words, look.chip))
        part, more = _rows(view, look, situation, wide=False)
        rows.extend(_placed(view, look, part))
        actions |= {action.id: action for action in (look.actions or more)}
    waiting = all(look.skeleton for _, look in looks)
    return BlockContent(
        base.facet,
        base.title,
        base.icon,
        count="",
        status=plural("block.sources", len(looks)),
        reading=any(look.reading for _, look in looks),
        changed=any(view.changed for view, _ in looks),
        skeleton=base.reserved if waiting else 0,
        strip=next((look.strip for _, look in looks if look.strip), None),
        rows=() if waiting else tuple(rows),
        actions=tuple(actions.values()),
        folded=situation.folded,
        reserved=base.reserved,
    )


def is_relevant(views: Sequence[FacetView]) -> bool:
    """Say whether a facet concerns this customer: one of its tools at least knows the person."""
    return any(view.state is not FacetState.NOT_APPLICABLE for view in views)
