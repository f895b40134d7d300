"""Complaints: an old JSON-RPC 2.0 service that answers its errors with status 200.

Sessions are opened with a password and expire; names were read in the wrong charset for some clients, and a
few birth dates are a day off.

A client's address can be changed, on condition that the file is still the revision that was read; the service
remembers no key. What changes is kept in memory and gone after the run.
"""
