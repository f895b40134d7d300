"""The palette: one field that finds customers and commands, by the same key everywhere (`ui.md` 5.12)."""
