"""What a new verb takes: a method of the API, a file of its own, and a line in the registry."""

import json

import pytest

from cli.engine.building import engine_parts
from cli.engine.calls import Address
from cli.engine.lifetime import Lifetime
from cli.lazy import LazyCommand
from cli.mcp.server import build_server
from cli.verbs import COMMANDS, all_verbs
from memory.api import ArchMem
from memory.errors import InvalidRequest
from memory.kinds.vocabulary import Kind
from memory.models.request import Count
from memory.models.selection import Selection
from tests.cli.mcp.conftest import DirectCaller, call

THE_FILE = '''
from typing import Annotated

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import pass_workspace


class Tally(Verb):
    name = "tally"

    def lines(self, asked, response):
        return ({"title": title} for title in response)

    def show(self, screen, form, asked, response):
        screen.table(("Title",), ((title,) for title in response))

    def tool(self, caller):
        from mcp_types import CallToolResult

        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Line, WireValue

        class Tallied(WireValue):
            titles: list[Line]

        def memory_tally(kind: str) -> Annotated[CallToolResult, Tallied]:
            """Tell the titles of a kind."""
            titles = list(caller.call("tally", kind=kind))
            return answered(Tallied(titles=titles), ", ".join(titles))

        return make_tool(memory_tally, title="Tally")


VERBS = (Tally(),)


@click.command()
@click.argument("kind")
@json_option
@pass_workspace
def tally(workspace, *, kind, as_json):
    """Tell the titles of a kind."""
    workspace.ask(VERBS[0], {"kind": kind}, OutputForm(json=as_json))
'''
MOST = 4  # files that a new verb touches, two of them by a line
BASELINE = "queue_throughput"


def tally(memory: ArchMem, kind: Kind, *, most: Count = 10) -> tuple[str, ...]:
    """The titles of the memories of a kind."""
    listed = memory.list(Selection(kinds=(kind,)), limit=most)
    return tuple(one.memory.title for one in listed)


@pytest.fixture
def touched(tmp_path, monkeypatch):
    """The verb is there; what had to be changed for it."""
    (tmp_path / "verb_of_a_test.py").write_text(THE_FILE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    command = LazyCommand("tally", "verb_of_a_test:tally", "Tell the titles of a kind.")
    monkeypatch.setattr(ArchMem, "tally", tally, raising=False)
    monkeypatch.setitem(COMMANDS, "tally", command)
    return [
        "memory/verbs/asking.py",
        "memory/api.py",
        "cli/verbs/tally.py",
        "cli/verbs/__init__.py",
    ]


def test_four_files_make_a_verb_of_the_command_line(touched, shop, run, answer, objects):
    assert len(touched) <= MOST
    assert "tally" in answer("--help")
    assert BASELINE in answer("tally", "baseline")
    (told,) = objects("tally", "baseline")
    assert BASELINE in told["title"]
    refused = run("tally", "idea")
    assert refused.exit_code == 1
    assert "tally: kind: Input should be 'decision'" in refused.stderr


def test_the_same_four_make_one_of_the_engine(touched, shop, tmp_path):
    with engine_parts(
        Lifetime(idle_seconds=60), about={}, by="a test", state=tmp_path / "known.json"
    ) as engine:
        here = Address(project=shop)

        (title,) = engine.call("tally", here, {"kind": "baseline"})

        assert BASELINE in title
        with pytest.raises(InvalidRequest, match="most: Input should be greater than"):
            engine.call("tally", here, {"kind": "baseline", "most": 0})


@pytest.mark.slow
def test_the_same_four_make_a_tool_and_a_response_that_can_be_sent(touched, shop):
    caller = DirectCaller(shop)
    try:
        result = call(build_server(caller, "both"), "memory_tally", kind="baseline")
    finally:
        caller.close()
    response = all_verbs()["tally"].response

    (title,) = result.structured_content["titles"]
    assert BASELINE in title
    assert response.validate_python(json.loads(response.dump_json((title,)))) == (title,)
