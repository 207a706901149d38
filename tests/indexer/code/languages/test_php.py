"""PHP: which class a name means, through namespaces, `use` and bases."""

from __future__ import annotations

import pytest

from indexer.code.languages.php import Php
from memory.code.codebase import Grade
from tests.indexer.code.conftest import edges, imports

NAMED = (Grade.CALL, Grade.USE, Grade.INHERIT, Grade.INHERITED)
USER = """<?php
namespace Shop\\Users;
class User { public static function find() {} public function save() {} }
"""


def app(body: str, head: str = "") -> str:
    return f"<?php\nnamespace Shop;\n{head}\nclass App {{ {body} }}\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("use Shop\\Users\\User;", "private User $user;"),
        ("use Shop\\Users\\User as Person;", "private ?Person $user;"),
        ("use Shop\\Users\\{User, Other};", "function run(User|int $x) {}"),
        ("", "private \\Shop\\Users\\User $user;"),
        ("", "private Users\\User $user;"),
        ("use Shop\\Users;", "function run(): Users\\User {}"),
        ("use Shop\\Users\\User;", "function run() { return USER::class; }"),
        ("use Shop\\Users\\User;", "function run($x) { return $x instanceof User; }"),
        ("use Shop\\Users\\User;", "#[User] function run() {}"),
        ("use Shop\\Users\\User;", "function run() { new User(); }"),
    ],
)  # fmt: skip
def test_a_class_is_found_by_use_namespace_and_full_name(read, head, body):
    code = read({"App.php": app(body, head), "User.php": USER})

    assert any(target == "User.php:User" for _, target in edges(code, *NAMED))


@pytest.mark.parametrize(
    "body",
    [
        "function __construct(private User $user) {} function run() { $this->user->save(); }",
        "private User $user; function run() { $this->user?->save(); }",
        "function run(User $given) { $given->save(); }",
        "function run() { $made = new User(); $made->save(); }",
    ],
)
def test_a_method_is_called_on_what_the_file_says_that_it_is(read, body):
    code = read({"App.php": app(body, "use Shop\\Users\\User;"), "User.php": USER})

    assert ("App.php:App.run", "User.php:User.save") in edges(code, Grade.CALL)
    assert imports(code) == {("App.php", "User.php")}


def test_static_calls_parents_and_traits_are_followed(read):
    code = read(
        {
            "App.php": app(
                "use Named; function run() { User::find(); parent::go(); $this->rename(); }",
                "use Shop\\Users\\User;",
            ).replace("class App", "class App extends Base"),
            "Base.php": "<?php\nnamespace Shop;\nabstract class Base { function go() {} }\n",
            "Named.php": "<?php\nnamespace Shop;\ntrait Named { function rename() {} }\n",
            "User.php": USER,
        }
    )

    assert ("App.php:App.run", "User.php:User.find") in edges(code, Grade.CALL)
    assert edges(code, Grade.INHERIT) == {
        ("App.php:App", "Base.php:Base"),
        ("App.php:App", "Named.php:Named"),
    }
    assert edges(code, Grade.INHERITED) == {
        ("App.php:App.run", "Base.php:Base.go"),
        ("App.php:App.run", "Named.php:Named.rename"),
    }


def test_a_comment_names_a_class_as_a_reference_only(read):
    said = "/** @param \\Shop\\Users\\User[] $all */ function run(array $all) {}"

    code = read({"App.php": app(said), "User.php": USER})

    assert edges(code, *NAMED) == set()
    assert edges(code, Grade.REFERENCE) == {("App.php:App", "User.php:User")}


def test_what_the_grammar_does_not_understand_takes_nothing_else_away():
    facts = (
        Php()
        .read(
            b"<?php\nnamespace Shop;\nclass App {\n  const NAMESPACE = 'x';\n"
            b"  function first() {}\n"
            b"  private function own() { $x->go(); }\n}\nenum Kind: string { case A = 'a'; }\n"
        )
        .facts
    )

    assert [(one.name, one.kind, one.visibility) for one in facts.definitions] == [
        ("App", "class", "public"),
        ("App.first", "method", "public"),
        ("App.own", "method", "private"),
        ("Kind", "enum", "public"),
    ]
    assert facts.opaque == 1


def test_a_field_that_is_given_something_outside_of_any_definition_is_of_none():
    facts = Php().read(b"<?php\n$this->mailer = new Mailer();\n").facts

    assert facts.definitions == ()
