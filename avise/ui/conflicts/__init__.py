"""Two changes of the same thing, compared and chosen field by field (`ui.md` 5.13)."""
