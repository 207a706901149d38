"""memory_record: new knowledge, written down."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from cli.mcp.arguments import Author, agent_named
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import Kept
from cli.recording.fields import Field as DetailsField
from cli.recording.fields import Form, details_fields
from memory.errors import InvalidRecord
from memory.models.answer import Recorded
from memory.models.kinds import Kind
from memory.models.request import Record
from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from cli.calling import Caller

#: What can be recorded; runs keep themselves.
RecordKind: TypeAlias = Literal["decision", "refactoring", "baseline", "flag", "note", "lesson"]
_KINDS = tuple(map(Kind, get_args(RecordKind)))
_MARKS = {Form.TEXTS: "[]", Form.MOVES: "[{what,origin,destination}]", Form.SWITCH: "?"}


def fields_of(kind: Kind) -> str:
    """The fields of a kind in a few words: `severity(critical|high|medium|low) receivers[]`."""
    return " ".join(map(_field, details_fields(kind)))


def _field(field: DetailsField) -> str:
    choices = f"({'|'.join(field.choices)})" if field.choices else ""
    number = "#" if field.form in {Form.INTEGER, Form.NUMBER} else ""
    return f"{field.name}{choices}{_MARKS.get(field.form, '')}{number}"


_DETAILS = (
    "Fields of the kind; [] takes a list, # a number, ? a boolean. "
    + "; ".join(f"{kind}: {fields_of(kind)}" for kind in _KINDS)
    + "; all: valid_from (today) valid_to agent (whose note)"
)


def record_tool(caller: "Caller") -> Tool:
    """The tool that records."""

    def memory_record(
        kind: RecordKind,
        author: Author,
        title: Annotated[str, Field(description="One line, the point itself.")] = "",
        body: Annotated[str, Field(description="What details do not say; Markdown.")] = "",
        details: Annotated[dict[str, JsonValue], Field(description=_DETAILS)] = {},  # noqa: B006
        modules: tuple[str, ...] = (),
        tags: tuple[str, ...] = (),
        supersedes: Annotated[tuple[str, ...], Field(description="Uids, as those below.")] = (),
        amends: tuple[str, ...] = (),
        rests_on: tuple[str, ...] = (),
        resolves: tuple[str, ...] = (),
        caused_by: tuple[str, ...] = (),
        relates_to: tuple[str, ...] = (),
    ) -> Annotated[CallToolResult, Kept]:
        """Keep what should outlast this work, and write it to the project's files.

        A decision with reasons and alternatives, a refactoring with its effect, a baseline, a
        flag, a lesson. Search first: say what it supersedes, not the same twice. Results, not plans
        or progress; never secrets.
        """
        said: dict[str, Any] = {
            "title": title, "body": body, "details": details, "modules": list(modules),
            "tags": list(tags), "supersedes": list(supersedes), "amends": list(amends),
            "rests_on": list(rests_on), "resolves": list(resolves),
            "caused_by": list(caused_by), "relates_to": list(relates_to),
        }  # fmt: skip
        request = Record(
            kind=Kind(kind),
            fields={name: value for name, value in said.items() if value},
            author=agent_named(author),
        )
        try:
            recorded = caller.call("record", request)
        except InvalidRecord as error:
            takes = f"Nothing was recorded. Details of a {kind}: {fields_of(Kind(kind))}."
            raise ToolError(harmless_line(f"{error} {takes}")) from error
        return _told(recorded)

    return make_tool(memory_record, title="Record knowledge", writes=True)


def _told(recorded: Recorded) -> CallToolResult:
    kept = Kept(
        uid=recorded.uid,
        is_new=recorded.is_new,
        path=recorded.path or "",
        pending=recorded.pending,
        not_embedded=recorded.not_embedded,
    )
    lines = [f"{'Recorded' if kept.is_new else 'Known already:'} {kept.uid}."]
    if kept.path:
        lines.append(f"It is in {kept.path}.")
    if kept.pending:
        lines.append(f"It is safe, but not in the project's files yet: {kept.pending}")
    if kept.not_embedded:
        lines.append(f"It is found by its words only until the next index: {kept.not_embedded}")
    return answered(kept, "\n".join(lines))
