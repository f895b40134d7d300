"""Records that may be one person's: the list, two side by side, the links of a customer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.errors import AviseError
from avise.models.record_dates import NO_DATES
from avise.services.customer_updates import Alert, AlertsChanged, Severity
from avise.services.identity.values import Alike, FieldPair
from avise.ui.identity.deciding import DecidingRecords
from avise.ui.identity.panel import SamePersonPanel
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip
from avise.ui.widgets.label import Label
from tests.ui.customer.opened_page import opened
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_identity import LINK, PAIR, SEALED, TWICE
from tests.ui.shell.test_desktop import Stage, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


def _asked(stage: Stage, *names: str) -> list[tuple[object, ...]]:
    return [asked for asked in stage.desk.asked if asked[0] in names]


async def _panel(records: DecidingRecords) -> SamePersonPanel:
    await until(lambda: "panel" in records.__dict__ and records.panel.isVisible())
    return records.panel


def test_the_palette_lists_the_pairs_and_each_of_the_three_acts_is_told(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(pairs=(PAIR, replace(PAIR, pair=TWICE), PAIR))
        async with staged(desk) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: len(panel.lines.links) == 3)
            assert panel.lines.links[0].hasFocus()
            panel.lines.links[0].click()
            assert panel.two.hasFocus()
            assert panel.two.accessibleName() == "MARCHAND Hélène et MARCHANT Hélène"
            assert panel.two.links[0].accessibleName() == "Ouvrir la fiche de MARCHAND Hélène"
            panel.same.click()
            await until(lambda: len(panel.lines.links) == 2)
            assert _asked(stage, "link_records") == [("link_records", HELENE, TWICE)]
            await until(stage.window.toast.isVisible)
            assert stage.window.undoing.can_undo
            panel.lines.links[0].click()
            panel.apart.click()
            await until(lambda: len(panel.lines.links) == 1)
            panel.lines.links[0].click()
            panel.later.click()
            await until(lambda: bool(_asked(stage, "put_off_records")))
            assert _asked(stage, "keep_records_apart", "put_off_records") == [
                ("keep_records_apart", HELENE, TWICE), ("put_off_records", PAIR.pair),
            ]  # fmt: skip

    run(scenario())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_key_pressed_once_too_often_decides_nothing_of_two_records(run: Run, key: Qt.Key) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(pairs=(PAIR,))) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: bool(panel.lines.links))
            QTest.keyClick(panel.lines.links[0], Qt.Key.Key_Space)
            assert panel.pair == PAIR
            for _ in range(2):
                focused = QApplication.focusWidget()
                assert focused is not None
                QTest.keyClick(focused, key)
            assert panel.pair == PAIR
            assert panel.isVisible()
            assert not _asked(stage, "link_records", "keep_records_apart", "put_off_records")
            QTest.keyClick(panel.two, Qt.Key.Key_Tab)
            assert panel.two.links[0].hasFocus()

    run(scenario())


def test_a_link_that_is_taken_back_comes_back_to_the_list_on_screen(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(pairs=(PAIR, replace(PAIR, pair=TWICE)))
        async with staged(desk) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: len(panel.lines.links) == 2)
            panel.lines.links[0].click()
            panel.same.click()
            await until(lambda: len(panel.lines.links) == 1)
            desk.pairs = (PAIR, *desk.pairs)
            stage.window.undoing.undo_last()
            await until(lambda: len(panel.lines.links) == 2)

    run(scenario())


def test_what_waits_for_somebody_is_never_told_as_certain(run: Run) -> None:
    async def scenario() -> None:
        pairs = tuple(replace(PAIR, probability=each) for each in (0.9999, 0.994, 0.5))
        async with staged(ScriptedDesk(pairs=pairs)) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: len(panel.lines.links) == 3)
            said = [chip.spec.text.replace("\u00a0", " ") for chip in panel.lines.findChildren(Chip)]
            assert said == ["vraisemblable à plus de 99 %", "vraisemblable à 99 %", "vraisemblable à 50 %"]

    run(scenario())


def test_a_long_address_goes_on_in_another_line_and_is_not_cut(run: Run) -> None:
    async def scenario() -> None:
        address = "jean-philippe.de_la_rochemaure.1996@exemple.invalid"
        fields = (FieldPair("email", address, "", Alike.UNKNOWN),)
        async with staged(ScriptedDesk(pairs=(replace(PAIR, fields=fields),))) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: bool(panel.lines.links))
            panel.lines.links[0].click()
            (shown,) = [each for each in panel.two.findChildren(Label) if "@" in each.text()]
            assert shown.text().replace("\u200b", "") == address
            assert shown.minimumSizeHint().width() <= shown.width()
            assert shown.height() >= 2 * shown.fontMetrics().height()

    run(scenario())


def test_a_difference_is_told_by_a_word_and_a_mark_besides_its_colour(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(pairs=(PAIR,))) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: bool(panel.lines.links))
            panel.lines.links[0].click()
            chips = [chip.spec for chip in panel.two.findChildren(Chip)]
            assert [(chip.text, chip.icon) for chip in chips] == [
                ("proche", "circle-dot"), ("identique", "circle-check"), ("identique", "circle-check"),
                ("d’un côté seulement", "circle-dashed"), ("différent", "circle-x"),
            ]  # fmt: skip
            QTest.keyClick(panel, Qt.Key.Key_Escape)
            assert panel.pair is None
            assert panel.isVisible()
            QTest.keyClick(panel, Qt.Key.Key_Escape)
            assert not panel.isVisible()

    run(scenario())


def test_each_record_says_when_it_was_read_and_when_it_last_changed(run: Run) -> None:
    async def scenario() -> None:
        never = replace(PAIR, other=replace(PAIR.other, dates=NO_DATES))
        async with staged(ScriptedDesk(pairs=(PAIR, never))) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: len(panel.lines.links) == 2)
            panel.show_pair(panel.pairs[0])
            words = [label.text() for label in panel.two.findChildren(Label)]
            assert words[4:10] == [
                "Lue", "jusqu’au 24/03/2026 à 07:05", "le 03/11/2025 à 18:20",
                "Changée", "le 12/01/2026", "—",
            ]  # fmt: skip
            heard = {each.accessibleName() for each in panel.two.findChildren(QWidget)}
            assert "Lue, jusqu’au 24/03/2026 à 07:05 (plus récente), le 03/11/2025 à 18:20" in heard
            panel.show_pair(panel.pairs[1])
            assert "date inconnue" in [label.text() for label in panel.two.findChildren(Label)]

    run(scenario())


def test_a_record_that_is_not_told_here_is_asked_for_once_its_pair_is_chosen(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(pairs=(SEALED,))) as stage:
            stage.desk.records_error = AviseError("identity.hub_needed")
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: bool(panel.lines.links))
            panel.lines.links[0].click()
            await until(panel.trouble.isVisible)
            assert "se demande au hub" in panel.trouble.text()
            assert panel.back.isHidden() or panel.lines.links
            stage.desk.records_error = None
            panel.lines.links[0].click()
            await until(lambda: panel.pair is not None)
            assert panel.pair == PAIR
            assert _asked(stage, "compare_records") == [("compare_records", HELENE, TWICE)] * 2

    run(scenario())


def test_two_colleagues_who_decided_the_contrary_are_both_named(run: Run) -> None:
    async def scenario() -> None:
        pair = replace(PAIR, proposed_by="Inès Roux", against="Marc Petit", probability=None)
        async with staged(ScriptedDesk(pairs=(pair,))) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: bool(panel.lines.links))
            panel.lines.links[0].click()
            words = [label.text() for label in panel.findChildren(Label)]
            assert "Inès Roux les a reliées, Marc Petit y a vu deux personnes" in words
            assert not panel.same.isHidden()
            assert not panel.apart.isHidden()

    run(scenario())


def test_an_agent_proposes_and_what_contradicts_cannot_be_linked(run: Run) -> None:
    async def scenario() -> None:
        mine = replace(PAIR, may_link=False, is_proposed=False, proposed_by="", probability=None)
        async with staged(
            ScriptedDesk(pairs=(mine, replace(PAIR, refused="Les dates se contredisent.")))
        ) as stage:
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: len(panel.lines.links) == 2)
            panel.show_pair(panel.pairs[0])
            assert panel.same.text() == "Proposer de relier"
            assert panel.apart.isHidden()
            panel.show_pair(panel.pairs[1])
            assert panel.same.isHidden()
            stage.desk.records_error = AviseError("identity.already")
            panel.apart.click()
            await until(panel.trouble.isVisible)
            assert "déjà reliées" in panel.trouble.text()

    run(scenario())


def test_the_header_leads_to_what_waits_and_a_link_ends_with_a_reason(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(pairs=(PAIR,), links=(LINK,))
        async with opened(desk) as page:
            acts: list[str] = []
            page.acted.connect(lambda sentence, _act: acts.append(sentence))
            await until(lambda: page.model.state.settled is not None)
            alert = Alert("same_person", Severity.WARN, 11, "git-compare", {"n": "1"}, opens="same_person")
            page.model.apply((AlertsChanged((alert,)),))
            chips = page.header.alerts.findChildren(Chip)
            next(chip for chip in chips if "même personne" in chip.spec.text).clicked.emit()
            panel = await _panel(page.records)
            await until(lambda: panel.pair is not None)
            panel.close_panel()
            page.run_command("linked_records")
            await until(lambda: panel.isVisible() and bool(panel.lines.links))
            panel.lines.links[0].click()
            panel.end.click()
            await until(panel.trouble.isVisible)
            QTest.keyClicks(panel.reason, "Deux cousines")
            panel.end.click()
            await until(lambda: not panel.lines.links)
            told = [asked for asked in desk.asked if asked[0] == "unlink_records"]
            assert told == [("unlink_records", LINK.link, "Deux cousines")]
            assert acts == ["Fiches déliées."]

    run(scenario())


def test_the_links_are_seen_whole_when_they_come_to_an_open_panel(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        desk.links = (LINK,)
        async with opened(desk) as page:
            page.run_command("linked_records")
            panel = await _panel(page.records)
            await until(lambda: bool(panel.lines.links))
            link = panel.lines.links[0]
            await until(link.isVisible)
            assert link.visibleRegion().boundingRect() == link.rect()

    run(scenario())


def test_another_record_is_searched_and_compared_by_hand(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.run_command("linked_records")
            panel = await _panel(page.records)
            await until(panel.search.isVisible)
            QTest.keyClicks(panel.search.field, "marchais")
            await until(panel.search.rows.isVisible)
            QTest.keyClick(panel.search.field, Qt.Key.Key_Return)
            await until(lambda: panel.pair is not None)
            assert next(asked for asked in desk.asked if asked[0] == "compare_records")[1] == HELENE

    run(scenario())


NINE = (
    "last_name",
    "birth_name",
    "first_name",
    "birth_date",
    "title",
    "member_number",
    "phones",
    "email",
    "city",
)


def test_what_is_decided_stays_in_sight_beside_long_records(run: Run, dressed: QApplication) -> None:
    async def scenario() -> None:
        theme().set_zoom(150)
        theme().apply_to(dressed)
        fields = tuple(FieldPair(name, "MARCHAND", "MARCHANT", Alike.CLOSE) for name in NINE)
        long = replace(PAIR, pair=TWICE, fields=fields)
        async with staged(ScriptedDesk(pairs=(long, PAIR))) as stage:
            stage.window.resize(1366, 768)
            stage.desktop.actions.commands.run("same_person")
            panel = await _panel(stage.desktop.actions.records)
            await until(lambda: len(panel.lines.links) == 2)
            panel.lines.links[0].click()
            for button in (panel.same, panel.apart, panel.later):
                corner = button.mapTo(stage.window, button.rect().bottomRight())
                assert stage.window.rect().contains(corner)
            bar = panel._records.verticalScrollBar()
            await until(lambda: bar.maximum() > 0)
            assert panel.two.hasFocus()
            QTest.keyClick(panel.two, Qt.Key.Key_PageDown)
            assert bar.value() > 0
            ring = stage.window.focus_ring.geometry()
            assert panel.geometry().contains(ring)
            panel.show_list()
            panel.lines.links[1].click()
            await until(lambda: bar.maximum() == 0)

    run(scenario())
