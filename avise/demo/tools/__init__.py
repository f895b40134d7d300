"""The eight simulated back-office tools: real servers and files, each with habits of its own.

| name | speaks | identifies a customer by |
|---|---|---|
| parties | REST, OAuth2 client credentials, ETag | party id |
| benefits | REST, API key, cursor paging, slow | insured key |
| contributions | SQL (SQLite file or PostgreSQL) | billing account |
| documents | WebDAV | folder code |
| appointments | CalDAV | calendar contact |
| noemie | nightly CSV files, latin-1 | registration key |
| relation | REST, next_url paging, server-sent events | contact UUID |
| complaints | JSON-RPC, errors in HTTP 200 | client code |
"""
