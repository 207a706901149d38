"""Modules of a build with Spring: which of them run in which application."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject

_ARTIFACT = re.compile(r"<artifactId>\s*([\w.\-]+)\s*</artifactId>")
_PROJECT = re.compile(r"project\(\s*['\"]:([\w.:\-]+)['\"]\s*\)")
_SCANS = re.compile(
    r"scanBasePackages\s*+=\s*+\{?([^})]*)"
    r"|ComponentScan\(\s*+(?:(?:basePackages|value)\s*+=\s*+)?\{?\s*+(\"[^})]*)"
)
_SOURCES = "src/main/java/"


def module_of(path: str) -> str:
    """The part of a build that a file is of: what stands before its folder of sources."""
    front, mark, _ = path.partition("src/")
    return front if mark else posixpath.dirname(path)


class SpringModules:
    """The modules of a project, and its applications."""

    def __init__(self, project: CodeProject) -> None:
        builds = {
            path: text
            for path, text in project.configs("java").items()
            if posixpath.basename(path) == "pom.xml" or ".gradle" in path
        }
        self._needs: dict[str, set[str]] = {}
        named: dict[str, str] = {}
        for path, text in builds.items():
            module = f"{posixpath.dirname(path)}/".lstrip("/")
            own = _ARTIFACT.search(text.rpartition("</parent>")[2].partition("<dependenc")[0])
            named[own[1] if own else posixpath.basename(posixpath.dirname(path))] = module
        for path, text in builds.items():
            module = f"{posixpath.dirname(path)}/".lstrip("/")
            used = {one.rpartition(":")[2] for one in _PROJECT.findall(text)}
            used |= set(_ARTIFACT.findall(_without_versions(text)))
            self._needs[module] = {named[one] for one in used if one in named} - {module}
        self.applications: dict[str, list[str]] = {}  # the packages that each scans, by its module
        for path, facts in project.files.items():
            for one in facts.definitions if facts.language == "java" else ():
                said = str(one.annotations)
                if "SpringBootApplication" in said and one.kind == "class" and not is_test(path):
                    self.applications.setdefault(module_of(path), []).extend(_scanned(path, said))

    def runs(self, path: str, module: str) -> bool:
        """Whether a class of another module is a bean of the one application that a module is."""
        packages = self.applications.get(module, [])
        own = path.partition(_SOURCES)[2]
        is_scanned = any(own.startswith(one) for one in packages)
        return is_scanned and module_of(path) in self._below(module)

    def is_only_of(self, path: str, module: str) -> bool:
        """Whether the one application that has a class of the build is that of a module."""
        own = module_of(path)
        running = {one for one in self.applications if one == own or self.runs(path, one)}
        return running == {module}

    def _below(self, module: str) -> set[str]:
        found, waiting = set[str](), [module]
        while waiting:
            for one in self._needs.get(waiting.pop(), set()) - found:
                found.add(one)
                waiting.append(one)
        return found


def _without_versions(text: str) -> str:
    """A build without what only says which version of something is taken, if it is."""
    front, is_cut, rest = text.partition("<dependencyManagement>")
    return front + rest.partition("</dependencyManagement>")[2] if is_cut else text


def _scanned(path: str, said: str) -> Iterator[str]:
    """The packages whose beans an application has, as folders."""
    given = [one or other for one, other in _SCANS.findall(said)]
    if not given:
        yield f"{posixpath.dirname(path.partition(_SOURCES)[2])}/"
    for one in re.findall(r"\"([\w.]+)", " ".join(given)):
        yield f"{one.replace('.', '/')}/"
