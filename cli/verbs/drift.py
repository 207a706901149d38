"""`archmem drift`: how the code came to be as it is, and when a finding began."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from cli.progress import Narrator
    from memory.api import ArchMem
    from memory.models.findings import Drift


class DriftVerb(CodeVerb):
    """Tell how the code came to be as it is."""

    name = "drift"

    def run(self, memory: "ArchMem", asked: Any, narrator: "Narrator") -> "Drift":
        return memory.drift(
            **self.fields(asked),
            on_progress=narrator.progress,
            should_stop=narrator.should_stop,
        )

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Drift") -> None:
        from cli.printing.drift import print_drift

        print_drift(screen, response)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Drift") -> None:
        from cli.printing.code import doubts_words

        if response.left:
            screen.note(f"{response.left} points are not looked at yet; ask again for the rest.")
        screen.note(f"Of the code as it is: {doubts_words(response.doubts)}")


VERBS = (DriftVerb(),)


@click.command()
@click.argument("about", default="", metavar="[FINDING|METRIC]")
@json_option
@pass_workspace
def drift(workspace: Workspace, *, about: str, as_json: bool) -> None:
    """Tell how the code came to be as it is.

    The numbers of the code over the last two years, with what is new and what was fixed since; a
    single one as a plot; or, for a finding of `archmem audit`, the commit with which it began. The
    first time this reads commits of the past; what is known of them is kept.

    \b
    Examples:
        archmem drift
        archmem drift modules_in_cycles
        archmem drift module-cycle-3f2a9c
    """
    workspace.ask(VERBS[0], {"about": about}, OutputForm(json=as_json))
