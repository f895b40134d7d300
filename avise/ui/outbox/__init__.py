"""Acting in tools from the window: the form of an action, and the outbox that follows what was promised."""
