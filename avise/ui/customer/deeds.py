"""What was done on a customer's screen during a call: listed for the agent, never retyped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from avise.models.wrap_up import LONGEST_ABOUT, Deed
from avise.services.wording import facet_title
from avise.texts import plural, text
from avise.texts.formats import format_time

__all__ = ["Deed", "Deeds", "deed_code", "deed_time", "deed_words"]

_FIELDS = frozenset({"revealed", "compared"})
_FACETS = frozenset({"consulted", "reread", "insert"})
_ACTIONS = frozenset({"acted", "act_undone"})
_UNNAMED: Mapping[str, str] = MappingProxyType({})


def deed_code(action: str) -> str:
    """Return how a deed keeps the id of an action: a word, as drafts keep nothing else."""
    return re.sub(r"[^a-z0-9_]", "_", action.lower())[:LONGEST_ABOUT]


def deed_words(deed: Deed, actions: Mapping[str, str] = _UNNAMED) -> str:
    """Return what was done, in the language in use. Words: catalogue key `deed.<kind>`.

    Args:
        deed: what was done.
        actions: what staff call the actions that tools offer, by `deed_code`.
    """
    if deed.kind == "verified":
        return plural("deed.verified", int(deed.about) if deed.about.isdecimal() else 0)
    if deed.kind in _FIELDS:
        return text(f"deed.{deed.kind}", field=text(f"deed.field.{deed.about}"))
    if deed.kind in _ACTIONS:
        # Until the tools have said what they offer, or when they offer it no more, there is no name.
        what = actions.get(deed.about, "")
        return text(f"deed.{deed.kind}", what=what) if what else text(f"deed.{deed.kind}.unnamed")
    if deed.kind in _FACETS:
        return text(f"deed.{deed.kind}", facet=facet_title(deed.about))
    return text(f"deed.{deed.kind}")


def deed_time(deed: Deed) -> str:
    """Return when it was done."""
    return format_time(deed.at)


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

    def restore(self, earlier: Sequence[Deed]) -> None:
        """Take back those of a draft, before what was done since."""
        known = set(self._items)
        self._items = [*(deed for deed in earlier if deed not in known), *self._items]

    def clear(self) -> None:
        """Forget everything: another call begins, or this one is recorded."""
        self._items = []

    def __iter__(self) -> Iterator[Deed]:
        return iter(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)
