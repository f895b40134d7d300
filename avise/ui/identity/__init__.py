"""Records that may be one person's: the list, two of them side by side, the links of a customer."""
