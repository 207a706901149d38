"""The shop behind an MCP server, its memory asked directly."""

from __future__ import annotations

import typing
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import anyio
import jsonschema
import pytest
from mcp import Client, MCPError

from cli.mcp.server import build_server
from cli.progress import Narrator
from cli.verbs import all_tools, find_verb
from indexer.project import open_project
from tests.builders import copy_project
from tests.cli.conftest import use_word_model
from tests.shop import write_shop

if typing.TYPE_CHECKING:
    from pathlib import Path


class DirectCaller:
    """Asks a memory in this process, always on the same thread."""

    def __init__(self, root: Path) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._memory = self._thread.submit(open_project, root).result()
        self.asked = []  # every verb and request

    def call(self, verb, **request):
        verb = find_verb(verb)
        asked = verb.read(request)
        self.asked.append((verb.name, asked))
        return self._thread.submit(verb.run, self._memory, asked, Narrator()).result()

    def close(self):
        self._thread.submit(self._memory.close).result()
        self._thread.shutdown()


class FailingCaller:
    """A memory that cannot be asked."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def call(self, verb, **request):
        raise self._error


class _Whoever:
    """Asks whom a test has."""

    caller = None

    def call(self, verb, **request):
        return self.caller.call(verb, **request)


@cache
def _server(results):
    whoever = _Whoever()
    return whoever, build_server(whoever, results)


def server_of(caller, results="both"):
    """A server that asks this caller: the same for every test, as making its tools takes long."""
    whoever, server = _server(results)
    whoever.caller = caller
    return server


@cache
def tools():
    """The tools by name, which nobody can call."""
    return {tool.name: tool for tool in all_tools(None)}


@pytest.fixture(scope="session")
def read_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("read") / "shop"
    write_shop(root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_word_model(monkeypatch)
        with open_project(root) as memory:
            memory.index()
    return root


@pytest.fixture
def root(read_shop, tmp_path, word_model):
    """The shop, indexed; every test has its own."""
    return copy_project(read_shop, tmp_path / "shop")


@pytest.fixture
def caller(root):
    caller = DirectCaller(root)
    yield caller
    caller.close()


@pytest.fixture
def server(caller):
    return server_of(caller)


def with_client(server, do, **settings):
    """What `do(client)` gives, connected to a server in this process."""

    async def connected():
        async with Client(server, **settings) as client:
            try:
                return await do(client)
            except MCPError as error:  # raised in here it would come out in groups
                return error

    result = anyio.run(connected)
    if isinstance(result, MCPError):
        raise result
    return result


def call(server, name, **arguments):
    return with_client(server, lambda client: client.call_tool(name, arguments))


@pytest.fixture
def text(server):
    """The text form of what a tool says."""

    def text_of(name: str, **arguments) -> str:
        result = call(server, name, **arguments)
        assert not result.is_error, result.content
        return result.content[0].text

    return text_of


@pytest.fixture
def told(server):
    """The structured form of what a tool says, which is as its schema and its type say."""

    def told_by(name: str, **arguments) -> dict:
        result = call(server, name, **arguments)
        assert not result.is_error, result.content
        jsonschema.validate(result.structured_content, tools()[name].output_schema)
        returned = typing.get_type_hints(tools()[name].fn, include_extras=True)["return"]
        (value,) = returned.__metadata__
        assert value.model_validate(result.structured_content).model_dump(mode="json") == (
            result.structured_content
        )
        return result.structured_content

    return told_by


@pytest.fixture
def refused(server):
    """What a tool says that refuses."""

    def refused_by(name: str, **arguments) -> str:
        result = call(server, name, **arguments)
        assert result.is_error
        assert result.structured_content is None
        return result.content[0].text

    return refused_by


@pytest.fixture
def uid_of(told):
    """The uid of a memory whose title contains some words."""

    def find(words: str) -> str:
        hits = told("memory_search", question=words, limit=50)["hits"]
        return next(hit["uid"] for hit in hits if words in hit["title"])

    return find
