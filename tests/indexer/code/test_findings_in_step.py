"""Findings follow the files: whatever happened to them, they are what a fresh look tells."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.code.code_reader import forget, read_code, rebuild, replace_kept
from indexer.code.token_reader import read_tokens
from indexer.code.token_reading import load_from, tokens_of
from memory.code import duplication
from memory.code.clones import Clones
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject
from memory.ledger.sqlite.connection import open_ledger
from tests.indexer.code.conftest import write


def a_function(name: str, one: str, other: str) -> str:
    """A function with these names, of more lines and tokens than a clone has at least."""
    lines = [f"    {one}{n} = {other}.get({one}, {n}) + {other}.take({n})" for n in range(6)]
    return "\n".join((f"def {name}({one}, {other}):", *lines, f"    return {one}0 * {one}1\n"))


PIECES = (
    a_function("total", "rows", "store"),
    a_function("total", "lines", "shop"),
    a_function("sums", "rows", "store").replace("take", "fetch"),
    "from p import c\nc.total(1, 2)\n",
    "from a import total\n\n\ndef asks(x):\n    return total(x, x)\n",
    "# one more line\n",
    "class K:\n    pass\n",
)
PATHS = st.sampled_from(["a.py", "b.py", "p/__init__.py", "p/c.py", "q/c.py", "tests/test_a.py"])
TEXTS = st.lists(st.sampled_from(PIECES), max_size=4).map("\n".join)
CHANGES = st.one_of(
    st.tuples(st.just("write"), PATHS, TEXTS),
    st.tuples(st.just("write"), PATHS, TEXTS),
    st.tuples(st.just("move"), PATHS, PATHS),
    st.tuples(st.just("remove"), PATHS, st.just("")),
)


def change(root: Path, what: str, path: str, more: str) -> None:
    if what == "write":
        write(root, {path: more})
    elif what == "remove":
        (root / path).unlink(missing_ok=True)
    elif (root / path).exists():
        (root / more).parent.mkdir(exist_ok=True)
        (root / path).replace(root / more)


def told(ledger, root):
    code = read_code(ledger, root)
    return look(AuditSubject(code, tokens=partial(tokens_of, ledger, code, load_from(root))))


def told_afresh(root):
    code = rebuild(root)
    tokens = {path: read_tokens("python", (root / path).read_bytes()) for path in code.files}
    with mock.patch.multiple(duplication, _held=OrderedDict(), _known={}):
        return look(AuditSubject(code, tokens=lambda: tokens))


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(CHANGES, min_size=1, max_size=3), min_size=1, max_size=5))
def test_after_any_changes_they_are_what_a_fresh_look_tells(rounds):
    with TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        ledger = open_ledger(Path(folder) / "memory.db", create=True)
        try:
            for changes in rounds:
                for one in changes:
                    change(root, *one)
                assert told(ledger, root) == told_afresh(root)
        finally:
            ledger.close()
            forget()


@pytest.mark.slow
def test_a_rebuild_holds_them_against_what_is_kept(tmp_path, monkeypatch):
    root = tmp_path / "project"
    write(root, {"a.py": PIECES[0], "p/c.py": PIECES[0]})
    ledger = open_ledger(tmp_path / "memory.db", create=True)
    assert told(ledger, root).findings
    assert replace_kept(ledger, root).differing == ()

    told(ledger, root)
    for known in duplication._held:
        monkeypatch.setitem(duplication._held, known, Clones((), ()))
    assert replace_kept(ledger, root).differing == ("what the rules find",)
    ledger.close()
    forget()
