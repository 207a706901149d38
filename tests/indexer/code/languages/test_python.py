"""What a Python file says, from its bytes alone."""

from __future__ import annotations

import pytest

from indexer.code.registry import read_file
from memory.code.facts import FileFacts, Import, facts_from_json


def facts(text: str) -> FileFacts:
    return read_file("python", text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b", Import("a.b", 1)),
        ("import a.b as c", Import("a.b", 1, local=("c",))),
        ("from a import b as c, d", Import("a", 1, ("b", "d"), ("c", "d"))),
        ("from a import (\n    b,  # why\n    d,\n)", Import("a", 1, ("b", "d"), ("b", "d"))),
        ("from . import b", Import("", 1, ("b",), ("b",), level=1)),
        ("from ..a.b import c", Import("a.b", 1, ("c",), ("c",), level=2)),
        ("from a import *", Import("a", 1, ("*",), ("*",))),
        ("import a . b", Import("a.b", 1)),
        ("try:\n    import a\nexcept ImportError:\n    a = None", Import("a", 2)),
        ("def f():\n    import a", Import("a", 2, within=0)),
        ("if TYPE_CHECKING:\n    import a", Import("a", 2, type_checking=True)),
        ("if typing.TYPE_CHECKING:\n    import a", Import("a", 2, type_checking=True)),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import a", Import("a", 4)),
        ("x = importlib.import_module('a.b')", Import("a.b", 1, dynamic=True)),
        ("x = __import__('a')", Import("a", 1, dynamic=True)),
        ("x = import_module(a.name)", Import("", 1, dynamic=True)),
        ("x = import_module(f'a.{b}')", Import("", 1, dynamic=True)),
    ],
)
def test_an_import_is_read_as_it_is_written(text, expected):
    assert facts(text).imports == (expected,)


def test_two_modules_of_one_statement_are_two_imports():
    assert [one.target for one in facts("import a, b.c").imports] == ["a", "b.c"]


def test_definitions_have_names_spans_and_what_stands_above_them():
    said = facts(
        "@final\n"
        "class Invoice(Base, Generic[T], metaclass=M):\n"
        "    @property\n"
        "    def total(self):\n"
        "        return 1\n"
        "    def _hidden(self): ...\n"
        "LIMIT = 3\n"
        "async def pay(): ...\n"
    )

    told = [
        (one.name, one.kind, one.line, one.last_line, one.visibility) for one in said.definitions
    ]
    assert told == [
        ("Invoice", "class", 1, 6, "public"),
        ("Invoice.total", "method", 3, 5, "public"),
        ("Invoice._hidden", "method", 6, 6, "private"),
        ("LIMIT", "constant", 7, 7, "public"),
        ("pay", "function", 8, 8, "public"),
    ]
    assert said.definitions[0].bases == ("Base", "Generic")
    assert said.definitions[0].annotations == ("final",)
    assert said.definitions[1].annotations == ("property",)


def test_a_name_is_used_where_its_chain_stands_and_not_as_an_attribute_or_parameter():
    said = facts("from a import b, c\ndef f(c=1):\n    b.d(x)\n    y.b = b.e\n    g(b=2)\n")

    assert [(one.name, one.is_call, one.line, one.within) for one in said.uses] == [
        ("b.d", True, 3, 0),
        ("b.e", False, 4, 0),
    ]


def test_calls_of_methods_of_values_are_counted_and_others_are_not():
    said = facts(
        "import a\nclass C:\n    def f(self, x):\n        a.b()\n        self.f()\n"
        "        print()\n        x.go()\n        self.x.go()\n        f().go()\n"
    )

    assert said.opaque == 3


@pytest.mark.parametrize(
    "text",
    [
        "import a\ndef f(:\n    pass\nimport b\nclass C: ...\n",
        "import a\nx = = 3\nimport b\nclass C: ...\n",
        "import a\nprint 'two'\nimport b\nclass C: ...\n",
        "import a\ntype X[T: int = 3] = list[T]\nimport b\nclass C: ...\n",
    ],
)
def test_what_the_grammar_does_not_know_is_read_around(text):
    said = facts(text)

    assert [one.target for one in said.imports] == ["a", "b"]
    assert "C" in [one.name for one in said.definitions]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"\xef\xbb\xbfimport a\n", b"import a\r\n"]
)
def test_any_bytes_give_facts_that_come_back_from_json(content):
    said = read_file("python", content)

    assert facts_from_json(said.to_json()) == said
