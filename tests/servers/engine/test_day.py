"""The day, the guess and the wrap-up of a real dossier, with the eight tools running."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta

from avise.commands.show import find_person
from avise.engine.engine import Engine
from avise.models.customer import PersonId
from avise.models.roles import Purpose
from avise.models.wrap_up import CallbackPromise, Outcome, WrapUp
from avise.services.customer_updates import OpeningSettled, TimelineChanged
from avise.services.day_values import DiaryState, MyDay

MEMBER = "0482917350"


async def told(engine: Engine) -> MyDay:
    async with aclosing(engine.desk.my_day()) as days:  # type: ignore[type-var]
        return await anext(days)


async def read(engine: Engine) -> MyDay:
    """Return the day once the agent's diary was read."""
    async with aclosing(engine.desk.my_day()) as days:  # type: ignore[type-var]
        async for day in days:
            if day.diary.state is not DiaryState.READING:
                return day
    raise AssertionError


async def served(engine: Engine, person: PersonId) -> list[str]:
    """Open a member, guess, wrap up with a call-back; return the titles of the timeline afterwards."""
    desk, titles = engine.desk, list[str]()
    async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        async for update in updates:
            if isinstance(update, OpeningSettled):
                guesses = await desk.guess_reasons(person, queue="Remboursements")
                assert len({guess.reason for guess in guesses}) == 3
                assert (guesses[0].reason, guesses[0].because) == ("R01", "queue")
                promise = CallbackPromise(engine.env.now() + timedelta(days=3))
                await desk.record_wrap_up(
                    person, WrapUp("R01", Outcome.TO_FOLLOW, note="Virement attendu", callback=promise)
                )
            elif isinstance(update, TimelineChanged):
                titles = [entry.title for entry in update.entries if entry.source == "journal"]
                if titles:
                    break
    return titles


def test_a_call_is_wrapped_up_and_found_in_the_day(engine: Engine) -> None:
    person = engine.run(find_person(engine.desk, MEMBER))
    assert engine.run(served(engine, person)) == ["Suivi d’un remboursement"]
    day = engine.run(told(engine))
    (row,) = day.later
    assert row.who is not None
    assert row.who.entry.person == person
    assert (row.task.reason, day.unfinished) == ("R01", ())
    assert len(day.tools) == 9


def test_the_agents_diary_is_read_from_the_server_of_appointments(engine: Engine) -> None:
    day = engine.run(read(engine))
    # The world of these tests is of another day than the clock: nothing today, and nothing lacks.
    assert (day.diary.state, day.diary.missing) == (DiaryState.KNOWN, ())
