"""Java: which class a name means, through imports, packages and bases."""

from __future__ import annotations

import pytest

from indexer.code.languages.java import Java
from memory.code.codebase import Grade
from tests.indexer.code.conftest import edges, imports

NAMED = (Grade.CALL, Grade.USE, Grade.INHERIT, Grade.INHERITED)
USER = "package shop.users;\n\npublic class User {\n  public void save() {}\n}\n"


def app(body: str, head: str = "", package: str = "shop") -> str:
    return f"package {package};\n{head}\nclass App {{\n{body}\n}}\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("import shop.users.User;", "User user;"),
        ("import shop.users.*;", "User user;"),
        ("", "shop.users.User user;"),
        ("import shop.users.User;", "void run() { new User(); }"),
        ("import shop.users.User;", "java.util.List<User> all;"),
        ("import shop.users.User;", "Object all = User.class;"),
    ],
)
def test_a_type_is_found_by_import_wildcard_and_full_name(read, head, body):
    code = read({"App.java": app(body, head), "User.java": USER})

    assert any(target == "User.java:User" for _, target in edges(code, *NAMED))
    assert imports(code) == ({("App.java", "User.java")} if head else set())


def test_classes_of_one_package_need_no_import(read):
    code = read({"a/App.java": app("User user;", package="shop.users"), "b/User.java": USER})

    assert any(target == "b/User.java:User" for _, target in edges(code, *NAMED))


@pytest.mark.parametrize(
    "body",
    [
        "private final User user; App(User user) { this.user = user; } void run() { user.save(); }",
        "private User user; void run() { this.user.save(); }",
        "void run(User given) { given.save(); }",
        "void run() { User made = new User(); made.save(); }",
        "void run() { new User().save(); }",
    ],
)
def test_a_method_is_called_on_what_the_file_says_that_it_is(read, body):
    code = read({"App.java": app(body, "import shop.users.User;"), "User.java": USER})

    assert ("App.java:App.run", "User.java:User.save") in edges(code, Grade.CALL)


def test_what_a_class_has_from_its_base_is_inherited(read):
    code = read(
        {
            "App.java": app("void run(Admin admin) { admin.save(); }", "import shop.users.*;"),
            "Admin.java": "package shop.users;\n"
            "class Admin extends User { void go() { save(); } }\n",
            "User.java": USER,
        }
    )

    assert edges(code, Grade.INHERITED) == {
        ("App.java:App.run", "User.java:User.save"),
        ("Admin.java:Admin.go", "User.java:User.save"),
    }
    assert ("App.java:App.run", "Admin.java:Admin") in edges(code, Grade.USE)


def test_members_are_imported_by_themselves_and_classes_stand_in_classes(read):
    code = read(
        {
            "App.java": app(
                "void run() { round(1); Money.Kind kind; }",
                "import static shop.Money.round;",
            ),
            "Money.java": "package shop;\nclass Money {\n  static int round(int x) { return x; }\n"
            "  enum Kind { CENT }\n}\n",
        }
    )

    assert ("App.java:App.run", "Money.java:Money.round") in edges(code, Grade.CALL)
    assert ("App.java:App.run", "Money.java:Money.Kind") in edges(code, Grade.USE)


def test_an_import_of_a_package_of_ours_that_has_no_such_class_is_told(read):
    code = read(
        {
            "App.java": app("", "import shop.users.Gone;\nimport java.util.List;"),
            "User.java": USER,
        }
    )

    assert [(one.name, one.line) for one in code.unresolved] == [("shop.users.Gone", 2)]


def test_definitions_have_kind_visibility_and_annotations_and_unknown_calls_are_counted():
    facts = (
        Java()
        .read(
            b"package shop;\n@Service\npublic class Orders<T> {\n  protected int total;\n"
            b'  @Get("/x")\n  private void one(T given) { given.save(); }\n'
            b"  record Line(int n) {}\n}\n"
        )
        .facts
    )

    assert [(one.name, one.kind, one.visibility) for one in facts.definitions] == [
        ("Orders", "class", "public"),
        ("Orders.total", "constant", "protected"),
        ("Orders.one", "method", "private"),
        ("Orders.Line", "class", "package"),
    ]
    assert [one.annotations for one in facts.definitions][:3:2] == [("Service",), ('Get("/x")',)]
