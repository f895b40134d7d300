"""The tour: the main screens of the real window on real tools, drawn to PNG files with timings.

The window is the one that staff use, on a profile whose tools run; the tour only plays the agent. It
writes `tour.json`:

    {"pictures": [{"file", "shows", "width", "height", "scheme", "zoom", "drawn_ms"}],
     "timings": [{"name", "milliseconds"}]}
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from avise.env import Env
from avise.models.commands import CommandState
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.facets import FacetState
from avise.models.roles import Purpose, Role
from avise.models.tasks import NewTask, TaskKind
from avise.services.customer_updates import VerificationLevel
from avise.services.desk import CallState
from avise.texts import language
from avise.texts.formats import format_list_name
from avise.ui.bridge import DeskBridge
from avise.ui.customer.facet_states import facet_states_sheet
from avise.ui.customer.page import CustomerPage
from avise.ui.pictures import render
from avise.ui.shell.desktop import Desktop
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import Scheme, theme
from avise.ui.tour_on_board import OnBoardScenes
from avise.ui.tour_panels import PanelScenes
from avise.ui.tour_requests import RequestScenes
from avise.ui.tour_scenes import LARGE, SMALL
from avise.ui.tour_visits import VisitScenes

REFERENCE = QSize(1440, 900)
SHEET = QSize(1440, 720)
_DONE, _WAITING = CommandState.DONE, CommandState.WAITING

PATIENCE = 30.0
"""Seconds before a screen that does not come is a failure of the tour."""
BREATH = 0.25
"""Seconds of a few frames."""


@dataclass(frozen=True, slots=True)
class TourScript:
    """What the tour plays on.

    Args:
        target: folder of the pictures, created when missing.
        members: member number by persona code ("P00").
        set_fault: breaks or mends a tool ("documents", "down").
        ring: makes the telephone ring for a number and answers the call when told so.
        phone: number of the persona who calls.
    """

    target: Path
    members: Mapping[str, str]
    set_fault: Callable[[str, str], None]
    ring: Callable[[str, bool], None]
    phone: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One file of the tour."""

    file: str
    shows: str
    width: int
    height: int
    scheme: str
    zoom: int
    drawn_ms: int


@dataclass(slots=True)
class Tour:
    """Plays the agent and draws what is on screen.

    Args:
        desktop: the window and what moves it.
        bridge: the services.
        env: the clock.
        script: what to play on.
    """

    desktop: Desktop
    bridge: DeskBridge
    env: Env
    script: TourScript
    pictures: list[Picture] = field(default_factory=list)
    timings: dict[str, int] = field(default_factory=dict)

    async def play(self) -> None:
        """Draw every screen, then write `tour.json`."""
        self.script.target.mkdir(parents=True, exist_ok=True)
        if self.bridge.session.role is Role.REP:
            # Nobody rings a representative's workstation: the tour is the one of their visits.
            await VisitScenes(self.desktop, self._draw, self._until, self._breath).play()
            await OnBoardScenes(self.desktop, self._draw, self._until, self._breath).play()
            self._write()
            return
        await self._customer()
        await self._states_of_tools()
        await self._palette()
        panels = PanelScenes(self.desktop, self._draw, self._until, self._breath, self.bridge)
        await panels.around()
        await self._calls()
        await panels.on_call(self._page())
        await self._other_pages()
        await self._requests()
        await self._messages()
        await self._acting()
        self._write()

    # ---- scenes --------------------------------------------------------------------------------
    async def _customer(self) -> None:
        lead = await self._open("P00", "first opening settled")
        await self._verified(lead)
        self._draw("customer-light.png", "customer screen, light, 1440 × 900")
        self._draw("customer-dark.png", "customer screen, dark", scheme=Scheme.DARK)
        self._draw("customer-1366.png", "customer screen, 1366 × 768", size=SMALL)
        self._draw("customer-1920.png", "customer screen, 1920 × 1080", size=LARGE)
        theme().set_zoom(150)
        self._draw("customer-zoom-150.png", "customer screen at 150 %", size=LARGE)
        theme().set_zoom(100)
        await self._in_english()
        self._page().blocks.open_detail("benefits")
        await self._breath()
        self._draw("benefits-detail.png", "reimbursements, every field")
        self._press_escape()
        sheet = facet_states_sheet(self.env)
        self._draw_widget(sheet, "facet-states.png", "a block in each of its states", SHEET)
        await self._open("P04", "company member settled")
        self._draw("customer-collective.png", "member of a collective contract")
        await self._company()
        await self._open("P08", "family settled")
        self._draw("customer-family.png", "family of six")

    async def _company(self) -> None:
        """Go from a member to the employer, then to the members whom it covers."""
        member = self._page()
        member.blocks.run("company", "open_company")
        await self._until(lambda: self._page() is not member)
        await self._settled(self._page())
        self._draw("company.png", "a company: sites, contract, HR contact, employees covered")
        self._page().blocks.open_detail("employees")
        await self._breath()
        self._draw("company-employees.png", "employees covered, each leading to the member's file")
        self._press_escape()

    async def _day(self) -> None:
        """Draw a day with something to do in it, then take it back: the profile keeps nothing of the tour."""
        now, lead = self.env.now(), await self._person("P00")
        tasks = (
            NewTask(TaskKind.CALLBACK, "", now + timedelta(minutes=40), None, lead, "R01"),
            NewTask(TaskKind.TODO, "Relire le courrier de l’opticien", now + timedelta(hours=3)),
            NewTask(TaskKind.CALLBACK, "", now + timedelta(days=2), None, await self._person("P04"), "R19"),
        )
        acts = [await self.bridge.add_task(task) for task in tasks]
        self.desktop.window.show_page("home")
        await asyncio.sleep(1.0)
        self._draw("my-day.png", "Ma journée")
        self._draw("my-day-dark.png", "Ma journée, dark", scheme=Scheme.DARK)
        self._draw("my-day-1366.png", "Ma journée, 1366 × 768", size=SMALL)
        for act in acts:
            await self.bridge.undo(act)

    async def _in_english(self) -> None:
        before = language()
        self.desktop.actions.setting_changed.emit("language", "en")
        await self._settled(self._page())
        self._draw("customer-english.png", "customer screen in English")
        self.desktop.actions.setting_changed.emit("language", before)
        await self._settled(self._page())

    async def _verified(self, page: CustomerPage) -> None:
        """Verify the caller as an agent does, with the answers that the lead persona gives."""
        answers = {
            "birth_date": "12/03/1968",
            "beneficiary": "Lou",
            "address": "14 rue des Tilleuls Nantes",
        }
        for question, answer in answers.items():
            await page.model.verify(question, answer)
        await self._until(lambda: page.model.state.verification.level is not VerificationLevel.NONE)

    async def _states_of_tools(self) -> None:
        person = await self._person("P00")
        self.script.set_fault("benefits", "hang")
        self.script.set_fault("documents", "down")
        self.script.set_fault("complaints", "garbage")
        page = self._page_of(person)
        self.desktop.window.sessions.show(person)
        page.refresh()
        await self._until(lambda: self._state(page, "documents") is not FacetState.FRESH)
        await asyncio.sleep(1.5)
        self._draw("customer-tools-failing.png", "a slow tool, one down, one that answers nonsense")
        other = await self._open_without_waiting("P12")
        await asyncio.sleep(1.5)
        self._draw("customer-tools-failing-no-copy.png", "the same tools on a customer never read before")
        del other
        self.desktop.window.show_page("sources")
        await asyncio.sleep(1.0)
        self._draw("sources.png", "sources, worst first")
        self._draw("sources-dark.png", "sources, dark", scheme=Scheme.DARK)
        for tool in ("benefits", "documents", "complaints"):
            self.script.set_fault(tool, "none")
            # The next scenes show a sound day, and a tool that failed is left alone for a while.
            await self.bridge.retry_source(tool)
        page.refresh()

    async def _messages(self) -> None:
        """Write a message that lacks a fact, then one that leaves and is undone; then the consents."""
        page = await self._open("P00", "opening before a message")
        page.set_call(None)
        for template in await self.bridge.message_templates():
            await self._write_message(page, template.id)
            draft = page.messages.composer().model.shown().draft
            if draft is not None and draft.missing:
                break
        self._draw("composer.png", "a message to the member, a fact missing")
        self._draw("composer-dark.png", "a message to the member, dark", scheme=Scheme.DARK)
        await self._write_message(page, "document_awaited")
        self._draw("composer-1366.png", "a message to the member, 1366 × 768", size=SMALL)
        await self._write_message(page, "address_to_confirm")
        page.messages.composer().send.click()
        await self._until(lambda: bool(page.messages.messages))
        await self._breath()
        self._draw("message-planned.png", "a message that leaves in two minutes")
        page.messages.undo(page.messages.messages[0])
        page.consents.open()
        await self._until(lambda: bool(page.consents.consents().shown().questions))
        await self._breath()
        self._draw("consents.png", "what the member accepts, by purpose and channel")
        self._draw("consents-dark.png", "consents, dark", scheme=Scheme.DARK)
        panel = page.consents.panel()
        if panel is not None:
            panel.close_panel()

    async def _write_message(self, page: CustomerPage, template: str) -> None:
        page.messages.write(template=template)
        await self._until(lambda: not page.messages.composer().model.shown().is_busy)
        await self._breath()

    async def _palette(self) -> None:
        self.desktop.window.sessions.show(await self._person("P00"))
        started = self.env.monotonic()
        self.desktop.actions.search()
        await self._type("march")
        await self._until(lambda: self.desktop.window.palette_view.model.rowCount() > 1)
        self._note("palette rows", started)
        await self._breath()
        self._draw("palette.png", "palette over the customer screen")
        self._draw("palette-dark.png", "palette, dark", scheme=Scheme.DARK)
        await self._type("lefort martin")
        await asyncio.sleep(0.5)
        self._draw("palette-homonyms.png", "homonyms told apart")
        await self._type("zzzz")
        await asyncio.sleep(0.5)
        self._draw("palette-nobody.png", "nobody found")
        self.desktop.window.palette_view.close_palette()

    async def _calls(self) -> None:
        window = self.desktop.window
        window.show_page("home")
        self.script.ring(self.script.phone, False)
        await self._until(window.call_panel.isVisible)
        await self._breath()
        self._draw("incoming-call.png", "a known member calls")
        window.call_panel.dismiss()
        self.script.ring("+33199009999", False)
        await asyncio.sleep(1.0)
        self._draw("incoming-call-nobody.png", "nobody is known behind the number")
        window.call_panel.dismiss()
        self.script.ring(self.script.phone, True)
        await self._until(self._is_on_call)
        await self._open("P00", "opening from the store during a call")
        await asyncio.sleep(1.2)
        self._draw("customer-on-call.png", "customer screen during a call")

    async def _requests(self) -> None:
        scenes = RequestScenes(self.desktop, self._draw, self._until, self._breath, self.bridge)
        await scenes.play(await self._open("P00", "opening before a request"))

    async def _other_pages(self) -> None:
        await self._day()
        for page in ("home", "keys", "settings"):
            self.desktop.window.show_page(page)
            await self._breath()
            self._draw(f"{page}.png", page)

    async def _acting(self) -> None:
        """Act in tools, one of them down: last, because what is changed stays changed."""
        await self._open("P08", "family shown again")
        acting = self._page().acting
        await self._until(lambda: bool(acting.intentions))
        await self._planned("change_address", line="3 quai de l’Écluse", postcode="44000", city="Nantes")
        self._draw("action-plan.png", "an address planned in three tools, before and after")
        self._draw("action-plan-dark.png", "the same, dark, 1366 × 768", SMALL, Scheme.DARK)
        self.script.set_fault("relation", "down")
        await self._promised(3)
        await self._until(lambda: {item.state for item in acting.items} >= {_DONE, _WAITING})
        await self._breath()
        self._draw("action-report.png", "how each tool stands")
        acting.form().close_panel()
        for kind in ("DROITS", "RADIATION"):
            known = len(acting.items)
            await self._planned("issue_certificate", kind=kind)
            await self._promised(known + 1)
            await self._until(
                lambda: not any(item.open for item in acting.items if item.action == "issue_certificate")
            )
        await self._planned("resend_card", reason="PERTE")
        self._draw("action-card.png", "a card sent again, before and after")
        await self._promised(len(acting.items) + 1)
        self.desktop.actions.commands.run("outbox")
        await self._breath()
        self._draw("outbox.png", "the outbox, what needs a person first")
        self._draw("outbox-dark.png", "the outbox, dark", scheme=Scheme.DARK)
        self._draw("outbox-1366.png", "the outbox, 1366 × 768", size=SMALL)
        self.script.set_fault("relation", "none")

    async def _planned(self, action: str, **values: str) -> None:
        """Fill a form as the agent does, and ask what it would change."""
        acting = self._page().acting
        acting.open(action)
        form = acting.form()
        for name, value in values.items():
            form.field(name).set_value(value)
        form.check.click()
        await self._until(form.confirm.isVisible)
        await self._breath()

    async def _promised(self, count: int) -> None:
        acting = self._page().acting
        acting.form().confirm.click()
        await self._until(lambda: len(acting.items) >= count)

    # ---- what the agent does -------------------------------------------------------------------
    async def _person(self, code: str) -> PersonId:
        person = await self._listed(self.script.members[code])
        if person is None:
            raise AviseError("show.nobody", reference=self.script.members[code])
        return person

    async def _listed(self, number: str) -> PersonId | None:
        """Find a member, once there is a directory: one of an earlier version is read anew at the start."""
        until = self.env.monotonic() + PATIENCE
        while True:
            try:
                return await self.bridge.find_by_identifier("member", number)
            except AviseError as error:
                if error.message_key != "directory.building" or self.env.monotonic() > until:
                    raise
                await self.env.sleep(BREATH)

    async def _open_without_waiting(self, code: str) -> CustomerPage:
        person = await self._person(code)
        hits = (await self.bridge.search(self.script.members[code], 5)).hits
        party = hits[0].entry.party
        label = format_list_name(party.last_name, party.first_name)
        self.desktop.window.sessions.open(SessionTab(person, label, Purpose.CALL))
        return self._page_of(person)

    async def _open(self, code: str, timing: str) -> CustomerPage:
        started = self.env.monotonic()
        page = await self._open_without_waiting(code)
        await self._settled(page)
        self._note(timing, started)
        return page

    async def _settled(self, page: CustomerPage) -> None:
        await self._until(lambda: page.model.state.settled is not None)
        await self._breath()

    async def _type(self, words: str) -> None:
        view = self.desktop.window.palette_view
        view.field.setText(words)
        view.field.textEdited.emit(words)
        await self._breath()

    def _press_escape(self) -> None:
        """Close the top layer of the page, as the key does."""
        escape = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self._page(), escape)

    def _page(self) -> CustomerPage:
        page = self.desktop.window.current_page()
        if not isinstance(page, CustomerPage):
            raise TypeError(type(page).__name__)
        return page

    def _page_of(self, person: PersonId) -> CustomerPage:
        page = self.desktop.window.customers.prepare(person)
        if not isinstance(page, CustomerPage):
            raise TypeError(type(page).__name__)
        return page

    @staticmethod
    def _state(page: CustomerPage, facet: str) -> FacetState | None:
        views = page.model.views(facet)
        return views[0].state if views else None

    def _is_on_call(self) -> bool:
        call = self.desktop.calls.call
        return call is not None and call.state is CallState.ANSWERED

    # ---- drawing -------------------------------------------------------------------------------
    def _draw(self, file: str, shows: str, size: QSize = REFERENCE, scheme: Scheme = Scheme.LIGHT) -> None:
        self._draw_widget(self.desktop.window, file, shows, size, scheme)

    def _draw_widget(
        self,
        widget: QWidget,
        file: str,
        shows: str,
        size: QSize = REFERENCE,
        scheme: Scheme = Scheme.LIGHT,
    ) -> None:
        started = self.env.monotonic()
        render(widget, self.script.target / file, size, scheme)
        drawn = round((self.env.monotonic() - started) * 1000)
        self.pictures.append(Picture(file, shows, size.width(), size.height(), scheme, theme().zoom, drawn))
        theme().set_scheme(Scheme.LIGHT)

    def _note(self, name: str, started: float) -> None:
        self.timings[name] = round((self.env.monotonic() - started) * 1000)

    async def _breath(self) -> None:
        """Let what was told reach the screen: a few frames."""
        await asyncio.sleep(BREATH)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            # What is waited for are states of several widgets: looking is simpler than one event each.
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def _write(self) -> None:
        document = {
            "pictures": [asdict(picture) for picture in self.pictures],
            "timings": [{"name": name, "milliseconds": value} for name, value in self.timings.items()],
        }
        text = json.dumps(document, ensure_ascii=False, indent=2)
        (self.script.target / "tour.json").write_text(text + "\n", encoding="utf-8")
