"""Sentences and typography: one catalogue by key, one module that writes French."""

from avise.texts.catalogue import LANGUAGES, agreed, language, plural, set_language, speaking, text

__all__ = ["LANGUAGES", "agreed", "language", "plural", "set_language", "speaking", "text"]
