"""A connector published as a wheel."""
