"""The routes, by HTTP and in this process."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from cli.engine.app import build_app
from cli.engine.building import engine_parts
from cli.engine.lifetime import Ending, Lifetime
from cli.engine.mcp_by_http import McpServers
from cli.verbs import all_verbs
from memory.version import VERSION


@pytest.fixture
def lifetime():
    return Lifetime(idle_seconds=600)


@pytest.fixture
def client(lifetime, tmp_path, word_model):
    with engine_parts(lifetime, about={}, by="a test", state=tmp_path / "state") as engine:
        app = build_app(engine, McpServers(engine), stop=lambda _: None, with_mcp=False)
        with TestClient(app, headers={"archmem-version": VERSION}) as asked:
            yield asked


@pytest.mark.slow
def test_what_is_read_when_the_engine_is_told_to_stop_is_left_to_the_next_run(
    client, lifetime, new_project
):
    project = str(new_project("shop").project)
    index = {"project": project, "request": {}}
    lifetime.end(Ending.STOPPED)

    refused = client.post("/printed/index", json=index).text.splitlines()
    lifetime.ending = None
    done = client.post("/printed/index", json=index).text.splitlines()

    assert json.loads(refused[-1])["error"]["name"] == "EngineEnding"
    assert "1 memory: 1 added" in json.loads(done[-1])["printed"]["out"]


@pytest.mark.slow
def test_each_route_is_described_and_no_other(client):
    described = client.get("/openapi.json").json()["paths"]
    routes = [one for one in client.app.routes if one.path != "/mcp"]  # which MCP describes

    here = {path: [one for one in routes if one.path_regex.match(path)] for path in described}

    assert {path for path, some in here.items() if not some} == set()
    assert {one.path for some in here.values() for one in some} == {one.path for one in routes}


@pytest.mark.slow
def test_a_verbs_route_asks_for_what_the_verb_asks_for(client):
    said = client.get("/openapi.json").json()
    content = said["paths"]["/verbs/search"]["post"]["requestBody"]["content"]
    call = resolved(said, content["application/json"]["schema"])

    request = resolved(said, call["properties"]["request"])

    assert {"project", "request"} == set(call["required"])
    assert set(request["properties"]) == set(all_verbs()["search"].request.model_fields)
    assert request["required"] == ["question"]


def resolved(said, schema):
    return said["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


@pytest.mark.slow
def test_a_form_that_a_verb_does_not_have_is_refused(client, new_project):
    project = str(new_project("shop").project)
    client.post("/printed/index", json={"project": project})

    told = client.post("/printed/audit", json={"project": project, "form": {"fail_on": "gone"}})

    error = json.loads(told.text.splitlines()[-1])["error"]
    assert error["name"] == "InvalidRequest"
    assert "it may be minor, major, critical" in error["message"]


@pytest.mark.parametrize("columns", [0, 10**12])
def test_a_terminal_that_cannot_be_is_refused(client, new_project, columns):
    project = str(new_project("shop").project)

    told = client.post("/printed/list", json={"project": project, "terminal": {"width": columns}})

    assert told.status_code == 400
    assert "should have 1 to 10,000 columns" in told.json()["error"]["message"]
