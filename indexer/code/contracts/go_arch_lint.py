"""go-arch-lint: `.go-arch-lint.yml`, components of packages and what each may depend on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.contracts import ContractReader, folder_of, glob_pattern, line_of
from indexer.code.yaml_lines import read_yaml
from memory.code.checks.allowing import Division, MayImport
from memory.code.checks.check import Check
from memory.code.checks.parts import CombinedParts, FilePattern, Without
from memory.code.checks.web import Scope
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.checks.parts import CodePart

Said = dict[str, Any]
_SCOPE = Scope(tests=True, type_checking=True)


class GoArchLint(ContractReader):
    """A check for each component."""

    tool: ClassVar = "go-arch-lint"
    names: ClassVar = (".go-arch-lint.yml", ".go-arch-lint.yaml")

    def read(self, path: str, text: str, other: Callable[[str], str]) -> Iterator[Check]:
        """The components in their order."""
        top = read_yaml(text)
        if top is None:
            raise ValueError("it is no YAML")
        said = {name: value for name, (value, _) in top.items()}
        workdir = str(said.get("workdir") or "").removeprefix("./").strip("/.")
        folder = folder_of(path) + (f"{workdir}/" if workdir else "")
        components: dict[str, Said] = said.get("components") or {}
        left_out = _left_out(folder, said)
        parts: list[tuple[str, CodePart]] = [
            (name, Without(_component(folder, name, _list(one.get("in"))), left_out))
            for name, one in components.items()
        ]
        division = Division(tuple(parts))
        for name in components:
            rules = (said.get("deps") or {}).get(name) or {}
            allowed = [*_list(rules.get("mayDependOn")), *_list(said.get("commonComponents"))]
            if rules.get("anyProjectDeps"):
                allowed = list(components)
            demand = MayImport(
                name,
                tuple(allowed),
                division,
                packages=None if rules.get("anyVendorDeps") else _packages(said, rules),
                scope=_SCOPE,
            )
            sentence = f"{name} may depend on {', '.join(allowed) or 'nothing'}"
            line = line_of(text, rf"\s+['\"]?{re.escape(name)}['\"]?\s*:") or 1
            yield Check(sentence, demand, self.tool, path, line, kind=self.tool)


def _packages(said: Said, rules: Said) -> tuple[str, ...] | None:
    """The packages of others that a component may import; None for any."""
    if (said.get("allow") or {}).get("depOnAnyVendor"):
        return None
    vendors = said.get("vendors") or {}
    names = (*_list(rules.get("canUse")), *_list(said.get("commonVendors")))
    return tuple(
        place.removesuffix("/**")
        for name in names
        for place in _list((vendors.get(name) or {}).get("in"))
    )


def _component(folder: str, name: str, places: list[str]) -> CodePart:
    """The files of packages, without those in folders of theirs unless the pattern goes there."""
    return CombinedParts(
        name,
        tuple(
            FilePattern(one, tamed(rf"^{re.escape(folder)}{_package(one)}[^/]+\.go$"))
            for one in places
        ),
    )


def _package(said: str) -> str:
    place = said.removeprefix("./").rstrip("/")
    return "" if place in {"", "."} else f"{glob_pattern(place)}/"


def _left_out(folder: str, said: Said) -> tuple[CodePart, ...]:
    begin = re.escape(folder)
    folders = [rf"^{begin}{glob_pattern(one.strip('/'))}/" for one in _list(said.get("exclude"))]
    return tuple(
        FilePattern(one, tamed(one)) for one in (*folders, *_list(said.get("excludeFiles")))
    )


def _list(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else [str(one) for one in said or []]
