"""The migrations, shipped inside the package and run by `matcher.store.schema`."""
