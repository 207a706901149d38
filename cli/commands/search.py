"""`archmem search` and `archmem related`: questions, and hits for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.json_lines import hit_line, print_line
from cli.options import json_option, limit_option, selection_options, uid_argument
from cli.printing.console import out
from cli.printing.hits import print_hit
from cli.printing.lines import note
from cli.titles import titles_around
from cli.workspace import Workspace, pass_workspace
from memory.retrieval.questions import content_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.models.answer import Answer
    from memory.models.selection import Selection

explain_option = click.option("--explain", is_flag=True, help="Show each signal's share.")


@click.command()
@click.argument("question")
@selection_options
@limit_option(default=10, help="At most so many hits.")
@explain_option
@json_option
@pass_workspace
def search(
    workspace: Workspace,
    *,
    question: str,
    selection: Selection,
    limit: int,
    explain: bool,
    as_json: bool,
) -> None:
    """Find what answers a question.

    What is in force comes before what it replaced. Filters may be repeated; several values of
    one filter mean any of them.

    \b
    Examples:
        archmem search "how are webhooks retried?"
        archmem search "session storage" --kind decision --as-of 2024-06-30
    """
    answer = workspace.memory.search(question, selection=selection, limit=limit)
    _print_answer(workspace, answer, content_words(question), explain=explain, as_json=as_json)


@click.command()
@uid_argument
@limit_option(default=10, help="At most so many memories.")
@explain_option
@json_option
@pass_workspace
def related(workspace: Workspace, *, uid: str, limit: int, explain: bool, as_json: bool) -> None:
    """Find what has to do with a memory.

    What it is linked to comes first, then what is about the same. The beginning of a uid is
    enough where it fits one memory only.

    \b
    Example:
        archmem related dec-k3f9x2ab --limit 5
    """
    answer = workspace.memory.related(uid, limit=limit)
    _print_answer(workspace, answer, (), explain=explain, as_json=as_json)


def _print_answer(
    workspace: Workspace, answer: Answer, words: Sequence[str], *, explain: bool, as_json: bool
) -> None:
    if as_json:
        for rank, hit in enumerate(answer.hits, start=1):
            print_line(hit_line(rank, hit))
    else:
        _print_hits(workspace, answer, words, explain=explain)
    if not answer.complete:
        note(f"Note: {answer.reason}")
    if not answer.hits:
        note("Nothing found.")


def _print_hits(
    workspace: Workspace, answer: Answer, words: Sequence[str], *, explain: bool
) -> None:
    console = out()
    titles = titles_around(workspace.memory, (hit.standing for hit in answer.hits))
    for rank, hit in enumerate(answer.hits, start=1):
        if rank > 1:
            console.print()
        print_hit(console, rank, hit, words, titles, explain=explain)
