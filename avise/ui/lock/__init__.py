"""The locked desk: nothing readable, and what opens it again (`hub.md` S15, `ui.md` 6.2)."""
