"""`archmem install` and `archmem uninstall`: archmem in the files of coding agents, or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.agents.agent import AGENTS, Agent
from cli.endings import note
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.agents.plan import AgentFile

_yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
_dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would change.")


@click.group()
def install() -> None:
    """Make a coding agent use the memory.

    Each agent's own files get what it can use: the MCP server, hooks, a definition. The difference
    is shown first. What others wrote there stays as it is, a second run brings archmem's own
    entries up to date, and `archmem uninstall` takes them out again.

    \b
    Examples:
        archmem install claude
        archmem install codex --user
    """


@click.group()
def uninstall() -> None:
    """Take it out of an agent's files.

    \b
    Example:
        archmem uninstall claude
    """


def _add(word: str, agent: Agent) -> None:
    """Add the two commands for an agent."""

    def installing(
        workspace: Workspace, *, for_project: bool, yes: bool, dry_run: bool, **said: bool
    ) -> None:
        from cli.agents.agent import InstallRequest
        from cli.agents.program import find_program

        root, program = _folder(workspace, agent, for_project=for_project), find_program()
        wanted = InstallRequest(program.command, not for_project, root, **said)
        _install(root, agent.parts(wanted), yes=yes, dry_run=dry_run, then=agent.afterwards)
        if program.caution:
            note(program.caution)

    def uninstalling(workspace: Workspace, *, for_project: bool, yes: bool, dry_run: bool) -> None:
        from cli.agents.agent import InstallRequest

        root = _folder(workspace, agent, for_project=for_project)
        _uninstall(
            root,
            agent.parts(InstallRequest("archmem", not for_project, root)),
            yes=yes,
            dry_run=dry_run,
        )

    installing.__doc__ = f"""Make {agent.name} use the memory.

    Adds {agent.has}: in a project {agent.files}, with --user the same of all projects. Shows the
    difference first and asks.

    \b
    Examples:
        archmem install {word} --dry-run
        archmem --project ~/shop install {word} --yes
    """
    uninstalling.__doc__ = f"""Take archmem out of {agent.name}'s files.

    Removes {agent.has}; what was edited stays. Shows the difference first and asks. The memory
    stays where it is.

    \b
    Example:
        archmem uninstall {word} --dry-run
    """
    if word == "claude":
        installing = _allow_reading_option(installing)
    for group, command in ((install, installing), (uninstall, uninstalling)):
        group.command(word)(_scope_option(_yes_option(_dry_run_option(pass_workspace(command)))))


_scope_option = click.option(
    "--project/--user",
    "for_project",
    default=True,
    help="In this project, or in all projects of this user.",
)
_allow_reading_option = click.option(
    "--allow-reading", is_flag=True, help="Also let it use the tools that only read unasked."
)

for _word, _agent in AGENTS.items():
    _add(_word, _agent)


@install.command("agents-md")
@_yes_option
@_dry_run_option
@pass_workspace
def install_agents_md(workspace: Workspace, *, yes: bool, dry_run: bool) -> None:
    """Keep a section about the memory in AGENTS.md.

    It says how to ask, what is in force and which flags block, for the folder that --project names:
    below the project's root, what concerns the module of that folder. Run it again when decisions
    have changed. The rest of the file stays as it is.

    \b
    Examples:
        archmem install agents-md
        archmem --project services/payments install agents-md --yes
    """
    folder = workspace.project.resolve()
    _install(folder, {"AGENTS.md": _section(workspace, folder)}, yes=yes, dry_run=dry_run)


@uninstall.command("agents-md")
@_yes_option
@_dry_run_option
@pass_workspace
def uninstall_agents_md(workspace: Workspace, *, yes: bool, dry_run: bool) -> None:
    """Take archmem's section out of AGENTS.md.

    \b
    Example:
        archmem uninstall agents-md --dry-run
    """
    from cli.agents.agents_md import part

    folder = workspace.project.resolve()
    _uninstall(folder, {"AGENTS.md": part((), (), "")}, yes=yes, dry_run=dry_run)


def _section(workspace: Workspace, folder: Path) -> AgentFile:
    """What the memory holds for a folder; without a memory only how to ask one."""
    from cli.agents.agents_md import part
    from cli.client.errors import EngineRefused
    from cli.verbs import find_verb
    from indexer.source_paths import module_of
    from memory.errors import StoreNotFound

    below = folder.relative_to(workspace.roots.worktree).as_posix().removeprefix(".")
    module = module_of(f"{below}/x", {}) if below else None
    selection = {"kinds": ["decision"], "modules": [module] if module else []}
    try:
        listed = workspace.rows(find_verb("list"), {"selection": selection})
        flags = workspace.rows(find_verb("flag"), {"action": "list"})
    except StoreNotFound:
        listed, flags = [], []
    except EngineRefused as error:
        if error.name != StoreNotFound.__name__:
            raise
        listed, flags = [], []
    decisions = [row for row in listed if row["in_force"] is True]
    blocking = [
        row for row in flags if row["blocking"] and (not module or module in row["modules"])
    ]
    return part(decisions, blocking, below)


def _install(
    root: Path, parts: dict[str, AgentFile], *, yes: bool, dry_run: bool, then: tuple[str, ...] = ()
) -> None:
    from cli.agents.dialogue import end, go_through
    from cli.agents.plan import plan_install

    plan = plan_install(root, parts)
    done = go_through(root, plan, "archmem is installed already", yes=yes, dry_run=dry_run)
    if done.written and not done.missed:
        for line in then:
            note(line)
    end(done, "archmem could not be installed fully. Missing: {}.")


def _uninstall(root: Path, parts: dict[str, AgentFile], *, yes: bool, dry_run: bool) -> None:
    from cli.agents.dialogue import end, go_through
    from cli.agents.plan import plan_uninstall

    plan = plan_uninstall(root, parts)
    done = go_through(root, plan, "archmem is not installed", yes=yes, dry_run=dry_run)
    end(done, "archmem could not be removed fully. Left alone: {}.")


def _folder(workspace: Workspace, agent: Agent, *, for_project: bool) -> Path:
    """Where the agent's files are; the project's are never those of the home folder."""
    if not for_project:
        folder = agent.user_folder()
        note(f"In {folder}:")
        return folder
    root = workspace.roots.worktree
    if root == Path.home().resolve():
        raise click.ClickException(
            f"{root} is your home folder, whose files are for all projects: give --user for that, "
            "or name a project with --project."
        )
    return root
