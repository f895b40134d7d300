"""Takes the links with the funds out of the population: the file of last night and the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from avise.demo.population.defects import STALE
from avise.demo.population.entities import Dossier, NoemieLink
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.codes import compact

PATTERN = "noemie_%Y%m%d.csv"
ENCODING = "latin-1"

COLUMNS = (
    "MATASSURE", "NOMASSURE", "PRENASSURE", "DTNAISASSURE", "MATBENEF", "PRENBENEF", "RANG", "CAISSE",
    "CODERET", "AUTREOC", "DTDEMANDE", "DTMAJ", "DTDERFLUX", "DTEXTRACT",
)  # fmt: skip

BROKEN_EVERY = 400
"""One broken line in so many: what a transfer that was taken up again left in the file."""

_STALE_FOR = timedelta(days=7)
_OUTSIDE_LATIN_1 = str.maketrans(
    {"’": "'", "‘": "'", "œ": "oe", "Œ": "OE", "…": "...", "–": "-", "\u202f": " "}
)


class Loader:
    """Writes the files of the two last nights (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:
        self._nights = [
            _Night(folder / night.strftime(PATTERN), night)
            for night in (spec.as_of - timedelta(days=1), spec.as_of)
        ]

    def add(self, dossier: Dossier) -> None:
        """Take the links of a dossier's persons."""
        for night in self._nights:
            for link in dossier.noemie:
                night.write(dossier, link)

    def close(self) -> None:
        """Finish the files."""
        for night in self._nights:
            night.close()


class _Night:
    """The file of one night.

    Args:
        path: of the file.
        day: what happened later is not in it.
    """

    def __init__(self, path: Path, day: date) -> None:
        self._stream = path.open("w", encoding=ENCODING, errors="replace", newline="")
        self._day = day
        self._lines = 0
        self._put(COLUMNS)

    def write(self, dossier: Dossier, link: NoemieLink) -> None:
        """Add the line of one person, unless nothing was asked for that person yet."""
        if link.requested_on is not None and link.requested_on > self._day:
            return
        fields = self._fields(dossier, link)
        if self._lines % BROKEN_EVERY == 0:
            # The beginning of the line only; the line itself follows whole.
            self._stream.write(";".join(fields)[:37] + "\r\n")
        self._lines += 1
        self._put(fields)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _fields(self, dossier: Dossier, link: NoemieLink) -> Sequence[str]:
        insured, person = dossier.member, dossier.person(link.party)
        ranks = {each.person.ids.party: each.rank for each in dossier.beneficiaries}
        answered = link.changed_on is not None and link.changed_on <= self._day
        seen = self._day - _STALE_FOR if STALE in dossier.defects else self._day
        return (
            insured.ids.registration,
            _text(insured.last_name.upper()),
            _text(insured.first_name.upper()),
            compact(insured.birth_date) or "",
            link.registration,
            _text(person.first_name or person.last_name),
            str(ranks.get(link.party, 0)),
            _text(link.fund),
            link.code if answered else "",
            _text(link.other_insurer) if answered else "",
            compact(link.requested_on) or "",
            compact(link.changed_on if answered else link.requested_on) or "",
            compact(link.last_statement_on) or "",
            compact(seen) or "",
        )

    def _put(self, fields: Sequence[str]) -> None:
        self._stream.write(";".join(fields) + "\r\n")


def _text(value: str) -> str:
    """Return a text as an old file keeps it: no typographic sign, and never the delimiter."""
    return value.translate(_OUTSIDE_LATIN_1).replace(";", ",")
