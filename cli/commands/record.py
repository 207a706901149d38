"""`archmem record`: new knowledge, from options, JSON or an editor."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, TextIO

import click

from cli.form import Form
from cli.lazy import OrderedGroup
from cli.recording.editing import keep_edited
from cli.recording.options import SectionedCommand, record_options
from cli.recording.reading import read_object
from cli.workspace import Workspace, pass_workspace
from memory.models.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def keep(fields: Mapping[str, Any]) -> None:
        plain = {name: _plain(value) for name, value in fields.items()}
        request = {"kind": kind, "fields": plain, "author": author}
        workspace.ask("record", request, Form(json=as_json))

    if edit or (not said and sys.stdin.isatty()):
        keep_edited(kind, said, keep)
    else:
        keep(said)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


for _kind, _about in _HELP.items():
    record.add_command(
        SectionedCommand(
            _kind,
            params=record_options(_kind),
            callback=partial(_record, kind=_kind),
            help=cleandoc(_about),
        )
    )
