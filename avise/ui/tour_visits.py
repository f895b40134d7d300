"""Scenes of the tour: a representative's day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from avise.services.visit_values import VisitNeed, VisitOutcome, VisitReport
from avise.texts import language
from avise.texts.formats import local
from avise.ui.theme import Scheme
from avise.ui.tour_scenes import LARGE, SMALL, Scenes
from avise.ui.visits.page import VisitsPage
from avise.ui.visits.visit_pane import NEEDS, REPORT

NEEDED = (
    VisitNeed("dental", 5, "implant, devis à 1 150 €"),
    VisitNeed("optics", 4, "progressifs, renouvellement en mai"),
    VisitNeed("hospital", 3, "chambre seule"),
)


class VisitScenes(Scenes):
    """The representative looks at the day and writes a report: nothing is sent, the draft is forgotten."""

    async def play(self) -> None:
        """Draw the visits: the sheet and needs, then the report."""
        page = await self._page()
        self._write(page, VisitReport(needs=NEEDED))
        await self._kept(page)
        await self._drawn("visits", "Ma tournée")
        when = local(page.model.now() + timedelta(days=14)).replace(
            hour=10, minute=0, second=0, microsecond=0
        )
        report = VisitReport(
            outcome=VisitOutcome.QUOTE_HANDED,
            needs=NEEDED,
            objections="Trouve la cotisation élevée.",
            note="Compare avec un concurrent, décision avant la fin du mois.",
            next_step="Envoi du devis corrigé",
            next_appointment=when,
            recap_by_email=page.model.detail is not None and page.model.detail.can_recap,
        )
        page.visit.show_part(REPORT)
        self._write(page, report)
        await self._kept(page)
        await self.until(lambda: bool(page.visit.form.requests))
        await self._kept(page)
        await self._drawn("visit-report", "the report of a visit")
        await self._in_english()
        page = await self._page()
        page.visit.show_part(NEEDS)
        self._write(page, VisitReport())
        await self._kept(page)

    async def _page(self) -> VisitsPage:
        self.desktop.visits.show_page()
        page = self.desktop.window.current_page()
        if not isinstance(page, VisitsPage):
            raise TypeError(type(page).__name__)
        await self.until(lambda: page.model.detail is not None and len(page.model.detail.sheet) > 3)
        await self.breath()
        return page

    @staticmethod
    def _write(page: VisitsPage, report: VisitReport) -> None:
        page.visit.show_report(report)
        page.model.write(replace(report, requests=page.model.report.requests))

    async def _kept(self, page: VisitsPage) -> None:
        page.model.keep()
        await self.until(lambda: not page.model.is_dirty)
        await self.breath()

    async def _drawn(self, name: str, shows: str) -> None:
        if name == "visits":
            self.draw("visits.png", f"{shows}, 1366 × 768", size=SMALL)
        else:
            self.draw("visit-report.png", f"{shows}, 1366 × 768", size=SMALL)
        self.draw(f"{name}-dark.png", f"{shows}, dark", size=SMALL, scheme=Scheme.DARK)
        self.draw(f"{name}-1920.png", f"{shows}, 1920 × 1080", size=LARGE)

    async def _in_english(self) -> None:
        before = language()
        self.desktop.actions.setting_changed.emit("language", "en")
        page = await self._page()
        page.visit.show_part(REPORT)
        await self.breath()
        self.draw("visit-report-english.png", "the report of a visit in English", size=SMALL)
        self.desktop.actions.setting_changed.emit("language", before)
