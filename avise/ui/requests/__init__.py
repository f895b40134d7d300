"""The middle office: corbeilles, the list of requests, one of them and what is done with it."""
