"""Avise: the one window of a health mutual's staff."""

__version__ = "0.1.0"
