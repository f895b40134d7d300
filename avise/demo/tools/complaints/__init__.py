"""Complaints: an old JSON-RPC 2.0 service that answers its errors with status 200.

Sessions are opened with a password and expire; names were read in the wrong charset for some clients, and a
few birth dates are a day off.
"""
