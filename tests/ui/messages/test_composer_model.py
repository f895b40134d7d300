"""The composer's state: what is asked of the engine, what is typed over, what may leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from PySide6.QtCore import QObject

from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.errors import AviseError
from avise.models.outgoing import MessageDraft, MissingFact, OutgoingMessage, TemplateChoice
from avise.ui.bridge import DeskBridge
from avise.ui.messages.composer_model import ComposerModel
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_messages import CARD
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
UNTIL = MissingFact("until", "fin de validité de la carte", "rights")
PAID = TemplateChoice("paid", "Remboursement versé", ConsentPurpose.SERVICE, (ConsentChannel.SMS,))
NIR = "2 68 03 44 109 214 92"


def fail(name: str, error: BaseException) -> None:
    raise AssertionError(name) from error


@asynccontextmanager
async def composing(desk: ScriptedDesk) -> AsyncIterator[ComposerModel]:
    """Open a composer, its first draft read."""
    owner = QObject()
    bridge = DeskBridge(desk, asyncio.get_running_loop())
    model = ComposerModel(bridge, HELENE, fail, owner)
    model.open(None)
    await read(model)
    try:
        yield model
    finally:
        model.close()
        await asyncio.sleep(0)
        bridge.close()


async def read(model: ComposerModel) -> None:
    """Wait until what was asked came back."""
    await until(lambda: not model.shown().is_busy)


def drafts(desk: ScriptedDesk) -> list[tuple[object, ...]]:
    return [asked[2:] for asked in desk.written if asked[0] == "draft"]


def test_the_first_template_is_drafted_at_once(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with composing(desk) as model:
            shown = model.shown()
            assert (shown.template, shown.may_send) == ("card_available", True)
            assert drafts(desk) == [("card_available", None, "", {}, "")]

    run(scene())


def test_a_message_with_a_gap_does_not_leave_until_it_is_filled(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(missing=(UNTIL,))
        planned: list[OutgoingMessage] = []
        async with composing(desk) as model:
            model.planned.connect(planned.append)
            model.send()
            assert (
                model.shown().told
                == "Il manque fin de validité de la carte\u00a0: compléter le message avant de l’envoyer."
            )
            model.fill("until", "31 mars")
            await read(model)
            assert "31 mars" in model.body()
            model.send()
            await until(lambda: bool(planned))
        (sent,) = [asked[1] for asked in desk.written if asked[0] == "send"]
        assert isinstance(sent, MessageDraft)
        assert dict(sent.filled or {}) == {"until": "31 mars"}

    run(scene())


def test_what_is_typed_is_marked_at_once_and_leaves_as_it_was_written(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(missing=(UNTIL,))
        planned: list[OutgoingMessage] = []
        async with composing(desk) as model:
            model.planned.connect(planned.append)
            model.write("Votre carte arrive [fin de validité de la carte].")
            assert [run.text for run in model.marked() if run.missing] == ["[fin de validité de la carte]"]
            model.write("Votre carte arrive.")
            assert model.shown().may_send
            model.send()
            await until(lambda: bool(planned))
        (sent,) = [asked[1] for asked in desk.written if asked[0] == "send"]
        assert isinstance(sent, MessageDraft)
        assert sent.words == "Votre carte arrive."

    run(scene())


def test_what_was_written_over_is_kept_for_its_channel_and_may_be_given_up(run: Run) -> None:
    async def scene() -> None:
        async with composing(ScriptedDesk()) as model:
            template = model.body()
            model.write("Autres mots.")
            model.choose_channel(ConsentChannel.LETTER)
            await read(model)
            assert model.body() == template
            model.choose_channel(ConsentChannel.EMAIL)
            await read(model)
            assert (model.body(), model.is_rewritten) == ("Autres mots.", True)
            model.restore()
            await read(model)
            assert (model.body(), model.is_rewritten) == (template, False)

    run(scene())


def test_an_emptied_message_is_refused(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with composing(desk) as model:
            model.write("")
            model.send()
            assert model.shown().told == "Le message est vide. L’écrire avant de l’envoyer."
        assert not [asked for asked in desk.written if asked[0] == "send"]

    run(scene())


def test_a_number_that_must_not_stay_keeps_the_message_and_goes_in_one_action(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with composing(desk) as model:
            model.write(f"Bonjour, votre numéro {NIR} est noté.")
            await until(lambda: bool(model.shown().findings))
            assert not model.shown().may_send
            model.send()
            assert "Retirez le numéro" in model.shown().told
            model.remove_numbers()
            assert model.body() == "Bonjour, votre numéro est noté."
            await until(
                lambda: ("draft", HELENE, "card_available", None, "", {}, model.body()) in desk.written
            )
            assert model.shown().may_send
        # The engine was asked about the number, and never to draft with it.
        assert not [asked for asked in desk.written if asked[0] == "draft" and NIR in str(asked)]

    run(scene())


def test_a_changed_message_is_shown_again_before_it_leaves(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with composing(desk) as model:
            version = model.shown().version
            real = desk.send_message

            async def changed(draft: MessageDraft) -> OutgoingMessage:
                desk.send_message = real  # type: ignore[method-assign]  # once
                raise AviseError("message.changed")

            desk.send_message = changed  # type: ignore[method-assign]  # the file moved meanwhile
            model.send()
            await until(lambda: bool(model.shown().told))
            await read(model)
            assert (
                model.shown().told == "Le message a changé depuis sa lecture. Le relire avant de l’envoyer."
            )
            assert model.shown().version > version

    run(scene())


def test_a_desk_that_writes_to_nobody_says_so(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(message_error=AviseError("message.not_here"))
        async with composing(desk) as model:
            assert "n’écrit pas aux adhérents" in model.shown().told
            assert not model.shown().may_send

    run(scene())


def test_a_channel_asked_for_is_asked_of_the_templates_that_have_it_alone(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(templates=(CARD, PAID))
        async with composing(desk) as model:
            model.open(ConsentChannel.SMS)
            await read(model)
            assert [template.id for template in model.shown().templates] == ["paid"]
            assert drafts(desk)[-1][:2] == ("paid", ConsentChannel.SMS)

    run(scene())


def test_searching_takes_the_first_template_that_fits(run: Run) -> None:
    async def scene() -> None:
        async with composing(ScriptedDesk(templates=(CARD, PAID))) as model:
            model.search("rembours")
            await read(model)
            assert model.shown().template == "paid"
            model.search("aucun modèle")
            assert model.shown().templates == ()
            assert model.shown().template == "paid"

    run(scene())
