"""Tasks of Celery and the like that are called by their names: `send_task`, beat schedules.

Where a task is named in code, as in `charge.delay()`, the language says what is called.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.wiring import Need, connected, undecided
from memory.code.codebase import CodePlace, Edge, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile

_SCHEDULED = '(dictionary (pair key: (string) @key value: (string) @task) (#match? @key "task"))'
_CALLS = """
(call function: [(identifier) (attribute)] @called
    arguments: (argument_list . (string) @task)) @call
"""
_BY_NAME = frozenset({"send_task", "signature", "subtask", "async_task"})
_TASK = re.compile(r"(?:^|[._])(?:task|periodic_task|actor|job)(?:\(|$)")
_STATED = re.compile(r"""\b(?:name|actor_name)\s*=\s*(['"])([\w.\-:]+)\1""")
_STRING = re.compile(r"""[rRbB]?(['"])([\w.\-:]+)\1""")


class TaskNames(Reader):
    """From where a task is called by its name, or scheduled, to the function that is it."""

    name = "task-names"
    version = 2
    languages = frozenset({"python"})
    hint = re.compile(rb"send_task\(|signature\(|subtask\(|async_task\(|['\"]task['\"]\s*:")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`called` names, and `scheduled` ones."""
        for found in source.matches(_SCHEDULED):
            node = found["task"][0]
            key, said = (_STRING.fullmatch(source.text(found[one][0])) for one in ("key", "task"))
            if key and key[2] == "task" and said and "." in said[2]:
                yield Mark(
                    self.name, "scheduled", said[2], line_of(node), {"in": source.owner(node)}
                )
        for found in source.matches(_CALLS):
            name = source.text(found["called"][0]).rpartition(".")[2]
            said = _STRING.fullmatch(source.text(found["task"][0]))
            if name in _BY_NAME and said:
                node = found["call"][0]
                kind = "called" if name == "send_task" or "." in said[2] else "perhaps"
                data = {"in": source.owner(node), "plain": name == "async_task"}
                yield Mark(self.name, kind, said[2], line_of(node), data)

    def assemble(self, project: CodeProject) -> Iterable[Edge | Unresolved]:
        """By file and line."""
        marks = [one for one in project.marks(self.name) if not is_test(one[0])]
        if not marks:
            return
        named: dict[str, list[CodePlace]] = {}
        for name, place in _stated(project):
            named.setdefault(name, []).append(place)
        for path, mark in marks:
            is_plain = mark.data.get("plain", False)
            own = _defined(project, path, mark.name, is_plain=is_plain)
            found = named.get(mark.name) or ([own] if own else [])
            need = Need(CodePlace(path, mark.data["in"]), mark.line, mark.name)
            if len(found) > 1:
                yield undecided(need, "several tasks have this name")
            elif found:
                yield from connected(need, found, None)
            elif mark.kind == "called":
                yield undecided(need, "no task of this name is in the project")


def _stated(project: CodeProject) -> Iterator[tuple[str, CodePlace]]:
    """Tasks by the names that their decorators state."""
    for path, facts in project.files.items():
        for one in facts.definitions if facts.language == "python" and not is_test(path) else ():
            for note in one.annotations:
                stated = _STATED.search(note)
                if stated and _TASK.search(note.partition("(")[0]):
                    yield stated[2], CodePlace(path, one.name)


def _defined(project: CodeProject, path: str, said: str, *, is_plain: bool) -> CodePlace | None:
    """The task that a dotted name is, if its decorator states no other; any function if plain."""
    module, _, name = said.rpartition(".")
    file = project.module(path, module) if module else ""
    place = project.locate(file, name) if file else None
    one = project.definition(place) if place else None
    if one is None or one.kind not in {"function", "class", "method"}:
        return None
    notes = one.annotations or one.bases
    is_task = bool(notes) and not any(map(_STATED.search, notes))
    return place if is_plain or is_task else None
