"""People whom no tool knows: a prospect, an exchange without a file, and what attaches it."""
