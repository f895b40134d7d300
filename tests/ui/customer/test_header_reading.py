"""The header of somebody whose file cannot be read says so, and how to read it again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetState, FacetView
from avise.services.customer_updates import CustomerUpdate, FacetChanged, HeaderChanged, OpeningSettled
from avise.ui.customer.page import CustomerPage
from tests.ui.customer.opened_page import opened, said, until
from tests.ui.persona import HELENE, NOW, helene_updates
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]
DOWN = FacetView(
    "identity", "parties", "Contrats", FacetState.FAILED, error=Failure(ErrorKind.UNAVAILABLE, since=NOW)
)
HEADER = next(update.header for update in helene_updates() if isinstance(update, HeaderChanged))


def known_to_the_directory(*views: FacetView) -> tuple[CustomerUpdate, ...]:
    """Return an opening in which the directory alone says who it is."""
    header = HeaderChanged(replace(HEADER, from_directory_only=True))
    return (header, *map(FacetChanged, views), OpeningSettled(0, 0, len(views), 0, 12))


def words(page: CustomerPage) -> str:
    return said(page.header)


def test_the_tool_that_failed_is_named_and_is_read_again_from_the_header(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(updates={HELENE: known_to_the_directory(DOWN)})
        async with opened(desk) as page:
            await until(lambda: "lecture impossible dans Contrats" in words(page))
            assert "MARCHAND" in words(page)
            assert page.header.retry.isVisible()
            page.header.retry.setFocus()
            QTest.keyClick(page.header.retry, Qt.Key.Key_Space)
            await until(lambda: ("reread", HELENE, "identity") in desk.asked)
            desk.tell(HELENE, FacetChanged(replace(DOWN, refreshing=True)))
            await until(lambda: "fiche en lecture…" in words(page))
            assert not page.header.retry.isVisible()

    run(scenario())


def test_a_reading_that_this_role_may_not_make_is_not_offered_again(run: Run) -> None:
    async def scenario() -> None:
        refused = replace(DOWN, state=FacetState.FORBIDDEN)
        async with opened(ScriptedDesk(updates={HELENE: known_to_the_directory(refused)})) as page:
            await until(lambda: "lecture impossible dans Contrats" in words(page))
            assert not page.header.retry.isVisible()

    run(scenario())


def test_nobody_reads_what_no_tool_holds(run: Run) -> None:
    async def scenario() -> None:
        unknown = replace(DOWN, state=FacetState.NOT_APPLICABLE, error=None)
        async with opened(ScriptedDesk(updates={HELENE: known_to_the_directory(unknown)})) as page:
            await until(lambda: "d’après l’annuaire" in words(page))
            assert "en lecture" not in words(page)
        async with opened(ScriptedDesk(updates={HELENE: known_to_the_directory()})) as page:
            await until(lambda: "en lecture" in words(page))
            consents = replace(DOWN, facet="consents")
            page.model.apply((FacetChanged(consents),))
            await until(lambda: "en lecture" not in words(page))

    run(scenario())


def test_narrow_the_way_out_stays_and_says_the_rest(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(updates={HELENE: known_to_the_directory(DOWN)})
        async with opened(desk, width=1000) as page:
            page.header.setFixedWidth(760)
            await until(page.header.retry.isVisible)
            assert "lecture impossible dans Contrats, Réessayer" in page.header.retry.accessibleName()
            assert page.header.retry.geometry().right() <= page.header.width()

    run(scenario())
