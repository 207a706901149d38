"""A name of a file that no text can hold is in nobody's way."""

from __future__ import annotations

import os

import pytest

from indexer.git.repository import Repository
from memory.models.assessment import AnchorVerdict

ODD = (b"we\nird/orders.py", b"caf\xe9/orders.py", b"tab\there/orders.py", b'"quoted"/orders.py')


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_stops_no_look(history, name):
    _write(history, name, "def total(): pass\n")
    history.write(src__a_py="x = 1\n")
    history.say("It stands in `orders.py`, `src/a.py` and `orders.total()`.")
    assert history.verdict("src/a.py").verdict is AnchorVerdict.FRESH

    _write(history, name, "def total(): return 1\n")  # not committed
    history.write(src__a_py="x = 2\n")
    assert history.verdict("src/a.py").verdict is AnchorVerdict.CHANGED

    history.commit()
    path = _path(history, name)
    path.rename(path.with_name(f"{path.name}.py"))
    history.git("add", "-A")
    assert history.verdict("src/a.py").verdict is AnchorVerdict.CHANGED


def test_what_is_asked_for_at_such_a_path_is_not_there(history):
    history.write(src__a_py="x = 1\n")
    head = history.commit()

    odd = ("a\nb", "\udce9", "src/a\u2028b.py", "src/a blob", "src/a tree")
    found = Repository(history.root).nodes((head, path) for path in (*odd, "src/a.py"))

    assert list(found) == [(head, "src/a.py")]


def _path(history, name):
    return history.root / os.fsdecode(name)


def _write(history, name, text):
    path = _path(history, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
