"""Reads tools that speak JSON-RPC 2.0 over HTTP: see README.md."""
