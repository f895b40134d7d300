"""What a block of the window says of a file read through an engine."""

from __future__ import annotations

from avise.commands.show import CustomerFile
from avise.engine.engine import Engine
from avise.texts.formats import local
from avise.ui.customer.block_composer import BlockSituation, compose
from avise.ui.customer.block_content import BlockContent, SentenceRow
from avise.ui.customer.record_words import Moment
from tests.servers.bad_input.reading import views


def block(engine: Engine, file: CustomerFile, facet: str) -> BlockContent:
    """Return a block as the window composes it now."""
    now = engine.env.now()
    return compose(facet, views(file, facet), BlockSituation(Moment(now, local(now).date())))


def words(content: BlockContent) -> str:
    """Return what a block says in words, its chip first."""
    rows = [span.text for row in content.rows if isinstance(row, SentenceRow) for span in row.spans]
    chip = [content.chip.text] if content.chip is not None else []
    return " | ".join([*chip, *rows])
