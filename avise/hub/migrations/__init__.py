"""The schema of the hub, one history for SQLite and PostgreSQL; alembic applies it."""
