"""What alembic runs: the versions, on the connection that `avise.hub.migrating` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
