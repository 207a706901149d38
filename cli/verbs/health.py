"""`archmem health`: how the code is, on a page."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import Form
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.health import Health
    from memory.views.json_fields import Line


class HealthVerb(Verb):
    """Tell how the code is, on a page."""

    name = "health"
    writes = True  # it keeps what files say, and looks at the worktree that it is asked in
    takes_long = True
    creates = True  # code can be asked about before anything is remembered

    def lines(self, asked: Any, response: "Health") -> "Iterator[Line]":
        yield response.model_dump(mode="json")

    def show(self, screen: "Screen", form: Form, asked: Any, response: "Health") -> None:
        from cli.printing.health import print_health

        print_health(screen, response)

    def remark(self, screen: "Screen", form: Form, asked: Any, response: "Health") -> None:
        from cli.printing.code import NO_CODE, doubts_words

        if not any(one.value for one in response.measures):
            screen.note(NO_CODE)
        elif not any(one.last_day for one in response.measures):
            screen.note("Without a trend yet: `archmem drift` looks at commits of the past.")
        screen.note(f"Of the code: {doubts_words(response.doubts)}")


VERBS = (HealthVerb(),)


@click.command()
@json_option
@pass_workspace
def health(workspace: Workspace, *, as_json: bool) -> None:
    """Tell how the code is, on a page.

    Its numbers with their formulas, each beside what it was at the first and at the last commit
    that `archmem drift` has looked at; what is coupled most; what makes it slow, by baselines and
    by findings, and where it is changed often; the findings of each module. A number that nothing
    tells is unknown.

    \b
    Examples:
        archmem health
        archmem health --json
    """
    workspace.ask(VERBS[0], {}, Form(json=as_json))
