"""Tables of Laravel: migrations, and the models of Eloquent."""

from __future__ import annotations

import pytest

from memory.code.codebase import Column, ForeignKey

HEAD = "<?php\nuse Illuminate\\Database\\Migrations\\Migration;\n"
BEGIN = """
Schema::create('users', function (Blueprint $table) {
    $table->id();
    $table->string('email', 100)->unique();
    $table->text('bio')->nullable();
});
Schema::create('posts', function (Blueprint $table) {
    $table->bigIncrements('id');
    $table->foreignId('user_id')->constrained()->cascadeOnDelete();
    $table->unsignedInteger('kind')->default(1)->index();
    $table->string('slug');
    $table->index(['kind', 'slug']);
});
"""


def migration(up: str, down: str = "", more: str = "") -> str:
    return (
        f"{HEAD}return new class extends Migration {{\n{more}"
        f"public function up(): void {{\n{up}\n}}\n"
        f"public function down() {{\n{down}\n}}\n}};\n"
    )


def tables(read, *ups: str, more: str = "", **named: str):
    paths = {
        f"database/migrations/2020_01_0{number}_000000_x.php": migration(up, "DROP ALL", more)
        for number, up in enumerate(ups, 1)
    }
    code = read(paths | {path.replace("__", "/") + ".php": text for path, text in named.items()})
    missed = [(one.name, one.reason) for one in code.unresolved if one.what == "table"]
    return {one.table: one for one in code.tables}, missed


@pytest.mark.parametrize(
    ("said", "columns"),
    [
        ("$table->string('a');", [("a", "string", False)]),
        ("$table->string('a')->nullable();", [("a", "string", True)]),
        ("$table->string('a')->nullable(false);", [("a", "string", False)]),
        (
            "$table->timestamps();",
            [("created_at", "timestamp", True), ("updated_at", "timestamp", True)],
        ),
        ("$table->softDeletes();", [("deleted_at", "timestamp", True)]),
        ("$table->rememberToken();", [("remember_token", "string", True)]),
        (
            "$table->nullableMorphs('a');",
            [("a_type", "string", True), ("a_id", "nullableMorphs", True)],
        ),
        ("$table->foreignIdFor(\\App\\OneLine::class);", [("one_line_id", "foreignIdFor", False)]),
        ("foreach (['a', 'b'] as $n) { $table->text(\"{$n}_x\"); }",
         [("a_x", "text", False), ("b_x", "text", False)]),
        ("$table->after('x', function ($table) { $table->text('a'); });", [("a", "text", False)]),
    ],
)  # fmt: skip
def test_a_column_has_its_name_type_and_whether_it_may_be_null(read, said, columns):
    found, missed = tables(read, f"Schema::create('t', function (Blueprint $table) {{ {said} }});")

    assert (list(found["t"].columns), missed) == ([Column(*one) for one in columns], [])


def test_keys_and_indexes_are_read_and_lines_name_them(read):
    found, missed = tables(read, BEGIN)

    posts = found["posts"]
    assert (posts.primary_key, missed) == (("id",), [])
    assert posts.foreign_keys == (ForeignKey(("user_id",), "users", ("id",), "CASCADE", 13),)
    assert posts.indexes == (("kind",), ("kind", "slug"))
    assert found["users"].unique == (("email",),)


@pytest.mark.parametrize(
    ("said", "foreign"),
    [
        ("$table->foreign('kind')->references('id')->on('users')->onDelete('set null');",
         (("kind",), "users", ("id",), "SET NULL")),
        ("$table->foreignId('a_id')->constrained('users');", (("a_id",), "users", ("id",), "")),
        ("$table->foreignId('author_id')->constrained(table: 'users', column: 'no');",
         (("author_id",), "users", ("no",), "")),
        ("$table->foreignIdFor(User::class, 'a')->constrained();", (("a",), "users", ("id",), "")),
    ],
)  # fmt: skip
def test_a_key_is_told_however_it_is_written(read, said, foreign):
    up = f"Schema::table('posts', function (Blueprint $table) {{ {said} }});"
    found, _ = tables(read, BEGIN, up)

    assert found["posts"].foreign_keys[-1][:4] == foreign


NO_BIO = "Schema::dropColumns('users', 'bio');"
FULL = ["id", "email", "bio"]


@pytest.mark.parametrize(
    ("up", "columns"),
    [
        ("Schema::table('users', fn ($t) => $t->dropColumn(['email', 'bio']));", ["id"]),
        ("Schema::table('users', function ($t) { $t->renameColumn('bio', 'life'); });",
         ["id", "email", "life"]),
        (NO_BIO, ["id", "email"]),
        ("DB::statement('ALTER TABLE users DROP COLUMN bio');", ["id", "email"]),
        ("$f = fn ($t) => $t->dropColumn('bio');\nSchema::table('users', $f);", ["id", "email"]),
        ("if (!Schema::hasTable('users')) { Schema::drop('users'); }", FULL),
        (f"if (Schema::hasColumn('users', 'bio')) {{ {NO_BIO} }}", ["id", "email"]),
        (f"if (Schema::hasTable('users')) {{ return; }}\n{NO_BIO}", FULL),
        ("if (!Schema::hasColumn('users', 'a')) { Schema::table('users', function ($t) {"
         " $t->text('a'); $t->text('b'); }); }", [*FULL, "a", "b"]),
        (f"if (DB::getDriverName() !== 'sqlite') {{ {NO_BIO} }}", ["id", "email"]),
        (f"DB::transaction(function () {{ {NO_BIO} }});", ["id", "email"]),
        ("$this->more();", ["id", "email"]),
        ("foreach (['users' => ['a', 'b']] as $name => $all) { foreach ($all as $one) {"
         " Schema::table($name, fn ($t) => $t->text(sprintf('%s_x', $one))); } }",
         [*FULL, "a_x", "b_x"]),
        ("Schema::table('users', function ($t) { $t->index('bio', name()); });", FULL),
    ],
)  # fmt: skip
def test_migrations_are_replayed_to_their_end(read, up, columns):
    more = f"private function more() {{ {NO_BIO} }}\n"
    found, missed = tables(read, BEGIN, up, more=more)

    assert ([one.name for one in found["users"].columns], missed) == (columns, [])


@pytest.mark.parametrize(
    "up",
    [
        "if (config('x')) { Schema::table('users', function ($t) { $t->text('a'); }); }",
        "foreach ($all as $one) { Schema::table('users', function ($t) { $t->text($one); }); }",
        "Schema::table('users', function ($t) { $t->text(NAME); });",
        "Schema::table('users', function ($t) { $t->ourMacro('a'); });",
    ],
)
def test_what_is_computed_or_conditional_is_counted_and_the_table_not_whole(read, up):
    found, missed = tables(read, BEGIN, up)

    assert [name for name, _ in missed] == ["users"]
    assert (found["users"].whole, found["posts"].whole) == (False, True)
    assert [one.name for one in found["users"].columns] == ["id", "email", "bio"]


def test_a_table_with_a_computed_name_is_counted(read):
    found, missed = tables(read, "Schema::create($names['roles'], function ($t) { $t->id(); });")

    assert (found, missed) == ({}, [("$names['roles']", "its name is computed")])


def test_the_last_change_of_a_column_holds(read):
    said = "$t->string('email')->nullable()->change(); $t->text('bio')->change();"
    found, _ = tables(read, BEGIN, f"Schema::table('users', function ($t) {{ {said} }});")

    columns = {one.name: one for one in found["users"].columns}
    assert columns["email"].nullable is True
    assert columns["bio"].nullable is None  # versions differ in whether it stays so


def test_what_drops_an_index_finds_it_by_the_name_that_it_got_itself(read):
    found, missed = tables(
        read,
        BEGIN,
        "Schema::table('posts', function ($t) { $t->dropIndex('posts_kind_slug_index');"
        " $t->dropIndex(['kind']); $t->dropForeign(['user_id']); });\n"
        "Schema::table('users', function ($t) { $t->dropUnique('users_email_unique'); });",
    )

    assert (found["posts"].indexes, found["posts"].foreign_keys, missed) == ((), (), [])
    assert found["users"].unique == ()


MODELS = """<?php
namespace App\\Models;
use Illuminate\\Database\\Eloquent\\Model;
abstract class Base extends Model {}
class User extends Base {}
class Article extends Base { protected $table = 'posts'; }
class Report extends Base {}
"""


def test_a_table_has_its_model_by_its_name_or_by_the_convention(read):
    found, _ = tables(read, BEGIN, app__Models__All=MODELS)

    users, posts = found["users"], found["posts"]
    assert (users.symbol, users.file, users.line) == ("User", "app/Models/All.php", 5)
    assert users.created == "database/migrations/2020_01_01_000000_x.php:6"
    assert (posts.symbol, posts.foreign_keys[0].line) == ("Article", 0)


def test_the_table_of_a_model_may_be_said_by_a_constant_of_its_class(read):
    model = "<?php\nuse Illuminate\\Database\\Eloquent\\Model;\nclass Person extends Model {\n"
    model += "  const TABLE = 'users';\n  protected $table = self::TABLE;\n}\n"

    found, _ = tables(read, BEGIN, app__Models__Person=model)

    assert found["users"].symbol == "Person"


def test_migrations_go_on_from_the_dump_that_stands_for_older_ones(read):
    dump = "CREATE TABLE `teams` (`id` int NOT NULL, PRIMARY KEY (`id`));\n"
    up = "Schema::table('teams', function (Blueprint $table) { $table->string('name'); });"
    files = {
        "database/schema/mysql-schema.sql": dump,
        "database/migrations/2024_01_01_000000_x.php": migration(up),
    }

    code = read(files)

    assert [(one.table, [each.name for each in one.columns]) for one in code.tables] == [
        ("teams", ["id", "name"])
    ]
    assert [one for one in code.unresolved if one.what == "table"] == []
