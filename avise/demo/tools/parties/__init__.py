"""Parties and contracts: the mutual's reference of persons, REST/JSON behind OAuth2 client credentials.

The identity master: it publishes the search directory by `changes` and holds the cross-reference to the
identifiers of every other tool. Answers carry an ETag. The NIR is read apart, live, and each reading
is written in an access log.

It can be asked for a card again and for a certificate (`Idempotency-Key`), and for another address
(`If-Match`). What changes is kept in memory and gone after the run.
"""
