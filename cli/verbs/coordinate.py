"""`archmem coordinate`: what is known for a systemic change, as a coordinator is asked for it."""

import json
from typing import TYPE_CHECKING, Any, TextIO

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.verbs.brief import BRIEF
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.coordination import Coordination
    from memory.views.json_fields import Line


class CoordinateVerb(CodeVerb):
    """Answer a request for a systemic change."""

    name = "coordinate"
    doubted = "Of the code: "
    by_meaning = True

    def lines(self, asked: Any, response: "Coordination") -> "Iterator[Line]":
        yield response.model_dump(mode="json", by_alias=True)

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Coordination"
    ) -> None:
        from cli.printing.coordination import print_coordination

        print_coordination(screen, response)


VERBS = (CoordinateVerb(),)


_IN_WORDS = "a question in words is given by --query"


class _RequestFile(click.File):
    """A file that is to be read; who gives words in its place is told where they go."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(f"{error.message}; {_IN_WORDS}", param, ctx)


@click.command()
@click.argument("request", type=_RequestFile(encoding="utf-8"), required=False)
@click.option("--query", default="", help="The question itself, without a file.")
@click.option("--load", is_flag=True, help="All that is known instead: `brief --everything`.")
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="TOKENS",
    help="Of --load; 100,000 if not given.",
)
@json_option
@pass_workspace
def coordinate(
    workspace: Workspace,
    *,
    request: TextIO | None,
    query: str,
    load: bool,
    budget: int | None,
    as_json: bool,
) -> None:
    """Answer a request for a systemic change.

    REQUEST is a JSON file, or - for standard input: {"query": "...", "context": {"timeline":
    "...", "constraints": [...]}}. Told are the state of the code in numbers, what breaks and what
    depends on it, routes, tables, tests and modules in reach, the decisions that govern it, risks
    with what mitigates them, phases with steps and a way back, and what such changes took before.
    Every statement has a citation; what neither code nor memory can tell is named as unknown.

    \b
    Examples:
        archmem coordinate request.json --json
        archmem coordinate --query "What breaks if we change the User model?"
        archmem coordinate --query "Extract payments into a service"
        archmem coordinate --load --budget 60000
    """
    if budget and not load:
        raise click.UsageError("--budget is for --load.")
    if load:
        if request or query:
            raise click.UsageError("--load asks for all that is known: without a request.")
        form = "json" if as_json else "md"
        workspace.ask(BRIEF, {"everything": True, "budget": budget, "form": form})
        return
    if bool(request) == bool(query):
        raise click.UsageError("Name a file with the request, or give a --query.")
    said: Any = {"query": query}
    if request:
        try:
            said = json.load(request)
        except (ValueError, RecursionError) as error:
            raise click.UsageError(f"{request.name} is no JSON: {error}; {_IN_WORDS}") from error
    workspace.ask(VERBS[0], {"request": said}, OutputForm(json=as_json))
