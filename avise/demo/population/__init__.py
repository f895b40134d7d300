"""Deterministic generator of invented members: the same spec gives the same bytes anywhere."""
