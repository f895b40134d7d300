"""What was done on a customer's screen during a call: listed for the agent, never retyped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from avise.services.wording import facet_title
from avise.texts import plural, text
from avise.texts.formats import format_time

_FIELDS = frozenset({"revealed", "compared"})
_FACETS = frozenset({"consulted", "reread", "insert"})
_ACTIONS = frozenset({"acted", "act_undone"})


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done. Words: catalogue key `deed.<kind>`."""

    kind: str
    at: datetime
    about: str = ""
    """A facet, a field or a count, never a value of the member's."""

    def words(self) -> str:
        """Return what was done, in the language in use."""
        if self.kind == "verified":
            return plural("deed.verified", int(self.about))
        if self.kind in _FIELDS:
            return text(f"deed.{self.kind}", field=text(f"deed.field.{self.about}"))
        if self.kind in _FACETS:
            return text(f"deed.{self.kind}", facet=facet_title(self.about))
        return text(f"deed.{self.kind}")

    def time(self) -> str:
        """Return when it was done."""
        return format_time(self.at)


class Deeds:
    """The deeds of one call, oldest first; doing the same again moves its time only."""

    def __init__(self) -> None:
        self._items: list[Deed] = []

    def add(self, deed: Deed) -> None:
        """Keep a deed."""
        last = self._items[-1] if self._items else None
        if last is not None and (last.kind, last.about) == (deed.kind, deed.about):
            self._items[-1] = replace(last, at=deed.at)
        elif last is not None and last.kind == deed.kind == "verified":
            self._items[-1] = deed
        else:
            self._items.append(deed)

    def clear(self) -> None:
        """Forget everything: another call begins."""
        self._items = []

    def __iter__(self) -> Iterator[Deed]:
        return iter(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)
