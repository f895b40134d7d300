"""What `avise` does without a window, one module a command."""
