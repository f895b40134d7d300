"""Reads the letters of an IMAP mailbox (RFC 3501): see README.md."""
