"""Appointments: CalDAV on a real Radicale server, one calendar a contact.

Radicale is GPL-3: it runs as a program of its own and is never imported by the rest of Avise.
"""
