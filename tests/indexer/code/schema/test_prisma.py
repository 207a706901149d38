"""Tables of Prisma's schemas."""

from __future__ import annotations

from memory.code.codebase import Column, ForeignKey

SCHEMA = """
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL") // a { b
}

enum Role { ADMIN USER }

model User {
  id     Int     @id @default(autoincrement())
  email  String  @unique @db.VarChar(255)
  name   String? @map("full_name") @default("a // b")
  role   Role    @default(USER)
  tags   String[]
  posts  Post[]  @relation("written")
  likes  Post[]  @relation("liked")
  boss   User?   @relation("boss", fields: [bossId], references: [id], onDelete: SetNull)
  bossId Int?    @map("boss_id")
  staff  User[]  @relation("boss")

  @@map("users")
  @@schema("auth")
}

/* model Gone {
  id Int @id
} */
model Post {
  a        Int
  b        Int
  author   User @relation(
    "written", fields: [authorId],
    references: [id]
  )
  authorId Int  @map("author_id")
  likedBy  User[] @relation("liked")
  topics   Topic[]

  @@id([a, b])
  @@unique([authorId, a(sort: Desc)], name: "u")
  @@index(fields: [b, authorId(ops: raw("x"))])
}
"""
TOPIC = "model Topic {\n  id Int @id\n  posts Post[]\n}\n"


def test_models_are_tables_and_lists_of_each_other_a_table_between(read):
    code = read({"prisma/schema/a.prisma": SCHEMA, "prisma/schema/more/b.prisma": TOPIC})
    found = {one.table: one for one in code.tables}

    assert list(found) == ["auth.users", "Post", "Topic", "_liked", "_PostToTopic"]
    users, post = found["auth.users"], found["Post"]
    assert users.columns == (
        Column("id", "Int", False), Column("email", "String", False),
        Column("full_name", "String", True), Column("role", "Role", False),
        Column("tags", "String[]", True), Column("boss_id", "Int", True),
    )  # fmt: skip
    assert (users.primary_key, users.unique) == (("id",), (("email",),))
    assert users.foreign_keys == (ForeignKey(("boss_id",), "auth.users", ("id",), "SET NULL", 17),)
    assert (post.primary_key, post.unique) == (("a", "b"), (("author_id", "a"),))
    assert post.indexes == (("b", "author_id"),)
    assert [key[:3] for key in post.foreign_keys] == [(("author_id",), "auth.users", ("id",))]
    liked = found["_liked"]
    assert [key[:2] for key in liked.foreign_keys] == [(("A",), "Post"), (("B",), "auth.users")]
    assert (users.model, users.file, users.line) == ("User", "prisma/schema/a.prisma", 9)


def test_each_schema_of_several_has_its_own_models(read):
    code = read({f"{name}/prisma/schema.prisma": SCHEMA + TOPIC for name in "ab"})

    assert sum(one.table == "Post" for one in code.tables) == 2


def test_migrations_beside_a_schema_tell_of_nothing_that_it_does_not(read):
    code = read(
        {
            "prisma/schema.prisma": "model A {\n  id Int @id\n}\n",
            "prisma/migrations/1_init/migration.sql": 'CREATE TABLE "A" ("id" INT, "old" INT);',
        }
    )

    assert [(one.table, one.file) for one in code.tables] == [("A", "prisma/schema.prisma")]
