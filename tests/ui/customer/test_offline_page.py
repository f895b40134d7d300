"""Without network a page says so once, tells what is on board, and says of the rest that it is not."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace

from PySide6.QtCore import QPoint

from avise.models.facets import FacetState
from avise.services.customer_updates import FacetChanged, HeaderChanged, OpeningSettled
from avise.ui.customer.page import CustomerPage
from tests.ui.customer.offline_updates import LEFT_OUT, OFFLINE_UPDATES
from tests.ui.customer.opened_page import opened, said, until
from tests.ui.mouse import move_mouse
from tests.ui.persona import HELENE, helene_updates
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]


def shown_words(page: CustomerPage) -> str:
    strip = page.offline.strip
    return strip.words.text() if strip is not None and strip.isVisible() else ""


def test_one_line_says_it_for_all_blocks_and_goes_when_the_network_is_back(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(updates={HELENE: OFFLINE_UPDATES})
        async with opened(desk) as page:
            await until(lambda: "2 pas à bord" in shown_words(page))
            assert "Hors ligne\u00a0:" in shown_words(page)
            assert "blocs à bord" in shown_words(page)
            for facet in LEFT_OUT:
                block = page.sheet.grid.block(facet)
                assert "hors ligne" not in block.accessibleDescription().lower()
                assert block.content.offered == ()
            page.model.apply(helene_updates())
            await until(lambda: not shown_words(page))

    run(scenario())


def test_the_chip_says_on_hover_how_old_the_data_is_and_until_when_it_may_be_told(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(updates={HELENE: OFFLINE_UPDATES})) as page:
            await until(lambda: page.sheet.grid.block("rights").content.chip is not None)
            block = page.sheet.grid.block("rights")
            chip = block.content.chip
            assert chip is not None
            move_mouse(block, QPoint(block.width() - 40, 16))
            await until(lambda: block.toolTip() == chip.told)
            assert "fin\u00a0:" in chip.told
            assert chip.told in block.accessibleDescription()

    run(scenario())


def test_people_who_hear_the_screen_hear_the_line_and_no_count_of_errors(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            heard: list[str] = []
            page.content.spoken.connect(heard.append)
            page.model.apply(OFFLINE_UPDATES)
            await until(lambda: heard)
            assert "pas à bord" in heard[-1]
            assert "en erreur" not in heard[-1]

    run(scenario())


def test_a_header_without_its_file_on_board_offers_no_reading_that_cannot_work(run: Run) -> None:
    async def scenario() -> None:
        header = next(update for update in OFFLINE_UPDATES if isinstance(update, HeaderChanged))
        told = HeaderChanged(replace(header.header, from_directory_only=True))
        lacks = [
            FacetChanged(replace(update.view, state=FacetState.FAILED, records=(), carried_until=None))
            for update in OFFLINE_UPDATES
            if isinstance(update, FacetChanged) and update.view.facet == "identity"
        ]
        desk = ScriptedDesk(updates={HELENE: (told, *lacks, OpeningSettled(0, 0, 1, 0, 12))})
        async with opened(desk) as page:
            await until(lambda: "fiche pas à bord" in said(page.header))
            assert not page.header.retry.isVisible()

    run(scenario())
