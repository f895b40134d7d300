"""The body of a message as the agent wrote it over: the facts that still stand in it, and the gaps left."""

from __future__ import annotations

from collections.abc import Iterator

from avise.models.outgoing import Fragment, Fragments


def rewritten(body: Fragments, words: str) -> Fragments:
    """Return what an agent wrote as fragments: each fact and each gap of the body, where it still stands.

    A gap is a gap as long as its brackets are there; a fact that was written over is the agent's own words.

    Args:
        body: of the draft, made of the template.
        words: of the agent.
    """
    marked = {run.text: run for run in body if run.fact and run.text.strip()}
    return tuple(_runs(words, marked))


def _runs(words: str, marked: dict[str, Fragment]) -> Iterator[Fragment]:
    # The longest first: a name that begins another does not cut it.
    known = sorted(marked, key=len, reverse=True)
    start = place = 0
    while place < len(words):
        found = next((text for text in known if _stands(words, text, place)), "")
        if not found:
            place += 1
            continue
        if place > start:
            yield Fragment(words[start:place])
        yield marked[found]
        start = place = place + len(found)
    if start < len(words):
        yield Fragment(words[start:])


def _stands(words: str, text: str, place: int) -> bool:
    """Say whether a text stands at a place, and is not a part of a longer word."""
    if not words.startswith(text, place):
        return False
    before, after = words[place - 1 : place], words[place + len(text) : place + len(text) + 1]
    joined = (before.isalnum() and text[0].isalnum()) or (after.isalnum() and text[-1].isalnum())
    return not joined
