"""Which commands a few words find, and which letters of their label matched."""

from __future__ import annotations

from avise.models.names import fold

Mark = tuple[int, int]
"""Start and length of a part that matched."""


def marks_of(query: str, label: str) -> tuple[Mark, ...] | None:
    """Return the parts of a label that the words of a query match, None when one of them matches nothing.

    Accents, case and order are ignored; a word may match inside another.
    """
    folded, origins = _folded(label)
    marks: list[Mark] = []
    for word in query.split():
        wanted, _ = _folded(word)
        place = _best_place(wanted, folded)
        if not wanted or place < 0:
            return None
        first, last = origins[place], origins[place + len(wanted) - 1]
        marks.append((first, last - first + 1))
    return merged(marks)


def merged(marks: list[Mark]) -> tuple[Mark, ...]:
    """Return marks in order, those that touch made one."""
    kept: list[Mark] = []
    for start, length in sorted(marks):
        if kept and start <= kept[-1][0] + kept[-1][1]:
            before, taken = kept[-1]
            kept[-1] = (before, max(taken, start + length - before))
        else:
            kept.append((start, length))
    return tuple(kept)


def _best_place(wanted: str, folded: str) -> int:
    """Return where a word stands: at the start of a word rather than inside one."""
    if folded.startswith(wanted):
        return 0
    at_start = folded.find(f" {wanted}")
    return at_start + 1 if at_start >= 0 else folded.find(wanted)


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text without accents, in capitals, and the place that each letter came from."""
    letters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        plain = fold(character) or " "
        letters.append(plain)
        origins.extend([place] * len(plain))
    return "".join(letters), origins
