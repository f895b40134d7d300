"""The JSON type that crosses borders: decimals as text, dates in ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

JSON = None | bool | int | str | float | Sequence["JSON"] | Mapping[str, "JSON"]
"""Floats appear in what a tool sends; canonical records never hold one."""
