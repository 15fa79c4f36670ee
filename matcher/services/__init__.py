"""Use cases: load, decide, save; one commit at the edge."""
