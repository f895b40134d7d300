"""Databases: statements that only read, in our time, on SQLite, PostgreSQL, MariaDB and MySQL."""
