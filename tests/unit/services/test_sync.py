"""What a workstation says to its hub: step by step, then through everything that breaks, from one seed."""

from __future__ import annotations

import json
import random
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from avise.env import FixedEnv
from avise.hub import staff
from avise.hub.chain import FIRST, content_hash, link_after
from avise.hub.core import HubCore
from avise.hub.migrating import migrate
from avise.hub.moments import microseconds
from avise.hub.port import (
    Ack,
    Actor,
    Head,
    HubError,
    HubUnreachableError,
    IdCollisionError,
    Outcome,
    Perimeter,
    Pulled,
    PulledEvent,
    PushedEvent,
    ResendMismatchError,
    SequenceGapError,
)
from avise.models.errors import AviseError
from avise.models.fed_events import FedPage
from avise.models.roles import Role
from avise.services.sync import (
    BACK_OFF,
    HIDDEN,
    JITTER,
    POLL_SECONDS,
    REFUSED_SECONDS,
    Action,
    Ask,
    Begin,
    Fetch,
    Forget,
    Rename,
    Renew,
    Rest,
    Rewind,
    Send,
    Skip,
    SyncCore,
)
from avise.store.connections import STORE_PRAGMAS, close_quietly, open_encrypted

T = TypeVar("T")

HUB = uuid.UUID(int=1)
NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
QUEUE = "queue/ACCUEIL"


def head(last_seq: int = 0, position: int = 0, *, epoch: int = 1, **more: object) -> Head:
    made = Head(HUB, epoch, "0.1.0", NOW, (Perimeter(QUEUE, "queue", True),), {QUEUE: position}, last_seq)
    return replace(made, **more)  # type: ignore[arg-type]  # test data


def core(written: int = 0, sent: int = 0, *, known: bool = True, **more: object) -> SyncCore:
    made = SyncCore(HUB if known else None, 1 if known else 0, 0, written, sent, {}, {}, version="0.1.0")
    return replace(made, **more)  # type: ignore[arg-type]  # test data


def ack(number: int, outcome: Outcome = Outcome.ACCEPTED, **more: object) -> Ack:
    return Ack(number, outcome, **more)  # type: ignore[arg-type]  # test data


def pulled_event(pos: int, chain: bytes = FIRST, **more: object) -> PulledEvent:
    event = PulledEvent(
        QUEUE, pos, str(uuid.UUID(int=pos)), "poste-2", pos, f"request/{uuid.UUID(int=9)}", "request_noted",
        1, "karim.benali", "case_manager", microseconds(NOW), 0, b"{}", b"", bytes(32), 1, "", pos, "",
        microseconds(NOW), b"",
    )  # fmt: skip
    return event._replace(chain=link_after(chain, event), **more)  # type: ignore[arg-type]  # test data


# ---- what comes next ------------------------------------------------------------------------------
def test_a_station_asks_where_the_hub_is_then_sends_then_fetches_then_rests() -> None:
    station = core(written=2)
    assert station.next(0.5) == Ask()
    station.asked(head(position=1))
    assert station.next(0.5) == Send(0, 0)
    told = station.sent_events([ack(1), ack(2)])
    station.acknowledged(told)
    fetch = station.next(0.5)
    assert fetch == Fetch({QUEUE: 0})
    assert isinstance(fetch, Fetch)
    page = station.fetched(fetch, Pulled((pulled_event(1),), {QUEUE: 1}))
    station.kept(page, more=False)
    assert station.up_to_date
    assert station.next(0.5) == Rest(POLL_SECONDS, listening=True)
    assert station.next(0.5) == Ask()


def test_it_waits_longer_when_nobody_looks_and_never_twice_the_same() -> None:
    station = core()
    station.asked(head())
    assert station.next(1.0, hidden=True) == Rest(POLL_SECONDS * HIDDEN * (1 + JITTER), listening=True)
    station.woken()
    station.asked(head())
    assert station.next(0.0) == Rest(POLL_SECONDS * (1 - JITTER), listening=True)


def test_it_backs_off_while_nobody_answers_and_goes_on_at_once_afterwards() -> None:
    station = core(written=1)
    for pause in (*BACK_OFF, BACK_OFF[-1]):
        assert station.next(0.5) == Ask()
        station.failed(HubUnreachableError("hub.unreachable"))
        assert station.next(0.5) == Rest(pause, listening=False)
    station.woken()
    station.asked(head())
    assert (station.failures, station.next(0.5)) == (0, Send(0, 0))


def test_a_sleep_asks_at_once_and_pauses_begin_short_again() -> None:
    station = core()
    for pause in BACK_OFF[:5]:
        assert station.next(0.5) == Ask()
        station.failed(HubUnreachableError("hub.unreachable"))
        assert station.next(0.5) == Rest(pause, listening=False)
    station.resumed()
    assert not station.up_to_date
    assert station.next(0.5) == Ask()
    station.failed(HubUnreachableError("hub.unreachable"))
    assert station.next(0.5) == Rest(BACK_OFF[1], listening=False)


def test_a_sleep_forgets_nothing_that_was_to_be_put_right() -> None:
    station = core(written=3, sent=3)
    station.asked(head(last_seq=1))
    station.resumed()
    assert station.next(0.5) == Rewind(1)


def test_a_slow_network_is_asked_less_often() -> None:
    station = core()
    station.asked(head())
    assert station.next(0.5, limited=True) == Rest(POLL_SECONDS * HIDDEN, listening=True)


def test_a_refusal_of_the_whole_call_is_told_and_tried_again_after_a_while() -> None:
    station = core()
    station.failed(HubError("hub.unknown_device"))
    assert station.trouble is not None
    assert station.trouble.message_key == "hub.unknown_device"
    assert station.next(0.5) == Rest(REFUSED_SECONDS, listening=False)


def test_another_hub_or_another_epoch_begins_again_from_what_that_hub_has() -> None:
    station = core(written=9, sent=9, cursors={QUEUE: 4}, chains={QUEUE: bytes(32)})
    station.asked(head(last_seq=6, epoch=2))
    begin = station.next(0.5)
    assert begin == Begin(HUB, 2, 6)
    assert isinstance(begin, Begin)
    station.begun(begin)
    assert (station.cursors, station.sent, station.epoch) == ({}, 6, 2)
    assert station.next(0.5) == Send(6, 0)


def test_a_missing_number_goes_back_to_it_and_a_second_one_in_a_row_is_a_refusal() -> None:
    station = core(written=5, sent=5)
    station.asked(head(last_seq=5))
    station.wrote(6)
    station.failed(SequenceGapError(4))
    rewind = station.next(0.5)
    assert rewind == Rewind(3)
    assert isinstance(rewind, Rewind)
    station.rewound(rewind)
    assert station.next(0.5) == Send(3, 0)
    station.failed(SequenceGapError(4))
    assert isinstance(station.next(0.5), Rest)


def test_a_copied_device_takes_another_identity_and_sends_what_was_not_sent() -> None:
    station = core(written=7, sent=5)
    station.asked(head(last_seq=5))
    station.failed(ResendMismatchError())
    renew = station.next(0.5)
    assert renew == Renew(5)
    assert isinstance(renew, Renew)
    station.renewed(renew)
    assert station.next(0.5) == Ask()
    station.asked(head(last_seq=0))
    assert station.next(0.5) == Send(5, 5)
    told = station.sent_events([ack(1), ack(2)])
    assert [judgement.position for judgement in told] == [6, 7]


def test_a_hub_that_knows_more_of_this_device_than_its_own_journal_means_a_copy() -> None:
    station = core(written=3, sent=3)
    station.asked(head(last_seq=8))
    assert station.next(0.5) == Renew(3)


def test_an_identity_that_another_event_has_is_changed_and_sent_again() -> None:
    station = core(written=2)
    station.asked(head())
    station.failed(IdCollisionError(2))
    assert station.next(0.5) == Rename(2)
    station.renamed()
    assert station.next(0.5) == Send(0, 0)


def test_what_a_copy_of_the_journal_sent_already_counts_once() -> None:
    station = core(written=4, sent=1)
    station.asked(head(last_seq=1))
    station.failed(ResendMismatchError())
    renew = station.next(0.5)
    assert isinstance(renew, Renew)
    station.renewed(renew)
    station.asked(head(last_seq=0))
    station.failed(IdCollisionError(2))
    assert station.next(0.5) == Skip(3)
    station.skipped()
    assert station.next(0.5) == Send(1, 1)


def test_what_comes_after_an_event_that_can_never_be_taken_is_sent_again_behind_a_void_one() -> None:
    station = core(written=3)
    station.asked(head())
    told = station.sent_events([ack(1), ack(2, Outcome.REFUSED, effective=False, refusal="body")])
    assert [judgement.state for judgement in told] == ["acked", "void"]
    station.acknowledged(told)
    assert station.next(0.5) == Send(1, 0)
    told = station.sent_events([ack(2, effective=False, refusal="void"), ack(3)])
    assert [judgement.state for judgement in told] == ["refused", "acked"]
    station.acknowledged(told)
    assert station.pending == 0


def test_a_void_event_that_is_refused_as_well_is_told_instead_of_sent_for_ever() -> None:
    station = core(written=1)
    station.asked(head())
    for _ in range(2):
        told = station.sent_events([ack(1, Outcome.REFUSED, effective=False, refusal="header")])
        station.acknowledged(told)
    assert station.trouble is not None
    assert isinstance(station.next(0.5), Rest)


def test_an_event_without_the_right_is_put_aside_and_holds_nothing_up() -> None:
    station = core(written=2)
    station.asked(head())
    told = station.sent_events([ack(1, Outcome.QUARANTINED, effective=False, refusal="no_right"), ack(2)])
    assert [judgement.state for judgement in told] == ["quarantined", "acked"]
    station.acknowledged(told)
    assert station.pending == 0


def test_a_perimeter_that_may_be_read_no_more_is_forgotten() -> None:
    station = core(cursors={QUEUE: 3, "queue/RECLA": 2})
    station.asked(head(position=3))
    forget = station.next(0.5)
    assert forget == Forget(("queue/RECLA",))
    assert isinstance(forget, Forget)
    station.forgotten(forget)
    assert set(station.cursors) == {QUEUE}


def test_a_program_that_is_too_old_sends_and_fetches_nothing() -> None:
    station = core(written=1)
    station.asked(head(position=5, min_version="9.0.0"))
    assert station.next(0.5) == Send(0, 0)
    station.acknowledged(station.sent_events([ack(1)]))
    assert isinstance(station.next(0.5), Rest)
    assert station.trouble is not None
    assert station.trouble.message_key == "hub.too_old"


def test_a_station_that_is_to_be_wiped_says_so() -> None:
    station = core()
    station.asked(head(wipe=True))
    assert station.trouble is not None
    assert station.trouble.message_key == "hub.wipe_asked"


# ---- what is fetched ------------------------------------------------------------------------------
def test_a_row_that_lacks_is_an_alarm() -> None:
    one, three = pulled_event(1), pulled_event(3)
    with pytest.raises(AviseError, match=r"hub\.feed_gap"):
        core().fetched(Fetch({QUEUE: 0}), Pulled((one, three), {QUEUE: 3}))


def test_rows_that_were_left_out_are_counted_and_no_gap() -> None:
    one, three = pulled_event(1), pulled_event(3)
    page = core().fetched(Fetch({QUEUE: 0}), Pulled((one, three), {QUEUE: 4}, {QUEUE: 2}))
    assert (page.through, page.chains) == ({QUEUE: 4}, {QUEUE: b""})


def test_rows_out_of_order_are_an_alarm() -> None:
    one = pulled_event(1)
    two = pulled_event(2, one.chain)
    with pytest.raises(AviseError, match=r"hub\.feed_gap"):
        core().fetched(Fetch({QUEUE: 0}), Pulled((two, one), {QUEUE: 2}))


def test_a_row_that_is_not_the_one_that_the_hub_wrote_is_an_alarm() -> None:
    one = pulled_event(1)
    forged = pulled_event(2, one.chain)._replace(author="somebody.else")
    with pytest.raises(AviseError, match=r"hub\.feed_changed"):
        core().fetched(Fetch({QUEUE: 0}), Pulled((one, forged), {QUEUE: 2}))


def test_the_chain_goes_on_from_one_page_to_the_next() -> None:
    one = pulled_event(1)
    two = pulled_event(2, one.chain)
    station = core()
    station.kept(station.fetched(Fetch({QUEUE: 0}), Pulled((one,), {QUEUE: 1})), more=True)
    station.kept(station.fetched(Fetch({QUEUE: 1}), Pulled((two,), {QUEUE: 2})), more=False)
    assert station.chains[QUEUE] == two.chain
    with pytest.raises(AviseError, match=r"hub\.feed_changed"):
        station.fetched(Fetch({QUEUE: 2}), Pulled((pulled_event(3, one.chain),), {QUEUE: 3}))


# ---- everything that breaks, from one seed --------------------------------------------------------
KEY = bytes(range(32))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Disk:
    """What a station keeps over its ends."""

    device: str
    journal: list[PushedEvent] = field(default_factory=list)
    hub_id: uuid.UUID | None = None
    epoch: int = 0
    base: int = 0
    copied: int = 0
    elsewhere: set[int] = field(default_factory=set)
    sent: int = 0
    feed: dict[tuple[str, int], uuid.UUID] = field(default_factory=dict)
    cursors: dict[str, int] = field(default_factory=dict)
    chains: dict[str, bytes] = field(default_factory=dict)


class World:
    """A hub and two stations that everything happens to."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        self.env = FixedEnv(seed=seed)
        self.hub = HubCore(self.env)
        self.connection = open_encrypted(folder / "hub.db", KEY, pragmas=STORE_PRAGMAS)
        with self.connection.begin():
            migrate(self.connection, self.env)
            for login in ("karim", "ines"):
                staff.save_member(self.connection, login, login.title(), Role.CASE_MANAGER)
                staff.join(self.connection, login, QUEUE, LONG_AGO)
                staff.join(self.connection, login, "team/SOINS", LONG_AGO)
        self.stations = [Simulated(self, "karim"), Simulated(self, "ines")]
        self.written: set[bytes] = set()
        self.copy: Path | None = None

    def call(self, work: Callable[[Connection], T], *, breaks: float = 0.15) -> T:
        """Call the hub: sometimes it is not reached, sometimes its answer is lost."""
        if self.chance.random() < breaks:
            raise HubUnreachableError("hub.unreachable")
        with self.connection.begin():
            answer = work(self.connection)
        if self.chance.random() < breaks:
            raise HubUnreachableError("hub.unreachable")
        return answer

    def back_up(self) -> None:
        close_quietly(self.connection)
        self.copy = self.folder / "copy.db"
        shutil.copy(self.folder / "hub.db", self.copy)
        self.connection = open_encrypted(self.folder / "hub.db", KEY, pragmas=STORE_PRAGMAS)

    def restore(self) -> None:
        if self.copy is None:
            return
        with self.connection.begin():
            epoch = self.connection.exec_driver_sql(
                "SELECT value FROM meta WHERE name = 'epoch'"
            ).scalar_one()
        close_quietly(self.connection)
        shutil.copy(self.copy, self.folder / "hub.db")
        self.connection = open_encrypted(self.folder / "hub.db", KEY, pragmas=STORE_PRAGMAS)
        with self.connection.begin():
            raised = (str(int(epoch) + 1),)
            self.connection.exec_driver_sql("UPDATE meta SET value = ? WHERE name = 'epoch'", raised)

    def events(self) -> list[bytes]:
        with self.connection.begin():
            return [row.body for row in self.connection.exec_driver_sql("SELECT body FROM event")]

    def close(self) -> None:
        close_quietly(self.connection)


class Simulated:
    """One station: the pure core, a disk, and whatever breaks between them."""

    def __init__(self, world: World, login: str) -> None:
        self.world, self.login = world, login
        self.disk = Disk(str(world.env.uuid7()))
        self.image: Disk | None = None
        self.start()

    def start(self) -> None:
        disk = self.disk
        self.core = SyncCore(
            disk.hub_id, disk.epoch, disk.base, len(disk.journal), disk.sent,
            dict(disk.cursors), dict(disk.chains), disk.copied, "0.1.0",
        )  # fmt: skip

    @property
    def actor(self) -> Actor:
        return Actor(self.login, Role.CASE_MANAGER, self.disk.device)

    def write(self) -> None:
        env, number = self.world.env, len(self.disk.journal) + 1
        body = json.dumps({"words": f"{self.login} {number} {env.token()}"}).encode()
        salt = bytes.fromhex(env.token())
        stream = f"task/{env.uuid7()}"
        self.disk.journal.append(
            PushedEvent(
                env.uuid7(), number, stream, "task_added", 1, self.login, env.now(), 0, body, salt,
                content_hash(salt, body),
            )
        )  # fmt: skip
        self.world.written.add(body)
        self.core.wrote(number)

    def step(self, *, breaks: float = 0.15) -> bool:
        """Carry one action out; return whether there was nothing to do but to ask and to rest."""
        action = self.core.next(self.world.chance.random())
        try:
            self._do(action, breaks)
        except AviseError as error:
            self.core.failed(error)
        return isinstance(action, Rest | Ask) and self.core.trouble is None

    def _do(self, action: Action, breaks: float) -> None:
        world = self.world
        match action:
            case Rest():
                self.core.woken()
            case Ask():
                world.call(lambda connection: world.hub.enrol(connection, self.actor), breaks=0)
                self.core.asked(
                    world.call(lambda connection: world.hub.head(connection, self.actor), breaks=breaks)
                )
            case Send():
                self._send(action, breaks)
            case Fetch():
                self._fetch(action, breaks)
            case _:
                self._repair(action)

    def _repair(self, action: Action) -> None:
        disk, env = self.disk, self.world.env
        match action:
            case Begin():
                disk.hub_id, disk.epoch, disk.sent = action.hub_id, action.epoch, action.position
                disk.feed, disk.cursors, disk.chains = {}, {}, {}
                self.forget_skipped(action.position)
                self.core.begun(action)
            case Rewind():
                disk.sent = min(disk.sent, action.position)
                self.forget_skipped(action.position)
                self.core.rewound(action)
            case Renew():
                disk.device, disk.base, disk.sent = str(env.uuid7()), action.position, action.position
                disk.copied = len(disk.journal)
                self.forget_skipped(action.position)
                self.core.renewed(action)
            case Skip():
                disk.elsewhere.add(action.position)
                self.core.skipped()
            case _:
                raise AssertionError(action)

    def forget_skipped(self, position: int) -> None:
        self.disk.elsewhere = {skipped for skipped in self.disk.elsewhere if skipped <= position}

    def _send(self, action: Send, breaks: float) -> None:
        events = [
            _as_sent(event, position - action.base, self.disk)
            for position, event in enumerate(self.disk.journal[action.after :][:7], action.after + 1)
        ]
        acks = self.world.call(
            lambda connection: self.world.hub.push(connection, self.actor, events), breaks=breaks
        )
        told = self.core.sent_events(acks)
        if self.world.chance.random() < breaks:
            # Killed between the answer and its writing.
            self.start()
            return
        self.disk.sent = max((judgement.position for judgement in told), default=self.disk.sent)
        self.core.acknowledged(told)

    def _fetch(self, action: Fetch, breaks: float) -> None:
        pulled = self.world.call(
            lambda connection: self.world.hub.pull(connection, self.actor, action.cursors, 5), breaks=breaks
        )
        page = self.core.fetched(action, pulled)
        if self.world.chance.random() < breaks:
            self.start()
            return
        self._keep(page)
        self.core.kept(page, more=pulled.more)

    def _keep(self, page: FedPage) -> None:
        for perimeter, position, identity in page.places:
            assert (perimeter, position) not in self.disk.feed
            self.disk.feed[perimeter, position] = identity
        self.disk.cursors |= page.through
        self.disk.chains |= page.chains


def _as_sent(event: PushedEvent, number: int, disk: Disk) -> PushedEvent:
    if number + disk.base not in disk.elsewhere:
        return replace(event, device_seq=number)
    identity = uuid.uuid5(event.event_id, f"void/{disk.device}")
    sealed = content_hash(event.salt, b"{}")
    return replace(
        event, event_id=identity, device_seq=number, kind="void", stream="void", body=b"{}",
        content_sha=sealed,
    )  # fmt: skip


def settle(stations: Sequence[Simulated]) -> None:
    """Let every station come to rest, nothing breaking any more."""
    for _ in range(2):
        for station in stations:
            idle = 0
            for _ in range(600):
                idle = idle + 1 if station.step(breaks=0) else 0
                if idle == 6:
                    break
            assert idle == 6, station.core


@pytest.mark.parametrize("seed", range(16))
def test_whatever_breaks_everything_written_is_at_the_hub_once_and_every_station_has_all(
    seed: int, tmp_path: Path
) -> None:
    world = World(tmp_path, seed)
    try:
        for _ in range(250):
            world.env.advance(timedelta(seconds=1))
            station = world.chance.choice(world.stations)
            what = world.chance.random()
            if what < 0.25:
                station.write()
            elif what < 0.28:
                station.start()
            elif what < 0.30:
                world.back_up()
            elif what < 0.31:
                world.restore()
            elif what < 0.34:
                station.image = replace(
                    station.disk,
                    journal=list(station.disk.journal),
                    feed=dict(station.disk.feed),
                    cursors=dict(station.disk.cursors),
                    chains=dict(station.disk.chains),
                    elsewhere=set(station.disk.elsewhere),
                )
            elif what < 0.36 and station.image is not None:
                # Put back from an image: its journal and its cursors are those of then.
                station.disk, station.image = station.image, None
                station.start()
            else:
                station.step()
        settle(world.stations)
        kept = [body for body in world.events() if body != b"{}"]
        assert len(kept) == len(set(kept))
        in_journals = {event.body for station in world.stations for event in station.disk.journal}
        assert in_journals <= set(kept)
        for station in world.stations:
            assert station.core.up_to_date
            for perimeter, cursor in station.disk.cursors.items():
                positions = sorted(pos for name, pos in station.disk.feed if name == perimeter)
                assert positions == list(range(1, cursor + 1))
    finally:
        world.close()
