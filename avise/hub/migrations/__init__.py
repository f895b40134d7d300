"""The schema of the hub, one history for SQLite and PostgreSQL, applied by `avise.hub.migrating`."""
