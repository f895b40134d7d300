"""The customer's screen: who it is, what to say, what each tool knows, and everything that happened."""
