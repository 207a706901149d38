"""SQLAlchemy: tables as the models say them."""

from __future__ import annotations

import pytest

HEAD = """from sqlalchemy import Column, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Stamped:
    created_at: Mapped[str] = mapped_column(String(30), index=True)

"""


def table(read, body: str):
    code = read(
        {"shop/models.py": HEAD + f"\nclass Order(Base):\n    __tablename__ = 'orders'\n{body}"}
    )
    (found,) = code.tables
    return found


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ("n: Mapped[int] = mapped_column(Integer)", ("n", "Integer", False)),
        ("n: Mapped[int]", ("n", "int", False)),
        ("n: Mapped[int | None]", ("n", "int", True)),
        ("n: Mapped[Optional[int]] = mapped_column()", ("n", "int", True)),
        ("n: Mapped[str] = mapped_column(nullable=True)", ("n", "str", True)),
        ("n = Column(String(20))", ("n", "String(20)", True)),
        ("n = db.Column(db.String(20), nullable=False)", ("n", "db.String(20)", False)),
        ("n = Column('number', Integer, primary_key=True)", ("number", "Integer", False)),
        ("n = Column(Integer, nullable=NULLABLE)", ("n", "Integer", None)),
    ],
)
def test_a_column_has_its_name_type_and_whether_it_may_be_null(read, said, column):
    assert table(read, f"    {said}\n").columns == (column,)


def test_keys_indexes_and_constraints_are_read(read):
    found = table(
        read,
        "    id = Column(Integer, primary_key=True)\n"
        "    user_id = Column(ForeignKey('users.id', ondelete='CASCADE'), index=True)\n"
        "    code = Column(String, unique=True)\n"
        "    lines = relationship('Line')\n"
        "    __table_args__ = (UniqueConstraint('user_id', 'code'), Index('ix', 'code', 'id'),\n"
        "        {'schema': 'x'})\n",
    )

    assert found.primary_key == ("id",)
    assert [key[:4] for key in found.foreign_keys] == [(("user_id",), "users", ("id",), "CASCADE")]
    assert found.indexes == (("user_id",), ("code", "id"))
    assert found.unique == (("code",), ("user_id", "code"))
    assert [one.name for one in found.columns] == ["id", "user_id", "code"]


def test_columns_of_mixins_come_first(read):
    text = (
        HEAD + "\nclass Order(Stamped, Base):\n    __tablename__ = 'orders'\n    n: Mapped[int]\n"
    )

    (found,) = read({"shop/models.py": text}).tables

    assert [one.name for one in found.columns] == ["created_at", "n"]
    assert (found.model, found.indexes) == ("models.Order", (("created_at",),))


@pytest.mark.parametrize(
    ("said", "missed"),
    [
        ("    n = Column(NAME, String)\n", "orders.n"),
        ("    n = Column(String, ForeignKey(User.id))\n", "orders.n"),
        ("    n = Column(String, ForeignKey(f'{P}.id'))\n", "orders.n"),
        ("    n = Column(String, index=True, unique=FLAG)\n", "orders.n"),
        ("    n = Column(String)\n    __table_args__ = (Index('ix', m),)\n", "orders Index"),
        (
            "    n = Column(String)\n    __table_args__ = (Index('ix', 'n', func.lower('n')),)\n",
            "orders Index",
        ),
        (
            "    n = Column(String)\n"
            "    __table_args__ = (ForeignKeyConstraint(NAMES, ['u.n']),)\n",
            "orders ForeignKeyConstraint",
        ),
    ],
)
def test_what_is_not_wholly_understood_is_told_and_not_guessed(read, said, missed):
    order = f"\nclass Order(Base):\n    __tablename__ = 'orders'\n{said}"
    code = read({"shop/models.py": HEAD + order})
    (found,) = code.tables

    assert [one.name for one in code.unresolved if one.what == "table"] == [missed]
    assert (found.foreign_keys, found.indexes, found.unique) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("class Order(Base):\n    __tablename__ = PREFIX + 'orders'\n", "Order"),
        ("class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n", "Order"),
        ("orders = Table(PREFIX + 'orders', metadata, Column('id', Integer))\n",
         "PREFIX + 'orders'"),
    ],
)  # fmt: skip
def test_a_table_whose_name_or_form_is_not_read_is_told(read, text, missed):
    code = read({"shop/models.py": f"{HEAD}\n{text}"})

    assert code.tables == ()
    assert [one.name for one in code.unresolved if one.what == "table"] == [missed]


def test_a_schema_is_a_part_of_a_tables_name_so_that_keys_meet_it(read):
    body = (
        "\nclass User(Base):\n    __tablename__ = 'users'\n"
        "    __table_args__ = {'schema': 'auth'}\n    id: Mapped[int] = mapped_column()\n"
        "\nclass Order(Base):\n    __tablename__ = 'orders'\n"
        "    user = Column(ForeignKey('auth.users.id'))\n"
    )
    users, orders = read({"shop/models.py": HEAD + body}).tables

    assert users.table == "auth.users" == orders.foreign_keys[0].references


def test_an_abstract_class_and_a_base_of_others_are_no_tables(read):
    body = (
        "\nclass Kept(Base):\n    __abstract__ = True\n    __tablename__ = 'kept'\n"
        "    id = Column(Integer, primary_key=True)\n"
        "\nclass Order(Kept):\n    __tablename__ = 'orders'\n"
    )
    code = read({"shop/models.py": HEAD + body})

    assert [(one.table, one.primary_key) for one in code.tables] == [("orders", ("id",))]
    assert code.unresolved == ()


USER = (
    "\nclass User(Base):\n    __tablename__ = 'users'\n"
    "    id: Mapped[int] = mapped_column('user_id', primary_key=True)\n"
)


@pytest.mark.parametrize(
    "said",
    [
        "ForeignKey(User.id, ondelete='CASCADE')",
        "Integer, ForeignKey('users.user_id', ondelete='CASCADE')",
    ],
)
def test_a_key_may_name_the_attribute_of_a_class(read, said):
    order = f"\nclass Order(Base):\n    __tablename__ = 'orders'\n    u = Column({said})\n"
    code = read({"shop/models.py": HEAD + USER + order})

    (key,) = code.tables[1].foreign_keys
    assert key[:4] == (("u",), "users", ("user_id",), "CASCADE")
    assert [one for one in code.unresolved if one.what == "table"] == []


def test_a_table_without_a_class_is_read_and_may_be_referred_to(read):
    text = HEAD + (
        "lines = Table('lines', Base.metadata,\n"
        "    Column('id', Integer, primary_key=True),\n"
        "    Column('n', String(9), nullable=False, index=True),\n"
        "    ForeignKeyConstraint(['n'], ['users.n'], ondelete='CASCADE'),\n"
        "    UniqueConstraint('id', 'n'), schema='shop')\n"
        "more = Table('more', Base.metadata, Column('line', ForeignKey(lines.c.id)))\n"
        "bad = Table('bad', Base.metadata, Column('a', Integer), *columns())\n"
    )
    code = read({"shop/models.py": text})
    lines, more, bad = code.tables

    assert (lines.table, lines.primary_key) == ("shop.lines", ("id",))
    assert [(one.name, one.nullable) for one in lines.columns] == [("id", False), ("n", False)]
    assert lines.foreign_keys[0][:4] == (("n",), "users", ("n",), "CASCADE")
    assert (lines.indexes, lines.unique) == ((("n",),), (("id", "n"),))
    assert more.foreign_keys[0][:3] == (("line",), "shop.lines", ("id",))
    assert (lines.whole, bad.whole) == (True, False)


def test_columns_of_heirs_without_a_table_are_in_that_of_the_first(read):
    text = HEAD + USER + "\nclass Admin(User):\n    level = Column(Integer)\n"
    (users,) = read({"shop/models.py": text}).tables

    assert [one.name for one in users.columns] == ["user_id", "level"]


def test_what_a_mixin_declares_by_a_method_is_that_of_its_classes(read):
    text = HEAD + (
        "class Owned:\n"
        "    @declared_attr\n    def owner_id(cls):\n"
        "        return mapped_column(ForeignKey('users.user_id'))\n"
        "    @declared_attr.directive\n    def __tablename__(cls):\n"
        "        return cls.__name__.lower()\n"
        "    @declared_attr\n    def hard(cls):\n"
        "        if cls.x:\n            return Column(Integer)\n"
        "        return None\n"
        "\nclass Order(Owned, Base):\n    id = Column(Integer, primary_key=True)\n"
    )
    code = read({"shop/models.py": text})
    (order,) = code.tables

    assert (order.table, order.whole) == ("order", False)
    assert [one.name for one in order.columns] == ["owner_id", "id"]
    assert [one.name for one in code.unresolved if one.what == "table"] == ["order.hard"]


def test_classes_of_sqlmodel_are_tables_where_they_say_so(read):
    text = (
        "from sqlmodel import Field, Relationship, SQLModel\n"
        "class UserBase(SQLModel):\n    email: str = Field(unique=True, index=True)\n"
        "    name: str | None = None\n"
        "class User(UserBase, table=True):\n"
        "    id: int | None = Field(default=None, primary_key=True)\n"
        "    items: list['Item'] = Relationship(back_populates='owner')\n"
        "class UserOut(UserBase):\n    id: int\n"
        "class Item(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n"
        "    owner_id: int = Field(foreign_key='user.id', nullable=False, ondelete='CASCADE')\n"
    )
    user, item = read({"shop/models.py": text}).tables

    assert [(one.name, one.nullable) for one in user.columns] == [
        ("email", False), ("name", True), ("id", False),
    ]  # fmt: skip
    assert (user.table, user.unique, user.indexes) == ("user", (("email",),), ())
    assert item.foreign_keys[0][:4] == (("owner_id",), "user", ("id",), "CASCADE")


def test_flask_sqlalchemy_calls_a_table_after_its_class(read):
    text = (
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
        "class OrderLine(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    )
    (found,) = read({"shop/models.py": text}).tables

    assert found.table == "order_line"


def test_an_heir_with_a_key_of_its_own_has_a_table_and_one_without_has_none(read):
    text = (
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
        "class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
        "class Admin(User):\n    __tablename__ = 'admins'\n"
        "class Guest(User):\n"
        "    id = db.Column(None, db.ForeignKey('user.id'), primary_key=True)\n"
        "    host = db.column_property(db.Column(db.Integer, db.ForeignKey('user.id')), User.id)\n"
    )
    user, guest = read({"shop/models.py": text}).tables

    assert (user.table, [one.name for one in user.columns]) == ("user", ["id"])
    assert (guest.table, [one.name for one in guest.columns]) == ("guest", ["id", "host"])
    assert [key.columns for key in guest.foreign_keys] == [("id",), ("host",)]


def test_a_model_that_a_migration_declares_for_itself_is_no_table_of_today(read):
    model = (
        "class {}(Base):\n    __tablename__ = '{}'\n    id: Mapped[int] = mapped_column(Integer)\n"
    )
    code = read(
        {
            "shop/models.py": HEAD + model.format("Order", "orders"),
            "alembic/versions/1_names.py": HEAD
            + model.format("Order", "orders")
            + model.format("Gone", "gone"),
        }
    )

    assert [(one.table, one.file) for one in code.tables] == [("orders", "shop/models.py")]


def test_a_table_that_a_migration_declares_for_itself_is_none_of_today(read):
    table = "import sqlalchemy as sa\n{} = sa.Table('people', m, sa.Column('id', sa.Integer()))\n"
    code = read(
        {
            "shop/tables.py": table.format("people"),
            "shop/migrations/versions/1_fill.py": table.format("helper"),
        }
    )

    assert [(one.table, one.file) for one in code.tables] == [("people", "shop/tables.py")]
