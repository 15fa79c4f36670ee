"""Answers as plain JSON values: what the commands print with --json and what the service answers."""
