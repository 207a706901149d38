from __future__ import annotations

import inspect

from memory.api import ArchMem
from memory.as_of import through_lens
from memory.models.selection import NOW, Lens, Selection

OF_TODAY = {"verify"}  # it looks at the working tree


def test_every_verb_that_takes_a_lens_can_look_from_a_commit():
    verbs = {
        name: verb
        for name, verb in inspect.getmembers(ArchMem, inspect.isfunction)
        if not name.startswith("_")
        and {"lens", "selection"} & inspect.signature(verb).parameters.keys()
    }

    assert {"search", "show", "list", "timeline", "brief", "check", "explain"} <= verbs.keys()
    assert {name for name, verb in verbs.items() if not hasattr(verb, "__wrapped__")} == OF_TODAY


class Elsewhere:
    """Stands for a memory that can be seen from commits."""

    def __init__(self, commit: str = "") -> None:
        self.commit = commit

    def at(self, commit: str):
        return self.__class__(commit)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    @through_lens
    def ask(self, about: object, *, lens: Lens = NOW):
        return self.commit, about, lens


def test_only_a_lens_with_a_commit_leads_elsewhere_and_there_it_is_now():
    then = Lens(commit="v1")
    selection = Selection(modules=("api",), lens=then)

    assert Elsewhere().ask("x") == ("", "x", NOW)
    assert Elsewhere().ask("x", lens=then) == ("v1", "x", NOW)
    assert Elsewhere().ask(selection) == ("v1", Selection(modules=("api",)), NOW)
