"""The window around the screens: rail, session tabs, search field, status bar, calls."""
