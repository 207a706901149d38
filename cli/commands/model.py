"""`archmem model`: which embedding model serves, and compiling it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click

from cli.form import this_terminal
from cli.forms.screen import Screen
from cli.options import json_option
from cli.progress import narrating
from cli.workspace import Workspace, pass_workspace
from indexer.writers.atomic_file import write_file
from memory.config import SETTINGS_FILE
from memory.errors import ConfigInvalid
from memory.retrieval.embedding import compile_model, model_state
from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.retrieval.embedding import ModelState, Precision

_TABLE = re.compile(r"^[ \t]*+\[", re.MULTILINE)
_MODEL = re.compile(r"^model[ \t]*+=.*$", re.MULTILINE)


@click.group(invoke_without_command=True)
@json_option
@pass_workspace
@click.pass_context
def model(ctx: click.Context, workspace: Workspace, as_json: bool) -> None:
    """Show or compile the embedding model.

    Shows the model that the project or the environment sets (`model` and `precision` in
    archmem.toml, ARCHMEM_MODEL, ARCHMEM_PRECISION), where it lies and whether it is compiled.
    Nothing is loaded.

    \b
    Examples:
        archmem model
        archmem model compile
    """
    if ctx.invoked_subcommand is None:
        settings = workspace.settings
        _print(model_state(settings.model, precision=settings.precision), as_json=as_json)


@model.command("compile")
@click.option("--model", "name", help="A folder or a hub id; what is set, if not given.")
@click.option("--precision", type=click.Choice(["fp32", "int8"]), help="What is set, if not given.")
@click.option("--download", is_flag=True, help="Fetch a hub model that is not on this machine.")
@click.option("--force", is_flag=True, help="Compile it even if it is compiled already.")
@click.option("--stages", is_flag=True, hidden=True, help="Print the stages, as JSON, and no more.")
@json_option
@pass_workspace
def compile_(
    workspace: Workspace,
    *,
    name: str | None,
    precision: Precision | None,
    download: bool,
    force: bool,
    stages: bool,
    as_json: bool,
) -> None:
    """Compile the embedding model for this user.

    `archmem index` does it where it was never done, and the result serves all projects. A BERT,
    as the built-in model is, takes a second or two; any other half a minute and torch, and serves
    only after its vectors have been compared with those of sentence-transformers.

    \b
    Example:
        archmem model compile --model BAAI/bge-small-en-v1.5 --download
    """
    settings = workspace.settings
    with narrating() as narrator:
        state = compile_model(
            name or settings.model,
            precision=precision or settings.precision,
            allow_download=download,
            force=force,
            on_stage=_print_stage if stages else narrator.compiling,
        )
    if not stages:
        _print(state, as_json=as_json)


@model.command()
@click.argument("name")
@click.option("--download", is_flag=True, help="Fetch a hub model that is not on this machine.")
@pass_workspace
def use(workspace: Workspace, *, name: str, download: bool) -> None:
    """Let this project use another embedding model: a folder or a hub id.

    The model is compiled and set in archmem.toml; the next `archmem index` embeds everything
    anew. For questions in other languages than the records' take a multilingual one.

    \b
    Example:
        archmem model use intfloat/multilingual-e5-small --download
    """
    settings, root = workspace.settings, workspace.roots.worktree
    with narrating() as narrator:
        state = compile_model(
            name,
            precision=settings.precision,
            allow_download=download,
            on_stage=narrator.compiling,
        )
    try:
        write_file(root, SETTINGS_FILE, lambda said: with_model(said or "", name))
    except ValueError as error:
        raise ConfigInvalid(str(root / SETTINGS_FILE), str(error)) from error
    _print(state, as_json=False)
    click.echo(f"{SETTINGS_FILE} sets it; `archmem index` embeds everything anew.", err=True)


def _print_stage(stage: str, share: float) -> None:
    click.echo(json.dumps({"stage": stage, "share": share}))


def _print(state: ModelState, *, as_json: bool) -> None:
    screen = Screen(this_terminal())
    if as_json:
        screen.json(_fields(state))
    else:
        screen.facts(_facts(state))
    click.echo(screen.printed.out, nl=False)


def _facts(state: ModelState) -> Iterator[tuple[str, str]]:
    yield "Model", f"{state.source.name}, {state.precision}"
    yield "Id", state.model_id
    yield "Source", str(state.source.folder)
    manifest = state.manifest
    if manifest is None:
        yield "Compiled", "no: `archmem model compile` does it, and so does `archmem index`"
        if state.refusal:
            yield "Refused", state.refusal.reason
        return
    yield "Compiled", str(state.folder)
    yield "Vectors", f"{manifest.dimension} floats from up to {manifest.max_tokens} tokens"
    if manifest.parity:
        difference, cosine = manifest.parity.max_difference, manifest.parity.min_cosine
        yield "Checked", f"least cosine {cosine:.6f}, greatest difference {difference:.1e}"


def _fields(state: ModelState) -> dict[str, Any]:
    """What is known of the embedding model, `compiled` and `refused` being null if it is not."""
    return {
        "model": state.source.name,
        "model_id": state.model_id,
        "precision": state.precision,
        "source": str(state.source.folder),
        "folder": str(state.folder),
        "compiled": state.manifest.model_dump(mode="json") if state.manifest else None,
        "refused": state.refusal.model_dump(mode="json") if state.refusal else None,
    }


def with_model(text: str, name: str) -> str:
    """The text of archmem.toml with a model, in the place of the one it named or at the top.

    Raises:
        ValueError: the file is not read so afterwards; a value over several lines is not replaced.
    """
    line = f"model = {json.dumps(name, ensure_ascii=False)}"
    table = _TABLE.search(text)
    end = table.start() if table else len(text)
    top, rest = text[:end], text[end:]
    replaced, count = _MODEL.subn(lambda _: line, top, count=1)
    changed = (replaced if count else f"{line}\n{top}") + rest
    before = read_toml(text) | {"model": name}
    try:
        is_so = read_toml(changed) == before
    except ValueError:
        is_so = False
    if not is_so:
        raise ValueError(f"write {line} into it by hand")
    return changed
