"""A group of commands that has a command of its own: `grants ID` lists, `grants apply …` notes."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

LISTING = "list"
"""The command that is meant where none is named."""


class Listing(TyperGroup):
    """A group whose `list` command may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the listing command in front of what names no command."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [LISTING, *args])
