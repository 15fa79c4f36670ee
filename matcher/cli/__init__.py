"""The command line: it reads arguments, calls the services and prints; it decides nothing."""

from matcher.cli.commands import main

__all__ = ["main"]
