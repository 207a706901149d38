"""`archmem install` and `archmem uninstall`: archmem in the files of a coding agent, or not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.narration import note
from cli.safe_text import one_line
from cli.terminal import this_terminal
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.claude.plans import Plan

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
    from cli.claude.plans import plan_install
    from cli.claude.program import find_program

    root, program = _root(workspace), find_program()
    plan = plan_install(root, program.command, allow_reading=allow_reading)
    if _carry_out(root, plan, "archmem is installed already", yes=yes, dry_run=dry_run):
        note("Start Claude Code anew in this project; it asks once whether the server may run.")
        note("Run `archmem watch --on` to keep the memory up to date.")
    if program.caution:
        note(program.caution)
    _end(plan)


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
    from cli.claude.plans import plan_uninstall

    root = _root(workspace)
    plan = plan_uninstall(root)
    _carry_out(root, plan, "archmem is not installed", yes=yes, dry_run=dry_run)
    _end(plan)


def _root(workspace: Workspace) -> Path:
    """The project's root; never the home folder, whose .claude holds for all projects."""
    root = workspace.roots.worktree
    if root == Path.home().resolve():
        raise click.ClickException(
            f"{root} is your home folder, and its .claude is for all projects. "
            "Name a project with --project; one that is not in git needs a .claude of its own."
        )
    return root


def _carry_out(root: Path, plan: Plan, nothing: str, *, yes: bool, dry_run: bool) -> bool:
    """Show what is planned and, if that is wanted, do it; returns whether anything was done."""
    from cli.claude.differences import difference

    for path, reason in plan.left_alone.items():
        _say_left_alone(path, reason)
    if not plan.changes:
        note(f"Nothing to do: {nothing}." if plan.is_complete else "Nothing else to do.")
        return False
    colour = this_terminal().colour
    for change in plan.changes:
        for line in difference(change):
            click.echo(line, color=colour)
    if dry_run:
        note("Nothing was written: this was a dry run.")
        return False
    if not yes:
        _ask()
    return _write(root, plan)


def _ask() -> None:
    if not _has_terminal():
        raise click.ClickException(
            "Nothing was written: there is no terminal to ask on. Give --yes to write this."
        )
    click.confirm("Write this?", default=True, abort=True, err=True)


def _has_terminal() -> bool:
    return sys.stdin.isatty()


def _write(root: Path, plan: Plan) -> bool:
    from cli.claude.project_files import carry_out
    from cli.claude.strict_json import LeftAlone

    failed = False
    for change in plan.changes:
        try:
            carry_out(root, change)
        except LeftAlone as reason:
            _say_left_alone(change.path, str(reason))
            failed = True
        else:
            note(f"{'Removed' if change.after is None else 'Wrote'} {change.path}.")
    if failed:
        click.get_current_context().exit(1)
    return True


def _say_left_alone(path: str, reason: str) -> None:
    click.echo(one_line(f"{path} was left alone: {reason}."), err=True)


def _end(plan: Plan) -> None:
    """A run that could not do its part everywhere does not pass for one that could."""
    if not plan.is_complete:
        click.get_current_context().exit(1)
