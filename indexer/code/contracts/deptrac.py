"""deptrac: `deptrac.yaml`, layers of classes and which layer may use which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.contracts import ContractReader, folder_of, glob_pattern, line_of
from indexer.code.yaml_lines import read_yaml
from memory.code.checks.allowing import Division, MayImport
from memory.code.checks.check import Check, NotEvaluated
from memory.code.checks.parts import Classes, CombinedParts, FilePattern, Without
from memory.code.checks.web import Scope
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from memory.code.checks.parts import CodePart

Said = dict[str, Any]
_SCOPE = Scope(tests=True, type_checking=True)
_CLASSES = frozenset({"className", "classNameRegex", "classLike", "class", "interface", "trait"})


class Deptrac(ContractReader):
    """A check for each layer: what it may use of other layers."""

    tool: ClassVar = "deptrac"
    names: ClassVar = ("deptrac.yaml", "deptrac.yml", "depfile.yaml")

    def read(self, path: str, text: str, other: Callable[[str], str]) -> Iterator[Check]:
        """The layers in their order; none is evaluated where one is not understood."""
        said = _settings(text)
        reader = _Layers(folder_of(path), said)
        layers = said.get("layers") or []
        parts: dict[str, CodePart] = {}
        unread = "what it imports is not read" if said.get("imports") else ""
        for one in layers:
            try:
                parts[one["name"]] = reader.layer(one["name"], one.get("collectors") or [], parts)
            except ValueError as error:
                unread = unread or str(error)
        rules = said.get("ruleset") or {}
        skipped = tuple(
            (one, other)
            for one, others in (said.get("skip_violations") or {}).items()
            for other in others or []
        )
        division = Division(tuple(parts.items()))
        for name in (one["name"] for one in layers):
            allowed = _allowed(name, rules)
            demand = (
                NotEvaluated(unread)
                if unread
                else MayImport(name, allowed, division, skipped=skipped, scope=_SCOPE)
            )
            sentence = f"{name} may use {', '.join(allowed) or 'no other layer'}"
            named = re.escape(name)
            line = line_of(text, rf"\s+['\"]?{named}['\"]?\s*:") or line_of(
                text, rf".*\bname:\s*['\"]?{named}['\"]?\s*[}},]?\s*$"
            )
            yield Check(sentence, demand, self.tool, path, line or 1, kind=self.tool)


def _settings(text: str) -> Said:
    top = read_yaml(text)
    if top is None:
        raise ValueError("it is no YAML")
    said = {name: value for name, (value, _) in top.items()}
    inner = said.get("deptrac") or said.get("parameters") or {}
    return {**inner, **said}


def _allowed(name: str, rules: Mapping[str, list[str] | None]) -> tuple[str, ...]:
    """The layers that one may use; `+Layer` is that one with all that it may use itself."""
    found: dict[str, None] = {}
    for one in rules.get(name) or []:
        found[one.removeprefix("+")] = None
        if one.startswith("+") and one[1:] != name:
            found |= dict.fromkeys(_allowed(one[1:], {**rules, name: []}))
    return tuple(found)


class _Layers:
    """Makes parts of what a file says of its layers."""

    def __init__(self, folder: str, said: Said) -> None:
        self._paths = _below(folder, said.get("paths") or ["."])
        self._without = [tamed(_regex(one)) for one in said.get("exclude_files") or []]

    def layer(self, name: str, collectors: list[Said], known: Mapping[str, CodePart]) -> CodePart:
        """A layer: what any of its collectors collects, of the files that are looked at.

        Raises:
            ValueError: one of them is not understood.
        """
        some = CombinedParts(name, tuple(self._collected(name, one, known) for one in collectors))
        looked = FilePattern(name, self._paths)
        left_out = tuple(FilePattern(name, one) for one in self._without)
        return Without(CombinedParts(name, (looked, some), of_all=True), left_out)

    def _collected(self, name: str, one: Said, known: Mapping[str, CodePart]) -> CodePart:
        kind = str(one.get("type", ""))
        value = one.get("value", one.get("regex", one.get("layer", "")))
        if kind == "bool":
            return self._both(name, one, known)
        if kind in {"directory", "glob"}:
            said = _regex(value) if kind == "directory" else glob_pattern(_regex(value)) + "$"
            return FilePattern(name, tamed(said))
        if kind in _CLASSES:
            return Classes(name, tamed(_regex(value)))
        if kind == "layer" and value in known:
            return known[str(value)]
        raise ValueError(f'collectors of type "{kind}" are not evaluated (layer {name})')

    def _both(self, name: str, one: Said, known: Mapping[str, CodePart]) -> CodePart:
        must = tuple(self._collected(name, each, known) for each in one.get("must") or [])
        never = tuple(self._collected(name, each, known) for each in one.get("must_not") or [])
        whole = (
            CombinedParts(name, must, of_all=True) if must else FilePattern(name, re.compile(""))
        )
        return Without(whole, never)


def _below(folder: str, paths: list[str]) -> re.Pattern[str]:
    placed = (re.sub(r"^(?:%[^%]*%|[.]/|[.]$|/)+", "", one).strip("/") for one in paths)
    places = [f"{folder}{one}" for one in placed]
    said = "|".join(re.escape(one) + "(?:/|$)" if one else "" for one in places)
    return re.compile(f"^(?:{said})")


def _regex(said: Any) -> str:
    """A regular expression of PHP, with its signs or without, as one of Python."""
    text = str(said)
    if text[:1] in "#/~" and len(text) > 1 and (end := text.rfind(text[0])) > 0:
        flags = "".join(one for one in text[end + 1 :] if one in "ims")
        text = (f"(?{flags})" if flags else "") + text[1:end]
    return re.sub(r"%[^%]*%/?", "", text)
