"""Connectors written in TOML: no code, ten lines, every error with its line."""
