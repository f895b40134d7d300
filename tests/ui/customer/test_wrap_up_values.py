"""A draft joined with what was written before it came: nothing of either is lost."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from avise.models.interaction import Direction
from avise.models.wrap_up import CallbackPromise, Deed, Outcome, WrapUp
from avise.ui.customer.deeds import Deeds
from avise.ui.customer.wrap_up_values import blank, is_carried, joined
from tests.ui.persona import NOW

NOTES = st.text("abc é\n", max_size=12)
DEEDS = st.lists(
    st.builds(
        Deed,
        st.sampled_from(("verified", "consulted", "insert")),
        st.integers(0, 5).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        st.sampled_from(("3", "benefits")),
    ),
    max_size=4,
    unique=True,
).map(tuple)


@st.composite
def forms(draw: st.DrawFn) -> WrapUp:
    """Return a form as the agent may leave it."""
    confirmed = draw(st.booleans())
    call_id = draw(st.sampled_from(("", "call-1", "call-2")))
    return WrapUp(
        reason=draw(st.sampled_from(("R01", "R06"))) if confirmed else "",
        outcome=draw(st.sampled_from((None, *Outcome))),
        note=draw(NOTES),
        deeds=draw(DEEDS),
        callback=draw(st.sampled_from((None, CallbackPromise(NOW + timedelta(days=1))))),
        direction=Direction.IN if call_id else Direction.INTERNAL,
        call_id=call_id,
        confirmed=confirmed,
    )


def _joined(left: WrapUp, mine: WrapUp) -> WrapUp:
    deeds = Deeds()
    deeds.restore(mine.deeds)
    deeds.restore(left.deeds)
    return joined(left, mine, tuple(deeds))


@given(left=forms(), mine=forms())
def test_both_notes_every_deed_and_the_last_choices_are_there(left: WrapUp, mine: WrapUp) -> None:
    form = _joined(left, mine)
    assert left.note in form.note
    assert mine.note in form.note
    assert {(deed.kind, deed.about) for deed in (*left.deeds, *mine.deeds)} == {
        (deed.kind, deed.about) for deed in form.deeds
    }
    assert form.outcome is (mine.outcome or left.outcome)
    assert form.callback == (mine.callback or left.callback)
    assert form.reason == (mine.reason or left.reason)
    assert form.confirmed == (mine.confirmed or left.confirmed)


@given(left=forms(), mine=forms())
def test_the_call_under_way_is_the_one_that_is_wrapped_up(left: WrapUp, mine: WrapUp) -> None:
    form = _joined(left, mine)
    assert form.call_id == (mine.call_id or left.call_id)
    assert (form.direction is Direction.INTERNAL) == (not form.call_id)
    assert is_carried(left, mine) == (bool(left.call_id and mine.call_id) and left.call_id != mine.call_id)


@given(left=forms())
def test_a_draft_that_comes_on_a_blank_form_is_as_it_was(left: WrapUp) -> None:
    assert _joined(left, blank()) == left


def test_a_guessed_reason_is_guessed_again() -> None:
    left = WrapUp(reason="R01", note="Virement", call_id="call-1")
    assert _joined(left, blank()).reason == ""
