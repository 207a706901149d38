"""Whatever is sent to the engine: it answers, and says 4xx of what it cannot take."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cli.engine.app import build_app
from cli.engine.building import engine_parts
from cli.engine.guard import Guard
from cli.engine.lifetime import Lifetime
from cli.engine.mcp_by_http import McpServers
from cli.verbs import all_verbs
from memory.version import VERSION
from tests.shop import write_shop

JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(["/", "..", "\x00", "search", "tools/call", "2.0", "memory_search"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
#: Commands that end the engine, or change files beyond the project.
LEFT_OUT = frozenset({"stop", "backup", "export", "import", "model"})
READING = sorted({one.name for one in all_verbs().values() if not one.writes} - LEFT_OUT)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzzed") / "shop"
    write_shop(folder)
    return folder


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    parts = engine_parts(Lifetime(idle_seconds=600), about={}, by="a test", state=state)
    with parts as engine:
        servers = McpServers(engine)
        app = Guard(build_app(engine, servers, stop=lambda _: None, with_mcp=True), "right")

        async def served(scope, receive, send):
            if scope["type"] != "lifespan":
                await app(scope, receive, send)
                return
            await receive()
            async with servers.running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})

        how = {"base_url": "http://127.0.0.1", "raise_server_exceptions": False}
        with TestClient(served, **how) as asked:
            asked.headers.update({"authorization": "Bearer right", "archmem-version": VERSION})
            yield asked


def said(body: object) -> bytes:
    return json.dumps(body).encode("utf-8", "surrogatepass")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["verbs", "printed", "hooks"])
def test_a_route_takes_any_body(client, shop, fuzzed, kind):
    fields = {
        "project": st.one_of(st.just(str(shop)), JSON),
        "request": st.one_of(
            JSON, st.fixed_dictionaries({}, optional={"question": JSON, "uid": JSON, "limit": JSON})
        ),
        "payload": JSON,
        "terminal": JSON,
        "settings": JSON,
    }
    bodies = st.one_of(
        st.binary(max_size=60), JSON.map(said), st.fixed_dictionaries({}, optional=fields).map(said)
    )

    @given(st.sampled_from([*READING, "nothing", "session-start", "user-prompt"]), bodies)
    def takes(name, body):
        fuzzed(body)
        reply = client.post(f"/{kind}/{name}", content=body)
        assert reply.status_code < 500, (name, body, reply.text)
        assert '"The engine failed' not in reply.text, (name, body, reply.text)

    takes()


@pytest.mark.slow
def test_messages_of_mcp_may_be_any(client, shop, fuzzed):
    message = st.fixed_dictionaries(
        {},
        optional={
            "jsonrpc": st.one_of(st.just("2.0"), JSON),
            "id": st.one_of(st.integers(0, 9), JSON),
            "method": st.one_of(
                st.sampled_from(["initialize", "tools/list", "tools/call", "ping", "prompts/get"]),
                JSON,
            ),
            "params": st.one_of(
                JSON,
                st.fixed_dictionaries(
                    {"name": st.one_of(st.just("memory_search"), JSON)},
                    optional={"arguments": JSON},
                ),
            ),
        },
    )

    @given(message, st.sampled_from([None, "2025-06-18", "1999-01-01", "x"]))
    def takes(sent, protocol):
        body = said({"project": str(shop), "message": sent, "protocol": protocol})
        fuzzed(body)
        reply = client.post("/mcp/messages", content=body)
        assert reply.status_code < 500, (body, reply.text)

    takes()
