"""Names of tables by convention."""

from __future__ import annotations

import pytest

from indexer.code.tables.table_names import of_laravel, of_spring, of_typeorm, plurals


@pytest.mark.parametrize(
    ("name", "laravel", "spring", "typeorm"),
    [
        ("OrderLine", "order_line", "order_line", "order_line"),
        ("APIKey", "a_p_i_key", "apikey", "api_key"),
        ("userID", "user_i_d", "userid", "user_id"),
    ],
)
def test_each_framework_parts_words_in_its_own_way(name, laravel, spring, typeorm):
    assert (of_laravel(name), of_spring(name), of_typeorm(name)) == (laravel, spring, typeorm)


@pytest.mark.parametrize(
    ("one", "several"),
    [("user", "users"), ("order_category", "order_categories"), ("person", "people"),
     ("box", "boxes"), ("day", "days"), ("shelf", "shelves"), ("status", "statuses")],
)  # fmt: skip
def test_several_are_called_as_in_english(one, several):
    assert plurals(one)[0] == several
