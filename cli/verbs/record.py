"""`archmem record`: new knowledge, from options, JSON or an editor."""

import sys
from collections.abc import Mapping
from datetime import date
from functools import partial
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

import click

from cli.form import OutputForm
from cli.lazy import OrderedGroup
from cli.recording.editing import keep_edited
from cli.recording.kind_options import SectionedCommand, record_options
from cli.recording.results import read_object
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace
from memory.kinds import RECORDABLE, SPECS
from memory.kinds.spec import Field as DetailsField
from memory.kinds.spec import FieldForm
from memory.kinds.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.api import ArchMem
    from memory.models.answer import Recorded
    from memory.views.json_fields import Line


COMPARED_FIELDS = {
    "compared": "with the measurement before: movement (better, worse, noise, cannot tell or "
    "first), is_beyond, since, was, now, unit, noise, crossed, words, reason",
    "elsewhere": "of the first of a series: where else its metric is measured",
    "unsettled": "memories in force that rest on what has moved: uid, title, premise",
}

_MARKS = {
    FieldForm.TEXTS: "[]",
    FieldForm.MOVES: "[{what,origin,destination}]",
    FieldForm.SWITCH: "?",
}


class RecordVerb(Verb):
    """Keep something new, and write it to the project's file where its kind belongs."""

    name = "record"
    writes = True
    takes_long = True
    # Recording the same again changes nothing, but who knows that?
    if_lost = "It may have been kept: `archmem list --limit 3` tells."
    tool_place = 10

    def function(self) -> "Callable[..., Any]":
        from cli.recording.drafts import keep_record

        return keep_record

    def print(
        self,
        screen: "Screen",
        form: OutputForm,
        memory: "ArchMem",
        asked: Any,
        response: "Recorded",
    ) -> None:
        from cli.printing.baselines import comparison_lines
        from memory.texts.safe_text import one_line
        from memory.views.json_fields import recorded_line

        shown = memory.show(response.uid)
        screen.problems(response.withheld)
        if form.json:
            screen.json(recorded_line(response, shown) | _compared(response))
            return
        place = f" in {shown.memory.citation}" if response.path else ""
        known = "Recorded" if response.is_new else "Known already:"
        screen.line(one_line(f"{known} {response.uid}{place}."))
        for told in comparison_lines(response):
            screen.console.print(told)
        screen.problems(response.untold)
        if response.pending:
            screen.note(f"It is not in the project's files yet: {response.pending}")
        if response.not_embedded:
            lacks = "It is found by its words only until the next index run"
            screen.note(f"{lacks}: {response.not_embedded}")

    def tool(self, caller: "Caller") -> "Tool":
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult
        from pydantic import Field, JsonValue

        from cli.mcp.arguments import Author, Expected, agent_named
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Kept
        from memory.errors import InvalidRecord
        from memory.texts.quoting import harmless_line

        details_of_all = (
            "Fields of the kind; [] takes a list, # a number, ? a boolean. "
            + "; ".join(f"{kind}: {fields_of(kind)}" for kind in RECORDABLE)
            + "; all: valid_from (today) valid_to agent (whose note)"
        )

        RecordKind: Any = Literal[tuple(map(str, RECORDABLE))]  # noqa: N806
        Details = Annotated[dict[str, JsonValue], Field(description=details_of_all)]  # noqa: N806

        def _told(recorded: "Recorded") -> CallToolResult:
            kept = Kept(
                uid=recorded.uid,
                is_new=recorded.is_new,
                path=recorded.path or "",
                pending=recorded.pending,
                not_embedded=recorded.not_embedded,
                withheld=recorded.withheld,
            )
            lines = [f"{'Recorded' if kept.is_new else 'Known already:'} {kept.uid}."]
            if kept.path:
                lines.append(f"It is in {kept.path}.")
            if kept.pending:
                lines.append(f"It is safe, but not in the project's files yet: {kept.pending}")
            lines += recorded.untold
            lines += [f"Of it, {one.partition(';')[0]}." for one in kept.withheld]
            if kept.not_embedded:
                lines.append(
                    f"It is found by its words only until the next index: {kept.not_embedded}"
                )
            return answered(kept, "\n".join(lines))

        def memory_record(
            kind: RecordKind,
            author: Author,
            title: Annotated[str, Field(description="One line, the point itself.")] = "",
            body: Annotated[str, Field(description="What details do not say; Markdown.")] = "",
            details: Details = {},  # noqa: B006
            modules: tuple[str, ...] = (),
            tags: tuple[str, ...] = (),
            supersedes: Annotated[tuple[str, ...], Field(description="Uids, as those below.")] = (),
            amends: tuple[str, ...] = (),
            rests_on: tuple[str, ...] = (),
            resolves: tuple[str, ...] = (),
            caused_by: tuple[str, ...] = (),
            relates_to: tuple[str, ...] = (),
            expected: Expected = 0,
        ) -> Annotated[CallToolResult, Kept]:
            """Keep what should outlast this work in the project's files.

            Search first: say what it supersedes, not the same twice. Results, not plans or
            progress; never secrets.
            """
            said: dict[str, Any] = {
                "title": title, "body": body, "details": details, "modules": list(modules),
                "tags": list(tags), "supersedes": list(supersedes), "amends": list(amends),
                "rests_on": list(rests_on), "resolves": list(resolves),
                "caused_by": list(caused_by), "relates_to": list(relates_to),
            }  # fmt: skip
            fields = {name: value for name, value in said.items() if value}
            try:
                recorded = caller.call(
                    "record",
                    kind=kind,
                    fields=fields,
                    author=agent_named(author),
                    expected=expected or None,
                )
            except InvalidRecord as error:
                takes = f"Nothing was recorded. Details of a {kind}: {fields_of(Kind(kind))}."
                raise ToolError(harmless_line(f"{error} {takes}")) from error
            return _told(recorded)

        return make_tool(memory_record, title="Record knowledge", writes=True)


def fields_of(kind: Kind) -> str:
    """The fields of a kind in a few words: `severity(high|low) receivers[]`."""
    return " ".join(map(_field, SPECS[kind].details_fields))


def _field(field: DetailsField) -> str:
    choices = f"({'|'.join(field.choices)})" if field.choices else ""
    number = "#" if field.form in {FieldForm.INTEGER, FieldForm.NUMBER} else ""
    return f"{field.name}{choices}{_MARKS.get(field.form, '')}{number}"


def _compared(recorded: "Recorded") -> "Line":
    """What a measurement says beside the others: COMPARED_FIELDS; nothing of other records."""
    if recorded.compared is None:
        return {}
    said = recorded.model_dump(mode="json", include=set(COMPARED_FIELDS))
    return {name: said[name] for name in COMPARED_FIELDS}


VERBS = (RecordVerb(),)


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

    def keep(fields: "Mapping[str, Any]") -> None:
        plain = {name: _plain(value) for name, value in fields.items()}
        request = {"kind": kind, "fields": plain, "author": author}
        workspace.ask(VERBS[0], request, OutputForm(json=as_json))

    if edit or (not said and sys.stdin.isatty()):
        keep_edited(kind, said, keep)
    else:
        keep(said)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def _command(kind: Kind) -> click.Command:
    spec = SPECS[kind]
    example = indent(f"archmem record {spec.example.strip()}", " " * 4)
    return SectionedCommand(
        kind,
        params=record_options(kind),
        callback=partial(_record, kind=kind),
        help=f"{spec.about}\n\n\b\nExample:\n{example}",
    )


for _kind in RECORDABLE:
    record.add_command(_command(_kind))
