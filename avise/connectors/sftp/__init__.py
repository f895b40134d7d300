"""Nightly files on an SFTP server, read where they are."""
