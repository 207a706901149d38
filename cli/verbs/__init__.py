"""The verbs, one file each: command, call, forms of the answer, and MCP tool.

`COMMANDS` is where everything is registered, in the order of a day's work: a line for each command.
A module outside `cli.commands` names its verbs as `VERBS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cli.lazy import LazyCommand
from memory.errors import InvalidRequest

if TYPE_CHECKING:
    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.verb import Verb

#: By name; the short help is here, so that listing commands imports none of them.
COMMANDS = {
    name: LazyCommand(name, path, about)
    for name, path, about in (
        ("init", "cli.commands.init:init", "Make an empty memory for a project."),
        ("adopt", "cli.commands.adopt:adopt",
         "Show and open a memory that was not made here."),
        ("index", "cli.verbs.index:index", "Bring the memory up to date with the files."),
        ("search", "cli.verbs.search:search", "Find what answers a question."),
        ("tried", "cli.verbs.tried:tried", "Tell what was tried, and what came of it."),
        ("brief", "cli.verbs.brief:brief", "Tell what is known for a task."),
        ("check", "cli.verbs.check:check", "Check a plan against what is known."),
        ("related", "cli.verbs.search:related", "Find what has to do with a memory."),
        ("show", "cli.verbs.show:show", "Print all that is known of one memory."),
        ("explain", "cli.verbs.explain:explain", "Say why a memory stands as it does."),
        ("history", "cli.verbs.show:history", "Tell how a memory came to say this."),
        ("timeline", "cli.verbs.timeline:timeline", "Tell how a module evolved."),
        ("baselines", "cli.verbs.baselines:baselines", "Plot what was measured."),
        ("triage", "cli.verbs.triage:triage", "Tell whether a task is systemic, and whose it is."),
        ("coordinate", "cli.verbs.coordinate:coordinate",
         "Answer a request for a systemic change."),
        ("plan", "cli.verbs.plan:plan", "Keep plans of phases, follow them and learn from them."),
        ("health", "cli.verbs.health:health", "Tell how the code is, on a page."),
        ("map", "cli.verbs.map:map_", "Draw the modules of the code, and what couples them."),
        ("impact", "cli.verbs.impact:impact", "Tell what a change to the code would reach."),
        ("trace", "cli.verbs.trace:trace", "Tell where the requests of a route go."),
        ("audit", "cli.verbs.audit:audit", "Tell what is wrong in the code."),
        ("drift", "cli.verbs.drift:drift", "Tell how the code came to be as it is."),
        ("decouple", "cli.verbs.decouple:decouple", "Propose cuts between modules."),
        ("inventory", "cli.verbs.inventory:inventory", "List facts of the code, as they are."),
        ("list", "cli.verbs.list:list_", "List memories, the latest first."),
        ("record", "cli.verbs.record:record", "Keep something new, and write it down."),
        ("run", "cli.verbs.run:run", "Open a run, tell what came of it, list runs."),
        ("learn", "cli.verbs.learn:learn", "Turn what came of a run into lessons."),
        ("flag", "cli.verbs.flag:flag", "List flags, raise them and settle them."),
        ("consolidate", "cli.verbs.consolidate:consolidate",
         "Propose what could be tidied, with reasons."),
        ("harvest", "cli.verbs.harvest:harvest", "Propose decisions that nobody recorded."),
        ("verify", "cli.verbs.verify:verify", "Say what no longer holds."),
        ("lint", "cli.verbs.lint:lint", "Name what does not add up in the records."),
        ("correct", "cli.verbs.correct:correct",
         "Let a memory say something else, as a new revision."),
        ("undo", "cli.verbs.correct:undo", "Take back what was recorded last."),
        ("remove", "cli.verbs.correct:remove", "Take a memory away, its entry in files too."),
        ("forget", "cli.verbs.forget:forget", "Erase a memory, words, or credentials."),
        ("backup", "cli.verbs.backup:backup", "Back the memory up while it is used."),
        ("restore", "cli.commands.restore:restore",
         "Put a backup back where there is no memory."),
        ("export", "cli.verbs.backup:export", "Write the memory as JSON Lines, or as Markdown."),
        ("import", "cli.verbs.backup:import_",
         "Take in an export, or what another tool remembers."),
        ("doctor", "cli.verbs.doctor:doctor", "Find damage in the memory, and mend it."),
        ("status", "cli.verbs.status:status", "Say what the memory holds and lacks."),
        ("watch", "cli.commands.watch:watch", "Keep the memory in step with the files."),
        ("mcp", "cli.commands.mcp:mcp", "Serve the memory to an agent by MCP."),
        ("hook", "cli.commands.hook:hook", "Answer a hook of Claude Code or Codex."),
        ("completion", "cli.commands.completion:completion", "Install completion and manual."),
        ("install", "cli.commands.install:install", "Make a coding agent use the memory."),
        ("uninstall", "cli.commands.install:uninstall", "Take it out of an agent's files."),
        ("serve", "cli.commands.serve:serve", "Run the engine in the foreground."),
        ("stop", "cli.commands.serve:stop", "End the engine."),
        ("model", "cli.commands.model:model", "Show or compile the embedding model."),
    )
}  # fmt: skip


def all_verbs() -> dict[str, Verb]:
    """Every verb by its name."""
    modules = dict.fromkeys(command.module for command in COMMANDS.values())
    return {
        verb.name: verb
        for module in modules
        if not module.startswith("cli.commands.")
        for verb in import_module(module).VERBS
    }


def find_verb(name: str) -> Verb:
    """The verb of a name.

    Raises:
        InvalidRequest: there is none.
    """
    verbs = all_verbs()
    if name not in verbs:
        raise InvalidRequest(name, f"there is no such verb; there are {', '.join(verbs)}")
    return verbs[name]


def all_tools(caller: Caller) -> list[Tool]:
    """The MCP tools of all verbs, in the order in which they are listed."""
    verbs = sorted(all_verbs().values(), key=lambda verb: verb.tool_place)
    return [tool for verb in verbs if (tool := verb.tool(caller)) is not None]
