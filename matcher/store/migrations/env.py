"""Alembic's entry: run the migrations on the connection, and inside the transaction, of `matcher.store.schema`."""

from __future__ import annotations

from alembic import context

from matcher.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
