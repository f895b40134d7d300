"""Contributions, debits and bank details: a database, read with an account that can only read.

A SQLite file by default; with `--postgres` a real PostgreSQL server with a read-only role. Amounts are in
cents, codes are those of the billing engine.
"""
