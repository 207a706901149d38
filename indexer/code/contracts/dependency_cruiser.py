"""dependency-cruiser: `.dependency-cruiser.js`, as far as its rules are written out."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.contracts import ContractReader, folder_of, line_of
from indexer.code.contracts.literals import ObjectLiteral, Unwritten, read_exported, unwritten
from memory.code.checks.check import Check, NotEvaluated
from memory.code.checks.cruising import (
    OWN,
    AllowedImports,
    Cruised,
    ForbiddenImports,
    Imports,
    Orphans,
    PathPatterns,
    ReachRule,
    RequiredImports,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.checks.check import CodeDemand

_FROM = frozenset({"path", "pathNot", "orphan"})
_TO = frozenset(
    {"path", "pathNot", "circular", "reachable", "dependencyTypes", "dependencyTypesNot", "viaOnly"}
)
_KINDS = frozenset({"local", "core", "npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg"})
_TYPES = frozenset({"type-only", "type-import", "pre-compilation-only"})
#: Of which files of a package nobody knows before it is installed: they never decide alone.
_UNKNOWN = frozenset({"npm-unknown", "npm-bundled", "undetermined", "unknown"})
_DECLARED = (
    ("dependencies", "npm"),
    ("devDependencies", "npm-dev"),
    ("optionalDependencies", "npm-optional"),
    ("peerDependencies", "npm-peer"),
)
_OPTIONS = ("includeOnly", "exclude", "doNotFollow", "tsPreCompilationDeps", "detectJSDocImports")
_TAKES = re.compile(r"-[cTfxIFXRpD]|--(?:config|output-type|output-to|exclude|include-only|focus|"
                    r"do-not-follow|ts-config|webpack-config|max-depth|prefix|collapse|reaches|"
                    r"highlight|affected|metrics|module-systems|progress|cache)")  # fmt: skip


_CALLED = frozenset({"depcruise", "dependency-cruise", "dependency-cruiser"})
_RUNNERS = frozenset("node npx yarn pnpm bunx bun exec dlx run cross-env".split())


class DependencyCruiser(ContractReader):
    """A check for each rule of its three lists."""

    tool: ClassVar = "dependency-cruiser"
    names: ClassVar = tuple(
        f".dependency-cruiser.{ending}" for ending in ("json", "js", "cjs", "mjs")
    )

    def read(self, path: str, text: str, other: Callable[[str], str]) -> Iterator[Check]:
        """The rules in their order."""
        said = read_exported(path, text)
        if not isinstance(said, dict):
            raise ValueError("it exports no object")  # noqa: TRY004 - as for any other text
        if (odd := _unknown(said)) is not None:
            reason = f"JavaScript that is not evaluated, {odd}"
            yield self._check("all rules", NotEvaluated(reason), path, odd.line)
            return
        options = said.get("options") or {}
        cruised = _cruised(folder_of(path), options, other)
        if extended := said.get("extends"):
            reason = "what it extends is not read"
            yield self._check(f"extends {extended!r}", NotEvaluated(reason), path, 1)
        if any(str(one).startswith(".") for one in _rules(extended)):
            return  # the options are there
        rules = [
            (kind, one) for kind in ("forbidden", "required") for one in _rules(said.get(kind))
        ]
        for kind, one in rules:
            if isinstance(one, dict) and one.get("severity") == "ignore":
                continue
            name = str(one.get("name", kind)) if isinstance(one, dict) else kind
            check = self._check(name, _demand(kind, one, cruised), path, _line(one, text))
            is_error = isinstance(one, dict) and one.get("severity", "warn") == "error"
            yield check if is_error else replace(check, severity="minor")
        if allowed := _rules(said.get("allowed")):
            line = line_of(text, r"\s*[\"']?allowed[\"']?\s*:") or 1
            check = self._check("not-in-allowed", _all_allowed(allowed, cruised), path, line)
            is_error = said.get("allowedSeverity", "warn") == "error"
            yield check if is_error else replace(check, severity="minor")

    def _check(self, name: str, demand: CodeDemand, path: str, line: int) -> Check:
        return Check(name, demand, self.tool, path, line, kind=self.tool)


def _unknown(said: dict[str, Any]) -> Unwritten | None:
    """What is not written out of what all rules depend on: which there are, and the options."""
    options = said.get("options")
    used = [options.get(one) for one in _OPTIONS] if isinstance(options, dict) else [options]
    spread = [one for part in (said, options) if isinstance(part, dict)
              for name, one in part.items() if name.startswith("...")]  # fmt: skip
    return unwritten([*used, *spread])


def _rules(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said] if said else []


def _line(one: Any, text: str) -> int:
    if isinstance(one, ObjectLiteral):
        name = re.escape(str(one.get("name", "")))
        return line_of(text, rf".*[\"']?name[\"']?\s*:\s*[\"'`]{name}[\"'`]") or one.line
    return getattr(one, "line", 1)


def _cruised(folder: str, options: dict[str, Any], other: Callable[[str], str]) -> Cruised:
    package = _json(other("package.json"))
    packages = {
        name: kind for field, kind in reversed(_DECLARED) for name in package.get(field) or {}
    }
    if name := package.get("name"):
        packages[name] = OWN
    return Cruised(
        folder=folder,
        begins=_begins(package.get("scripts") or {}),
        only=_expression(options.get("includeOnly")),
        exclude=_expression(options.get("exclude")),
        not_followed=_expression(options.get("doNotFollow")),
        types=bool(options.get("tsPreCompilationDeps")),
        in_comments=bool(options.get("detectJSDocImports")),
        packages=tuple(sorted(packages.items())),
    )


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _begins(scripts: dict[str, str]) -> tuple[str, ...]:
    """What the project's own scripts have looked at; nothing where they do not say."""
    for said in scripts.values():
        for command in re.split(r"&&|\|\||;|\|", str(said)):
            try:
                words = shlex.split(command)
            except ValueError:
                continue
            names = [re.sub(r"\.[cm]?js$", "", posixpath.basename(one)) for one in words]
            at = next((at for at, one in enumerate(names) if one in _CALLED), -1)
            if at >= 0 and all(one in _RUNNERS or "=" in one for one in names[:at]):
                rest = words[at + 1 :]
                pairs = zip(rest, ["", *rest], strict=False)
                found = [
                    posixpath.normpath(one)
                    for one, before in pairs
                    if not one.startswith("-")
                    and not _TAKES.fullmatch(before)
                    and ".dependency-cruiser" not in one
                ]
                if found and not any(re.search(r"[*{\[]", one) or one == "." for one in found):
                    return tuple(found)
    return ()


def _expression(said: Any) -> str:
    """A pattern as the options write it: a text, several, or an object with a path."""
    if isinstance(said, dict):
        said = said.get("path", "")
    if isinstance(said, list):
        return "|".join(map(str, said))
    return said if isinstance(said, str) else ""


def _demand(kind: str, one: Any, cruised: Cruised) -> CodeDemand:
    if (odd := unwritten(one)) is not None:
        return NotEvaluated(f"JavaScript that is not evaluated, {odd}")
    if not isinstance(one, dict) or one.get("scope") == "folder":
        return NotEvaluated("rules about folders are not evaluated")
    return _MADE[kind](one, cruised)


def _required(one: dict[str, Any], cruised: Cruised) -> CodeDemand:
    module, target = one.get("module") or {}, one.get("to") or {}
    refused = _odd(module, {"path", "pathNot"}) or _odd(target, {"path", "reachable"})
    return refused or RequiredImports(
        cruised=cruised,
        files=_paths(module),
        target=_paths(target),
        indirectly=bool(target.get("reachable")),
    )


def _not_there(one: dict[str, Any], cruised: Cruised) -> CodeDemand:
    source, target = one.get("from") or {}, one.get("to") or {}
    if "module" in one:
        return NotEvaluated("rules about the number of dependents are not evaluated")
    if refused := _odd(source, _FROM) or _odd(target, _TO):
        return refused
    if source.get("orphan"):
        return Orphans(cruised=cruised, files=_paths(source))
    if "reachable" in target:
        return ReachRule(
            cruised=cruised,
            source=_paths(source),
            target=_paths(target),
            wanted=not target["reachable"],
        )
    return _forbidden(source, target, cruised)


def _forbidden(source: dict[str, Any], target: dict[str, Any], cruised: Cruised) -> CodeDemand:
    kinds = {*target.get("dependencyTypes", ())} - _UNKNOWN
    others = {*target.get("dependencyTypesNot", ())}
    via = target.get("viaOnly") or {}
    if (
        not kinds <= _KINDS
        or not others <= _KINDS | _TYPES
        or ("dependencyTypes" in target and not kinds)
    ):
        odd = ", ".join(sorted((kinds | others or {*target["dependencyTypes"]}) - _KINDS))
        return NotEvaluated(f"dependency types are not evaluated: {odd}")
    if via and not (set(via) == {"dependencyTypesNot"} and {*via["dependencyTypesNot"]} <= _TYPES):
        return NotEvaluated("viaOnly is not evaluated")
    if via or others & _TYPES:
        cruised = replace(cruised, untyped=True)
    return ForbiddenImports(
        cruised=cruised,
        imports=Imports(
            _paths(source),
            _paths(target),
            target.get("circular"),
            tuple(sorted(kinds)),
            tuple(sorted(others & _KINDS)),
        ),
    )


def _all_allowed(rules: list[Any], cruised: Cruised) -> CodeDemand:
    if (odd := unwritten(rules)) is not None:
        return NotEvaluated(f"JavaScript that is not evaluated, {odd}")
    found = []
    for one in rules:
        source, target = one.get("from") or {}, one.get("to") or {}
        refused = _odd(source, {"path", "pathNot"}) or _odd(target, {"path", "pathNot", "circular"})
        if refused:
            return refused
        found.append(Imports(_paths(source), _paths(target), target.get("circular")))
    return AllowedImports(cruised=cruised, imports=tuple(found))


def _odd(said: dict[str, Any], known: set[str] | frozenset[str]) -> NotEvaluated | None:
    odd = sorted(set(said) - known)
    return NotEvaluated(f"{', '.join(odd)} is not evaluated") if odd else None


def _paths(said: dict[str, Any]) -> PathPatterns:
    return PathPatterns(_expression(said.get("path")), _expression(said.get("pathNot")))


_MADE: dict[str, Callable[[dict[str, Any], Cruised], CodeDemand]] = {
    "forbidden": _not_there,
    "required": _required,
}
