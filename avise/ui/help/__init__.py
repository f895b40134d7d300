"""The help of each screen, a few lines at F1 (`ui.md` 7)."""
