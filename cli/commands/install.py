"""`archmem install` and `archmem uninstall`: archmem in the files of a coding agent, or not."""

from __future__ import annotations

from pathlib import Path

import click

from cli.endings import note
from cli.workspace import Workspace, pass_workspace

_yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
_dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would change.")


@click.group()
def install() -> None:
    """Make a coding agent use the memory.

    \b
    Example:
        archmem install claude
    """


@click.group()
def uninstall() -> None:
    """Take it out of an agent's files.

    \b
    Example:
        archmem uninstall claude
    """


@install.command("claude")
@click.option(
    "--allow-reading", is_flag=True, help="Also let Claude use the tools that only read unasked."
)
@_yes_option
@_dry_run_option
@pass_workspace
def install_claude(workspace: Workspace, *, allow_reading: bool, yes: bool, dry_run: bool) -> None:
    """Make Claude Code use the memory of a project.

    Adds the MCP server to .mcp.json, hooks to .claude/settings.json and an agent that coordinates
    backend changes to .claude/agents. Shows the difference first and asks. What others wrote there
    stays as it is; a second run brings archmem's own entries up to date.

    \b
    Examples:
        archmem install claude --dry-run
        archmem --project ~/shop install claude --yes
    """
    from cli.claude.dialogue import end, go_through
    from cli.claude.install_plan import find_program, plan_install

    root, program = _root(workspace), find_program()
    plan = plan_install(root, program.command, allow_reading=allow_reading)
    done = go_through(root, plan, "archmem is installed already", yes=yes, dry_run=dry_run)
    if done.written and not done.missed:
        note("Start Claude Code anew in this project; it asks once whether the server may run.")
        note("Run `archmem watch --on` to keep the memory up to date.")
    if program.caution:
        note(program.caution)
    end(done, "archmem could not be installed fully. Missing: {}.")


@uninstall.command("claude")
@_yes_option
@_dry_run_option
@pass_workspace
def uninstall_claude(workspace: Workspace, *, yes: bool, dry_run: bool) -> None:
    """Take archmem out of Claude Code's files of a project.

    Removes the MCP server, the hooks, permissions for its tools, and the agent's definition unless
    it was edited. Shows the difference first and asks. The memory stays where it is.

    \b
    Example:
        archmem uninstall claude --dry-run
    """
    from cli.claude.dialogue import end, go_through
    from cli.claude.install_plan import plan_uninstall

    root = _root(workspace)
    plan = plan_uninstall(root)
    done = go_through(root, plan, "archmem is not installed", yes=yes, dry_run=dry_run)
    end(done, "archmem could not be removed fully. Left alone: {}.")


def _root(workspace: Workspace) -> Path:
    """The project's root; never the home folder, whose .claude holds for all projects."""
    root = workspace.roots.worktree
    if root == Path.home().resolve():
        raise click.ClickException(
            f"{root} is your home folder, and its .claude is for all projects. "
            "Name a project with --project; one that is not in git needs a .claude of its own."
        )
    return root
