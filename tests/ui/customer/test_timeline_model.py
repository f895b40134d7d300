"""The timeline's model: filters, folds, and changes told row by row."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.modeltest import ModelTester

from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.ui.customer.timeline_model import TimelineFilter, TimelineModel, since_of
from tests.ui.persona import NOW


def _entry(
    number: int, group: TimelineGroup = TimelineGroup.CALL, title: str = "", status: str = "", count: int = 1
) -> TimelineEntry:
    at = NOW - timedelta(hours=number)
    words = title or f"Échange {number}"
    return TimelineEntry(f"e-{number}", at, group, "call_in", words, "", "relation", status, count)


def test_the_model_is_sound_for_qt(qtmodeltester: ModelTester) -> None:
    model = TimelineModel()
    model.set_entries([_entry(number) for number in range(20)])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types there
    model.set_entries([_entry(number) for number in range(5, 30)])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types there


def test_a_new_exchange_moves_no_other_row() -> None:
    model = TimelineModel()
    model.set_entries([_entry(number) for number in range(1, 100)])
    inserted: list[tuple[int, int]] = []
    removed: list[int] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    model.rowsRemoved.connect(lambda _parent, first, _last: removed.append(first))
    model.set_entries([_entry(number) for number in range(100)])
    assert inserted == [(0, 0)]
    assert removed == []


@settings(max_examples=80)
@given(
    before=st.sets(st.integers(0, 30)),
    after=st.sets(st.integers(0, 30)),
)
def test_rows_are_those_of_the_last_history(before: set[int], after: set[int]) -> None:
    model = TimelineModel()
    model.set_entries([_entry(number) for number in sorted(before)])
    model.set_entries([_entry(number) for number in sorted(after)])
    assert [model.entry(row).id for row in range(model.rowCount())] == [f"e-{n}" for n in sorted(after)]


def test_words_are_found_whatever_accents_and_case() -> None:
    model = TimelineModel()
    model.set_entries([_entry(1, title="Prélèvement rejeté"), _entry(2, title="Virement émis")])
    model.set_filter(TimelineFilter(words="PRELEVEMENT"))
    assert [model.entry(row).id for row in range(model.rowCount())] == ["e-1"]


def test_channels_and_period_narrow_the_history_and_counts_keep_the_period() -> None:
    model = TimelineModel()
    model.set_entries(
        [
            _entry(1),
            _entry(2, TimelineGroup.EMAIL),
            _entry(3, TimelineGroup.MESSAGE, count=4),
            _entry(24 * 500, TimelineGroup.EMAIL),
        ]
    )
    since = since_of("12m", date(2026, 3, 24))
    model.set_filter(TimelineFilter(frozenset({TimelineGroup.EMAIL}), since=since))
    assert model.rowCount() == 1
    assert model.counts()[TimelineGroup.EMAIL] == 1
    assert model.counts()[TimelineGroup.MESSAGE] == 4


def test_identical_messages_are_one_row_that_counts_them() -> None:
    model = TimelineModel()
    folded = TimelineEntry("f", NOW, TimelineGroup.MESSAGE, "sms", "Rappel", "", "relation", count=4)
    model.set_entries([folded])
    assert model.spoken(folded).startswith("4 SMS automatiques")


def test_a_row_is_one_sentence_for_people_who_hear_the_screen() -> None:
    model = TimelineModel()
    model.set_source_names({"relation": "Relation adhérent"})
    model.set_entries([_entry(1, status="in_progress")])
    spoken = model.spoken(model.entry(0))
    assert spoken == "Échange 1, en cours, 24/03/2026 09:44, Relation adhérent"


def test_words_are_prepared_little_by_little_before_they_are_searched() -> None:
    model = TimelineModel()
    model.set_entries([_entry(number) for number in range(120)])
    assert model.prepare_search(50)
    assert model.prepare_search(50)
    assert not model.prepare_search(50)
    model.set_filter(TimelineFilter(words="echange 11"))
    assert model.rowCount() == 11
