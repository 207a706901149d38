"""An answer of nothing says what it did not look at."""

from __future__ import annotations

import subprocess

import pytest

from indexer.code.code_at_commit import code_at
from indexer.git.repository import Repository
from memory.code.inventory import inventory
from memory.texts.lexicon import read_lexicon


def told(code, what: str) -> list[str]:
    return [one.reason for one in inventory(code, what).doubts.unresolved]


@pytest.mark.parametrize(
    ("path", "text", "what", "said"),
    [
        ("app.py", "from sanic import Sanic\n", "routes", "routes of sanic are not read"),
        ("app.ts", "import Koa from 'koa';\n", "routes", "routes of Koa are not read"),
        ("A.java", "import jakarta.ws.rs.Path;\n", "routes", "routes of JAX-RS are not read"),
        ("a.php", "<?php\nuse Slim\\App;\n", "routes",
         "routes of Slim are not read"),
        ("a.go", 'package a\nimport "github.com/gofiber/fiber/v2"\n', "routes",
         "routes of fiber are not read"),
        ("A.java", "import org.apache.ibatis.annotations.Select;\n", "tables",
         "tables of MyBatis are not read"),
        ("app.ts", "import { Hono } from 'hono/tiny';\n", "routes", "routes of Hono are not read"),
        ("a.go", 'package a\nimport "github.com/julienschmidt/httprouter"\n', "routes",
         "routes of httprouter are not read"),
        ("app.py", "from pyramid.view import view_config\n", "routes",
         "routes of Pyramid are not read"),
        ("a.php", "<?php\nuse yii\\web\\Controller;\n", "routes", "routes of Yii are not read"),
        ("A.java", "import io.micronaut.http.annotation.Get;\n", "routes",
         "routes of Micronaut are not read"),
        ("m.py", "from pynamodb.models import Model\n", "tables",
         "tables of PynamoDB are not read"),
        ("m.ts", "import { MongoClient } from 'mongodb';\n", "tables",
         "tables of MongoDB are not read"),
        ("a.go", 'package a\nimport "go.mongodb.org/mongo-driver/mongo"\n', "tables",
         "tables of MongoDB are not read"),
    ],
)  # fmt: skip
def test_a_framework_without_a_reader_is_named_where_it_would_matter(read, path, text, what, said):
    code = read({path: text, "tests/test_app.py": "import sanic\n"})

    assert told(code, what) == [f"{said}; 1 file may have some"]
    assert told(code, "edges") == []


def test_what_is_nested_too_deeply_takes_away_that_file_alone(read):
    deep = "{" * 3_000 + "}" * 3_000
    text = f'package a\nimport "github.com/gin-gonic/gin"\nvar x = []any{deep}\n'

    code = read({"deep.go": text, "app.py": "def one(): ...\n"})

    assert code.unread == {"deep.go": "is nested too deeply to be read"}
    assert "one" in {place.symbol for place in code.symbols}


def test_what_is_only_called_alike_is_no_framework(read):
    code = read({"app.py": "import flaskish\nimport peewee_extra\n"})

    assert told(code, "routes") == told(code, "tables") == []


@pytest.mark.parametrize("at_commit", [False, True])
def test_files_of_other_languages_are_counted(read, tmp_path, at_commit):
    code = read({"a.py": "x = 1\n", "lib/b.rb": "x\n", "lib/c.rb": "x\n", "README": "x\n"})
    if at_commit:
        who = ["-c", "user.name=d", "-c", "user.email=d@example.com"]
        for said in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "one"]):
            subprocess.run(["git", "-C", tmp_path, *said], check=True)
        code = code_at(Repository(tmp_path), "HEAD", {}, {})

    assert code.unread == {"*.rb": "2 files of Ruby"}


def test_files_of_a_tool_that_defines_tables_are_named(read):
    code = read({"db/User.orm.yml": "x: 1\n", "a.py": ""})

    assert code.unread == {
        "*.orm.yml": "1 file of Doctrine",
    }


def test_no_framework_whose_routes_are_read_is_told_as_not_read(read):
    lists = read_lexicon("code")
    code = read({"main.go": 'package main\nimport "github.com/gorilla/mux"\nvar R = mux.Vars\n'})

    assert lists["routes"].keys().isdisjoint(lists["serving"])
    assert not [one for one in code.unresolved if one.what == "unread routes"]


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ("github.com/oaswrap/spec/adapter/chiopenapi", "oaswrap/spec"),
        ("github.com/oaswrap/spec/adapters/ginopenapi", "oaswrap/spec"),
        ("github.com/oaswrap/echoopenapi", "oaswrap/spec"),
        ("github.com/danielgtaylor/huma/v2/adapters/humachi", "Huma"),
        ("github.com/go-fuego/fuego", "Fuego"),
        ("github.com/ogen-go/ogen/http", "ogen"),
        ("github.com/emicklei/go-restful/v3", "go-restful"),
        ("goa.design/goa/v3/http", "Goa"),
    ],
)
def test_a_router_of_go_that_is_not_read_is_told_beside_one_that_is(read, imported, name):
    text = (
        f'package main\nimport (\n"github.com/go-chi/chi/v5"\nown "{imported}"\n)\n'
        "func show(w http.ResponseWriter, r *http.Request) {}\n"
        'func main() { c := chi.NewRouter(); c.Get("/a", show)\n'
        'r := own.NewRouter(c)\nr.Get("/b", show) }\n'
    )

    code = read({"go.mod": "module shop\n", "main.go": text})

    assert [one.name for one in code.unresolved if one.what == "unread routes"] == [name]


@pytest.mark.parametrize(
    ("content", "is_read"),
    [
        ("function a(b){return b+1};" * 3_000, False),
        ("function a(b) {\n  return b + 1;\n}\n" * 3_000, True),
        ("export function a(b) {return b+1}" * 20, True),  # short: somebody may have written it
    ],
)
def test_a_bundle_of_a_build_is_not_read(read, content, is_read):
    code = read({"a.js": content})

    assert ("a.js" in code.unread, bool(code.symbols)) == (not is_read, is_read)
