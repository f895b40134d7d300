"""The first page: the customers seen last and how the tools are."""
