"""`archmem doctor`: whether the memory is as it was written."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from cli.progress import Narrator
    from memory.api import ArchMem
    from memory.models.keeping import Diagnosis
    from memory.views.json_fields import Line

_STATES = {"credentials": "held", "clock": "behind"}  # what is wrong and not damaged
FOUND = 3  # the exit code where something is wrong and was not mended


class DoctorVerb(Verb):
    """Find damage in the ledger, its words and vectors, and against the files."""

    name = "doctor"
    writes = True
    takes_long = True

    def run(self, memory: "ArchMem", asked: Any, narrator: "Narrator") -> "Diagnosis":
        return memory.doctor(mend=asked.mend, on_progress=narrator.progress)

    def lines(self, asked: Any, response: "Diagnosis") -> "list[Line]":
        said: list[Line] = [one.model_dump(mode="json") for one in response.findings]
        return [*said, {"sound": response.is_sound, "lost": response.lost, "kept": response.kept}]

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Diagnosis") -> None:
        from memory.texts.safe_text import one_line

        for one in response.findings:
            of = f" ({', '.join(one.uids)})" if one.uids and one.where == "files" else ""
            state = "mended" if one.mended else _STATES.get(one.where, "damaged")
            screen.line(one_line(f"{state}  {one.where}: {one.what}{of}"))

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Diagnosis") -> None:
        if response.kept:
            screen.note(f"The damaged ledger is kept: {response.kept}")
        if response.lost:
            screen.note(f"Lost, as no file says it: {', '.join(response.lost)}")
        if not response.findings:
            screen.note("All is as it was written.")
        if any(not one.mended and one.where not in _STATES for one in response.findings):
            screen.note("`archmem doctor --mend` rebuilds what is damaged.")
        if not response.is_sound:
            screen.end_with(FOUND)


VERBS = (DoctorVerb(),)


@click.command()
@click.option(
    "--mend", is_flag=True, help="Rebuild what is damaged from files, git and what is sound."
)
@json_option
@pass_workspace
def doctor(workspace: Workspace, *, mend: bool, as_json: bool) -> None:
    """Find damage in the memory, and mend it.

    Every page, row and word of the ledger is checked, the files of the vectors, and whether the
    memories of files say what those say. The exit code is 3 where something is wrong.

    \b
    Examples:
        archmem doctor
        archmem doctor --mend
    """
    workspace.ask(VERBS[0], {"mend": mend}, OutputForm(json=as_json))
