"""The command line: it reads arguments, calls the services and prints; it decides nothing."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line. Ctrl-C ends it quietly, even while the libraries are still being loaded."""
    try:
        from matcher.cli.commands import run  # noqa: PLC0415  # seconds of loading, during which people change their mind
    except KeyboardInterrupt:
        sys.exit(130)
    run()
