"""Tables of Alembic's revisions."""

from __future__ import annotations

import pytest

from memory.code.codebase import Column, ForeignKey


def revision(name: str, after: str, upgrade: str, more: str = "") -> str:
    body = "".join(f"    {line}\n" for line in upgrade.splitlines())
    return (
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = '{name}'\ndown_revision = {after}\n{more}\n"
        f"def upgrade():\n{body}\ndef downgrade():\n    op.drop_table('users')\n"
    )


BEGIN = """op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(20), unique=True, nullable=False),
    sa.PrimaryKeyConstraint('id'))
op.create_table('posts',
    sa.Column('id', sa.Integer, primary_key=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('slug', sa.Text),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name='fk', ondelete='CASCADE'),
    sa.UniqueConstraint('slug', name='uq'))
op.create_index(op.f('ix_slug'), 'posts', ['user_id', 'slug'])"""


def tables(read, upgrade: str, more: str = "", **named: str):
    code = read(
        {
            "migrations/versions/z_first.py": revision("1", "None", BEGIN),
            "migrations/versions/a_second.py": revision("2", "'1'", upgrade, more),
            **{path.replace("__", "/") + ".py": text for path, text in named.items()},
        }
    )
    missed = [one.name for one in code.unresolved if one.what == "table"]
    return {one.table: one for one in code.tables}, missed


def test_a_table_has_its_columns_keys_and_indexes(read):
    found, missed = tables(read, "pass")

    posts = found["posts"]
    assert posts.columns == (
        Column("id", "sa.Integer", False),
        Column("user_id", "sa.Integer()", True),
        Column("slug", "sa.Text", True),
    )
    assert posts.foreign_keys == (ForeignKey(("user_id",), "users", ("id",), "CASCADE", 15),)
    assert (posts.primary_key, posts.unique) == (("id",), (("slug",),))
    assert (posts.indexes, missed) == ((("user_id", "slug"),), [])
    assert found["users"].unique == (("email",),)


@pytest.mark.parametrize(
    ("upgrade", "columns"),
    [
        ("op.add_column('posts', sa.Column('a', sa.Text()))", ["id", "user_id", "slug", "a"]),
        ("op.drop_column('posts', 'slug')", ["id", "user_id"]),
        ("op.alter_column('posts', 'slug', new_column_name='a')", ["id", "user_id", "a"]),
        ("with op.batch_alter_table('posts', schema=None) as batch_op:\n"
         "    batch_op.add_column(sa.Column('a', sa.Text()))\n"
         "    batch_op.drop_constraint('fk', type_='foreignkey')", ["id", "user_id", "slug", "a"]),
        ("op.execute('ALTER TABLE posts DROP COLUMN slug')", ["id", "user_id"]),
        ("op.execute('ALTER TABLE posts '\n    'DROP COLUMN slug')", ["id", "user_id"]),
        ("op.execute(sa.text('''ALTER TABLE posts DROP COLUMN slug'''))", ["id", "user_id"]),
        ("more()", ["id", "user_id"]),
        ("op.drop_index('ix_slug', table_name='posts')\nop.drop_constraint('uq', 'posts')",
         ["id", "user_id", "slug"]),
    ],
)  # fmt: skip
def test_revisions_are_replayed_in_their_order(read, upgrade, columns):
    found, missed = tables(read, upgrade, "def more():\n    op.drop_column('posts', 'slug')\n")

    assert ([one.name for one in found["posts"].columns], missed) == (columns, [])


@pytest.mark.parametrize(
    "upgrade",
    [
        "if x:\n    op.add_column('posts', sa.Column('a', sa.Text()))",
        "op.add_column('posts', sa.Column(NAME, sa.Text()))",
        "for one in ALL:\n    op.drop_column('posts', one)",
        "op.something_new('posts')",
        "op.create_index('ix', 'posts', [sa.func.lower('slug')])",
    ],
)
def test_what_is_computed_or_conditional_is_counted_and_the_table_not_whole(read, upgrade):
    found, missed = tables(read, upgrade)

    assert missed == ["posts"]
    assert (found["posts"].whole, found["users"].whole) == (False, True)


def test_models_tell_of_their_tables_and_revisions_of_the_others(read):
    models = (
        "from sqlalchemy import Column, Integer\nclass Post(Base):\n    __tablename__ = 'posts'\n"
        "    id = Column(Integer, primary_key=True)\n"
    )
    found, missed = tables(
        read, "op.add_column('posts', sa.Column(NAME, sa.Text()))", app__models=models
    )

    assert (found["posts"].symbol, [one.name for one in found["posts"].columns]) == ("Post", ["id"])
    assert (found["users"].symbol, missed) == ("", [])
