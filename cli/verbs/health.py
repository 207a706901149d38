"""`archmem health`: how the code is, on a page."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.health import Health


class HealthVerb(CodeVerb):
    """Tell how the code is, on a page."""

    name = "health"

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Health") -> None:
        from cli.printing.health import print_health
        from cli.printing.health_drawing import health_lines

        if form.layout == "svg":
            for each in health_lines(response):
                screen.line(each)
        else:
            print_health(screen, response)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Health") -> None:
        from cli.printing.code import NO_CODE, doubts_words

        if not any(one.value for one in response.measures):
            screen.note(NO_CODE)
        elif not any(one.last_day for one in response.measures):
            screen.note("Without a trend yet: `archmem drift` looks at commits of the past.")
        screen.note(f"Of the code: {doubts_words(response.doubts)}")


VERBS = (HealthVerb(),)


@click.command()
@click.option("--format", "layout", type=click.Choice(("table", "json", "svg")), default="table")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@pass_workspace
def health(workspace: Workspace, *, layout: str, as_json: bool) -> None:
    """Tell how the code is, on a page.

    Its numbers with their formulas, each beside what it was first and what it was last: at commits
    that `archmem drift` has looked at, and when this was asked before; what is coupled most; what
    makes it slow, by baselines and by findings, and where it is changed often; the findings of
    each module. A number that nothing tells is unknown.

    \b
    Examples:
        archmem health
        archmem health --format svg > health.svg
    """
    form = OutputForm(json=as_json or layout == "json", layout=layout)
    workspace.ask(VERBS[0], {}, form)
