"""Histories cross as what changed in them, and come out as they went in."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from avise.engine.wire import (
    PAGE,
    Cancel,
    EntriesPage,
    HistoryPatch,
    HistoryReceiver,
    HistorySender,
    Pipe,
    Stop,
)
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.services.customer_updates import TimelineChanged

START = datetime(2026, 3, 1, tzinfo=UTC)
ENTRY = TimelineEntry("0", START, next(iter(TimelineGroup)), "call_in", "Appel", "", "calls")


def entry(number: int) -> TimelineEntry:
    return replace(ENTRY, id=str(number), at=START + timedelta(hours=number))


def received(receiver: HistoryReceiver, messages: list[object]) -> TimelineChanged:
    for message in messages[:-1]:
        assert isinstance(message, EntriesPage)
        receiver.take_page(message)
    patch = messages[-1]
    assert isinstance(patch, HistoryPatch)
    return receiver.value(patch)


@given(st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=6))
def test_every_history_of_a_stream_arrives_as_it_left(histories: list[list[int]]) -> None:
    sender, receiver = HistorySender(), HistoryReceiver()
    for numbers in histories:
        sent = TimelineChanged(tuple(entry(number) for number in numbers), ("Appels",))
        assert received(receiver, sender.messages(1, sent)) == sent


def test_a_new_exchange_before_ten_thousand_crosses_alone() -> None:
    sender, receiver = HistorySender(), HistoryReceiver()
    long = tuple(entry(number) for number in range(10_000))
    first = sender.messages(1, TimelineChanged(long))
    assert [len(page.entries) for page in first if isinstance(page, EntriesPage)] == [PAGE] * 40
    received(receiver, first)
    newest = TimelineChanged((entry(-1), *long))
    messages = sender.messages(1, newest)
    assert [len(page.entries) for page in messages if isinstance(page, EntriesPage)] == [1]
    assert received(receiver, messages) == newest


def test_messages_come_in_order_and_a_torn_one_is_the_end() -> None:
    written = io.BytesIO()
    sending = Pipe(io.BytesIO(), written)
    assert sending.send(Cancel(3))
    assert sending.send(Stop())
    whole = written.getvalue()
    reading = Pipe(io.BytesIO(whole[:-1]), io.BytesIO())
    assert reading.receive() == Cancel(3)
    assert reading.receive() is None


def test_a_reader_that_is_gone_is_said_and_raises_nothing() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as outgoing:
        os.close(reading)
        pipe = Pipe(io.BytesIO(), outgoing)
        assert not pipe.send(Stop())
        pipe.close()
    assert not pipe.send(Stop())
