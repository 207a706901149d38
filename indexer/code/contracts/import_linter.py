"""import-linter: `.importlinter`, `setup.cfg` and `pyproject.toml`."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.contracts import ContractReader
from memory.code.checks.check import Check, NotEvaluated
from memory.code.checks.import_linter import (
    AcyclicSiblings,
    ForbiddenModules,
    IndependentModules,
    LayeredModules,
    LayerModules,
    ProtectedModules,
)
from memory.code.checks.web import Scope
from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.checks.check import CodeDemand

_SECTION = "importlinter"
Said = dict[str, Any]


class ImportLinter(ContractReader):
    """Its own five types of contracts; those of a project's own are not evaluated."""

    tool: ClassVar = "import-linter"
    names: ClassVar = ("setup.cfg", ".importlinter", "pyproject.toml")

    def read(self, path: str, text: str, other: Callable[[str], str]) -> Iterator[Check]:
        """A check for each contract."""
        if _SECTION not in text:
            return
        session, contracts = _of_toml(text) if path.endswith(".toml") else _of_ini(text)
        if session is None:
            return
        roots = _list(session.get("root_packages")) or _list(session.get("root_package"))
        scope = Scope(
            tests=True,
            type_checking=not _is_true(session.get("exclude_type_checking_imports")),
            dynamic=False,
            roots=tuple(roots),
        )
        for said, line in contracts:
            name = str(said.get("name", said.get("type", "")))
            try:
                demand = _demand(said, scope)
            except (KeyError, ValueError) as error:
                demand = NotEvaluated(f"the contract is not understood: {error}")
            yield Check(name, demand, self.tool, path, line, kind=self.tool)


def _of_ini(text: str) -> tuple[Said | None, list[tuple[Said, int]]]:
    """The section of the session, and each contract with its line."""
    config = configparser.ConfigParser()
    try:
        config.read_string(text)
        said = {name: dict(config[name]) for name in config.sections() if _is_ours(name)}
    except configparser.Error as error:
        raise ValueError(error.message) from error
    lines = {line.strip(): number for number, line in reversed([*enumerate(text.split("\n"), 1)])}
    session = said.pop(_SECTION, None)
    return session, [(one, lines.get(f"[{name}]", 1)) for name, one in said.items()]


def _is_ours(section: str) -> bool:
    return section == _SECTION or section.startswith(f"{_SECTION}:")


def _of_toml(text: str) -> tuple[Said | None, list[tuple[Said, int]]]:
    session = read_toml(text).get("tool", {}).get(_SECTION)
    if not session:
        return None, []
    starts = [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if re.match(rf"\s*\[\[\s*tool\.{_SECTION}\.contracts\s*\]\]", line)
    ]
    contracts = session.get("contracts", [])
    if len(starts) != len(contracts):  # written as one list
        starts = [1] * len(contracts)
    return session, list(zip(contracts, starts, strict=True))


def _demand(said: Said, scope: Scope) -> CodeDemand:
    alerting = str(said.get("unmatched_ignore_imports_alerting", "error"))
    common = {
        "scope": scope,
        "ignored": tuple(_list(said.get("ignore_imports"))),
        "tells_unmatched": alerting != "none",
    }
    make = _DEMANDS.get(str(said["type"]))
    if make is None:
        return NotEvaluated(f'contracts of type "{said["type"]}" are the project\'s own')
    if not scope.roots:
        return NotEvaluated("no root package is named")
    return make(said, common)


def _forbidden(said: Said, common: Said) -> CodeDemand:
    return ForbiddenModules(
        sources=_names(said, "source_modules"),
        forbidden=_names(said, "forbidden_modules"),
        indirectly=not _is_true(said.get("allow_indirect_imports")),
        as_packages=_is_true(said.get("as_packages", True)),
        **common,
    )


def _protected(said: Said, common: Said) -> CodeDemand:
    return ProtectedModules(
        protected=_names(said, "protected_modules"),
        importers=tuple(_list(said.get("allowed_importers"))),
        as_packages=_is_true(said.get("as_packages", True)),
        **common,
    )


def _layers(said: Said, common: Said) -> CodeDemand:
    return LayeredModules(
        layers=tuple(map(_layer, _names(said, "layers"))),
        containers=tuple(_list(said.get("containers"))),
        exhaustive=_is_true(said.get("exhaustive")),
        beside=tuple(_list(said.get("exhaustive_ignores"))),
        **common,
    )


def _layer(said: str) -> LayerModules:
    if "|" in said and ":" in said:
        raise ValueError(f"a layer has both | and :, {said}")
    tails = [one.strip() for one in re.split(r"[|:]", said)]
    names = {one.strip("() "): one.startswith("(") for one in tails}
    optional = tuple(name for name, is_optional in names.items() if is_optional)
    return LayerModules(tuple(names), optional, independent=":" not in said)


def _independence(said: Said, common: Said) -> CodeDemand:
    return IndependentModules(modules=_names(said, "modules"), **common)


def _acyclic(said: Said, common: Said) -> CodeDemand:
    return AcyclicSiblings(
        ancestors=_names(said, "ancestors"),
        depth=int(said.get("depth", 10)),
        skipped=tuple(_list(said.get("skip_descendants"))),
        **common,
    )


def _names(said: Said, name: str) -> tuple[str, ...]:
    found = tuple(_list(said[name]))
    if not found:
        raise ValueError(f"{name} is empty")
    return found


def _list(said: Any) -> list[str]:
    values = said.split("\n") if isinstance(said, str) else said or []
    return [one.strip() for one in values if one.strip()]


def _is_true(said: Any) -> bool:
    return str(said).strip().casefold() == "true"


_DEMANDS: dict[str, Callable[[Said, Said], CodeDemand]] = {
    "forbidden": _forbidden,
    "protected": _protected,
    "layers": _layers,
    "independence": _independence,
    "acyclic_siblings": _acyclic,
}
