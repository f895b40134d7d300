"""What one block of the customer's screen shows, as plain values: the widget only paints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from avise.ui.widgets.chip import ChipSpec
from avise.ui.widgets.painting import Span

Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class KeyValueRow:
    """A label in a column of 92 and its value."""

    label: str
    spans: Spans
    chip: ChipSpec | None = None
    """At the right end."""
    icon: str = ""
    """Before the value, in its own colour."""
    icon_role: str = "text-2"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A date in a column of 38, a text, and an amount or a chip at the right end."""

    lead: str
    spans: Spans
    right: str = ""
    right_strong: bool = False
    chip: ChipSpec | None = None


@dataclass(frozen=True, slots=True)
class BarRow:
    """A guarantee: its name, what is left of it, and a bar of what was used."""

    label: str
    right: str
    share: float
    """Used part, between 0 and 1."""
    tone: str = "accent"


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence over the whole width, wrapped by the painter on two lines at most."""

    spans: Spans
    role: str = "text-2"


@dataclass(frozen=True, slots=True)
class PartRow:
    """Head of the part of a block that another tool feeds: its source and time, or its state."""

    text: str
    chip: ChipSpec | None = None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of the wide form."""

    title: str
    weight: float
    """Share of the room; 0 for a column as wide as its widest cell."""
    right: bool = False
    strong: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the wide form, a cell a column."""

    cells: tuple[str, ...]


Row = KeyValueRow | ListRow | BarRow | SentenceRow | PartRow | TableRow


@dataclass(frozen=True, slots=True)
class BlockAction:
    """Something that a block in trouble offers: a button first, then links."""

    id: str
    """"retry", "show_copy", "hide_copy", "detail"…"""
    label: str
    button: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """A tinted line under the header, with a link where there is something to do."""

    text: str
    action: BlockAction | None = None


@dataclass(frozen=True, slots=True)
class BlockContent:
    """Everything that a block shows at one moment."""

    facet: str
    title: str
    icon: str
    count: str = ""
    status: str = ""
    """Source and time, or the counter of a reading."""
    chip: ChipSpec | None = None
    """Instead of `status` when the state speaks."""
    reading: bool = False
    """The moving line, and the reading mark beside the counter."""
    changed: bool = False
    """The source announced something newer: an accent dot."""
    skeleton: int = 0
    """How many grey rows stand for those to come."""
    strip: Strip | None = None
    rows: tuple[Row, ...] = ()
    columns: tuple[TableColumn, ...] = ()
    """Not empty: the wide form."""
    actions: tuple[BlockAction, ...] = ()
    folded: bool = False
    summary: str = ""
    """What a folded block says at its right end."""
    reserved: int = 3
    """Rows whose room is kept while nothing is known."""

    @property
    def offered(self) -> tuple[BlockAction, ...]:
        """What can be done in the block, the link of its strip last."""
        linked = self.strip is not None and self.strip.action
        return (*self.actions, linked) if linked else self.actions

    def spoken(self) -> str:
        """Return the block as sentences for people who hear the screen."""
        head = ", ".join(
            part for part in (self.title, self.count, self.chip.spoken if self.chip else "") if part
        )
        if self.folded:
            return f"{head}, {self.summary}" if self.summary else head
        parts = [head, self.status, self.strip.text if self.strip else ""]
        parts += [spoken_row(row, self.columns) for row in self.rows]
        return ". ".join(part for part in parts if part)


def joined(spans: Sequence[Span]) -> str:
    """Return the text of runs."""
    return "".join(span.text for span in spans)


def spoken_row(row: Row, columns: Sequence[TableColumn] = ()) -> str:
    """Return a row as one sentence."""
    return ", ".join(word for word in _words_of(row, columns) if word)


def _words_of(row: Row, columns: Sequence[TableColumn]) -> tuple[str, ...]:
    match row:
        case KeyValueRow():
            return (row.label, joined(row.spans), row.chip.spoken if row.chip else "")
        case ListRow():
            return (row.lead, joined(row.spans), row.right, row.chip.spoken if row.chip else "")
        case BarRow():
            return (row.label, row.right)
        case PartRow():
            return (row.text, row.chip.spoken if row.chip else "")
        case TableRow():
            titled = zip((column.title for column in columns), row.cells, strict=False)
            return tuple(f"{title} {cell}" for title, cell in titled if cell)
        case SentenceRow():
            return (joined(row.spans),)
