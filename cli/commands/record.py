"""`archmem record`: new knowledge, from options, JSON or an editor."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, time
from functools import partial
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, TextIO

import click

from cli.json_lines import print_line, recorded_line
from cli.lazy import OrderedGroup
from cli.printing.lines import note
from cli.recording.author import default_author
from cli.recording.drafts import make_draft
from cli.recording.editing import edit_draft
from cli.recording.fields import RELATIONS
from cli.recording.options import SectionedCommand, record_options
from cli.recording.reading import read_object
from cli.safe_text import one_line
from cli.workspace import Workspace, pass_workspace
from memory.models.kinds import Kind
from memory.models.revision import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.api import ArchMem
    from memory.models.answer import Recorded

#: For each kind what its command does, and an example of it.
_HELP = {
    Kind.DECISION: """
        Keep an architectural decision.

        \b
        Example:
            archmem record decision --title "Queue webhooks in RabbitMQ" \\
                --context "Redis loses jobs at a deploy." --decision "Quorum queues." \\
                --supersedes dec-k3f9x2ab --module notifications
        """,
    Kind.REFACTORING: """
        Keep a change of structure and what it did.

        \b
        Example:
            archmem record refactoring --title "Move token checks into middleware" \\
                --moved "token checks" handlers auth/middleware --why "31 copies" \\
                --measured-effect "p95 from 38 to 31 ms"
        """,
    Kind.BASELINE: """
        Keep a measurement to compare with later.

        \b
        Example:
            archmem record baseline --metric checkout_latency_p95 --value 430 --unit ms \\
                --better lower --n 19600 --environment production --module payments
        """,
    Kind.FLAG: """
        Raise what another domain has to know.

        \b
        Example:
            archmem record flag --title "Refunds need a scope of their own" \\
                --sender payments --receiver auth --severity high --blocking
        """,
    Kind.NOTE: """
        Keep what is known of a module or by an agent.

        \b
        Example:
            archmem record note --title "Northgate answers late on Mondays" \\
                --body "Its settlement runs until 09:00 UTC." --module payments
        """,
    Kind.LESSON: """
        Keep a pattern, an antipattern or a best practice.

        \b
        Example:
            archmem record lesson --form antipattern --title "Retry at a fixed interval" \\
                --issue "All clients come back at once." --alternative "Full jitter."
        """,
}


@click.group(cls=OrderedGroup)
def record() -> None:
    """Keep something new, and write it down.

    It is kept in the memory at once and written to the project's file where its kind belongs.
    Give its fields as options, as a JSON object with --from, or, with no option at all on a
    terminal, in an editor.

    \b
    Examples:
        archmem record decision --title "Ship one deployable" --decision "..."
        echo '{"title": "Retry with jitter", "form": "pattern"}' | archmem record lesson --from -
        archmem record flag
    """


@pass_workspace
def _record(
    workspace: Workspace,
    /,
    *,
    kind: Kind,
    source: TextIO | None,
    edit: bool,
    author: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    given = {name: value for name, value in options.items() if value not in (None, (), [])}
    said = (read_object(source) if source else {}) | given
    memory = workspace.memory
    values = {"valid_from": _today()} | _with_references(memory, said)
    by_hand = edit or (not said and sys.stdin.isatty())
    draft = edit_draft(kind, values) if by_hand else make_draft(kind, values)
    recorded = memory.record(draft, author=author or default_author(workspace.roots.worktree))
    _tell(memory, recorded, as_json=as_json)


def _today() -> datetime:
    return datetime.combine(datetime.now(UTC), time.min, tzinfo=UTC)


def _with_references(memory: ArchMem, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with references in place of relations; every uid is known, and whole."""
    references = [
        Reference(type=relation, target=memory.show(uid).memory.uid)
        for relation in RELATIONS
        for uid in values.get(relation, ())
    ]
    rest = {name: value for name, value in values.items() if name not in RELATIONS}
    return rest | ({"references": references} if references else {})


def _tell(memory: ArchMem, recorded: Recorded, *, as_json: bool) -> None:
    shown = memory.show(recorded.uid)
    if as_json:
        print_line(recorded_line(recorded, shown))
        return
    place = f" in {shown.memory.citation}" if recorded.path else ""
    known = "Recorded" if recorded.is_new else "Known already:"
    click.echo(one_line(f"{known} {recorded.uid}{place}."))
    if recorded.pending:
        note(f"It is not in the project's files yet: {recorded.pending}")
    if recorded.not_embedded:
        note(f"It is found by its words only until the next index run: {recorded.not_embedded}")


for _kind, _about in _HELP.items():
    record.add_command(
        SectionedCommand(
            _kind,
            params=record_options(_kind),
            callback=partial(_record, kind=_kind),
            help=cleandoc(_about),
        )
    )
