"""A customer's file printed or taken out, for a stated reason (`domain.md` 2.7)."""
