"""The board of whoever leads a team: load, lateness, balance, time held, and who takes what."""
