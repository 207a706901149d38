"""Commands that are imported when they run, and not when they are listed."""

from __future__ import annotations

from importlib import import_module

import click


class LazyCommand(click.Command):
    """Stands for a command until it is wanted; knows its name and its short help."""

    def __init__(self, name: str, import_path: str, short_help: str) -> None:
        """Stand for the command at `import_path`, written "module:attribute"."""
        super().__init__(name, short_help=short_help)
        self.module, _, self._attribute = import_path.partition(":")

    def load(self) -> click.Command:
        """The command itself."""
        command = getattr(import_module(self.module), self._attribute)
        assert isinstance(command, click.Command)  # noqa: S101  (a typing aid)
        return command


class OrderedGroup(click.Group):
    """A group that lists its commands in the order in which they were given."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """The names, in the order of a day's work rather than of the alphabet."""
        return list(self.commands)


class LazyGroup(OrderedGroup):
    """A group whose commands may be lazy."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name, loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest
