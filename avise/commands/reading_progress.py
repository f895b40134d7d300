"""A bulk reading shown at a terminal: a bar with how many, of how many, how fast, and what is doubted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from avise.env import Env
from avise.models.bulk_reading import BulkReading, Doubt
from avise.services.bulk_words import doubt_lines, progress_sentence
from avise.texts import text


@contextmanager
def reading_bar(console: Console) -> Iterator[Callable[[BulkReading], None]]:
    """Give what shows a reading on a bar, which goes with the block."""
    bar = Progress(
        BarColumn(), TextColumn("{task.description}", markup=False), console=console, transient=True
    )
    with bar as progress:
        task = progress.add_task("", total=None)

        def show(told: BulkReading) -> None:
            progress.update(task, completed=told.count, total=told.total, description=progress_sentence(told))

        yield show


def tell_doubt(doubt: Doubt, how_to_decide: str, console: Console, env: Env) -> None:
    """Print what somebody must decide, and by which command."""
    lines = (text(f"bulk.held.{doubt.kind}"), *doubt_lines(doubt, env.now()), how_to_decide)
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
