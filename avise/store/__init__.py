"""The workstation's encrypted store: snapshots, journal, drafts, settings, and the search directory."""
