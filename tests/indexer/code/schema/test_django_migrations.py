"""Tables of Django's migrations, replayed to their end."""

from __future__ import annotations

import pytest

from indexer.code.project_code import CodeProject
from indexer.code.registry import read_file
from indexer.code.schema.django_migrations import DjangoMigrations
from memory.code.codebase import Column, ForeignKey

FIRST = """
from django.conf import settings
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Buyer",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("mail", models.EmailField(max_length=254)),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("number", models.CharField(max_length=9)),
                ("note", models.TextField(null=True)),
                ("buyer", models.ForeignKey(on_delete=models.CASCADE, to="shop.buyer")),
                ("clerks", models.ManyToManyField(to=settings.AUTH_USER_MODEL)),
            ],
            options={"unique_together": {("number", "buyer")}},
        ),
    ]
"""
SECOND = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [%s]
"""
COMPUTED = "a part of it is computed or left out"


def replayed(read, *operations: str, **more: str):
    """The tables by name, and why each operation that was not understood was not."""
    files = {
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": FIRST,
        "shop/migrations/0002_next.py": SECOND % ", ".join(operations),
    }
    code = read(files | {path.replace("__", "/") + ".py": said for path, said in more.items()})
    missed = [(one.name, one.reason) for one in code.unresolved if one.what == "table"]
    return {one.table: one for one in code.tables}, missed


def columns(table) -> list[str]:
    return [one.name for one in table.columns]


def test_models_that_are_created_are_tables_with_the_lists_that_they_have(read):
    found, missed = replayed(read)

    order = found["shop_order"]
    assert (set(found), missed) == ({"shop_buyer", "shop_order", "shop_order_clerks"}, [])
    assert order.columns[:3] == (
        Column("id", "BigAutoField", nullable=False),
        Column("number", "CharField", nullable=False),
        Column("note", "TextField", nullable=True),
    )
    assert order.foreign_keys == (ForeignKey(("buyer_id",), "shop_buyer", ("id",), "CASCADE"),)
    assert (order.unique, order.indexes) == ((("number", "buyer_id"),), (("buyer_id",),))
    assert found["shop_order_clerks"].foreign_keys[1].references == "auth_user"


@pytest.mark.parametrize(
    ("operation", "has", "lacks"),
    [
        ("migrations.AddField('order', 'paid', models.BooleanField(default=False))", "paid", ""),
        ("migrations.RemoveField(model_name='order', name='note')", "", "note"),
        ("migrations.RenameField('order', 'note', 'remark')", "remark", "note"),
        (
            "migrations.AlterField('order', 'note', models.TextField(db_column='said'))",
            "said",
            "note",
        ),
        ("migrations.AlterOrderWithRespectTo('order', 'buyer')", "_order", ""),
        (
            "migrations.SeparateDatabaseAndState("
            "state_operations=[migrations.RemoveField('order', 'note')])",
            "",
            "note",
        ),
        (
            "migrations.RunSQL('ALTER TABLE shop_order ADD paid int', migrations.RunSQL.noop,"
            " state_operations=[migrations.AddField('order', 'paid', models.IntegerField())])",
            "paid",
            "",
        ),
        (
            "migrations.RunSQL(['ALTER TABLE shop_order ADD COLUMN words tsvector;'])",
            "words",
            "",
        ),
    ],
)
def test_fields_are_as_the_last_operation_leaves_them(read, operation, has, lacks):
    found, missed = replayed(read, operation)

    names = {"", *columns(found["shop_order"])}
    assert (has in names, lacks in names - {""}, missed) == (True, False, [])


def test_a_model_that_is_renamed_takes_its_table_its_lists_and_what_points_at_it_along(read):
    found, _ = replayed(
        read,
        "migrations.RenameModel('Buyer', 'Customer')",
        "migrations.RenameModel('Order', 'Purchase')",
    )

    assert set(found) == {"shop_customer", "shop_purchase", "shop_purchase_clerks"}
    assert found["shop_purchase"].foreign_keys[0].references == "shop_customer"
    assert columns(found["shop_purchase_clerks"]) == ["id", "purchase_id", "user_id"]


def test_what_points_at_a_field_goes_with_it(read):
    found, _ = replayed(
        read,
        "migrations.AddField('order', 'to', models.ForeignKey('buyer', None, to_field='mail'))",
        "migrations.RenameField('buyer', 'mail', 'address')",
    )

    assert found["shop_order"].foreign_keys[1].referenced == ("address",)


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.RunSQL('CREATE INDEX by_note ON shop_order (note)', state_operations=[])",
        "migrations.SeparateDatabaseAndState("
        "[migrations.RunSQL('CREATE INDEX by_note ON shop_order (note)')], [])",
        "migrations.SeparateDatabaseAndState(database_operations=["
        "AddIndexConcurrently('order', models.Index(fields=['note'], name='by_note'))])",
    ],
)
def test_an_index_that_the_models_do_not_hear_of_is_there(read, operation):
    found, missed = replayed(read, operation)

    assert (found["shop_order"].indexes[-1], missed) == (("note",), [])


def test_a_table_may_be_called_otherwise_and_go(read):
    found, _ = replayed(
        read,
        "migrations.AlterModelTable('order', 'all_orders')",
        "migrations.CreateModel('Gone', fields=[])",
        "migrations.DeleteModel('Gone')",
    )

    assert set(found) == {"shop_buyer", "all_orders", "all_orders_clerks"}


def test_indexes_and_constraints_come_move_with_their_columns_and_go(read):
    found, missed = replayed(
        read,
        "migrations.AddIndex('order', models.Index(fields=['-number', 'note'], name='by_number'))",
        "migrations.AddIndex('order', models.Index(fields=['note'], name='by_note'))",
        "migrations.RenameIndex('order', new_name='by_remark', old_name='by_note')",
        "migrations.RemoveIndex('order', 'by_remark')",
        "AddIndexConcurrently('order', models.Index(fields=['note'], name='late'))",
        "migrations.AddConstraint('order', models.UniqueConstraint(fields=['note'], name='one'))",
        "migrations.AddConstraint('order', models.CheckConstraint(check=models.Q(), name='c'))",
        "migrations.RenameField('order', 'note', 'remark')",
        "migrations.AlterUniqueTogether(name='order', unique_together=set())",
    )

    order = found["shop_order"]
    assert order.indexes == (("buyer_id",), ("number", "remark"), ("remark",))
    assert (order.unique, order.whole, missed) == ((("remark",),), True, [])


@pytest.mark.parametrize(
    ("operation", "said", "whole"),
    [
        ("migrations.AddField('order', 'paid', paid_field())", None, True),
        ("migrations.AddField('order', NAME, models.TextField())", COMPUTED, False),
        ("Odd('order')", "Odd is not known", False),
        ("Odd(model_name='buyer', name='mail')", "Odd is not known", True),
        ("SafeRunSQL('ALTER TABLE shop_order ADD paid int')", "SafeRunSQL is not known", False),
        ("*MORE", COMPUTED, False),
        (
            "migrations.CreateModel('Own', [], options={'db_table': PREFIX + 'own'})",
            COMPUTED,
            False,
        ),
        ("migrations.RemoveField('order', 'never')", "no migration before it makes it", False),
        ("migrations.RunSQL('ALTER TABLE ' + name)", "a statement is put together", False),
        ("migrations.RunPython(fill, migrations.RunPython.noop)", None, True),
        ("CITextExtension()", None, True),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told_beside_each_table_it_may_concern(
    read, operation, said, whole
):
    found, missed = replayed(read, operation)

    assert [reason for _, reason in missed] == ([said] if said else [])
    assert found["shop_order"].whole is whole


NAMED = """
from django.db import migrations, models
before = [migrations.RemoveField("order", "note")]
%s
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    state_operations = [migrations.DeleteModel("Buyer")]
    operations = %s
"""


@pytest.mark.parametrize(
    ("operations", "more", "gone"),
    [
        ("before", "", {"note"}),
        ("[*before]", "", {"note"}),
        ("(before  # and\n + [migrations.RemoveField('order', 'number')])", "", {"note", "number"}),
        (
            "[migrations.SeparateDatabaseAndState(state_operations=state_operations)]",
            "",
            {"shop_buyer"},
        ),
        ("before", "before += more()", None),
        ("before", "before.append(more())", None),
        ("before", "before = more(before)", None),
        ("before", "fill(before)", None),
        ("before", "for before in others: pass", None),
        ("before", "other = before\nother.clear()", None),
        ("before * 2", "", None),
        ("[*own()]", "", None),
    ],
)  # fmt: skip
def test_operations_that_a_name_stands_for_are_made(read, operations, more, gone):
    files = {"shop/migrations/0001_initial.py": FIRST}
    files["shop/migrations/0002_next.py"] = NAMED % (more, operations)

    code = read(files)

    found = {one.table: one for one in code.tables}
    missed = {one.reason for one in code.unresolved if one.what == "table"}
    there = {*found, *columns(found["shop_order"])}
    assert {"shop_buyer", "note", "number"} - there == (gone or set())
    assert bool(missed & {COMPUTED, "*own is not known"}) is (gone is None)


def test_what_is_added_to_operations_later_is_told_as_not_understood(read):
    files = {"shop/migrations/0001_initial.py": FIRST}
    files["shop/migrations/0002_next.py"] = NAMED % ("", "before\n    operations += more")

    assert not {one.table: one for one in read(files).tables}["shop_order"].whole


@pytest.mark.parametrize("operations", ["again", "[*operations]"])
def test_a_list_of_operations_that_is_made_of_itself_ends(read, operations):
    files = {"shop/migrations/0001_initial.py": FIRST}
    files["shop/migrations/0002_next.py"] = NAMED % ("again = [*again]", operations)

    assert not {one.table: one for one in read(files).tables}["shop_order"].whole


OWN = """
from django.db.migrations import RunPython
class StartCache(RunPython):
    def __init__(self, name):
        super().__init__(fill(name))
%s
"""


@pytest.mark.parametrize(
    ("more", "whole"),
    [
        ("", True),
        ("    def state_forwards(self, app_label, state): state.add_field()", False),
    ],
)
def test_an_operation_of_the_projects_own_that_runs_code_changes_no_table(read, more, whole):
    files = {
        "shop/__init__.py": "",
        "shop/operations.py": OWN % more,
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": FIRST,
        "shop/migrations/0002_next.py": "from ..operations import StartCache\n"
        + SECOND % "StartCache('order')",
    }
    code = read(files)
    missed = [one.reason for one in code.unresolved if one.what == "table"]

    assert {one.table: one.whole for one in code.tables}["shop_order"] is whole
    assert missed == ([] if whole else ["StartCache is not known"])


def test_what_points_at_a_proxy_points_at_the_table_that_it_stands_for(read):
    proxy = "migrations.CreateModel('%s', [], options={'proxy': True}, bases=('shop.%s',))"
    refers = "migrations.AddField('order', '%s', models.ForeignKey('shop.%s', models.CASCADE))"

    found, _ = replayed(
        read,
        proxy % ("Rich", "buyer"),
        proxy % ("Richest", "rich"),
        refers % ("payer", "richest"),
        proxy % ("Own", "own"),  # which Django refuses
        refers % ("own", "own"),
    )

    assert {one.references for one in found["shop_order"].foreign_keys} == {"shop_buyer"}
    assert {"shop_rich", "shop_own"}.isdisjoint(found)


def test_a_statement_drops_nothing_that_is_made_after_it(read):
    found, missed = replayed(
        read,
        "migrations.RunSQL('DROP TABLE IF EXISTS shop_thing')",
        "migrations.CreateModel('Thing', fields=[('name', models.TextField())])",
        "migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN paid, DROP COLUMN note')",
        "migrations.AddField('order', 'paid', models.DateField())",
        "migrations.AlterField('order', 'paid', models.DateTimeField())",
        "migrations.RunSQL('DROP TABLE shop_order_clerks')",
    )

    assert columns(found["shop_order"]) == ["id", "number", "buyer_id", "paid"]
    assert (set(found), missed) == ({"shop_buyer", "shop_order", "shop_thing"}, [])


def test_an_app_below_an_app_that_says_its_label_has_its_own(read):
    config = "from django.apps import AppConfig\nclass C(AppConfig):\n    label = 'core'\n"
    files = {"apps.py": config, "migrations/0001_initial.py": FIRST.replace("shop.", "core.")}
    files |= {"page/models.py": MODELS % ("max_length=254", ", models.Model")}
    files |= {"page/migrations/0001_initial.py": FIRST.replace("shop.", "page.")}
    packages = ("", "migrations/", "page/", "page/migrations/")

    code = read(
        {f"shop/{path}__init__.py": "" for path in packages}
        | {f"shop/{path}": text for path, text in files.items()}
    )

    names = ("buyer", "order", "order_clerks")
    assert {one.table for one in code.tables} == {
        f"{app}_{name}" for app in ("core", "page") for name in names
    }
    assert not [one for one in code.unresolved if one.what == "table"]


def test_whether_a_field_of_a_class_of_its_own_may_be_null_is_not_known(read):
    found, missed = replayed(
        read,
        "migrations.AlterField('buyer', 'mail', shop.fields.NullField())",
        shop__models=MODELS % ("null=True", ", models.Model"),
    )

    assert (found["shop_buyer"].columns[1].nullable, missed) == (None, [])


def test_apps_of_one_name_are_not_mixed(read):
    other = FIRST.replace("mail", "phone")
    models = (
        "from django.db import models\nclass Buyer(models.Model):\n    %s = models.TextField()\n"
    )
    files = {
        f"{service}/shop/{path}": text
        for service, first, field in (("one", FIRST, "mail"), ("two", other, "phone"))
        for path, text in {
            "__init__.py": "",
            "migrations/__init__.py": "",
            "migrations/0001_initial.py": first,
            "models.py": models % field,
        }.items()
    }

    code = read(files)

    assert [(one.file, columns(one)) for one in code.tables] == [
        ("one/shop/models.py", ["id", "mail"]),
        ("two/shop/models.py", ["id", "phone"]),
    ]
    assert [one.name for one in code.unresolved if one.what == "table"] == [
        "migrations of shop"
    ] * 2


def test_migrations_that_were_put_aside_are_not_applied(read):
    found, missed = replayed(
        read,
        shop__migrations_old____init__="",
        shop__migrations_old__0001_initial=FIRST.replace("mail", "phone"),
    )

    assert (columns(found["shop_buyer"]), missed) == (["id", "mail"], [])


def test_what_a_squashed_migration_replaces_is_not_applied_again(read):
    squashed = SECOND.replace(
        "dependencies = [(\"shop\", \"0001_initial\")]",
        'replaces = [("shop", "0001_initial"), ("shop", "0002_next")]',
    )  # fmt: skip
    whole = squashed % "migrations.CreateModel('Buyer', [('mail', models.TextField())])"

    found, missed = replayed(
        read,
        "migrations.RemoveField('buyer', 'mail')",
        shop__migrations__0001_squashed=whole,
        shop__migrations__0003_more=(
            SECOND.replace("0001_initial", "0002_next")
            % "migrations.AddField('buyer', 'name', models.TextField())"
        ),
    )

    assert (set(found), columns(found["shop_buyer"]), missed) == (
        {"shop_buyer"}, ["id", "mail", "name"], []
    )  # fmt: skip


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.CreateModel()",
        "migrations.CreateModel(name=None, fields=[])",
        "migrations.AddField('order')",
        "migrations.AddField('order', None, models.TextField())",
        "migrations.RenameModel('Order')",
        "migrations.RenameField('order', 'note')",
        "migrations.AddIndex('order')",
        "migrations.AddConstraint('order')",
        "migrations.RemoveIndex('order')",
        "migrations.RenameIndex('order', new_name='by_note')",
    ],
)
def test_an_operation_that_is_written_just_now_changes_nothing(read, operation):
    found, missed = replayed(read, operation)

    assert [reason for _, reason in missed] == [COMPUTED]
    assert columns(found["shop_order"]) == ["id", "number", "note", "buyer_id"]


def test_migrations_that_replace_themselves_or_each_other_are_applied(read):
    added = SECOND.replace("dependencies = ", "replaces = [('shop', '%s')]\n    dependencies = ")
    field = "migrations.AddField('order', '%s', models.TextField())"

    found, _ = replayed(
        read,
        shop__migrations__0003_own=added % ("0003_own", field % "own"),
        shop__migrations__0004_one=added % ("0005_two", field % "one"),
        shop__migrations__0005_two=added % ("0004_one", field % "two"),
    )

    assert {"own", "one", "two"} < {*columns(found["shop_order"])}


MODELS = """
from django.db import models
from elsewhere import Tracked

class Buyer(models.Model):
    mail = models.EmailField(%s)

class Order(Tracked%s):
    number = models.CharField(max_length=9)
    note = models.TextField(null=True)
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE)
    clerks = models.ManyToManyField("auth.User")
    class Meta:
        unique_together = [("number", "buyer")]
"""


def test_models_and_migrations_that_agree_are_one_table_that_is_known_by_its_model(read):
    found, missed = replayed(read, shop__models=MODELS % ("max_length=254", ", models.Model"))

    order = found["shop_order"]
    assert (order.model, order.symbol, missed) == ("shop.models.Order", "Order", [])
    assert order.created == "shop/migrations/0001_initial.py:16"
    assert order.whole  # its base is in no file here, and the migrations say what it has of it
    assert found["shop_order_clerks"].file == "shop/models.py"


def test_a_list_that_is_ordered_by_its_owner_has_the_same_column_in_models_and_migrations(read):
    said = MODELS % ("max_length=254", ", models.Model")
    meta = 'class Meta:\n        order_with_respect_to = "buyer"'

    found, missed = replayed(
        read,
        "migrations.AlterOrderWithRespectTo('order', 'buyer')",
        shop__models=said.replace("class Meta:", meta).replace("Tracked, ", ""),
    )

    assert (columns(found["shop_order"])[-1], missed) == ("_order", [])


def test_a_table_of_other_statements_says_nothing_against_a_model(read):
    said = MODELS % ("max_length=254", ", models.Model")
    dump = "CREATE TABLE shop_buyer (id int PRIMARY KEY, mail text, old text);"

    code = read({"shop/__init__.py": "", "shop/models.py": said, "db/dump.sql": dump})

    assert [columns(one) for one in code.tables if one.table == "shop_buyer"] == [["id", "mail"]]
    assert not [one for one in code.unresolved if "disagree" in one.reason]


def test_where_models_and_migrations_disagree_is_told_and_the_table_is_as_migrated(read):
    found, missed = replayed(
        read,
        "migrations.AddField('buyer', 'name', models.TextField())",
        shop__models=MODELS % ("null=True, unique=True", ", models.Model"),
    )

    assert columns(found["shop_buyer"]) == ["id", "mail", "name"]
    assert missed == [
        (
            "shop_buyer",
            "its model and its migrations disagree: columns of the migrations alone: name; "
            "unique of the model alone: mail; mail may be null in the model alone",
        )
    ]


def test_what_is_kept_of_a_file_stays_as_it_was_read():
    change = SECOND % "migrations.RenameField('order', 'number', 'code')"
    texts = {"shop/__init__.py": "", "shop/migrations/__init__.py": ""}
    texts |= {"shop/migrations/0001_initial.py": FIRST, "shop/migrations/0002_next.py": change}
    project = CodeProject(
        {path: read_file("python", said.encode()) for path, said in texts.items()}
    )

    first, again = (list(DjangoMigrations().assemble(project)) for _ in range(2))

    assert first == again
    assert first[1].unique == (("code", "buyer_id"),)
