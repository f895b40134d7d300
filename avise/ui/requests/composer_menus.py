"""What can be put into a reply: words ready to be sent, facts that tools say, colleagues called upon."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from avise.services.request_values import ColleagueRow, RequestDetail
from avise.texts import text
from avise.ui.requests.words_edit import WordsEdit

TEMPLATES = ("received", "checking", "paid", "missing", "closing")
"""Words ready to be put in a reply. Text: catalogue key `request_panel.template.<template>`."""
_LONGEST_LABEL = 72


class ComposerMenus(QObject):
    """The menus of a composer, and who is called upon in what they put in.

    Args:
        edit: into which they put words.
        parent: of the menus.
    """

    def __init__(self, edit: WordsEdit, parent: QWidget) -> None:
        super().__init__(parent)
        self._edit, self._parent = edit, parent
        self._mentioned: dict[str, str] = {}
        """Login of each name put in."""
        self.detail: RequestDetail | None = None
        self.colleagues: Sequence[ColleagueRow] = ()

    def forget(self) -> None:
        """Forget who was called upon: another request is on screen."""
        self._mentioned = {}

    def mentions(self, words: str) -> tuple[str, ...]:
        """Return the logins called upon in words; a name that was erased calls nobody."""
        return tuple(login for name, login in self._mentioned.items() if f"@{name}" in words)

    # ---- menus -----------------------------------------------------------------------------------
    def open_templates(self, under: QWidget) -> None:
        """Offer words ready to be sent, what can be told to the member first."""
        menu = self._menu(under)
        if self.detail is not None and self.detail.sentence:
            self._offer(menu, self.detail.sentence, self.detail.sentence)
            menu.addSeparator()
        for template in TEMPLATES:
            title = text(f"request_panel.template.{template}.title")
            self._offer(menu, title, text(f"request_panel.template.{template}"))
        menu.popup(_below(under))

    def open_facts(self, under: QWidget) -> None:
        """Offer what tools say, and what the form holds."""
        menu = self._menu(under)
        detail = self.detail
        if detail is not None:
            facts = [fact.sentence for fact in detail.facts]
            lines = [line for line in detail.form if line.value]
            form = [text("request_panel.fact", label=line.label, value=line.value) for line in lines]
            for words in filter(None, (*facts, *form, detail.request.number)):
                self._offer(menu, words, words)
        menu.popup(_below(under))

    def open_colleagues(self, under: QWidget) -> None:
        """Offer colleagues to call upon."""
        menu = self._menu(under)
        self._offer_colleagues(menu, "@")
        menu.popup(_below(under))

    def open_colleagues_after_sign(self, under: QWidget, where: QPoint) -> None:
        """Offer colleagues at a point of the screen, an at sign being typed there already."""
        menu = self._menu(under)
        self._offer_colleagues(menu, "")
        if menu.actions():
            menu.popup(where)

    def mention(self, name: str, login: str) -> None:
        """Call upon somebody where the cursor is."""
        self._mentioned[name] = login
        self._edit.insert(f"@{name} ")

    def _menu(self, under: QWidget) -> QMenu:
        menu = QMenu(self._parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(under.accessibleName())
        return menu

    def _offer(self, menu: QMenu, label: str, words: str) -> None:
        short = label if len(label) <= _LONGEST_LABEL else f"{label[:_LONGEST_LABEL]}…"
        entry = menu.addAction(short.replace("&", "&&"))
        entry.triggered.connect(lambda _checked=False: self._edit.insert(words))

    def _offer_colleagues(self, menu: QMenu, sign: str) -> None:
        for colleague in self.colleagues:
            words = colleague.name
            if colleague.absent_until is not None:
                words = f"{words} ({text('request_panel.presence.absent')})"
            entry = menu.addAction(words)
            entry.triggered.connect(lambda _checked=False, one=colleague: self._take(one, sign))

    def _take(self, colleague: ColleagueRow, sign: str) -> None:
        if sign:
            self.mention(colleague.name, colleague.login)
        else:
            self._mentioned[colleague.name] = colleague.login
            self._edit.textCursor().insertText(f"{colleague.name} ")
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)


def _below(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(QPoint(0, widget.height()))
