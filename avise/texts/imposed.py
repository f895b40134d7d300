"""The language asked for on the command line: for that run it wins over the one kept in the settings."""

from __future__ import annotations

from avise.texts.catalogue import set_language

_is_imposed = False


def impose_language(code: str) -> None:
    """Speak a language whatever the settings say; the user may still choose another in the window."""
    global _is_imposed  # noqa: PLW0603 - one a process, as the language is
    set_language(code)
    _is_imposed = True


def is_language_imposed() -> bool:
    """Return whether the command line asked for the language in use."""
    return _is_imposed
