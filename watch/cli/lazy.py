"""Groups of commands whose files are imported only when a command is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

__all__ = ["Lazy"]


class Lazy(click.Group):
    """A group that knows where its commands lie: by name, the file in this folder.

    A question at the terminal must not pay for the parser of feeds or the web framework.
    """

    def __init__(self, *words: Any, places: Mapping[str, str], **more: Any) -> None:
        super().__init__(*words, **more)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of their places, then those of the group's own file."""
        return [*self._places, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its file imported; None where there is no such command."""
        if cmd_name not in self._places:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"watch.cli.{self._places[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command
