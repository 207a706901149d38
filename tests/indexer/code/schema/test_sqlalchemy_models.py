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


def test_what_is_computed_is_told_and_not_guessed(read):
    body = (
        "\nclass Order(Base):\n    __tablename__ = PREFIX + 'orders'\n"
        "\nclass Line(Base):\n    __tablename__ = 'lines'\n"
        "    __table_args__ = (ForeignKeyConstraint(['a'], ['orders.a']),)\n"
    )
    code = read({"shop/models.py": HEAD + body})

    assert [one.table for one in code.tables] == ["lines"]
    assert [one.name for one in code.unresolved if one.what == "table"] == [
        "Order",
        "lines ForeignKeyConstraint",
    ]
