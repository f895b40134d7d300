"""A consent noted by a slip of the hand is taken back on the real engine, and nobody's else is."""

from __future__ import annotations

import pytest

from avise.models.consent import Consent, ConsentAct, ConsentChannel, ConsentPurpose, ConsentState
from avise.models.errors import AviseError
from tests.servers.engine.test_messages import Box, box, opened, sink

__all__ = ["box", "sink"]

SATISFACTION, SMS = ConsentPurpose.SATISFACTION, ConsentChannel.SMS


def cell_of(cells: tuple[Consent, ...]) -> Consent:
    (found,) = [cell for cell in cells if (cell.purpose, cell.channel) == (SATISFACTION, SMS)]
    return found


def test_an_answer_that_is_taken_back_leaves_the_cell_as_it_was_and_is_asked_again(box: Box) -> None:
    async def note() -> None:
        async with opened(box.engine, "P24") as screen:
            desk, person = box.engine.desk, screen.person
            before = cell_of(await desk.consents(person))
            asked = await desk.consent_questions(person)
            given = cell_of(await desk.give_consent(person, ConsentAct(SATISFACTION, SMS)))
            assert (given.state, given.source) == (ConsentState.YES, "journal")
            assert cell_of(await desk.undo_consent(person, SATISFACTION, SMS)) == before
            assert await desk.consent_questions(person) == asked
            with pytest.raises(AviseError) as refused:
                await desk.undo_consent(person, SATISFACTION, SMS)
            assert refused.value.message_key == "undo.unknown"

    box.engine.run(note())


def test_a_refusal_taken_back_leaves_the_consent_that_was_before(box: Box) -> None:
    async def note() -> None:
        async with opened(box.engine, "P24") as screen:
            desk, person = box.engine.desk, screen.person
            given = cell_of(await desk.give_consent(person, ConsentAct(SATISFACTION, SMS, proof="oral")))
            refused = cell_of(await desk.withdraw_consent(person, SATISFACTION, SMS))
            assert refused.state is ConsentState.NO
            assert cell_of(await desk.undo_consent(person, SATISFACTION, SMS)) == given

    box.engine.run(note())


def test_what_was_noted_long_ago_is_no_slip(box: Box) -> None:
    async def note() -> None:
        async with opened(box.engine, "P24") as screen:
            desk, person = box.engine.desk, screen.person
            await desk.give_consent(person, ConsentAct(SATISFACTION, SMS))
            box.env.pass_minutes(11)
            with pytest.raises(AviseError) as refused:
                await desk.undo_consent(person, SATISFACTION, SMS)
            assert refused.value.message_key == "undo.too_late"

    box.engine.run(note())


def test_every_cell_has_its_question_to_read_aloud(box: Box) -> None:
    async def read() -> None:
        async with opened(box.engine, "P24") as screen:
            every = await box.engine.desk.consent_questions(screen.person, every=True)
            assert len({(question.purpose, question.channel) for question in every}) == 16
            assert all(question.sentence.endswith("?") for question in every)

    box.engine.run(read())
