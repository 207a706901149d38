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
        ("    n = Column(String)\n    __table_args__ = (Index('ix', n),)\n", "orders Index"),
        (
            "    n = Column(String)\n    __table_args__ = (Index('ix', 'n', func.lower('n')),)\n",
            "orders Index",
        ),
        (
            "    n = Column(String)\n"
            "    __table_args__ = (ForeignKeyConstraint(['n'], ['u.n']),)\n",
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
        ("orders = Table('orders', metadata, Column('id', Integer))\n", "orders"),
    ],
)
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
