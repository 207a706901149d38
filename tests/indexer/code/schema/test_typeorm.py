"""Tables of TypeORM's entities."""

from __future__ import annotations

import pytest

from memory.code.codebase import Column, ForeignKey

HEAD = "import { Entity, Column } from 'typeorm';\nimport { Base, User, Tag } from './all';\n"
BASE = (
    "export abstract class Base {\n  @PrimaryGeneratedColumn('uuid') id: string;\n"
    "  @CreateDateColumn() createdAt: Date;\n  @DeleteDateColumn() deletedAt?: Date;\n}\n"
)
USER = (
    "@Entity({ name: 'users', schema: 'auth' })\n@Index(['email', 'nickName'], { unique: true })\n"
    "@Unique('u', ['nickName'])\n"
    "export class User extends Base {\n"
    "  @Column({ type: 'varchar', nullable: true, unique: true }) email: string | null;\n"
    "  @Index() @Column('text', { name: 'nick' }) nickName: string;\n"
    "  @OneToMany(() => Order, (order) => order.user) orders: Order[];\n  notKept: string;\n}\n"
)
TAG = "@Entity()\nexport class Tag extends Base {}\n"


def tables(read, text: str = "", head: str = HEAD):
    everything = "import { Entity } from 'typeorm';\n" + BASE + USER + TAG
    code = read({"src/all.ts": everything, "src/order.entity.ts": head + text})
    missed = [one.name for one in code.unresolved if one.what == "table"]
    return {one.table: one for one in code.tables}, missed


def test_an_entity_is_a_table_with_what_it_inherits(read):
    found, missed = tables(read)

    users = found["auth.users"]
    assert users.columns == (
        Column("id", "string", False), Column("createdAt", "Date", False),
        Column("deletedAt", "Date", True), Column("email", "varchar", True),
        Column("nick", "text", False),
    )  # fmt: skip
    assert (users.primary_key, missed) == (("id",), [])
    assert users.indexes == (("nick",),)
    assert users.unique == (("email",), ("email", "nick"), ("nick",))
    assert (users.model, users.symbol, users.line) == ("src/all.ts:User", "User", 10)


@pytest.mark.parametrize(
    ("said", "column", "key"),
    [
        ("@ManyToOne(() => User) user: User;",
         ("userId", True), (("userId",), "auth.users", ("id",), "")),
        ("@ManyToOne(() => User, (u) => u.orders, { nullable: false, onDelete: 'CASCADE' })\n"
         "@JoinColumn({ name: 'buyer_id' }) user: User;",
         ("buyer_id", False), (("buyer_id",), "auth.users", ("id",), "CASCADE")),
        ("@Column({ nullable: false }) userId: string;\n@ManyToOne(() => User)\n"
         "@JoinColumn({ name: 'userId' }) user: User;",
         ("userId", False), (("userId",), "auth.users", ("id",), "")),
    ],
)  # fmt: skip
def test_a_relation_is_a_column_and_a_key(read, said, column, key):
    found, missed = tables(
        read, f"@Entity('orders')\nexport class Order extends Base {{\n{said}\n}}\n"
    )

    orders = found["orders"]
    last = orders.columns[-1]
    assert ((last.name, last.nullable), missed) == (column, [])
    assert [each[:4] for each in orders.foreign_keys] == [key]


@pytest.mark.parametrize(
    ("said", "table", "columns"),
    [
        ("@JoinTable()", "order_line_tags_tag", ["orderLineId", "tagId"]),
        ("@JoinTable({ name: 'x', joinColumn: { name: 'a' }, inverseJoinColumn: { name: 'b' } })",
         "x", ["a", "b"]),
    ],
)  # fmt: skip
def test_many_to_many_is_a_table_between(read, said, table, columns):
    many = f"@ManyToMany(() => Tag) {said} tags: Tag[];"
    found, _ = tables(read, f"@Entity()\nexport class OrderLine extends Base {{\n{many}\n}}\n")

    between = found[table]
    assert [one.name for one in between.columns] == columns
    assert between.foreign_keys == (
        ForeignKey((columns[0],), "order_line", ("id",), "CASCADE", 5),
        ForeignKey((columns[1],), "tag", ("id",), "CASCADE", 5),
    )


def test_names_follow_the_snake_naming_strategy_where_it_is_used(read):
    text = (
        "import { SnakeNamingStrategy } from 'typeorm-naming-strategies';\n"
        "@Entity()\nexport class OrderLine extends Base {\n@ManyToOne(() => Tag) mainTag: Tag;\n}\n"
    )
    found, _ = tables(read, text)

    names = [one.name for one in found["order_line"].columns]
    assert names == ["id", "created_at", "deleted_at", "main_tag_id"]


@pytest.mark.parametrize(
    ("said", "missed"),
    [
        ("@Column({ name: NAME }) a: string;", "orders.a"),
        ("@ManyToOne(() => Elsewhere) a: Elsewhere;", "orders.a"),
    ],
)
def test_what_is_computed_is_counted_and_the_table_not_whole(read, said, missed):
    text = f"@Entity('orders')\nexport class Order extends Base {{\n{said}\n}}\n"
    found, told = tables(read, text)

    assert (told, found["orders"].whole) == ([missed], False)
    assert [one.name for one in found["orders"].columns] == ["id", "createdAt", "deletedAt"]


def test_a_naming_strategy_of_the_projects_own_leaves_no_table_whole(read):
    text = "import { DefaultNamingStrategy } from 'typeorm';\n"
    found, missed = tables(read, text, head="")

    assert missed == ["naming strategy"]
    assert not any(one.whole for one in found.values())
