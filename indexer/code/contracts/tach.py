"""tach: `tach.toml`, what each module may depend on, layers, and interfaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.contracts import ContractReader, folder_of, glob_pattern
from memory.code.checks.allowing import Division, MayImport
from memory.code.checks.check import Check, NotEvaluated
from memory.code.checks.interfaces import Exposes, Interface
from memory.code.checks.parts import FilePattern, dotted_pattern
from memory.code.checks.web import Scope
from memory.texts.linear import tamed
from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.checks.check import CodeDemand

Said = dict[str, Any]
_ROOT = "<root>"
_EXCLUDED = ("**/tests", "**/docs")  # where the file does not say


class Tach(ContractReader):
    """A check for each module that says what it may depend on."""

    tool: ClassVar = "tach"
    names: ClassVar = ("tach.toml",)
    beside: ClassVar = ("tach.domain.toml",)

    def read(self, path: str, text: str, other: Callable[[str], str]) -> Iterator[Check]:
        """The modules in their order, then what is not evaluated."""
        said = read_toml(text)
        lines = _lines(text)
        modules = [
            one | {"path": name}
            for one in said.get("modules", [])
            for name in one.get("paths", [one.get("path", "")])
            if name
        ]
        names = [one["path"] for one in modules]
        layers = [one["name"] if isinstance(one, dict) else one for one in said.get("layers", [])]
        division = _division(said, names, folder_of(path))
        typed = not said.get("ignore_type_checking_imports", True)
        scope = Scope(tests=True, type_checking=typed, exempt=False)
        for one in modules:
            name = one["path"]
            if name == _ROOT or one.get("unchecked"):
                continue
            allowed = _allowed(one, modules, layers, bool(said.get("layers_explicit_depends_on")))
            if set(allowed) | {name} >= {*names} - {_ROOT}:
                continue  # it may import anything
            sentence = f"{name} may depend on {', '.join(allowed) or 'nothing'}"
            demand: CodeDemand = MayImport(name, tuple(allowed), division, scope=scope)
            if meant := _meant_by_a_pattern(one, names):
                demand = NotEvaluated(f"which modules {meant} stands for is not looked at")
            yield Check(sentence, demand, self.tool, path, lines.get(name, 1), kind=self.tool)
        unasked = tuple(one["path"] for one in modules if one.get("unchecked"))
        roots = re.compile(rf"^(?:{_roots(said, folder_of(path))})")
        line = lines.get("[[interfaces]]", 1)
        for name in dict.fromkeys(names):
            if own := [one for one in said.get("interfaces", []) if _is_of(one, name)]:
                sentence = f"{name} is imported by its interface"
                taken = tuple(map(_interface, own))
                demand = Exposes(name, taken, division, roots, unasked, scope)
                yield Check(sentence, demand, self.tool, path, line, kind=self.tool)
        for number, one in enumerate(said.get("interfaces", []), 1):
            if reason := _not_looked_at(one, names):
                said_so = f"interface {number}: {', '.join(one.get('expose', []))}"
                yield Check(said_so, NotEvaluated(reason), self.tool, path, line, kind=self.tool)
        if said.get("forbid_circular_dependencies"):
            reason = "cycles of what is declared are not looked at"
            yield Check(
                "no circular dependencies", NotEvaluated(reason), self.tool, path, 1, kind=self.tool
            )


def _allowed(one: Said, modules: list[Said], layers: list[str], explicit: bool) -> list[str]:
    """The modules that one may depend on."""
    depends = one.get("depends_on")
    listed = [_path(each) for each in depends] if depends is not None else ["**"]
    never = [_path(each) for each in one.get("cannot_depend_on", [])]
    height = layers.index(one["layer"]) if one.get("layer") in layers else None
    found = []
    for other in modules:
        name, layer = other["path"], other.get("layer")
        if name == one["path"]:
            continue
        is_listed = bool(other.get("utility")) or _is_one(name, listed)
        if height is not None and layer in layers:
            below = layers.index(layer) - height
            is_listed = below >= 0 and (is_listed or (below > 0 and not explicit))
        if is_listed and not _is_one(name, never):
            found.append(name)
    return found


def _meant_by_a_pattern(one: Said, names: list[str]) -> str:
    """The module, named by a pattern, of which one is that another may depend on."""
    named = {_path(each) for each in one.get("depends_on") or ()} - {*names}
    patterns = [name for name in names if "*" in name]
    return next((each for each in patterns if any(_is_one(name, [each]) for name in named)), "")


def _is_one(name: str, patterns: list[str]) -> bool:
    return any(dotted_pattern(one).fullmatch(name) for one in patterns)


def _path(said: str | Said) -> str:
    return said if isinstance(said, str) else str(said["path"])


def _is_of(interface: Said, name: str) -> bool:
    """Whether a module, named in full, adopts an interface."""
    if "*" in name or name == _ROOT:
        return False
    return any(tamed(f"^{one}$").search(name) for one in interface.get("from", [".*"]))


def _interface(said: Said) -> Interface:
    exposed = tuple(tamed(f"^{one}$") for one in said.get("expose", []))
    visible = said.get("visibility")
    exclusive = bool(said.get("exclusive"))
    return Interface(exposed, None if visible is None else tuple(visible), exclusive)


def _not_looked_at(interface: Said, names: list[str]) -> str:
    """Why what an interface demands is not known, or not all of it."""
    if interface.get("data_types", "all") != "all":
        return "of which types its names are is not looked at"
    if not any(_is_of(interface, name) for name in names):
        return "no module that is named in full adopts it"
    return ""


def _roots(said: Said, folder: str) -> str:
    """A pattern for the folders that dotted names begin in."""
    return "|".join(
        re.escape(f"{folder}{root}/".removeprefix("./").replace("/./", "/")) if root != "." else
        re.escape(folder)
        for root in said.get("source_roots", ["."])
    )  # fmt: skip


def _division(said: Said, names: list[str], folder: str) -> Division:
    """The modules, those within others first."""
    roots = _roots(said, folder)
    excluded = said.get("exclude", _EXCLUDED)
    without = tamed(f"^{re.escape(folder)}(?:{'|'.join(map(glob_pattern, excluded))})(?:/|$)")
    parts = []
    for name in sorted(names, key=lambda one: (-one.count("."), "*" in one, one)):
        if name == _ROOT:
            continue
        inside = re.sub(r"\\?\.", "/", dotted_pattern(name).pattern.replace("[^.]", "[^/]"))
        pattern = tamed(rf"^(?:{roots})(?:{inside})(?:/|\.py$)")
        parts.append((name, FilePattern(name, pattern, without if excluded else None)))
    return Division(tuple(parts), only_first=True)


def _lines(text: str) -> dict[str, int]:
    """The first line on which each text in quotes, or header, stands."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        found.setdefault(line.strip(), number)
        if re.match(r"\s*(?:path|paths)\s*=", line):
            for quoted in re.findall(r"[\"']([^\"']+)[\"']", line):
                found.setdefault(quoted, number)
    return found
