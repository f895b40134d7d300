"""Parties and contracts: the mutual's reference of persons, REST/JSON behind OAuth2 client credentials.

The identity master: it publishes the search directory by `changes` and holds the cross-reference to the
identifiers of every other tool. Answers carry an ETag. The NIR is read apart, live, and each reading
is written in an access log.
"""
