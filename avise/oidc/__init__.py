"""Signing in at an identity provider (OpenID Connect, OAuth 2): the hub's, and those of tools."""
