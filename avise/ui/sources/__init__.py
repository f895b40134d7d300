"""The Sources page: how each tool is, what is shown in its place, whom to call (`ui.md` 5.16)."""
