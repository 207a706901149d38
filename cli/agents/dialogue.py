"""Shows people what a plan changes, asks whether they want it, and tells what came of it."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.agents.json_places import LeftAlone
from cli.agents.plan import carry_out
from cli.endings import note
from cli.form import this_terminal
from memory.texts.safe_text import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cli.agents.plan import FileEdit, InstallPlan


_NOWHERE = "/dev/null"  # as git and diff call it on every system
_HEADER = 3  # lines: both names, and the place
_COLOURS = {"-": "red", "+": "green", "@": "cyan"}


def difference(change: FileEdit) -> Iterator[str]:
    """A unified diff, line by line and in colour, without characters that drive a terminal."""
    old, new = _lines(change.before), _lines(change.after)
    names = (
        change.path if change.before is not None else _NOWHERE,
        change.path if change.after is not None else _NOWHERE,
    )
    for number, line in enumerate(difflib.unified_diff(old, new, *names)):
        text = visible(line).removesuffix("\n")
        if number < 2:
            yield click.style(text.rstrip(), bold=True)
        else:
            yield click.style(text, fg=_COLOURS.get(line[0]))
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def short_difference(change: FileEdit) -> Iterator[str]:
    """The same, but only the head of an agent's definition where it comes or goes as a whole."""
    lines = list(difference(change))
    shown = len(lines)
    front = _front_matter(_lines(change.after or change.before))
    if front and None in (change.before, change.after):
        shown = _HEADER + front
    yield from lines[:shown]
    if shown < len(lines):
        rest = f"… {len(lines) - shown} more lines; --dry-run shows them all"
        yield click.style(rest, dim=True)


def _front_matter(lines: list[str]) -> int:
    """How many lines the front matter has, with those that fence it."""
    return next((at for at, line in enumerate(lines, 1) if at > 1 and line.strip() == "---"), 0)


def _lines(text: str | None) -> list[str]:
    """The lines with their ends, as diff and git count them: a line feed ends one."""
    whole = (text or "").split("\n")
    return [f"{line}\n" for line in whole[:-1]] + [line for line in whole[-1:] if line]


class InstallOutcome(NamedTuple):
    """What came of a plan."""

    written: tuple[str, ...]  # paths
    missed: tuple[str, ...]  # what could not be done, where and why


def go_through(
    root: Path, plan: InstallPlan, nothing: str, *, yes: bool, dry_run: bool
) -> InstallOutcome:
    """Show what is planned and, if that is wanted, do it.

    Args:
        root: The project, or the folder of the user's own files.
        plan: What is to be done.
        nothing: Why, where there is nothing to do.
        yes: Do not ask.
        dry_run: Only show, and all of it.
    """
    _show(plan, whole=dry_run)
    if not plan.changes:
        note("Nothing else to do." if plan.missed else f"Nothing to do: {nothing}.")
    elif dry_run:
        note("Nothing was written: this was a dry run.")
    else:
        if not yes:
            _ask(plan)
        return _write(root, plan)
    return InstallOutcome((), _missed(plan, plan.missed))


def end(done: InstallOutcome, told: str) -> None:
    """A run that could not do its part everywhere does not pass for one that could.

    Args:
        done: What came of it.
        told: What to say last, with a place for what was missed and why.
    """
    if done.missed:
        said = one_line(f"{told.format('; '.join(done.missed))} Mend that and run this again.")
        raise click.ClickException(said)


def _show(plan: InstallPlan, *, whole: bool) -> None:
    """Show the differences, and last, where a question may follow, what is left alone."""
    colour = this_terminal().colour
    for change in plan.changes:
        for line in difference(change) if whole else short_difference(change):
            click.echo(line, color=colour)
    for path, reason in plan.left_alone.items():
        _say_left_alone(path, reason)


def _ask(plan: InstallPlan) -> None:
    """Go on only if somebody says yes; like apt, end with 1 where somebody does not."""
    if not _has_terminal():
        raise click.ClickException(
            "Nothing was written: there is no terminal to ask on. Give --yes to write this."
        )
    try:
        wanted = click.confirm(_question(plan), default=True, err=True)
    except click.Abort:
        click.echo(err=True)
        wanted = False
    if not wanted:
        note("Nothing was written.")
        click.get_current_context().exit(1)


def _question(plan: InstallPlan) -> str:
    """What is asked, with every file that is concerned: `Write a and b, and delete c?`."""
    written = _and([change.path for change in plan.changes if change.after is not None])
    removed = _and([change.path for change in plan.changes if change.after is None])
    if written and removed:
        return f"Write {written}, and delete {removed}?"
    return f"Write {written}?" if written else f"Delete {removed}?"


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _has_terminal() -> bool:
    return sys.stdin.isatty()


def _write(root: Path, plan: InstallPlan) -> InstallOutcome:
    written: list[str] = []
    missed = plan.missed
    for change in plan.changes:
        try:
            carry_out(root, change)
        except LeftAlone as reason:
            _say_left_alone(change.path, str(reason))
            missed[change.path] = str(reason)
        else:
            note(f"{'Removed' if change.after is None else 'Wrote'} {change.path}.")
            written.append(change.path)
    return InstallOutcome(tuple(written), _missed(plan, missed))


def _missed(plan: InstallPlan, why: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{plan.parts[path].what} ({path}: {reason})" for path, reason in why.items())


def _say_left_alone(path: str, reason: str) -> None:
    click.echo(one_line(f"{path} was left alone: {reason}."), err=True)
