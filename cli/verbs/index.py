"""`archmem index`: files into memory."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.moments import Moment
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cli.forms.screen import Screen
    from cli.progress import Narrator
    from memory.api import ArchMem
    from memory.models.report import HistoryReport, IndexReport


_CHANGES = ("added", "revised", "moved", "removed", "withheld", "written")

_NOTHING_HERE = (
    "Nothing to remember was found. archmem reads folders of decision records, which it knows by "
    "what is in them, the .claude/memory folder, memory-bank and what agents are told (AGENTS.md); "
    "archmem.toml may name others as record_folders. `archmem harvest` proposes decisions of which "
    "git, changelogs and documents tell; `archmem map` and `impact` need none."
)


class IndexVerb(Verb):
    """Bring the memory up to date with the project's files."""

    name = "index"
    writes = True
    creates = True
    takes_long = True

    def run(self, memory: "ArchMem", asked: Any, narrator: "Narrator") -> "IndexReport":
        report = memory.index(
            **self.fields(asked),
            on_progress=narrator.progress,
            on_stage=narrator.compiling,
            should_stop=narrator.should_stop,
        )
        if report.pending and narrator.should_stop():
            words = "The engine is ending before all is embedded; run `archmem index` for the rest."
            return report.model_copy(update={"problems": (*report.problems, words)})
        return report

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "IndexReport") -> None:
        for said in _told(response):
            screen.line(said)

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "IndexReport"
    ) -> None:
        from cli.printing.record_folders import passed
        from memory.errors import RemovalsWithheld

        if response.new_folders:
            for said in passed(response.folders):
                screen.note(said)
        screen.problems(response.problems)
        if response.history:
            screen.problems(response.history.problems)
        if response.withheld:
            known = response.unchanged + response.revised + response.moved
            screen.fail(RemovalsWithheld(response.withheld, known))


def _told(report: "IndexReport") -> "Iterator[str]":
    from cli.printing.record_folders import taken
    from memory.texts.formatting import counted
    from memory.texts.safe_text import one_line

    changes = [f"{n:,} {what}" for what in _CHANGES if (n := getattr(report, what))]
    known = report.unchanged + report.added + report.revised + report.moved
    if known or report.files_read or report.files_unchanged:
        count = counted(known, "memory", "memories")
        yield f"{count}: {', '.join(changes) or 'none changed'}"
        yield f"{counted(report.files_read, 'file')} read, {report.files_unchanged:,} unchanged"
    else:
        yield _NOTHING_HERE
        if not report.history:
            return
    if report.new_folders:
        yield from taken(report.folders)
    if report.history:
        yield from _history(report.history)
    yield from map(one_line, report.gates)
    if report.faults:
        yield f"{counted(report.faults, 'fault')} in the records: `archmem lint` names them"
    words = [f"{counted(report.embedded, 'text')} embedded"] if report.embedded else []
    words += [f"{counted(report.pending, 'text')} still to be embedded"] if report.pending else []
    yield f"{', '.join(words) or 'nothing to embed'} ({report.seconds:.1f} s)"


def _history(history: "HistoryReport") -> "Iterator[str]":
    """What git's history told, and what of it was not looked at."""
    from memory.texts.formatting import counted

    if not history.commits and history.problems:
        return
    changes = [f"{n:,} {what}" for what in _CHANGES[:4] if (n := getattr(history, what, 0))]
    known = counted(history.total, "refactoring")
    undone = f", {history.reverted:,} of them reverted" if history.reverted else ""
    read = counted(history.commits, "new commit")
    yield f"{read} read, {known} in git{undone}: {', '.join(changes) or 'none changed'}"
    if history.is_bounded:
        yield "  older commits were left out: `--most` reaches further back"
    if history.is_shallow:
        yield "  this clone is shallow, and has only the latest part of the history"
    if history.left_out:
        yield f"  {history.left_out:,} left out: recorded already, or beyond history_limit"


VERBS = (IndexVerb(),)


@click.command()
@click.option(
    "--accept-removals",
    is_flag=True,
    help="Believe it when more than a third of all memories are gone from the files.",
)
@click.option("--history", is_flag=True, help="Read refactorings and reverts from git, too.")
@click.option(
    "--since",
    type=Moment(),
    help="With --history: commits from then on; else from the beginning.",
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --history: look at the latest N commits; else at 20,000.",
)
@click.option(
    "--allow-secret",
    "allow_secrets",
    multiple=True,
    metavar="HASH",
    help="Let in, from now on, what looks like a credential.",
)
@json_option
@pass_workspace
def index(
    workspace: Workspace, /, *, since: "datetime | None", as_json: bool, **request: Any
) -> None:
    """Bring the memory up to date with the files.

    Only what changed is read. A run that is interrupted loses nothing, the next one finishes
    the rest. The first run of all writes the embedding model to the cache: a second or two.

    With --history, commits that say they refactor, or that move much of the code, become
    memories, each with what became of it; `archmem tried` answers from them. From then on every
    run reads what is new, and --since or --most may reach further back than before.

    \b
    Examples:
        archmem --project ~/shop index
        archmem index --history --since 2023-01-01
    """
    if not request["history"] and (since or request["most"]):
        raise click.UsageError("--since and --most are for --history.")
    request["since"] = since.isoformat() if since else None
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
