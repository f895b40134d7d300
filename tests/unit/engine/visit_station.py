"""A representative's workstation on a hub of its machine: real store, desk, hub, outbox and messages."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from avise.connectors.action_contract import ActionInput, ActionOffer, InputType
from avise.connectors.readings import FacetReading
from avise.directory.keys import Minter
from avise.engine.local_messages import MessageRoom
from avise.engine.message_room import open_message_room
from avise.engine.visit_room import Beside, VisitRoom
from avise.env import SystemEnv
from avise.models.commands import Idempotency, OfflineRule
from avise.models.customer import Party, PartyKind
from avise.models.json_types import JSON
from avise.models.roles import Role
from avise.models.visits import VisitId, visit_of_appointment
from avise.services.outbox import Outbox
from avise.services.profile import Profile
from avise.services.settings_file import HubMode, HubSection, MessagesSection, SettingsFile, UserSection
from avise.services.visit_values import VisitDay, VisitDetail
from avise.store.directory import Directory
from avise.store.outbox import Commands
from avise.texts.formats import local
from tests.unit.engine.request_station import KEY, Line, Machine, Station, Worker, first, station
from tests.unit.services.acting_tools import ActingTools, action_offer
from tests.unit.services.scripted_sources import answer, offer

BRUNO = Worker("bruno.kerhoas", "Bruno Kerhoas", Role.REP, ("team/ITINERANTS",))
ERIC = Party(
    "PTY-1", PartyKind.MEMBER, "FONTAINE", "Éric", title="mr", member_number="0482917350", city="Guérande",
    phones=("+33261910142",), ids={"calendar.contact": "ct0000001", "parties.party": "PTY-1"},
)  # fmt: skip
PROTECTED = Party(
    "PTY-2", PartyKind.MEMBER, "DELORME", "Anne", member_number="0482917351", restricted=True,
    ids={"calendar.contact": "ct0000002", "parties.party": "PTY-2"},
)  # fmt: skip
FIRM = Party(
    "ENT-1", PartyKind.COMPANY, company_name="Bâti Presqu’île", siren="000123455",
    ids={"parties.party": "ENT-1"},
)  # fmt: skip


def today_at(hour: int) -> datetime:
    """Return an hour of today, in Paris."""
    return local(SystemEnv().now()).replace(hour=hour, minute=0, second=0, microsecond=0)


def appointment(hour: int, party: str, place: str, **more: str) -> dict[str, str]:
    """Return one appointment of the diary."""
    starts = today_at(hour)
    return {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "kind": "home_visit",
        "subject": "Souscription",
        "place": f"8 rue du Moulin, 44996 {place}",
        "notes": "Portail bleu.",
        "customer": f"parties.party:{party}" if party else "",
        "status": "confirmed",
        **more,
    }


def diary(*rows: dict[str, str]) -> FacetReading:
    """Return what the diary tells."""
    return replace(answer("agenda", "appointments", *rows), fetched_at=today_at(7))


def just_read(facet: str, *rows: Mapping[str, JSON]) -> FacetReading:
    """Return what the identity tool tells of somebody, read a moment ago."""
    return replace(answer("parties", facet, *rows), fetched_at=SystemEnv().now())


def appointments_offer() -> ActionOffer:
    """Return the calendar's action."""
    names = ("starts_at", "duration_min", "kind", "subject", "place", "advisor")
    return action_offer(
        "appointments",
        "create_appointment",
        idempotency=Idempotency.CLIENT_ID,
        offline=OfflineRule.QUEUE,
        inputs=tuple(ActionInput(name, InputType.TEXT, name) for name in names),
        touches=("appointments",),
        needs_ids=("calendar.contact",),
    )


def tools() -> ActingTools:
    """Return a diary, and what is known of those it names."""
    mail = {"kind": "email", "value": "eric@exemple.invalid", "status": "ok"}
    agenda = diary(
        appointment(8, "PTY-1", "Vertaville"),
        appointment(10, "ENT-1", "Orvignac", status="tentative"),
        appointment(12, "PTY-404", "Nortaison"),
        appointment(14, "PTY-2", "Nortaison"),
        {**appointment(16, "PTY-1", "Nortaison"), "kind": "agency"},
        appointment(17, "PTY-1", "Nortaison", status="cancelled"),
    )
    found = ActingTools(
        [
            offer("agenda", "appointments", needs=("staff.login",)),
            offer("parties", "contact_points", "contracts"),
        ],
        {
            ("agenda", "appointments"): [agenda],
            ("parties", "contact_points"): [just_read("contact_points", mail)],
            ("parties", "contracts"): [just_read("contracts", {"plan": "Confort", "status": "active"})],
        },
    )
    found.action_offers = [appointments_offer()]
    return found


def visit_of(number: int) -> VisitId:
    """Return the visit of an appointment of the diary, by its place there."""
    return visit_of_appointment("agenda", f"appointments-{number}")


class Secrets:
    """Nobody's."""

    async def get(self, instance: str, name: str) -> str | None:
        """Return none."""
        del instance, name
        return None


@dataclass
class VisitStation:
    """A representative's workstation at work."""

    station: Station
    visits: VisitRoom
    outbox: Outbox
    tools: ActingTools
    messages: MessageRoom

    async def days(self, days: int = 1) -> tuple[VisitDay, ...]:
        """Return the days from today on, once they are known."""
        stream = self.station.desk.follow_visits(today_at(12).date(), days)
        return await first(stream, bool)

    async def detail(self, visit: VisitId) -> VisitDetail:
        """Return a visit once its customer's contract is read."""
        return await first(self.station.desk.follow_visit(visit), _is_read)


def _is_read(detail: VisitDetail) -> bool:
    return detail.row.person is None or any(line.label == "visit.sheet.contract" for line in detail.sheet)


@asynccontextmanager
async def visit_station(
    machine: Machine,
    worker: Worker = BRUNO,
    name: str = "",
    line: Line | None = None,
    acts: ActingTools | None = None,
) -> AsyncIterator[VisitStation]:
    """Start a representative's station on the machine's hub."""
    name, env, found = name or worker.login, SystemEnv(), acts or tools()
    await _directory(machine, name)
    async with station(machine, worker, name, line or Line()) as at_work:
        session = at_work.desk.session
        commands = Commands(at_work.store, env, at_work.journal, session.user)
        outbox = Outbox(session, found, at_work.desk.everybody, commands, env)
        await outbox.start()
        at_work.desk.use_outbox(outbox)
        settings = SettingsFile(
            uuid.UUID(int=5), "parties", UserSection(worker.login, worker.name, worker.role),
            synthetic=True, hub=HubSection(HubMode.EMBEDDED),
            messages=MessagesSection(
                mutual="La mutuelle", sender="a@exemple.invalid", smtp_host="127.0.0.1", smtp_port=9
            ),
        )  # fmt: skip
        profile = Profile(machine.folder / name, settings, at_work.store.device_id)
        messages = open_message_room(
            profile, session, at_work.store, found, at_work.desk.everybody, Secrets(), env
        )
        at_work.desk.use_messages(messages)
        beside = Beside(outbox, messages, at_work.room)
        room = VisitRoom(session, at_work.store, at_work.journal, env, at_work.desk, found, beside)  # type: ignore[arg-type]  # scripted tools
        await room.open()
        at_work.desk.use_visits(room.visits)
        try:
            yield VisitStation(at_work, room, outbox, found, messages)
        finally:
            await room.aclose()
            await outbox.aclose()
            await messages.outgoing.aclose()


async def _directory(machine: Machine, name: str) -> None:
    folder = machine.folder / name
    folder.mkdir(exist_ok=True)
    minter = Minter(uuid.UUID(int=5), "parties.party")
    directory = await Directory.open(folder / "directory.db", KEY, machine.env, minter)
    if not await directory.count():
        builder = directory.rebuild()
        await builder.add([ERIC, PROTECTED, FIRM])
        await builder.finish("c1")
    await directory.aclose()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - states of several parts: looking is simpler
            await asyncio.sleep(0.02)
