"""Every sentence that a person reads, by key, in French and English.

Catalogues are gettext files (`resources/translations/<language>/<domain>.po`) whose `msgid` is a key
("facet.benefits") and whose `msgstr` holds named parameters ("Réclamation {number}"). They are
read compiled when `dev.py` or the packager compiled them, else from the source by Babel.
The language belongs to the process, like the locale: one window speaks one language.
"""

from __future__ import annotations

import gettext
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from avise.resources import resource_folder

LANGUAGES = ("fr", "en")
"""French first: a key that English lacks is shown in French."""

COMPILED_NAME = "avise.mo"


class Catalogue:
    """The sentences of one language.

    Args:
        messages: text by key; a plural form under (key, index).
        plural_index: which form a number takes.
    """

    def __init__(
        self, messages: dict[str | tuple[str, int], str], plural_index: Callable[[int], int]
    ) -> None:
        self._messages = messages
        self._plural_index = plural_index

    def get(self, key: str) -> str | None:
        """Return the sentence of a key, parameters not replaced."""
        return self._messages.get(key) or self._messages.get((key, 0))

    def get_plural(self, key: str, count: int) -> str | None:
        """Return the form of a key for a number."""
        return self._messages.get((key, self._plural_index(count))) or self._messages.get((key, 0))

    def keys(self) -> set[str]:
        """Return every key."""
        return {key if isinstance(key, str) else key[0] for key in self._messages}


def _plural_fr(count: int) -> int:
    return int(abs(count) >= 2)


def _plural_en(count: int) -> int:
    return int(abs(count) != 1)


_PLURALS: dict[str, Callable[[int], int]] = {"fr": _plural_fr, "en": _plural_en}
_catalogues: dict[str, Catalogue] = {}
_lock = threading.Lock()
_current = LANGUAGES[0]
_spoken: ContextVar[str] = ContextVar("spoken", default="")
"""The language of what is being written for somebody else; "" for the process's own."""


def set_language(code: str) -> None:
    """Choose the language of this process; an unknown code falls back to French."""
    global _current  # noqa: PLW0603 - one language a process, chosen once at start and by the settings
    _current = code if code in LANGUAGES else LANGUAGES[0]


def language() -> str:
    """Return the code of the language in use."""
    return _spoken.get() or _current


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Write in another language for the time of a `with` block: a letter to a member who reads English.

    Only the task or the thread of the block is concerned; an unknown code falls back to French.
    """
    token = _spoken.set(code if code in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _spoken.reset(token)


def text(key: str, /, **params: object) -> str:
    """Return the sentence of a key in the language in use; the key itself when nobody wrote it."""
    found = catalogue(language()).get(key)
    if found is None:
        found = catalogue(LANGUAGES[0]).get(key)
    return _filled(key if found is None else found, params)


def plural(key: str, count: int, /, **params: object) -> str:
    """Return the form of a sentence for a number, which it may show as `{n}`."""
    found = catalogue(language()).get_plural(key, count)
    if found is None:
        found = catalogue(LANGUAGES[0]).get_plural(key, count)
    return _filled(key if found is None else found, {"n": count, **params})


def agreed(key: str, title: str, /, **params: object) -> str:
    """Return the sentence that agrees with a person: `<key>.mr`, `<key>.mrs`, or `<key>.unknown`."""
    return text(f"{key}.{title if title in ('mr', 'mrs') else 'unknown'}", **params)


def _filled(sentence: str, params: dict[str, object]) -> str:
    if not params:
        return sentence
    try:
        return sentence.format(**params)
    except (KeyError, IndexError, ValueError):
        # A sentence with a parameter that the caller forgot is still worth showing; a test finds it.
        return sentence


def catalogue(code: str) -> Catalogue:
    """Return a language's catalogue, read once a process."""
    with _lock:
        if code not in _catalogues:
            _catalogues[code] = _load(code)
        return _catalogues[code]


def _load(code: str) -> Catalogue:
    folder = resource_folder("translations") / code
    sources = sorted(folder.glob("*.po"))
    compiled = folder / COMPILED_NAME
    if compiled.is_file() and all(_older(source, compiled) for source in sources):
        return _from_compiled(code, compiled)
    return Catalogue(_messages_of(sources, code), _PLURALS[code])


def _older(source: Path, compiled: Path) -> bool:
    return source.stat().st_mtime <= compiled.stat().st_mtime


def _from_compiled(code: str, path: Path) -> Catalogue:
    with path.open("rb") as stream:
        translations = gettext.GNUTranslations(stream)
    # gettext offers no listing; its table is {msgid or (msgid, form): msgstr}.
    table: dict[str | tuple[str, int], str] = vars(translations)["_catalog"]
    return Catalogue(table, _PLURALS[code])


def _messages_of(sources: list[Path], code: str) -> dict[str | tuple[str, int], str]:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - 90 ms that a compiled catalogue spares

    messages: dict[str | tuple[str, int], str] = {}
    for source in sources:
        with source.open("rb") as stream:
            for message in read_po(stream, locale=code):
                if not message.id or not message.string:
                    continue
                if isinstance(message.id, str):
                    messages[message.id] = str(message.string)
                    continue
                for index, form in enumerate(message.string):
                    messages[(message.id[0], index)] = form
    return messages


def compile_catalogues() -> list[Path]:
    """Write the compiled form of every language beside its sources; return the files written."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - only the packager needs it
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    written = []
    for code in LANGUAGES:
        folder = resource_folder("translations") / code
        merged = Catalog(locale=code)
        for source in sorted(folder.glob("*.po")):
            with source.open("rb") as stream:
                for message in read_po(stream, locale=code):
                    if message.id:
                        merged.add(message.id, message.string)
        target = folder / COMPILED_NAME
        with target.open("wb") as stream:
            write_mo(stream, merged)
        written.append(target)
    return written
