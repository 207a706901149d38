"""`archmem backup`, `export` and `import`: the memory elsewhere, whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.keeping import BackedUp, Exported

KEPT = 7  # backups, where nothing else is said


class BackupVerb(Verb):
    """Copy the ledger while it is used, and prove that the copy is sound."""

    name = "backup"
    takes_long = True

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "BackedUp") -> None:
        from memory.texts.safe_text import one_line

        screen.line(one_line(response.file))

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "BackedUp") -> None:
        screen.note(f"Verified: {response.memories:,} memories, every row as it was written.")
        if response.removed:
            screen.note(f"Older ones removed: {', '.join(response.removed)}")
        if asked.every:
            screen.note(f"From now on the engine makes one every {asked.every} hours of its own.")
        elif asked.every is not None:
            screen.note("The engine makes no more of its own.")


class ExportVerb(Verb):
    """Write the memory as lines of JSON, or as Markdown."""

    name = "export"
    takes_long = True

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Exported") -> None:
        from memory.texts.safe_text import one_line

        screen.line(one_line(f"{response.rows:,} written to {response.to}"))

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Exported") -> None:
        pass


class ImportVerb(Verb):
    """Fill an empty memory with what another one exported."""

    name = "import"
    writes = True
    creates = True
    takes_long = True

    def function(self) -> Any:
        from memory.api import ArchMem

        return ArchMem.import_

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Exported") -> None:
        from memory.texts.safe_text import one_line

        what = "notes" if response.of_another else "rows"
        screen.line(one_line(f"{response.rows:,} {what} taken in to {response.to}"))

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Exported") -> None:
        if response.withheld:
            screen.note(f"Without what looks like a credential: {', '.join(response.withheld)}.")
        if not response.of_another:
            screen.note("`archmem index` makes the vectors of them.")


VERBS = (BackupVerb(), ExportVerb(), ImportVerb())


@click.command()
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), help="The folder, if not the store's."
)
@click.option(
    "--keep", type=click.IntRange(0), default=KEPT, show_default=True, help="The latest; 0 for all."
)
@click.option(
    "--every",
    metavar="HOURS",
    type=click.IntRange(0, 8_760),
    help="Let the engine make the next ones, while it lives and has the project; 0 for no more.",
)
@json_option
@pass_workspace
def backup(
    workspace: Workspace, *, to: Path | None, keep: int, every: int | None, as_json: bool
) -> None:
    """Back the memory up while it is used.

    The copy is as of one moment, and every row of it was checked. `archmem restore` puts it back.

    \b
    Examples:
        archmem backup
        archmem backup --to ~/backups/shop --keep 30 --every 24
    """
    where = str(to.expanduser().absolute()) if to else ""
    workspace.ask(VERBS[0], {"to": where, "keep": keep, "every": every}, OutputForm(json=as_json))


@click.command()
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--markdown", is_flag=True, help="A folder of files that a person can read.")
@json_option
@pass_workspace
def export(workspace: Workspace, *, to: Path, markdown: bool, as_json: bool) -> None:
    """Write the memory as JSON Lines, or as Markdown.

    The lines hold every row, history and embeddings too; `archmem import` makes the same memory
    of them.

    \b
    Examples:
        archmem export shop.jsonl
        archmem export shop-memory --markdown
    """
    request = {"to": str(to.expanduser().absolute()), "markdown": markdown}
    workspace.ask(VERBS[1], request, OutputForm(json=as_json))


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@json_option
@pass_workspace
def import_(workspace: Workspace, *, source: Path, as_json: bool) -> None:
    """Take in an export, or what another tool remembers.

    An export fills an empty memory: all of it is taken in, or nothing. SOURCE may be the database
    of claude-mem or of mcp-memory-service, too, or a folder of basic-memory: what they say of this
    project, by the name of its folder where they tell projects apart, becomes notes in
    `.claude/memory/imported`, each marked as that tool's, and those that are there stay.

    \b
    Examples:
        archmem --project ~/shop import shop.jsonl
        archmem import ~/.claude-mem/claude-mem.db
    """
    workspace.ask(VERBS[2], {"source": str(source.absolute())}, OutputForm(json=as_json))
