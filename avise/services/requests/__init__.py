"""The workstation's side of the middle office: what is known of requests, lists, acts, creation, the team."""
