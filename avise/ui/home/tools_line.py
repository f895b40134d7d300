"""How the tools are, in one line that leads to Sources."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from avise.models.source_status import SourceState, SourceStatus
from avise.texts import plural, text
from avise.ui.shell.status_bar import STATE_LOOKS, counted
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, row
from avise.ui.widgets.link import Link


class ToolsLine(QWidget):
    """Counts by state, with the names of the tools that need somebody.

    Signals:
        sources_requested: the user wants the Sources page.
    """

    sources_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: tuple[tuple[SourceState, str], ...] | None = None
        """None while nobody knows the tools."""
        self.link = Link(text("home.see_sources"))
        self.link.clicked.connect(self.sources_requested)
        self._parts = row(gap=6)
        self._line = row(self._parts, self.link, gap=14)
        self._line.setStretch(0, 1)
        self.setLayout(self._line)
        self._draw((), text("day.tools_unknown"))

    def show_sources(self, sources: Sequence[SourceStatus] | None) -> None:
        """Count the tools again; None while nobody knows them."""
        told = None if sources is None else tuple((source.state, source.name) for source in sources)
        if told != self._told:
            self._told = told
            none = text("day.tools_unknown") if sources is None else plural("status.sources", 0)
            self._draw(sources or (), none)

    def _draw(self, sources: Sequence[SourceStatus], none: str) -> None:
        """Draw the counts; `none` stands in their place where there is no tool."""
        clear(self._parts)
        said = []
        if not sources:
            said.append(none)
            self._parts.addWidget(Label(none, "small", "meta"))
        for state, count in counted(sources):
            look = STATE_LOOKS[state]
            words = plural(f"status.{state}", count)
            if look.role != "ok":
                names = ", ".join(source.name for source in sources if source.state is state)
                words = text("day.tools_named", words=words, names=names)
            said.append(words)
            self._parts.addWidget(Icon(look.icon, 14, look.role))
            label = ElidedLabel(words, "small", "text-2")
            label.setMaximumWidth(label.sizeHint().width() + 24)
            if look.role == "ok":
                # No name in it: there is nothing to cut.
                label.setMinimumWidth(label.sizeHint().width())
            self._parts.addWidget(label)
            self._parts.addSpacing(6)
        self._parts.addStretch(1)
        self.setAccessibleName(", ".join(said))
