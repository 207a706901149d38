"""What of the code a task is about, in a few lines for a brief."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.code.checks.judging import violation_words
from memory.code.likely_files import likely_files
from memory.code.map import draw_map
from memory.code.reach import by_file, reach
from memory.code.targets import named_symbols
from memory.texts.formatting import counted
from memory.texts.lexicon import read_lexicon
from memory.texts.module_names import modules_in, same_modules
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.code.checks.judging import JudgedCheck
    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase
    from memory.code.past_changes import PastChanges

_SHOWN = 6  # of one list
_SYMBOLS = 3
_TYPES = frozenset({"class", "interface", "trait", "enum", "type", "struct"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: What people write as the name of something in code: User, OrderLine, line_total, users.models.
_WORD = re.compile(r"\b[A-Z]\w+(?:\.\w+)*|\b[a-z]\w*(?:[._]\w+)+")


def in_reach(
    code: CodeBase,
    cochange: CoChange | None,
    task: str,
    modules: Sequence[str],
    judged: Sequence[JudgedCheck] = (),
    past: PastChanges | None = None,
) -> list[str]:
    """Lines on what a task names, on files that it likely changes, and on those that are not read.

    Args:
        code: All of it.
        cochange: As for `draw_map`.
        task: In plain words.
        modules: That it is about; none for those that it names.
        judged: What comes of the checks of decisions; those that do not hold are told.
        past: What was merged before; None without git.
    """
    known = sorted({file.module for file in code.files.values()})
    wanted = [one for one in known if same_modules([one], modules)] or list(modules_in(task, known))
    lines = [line for name in _WORD.findall(task)[:20] for line in _symbol(code, name)]
    lines = list(dict.fromkeys(lines))[:_SYMBOLS]
    verbs = read_lexicon("triage")
    about = stems(_CAMEL.sub(" ", task)) - stems(" ".join([*verbs["parting"], *verbs["altering"]]))
    for module in wanted[:_SYMBOLS]:
        lines += _module(code, cochange, module, about - stems(module))
    return [*_broken(judged, wanted), *lines, *_likely(code, past, task), *_unread(code)]


def _unread(code: CodeBase) -> Iterator[str]:
    """Files of a language that is read, of which nothing is known."""
    said = [f"{path} ({why})" for path, why in code.unread.items() if not path.startswith("*.")]
    if said:
        yield _listed("not read", said)


def _likely(code: CodeBase, past: PastChanges | None, task: str) -> Iterator[str]:
    for one in likely_files(code, past, task, _SHOWN):
        yield f"likely: {one.path} ({one.reason})"


def _broken(judged: Sequence[JudgedCheck], modules: Sequence[str]) -> Iterator[str]:
    """The decisions that the code of some modules does not keep to."""
    for check, verdict in judged:
        ours = [one for one in verdict.violations if same_modules(one.modules, modules)]
        if ours:
            more = f", and {len(ours) - 1} more" if len(ours) > 1 else ""
            yield (
                f"{check.owner} ({check.citation}) does not hold, {check.said}: "
                f"{violation_words(ours[0])}{more}"
            )


def _symbol(code: CodeBase, name: str) -> Iterator[str]:
    for place in named_symbols(code, name)[:1]:
        if name.isalpha() and code.symbols[place].kind not in _TYPES:
            continue
        found = by_file(reach(code, [place.top]))
        others = [path for path in found if path != place.path]
        tests = [path for path in others if code.files[path].is_test]
        modules = sorted({code.files[path].module for path in others if path not in tests})
        yield (
            f"{code.called(place)} ({place.path}:{code.symbols[place].line}): "
            f"{counted(len(others) - len(tests), 'file')} and {counted(len(tests), 'test')} "
            f"depend on it, "
            f"of {', '.join(modules[:_SHOWN]) or 'no module'}"
        )


def _module(
    code: CodeBase, cochange: CoChange | None, module: str, about: frozenset[str]
) -> Iterator[str]:
    """What a module has; of each list first what is called by most of the words."""
    drawn = draw_map(code, cochange, (module,))
    row = next(one for one in drawn.modules if one.module == module)
    strong = [one for one in drawn.couplings if one.level != "LOW"][:_SHOWN]
    coupled = (f"{one.second if one.first == module else one.first} {one.level}" for one in strong)
    words = [counted(row.files, "file"), counted(row.lines, "line")]
    words += [f"imported by {counted(row.fan_in, 'module')}"] if row.fan_in else []
    words += [f"imports {counted(row.fan_out, 'module')}"] if row.fan_out else []
    named = ", ".join(coupled)
    yield f"{module}: {', '.join(words)}" + (f"; coupled to {named}" if named else "")
    inside = {path for path, file in code.files.items() if file.module == module}
    routes = [one for one in code.routes if one.file in inside]
    if routes:
        said = [f"{one.method} {one.path} ({one.file}:{one.line})" for one in routes]
        yield _listed(f"{module} routes", _nearest(said, about))
    tables = [one for one in code.tables if one.file in inside]
    if tables:
        said = [f"{one.table} ({one.file}:{one.line})" for one in tables]
        yield _listed(f"{module} tables", _nearest(said, about))
    tests = sorted(path for path in inside if code.files[path].is_test)
    if tests:
        yield _listed(f"{module} tests", _nearest(tests, about))
    hot = _nearest(_hotspots(code, cochange, inside), about)[: _SHOWN // 2]
    if hot:
        yield _listed(f"{module} hotspots", hot)


def _nearest(said: Sequence[str], words: frozenset[str]) -> list[str]:
    """Those that are called by most of the words first, else in their order."""
    return sorted(said, key=lambda one: -len(words & stems(_CAMEL.sub(" ", one))))


def _hotspots(code: CodeBase, cochange: CoChange | None, inside: set[str]) -> list[str]:
    """The files that were changed most and on which most depends."""
    scored = []
    for path in inside:
        changes = cochange.changes[path] if cochange else 0
        users = sum(not code.files[one].is_test for one in code.needed_by.get(path, ()))
        if changes > 1 and not code.files[path].is_test:
            scored.append((-changes * (1 + users), path, changes, users))
    return [
        f"{path} ({changes} commits, {users} files need it)"
        for _, path, changes, users in sorted(scored)[: 2 * _SHOWN]
    ]


def _listed(name: str, said: Sequence[str]) -> str:
    more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return f"{name} ({len(said)}): {', '.join(said[:_SHOWN])}{more}"
