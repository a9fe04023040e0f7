"""``symbind completion``: the script by which a shell completes commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from symbolic.cli.app import cli
from symbolic.cli.app import command as make

__all__ = ["command"]


@make(
    "completion",
    click.argument("shell", type=click.Choice(["bash", "zsh", "fish"])),
    epilog="""
symbind completion bash >> ~/.bashrc
symbind completion zsh >> ~/.zshrc
symbind completion fish > ~/.config/fish/completions/symbind.fish
""",
)
def command(shell: str) -> None:
    """Print the script that completes commands, options and files in a SHELL. Put it where the shell reads it at its start."""
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "symbind", "_SYMBIND_COMPLETE").source())
