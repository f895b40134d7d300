"""Which answers come for each scripted person (`domain.md` 7.9), on the real tools of their day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from avise.commands.show import CustomerFile, find_person, read_file
from avise.demo.faults import FaultKind
from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.roles import Purpose
from avise.services.customer_updates import Likelihood, OpeningSettled
from tests.servers.engine.conftest import MutualInABox

OF_THE_WORLD = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
"""The morning on which the tools' data were true."""


class MorningEnv(SystemEnv):
    """The real world, on the morning of the invented one."""

    def __init__(self) -> None:
        self._shift: timedelta = OF_THE_WORLD - super().now()

    def now(self) -> datetime:
        """Return what a clock of that morning shows."""
        return super().now() + self._shift


@pytest.fixture(scope="module")
def morning(mutual: MutualInABox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(mutual.profile(tmp_path_factory.mktemp("morning")), MorningEnv()) as opened:
        opened.run(opened.directory_ready())
        yield opened


def read(engine: Engine, code: str) -> CustomerFile:
    async def whole() -> CustomerFile:
        person = await find_person(engine.desk, PERSONAS[code].member_number)
        return await read_file(engine.desk, person, "contrôle")

    return engine.run(whole())


EXPECTED: dict[str, list[str]] = {
    "P00": ["payment", "complaint", "formal_notice"],
    "P01": ["dental_pending"],
    "P02": ["noemie_rejected", "newcomer"],
    "P03": ["termination"],
    "P04": ["declaration_anomaly"],
    "P05": ["madelin_certificate"],
    "P07": ["awaited_certificate"],
    "P09": ["evin"],
    "P10": ["instalment_plan"],
    "P11": ["hospital_pending"],
    "P12": ["card_refused"],
    "P13": ["complaint_unacknowledged", "complaint", "pending_benefit"],
    "P14": ["account_in_check"],
    "P18": ["death"],
    "P19": ["portability_ends"],
    "P24": ["account_to_activate"],
}
"""What each person's story is about, in the order in which it is shown."""

FIRST = ("P00", "P01", "P02", "P03", "P05", "P07", "P10", "P11", "P12", "P13", "P14", "P18")
"""Those whose story is the first answer of all."""


@pytest.mark.parametrize("code", EXPECTED)
def test_the_answers_of_a_person_are_those_of_the_story(morning: Engine, code: str) -> None:
    shown = [answer.id for answer in read(morning, code).suggestions.suggestions]
    assert [name for name in shown if name in EXPECTED[code]] == EXPECTED[code], shown
    if code in FIRST:
        assert shown[0] == EXPECTED[code][0]


def test_nothing_is_suggested_for_a_prospect_without_a_contract(morning: Engine) -> None:
    assert read(morning, "P23").suggestions.suggestions == ()


@pytest.mark.parametrize("code", PERSONAS)
def test_every_answer_rests_on_fresh_readings_that_morning(morning: Engine, code: str) -> None:
    told = read(morning, code).suggestions
    assert all(not answer.stale for answer in told.suggestions)
    assert all(len(answer.answer.replace("**", "")) <= 95 for answer in told.suggestions)


def test_an_answer_whose_tool_is_down_says_from_when_it_is(mutual: MutualInABox, morning: Engine) -> None:
    async def read_twice() -> CustomerFile:
        person = await find_person(morning.desk, PERSONAS["P13"].member_number)
        file, settled = CustomerFile(), 0
        async with aclosing(morning.desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
            async for update in updates:
                file.fold(update)
                if isinstance(update, OpeningSettled):
                    settled += 1
                    if settled == 2:
                        break
                    mutual.set_fault("complaints", FaultKind.DOWN)
                    await morning.desk.reread(person, "complaints")
        return file

    try:
        told = {answer.id: answer for answer in morning.run(read_twice()).suggestions.suggestions}
    finally:
        mutual.set_fault("complaints", FaultKind.NONE)
    assert told["complaint_unacknowledged"].stale
    assert told["complaint_unacknowledged"].likelihood is Likelihood.LIKELY
    assert told["complaint_unacknowledged"].answer.startswith("À 10:4")
    assert not told["pending_benefit"].stale
