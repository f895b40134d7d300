"""Reads the calendars of a CalDAV server (RFC 4791): see README.md."""
