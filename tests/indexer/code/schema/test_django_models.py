"""Tables of Django's models."""

from __future__ import annotations

import pytest

from memory.code.codebase import Column, ForeignKey

MODELS = """
from django.db import models
from .base import Stamped

class User(Stamped):
    email = models.EmailField(unique=True)
    boss = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)

class Order(models.Model):
    number = models.CharField(max_length=9, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    tags = models.ManyToManyField("Tag", through="Tagged")

    class Meta:
        db_table = "all_orders"
"""


def test_a_model_is_a_table_with_what_it_inherits_from_abstract_ones(read):
    code = read(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/base.py": "from django.db import models\nclass Stamped(models.Model):\n"
            "    at = models.DateTimeField(null=True)\n    class Meta:\n        abstract = True\n",
        }
    )

    user, order = code.tables
    assert [column.name for column in user.columns] == ["id", "at", "email", "boss_id"]
    assert (user.table, user.unique) == ("shop_user", (("email",),))
    assert user.foreign_keys == (ForeignKey(("boss_id",), "shop_user", ("id",), "SET_NULL", 7),)
    assert (order.table, order.primary_key) == ("all_orders", ("number",))
    assert order.foreign_keys[0].references == "shop_user"
    assert order.model == "shop.models.Order"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a/User.php", "<?php\nuse Illuminate\\Eloquent\\Model;\nclass User extends Model {}\n"),
        ("a/models.py", "from extensions import db\nclass User(db.Model):\n    n = db.Column()\n"),
        ("a/models.py", "from peewee import Model\nclass User(Model):\n    n = CharField()\n"),
    ],
)  # fmt: skip
def test_a_model_of_another_library_is_no_table_of_django(read, path, text):
    assert [one.table for one in read({path: text}).tables] == []


def tables(read, text: str, **more: str):
    files = {"shop/__init__.py": "", "shop/models.py": f"from django.db import models\n{text}"}
    code = read(files | {path.replace("__", "/") + ".py": said for path, said in more.items()})
    missed = [one.name for one in code.unresolved if one.what == "table"]
    return {one.table: one for one in code.tables}, missed


TAG = "class Tag(models.Model):\n    key = models.SlugField(primary_key=True)\n"


def test_a_list_of_others_is_a_table_that_no_class_names(read):
    text = TAG + (
        "class Order(models.Model):\n    tags = models.ManyToManyField(Tag)\n"
        "    near = models.ManyToManyField('self', db_table='nearby')\n"
        "    users = models.ManyToManyField('auth.User')\n"
    )
    found, missed = tables(read, text)

    tags = found["shop_order_tags"]
    assert [one.name for one in tags.columns] == ["id", "order_id", "tag_id"]
    assert tags.foreign_keys == (
        ForeignKey(("order_id",), "shop_order", ("id",), "CASCADE", 5),
        ForeignKey(("tag_id",), "shop_tag", ("key",), "CASCADE", 5),
    )
    assert tags.unique == (("order_id", "tag_id"),)
    assert [one.name for one in found["nearby"].columns] == ["id", "from_order_id", "to_order_id"]
    assert found["shop_order_users"].foreign_keys[1].references == "auth_user"
    assert missed == []


@pytest.mark.parametrize(
    ("meta", "indexes", "unique"),
    [
        ("unique_together = ('a', 'tag')", (("tag_id",),), (("a", "tag_id"),)),
        ("unique_together = [['a', 'tag'], ['b', 'a']]",
         (("tag_id",),), (("a", "tag_id"), ("b", "a"))),
        ("indexes = [models.Index(fields=['-a', 'tag_id'])]", (("tag_id",), ("a", "tag_id")), ()),
        ("constraints = [models.UniqueConstraint(fields=['a'], name='x'),"
         " models.CheckConstraint(check=models.Q(), name='y')]", (("tag_id",),), (("a",),)),
        ("constraints = [models.UniqueConstraint(fields=['a'], condition=models.Q(), name='x')]",
         (("tag_id",), ("a",)), ()),
    ],
)  # fmt: skip
def test_options_of_a_model_are_indexes_and_constraints(read, meta, indexes, unique):
    text = TAG + (
        "class Base(models.Model):\n    a = models.TextField()\n    b = models.TextField()\n"
        f"    tag = models.ForeignKey(Tag, models.CASCADE)\n"
        f"    class Meta:\n        abstract = True\n        {meta}\n"
        "class Order(Base):\n    pass\n"
    )
    found, missed = tables(read, text)

    order = found["shop_order"]
    assert (order.indexes, order.unique, missed) == (indexes, unique, [])
    assert order.foreign_keys[0].on_delete == "CASCADE"


def test_an_option_that_is_computed_leaves_the_table_not_whole(read):
    text = TAG + "    class Meta:\n        indexes = [models.Index(Upper('key'), name='x')]\n"
    found, missed = tables(read, text)

    assert (missed, found["shop_tag"].whole) == (["shop_tag indexes"], False)


def test_an_heir_of_a_concrete_model_has_a_table_that_points_at_it(read):
    found, _ = tables(read, TAG + "class Red(Tag):\n    hue = models.IntegerField()\n")

    red = found["shop_red"]
    assert red.columns == (
        Column("tag_ptr_id", "OneToOneField", False),
        Column("hue", "IntegerField", False),
    )
    assert red.primary_key == ("tag_ptr_id",)
    assert red.foreign_keys == (ForeignKey(("tag_ptr_id",), "shop_tag", ("key",), "CASCADE"),)


def test_the_projects_own_model_of_users_is_who_keys_to_users_mean(read):
    text = (
        "from django.conf import settings\n"
        "class Order(models.Model):\n"
        "    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)\n"
    )
    head = "from django.contrib.auth.models import AbstractUser\n"
    found, missed = tables(
        read,
        text,
        people____init__="",
        people__models=f"{head}class Person(AbstractUser):\n    pass\n",
        config__settings="AUTH_USER_MODEL = 'crowd.Person'\n",
        people__apps="from django.apps import AppConfig\n"
        "class People(AppConfig):\n    name = 'people'\n    label = 'crowd'\n",
    )

    order, person = found["shop_order"], found["crowd_person"]
    assert order.foreign_keys[0][:2] == (("user_id",), "crowd_person")
    assert (order.unique, order.indexes) == ((("user_id",),), ())
    assert "last_login" in [one.name for one in person.columns]
    assert found["crowd_person_groups"].foreign_keys[1].references == "auth_group"
    assert missed == []


def test_a_model_of_a_library_is_told_and_not_as_whole(read):
    text = "from mptt.models import MPTTModel\nclass Node(MPTTModel):\n    a = models.TextField()\n"
    found, missed = tables(read, text)

    assert (missed, found["shop_node"].whole) == (["shop_node"], False)
