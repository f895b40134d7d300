"""Columns as lines of text: what is aligned is cut by nobody, in a pipe or on a narrow terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

BETWEEN = 2
"""Spaces between two columns."""


def aligned_lines(rows: Sequence[Sequence[Text]]) -> Iterator[Text]:
    """Yield one line a row, each column as wide as its widest cell.

    Args:
        rows: as many cells in each; they are not changed.
    """
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        line = Text()
        for cell, width in zip(row, widths, strict=True):
            line.append_text(cell)
            line.append(" " * (width - cell.cell_len + BETWEEN))
        line.rstrip()
        yield line
