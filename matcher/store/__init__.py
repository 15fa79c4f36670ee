"""The database: tables, migrations and the only SQL."""
