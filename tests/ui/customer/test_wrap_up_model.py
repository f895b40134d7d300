"""The wrap-up as values: guessed and confirmed, kept at each pause, never lost, recorded once, undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.env import FixedEnv
from avise.models.acts import Act
from avise.models.contact_reasons import GuessedReason
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.interaction import Direction
from avise.models.note_findings import FindingKind
from avise.models.wrap_up import CallbackPromise, Deed, Lack, Outcome, WrapUp
from avise.services.day_values import SavedWrapUp, WrapUpDraft
from avise.services.desk import CallState, IncomingCall
from avise.texts import text
from avise.ui.bridge import DeskBridge
from avise.ui.customer.deeds import Deeds
from avise.ui.customer.wrap_up_binding import WrapUpBinding
from avise.ui.customer.wrap_up_model import DEFAULT_SECONDS, WrapUpModel
from avise.ui.customer.wrap_up_panel import WrapUpPanel
from avise.ui.customer.wrap_up_values import WrapUpStage, default_due
from tests.ui.customer.opened_page import until
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def a_call(call_id: str = "call-7", state: CallState = CallState.ANSWERED) -> IncomingCall:
    """Return a call that was taken four minutes ago."""
    taken = NOW - timedelta(minutes=4)
    answered = None if state is CallState.RINGING else taken
    return IncomingCall(call_id, state, taken, answered, "", "Remboursements", 70, ())


@dataclass
class Desk:
    """A wrap-up under test and what it stands on."""

    desk: ScriptedDesk
    env: FixedEnv
    deeds: Deeds
    model: WrapUpModel
    acts: list[Act] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)
    refusals: list[tuple[Lack, ...]] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)

    def done(self, kind: str, about: str = "") -> None:
        """Do something during the call."""
        self.deeds.add(Deed(kind, self.env.now(), about))
        self.model.follow_deeds()

    def saved(self) -> list[WrapUp]:
        """Return the drafts handed over, in order."""
        return [asked[2] for asked in self.desk.asked if asked[0] == "save_wrap_up"]  # type: ignore[misc]

    def recorded(self) -> list[WrapUp]:
        """Return what was recorded or refused, in order."""
        return [asked[2] for asked in self.desk.asked if asked[0] == "record_wrap_up"]  # type: ignore[misc]


@asynccontextmanager
async def wrapping_up(desk: ScriptedDesk | None = None, *, opened: bool = True) -> AsyncIterator[Desk]:
    """Open a wrap-up; close it as the page does."""
    desk = desk or ScriptedDesk()
    env, deeds = FixedEnv(NOW), Deeds()
    bridge = DeskBridge(desk, asyncio.get_running_loop())
    model = WrapUpModel(bridge, env, deeds, QApplication.instance())
    model.person = HELENE
    stage = Desk(desk, env, deeds, model)
    model.recorded.connect(lambda _sentence, act: stage.acts.append(act))
    model.ticked.connect(stage.ticks.append)
    model.refused.connect(stage.refusals.append)
    model.spoken.connect(stage.spoken.append)
    if opened:
        model.open()
        await until(lambda: model.shown().guesses)
    try:
        yield stage
    finally:
        model.close()
        await until(lambda: not {"save draft", "record"} & {task.get_name() for task in asyncio.all_tasks()})
        await model.tasks.aclose()
        model.deleteLater()
        bridge.close()


# ---- the reason ------------------------------------------------------------------------------


def test_the_best_guess_is_proposed_in_a_call_and_stays_a_guess_in_the_draft(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            assert stage.model.shown().reason == ""
            stage.model.set_call(a_call())
            assert (stage.model.shown().reason, stage.model.shown().confirmed) == ("R01", False)
            stage.model.write("Virement vu")
            await until(stage.saved)
            assert (stage.saved()[-1].reason, stage.saved()[-1].confirmed) == ("R01", False)
            stage.model.choose_reason("R21")
            await until(lambda: stage.saved()[-1].confirmed)
            assert stage.saved()[-1].reason == "R21"

    run(scenario())


def test_a_reason_that_is_only_frequent_is_not_proposed(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up(ScriptedDesk(guesses=(GuessedReason("R01", "common"),))) as stage:
            stage.model.set_call(a_call())
            assert stage.model.shown().reason == ""
            stage.model.record()
            await until(lambda: stage.refusals)
            assert stage.refusals == [(Lack.REASON,)]
            assert text("wrap_up.lack.reason") in stage.model.shown().told

    run(scenario())


def test_reasons_are_guessed_again_with_what_is_done_and_the_queue_of_the_call(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.done("consulted", "benefits")
            expected = ("guess_reasons", HELENE, (Deed("consulted", NOW, "benefits"),), "Remboursements")
            await until(lambda: expected in stage.desk.asked)

    run(scenario())


def test_an_inserted_answer_proposes_its_reason_unless_one_was_chosen(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.write("Bonjour")
            stage.model.insert("Carte envoyée le 12/12.", "R09")
            assert stage.model.shown().note == "Bonjour\nCarte envoyée le 12/12.\n"
            assert (stage.model.shown().reason, stage.model.shown().confirmed) == ("R09", False)
            stage.model.choose_reason("R10")
            stage.model.insert("Attestation faite.", "R09")
            assert stage.model.shown().reason == "R10"

    run(scenario())


def test_another_reason_forgets_the_outcome_that_was_the_firsts_own(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.model.choose_detail("paid")
            assert (stage.model.shown().reason, stage.model.shown().detail) == ("R01", "paid")
            assert stage.model.shown().confirmed
            stage.model.choose_reason("R09")
            assert stage.model.shown().detail == ""

    run(scenario())


# ---- the call --------------------------------------------------------------------------------


def test_the_call_that_has_just_ended_is_the_one_that_is_recorded(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.env.advance(timedelta(seconds=30))
            stage.model.set_call(None)
            assert stage.model.shown().stage is WrapUpStage.WRAP_UP
            stage.env.advance(timedelta(minutes=3))
            stage.model.record()
            await until(lambda: stage.acts)
            (recorded,) = stage.recorded()
            assert (recorded.call_id, recorded.direction, recorded.duration_s) == (
                "call-7",
                Direction.IN,
                270,
            )
            assert (recorded.reason, recorded.outcome, recorded.confirmed) == ("R01", Outcome.RESOLVED, True)
            assert stage.model.shown().stage is WrapUpStage.NOTE

    run(scenario())


def test_a_call_that_nobody_took_leaves_a_note_and_no_wrap_up(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call(state=CallState.RINGING))
            stage.model.write("Rappeler")
            stage.model.set_call(None)
            assert stage.model.shown().stage is WrapUpStage.NOTE
            await asyncio.sleep(0.05)
            assert stage.ticks == []
            stage.model.record()
            await until(lambda: stage.acts)
            assert stage.recorded() == [
                WrapUp(note="Rappeler", direction=Direction.INTERNAL, confirmed=True, outcome=None)
            ]

    run(scenario())


def test_the_time_of_the_wrap_up_is_counted_and_its_end_keeps_everything(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.model.set_call(None)
            await until(lambda: stage.ticks)
            assert stage.ticks == [DEFAULT_SECONDS]
            stage.model.write("Pas encore fini")
            stage.env.advance(timedelta(seconds=DEFAULT_SECONDS))
            await until(lambda: stage.ticks[-1] == 0)
            await until(lambda: stage.saved()[-1].note == "Pas encore fini")
            assert stage.model.shown().note == "Pas encore fini"
            assert stage.model.shown().stage is WrapUpStage.WRAP_UP
            assert stage.spoken == [text("wrap_up.time_over")]

    run(scenario())


def test_the_time_is_the_setting_and_a_recording_or_another_call_ends_it(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(settings={"wrap_up_seconds": "90"})
        async with wrapping_up(desk) as stage:
            stage.model.set_call(a_call())
            stage.model.set_call(None)
            await until(lambda: stage.ticks == [90])
            stage.model.set_call(a_call("call-8"))
            assert stage.ticks[-1] == 0
            stage.model.set_call(None)
            await until(lambda: stage.ticks[-1] == 90)
            stage.model.record()
            await until(lambda: stage.acts)
            assert stage.ticks[-1] == 0

    run(scenario())


def test_a_wrap_up_left_unfinished_goes_on_in_the_next_call_and_says_so(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.model.write("Premier appel")
            stage.model.set_call(None)
            stage.model.set_call(a_call("call-8"))
            assert stage.model.shown().note == "Premier appel"
            assert stage.model.shown().told == text("wrap_up.carried", time="10:44")
            assert not stage.model.shown().is_refusal

    run(scenario())


def test_a_call_recorded_before_its_end_is_not_wrapped_up_twice(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.model.record()
            await until(lambda: stage.acts)
            stage.model.set_call(replace(a_call(), state=CallState.HELD))
            stage.model.set_call(None)
            assert stage.model.shown().stage is WrapUpStage.NOTE
            assert stage.ticks == []

    run(scenario())


# ---- drafts ----------------------------------------------------------------------------------


def test_each_pause_keeps_the_whole_form_once(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.done("verified", "3")
            stage.model.choose_reason("R06")
            stage.model.choose_outcome(Outcome.TO_FOLLOW)
            stage.model.write("D")
            stage.model.write("Devis")
            await until(stage.saved)
            await asyncio.sleep(0.7)
            (draft,) = stage.saved()
            assert (draft.reason, draft.outcome, draft.note) == ("R06", Outcome.TO_FOLLOW, "Devis")
            assert [deed.kind for deed in draft.deeds] == ["verified"]
            assert (draft.call_id, draft.duration_s) == ("call-7", 240)
            assert stage.model.shown().saved_at is not None

    run(scenario())


def test_what_is_written_when_the_page_closes_is_kept_after_it(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with wrapping_up(desk) as stage:
            stage.model.set_call(a_call())
            stage.model.choose_outcome(Outcome.TRANSFERRED)
        assert desk.wrap_ups[HELENE, ""].wrap_up.outcome is Outcome.TRANSFERRED

    run(scenario())


def test_a_draft_comes_back_whole_with_its_call_and_its_deeds(run: Run) -> None:
    left = WrapUp(
        "R06",
        Outcome.TO_FOLLOW,
        note="Devis reçu",
        deeds=(Deed("verified", NOW - timedelta(minutes=9), "3"),),
        callback=CallbackPromise(NOW + timedelta(days=1)),
        call_id="call-5",
        duration_s=312,
        confirmed=True,
    )

    async def scenario() -> None:
        desk = ScriptedDesk(wrap_ups={(HELENE, ""): WrapUpDraft(HELENE, left, NOW)})
        async with wrapping_up(desk) as stage:
            shown = stage.model.shown()
            assert (shown.stage, shown.reason, shown.note) == (WrapUpStage.WRAP_UP, "R06", "Devis reçu")
            assert (shown.deeds, shown.callback, shown.saved_at) == (left.deeds, left.callback, NOW)
            stage.model.record()
            await until(lambda: stage.acts)
            assert stage.recorded() == [left]

    run(scenario())


def test_words_of_the_first_version_come_back_as_a_note(run: Run) -> None:
    async def scenario() -> None:
        old = WrapUpDraft(HELENE, WrapUp(note="Virement vu"), NOW)
        async with wrapping_up(ScriptedDesk(wrap_ups={(HELENE, ""): old})) as stage:
            assert stage.model.shown().stage is WrapUpStage.NOTE
            assert stage.model.shown().note == "Virement vu"

    run(scenario())


class Slow(ScriptedDesk):
    """A desk whose draft comes when a test lets it, or cannot be read until then."""

    def hold(self) -> Slow:
        """Keep the draft back."""
        self.gate = asyncio.Event()
        return self

    async def wrap_up_draft(self, person: PersonId | None, call_id: str = "") -> WrapUpDraft | None:
        if not self.gate.is_set():
            raise AviseError("store.full")
        return await super().wrap_up_draft(person, call_id)


def test_an_older_draft_that_cannot_be_read_yet_is_never_written_over(run: Run) -> None:
    async def scenario() -> None:
        left = WrapUpDraft(HELENE, WrapUp(note="Avant", direction=Direction.INTERNAL), NOW)
        desk = Slow(wrap_ups={(HELENE, ""): left}).hold()
        async with wrapping_up(desk) as stage:
            assert stage.model.shown().told == text("store.full")
            stage.model.write("Après")
            await asyncio.sleep(0.7)
            assert stage.saved() == []
            stage.model.record()
            await until(lambda: stage.refusals)
            assert stage.recorded() == []
            desk.gate.set()
            stage.model.write("Après !")
            await until(lambda: [draft.note for draft in stage.saved()] == ["Avant\nAprès !"])

    run(scenario())


class FullDisk(ScriptedDesk):
    """A desk that keeps nothing."""

    async def save_wrap_up(self, _person: PersonId | None, _wrap_up: WrapUp) -> SavedWrapUp:
        raise AviseError("store.full")


def test_a_draft_that_could_not_be_kept_says_so_and_stays_on_screen(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up(FullDisk()) as stage:
            stage.model.write("Virement vu")
            await until(lambda: stage.model.shown().told == text("store.full"))
            assert stage.model.shown().is_refusal
            assert stage.model.shown().note == "Virement vu"
            assert stage.model.shown().saved_at is None

    run(scenario())


# ---- numbers that must not stay --------------------------------------------------------------


def test_a_number_that_must_not_stay_is_found_refused_then_masked_in_one_action(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.model.write(f"Compte {IBAN}, carte")
            await until(lambda: stage.model.shown().findings)
            assert [finding.kind for finding in stage.model.shown().findings] == [FindingKind.BANK_ACCOUNT]
            stage.model.record()
            await until(lambda: stage.refusals)
            assert stage.refusals == [(Lack.RESTRICTED,)]
            assert stage.spoken == [text("free_text.bank_account"), stage.model.shown().told]
            assert IBAN in stage.model.shown().note
            stage.model.mask()
            await until(lambda: IBAN not in stage.model.shown().note)
            assert stage.model.shown().note.startswith("Compte FR••")
            assert stage.model.shown().note.endswith(", carte")
            assert not any(finding.blocks for finding in stage.model.shown().findings)
            stage.model.record()
            await until(lambda: stage.acts)

    run(scenario())


# ---- the recording ---------------------------------------------------------------------------


def test_a_refused_recording_loses_nothing_and_keeps_the_draft(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(recording_error=AviseError("store.full"))
        async with wrapping_up(desk) as stage:
            stage.model.set_call(a_call())
            stage.model.write("Virement vu")
            stage.model.record()
            await until(lambda: stage.refusals == [()])
            assert stage.model.shown().note == "Virement vu"
            assert stage.model.shown().told == text("store.full")
            await until(lambda: desk.wrap_ups)
            assert desk.wrap_ups[HELENE, ""].wrap_up.note == "Virement vu"

    run(scenario())


def test_two_presses_record_once(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.model.record()
            stage.model.record()
            await until(lambda: stage.acts)
            await asyncio.sleep(0.05)
            assert len(stage.recorded()) == 1

    run(scenario())


def test_a_page_closed_right_after_the_key_still_records_and_leaves_no_draft(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with wrapping_up(desk) as stage:
            stage.model.set_call(a_call())
            stage.model.write("Virement vu")
            stage.model.record()
        assert len(stage.recorded()) == 1
        assert desk.wrap_ups == {}

    run(scenario())


def test_an_undone_exchange_is_written_again_unless_another_was_begun(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            stage.model.set_call(a_call())
            stage.model.write("Virement vu")
            stage.model.set_call(None)
            stage.model.record()
            await until(lambda: stage.acts)
            (recorded,) = stage.recorded()
            stage.desk.wrap_ups[HELENE, ""] = WrapUpDraft(HELENE, recorded, NOW)
            stage.model.read_again()
            await until(lambda: stage.model.shown().note == "Virement vu")
            assert stage.model.shown().stage is WrapUpStage.WRAP_UP
            stage.model.write("Autre chose")
            stage.model.read_again()
            await asyncio.sleep(0.05)
            assert stage.model.shown().note == "Autre chose"

    run(scenario())


def test_a_promised_call_back_is_recorded_with_its_reminder(run: Run) -> None:
    async def scenario() -> None:
        async with wrapping_up() as stage:
            due = default_due(NOW)
            promise = CallbackPromise(due, due - timedelta(minutes=15), "Devis")
            stage.model.set_call(a_call())
            stage.model.promise(promise)
            stage.model.record()
            await until(lambda: stage.acts)
            assert stage.recorded()[0].callback == promise

    run(scenario())


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # A Tuesday in winter time; the Friday before Easter Monday, the clocks moved forward meanwhile.
        (datetime(2026, 3, 24, 9, 44, tzinfo=UTC), datetime(2026, 3, 25, 9, tzinfo=UTC)),
        (datetime(2026, 4, 3, 9, 44, tzinfo=UTC), datetime(2026, 4, 7, 8, tzinfo=UTC)),
    ],
)
def test_a_call_back_is_promised_for_the_next_working_day_at_ten(now: datetime, due: datetime) -> None:
    assert default_due(now) == due


def test_what_was_typed_before_the_form_was_bound_is_neither_lost_nor_written_over(run: Run) -> None:
    async def scenario() -> None:
        left = WrapUpDraft(HELENE, WrapUp(note="Hier."), NOW - timedelta(days=1))
        for desk, kept in (
            (ScriptedDesk(), "canari"),
            (ScriptedDesk(wrap_ups={(HELENE, ""): left}), "Hier.\ncanari"),
        ):
            async with wrapping_up(desk, opened=False) as stage:
                panel = WrapUpPanel()
                QTest.keyClicks(panel.note, "can")
                WrapUpBinding(stage.model, panel)
                assert panel.note.words() == "can"
                QTest.keyClicks(panel.note, "ar")
                stage.model.open()
                QTest.keyClicks(panel.note, "i")
                await until(lambda saw=stage, due=kept: saw.saved() and saw.saved()[-1].note == due)  # type: ignore[misc]  # bound at once
                assert panel.note.words() == kept
                panel.deleteLater()

    run(scenario())
