"""Tables of Django's models."""

from __future__ import annotations

import pytest

from memory.code.codebase import ForeignKey

MODELS = """
from django.db import models
from .base import Stamped

class User(Stamped):
    email = models.EmailField(unique=True)
    boss = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)

class Order(models.Model):
    number = models.CharField(max_length=9, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    tags = models.ManyToManyField("Tag")

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
    assert user.foreign_keys == (ForeignKey(("boss_id",), "shop_user", (), "SET_NULL", 7),)
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
