"""Reimbursements and care authorizations (PEC): REST with an API key, opaque cursors, and slow.

The benefits engine of the house: a hundred lines a page, 300 to 900 ms a page, amounts in cents, dates
written day first. A household's lines hang from the insured member's key.
"""
