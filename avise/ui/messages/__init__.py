"""Messages to members and what they accept, in the window."""
