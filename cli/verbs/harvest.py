"""`archmem harvest`: what history, documents and sessions tell, to be accepted or refused."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.moments import Moment
from cli.options import json_option
from cli.verb import LOADING, Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cli.forms.screen import Screen
    from memory.models.harvest import Harvested, HarvestProposal
    from memory.views.json_fields import Line

_HOW_TO = """<!--
Proposals of `archmem harvest`. Take out what is no decision and mend what is not right; then
`archmem harvest --accept FILE` records what is left. The comment below each heading says which
proposal it is: leave it there.
-->"""
SHOWN = 20  # proposals, where nobody says how many


class HarvestVerb(Verb):
    """Propose decisions that nobody recorded; keep those that are accepted."""

    name = "harvest"
    by_meaning = True
    patience = LOADING
    writes = True
    takes_long = True
    creates = True  # it is for projects that nobody recorded anything of

    def lines(self, asked: Any, response: "Harvested") -> "Iterator[Line]":
        for proposal in response.proposals:
            yield _line(proposal)
        for outcome in response.outcomes:
            yield {"what": "outcome", **outcome.model_dump(mode="json")}

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Harvested") -> None:
        from memory.texts.safe_text import one_line

        if form.markdown:
            if response.proposals:
                screen.line(as_file(response))
            return
        for number, proposal in enumerate(response.proposals[: form.limit or SHOWN]):
            if number:
                screen.line("")
            _print_proposal(screen, proposal)
        for outcome in response.outcomes:
            screen.line(one_line(f"{outcome.id}: {outcome.said}"))

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Harvested") -> None:
        from memory.texts.formatting import counted

        for problem in response.problems:
            screen.note(f"Not read: {problem}.")
        if response.by_words:
            why = response.by_words.rstrip(".")
            screen.note(f"Commits were judged by words alone, which finds fewer: {why}.")
        if response.outcomes:
            if any(not outcome.done for outcome in response.outcomes):
                screen.end_with(1)
            return
        looked_at = f"{counted(response.commits, 'commit')} looked at"
        if asked.sessions:
            looked_at = f"{counted(response.sessions, 'session')} looked at"
        if not response.is_all:
            looked_at += ", the latest; --most takes more"
        if not response.proposals:
            screen.note(f"Nothing to propose; {looked_at}.{_left(response)}")
            return
        count = counted(len(response.proposals), "proposal")
        hidden = len(response.proposals) - (form.limit or SHOWN)
        shown = f", the surest {form.limit or SHOWN} of them shown" if hidden > 0 else ""
        with_it = "--sessions " if asked.sessions else ""
        how = f"`{with_it}--accept ID` records one, `{with_it}--refuse ID` sees to it that it does "
        how += "not come again"
        screen.note(
            f"{count}{'' if form.markdown or form.json else shown}; {looked_at}. "
            f"Nothing was recorded; {how}.{_left(response)}"
        )


def _left(response: "Harvested") -> str:
    return f" {response.less_sure} less sure: `--all`." if response.less_sure else ""


def as_file(response: "Harvested") -> str:
    """The proposals as a decision log that can be edited and accepted."""
    from indexer.writers.markdown_entry import put_markdown

    text: str | None = None
    for proposal in response.proposals:
        text = put_markdown(text, proposal.draft, proposal.id)[-1]
    return f"{_HOW_TO}\n{text or ''}".rstrip("\n")


def _line(proposal: "HarvestProposal") -> "Line":
    draft = proposal.draft
    return {
        "what": "proposal",
        "id": proposal.id,
        "origin": proposal.origin,
        "kind": str(draft.kind),
        "title": draft.title,
        "status": str(draft.status),
        "date": draft.valid_from.date().isoformat() if draft.valid_from else None,
        "reason": getattr(draft.details, "context", ""),
        "modules": list(draft.modules),
        "evidence": proposal.evidence.model_dump(mode="json"),
        "chance": round(proposal.chance, 3),
    }


def _print_proposal(screen: "Screen", proposal: "HarvestProposal") -> None:
    from rich.text import Text

    from cli.forms.screen import indented, line
    from memory.texts.formatting import day

    draft = proposal.draft
    form = getattr(draft.details, "form", "")  # of a lesson, which has no status
    stands = _LESSONS.get(form, str(draft.status))
    facts = [proposal.id, day(draft.valid_from) or "undated", stands, *draft.modules]
    screen.console.print(Text.assemble((draft.title, "bold")))
    screen.console.print(indented(Text.assemble((" · ".join(facts), "dim")), 2))
    if reason := getattr(draft.details, "context", ""):  # a swapped library needs none
        word = "because" if proposal.origin != "session" else "said" if form else "asked"
        screen.console.print(indented(line(f"{word} “{reason}”"), 2))
    if others := getattr(draft.details, "alternatives", ()):
        named = ", or ".join(one.partition(": ")[0] for one in others)
        screen.console.print(indented(line(f"rather than {named}"), 2))
    screen.console.print(indented(Text.assemble((proposal.evidence.place, "dim")), 2))


_LESSONS = {"pattern": "lesson", "best_practice": "lesson", "antipattern": "dead end"}

VERBS = (HarvestVerb(),)


@click.command()
@click.option(
    "--accept",
    multiple=True,
    metavar="ID|FILE",
    help="Record a proposal, or all that stand in a file.",
)
@click.option("--refuse", multiple=True, metavar="ID", help="Never propose it again; or all.")
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the proposals into this file, to be edited and accepted.",
)
@click.option(
    "--sessions",
    is_flag=True,
    help="Read instead what was said in sessions of Claude Code and Codex in this project.",
)
@click.option("--all", "less_sure", is_flag=True, help="Propose also what is less sure.")
@click.option("--since", type=Moment(), help="Look at commits, or sessions, from then on.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="N",
    help="Look at so many commits, the latest ones. [default: 20,000]",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Show so many proposals. [default: {SHOWN}]",
)
@click.option("--author", help="Who accepts. [default: you, as git knows you]")
@json_option
@pass_workspace
def harvest(
    workspace: Workspace,
    *,
    accept: tuple[str, ...],
    refuse: tuple[str, ...],
    write: Path | None,
    sessions: bool,
    less_sure: bool,
    since: "datetime | None",
    most: int | None,
    limit: int | None,
    author: str | None,
    as_json: bool,
) -> None:
    """Propose decisions that nobody recorded.

    What git's commits, merges and reverts, changes of dependencies, changelogs and documents say
    was chosen, and why; each with the sentence that says so and where it stands, the surest first.
    What a reader would probably not keep is left out but with --all.
    Nothing is a memory before you accept it. What you accepted or refused is not proposed again.

    With --sessions, of the sessions of Claude Code and Codex in this project: questions that were
    put to a person, with what was chosen and what else there was; lessons, as single sentences that
    say what caused something, what a tool does not do, or what is always wanted; and dead ends.
    What an agent found out, and answers to questions that do not name what there is to choose, are
    less sure. Nothing of a session is kept but what you accept.

    \b
    Examples:
        archmem harvest
        archmem harvest --accept dec-k3f9x2ab --refuse dec-7yq2m4tz
        archmem harvest --write decisions-to-review.md
        archmem harvest --accept decisions-to-review.md
        archmem harvest --sessions
    """
    files = [Path(one) for one in accept if not _is_id(one)]
    if write and (accept or refuse or as_json):
        raise click.UsageError("--write, --accept and --refuse, or --json: one at a time.")
    request = {
        "accept": [one for one in accept if _is_id(one)],
        "refuse": list(refuse),
        "edited": "\n".join(map(_read, files)),
        "since": since.isoformat() if since else None,
        "most": most,
        "sessions": sessions,
        "less_sure": less_sure,
        "author": author,
    }
    if write:
        workspace.write(write, VERBS[0], request, OutputForm(markdown=True, limit=limit or 0))
    else:
        workspace.ask(VERBS[0], request, OutputForm(json=as_json, limit=limit or 0))


def _is_id(said: str) -> bool:
    return said.startswith(("dec-", "les-")) and not Path(said).exists()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise click.ClickException(f"{file} cannot be read: {reason}.") from error
