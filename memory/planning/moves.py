"""What a step moves or takes away as a whole, as far as its words leave no doubt."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from memory.code.checks.check_sentences import names_of
from memory.code.codebase import CodePlace
from memory.code.targets import find_target
from memory.errors import InvalidRequest
from memory.norms.cues import read_cues
from memory.texts.lexicon import read_lexicon
from memory.texts.patterns import BLANKS
from memory.texts.words import stem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.codebase import CodeBase

_SAID = re.compile(
    r"(?:(?:then|next|finally|first|we) )?(?P<verb>[A-Za-z]+) (?P<what>.+?)"
    r"(?: ?[:;(]| (?:out|off|from|behind|as|once|when|after|before|in favou?r)\b"
    r"| (?:in)?to (?P<where>\S+)|[.;!]?$)",
    re.IGNORECASE,
)
_NOUNS = re.compile(
    rf"{BLANKS}(?:services?|packages?|domains?|code|class|function|file)$", re.IGNORECASE
)


class StepEffect(NamedTuple):
    """What is done to parts of the code that a step names whole; nothing where it is unclear."""

    modules: frozenset[str] = frozenset()
    places: frozenset[CodePlace] = frozenset()  # files and definitions, those of modules apart
    where: str = ""  # the folder that it goes to, where that is one of the code


NOTHING = StepEffect()


def moved(text: str, code: CodeBase) -> StepEffect:
    """What a step moves."""
    return _done(text, code, _moving())


def taken_away(text: str, code: CodeBase) -> StepEffect:
    """What a step removes."""
    return _done(text, code, read_cues().removing)


def makes_files(text: str) -> bool:
    """Whether files may come to be by a step: it says that something is written, or moved."""
    found = _SAID.match(" ".join(text.split()))
    return found is not None and stem(found["verb"].lower()) in _moving() | _making()


def files_of(done: StepEffect, code: CodeBase) -> frozenset[str]:
    """All files of what is moved or taken away; of definitions those in which they are."""
    inside = (path for path, file in code.files.items() if file.module in done.modules)
    return frozenset({*inside, *(place.path for place in done.places)})


def after_move(code: CodeBase, done: StepEffect) -> tuple[CodeBase, Mapping[str, str]]:
    """The code once files were moved, and where each went; nothing where nobody can tell."""
    whole = {place.path for place in done.places if not place.symbol}
    went = {path: posixpath.join(done.where, posixpath.basename(path)) for path in whole}
    for module in done.modules:
        paths = [path for path, file in code.files.items() if file.module == module]
        root = posixpath.commonpath([posixpath.dirname(path) or "." for path in paths])
        for path in paths:
            went[path] = posixpath.join(done.where, module, posixpath.relpath(path, root))
    if not done.where or any(new in code.files for new in went.values()):
        return code, {}
    modules = {posixpath.dirname(path): file.module for path, file in code.files.items()}
    names = {
        posixpath.dirname(path): file.name.rpartition(".")[0]
        for path, file in code.files.items()
        if file.name.endswith(f".{posixpath.basename(path).partition('.')[0]}")
    }
    files = dict(code.files)
    for old, new in went.items():
        folder, name = posixpath.split(new)
        dotted = names.get(folder, folder.replace("/", "."))
        file = files.pop(old)
        if file.name != old:
            last = name.rpartition(".")[0]
            file = file._replace(name=dotted if last == "__init__" else f"{dotted}.{last}")
        else:
            file = file._replace(name=new)
        files[new] = file._replace(path=new, module=modules.get(done.where, file.module))

    def there(place: CodePlace) -> CodePlace:
        return place._replace(path=went.get(place.path, place.path))

    edges = tuple(
        edge._replace(source=there(edge.source), target=there(edge.target)) for edge in code.edges
    )
    outside = tuple(one._replace(path=went.get(one.path, one.path)) for one in code.outside)
    symbols = {there(place): one for place, one in code.symbols.items()}
    return replace(code, files=files, edges=edges, outside=outside, symbols=symbols), went


def _done(text: str, code: CodeBase, verbs: frozenset[str]) -> StepEffect:
    found = _SAID.match(" ".join(re.sub(r"[`\"“”]", "", text).split()))
    if found is None or stem(found["verb"].lower()) not in verbs:
        return NOTHING
    modules = {file.module.casefold(): file.module for file in code.files.values()}
    named: set[str] = set()
    places: set[CodePlace] = set()
    for said in names_of(found["what"]):
        name = _NOUNS.sub("", said)
        if module := modules.get(name.casefold()):
            named.add(module)
        elif starts := _starts(code, name):
            places |= starts
        else:
            return NOTHING
    where = _folder(code, modules, (found["where"] or "").rstrip(".,;"))
    return StepEffect(frozenset(named), frozenset(places), where)


def _starts(code: CodeBase, name: str) -> frozenset[CodePlace]:
    """A file or definition that is called so without doubt: a path, or a name in capitals."""
    is_name = "/" in name or "." in name or name[:1].isupper()
    if " " in name or not is_name:
        return frozenset()
    try:
        found = find_target(code, name)
    except InvalidRequest:
        return frozenset()
    if found.kind == "file":
        return frozenset(CodePlace(place.path) for place in found.starts)
    return frozenset(found.starts)


def _folder(code: CodeBase, modules: Mapping[str, str], said: str) -> str:
    folders = {posixpath.dirname(path) for path in code.files}
    if (path := said.strip("/")) in folders:
        return path
    module = modules.get(said.casefold())
    own = [posixpath.dirname(path) for path, file in code.files.items() if file.module == module]
    return _common(own) if module and own else ""


def _common(folders: Sequence[str]) -> str:
    return posixpath.commonpath(folders) if all(folders) else ""


@cache
def _moving() -> frozenset[str]:
    return frozenset(map(stem, read_lexicon("coordination")["steps"]["moves"].split()))


@cache
def _making() -> frozenset[str]:
    return frozenset(map(stem, read_lexicon("coordination")["steps"]["makes"].split()))
