"""Runs the steps on the connection that the opener hands over."""

from alembic import context

from graphfraud.desk.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
