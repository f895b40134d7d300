"""Sentences and typography: one catalogue by key, one module that writes French."""

from avise.texts.catalogue import LANGUAGES, language, plural, set_language, speaking, text

__all__ = ["LANGUAGES", "language", "plural", "set_language", "speaking", "text"]
