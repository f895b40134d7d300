"""Reads the parties of a Tryton server over its JSON-RPC: see README.md."""
