"""The side of a request: whom it is about, its form, what tools say, where it has been (`ui.md` 5.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from avise.models.customer import SearchHit
from avise.services.request_values import CheckedFact, FormLine, PathLine, RequestDetail
from avise.texts import plural, text
from avise.texts.formats import (
    format_list_name,
    format_member_number,
    format_moment,
    format_short_date,
    format_time,
    local,
)
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.customer.discreet import Veil
from avise.ui.requests.fact_lines import FactLine, FactLines
from avise.ui.requests.wording import short_number, shown_words
from avise.ui.theme import theme
from avise.ui.turns import turns
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column
from avise.ui.widgets.link import Link
from avise.ui.widgets.panel import Panel

WIDTH = 296
_OPEN_MINUTES_A_DAY = 540
_HOUR = 60


def open_minutes(minutes: int) -> str:
    """Return open minutes as the path writes them: 48 min, 21 h, 6 j."""
    if minutes < _HOUR:
        return text("sla.chip.minutes", minutes=minutes)
    if minutes < _OPEN_MINUTES_A_DAY * 3:
        return text("sla.chip.hours", hours=minutes // _HOUR)
    return text("sla.chip.days", days=minutes // _OPEN_MINUTES_A_DAY)


def who_lines(who: SearchHit, alerts: Sequence[str], now: datetime) -> list[FactLine]:
    """Return the small card: age, number and city, then what must be known first."""
    party = who.entry.party
    born = party.birth_date
    today = local(now).date()
    age = ""
    if born is not None:
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        age = plural("request_panel.years", years)
    facts = (age, format_member_number(party.member_number), party.city)
    lines = [FactLine(" · ".join(filter(None, facts)), role="text-2")]
    return lines + [FactLine(alert, icon="circle-alert", icon_role="warn") for alert in alerts]


def form_lines(form: Sequence[FormLine], documents: Sequence[FormLine]) -> list[FactLine]:
    """Return the form and the documents that its type wants."""
    lines = []
    for line in (*form, *documents):
        if line.missing:
            missing = text("request_panel.missing")
            lines.append(FactLine(missing, line.label, role="danger", heard=f"{line.label}, {missing}"))
        else:
            link = f"file:{line.attachment}" if line.attachment else ""
            value, role = shown_words(line.value), "text"
            if not value:
                value, role = text("request_panel.form.empty"), "text-3"
            lines.append(FactLine(value, line.label, role=role, link=link))
    return lines


def fact_lines(facts: Sequence[CheckedFact], now: datetime) -> list[FactLine]:
    """Return what tools say, each with where it comes from and when."""
    lines = []
    for fact in facts:
        when = format_moment(fact.as_of, now) if fact.as_of is not None else ""
        below = " · ".join(filter(None, (fact.source, when)))
        if fact.stale:
            below = text("request_panel.facts.stale", source=fact.source, when=when)
        icon, role = ("history", "warn") if fact.stale else ("circle-check", "ok")
        sentence = shown_words(fact.sentence)
        below_role = "warn" if fact.stale else "text-3"
        lines.append(FactLine(sentence, icon=icon, icon_role=role, below=below, below_role=below_role))
    return lines


def path_lines(path: Sequence[PathLine]) -> list[FactLine]:
    """Return where the request has been, and for how long."""
    lines = []
    for line in path:
        since = format_short_date(local(line.since).date())
        spent = text("request_panel.path.spent", queue=line.queue_label, duration=open_minutes(line.minutes))
        held = text("request_panel.held_by", name=line.held_by) if line.held_by else ""
        lines.append(FactLine(spent, since, below=held, role="text" if line.current else "text-2"))
    return lines


class SidePane(QScrollArea):
    """The pane.

    Args:
        now: the present.
        parent: of the widget.

    Signals:
        customer_requested: the customer's file is wanted (a `SearchHit`).
        file_requested: a file of the form is wanted (its blob).
        related_requested: another request of the same customer is wanted (its identity).
    """

    customer_requested = Signal(object)
    file_requested = Signal(str)
    related_requested = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._detail: RequestDetail | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(text("request_panel.side"))
        heard_as(self, Role.Grouping)
        self._names = ("say", "who", "form", "facts", "path", "related")
        icons = ("messages-square", "user", "clipboard-list", "list-checks", "route", "git-compare")
        self.panels = {
            name: Panel(text(f"request_panel.side.{name}"), icon)
            for name, icon in zip(self._names, icons, strict=True)
        }
        self.lines = {name: FactLines(60 if name == "path" else 84) for name in self._names}
        self._heads = {name: Label("", "source", "meta") for name in self._names}
        self.open_file = Link(text("request_panel.open_customer"))
        self._build()
        self.veil = Veil(self.panels["form"])
        self._facts_veil = Veil(self.panels["facts"])
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def _build(self) -> None:
        content = QWidget()
        content.setProperty("role", "subtle")
        for name, panel in self.panels.items():
            panel.body.addWidget(self.lines[name])
            panel.right.addWidget(self._heads[name])
            panel.hide()
        self.panels["who"].right.addWidget(self.open_file)
        order = ("who", "say", "form", "facts", "path", "related")
        content.setLayout(
            column(*(self.panels[name] for name in order), None, gap=8, margins=(10, 10, 10, 10))
        )
        self.setWidget(content)
        self.open_file.clicked.connect(self._on_customer)
        self.lines["form"].followed.connect(self._on_file)
        self.lines["related"].followed.connect(self._on_related)

    def show_detail(self, detail: RequestDetail) -> None:
        """Show a request, a panel a turn: a key never waits for all of them."""
        self._detail = detail
        now = self._now()
        who = detail.who
        if who is not None:
            party = who.entry.party
            self.panels["who"].title.setText(format_list_name(party.last_name, party.first_name))
        self._show("who", who_lines(who, detail.who_alerts, now) if who is not None else [])
        self._show("say", [FactLine(detail.sentence)] if detail.sentence else [])
        turns().soon(("requests side", id(self)), self._show_rest)

    def _show_rest(self) -> None:
        detail = self._detail
        if detail is None:
            return
        now = self._now()
        missing = sum(line.missing for line in (*detail.form, *detail.documents))
        state = (
            plural("request_panel.form.missing", missing) if missing else text("request_panel.form.complete")
        )
        self._show("form", form_lines(detail.form, detail.documents), state)
        read = format_time(detail.facts_as_of) if detail.facts_as_of is not None else ""
        self._show("facts", fact_lines(detail.facts, now), read)
        minutes = sum(line.minutes for line in detail.path)
        queues = len({line.queue_label for line in detail.path})
        length = text(
            "request_panel.path.total",
            duration=open_minutes(minutes),
            queues=plural("request_panel.path.queues", queues),
        )
        self._show("path", path_lines(detail.path), length)
        related = [
            FactLine(
                f"{short_number(row.number)} · {row.title}", below=row.queue_label, link=f"request:{row.id}"
            )
            for row in detail.related
        ]
        self._show("related", related, str(len(related)) if related else "")

    def _show(self, name: str, lines: Sequence[FactLine], head: str = "") -> None:
        self.lines[name].show_lines(lines)
        self._heads[name].setText(head)
        self._heads[name].setVisible(bool(head))
        self.panels[name].setVisible(bool(lines))

    def forget(self) -> None:
        """Show nothing: no request is on screen."""
        self._detail = None
        turns().forget(("requests side", id(self)))
        for panel in self.panels.values():
            panel.hide()

    @Slot()
    def _on_customer(self) -> None:
        if self._detail is not None and self._detail.who is not None:
            self.customer_requested.emit(self._detail.who)

    @Slot(str)
    def _on_file(self, link: str) -> None:
        self.file_requested.emit(link.removeprefix("file:"))

    @Slot(str)
    def _on_related(self, link: str) -> None:
        if self._detail is not None:
            found = [row.id for row in self._detail.related if f"request:{row.id}" == link]
            for request in found:
                self.related_requested.emit(request)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setMinimumWidth(theme().px(WIDTH))
