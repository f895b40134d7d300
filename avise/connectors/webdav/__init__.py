"""Reads the folders of a document store over WebDAV (RFC 4918): see README.md."""
