"""Whether a task is systemic, by questions that facts of the code and its own words answer."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from memory.code.file_kinds import interface_files, schema_files
from memory.code.inventory import doubts
from memory.code.likely_files import likely_files
from memory.code.reach import by_file, reach
from memory.code.testing import is_test
from memory.coordination.chances import systemic_chance
from memory.coordination.code_names import named_places
from memory.coordination.similar import similar_changes
from memory.models.coordination import SYSTEMIC, Indicator, MayChange, Triage
from memory.texts.formatting import counted
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.module_names import modules_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, CodePlace
    from memory.code.past_changes import PastChanges
    from memory.code.targets import Target
    from memory.models.coordination import SimilarChange, TaskOwner, Verdict

_TOLD = 6
_NO_WORD = re.compile(r"_|.[A-Z]")  # a name that no sentence has by chance
QUESTIONS = {
    "modules": "Does it affect three modules or more?",
    "schema": "Does it change the schema?",
    "versioning": "Does it change an interface that others rely on?",
    "pattern": "Does it change an architectural pattern?",
    "performance": "Is it about performance across modules?",
    "security": "Is it a security audit?",
    "extraction": "Does it extract a service or module?",
    "debt": "Is it about technical debt?",
    "dependencies": "Is it about dependencies between modules?",
    "everywhere": "Does it change something everywhere?",
}
#: Chance below which a task is local. One in ten systemic ones of four other projects is below it
#: (`benchmarks/fit_triage.py`); of those above 0.5 many are local, so that none is told systemic.
_RARELY = 0.05


def triage(
    code: CodeBase,
    task: str,
    changed: Target | None,
    paths: Sequence[str],
    past: PastChanges | None,
    owner_of: Callable[[str], TaskOwner | None],
) -> Triage:
    """Whether a task, or a change that was made for it, is systemic.

    Args:
        code: All of it.
        task: In plain words; "" where only a change is given.
        changed: What of the code a change touches; None where there is none yet.
        paths: All files that it changes.
        past: What was merged before; None without git.
        owner_of: Who knows a module best.
    """
    if changed is not None:
        files = [code.files[path] for path in sorted({place.path for place in changed.starts})]
        beside, lost = _unread(code, paths)
        modules = sorted({file.module for file in files if not file.is_test} | beside)
        indicators = [_modules_changed(modules, paths, lost), *_files_changed(paths)]
    else:
        named = named_places(code, task)
        known = {file.module for file in code.files.values() if not file.is_test}
        modules = sorted(
            {code.files[place.path].module for _, place in named}
            | set(modules_in(task, sorted(known)))
        )
        indicators = [_modules_named(code, task, modules, named), *_tables_altered(code, task)]
        indicators += _parted(task, modules)
    indicators += [
        one for one in _worded(task) if one.name not in {each.name for each in indicators}
    ]
    similar = similar_changes(past, code, task) if task else ()
    chance = systemic_chance(task, similar, past, code) if changed is None else None
    verdict, reason = _verdict(indicators, modules, similar, chance, is_made=changed is not None)
    owner = owner_of(modules[0]) if verdict == "local" and len(modules) == 1 else None
    return Triage(
        task=task,
        verdict=verdict,
        reason=reason,
        indicators=tuple(indicators),
        modules=tuple(modules),
        owner=owner,
        similar=similar,
        may_change=tuple(
            MayChange(path=one.path, reason=one.reason)
            for one in (likely_files(code, past, task, _TOLD) if task and changed is None else ())
        ),
        chance=None if chance is None else round(chance, 2),
        doubts=doubts(code),
    )


def _verdict(
    indicators: Sequence[Indicator],
    modules: Sequence[str],
    similar: Sequence[SimilarChange],
    chance: float | None,
    *,
    is_made: bool,
) -> tuple[Verdict, str]:
    yes = [one for one in indicators if one.answer == "yes"]
    if yes:
        return "systemic", "; ".join(one.reason for one in yes)
    if is_made:
        untold = [one.reason for one in indicators if one.answer == "unknown"]
        if untold:
            return "cannot tell", untold[0]
        return "local", f"it changes {_listed(modules) or 'no module'}"
    named = (
        f"it names {_listed(modules)}" if modules else "it names nothing of the code that is known"
    )
    if chance is None:
        verdict: Verdict = "local" if len(modules) == 1 else "cannot tell"
        return verdict, f"{named}, and hardly anything was merged before"
    count = sum(one.is_systemic for one in similar)
    were = "was" if count == 1 else "were"
    like = f"of {counted(len(similar), 'change')} like it {count} {were} systemic"
    said = (
        f"{named}; {like if similar else 'no change was like it'}. By these, by its words and by "
        f"how many of all changes were, it is {chance:.0%} likely systemic; local is told below "
        f"{_RARELY:.0%}"
    )
    return ("local" if chance < _RARELY and len(modules) < SYSTEMIC else "cannot tell"), said


def _unread(code: CodeBase, paths: Sequence[str]) -> tuple[set[str], list[str]]:
    """Modules of files that are code and not read, by the folders around them, and the rest.

    A folder is of a module where all that is read below it is; those are looked at inside out.
    """
    endings = tuple(one[1:] for one in code.unread if one.startswith("*."))
    unread = [one for one in paths if one in code.unread or one.endswith(endings)]
    below_of: dict[str, set[str]] = {}
    for path, file in code.files.items() if unread else ():
        for folder in _around(path):
            below_of.setdefault(folder, set()).add(file.module)
    modules: set[str] = set()
    lost = []
    for path in unread:
        if is_test(path):
            continue
        below = next((below_of[one] for one in _around(path) if one in below_of), set())
        if len(below) == 1:
            modules |= below
        else:
            lost.append(path)
    return modules, lost


def _around(path: str) -> Iterator[str]:
    """The folders around a file, inside out, without the root."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _modules_changed(
    modules: Sequence[str], paths: Sequence[str], lost: Sequence[str]
) -> Indicator:
    count = len(modules)
    if lost and count < SYSTEMIC:
        said = f"{counted(len(lost), 'file')} that it changes cannot be read: {_listed(lost)}"
        return _indicator("modules", "unknown", said, lost[:_TOLD])
    said = (
        f"it changes {counted(count, 'module')}: {_listed(modules)}"
        if count
        else "it changes no code"
    )
    return _indicator("modules", "yes" if count >= SYSTEMIC else "no", said, paths[:_TOLD])


def _files_changed(paths: Sequence[str]) -> Iterator[Indicator]:
    for name, found, what in (
        ("schema", schema_files(paths), "the schema"),
        ("versioning", interface_files(paths), "the description of an interface"),
    ):
        said = f"it changes files of {what}" if found else f"it changes no file of {what}"
        yield _indicator(name, "yes" if found else "no", said, found[:_TOLD])


def _modules_named(
    code: CodeBase, task: str, modules: Sequence[str], named: Sequence[tuple[str, CodePlace]]
) -> Indicator:
    if len(modules) >= SYSTEMIC:
        said = f"it names {counted(len(modules), 'module')}: {_listed(modules)}"
        return _indicator("modules", "yes", said, _places(code, named))
    altered: dict[str, str] = {}
    for name, place in named:
        if "." in place.symbol or not _alters(task, name):
            continue  # of a member, what uses its class tells too much
        reached = by_file(reach(code, [place.top]))
        users = {code.files[path].module for path in reached if not code.files[path].is_test}
        those = (
            f"{counted(len(users), 'module')}: {_listed(sorted(users))}"
            if users
            else "nothing known"
        )
        altered[name] = f"a change to {name} reaches {those}"
        if len(users) >= SYSTEMIC:
            return _indicator("modules", "yes", altered[name], _places(code, [(name, place)]))
    if altered:
        said = "; ".join(list(altered.values())[:_TOLD])
        return _indicator("modules", "no", said, _places(code, named))
    if named:
        said = f"it names {_listed([name for name, _ in named])}, of {_listed(modules)}"
        return _indicator("modules", "no", said, _places(code, named))
    if modules:
        return _indicator("modules", "no", f"it names {_listed(modules)}")
    return _indicator(
        "modules", "unknown", "it names no module and nothing of the code that is known"
    )


def _parted(task: str, modules: Sequence[str]) -> Iterator[Indicator]:
    """Whether a task says that modules are to be parted or joined: "part accounts from api"."""
    found = _parting().search(task) if len(modules) > 1 else None
    if found:
        said = f"it says {found[0]!r} of {_listed(modules)}"
        yield _indicator("dependencies", "yes", said, [found[0]])


@cache
def _parting() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(read_lexicon('triage')['parting'])})\b", re.IGNORECASE)


def _alters(task: str, name: str) -> bool:
    """Whether a task says that a thing as a whole is to be another: "rename the User model"."""
    verbs = any_of(read_lexicon("triage")["altering"])
    before = r"(?:(?:the|our|a|an|class|model|table)\s+)*"
    altered = rf"\b(?:{verbs})\s+{before}`?{re.escape(name)}\b(?!\.\w)"
    return re.search(altered, task, re.IGNORECASE) is not None


def _tables_altered(code: CodeBase, task: str) -> Iterator[Indicator]:
    """Whether a task says that a table of the schema is to be another."""
    lexicon = read_lexicon("triage")
    verbs = any_of([*lexicon["altering"], *lexicon["altering_tables"]])
    for table in sorted(code.tables, key=lambda one: one.table):
        name = rf"[`\"']?{re.escape(table.table)}[`\"']?"
        called = rf"(?:{name}\s+(?:table|columns?)\b|tables?\s+{name}(?!\w))"
        found = re.search(rf"\b(?:{verbs})\s(?:[^\s.;]+\s+){{0,5}}?{called}", task, re.IGNORECASE)
        if found or (
            _NO_WORD.search(table.table) and table.table in task and _alters(task, table.table)
        ):
            place = f"{table.file}:{table.line}"
            yield _indicator("schema", "yes", f"it changes the table {table.table}", [place])
            return


def _worded(task: str) -> Iterator[Indicator]:
    for name, pattern in _words().items():
        found = pattern.search(task)
        said = f"it says {found[0]!r}" if found else "it says nothing of it"
        yield _indicator(name, "yes" if found else "no", said, [found[0]] if found else [])


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(rf"\b(?:{any_of(words)})", re.IGNORECASE)
        for name, words in read_lexicon("triage")["asked"].items()
    }


def _indicator(name: str, answer: str, reason: str, citations: Sequence[str] = ()) -> Indicator:
    return Indicator(
        name=name,
        question=QUESTIONS[name],
        answer=answer,
        reason=reason,
        citations=tuple(citations),
    )


def _places(code: CodeBase, named: Sequence[tuple[str, CodePlace]]) -> list[str]:
    return [f"{place.path}:{_line(code, place)}" for _, place in named[:_TOLD]]


def _line(code: CodeBase, place: CodePlace) -> int:
    return code.symbols[place].line if place in code.symbols else 1


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "")
