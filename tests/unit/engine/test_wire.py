"""Histories cross as what changed in them, and come out as they went in."""

from __future__ import annotations

import io
import os
import threading
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
    Post,
    Stop,
    frame_of,
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
    written = frame_of(Cancel(3)) + frame_of(Stop())
    reading = Pipe(io.BytesIO(written[:-1]), io.BytesIO())
    assert reading.receive() == Cancel(3)
    assert reading.receive() is None


def test_a_reader_that_is_gone_is_told_once_and_raises_nothing() -> None:
    reading, writing = os.pipe()
    deaf = threading.Event()
    os.close(reading)
    post = Post(Pipe(io.BytesIO(), os.fdopen(writing, "wb")), "post of the tests", deaf.set)
    post.put_frame(frame_of(Stop()))
    assert deaf.wait(30)
    post.put_frame(frame_of(Stop()))
    post.stop(30)


def test_what_waits_is_written_before_the_pipe_is_closed() -> None:
    reading, writing = os.pipe()
    post = Post(Pipe(io.BytesIO(), os.fdopen(writing, "wb")), "post of the tests")
    for number in range(100):
        post.put_frame(frame_of(Cancel(number)))
    post.stop(30)
    with os.fdopen(reading, "rb") as incoming:
        pipe = Pipe(incoming, io.BytesIO())
        assert [pipe.receive() for _ in range(101)] == [*(Cancel(number) for number in range(100)), None]
