"""Taking customers on board of a laptop: who, what of each, and in which order."""
