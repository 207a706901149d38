"""`archmem forget`: erase what should never have been kept."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.keeping import Forgotten


class ForgetVerb(Verb):
    """Erase a memory, or words wherever they stand."""

    name = "forget"
    writes = True
    takes_long = True

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Forgotten") -> None:
        from memory.texts.safe_text import one_line

        for place in response.places:
            count = f" ({place.count} revisions)" if place.count > 1 else ""
            screen.line(one_line(f"{place.where}: {place.what}{count}"))

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Forgotten") -> None:
        screen.problems(response.left)
        if response.erased:
            screen.note("Erased from every file of the memory; that it was is kept.")
        elif not response.places:
            screen.note("There is nothing of it.")
        else:
            screen.note("Nothing is erased yet; --yes erases it from every file of the memory.")


VERBS = (ForgetVerb(),)


@click.command()
@click.argument("uid", required=False, default="")
@click.option("--text", default="", metavar="REGEX", help="Words, wherever they stand.")
@click.option("--secrets", is_flag=True, help="What looks like a credential, wherever it stands.")
@click.option("--yes", is_flag=True, help="Erase it; without, only the places are listed.")
@json_option
@pass_workspace
def forget(
    workspace: Workspace, *, uid: str, text: str, secrets: bool, yes: bool, as_json: bool
) -> None:
    """Erase a memory, words, or credentials.

    First all places are listed. With --yes nothing is left of them in the store: they are gone
    from all revisions, full text, embeddings and vectors; copies as of commits, damaged ledgers
    that were kept and backups are removed as a whole. Files of the project and git's history
    are named, and stay as they are. That something was erased, when and by whom is kept, without
    what it was.

    \b
    Examples:
        archmem forget not-k3f9x2ab
        archmem forget --text 'sk_live_\\w+' --yes
        archmem forget --secrets
    """
    if [bool(uid), bool(text), secrets].count(True) != 1:
        raise click.UsageError("Name a uid, --text or --secrets.")
    request = {"uid": uid, "text": text, "secrets": secrets, "yes": yes}
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
