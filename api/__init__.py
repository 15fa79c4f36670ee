"""The HTTP service: it translates between HTTP and the services."""
