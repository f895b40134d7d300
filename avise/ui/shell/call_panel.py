"""The incoming call: who may be calling, and the way to their file. It never takes focus (`ui.md` 6.2)."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.customer import PartyKind, SearchHit
from avise.services.desk import IncomingCall
from avise.texts import plural, text
from avise.texts.formats import (
    format_date,
    format_list_name,
    format_member_number,
    format_phone,
    format_siren,
    format_timer,
)
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.end_call_button import EndCallButton
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.link import Link
from avise.ui.widgets.painting import Span, draw_icon, draw_row_line, draw_spans

WIDTH = 400
MAX_CHOICES = 5
_CHOICE_HEIGHT = 44


def caller_name(hit: SearchHit) -> str:
    """Return a caller's name as lists write it."""
    party = hit.entry.party
    return format_list_name(party.last_name, party.first_name) or party.company_name


def apart(hit: SearchHit) -> str:
    """Return what tells those behind one number apart: birth date or SIREN, city, relation, number."""
    party = hit.entry.party
    pieces = (
        format_date(party.birth_date) if party.birth_date else "",
        text("customer.siren", siren=format_siren(party.siren)) if party.siren else "",
        party.city,
        hit.member_label,
        format_member_number(party.member_number),
    )
    return " · ".join(piece for piece in pieces if piece)


def line_of(call: IncomingCall) -> str:
    """Return the queue and the wait."""
    wait = text("call.waited", duration=format_timer(call.waited_s)) if call.waited_s else ""
    queue = text("call.queue", queue=call.queue) if call.queue else ""
    return " · ".join(piece for piece in (queue, wait) if piece)


class CallerChoice(QPushButton):
    """One of the people behind the number."""

    def __init__(self, hit: SearchHit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hit = hit
        self.setAccessibleName(f"{caller_name(hit)}, {apart(hit)}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)

    @override
    def sizeHint(self) -> QSize:
        """Return the size of two lines."""
        return QSize(theme().px(WIDTH), theme().px(_CHOICE_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name over what tells it apart."""
        px = theme().px
        with QPainter(self) as painter:
            if self.underMouse():
                painter.fillRect(self.rect(), theme().colour("bg-hover"))
            party = self._hit.entry.party
            icon = "lock" if party.restricted else "store" if party.kind is PartyKind.COMPANY else "user"
            draw_icon(painter, icon, px(14), px(15), 15)
            half = self.height() // 2
            left, width = px(38), self.width() - px(52)
            name = QRect(left, px(4), width, half - px(2))
            draw_spans(painter, name, (Span(caller_name(self._hit), "strong"),))
            rest = QRect(left, half, width, half - px(4))
            draw_spans(painter, rest, (Span(apart(self._hit), "small", "text-2"),))
            draw_row_line(painter, self.rect())


class CallPanel(QFrame):
    """The panel, under the top bar on the right.

    Signals:
        person_chosen: whose file opens (a `SearchHit`).
        search_requested: nobody was found: the user looks for somebody.
        prospect_requested: whoever calls is new: a file is made.
        exchange_requested: whoever calls has no file, and none is made.
        dismissed: the user closes the panel; the call goes on.
        end_requested: a call that no telephony follows is over.
    """

    person_chosen = Signal(object)
    search_requested = Signal()
    prospect_requested = Signal()
    exchange_requested = Signal()
    dismissed = Signal()
    end_requested = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "overlay")
        self.call: IncomingCall | None = None
        self.hide()
        self._number = Label("", "strong", tabular=True)
        self._line = Label("", "small", "muted")
        self._close = Button(icon="x", kind=ButtonKind.QUIET, small=True, name=text("call.dismiss"))
        self._close.clicked.connect(self.dismiss)
        self._body = QVBoxLayout()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        self._layout.setSpacing(0)
        head = row(
            Icon("phone-incoming", 18, "accent-text"),
            column(self._number, self._line, gap=1),
            None,
            self._close,
            gap=10,
            margins=(14, 10, 8, 10),
        )
        self._layout.addLayout(head)
        self._layout.addWidget(HorizontalLine())
        self._layout.addLayout(self._body)
        self.end = EndCallButton()
        self.end.clicked.connect(self.end_requested)
        self._foot = QWidget()
        self._foot.setLayout(column(HorizontalLine(), row(None, self.end, margins=(14, 6, 8, 6))))
        self._layout.addWidget(self._foot)

    # ---- what it shows -----------------------------------------------------------------------
    def show_call(self, call: IncomingCall) -> str:
        """Show a call that rings; return the sentence that announces it."""
        self.call = call
        number = format_phone(call.number) if call.number else text("call.withheld")
        self._number.setText(text("call.incoming", number=number))
        self._line.setText(line_of(call))
        self._line.setVisible(bool(self._line.text()))
        clear(self._body)
        self._foot.setVisible(not call.followed)
        sentence = self._fill(call)
        self.setAccessibleName(sentence)
        self.show()
        self.raise_()
        self.place()
        return sentence

    def follow(self, call: IncomingCall) -> None:
        """Take another state of the call shown; what is being typed stays."""
        if self.call is not None and self.call.call_id == call.call_id:
            self.call = call
            self._foot.setVisible(not call.followed)
            self.place()

    def _fill(self, call: IncomingCall) -> str:
        if len(call.matches) == 1:
            return self._fill_known(call.matches[0])
        if call.matches:
            return self._fill_several(call)
        return self._fill_nobody("call.nobody" if call.looked_up else "call.not_looked_up")

    def _add(self, widget: QWidget) -> None:
        self._body.addWidget(widget)
        widget.show()  # a widget added to a panel on screen is shown too late to be measured

    def _fill_known(self, hit: SearchHit) -> str:
        button = Button(text("call.open_file"), ButtonKind.PRIMARY, icon="user", keys=keys_of("pick_up"))
        button.clicked.connect(lambda: self.person_chosen.emit(hit))
        box = QWidget()
        box.setLayout(
            column(
                Label(caller_name(hit), "list-title"),
                Label(apart(hit), "small", "muted"),
                row(button, None, self._somebody_else(), margins=(0, 6, 0, 0)),
                gap=2,
                margins=(14, 10, 14, 12),
            )
        )
        self._add(box)
        return text("call.spoken_known", name=caller_name(hit))

    def _fill_several(self, call: IncomingCall) -> str:
        title = Label(plural("call.several", len(call.matches)), "small-medium", "muted")
        box = QWidget()
        box.setLayout(row(title, margins=(14, 8, 14, 6)))
        self._add(box)
        for hit in call.matches[:MAX_CHOICES]:
            choice = CallerChoice(hit)
            choice.clicked.connect(lambda _checked=False, who=hit: self.person_chosen.emit(who))
            self._add(choice)
        other = QWidget()
        other.setLayout(row(None, self._somebody_else(), margins=(14, 4, 14, 6)))
        self._add(other)
        return plural("call.spoken_several", len(call.matches))

    def _somebody_else(self) -> Link:
        """Return the way on when the number is known and whoever calls is not one of them."""
        link = Link(text("call.somebody_else"))
        link.clicked.connect(self._on_somebody_else)
        return link

    def _fill_nobody(self, key: str) -> str:
        """Offer to search, to make a file, or to keep the exchange alone; `key` says why nobody is there."""
        search = Button(text("call.search"), ButtonKind.PRIMARY, icon="search", keys=keys_of("pick_up"))
        search.clicked.connect(self.search_requested)
        prospect = Button(text("people.prospect.title"), icon="user")
        prospect.clicked.connect(self.prospect_requested)
        exchange = Button(text("people.exchange.title"), icon="user-x")
        exchange.clicked.connect(self.exchange_requested)
        box = QWidget()
        box.setLayout(
            column(
                Label(text(key), "strong"),
                Label(text(f"{key}_hint"), "small", "muted", wrap=True),
                row(search, None, margins=(0, 4, 0, 4)),
                row(prospect, exchange, None, gap=6),
                gap=4,
                margins=(14, 10, 14, 12),
            )
        )
        self._add(box)
        return text("call.spoken_not_looked_up" if key == "call.not_looked_up" else "call.spoken_nobody")

    # ---- what the user does ------------------------------------------------------------------
    def pick_up(self) -> None:
        """Go to the only person, to the list, or to the search: the keys of the call (Ctrl+Maj+P)."""
        if self.call is None:
            return
        if len(self.call.matches) == 1:
            self.person_chosen.emit(self.call.matches[0])
        elif self.call.matches:
            choices = self.findChildren(CallerChoice)
            if choices:
                choices[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.search_requested.emit()

    @Slot()
    def _on_somebody_else(self) -> None:
        """Offer what is offered when nobody is behind the number; focus stays in the panel."""
        clear(self._body)
        self._fill_nobody("call.somebody_else")
        self.place()
        first = next((button for button in self.findChildren(Button) if button.text()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def choices(self) -> list[CallerChoice]:
        """Return the people shown to choose from."""
        return [choice for choice in self.findChildren(CallerChoice) if not choice.isHidden()]

    @Slot()
    def dismiss(self) -> None:
        """Hide the panel."""
        self.hide()
        self.dismissed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape; go through the people with the arrows."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        people = self.choices()
        here = next((place for place, choice in enumerate(people) if choice.hasFocus()), None)
        if step is not None and here is not None:
            people[(here + step) % len(people)].setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)

    def place(self) -> None:
        """Stand under the top bar, on the right."""
        px, window = theme().px, self.window()
        if window is self:
            return
        width = px(WIDTH)
        self._layout.activate()
        height = self._layout.totalSizeHint().height()
        corner = QPoint(window.width() - width - px(12), px(48))
        self.setGeometry(corner.x(), corner.y(), width, height)
