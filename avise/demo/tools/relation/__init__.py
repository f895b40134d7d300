"""Messages, calls and member-space activity: REST with `next_url` paging, and a stream of calls.

The relation tool is also the telephony: `/calls/stream` sends server-sent events for each call, and the
demo's control port makes a call ring.
"""
