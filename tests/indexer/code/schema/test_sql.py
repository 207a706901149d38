"""Tables of plain SQL, replayed."""

from __future__ import annotations

import pytest

from memory.code.codebase import Column, ForeignKey


def tables(read, *files: str, **named: str):
    paths = {f"db/migrations/{number}_x.sql": text for number, text in enumerate(files, 1)}
    code = read(paths | {path.replace("__", "/"): text for path, text in named.items()})
    missed = [(one.name, one.reason) for one in code.unresolved if one.what == "table"]
    return {one.table: one for one in code.tables}, missed


def test_a_table_is_found_by_itself_in_a_file_of_several(read):
    text = "CREATE TABLE a (x int);\n\nCREATE TABLE IF NOT EXISTS `b` (\n  y int\n);\n"
    code = read({"db/schema.sql": text, "app.py": "def f(db):\n    db.q('SELECT y FROM b')\n"})

    assert [(one.symbol, one.line) for one in code.tables] == [("a", 1), ("b", 3)]
    assert [(edge.source.symbol, edge.target.symbol) for edge in code.edges] == [("f", "b")]


def test_a_table_has_its_columns_keys_and_indexes(read):
    found, missed = tables(
        read,
        "CREATE TABLE users (id serial PRIMARY KEY, email varchar(20) NOT NULL UNIQUE);\n"
        "CREATE TABLE public.orders (\n"
        "  id bigint GENERATED ALWAYS AS IDENTITY, -- a; b\n"
        "  user_id int NOT NULL REFERENCES users ON DELETE SET NULL,\n"
        "  note text DEFAULT 'a; b', \"Odd\" int,\n"
        "  CONSTRAINT pk PRIMARY KEY (id), CHECK (note <> ''), UNIQUE (user_id, note)\n"
        ");\n"
        "CREATE INDEX ix ON orders USING btree (user_id DESC, lower(note));\n",
    )

    assert missed == []
    assert found["users"].columns == (
        Column("id", "SERIAL", False),
        Column("email", "VARCHAR(20)", False),
    )
    orders = found["orders"]
    assert [(one.name, one.nullable) for one in orders.columns] == [
        ("id", False), ("user_id", False), ("note", True), ("Odd", True),
    ]  # fmt: skip
    assert orders.primary_key == ("id",)
    assert orders.foreign_keys == (ForeignKey(("user_id",), "users", ("id",), "SET NULL", 4),)
    assert orders.indexes == (("user_id", "lower(note)"),)
    assert orders.unique == (("user_id", "note"),)
    assert (orders.file, orders.line, orders.whole) == ("db/migrations/1_x.sql", 2, True)


BEGIN = (
    "CREATE TABLE a (id int PRIMARY KEY, b int, c text, UNIQUE (b));\n"
    "CREATE TABLE z (a_id int REFERENCES a (id), a_b int, KEY k (a_b));\n"
    "CREATE INDEX ix ON a (b, c);\n"
)


IX_AND_C = (("b", "c"), ("c",))


@pytest.mark.parametrize(
    ("said", "columns", "indexes", "unique"),
    [
        ("ALTER TABLE a DROP COLUMN b", ["id", "c"], (), ()),
        ("ALTER TABLE a RENAME COLUMN b TO d", ["id", "d", "c"], (("d", "c"),), (("d",),)),
        ("ALTER TABLE a CHANGE b d int", ["id", "d", "c"], (("d", "c"),), (("d",),)),
        ("ALTER TABLE a DROP CONSTRAINT a_b_key", ["id", "b", "c"], (("b", "c"),), ()),
        ("ALTER TABLE a DROP INDEX b", ["id", "b", "c"], (("b", "c"),), ()),
        ("DROP INDEX ix", ["id", "b", "c"], (), (("b",),)),
        ("ALTER TABLE a RENAME INDEX ix TO i; DROP INDEX i ON a", ["id", "b", "c"], (), (("b",),)),
        ("ALTER TABLE a ADD d int, DROP COLUMN c, OWNER TO x", ["id", "b", "d"], (), (("b",),)),
        ("CREATE TABLE IF NOT EXISTS a (x int)", ["id", "b", "c"], (("b", "c"),), (("b",),)),
        ("CREATE UNIQUE INDEX u ON a (c) WHERE b > 1", ["id", "b", "c"], IX_AND_C, (("b",),)),
        ("DROP TABLE a; CREATE TABLE a (x int)", ["x"], (), ()),
        ("DROP TABLE a; CREATE TABLE a (key jsonb, index text)", ["key", "index"], (), ()),
        ("ALTER TABLE a DROP COLUMN c, ADD CHECK (b > 1)", ["id", "b"], (), (("b",),)),
        ("CREATE TEMP TABLE a (x int)", ["id", "b", "c"], (("b", "c"),), (("b",),)),
    ],
)  # fmt: skip
def test_changes_are_replayed_to_their_end(read, said, columns, indexes, unique):
    found, missed = tables(read, BEGIN, said + ";")

    one = found["a"]
    assert [each.name for each in one.columns] == columns
    assert (one.indexes, one.unique, missed) == (indexes, unique, [])


def test_what_refers_to_a_table_or_column_goes_with_its_new_name(read):
    found, _ = tables(read, BEGIN, "ALTER TABLE a RENAME TO q; ALTER TABLE q RENAME id TO no;")

    assert "a" not in found
    assert [key[:3] for key in found["z"].foreign_keys] == [(("a_id",), "q", ("no",))]


def test_whether_a_column_may_be_null_is_what_was_said_last(read):
    found, _ = tables(
        read,
        "CREATE TABLE a (b int, c int NOT NULL, d int);",
        "ALTER TABLE a ALTER COLUMN b SET NOT NULL, ALTER c DROP NOT NULL, MODIFY d int NOT NULL;",
    )

    assert [one.nullable for one in found["a"].columns] == [False, True, False]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ALTER TABLE a FROBNICATE;", "a"),
        ("ALTER TABLE a DROP COLUMN nope;", "a"),
        ("CREATE TABLE a AS SELECT 1 AS b;", "a"),
        ("CREATE TABLE a (b int, c int) INHERITS (z);", "a"),
    ],
)
def test_a_table_of_which_something_is_not_understood_is_not_told_as_whole(read, said, name):
    found, missed = tables(read, BEGIN, said)

    assert [one for one, _ in missed] == [name]
    assert (found["a"].whole, found["z"].whole) == (False, True)


@pytest.mark.parametrize(
    "said",
    [
        "DO $$ BEGIN IF x THEN ALTER TABLE a ADD d int; END IF; END $$;",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; DROP TABLE a; END//\nDELIMITER ;\n",
        "CREATE TABLE ((;",
    ],
)
def test_code_that_changes_tables_is_counted_once_and_not_followed(read, said):
    found, missed = tables(read, BEGIN, said)

    assert len(missed) == 1
    assert [one.name for one in found["a"].columns] == ["id", "b", "c"]


@pytest.mark.parametrize(
    "up_and_down",
    [
        "-- +goose Up\nALTER TABLE a ADD d int;\n-- +goose Down\nDROP TABLE a;\n",
        "-- migrate:up\nALTER TABLE a ADD d int;\n-- migrate:down\nDROP TABLE a;\n",
        "# --- !Ups\nALTER TABLE a ADD d int;\n# --- !Downs\nDROP TABLE a;\n",
    ],
)
def test_what_takes_a_migration_back_is_not_applied(read, up_and_down):
    found, _ = tables(read, BEGIN, up_and_down, **{"db__migrations__3_x.down.sql": "DROP TABLE a;"})

    assert [one.name for one in found["a"].columns] == ["id", "b", "c", "d"]


def test_versions_are_applied_as_numbers_and_what_is_repeated_last(read):
    code = read(
        {
            "db/migration/V1__a.sql": "CREATE TABLE a (x int);",
            "db/migration/old/V2__a.sql": "ALTER TABLE a ADD y int;",
            "db/migration/V10__a.sql": "ALTER TABLE a RENAME COLUMN y TO w;",
            "db/migration/V2_1__a.sql": "ALTER TABLE a ADD z int;",
            "db/migration/R__b.sql": "CREATE INDEX ix ON a (w);",
            "db/migration/U10__a.sql": "DROP TABLE a;",
        }
    )

    (found,) = code.tables
    assert [one.name for one in found.columns] == ["x", "w", "z"]
    assert (found.indexes, found.whole) == ((("w",),), True)


def test_the_same_tables_for_several_databases_are_told_once(read):
    code = read(
        {
            "db/mysql/schema.sql": "CREATE TABLE `a` (`x` int, `y` int);",
            "db/postgres/schema.sql": "CREATE TABLE a (x int);",
            "db/h2/schema.sql": "DROP TABLE b IF EXISTS;\nCREATE TABLE b (x int);",
            "tests/schema.sql": "CREATE TABLE c (x int);",
        }
    )

    assert [(one.table, one.file) for one in code.tables] == [
        ("a", "db/postgres/schema.sql"),
        ("b", "db/h2/schema.sql"),
    ]


def test_of_a_schema_that_is_kept_for_each_release_only_the_last_is_told(read):
    code = read(
        {
            "sql/old/v3.10.0.ga/shop_v3.10.0.sql": "CREATE TABLE a (x int);CREATE TABLE z (x int);",
            "sql/old/v3.9/shop.sql": "CREATE TABLE a (w int);",
            "sql/v4.1/shop.sql": "CREATE TABLE a (x int, y int);CREATE TABLE b (x int);",
            "sql/v4.2/upgrade.sql": "CREATE TABLE c (x int);",
            "other/v1.0/mail.sql": "CREATE TABLE mails (x int);",
        }
    )

    assert {one.table: one.file for one in code.tables} == {
        "mails": "other/v1.0/mail.sql",
        "a": "sql/v4.1/shop.sql",
        "b": "sql/v4.1/shop.sql",
        "c": "sql/v4.2/upgrade.sql",
    }
    assert len(code.tables) == 4


def test_a_later_release_of_something_else_makes_no_schema_outdated(read):
    code = read(
        {
            "mail/v1.0/all.sql": "CREATE TABLE users (x int);CREATE TABLE mails (x int);",
            "shop/v2.0/all.sql": "CREATE TABLE users (y int);CREATE TABLE orders (x int);",
        }
    )

    assert {one.table for one in code.tables} == {"users", "mails", "orders"}


def test_data_in_a_dump_and_comments_are_no_statements(read):
    found, missed = tables(
        read,
        "/*!40101 SET NAMES utf8 */;\nCREATE TABLE a (x int);\n"
        "COPY a (x) FROM stdin;\nALTER TABLE a DROP x;\n\\.\n\n"
        "-- DROP TABLE a;\nINSERT INTO a VALUES ('DROP TABLE a; '' DROP TABLE a;');\n",
    )

    assert (list(found), missed) == (["a"], [])
