"""Every screen of the window, and how to bring it up: the list that the walk goes through.

A page, a floating panel, a dialog or a window that is added to `avise.ui` and not listed here fails
`test_every_screen_is_listed`.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QWidget

from avise.models.consent import ConsentChannel
from avise.models.outgoing import DEPARTS_AFTER, MessageStatus, OutgoingMessage
from avise.models.roles import Purpose
from avise.services.desk import CallState
from avise.services.request_values import HubState, HubStatus
from avise.services.visit_values import VisitNeed, VisitOutcome, VisitReport
from avise.ui.customer.entry_panel import EntryPanel
from avise.ui.discretion import discretion
from avise.ui.home.day_rows import DayAction
from avise.ui.home.page import HomePage
from avise.ui.notifications import Notification, notify
from avise.ui.outbox.action_form import Step
from avise.ui.shell.sessions import SessionTab
from avise.ui.team.page import TeamPage
from avise.ui.visits.page import VisitsPage
from avise.ui.widgets.toast import Message
from tests.ui.accessibility.away_screens import AWAY_SCREENS
from tests.ui.accessibility.screen import Reach, Screen
from tests.ui.accessibility.sign_in_screens import SIGN_IN_SCREENS
from tests.ui.asked_confirmation import ASKED_DAY
from tests.ui.home_day import FULL_DAY, UNLINKED, away
from tests.ui.outbox.acting_window import ActingStage
from tests.ui.outbox.outbox_items import OFFERS, every_state
from tests.ui.persona import HELENE, NOW
from tests.ui.request_new.forms import COMPLAINT, FORM, TYPES
from tests.ui.requests import scene
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk, hit_of
from tests.ui.scripted_identity import LINK, PAIR
from tests.ui.scripted_messages import CARD
from tests.ui.scripted_visits import NOW as VISIT_NOW
from tests.ui.scripted_visits import SECOND
from tests.ui.team.boards import BOARD, PEOPLE
from tests.ui.waiting import until

VISIT = VisitReport(VisitOutcome.SIGNED, (VisitNeed("dental", 5, "implant"),), note="Signé.")


def full_desk(*, absent: bool = False) -> ScriptedDesk:
    """Return a desk on which every screen has something to show."""
    desk = scene.desk()
    desk.session = ScriptedDesk().session
    desk.offers, desk.items = OFFERS, every_state()
    desk.day = away() if absent else FULL_DAY
    desk.board = desk.day.board
    desk.unlinked = UNLINKED
    return desk


def _run(stage: ActingStage, command: str) -> None:
    stage.desktop.actions.commands.run(command)


async def _customer(stage: ActingStage, desk: ScriptedDesk) -> None:
    page = await stage.open(HELENE)
    await until(lambda: page.model.state.settled is not None)
    for part in ("suggestions", "facets", "timeline", "requests", "open_items", "wrap_up"):
        await until(lambda part=part: page.parts.has(part))  # type: ignore[misc]  # bound at once


async def _hidden_outbox(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _page("outbox", stage, desk)
    discretion().set_on(on=True)


async def _page(name: str, stage: ActingStage, _desk: ScriptedDesk) -> None:
    stage.window.show_page(name)


async def _home(stage: ActingStage, _desk: ScriptedDesk) -> None:
    stage.window.show_page("home")
    await until(lambda: stage.window.home.rows.current() is not None)


async def _task_panel(action: DayAction, stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    home: HomePage = stage.window.home
    home.rows.request(action)


async def _home_form(command: str, stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    _run(stage, command)


async def _confirmation(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.show_day(ASKED_DAY)
    await until(lambda: stage.window.home.confirmations.isVisibleTo(stage.window.home))
    await _home_form("confirmation", stage, desk)


async def _on_call(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    desk.ring(HELENE, state=CallState.ANSWERED)
    await until(lambda: stage.customer().model.call is not None)


async def _small(part: str, stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.resize(1000, 700)
    await _customer(stage, desk)
    _run(stage, part)


async def _detail(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    stage.customer().blocks.open_detail("benefits")


async def _verification(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    _run(stage, "identity_check")
    check = stage.customer().check
    await until(lambda: any(call[0] == "verification_questions" for call in desk.asked))
    await until(check.verification.isVisible)


async def _restricted(what: str, stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    stage.customer().check.ask_restricted(what, "nir", "")


async def _report(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    stage.customer().blocks.run("contracts", "report")


async def _entry(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    timeline = stage.customer().sheet.timeline
    timeline.rows.go_to(0)
    timeline.entry_opened.emit(timeline.model.entry(0))


async def _text_of_entry(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    timeline = stage.customer().sheet.timeline
    rows = range(timeline.model.rowCount())
    row = next(row for row in rows if timeline.model.entry(row).has_body)
    desk.bodies[timeline.model.entry(row).id] = "Bonjour, où en est mon dossier ?"
    timeline.rows.go_to(row)
    timeline.entry_opened.emit(timeline.model.entry(row))
    panel = stage.customer().findChild(EntryPanel)
    assert panel is not None
    panel.read.click()
    await until(panel.words.isVisible)


async def _form(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    stage.customer().acting.open("change_address")
    await until(stage.form().isVisible)


async def _plan(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _form(stage, desk)
    for name, value in (("line", "3 quai Haut"), ("postcode", "44000"), ("city", "Nantes")):
        stage.form().field(name).set_value(value)
    stage.form().check.click()
    await until(lambda: stage.form().step is Step.PLAN)


async def _composer(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    _run(stage, "write_email")
    composer = stage.customer().messages.composer()
    await until(lambda: composer.isVisible() and not composer.model.shown().is_busy)


async def _letter(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    _run(stage, "write_letter")
    composer = stage.customer().messages.composer()
    await until(lambda: composer.isVisible() and not composer.model.shown().is_busy)


async def _message(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    planned = OutgoingMessage(
        UUID(int=5), HELENE, "card_available", "1", CARD.title, CARD.purpose, ConsentChannel.EMAIL, "fr",
        MessageStatus.PLANNED, NOW, NOW + DEPARTS_AFTER, NOW,
    )  # fmt: skip
    stage.customer().messages.set_messages([planned])
    stage.customer().messages.show(planned)


async def _consents(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    _run(stage, "consents")
    page = stage.customer()
    await until(lambda: bool(page.consents.consents().shown().questions))


async def _help(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    _run(stage, "help")
    await until(lambda: _seen(stage, "HelpPanel"))


async def _notifications(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    notify(Notification("task/1", "Rappel à 11:00", "Accueil", NOW, "clock", page="home"))
    _run(stage, "notifications")


async def _palette(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    _run(stage, "palette")
    stage.type("march")
    model = stage.window.palette_view.model
    await until(lambda: stage.window.palette_model.is_settled and model.rowCount() > 0)


async def _incoming(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    desk.ring(HELENE, DIRECTORY[1].person)
    await until(stage.window.call_panel.isVisible)


async def _incoming_unknown(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    desk.ring(number="+33639980000")
    await until(stage.window.call_panel.isVisible)


async def _people(name: str, command: str, stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    _run(stage, command)
    people = stage.desktop.actions.people
    await until(lambda: name in people.__dict__ and getattr(people, name).isVisible())


async def _attach(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    stage.desktop.actions.people.show_unlinked(UNLINKED[0].event)
    people = stage.desktop.actions.people
    await until(lambda: "unlinked_panel" in people.__dict__ and people.unlinked_panel.isVisible())


async def _pairs(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.pairs = (PAIR,)
    await _home(stage, desk)
    _run(stage, "same_person")
    actions = stage.desktop.actions
    await until(lambda: "records" in actions.__dict__ and bool(actions.records.panel.lines.links))


async def _two_records(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _pairs(stage, desk)
    stage.desktop.actions.records.panel.show_pair(PAIR)


async def _linked_records(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.links = (LINK,)
    await _customer(stage, desk)
    page = stage.customer()
    page.run_command("linked_records")
    await until(lambda: bool(page.records.panel.lines.links))


async def _cover(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.pin = "482916"
    await _home(stage, desk)
    _run(stage, "lock")
    cover = stage.desktop.locking.cover
    assert cover is not None
    await until(cover.field.isVisible)


async def _reason(stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.desktop.actions.opening.open_hit(hit_of(DIRECTORY[3]), Purpose.SEARCH)
    await until(lambda: _seen(stage, "ReasonDialog"))


async def _tenth(stage: ActingStage, desk: ScriptedDesk) -> None:
    for number in range(9):
        stage.window.sessions.open(SessionTab(UUID(int=100 + number), f"NOM{number}"), show=False)
    stage.desktop.actions.opening.open_hit(hit_of(DIRECTORY[0]), Purpose.SEARCH)
    await until(lambda: _seen(stage, "TenthDialog"))


async def _detached(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    _run(stage, "detach_session")
    await until(lambda: bool(stage.desktop.actions.detaching.windows))
    await until(stage.desktop.actions.detaching.windows[0].isActiveWindow)


async def _place_of_detached(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _detached(stage, desk)
    stage.window.activateWindow()
    await until(stage.window.isActiveWindow)


async def _export(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _customer(stage, desk)
    _run(stage, "export_file")
    await until(lambda: _seen(stage, "ExportPanel"))


async def _new_request(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.type_rows, desk.form = TYPES, replace(FORM, duplicates=desk.request_rows[:1])
    await _customer(stage, desk)
    _run(stage, "new_request")
    await until(lambda: stage.customer().requests.sheet().types.model.rowCount() > 0)


async def _request_form(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _new_request(stage, desk)
    sheet = stage.customer().requests.sheet()
    sheet.types.chosen.emit("REIMB_SEARCH")
    await until(sheet.send.isVisible)
    sheet.form.more.setChecked(True)
    sheet.join((Path("facture.pdf"),))


async def _complaint(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.type_rows, desk.form = TYPES, COMPLAINT
    await _customer(stage, desk)
    _run(stage, "complaint")
    await until(stage.customer().requests.sheet().send.isVisible)


async def _team(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.team, desk.colleague_rows = BOARD, PEOPLE
    stage.window.show_page("team")
    await until(lambda: _seen(stage, "LateList"))


async def _give(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _team(stage, desk)
    page = stage.window.current_page()
    assert isinstance(page, TeamPage)
    page.late.toggle(0)
    page.give.click()


async def _visits(part: str, stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.reports[SECOND] = (VISIT, VISIT_NOW)
    stage.window.show_page("visits")
    page = stage.window.current_page()
    assert isinstance(page, VisitsPage)
    await until(lambda: page.model.detail is not None)
    page.visit.show_part(part)


async def _missed(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _visits("needs", stage, desk)
    page = stage.window.current_page()
    assert isinstance(page, VisitsPage)
    page.ask_missed()


async def _sign_in(way: str, stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    desk.show_hub(HubStatus(HubState.SIGN_IN_NEEDED, NOW, sign_in=way))
    await until(stage.desktop.hub.strip.isVisible)
    stage.desktop.hub.show_page()


async def _sign_in_strip(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    desk.show_hub(HubStatus(HubState.SIGN_IN_NEEDED, NOW, sign_in="local"))
    await until(stage.desktop.hub.strip.isVisible)


async def _toast(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _home(stage, desk)
    stage.window.toast.show_message(
        Message("Tâche faite", "circle-check", action="Annuler", on_action=lambda: None)
    )


def _seen(stage: ActingStage, name: str) -> bool:
    return any(type(found).__name__ == name and found.isVisible() for found in on_screen(stage))


def on_screen(stage: ActingStage) -> list[QWidget]:
    """Return every visible widget of the stage's windows."""
    windows: list[QWidget] = [stage.window, *stage.desktop.actions.detaching.windows]
    inside = [child for window in windows for child in window.findChildren(QWidget)]
    return [widget for widget in [*windows, *inside] if widget.isVisible()]


def _partial(function: Callable[..., Awaitable[None]], *values: object) -> Reach:
    return functools.partial(function, *values)


async def _requests(stage: ActingStage, _desk: ScriptedDesk) -> None:
    stage.desktop.requests.show_page()
    page = stage.desktop.requests.page
    assert page is not None
    page.model.show_basket("queue/PREST_SOINS")
    await until(lambda: page.list.current_place()[1] == len(scene.rows()))
    page.show_request(scene.row_id())
    await until(lambda: page.detail.conversation.exchanges.rowCount() > 1)
    await until(lambda: page.detail.composer.tabs.label() != "")
    page.focus_current()


async def _requests_act(action: str, panel: str, stage: ActingStage, desk: ScriptedDesk) -> None:
    await _requests(stage, desk)
    page = stage.desktop.requests.page
    assert page is not None
    page.run_action(action)
    await until(lambda: _seen(stage, panel))


async def _requests_complete(stage: ActingStage, desk: ScriptedDesk) -> None:
    told = desk.request_details
    desk.request_details = {found: replace(detail, fields=scene.FIELDS) for found, detail in told.items()}
    await _requests_act("complete", "CompletePanel", stage, desk)


async def _requests_chosen(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _requests(stage, desk)
    page = stage.desktop.requests.page
    assert page is not None
    page.list.model.choose(row.id for row in page.list.model.rows[:4])


async def _requests_small(width: int, stage: ActingStage, desk: ScriptedDesk) -> None:
    stage.window.resize(width, 700)
    await _requests(stage, desk)


async def _requests_view(stage: ActingStage, desk: ScriptedDesk) -> None:
    await _requests(stage, desk)
    page = stage.desktop.requests.page
    assert page is not None
    page.list.filters.save_requested.emit()


async def _requests_empty(stage: ActingStage, desk: ScriptedDesk) -> None:
    desk.request_rows = ()
    stage.desktop.requests.show_page()
    await until(lambda: stage.desktop.requests.page is not None)
    page = stage.desktop.requests.page
    assert page is not None
    await until(lambda: bool(page.list.notice.title()))


SCREENS: tuple[Screen, ...] = (
    Screen("home", ("HomePage",), _home),
    Screen("home while away", ("HomePage",), _home, absent=True),
    Screen("move a task", ("MovePanel",), _partial(_task_panel, DayAction.MOVE)),
    Screen("pass a task", ("AssignPanel",), _partial(_task_panel, DayAction.ASSIGN)),
    Screen("new task", ("NewTaskPanel",), _partial(_home_form, "new_task")),
    Screen("confirmation", ("ConfirmationPanel",), _confirmation),
    Screen("absence", ("AbsencePanel",), _partial(_home_form, "absence")),
    Screen("absence declared", ("AbsencePanel",), _partial(_home_form, "absence"), absent=True),
    Screen("nobody open", ("NobodyPage",), _partial(_page, "customers")),
    Screen("sources", ("SourcesPage",), _partial(_page, "sources")),
    Screen("settings", ("SettingsPage",), _partial(_page, "settings")),
    Screen("keys", ("KeysPage",), _partial(_page, "keys")),
    Screen("outbox", ("OutboxPage",), _partial(_page, "outbox")),
    Screen("hidden outbox", ("DiscreetPage",), _hidden_outbox),
    Screen("requests", ("RequestsPage",), _requests),
    Screen("requests chosen together", ("RequestsPage", "BatchBar"), _requests_chosen),
    Screen("requests on a small screen", ("RequestsPage",), _partial(_requests_small, 1100)),
    Screen("no request", ("RequestsPage",), _requests_empty),
    Screen("transfer a request", ("TransferPanel",), _partial(_requests_act, "transfer", "TransferPanel")),
    Screen("pause a request", ("PausePanel",), _partial(_requests_act, "pause", "PausePanel")),
    Screen("question", ("QuestionPanel",), _partial(_requests_act, "ask", "QuestionPanel")),
    Screen("end of a request", ("EndPanel",), _partial(_requests_act, "end", "EndPanel")),
    Screen("colleague", ("ColleaguePanel",), _partial(_requests_act, "assign", "ColleaguePanel")),
    Screen("priority", ("PriorityPanel",), _partial(_requests_act, "prioritise", "PriorityPanel")),
    Screen("merge requests", ("MergePanel",), _partial(_requests_act, "merge", "MergePanel")),
    Screen("reason", ("ReasonPanel",), _partial(_requests_act, "cancel", "ReasonPanel")),
    Screen("complete a request", ("CompletePanel",), _requests_complete),
    Screen("split a request", ("SplitPanel",), _partial(_requests_act, "split", "SplitPanel")),
    Screen("name of a view", ("NamePanel",), _requests_view),
    Screen("help", ("HelpPanel",), _help),
    Screen("notifications", ("NotificationPanel",), _notifications),
    Screen("palette", ("PaletteView",), _palette),
    Screen("several people call", ("CallPanel",), _incoming),
    Screen("nobody known calls", ("CallPanel",), _incoming_unknown),
    Screen("unlinked exchanges", ("UnlinkedPanel",), _partial(_people, "unlinked_panel", "unlinked")),
    Screen("pairs of records", ("SamePersonPanel",), _pairs),
    Screen("two records", ("SamePersonPanel",), _two_records),
    Screen("linked records", ("SamePersonPanel",), _linked_records),
    Screen("attach an exchange", ("UnlinkedPanel",), _attach),
    Screen("prospect", ("CallerForm",), _partial(_people, "prospect_form", "new_prospect")),
    Screen("exchange without a file", ("CallerForm",), _partial(_people, "exchange_form", "new_exchange")),
    Screen("customer", ("CustomerPage", "WrapUpPanel"), _customer),
    Screen("customer on call", ("CustomerPage", "WrapUpPanel"), _on_call),
    Screen("blocks on a small screen", ("CustomerPage",), _partial(_small, "facets")),
    Screen("timeline on a small screen", ("CustomerPage",), _partial(_small, "timeline")),
    Screen("wrap-up on a small screen", ("CustomerPage", "WrapUpPanel"), _partial(_small, "wrap_up")),
    Screen("facet detail", ("FacetDetail",), _detail),
    Screen("verification", ("VerificationPanel",), _verification),
    Screen("reveal", ("RestrictedPanel",), _partial(_restricted, "reveal")),
    Screen("compare", ("RestrictedPanel",), _partial(_restricted, "compare")),
    Screen("report data", ("ReportPanel",), _report),
    Screen("one exchange", ("EntryPanel",), _entry),
    Screen("text of an exchange", ("EntryPanel",), _text_of_entry),
    Screen("action form", ("ActionForm",), _form),
    Screen("action plan", ("ActionForm",), _plan),
    Screen("composer", ("Composer",), _composer),
    Screen("letter", ("Composer",), _letter),
    Screen("planned message", ("MessagePanel",), _message),
    Screen("consents", ("ConsentsPanel",), _consents),
    Screen("toast", ("Toast",), _toast),
    Screen("lock", ("Cover",), _cover),
    Screen("protected file", ("ReasonDialog",), _reason),
    Screen("tenth customer", ("TenthDialog",), _tenth),
    Screen("detached", ("DetachedWindow", "DetachedPlace"), _detached),
    Screen("place of a detached file", ("DetachedPlace",), _place_of_detached),
    Screen("export", ("ExportPanel",), _export),
    Screen("types of requests", ("NewRequestSheet",), _new_request),
    Screen("new request", ("NewRequestSheet",), _request_form),
    Screen("complaint", ("NewRequestSheet",), _complaint),
    Screen("team", ("TeamPage",), _team),
    Screen("give requests", ("GivePanel",), _give),
    Screen("visits", ("VisitsPage",), _partial(_visits, "needs")),
    Screen("report of a visit", ("VisitsPage",), _partial(_visits, "report")),
    Screen("visit not held", ("MissedPanel",), _missed),
    Screen("sign in", ("SignInPage",), _partial(_sign_in, "local")),
    Screen("sign in with the browser", ("SignInPage",), _partial(_sign_in, "oidc")),
    Screen("sign-in ended", ("SignInStrip",), _sign_in_strip),
    *AWAY_SCREENS,
    *SIGN_IN_SCREENS,
)
"""Every screen."""
