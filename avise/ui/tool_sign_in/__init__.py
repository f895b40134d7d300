"""Signing in again at a tool, from a block, the Sources page or the palette."""
