"""The project that the global options name, and the one way in which commands ask its memory."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.endings import note, print_answer
from cli.form import OutputForm, this_terminal
from cli.progress import narrating

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cli.client.engine_client import EngineClient
    from cli.form import Printed, Terminal
    from cli.progress import Narrator
    from cli.verb import Verb
    from indexer.project_root import ProjectRoots
    from memory.config import Settings


SUCCESSION = 5.0  # seconds in which an engine that was upgraded is there again
PATIENCE = 60.0  # seconds for an answer; it takes a fraction of one


class Workspace:
    """A project as the global options name it; nothing is opened before it is needed."""

    def __init__(self, project: Path, store: Path | None, *, engine: bool = True) -> None:
        """Name a project.

        Args:
            project: Any folder of it.
            store: Where its memory lies, if not at its root.
            engine: Whether the engine is asked, or the memory opened in this process.
        """
        self.project = project
        self.store = store
        self.engine = engine

    @cached_property
    def roots(self) -> ProjectRoots:
        """Where the project is.

        Raises:
            ProjectNotFound: it is no folder.
        """
        from indexer.project_root import find_project

        return find_project(self.project)

    @property
    def folder(self) -> Path:
        """Where the memory lies, or would lie."""
        from memory.config import store_folder

        return store_folder(self.roots.main, self.store)

    @property
    def settings(self) -> Settings:
        """What the project and the environment set.

        Raises:
            ConfigInvalid: something that has no meaning.
        """
        from memory.config import load_settings

        return load_settings(self.roots.worktree)

    def ask(
        self, verb: Verb | str, request: Mapping[str, Any], form: OutputForm | None = None
    ) -> None:
        """Ask the memory and print what it says; ends the command if that is a failure.

        Args:
            verb: What to ask, or the name of an order to the engine.
            request: By the fields of the verb's request.
            form: How the answer is wanted.

        Raises:
            ArchMemError: it could not be asked, or refuses.
        """
        terminal = this_terminal()
        printed = self._printed(verb, request, form or OutputForm(), terminal)
        click.echo(printed.err, nl=False, err=True)  # what restricts an answer comes before it
        print_answer(printed.out, colour=terminal.colour)
        if printed.code:
            raise click.exceptions.Exit(printed.code)

    def write(
        self, file: Path, verb: Verb | str, request: Mapping[str, Any], form: OutputForm
    ) -> None:
        """As `ask`, but what the memory says is written into a file; nothing makes no file.

        A link in the project, which may have come with it, leads neither out of it nor into a
        repository or a memory.
        """
        printed = self._printed(verb, request, form, this_terminal())
        click.echo(printed.err, nl=False, err=True)
        if printed.out:
            try:
                self._write(file, printed.out)
            except OSError as error:
                raise click.ClickException(
                    f"{file} cannot be written: {error.strerror}."
                ) from error
            note(f"Written into {file}.")
        if printed.code:
            raise click.exceptions.Exit(printed.code)

    def _write(self, file: Path, text: str) -> None:
        from indexer.writers.atomic_file import write_file
        from memory.texts.plain_file import real_path

        root = self.roots.worktree
        named = Path(os.path.abspath(file))  # noqa: PTH100 - `resolve` would follow the links
        if named.is_relative_to(root) and real_path(named) != named:
            write_file(root, named.relative_to(root).as_posix(), lambda _: text)
        else:
            file.write_text(text, encoding="utf-8")

    def rows(self, verb: Verb, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What the memory says, as the objects of `--json`.

        Raises:
            ArchMemError: it could not be asked, or refuses.
        """
        import json

        printed = self._printed(verb, request, OutputForm(json=True), this_terminal())
        return [json.loads(line) for line in printed.out.splitlines()]

    def follow(self, form: OutputForm) -> None:
        """Print what is learned of the project as its files change, until interrupted."""
        terminal = this_terminal()

        def tell(line: str) -> None:
            click.echo(line, color=terminal.colour)

        if not self.engine:
            self._follow_here(form, terminal, tell)
            return
        from cli.client.engine_client import await_engine, ensure_engine
        from cli.client.errors import EngineUnavailable

        body = self.address() | {"form": form.as_json(), "terminal": terminal.as_json()}
        engine: EngineClient | None = ensure_engine(on_start=_say_that_it_starts)
        while engine is not None:
            was_heard = False
            try:
                for line in engine.follow(body):
                    was_heard = True
                    tell(line)
            except EngineUnavailable:
                if not was_heard:  # it is there, and something else is wrong with it
                    raise
                engine = await_engine(SUCCESSION)  # after an upgrade there is another one
        note("The engine has ended.")

    def address(self) -> dict[str, Any]:
        """What the engine has to know of whom it is asked about; paths are absolute."""
        named = self.store or os.environ.get("ARCHMEM_STORE")
        settings = {
            name: value
            for name in ("model", "precision")
            if (value := os.environ.get(f"ARCHMEM_{name.upper()}"))
        }
        if (model := settings.get("model")) and Path(model).is_dir():
            settings["model"] = str(Path(model).absolute())
        return {
            "project": str(self.project.absolute()),
            "store": str(Path(named).expanduser().absolute()) if named else None,
            "settings": settings,
        }

    def _printed(
        self, verb: Verb | str, request: Mapping[str, Any], form: OutputForm, terminal: Terminal
    ) -> Printed:
        name = verb if isinstance(verb, str) else verb.name
        takes_long = not isinstance(verb, str) and verb.takes_long
        doing = "At work" if isinstance(verb, str) else verb.doing
        with narrating(doing=doing) as narrator:
            if not self.engine:
                return self._print_here(verb, request, form, terminal, narrator)
            from cli.client.engine_client import ensure_engine
            from cli.client.errors import EngineUnavailable

            engine = ensure_engine(on_start=_say_that_it_starts)
            body = self.address() | {
                "request": request,
                "form": form.as_json(),
                "terminal": terminal.as_json(),
            }
            try:
                return engine.print(
                    name,
                    body,
                    on_progress=narrator.progress,
                    on_compiling=narrator.compiling,
                    deadline=None if takes_long else PATIENCE,
                )
            except EngineUnavailable as error:
                if not isinstance(verb, str) and verb.if_lost:
                    error.hint = verb.if_lost
                raise
            except KeyboardInterrupt:
                if takes_long:
                    click.echo(err=True)
                    note("The engine finishes it.")
                raise

    def _print_here(
        self,
        verb: Verb | str,
        request: Mapping[str, Any],
        form: OutputForm,
        terminal: Terminal,
        narrator: Narrator,
    ) -> Printed:
        """The same by a memory that is opened in this process."""
        import json

        from cli.client.errors import EngineWanted
        from cli.forms.screen import Screen
        from indexer.project import open_project

        if isinstance(verb, str):
            raise EngineWanted
        asked = verb.read(json.loads(json.dumps(request)))  # as the engine is given it
        screen = Screen(terminal)
        with open_project(self.project, store=self.store, create=verb.creates) as memory:
            response = verb.answer(memory, asked, narrator)
            verb.print(screen, form, memory, asked, response)
        return screen.printed

    def _follow_here(
        self, form: OutputForm, terminal: Terminal, tell: Callable[[str], None]
    ) -> None:
        """Tell in lines what is learned of a project, until the process is interrupted."""
        from threading import Event

        from cli.engine.building import engine_parts
        from cli.engine.calls import PrintCall
        from cli.engine.lifetime import Lifetime

        call = PrintCall(**self.address(), form=form, terminal=terminal)
        endless = Lifetime(idle_seconds=float("inf"))
        with (
            engine_parts(endless, about={}, by="archmem watch", state=None) as engine,
            engine.following(call, tell),
        ):
            Event().wait()


def _say_that_it_starts() -> None:
    note("Starting the engine; it serves all projects and stops by itself when idle.")


pass_workspace = click.make_pass_decorator(Workspace)
