"""Clones of a project that changes are those of its files read anew; also as of a commit."""

from __future__ import annotations

import random
import subprocess

import pytest

from indexer.code import token_reading
from indexer.code.code_reader import forget, rebuild
from indexer.code.registry import language_of
from indexer.code.token_reader import read_tokens
from indexer.project import open_project
from memory.code import duplication
from memory.code.findings.duplication import RULES
from memory.code.findings.rule import AuditSubject

PATHS = ("a/one.py", "a/two.py", "b/one.py", "b/two.ts")


def work(rng):
    """A function of a few that are written again and again, with other names."""
    name, kind = rng.choice("xyz"), rng.randrange(3)
    lines = "".join(f"    {name}{n} = call_{kind}({name}, {n}, key={n})\n" for n in range(kind + 9))
    return f"\ndef {name}{rng.randrange(9)}({name}):\n{lines}    return {name}\n"


def fresh(root):
    code = rebuild(root)
    tokens = {
        path: found
        for path in code.files
        if (found := read_tokens(language_of(path) or "", (root / path).read_bytes()))
    }
    found = RULES[0].look(AuditSubject(code, tokens=lambda: tokens)).findings
    return {one.id: one for one in reversed(found)}  # of one id the first is told


def kept(memory):
    found = memory.audit("duplication", everything=True).findings
    return {one.id: one for one in found}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_incremental_equals_full(tmp_path, seed):
    rng = random.Random(seed)
    with open_project(tmp_path) as memory:
        for _ in range(6):
            path = tmp_path / rng.choice(PATHS)
            path.parent.mkdir(exist_ok=True)
            if path.exists() and rng.random() < 0.2:
                path.unlink()
            else:
                path.write_text("".join(work(rng) for _ in range(rng.randrange(1, 5))))
            if rng.random() < 0.3:  # another process
                forget()
                token_reading._held.clear()
                duplication._held.clear()

            assert kept(memory) == fresh(tmp_path)


@pytest.mark.slow
def test_clones_of_a_commit_are_those_that_it_had(tmp_path):
    def git(*arguments):
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    text = work(random.Random(1))
    for path in PATHS[:2]:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "One")
    (tmp_path / PATHS[1]).write_text("x = 1\n")
    git("commit", "-qam", "Two")

    with open_project(tmp_path) as memory:
        now = memory.audit("duplication", since="HEAD~1", everything=True)

    assert now.findings == ()
    assert [one.rule for one in now.fixed] == ["duplication.clone"]
