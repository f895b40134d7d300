"""The requests and the staff of the demonstration's middle office, all invented."""
