"""`archmem correct`, `undo` and `remove`: setting right what was recorded."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.recording.results import read_object
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.answer import Recorded


class _Change(Verb):
    writes = True
    takes_long = True
    done = ""  # said of the uid

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Recorded") -> None:
        from memory.texts.safe_text import one_line

        place = f" in {response.path}" if response.path else ""
        screen.line(one_line(f"{self.done} {response.uid}{place}."))

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Recorded") -> None:
        if response.pending:
            screen.note(f"The project's files say it still: {response.pending}")


class CorrectVerb(_Change):
    """Let a memory say something else, as a new revision."""

    name, done = "correct", "Corrected"


class UndoVerb(_Change):
    """Take back what was recorded last."""

    name, done = "undo", "Took back"


class RemoveVerb(_Change):
    """Take a memory away, its entry in the project's files too."""

    name, done = "remove", "Removed"


VERBS = (CorrectVerb(), UndoVerb(), RemoveVerb())


@click.command()
@click.argument("uid")
@click.argument("fields", type=click.File("r", encoding="utf-8"))
@click.option("--expected", type=int, help="The revision that it is made from; refused if newer.")
@json_option
@pass_workspace
def correct(
    workspace: Workspace, *, uid: str, fields: Any, expected: int | None, as_json: bool
) -> None:
    """Let a memory say something else, as a new revision.

    The fields that change are a JSON object, as `archmem show --json` has them: title, body,
    modules, tags, valid_from and so on, and those of its kind. `-` reads them from stdin.

    \b
    Example:
        echo '{"title": "Retries are bounded"}' | archmem correct not-k3f9x2ab -
    """
    request = {"uid": uid, "fields": read_object(fields), "expected": expected}
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))


@click.command()
@json_option
@pass_workspace
def undo(workspace: Workspace, *, as_json: bool) -> None:
    """Take back what was recorded last.

    Of the project's files too: what was new is removed, what was revised says again what it
    said before, also what undo revised. What a file said first is left alone, and a removal is
    not taken back.

    \b
    Example:
        archmem undo
    """
    workspace.ask(VERBS[1], {}, OutputForm(json=as_json))


@click.command()
@click.argument("uid")
@click.option("--expected", type=int, help="The revision that is meant; refused if newer.")
@json_option
@pass_workspace
def remove(workspace: Workspace, *, uid: str, expected: int | None, as_json: bool) -> None:
    """Take a memory away, its entry in files too.

    Its history stays; `archmem forget` erases that.

    \b
    Example:
        archmem remove not-k3f9x2ab
    """
    workspace.ask(VERBS[2], {"uid": uid, "expected": expected}, OutputForm(json=as_json))
