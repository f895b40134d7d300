"""Messages, calls and member-space activity: REST with `next_url` paging, and a stream of calls.

The relation tool is also the telephony: `/calls/stream` sends server-sent events for each call, and the
demo's control port makes a call ring.

It can be given another address for a contact (`Idempotency-Key`), which shows in the contact's city and in
the thread of exchanges, kept in memory and gone after the run.
"""
