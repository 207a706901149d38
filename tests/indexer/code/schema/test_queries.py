"""Who reads or writes a table."""

from __future__ import annotations

import pytest

from memory.code.codebase import Grade

SQL = {"db/schema.sql": "CREATE TABLE users (id INT PRIMARY KEY);\nCREATE TABLE orders (id INT);\n"}


def touched(code) -> set[tuple[str, str]]:
    """Who touches which file or model with tables."""
    return {
        (
            code.called(one.source),
            code.called(one.target).partition(".sql:")[0].removesuffix(".sql"),
        )
        for one in code.edges
        if one.grade is Grade.TABLE
    }


@pytest.mark.parametrize(
    ("path", "text", "who"),
    [
        ("app/a.py", "def f(db):\n    db.execute('SELECT 1 FROM users u WHERE x')\n", "a.f"),
        ("app/a.py", "Q = '''\n  insert into public.users values (1)'''\n", "a"),
        ("app/a.go", "package a\nfunc F() {\n\tdb.Query(`UPDATE users SET x = 1`)\n}\n",
         "app/a.go:F"),
        ("app/a.ts", "export function f() { return q(`DELETE FROM users WHERE ${x}`); }\n",
         "app/a.ts:f"),
        ("app/A.java", "class A { void f() { q(\"select * from orders join users on 1\"); } }\n",
         "app/A.java:A.f"),
        ("app/q.sql", "-- all from orders\nSELECT 1 FROM users;\n", "app/q.sql"),
        ("app/A.php", "<?php\nclass A { function f() { return DB::table('users')->get(); } }\n",
         "app/A.php:A.f"),
    ],
)  # fmt: skip
def test_a_statement_or_a_query_builder_names_its_table(read, path, text, who):
    code = read({**SQL, path: text})

    assert touched(code) == {(who, "db/schema")}


@pytest.mark.parametrize(
    "text",
    [
        "# select x from users\n",
        "X = 'Update users of what changed'\n",
        "X = 'Choose one from users'\n",
        "X = 'SELECT 1 FROM elsewhere'\n",
    ],
)
def test_prose_and_comments_and_other_tables_are_no_queries(read, text):
    assert touched(read({**SQL, "app/a.py": text})) == set()


def test_calls_of_prismas_client_touch_the_model(read):
    code = read(
        {
            "prisma/schema.prisma": "model UserRole {\n  id Int @id\n}\n",
            "src/a.ts": "export class A {\n  f() { return this.prisma.userRole.findMany({}); }\n"
            "  g() { return this.prisma.other.findMany({}); }\n}\n",
        }
    )

    assert touched(code) == {("src/a.ts:A.f", "prisma/schema.prisma:UserRole")}


@pytest.mark.parametrize("client", ["this._prisma", "this.ownPrisma", "prismaService", "_tx", "db"])
def test_prismas_client_is_known_by_whatever_it_is_kept_in(read, client):
    code = read(
        {
            "prisma/schema.prisma": "model UserRole {\n  id Int @id\n}\n",
            "src/a.ts": "import { Prisma } from '@prisma/client';\n"
            f"export function f() {{ return {client}.userRole.count(); }}\n",
        }
    )

    assert touched(code) == {("src/a.ts:f", "prisma/schema.prisma:UserRole")}


@pytest.mark.parametrize(
    ("made", "asked", "is_it"),
    [
        ("files", "sda.files", True),
        ("other.files", "sda.files", False),
        ("sda.files", "sda.files", True),
        ("tables", "information_schema.tables", False),
    ],
)
def test_a_table_that_is_made_without_a_schema_is_named_with_one(read, made, asked, is_it):
    code = read(
        {
            "db/schema.sql": f"SET search_path TO sda;\nCREATE TABLE {made} (a INT);\n",
            "app/a.go": f'package app\nfunc F() {{ ask("SELECT a FROM {asked} WHERE a = 1") }}\n',
        }
    )

    assert bool(touched(code)) == is_it


def test_a_table_of_several_services_is_that_of_the_same_one(read):
    query = "def f(db):\n    db.execute('SELECT 1 FROM users')\n"
    code = read(
        {
            "one/schema.sql": "CREATE TABLE users (a INT);",
            "two/schema.sql": "CREATE TABLE users (b INT);",
            "two/a.py": query,
            "three/b.py": query,
        }
    )

    assert {target for _, target in touched(code)} == {"two/schema"}


@pytest.mark.parametrize(
    ("path", "text", "untold"),
    [
        (
            "m/1.js",
            "export const up = (db) => db.exec(`CREATE TABLE users (id INT)`);\n",
            ["users"],
        ),
        ("m/a.py", "def up(db):\n    db('create table if not exists a.b (id int)')\n", ["a.b"]),
        ("m/a.py", "# CREATE TABLE users (id INT)\nX = 1\n", []),
        ("tests/test_a.py", "SQL = 'CREATE TABLE users (id INT)'\n", []),
    ],
)
def test_a_table_that_a_statement_in_a_string_makes_is_told_as_not_read(read, path, text, untold):
    assert [one.name for one in read({path: text}).unresolved if one.what == "table"] == untold


def test_a_dump_in_a_hidden_folder_is_no_schema(read):
    code = read({f".github/assets/{path.rpartition('/')[2]}": text for path, text in SQL.items()})

    assert code.tables == ()
    assert [one.name for one in code.unresolved] == [".github/assets/schema.sql"]
