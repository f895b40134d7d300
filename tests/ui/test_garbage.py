from __future__ import annotations

import gc
import threading
import weakref
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from avise.env import FixedEnv
from avise.ui.garbage import IDLE_S, GarbageOnQtThread


class _Cycle:
    def __init__(self) -> None:
        self.me = self


def test_another_thread_never_collects_what_belongs_to_the_window(qapp: QApplication) -> None:
    collector = GarbageOnQtThread(qapp, FixedEnv())
    try:
        gone = weakref.ref(_Cycle())

        def allocate() -> None:
            kept = [[number] for number in range(50_000)]
            assert kept

        thread = threading.Thread(target=allocate)
        thread.start()
        thread.join()
        assert gone() is not None
        gc.collect()
        assert gone() is None
    finally:
        collector.stop()
    assert gc.get_threshold()[0] > 0


def test_a_full_collection_waits_until_the_user_pauses(qapp: QApplication) -> None:
    env = FixedEnv()
    collector = GarbageOnQtThread(qapp, env)
    try:
        for _ in range(200):
            garbage = [_Cycle() for _ in range(2_000)]
            assert garbage
            assert collector.collect_due() < 2
        env.advance(timedelta(seconds=IDLE_S))
        generations = set()
        for _ in range(200):
            garbage = [_Cycle() for _ in range(2_000)]
            generations.add(collector.collect_due())
        assert 2 in generations
    finally:
        collector.stop()


def test_a_key_puts_the_full_collection_off(qapp: QApplication, qtbot: QtBot) -> None:
    env = FixedEnv()
    field = QLineEdit()
    qtbot.addWidget(field)
    collector = GarbageOnQtThread(qapp, env)
    try:
        with qtbot.waitActive(field):
            field.show()
        env.advance(timedelta(seconds=IDLE_S))
        QTest.keyClick(field.windowHandle(), Qt.Key.Key_A)
        for _ in range(200):
            garbage = [_Cycle() for _ in range(2_000)]
            assert garbage
            assert collector.collect_due() < 2
    finally:
        collector.stop()
