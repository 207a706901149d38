"""Go: packages by `go.mod` and folders, names by their packages."""

from __future__ import annotations

import pytest

from indexer.code.languages.go import Go
from memory.code.codebase import Grade
from tests.indexer.code.conftest import edges, imports

MOD = "module example.com/shop\n\ngo 1.22\n"
STORE = "package store\n\ntype Store struct{}\n\nfunc Open() *Store { return nil }\n"


def program(said: str, more: str = "") -> str:
    return f"package main\n\nimport {said}\n\nfunc main() {{ {more} }}\n"


@pytest.mark.parametrize(
    ("said", "use"),
    [
        ('"example.com/shop/store"', "store.Open()"),
        ('db "example.com/shop/store"', "db.Open()"),
        ('. "example.com/shop/store"', "Open()"),
        ('_ "example.com/shop/store"', ""),
        ('(\n\t"fmt"\n\t"example.com/shop/store"\n)', "fmt.Println(store.Open())"),
    ],
)
def test_an_import_means_a_package_of_the_module(read, said, use):
    code = read({"go.mod": MOD, "main.go": program(said, use), "store/store.go": STORE})

    assert imports(code) == {("main.go", "store/store.go")}
    assert code.unresolved == ()


def test_an_import_is_an_edge_to_the_files_that_define_what_is_used(read):
    code = read(
        {
            "go.mod": MOD,
            "main.go": program('"example.com/shop/store"', "store.Keep()"),
            "store/a.go": "package store\n\nfunc Other() {}\n",
            "store/keep.go": "package store\n\nfunc Keep() { Other() }\n",
        }
    )

    assert imports(code) == {("main.go", "store/keep.go")}
    assert ("store/keep.go:Keep", "store/a.go:Other") in edges(code, Grade.CALL)


@pytest.mark.parametrize(
    "mod",
    [
        MOD + "\nreplace example.com/money => ./money\n",
        MOD + "\nreplace (\n\texample.com/money v1.2.0 => ./money\n)\n",
    ],
)
def test_a_module_beside_it_is_found_by_its_own_file_or_by_replacement(read, mod):
    main = program('"example.com/money"', "money.Round()")
    money = {"money/money.go": "package money\n\nfunc Round() {}\n"}

    replaced = read({"go.mod": mod, "main.go": main, **money})
    assert imports(replaced) == {("main.go", "money/money.go")}


def test_a_package_may_be_called_otherwise_than_its_folder(read):
    code = read(
        {
            "go.mod": MOD,
            "main.go": program('"example.com/shop/go-cache"', "cache.New()"),
            "go-cache/cache.go": "package cache\n\nfunc New() {}\n",
        }
    )

    assert ("main.go:main", "go-cache/cache.go:New") in edges(code, Grade.CALL)


def test_an_import_of_this_module_that_is_not_there_is_told(read):
    code = read({"go.mod": MOD, "main.go": program('"example.com/shop/gone"', "gone.X()")})

    assert [(one.name, one.line) for one in code.unresolved] == [("example.com/shop/gone", 3)]


def test_methods_are_called_through_their_receiver_and_types_are_embedded(read):
    code = read(
        {
            "go.mod": MOD,
            "server.go": "package shop\n\ntype Base struct{}\n\n"
            "type Server struct {\n\t*Base\n}\n\n"
            "func (s *Server) Start() { s.stop(); other.stop() }\n\nfunc (s *Server) stop() {}\n",
        }
    )

    assert ("server.go:Server.Start", "server.go:Server.stop") in edges(code, Grade.CALL)
    assert ("server.go:Server", "server.go:Base") in edges(code, Grade.INHERIT)


def test_definitions_have_kind_span_and_visibility_and_calls_of_values_are_counted():
    facts = (
        Go()
        .read(
            b"package shop\n\nconst Rate = 1\n\ntype Reader interface {\n\tRead()\n}\n\n"
            b"func (r *file) Close() { r.handle.Close() }\n\nfunc open(x Reader) { x.Read() }\n"
        )
        .facts
    )

    assert [(one.name, one.kind, one.line, one.visibility) for one in facts.definitions] == [
        ("Rate", "constant", 3, "public"),
        ("Reader", "interface", 5, "public"),
        ("file.Close", "method", 9, "public"),
        ("open", "function", 11, "private"),
    ]
    assert (facts.package, facts.opaque) == ("shop", 1)
