"""A task's likely files are called by its words, or were touched by changes like it."""

from __future__ import annotations

from datetime import UTC, datetime

from memory.code.likely_files import LikelyFile, likely_files
from memory.code.past_changes import PastChange, PastChanges

DAY = datetime(2026, 1, 2, tzinfo=UTC)


def changes(*made: tuple[str, tuple[str, ...]]) -> PastChanges:
    return PastChanges(
        PastChange(f"{number:040}", subject, DAY, DAY, 1, paths)
        for number, (subject, paths) in enumerate(made)
    )


def paths(found) -> list[str]:
    return [one.path for one in found]


def test_a_file_is_called_by_its_name_its_folders_and_what_it_defines(code):
    base = code([], symbols=["base/carts.py:", "base/x.py:ShoppingList", "lists/y.py:f", "z.py:g"])

    found = likely_files(base, None, "Share the shopping lists", 6)

    assert found == [LikelyFile("base/x.py", 2, 0)]


def test_what_changes_like_it_touched_is_likely_whatever_it_is_called(code):
    base = code([], symbols=["a/one.py:f", "a/two.py:g"])
    past = changes(
        ("Round totals of invoices", ("a/two.py", "README.md")),
        ("Round invoices down", ("a/two.py",)),
        ("Paint doors", ("a/one.py",)),
        ("Bump a version", ("a/one.py",)),
    )

    assert likely_files(base, past, "Round invoices up", 6) == [LikelyFile("a/two.py", 0, 2)]


def test_a_change_of_many_files_says_less_of_each(code):
    base = code([], symbols=[f"a/{name}.py:f" for name in ("k", "m", "n", "o")])
    past = changes(
        ("Round invoices", ("a/k.py", "a/m.py", "a/n.py")),
        ("Round invoices", ("a/o.py",)),
        ("Round invoices", ("a/k.py", "a/m.py", "a/n.py", "a/o.py")),
        ("Paint doors", ("a/k.py",)),
    )

    assert paths(likely_files(base, past, "Round invoices", 1)) == ["a/o.py"]


def test_one_word_or_one_change_alone_says_nothing(code):
    base = code([], symbols=["a/invoice.py:f", "a/two.py:g"])

    assert likely_files(base, changes(("Void it", ("a/two.py",))), "Void an invoice", 6) == []


def test_tests_migrations_and_copies_of_other_people_are_none(code):
    named = ["tests/test_invoice.py", "migrations/0002_invoice.py", "vendor/invoice.py"]
    base = code([], symbols=[f"{one}:VoidInvoice" for one in named])

    assert likely_files(base, changes(("Invoice", tuple(named))), "Void an invoice", 6) == []


def test_a_task_without_a_word_of_the_code_or_of_a_change_has_none(code):
    base = code([], symbols=["a/one.py:f"])

    assert likely_files(base, changes(("Paint doors", ("a/one.py",))), "Void an invoice", 6) == []
    assert likely_files(code([]), None, "Void an invoice", 6) == []
