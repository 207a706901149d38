"""What a check names: parts of the code, by module, folder, dotted package or pattern."""

from __future__ import annotations

import fnmatch
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from memory.code.checks.check import CannotTell
from memory.code.checks.web import PACKAGE, is_below
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from memory.code.checks.web import Web

_GLOB = re.compile(r"[*?\[]")
_OUTSIDE = re.compile(r"(?:the )?(?:package|library)\s+(?P<name>\S+)$", re.IGNORECASE)
_ENDS = (".", "/", "\\")  # of a part of a name that is imported
_ENDING = re.compile(r"\.\w{1,4}$")


class CodePart(Protocol):
    """A part of the code."""

    @property
    def said(self) -> str:
        """What it is called."""

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it.

        Raises:
            CannotTell: there is no such part.
        """


@dataclass(frozen=True)
class Named:
    """A part as people name it.

    That is, the first that there is: a folder, file or pattern of files, where it has a slash or a
    star; a module; a dotted package of Python or Java, a namespace of PHP; folders and files that
    are called so; a package that the project imports. `package NAME` is only the last. That one and
    what Python brings along have no nodes where nobody imports them.
    """

    said: str

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it; see `CodePart`."""
        if only := _OUTSIDE.match(self.said):
            return _outside(web, only["name"])
        said = self.said.removeprefix("./")
        if "/" in said.strip("@") or _GLOB.search(said):
            found = _in_folder(web, said) or _outside(web, said)
        else:
            found = (
                _of_module(web, said)
                or _below(web, said)
                or _of_package(web, said)
                or _called(web, said)
                or _outside(web, said)
            )
        is_own = web.modules and said.partition(".")[0] in sys.stdlib_module_names
        if not found and not is_own:
            raise CannotTell(f'nothing in the code is called "{self.said}"')
        return found


@dataclass(frozen=True)
class Dotted:
    """A package or module of Python in full; `*` stands for one part of a name, `**` for more."""

    said: str
    as_package: bool = True  # with all that is in it

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it; see `CodePart`."""
        return frozenset(node for one in self.each(web) for node in one.nodes(web))

    def each(self, web: Web) -> list[DottedOne]:
        """What it means, one by one."""
        if "*" not in self.said:
            return [DottedOne(self.said, self.as_package)]
        pattern = dotted_pattern(self.said)
        names = sorted(name for name in web.modules if pattern.fullmatch(name))
        return [DottedOne(name, self.as_package) for name in names]


@dataclass(frozen=True)
class DottedOne:
    """The same without a wildcard."""

    said: str
    as_package: bool = True

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it; see `CodePart`."""
        found = frozenset(
            path
            for path, name in web.files.items()
            if name == self.said or (self.as_package and name.startswith(f"{self.said}."))
        )
        if found or is_below(self.said, web.scope.roots):
            if self.said not in web.modules:
                raise CannotTell(f"there is no module {self.said}")
            return found
        return frozenset(
            node
            for node in web.nodes
            if node.startswith(PACKAGE) and is_below(node.removeprefix(PACKAGE), [self.said])
        )


@dataclass(frozen=True)
class FilePattern:
    """Files by a pattern over their paths; there may be none."""

    said: str
    pattern: re.Pattern[str]
    without: re.Pattern[str] | None = None

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it."""
        return frozenset(
            path
            for path in web.files
            if self.pattern.search(path) and not (self.without and self.without.search(path))
        )


@dataclass(frozen=True)
class Classes:
    """Files by a pattern over the full names of the classes in them: `App\\Model\\User`."""

    said: str
    pattern: re.Pattern[str]

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it; there may be none."""
        names = web.kept("classes", classes_of)
        return frozenset(path for path, own in names.items() if any(map(self.pattern.search, own)))


def classes_of(web: Web) -> dict[str, list[str]]:
    """The full names of the classes of PHP in each file."""
    found: dict[str, list[str]] = {path: [] for path in web.files}
    for place in web.code.symbols:
        if place.path in found and "." not in place.symbol:
            package = web.code.files[place.path].package
            found[place.path].append(f"{package}\\{place.symbol}".lstrip("\\"))
    return found


@dataclass(frozen=True)
class Without:
    """A part without others."""

    part: CodePart
    others: tuple[CodePart, ...]

    @property
    def said(self) -> str:
        """What it is called."""
        return self.part.said

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it; see `CodePart`."""
        return self.part.nodes(web).difference(*(one.nodes(web) for one in self.others))


@dataclass(frozen=True)
class CombinedParts:
    """Several parts as one: what is of any, or of all of them."""

    said: str
    parts: tuple[CodePart, ...]
    of_all: bool = False

    def nodes(self, web: Web) -> frozenset[str]:
        """The nodes of it; see `CodePart`."""
        found = [one.nodes(web) for one in self.parts] or [frozenset[str]()]
        return frozenset.intersection(*found) if self.of_all else frozenset[str]().union(*found)


def dotted_pattern(said: str) -> re.Pattern[str]:
    """Dotted names as a pattern: `*` is one part, `**` one or more.

    Raises:
        CannotTell: it has more of them than anybody writes.
    """
    parts = {"*": r"[^.]+", "**": r"[^.]+(?:\.[^.]+)*"}
    try:
        return tamed(r"\.".join(parts.get(one) or re.escape(one) for one in said.split(".")))
    except ValueError as error:
        raise CannotTell(str(error)) from error


def _in_folder(web: Web, said: str) -> frozenset[str]:
    folder = said.rstrip("/*") if said.endswith(("/", "/*", "/**")) else said
    for place in (folder, f"*/{folder}"):  # from the root, or else wherever it is
        found = frozenset(
            path
            for path in web.files
            if fnmatch.fnmatchcase(path, place) or fnmatch.fnmatchcase(path, f"{place}/*")
        )
        if found:
            return found
    return frozenset()


def _of_module(web: Web, said: str) -> frozenset[str]:
    wanted = said.casefold()
    return frozenset(path for path in web.files if web.module(path).casefold() == wanted)


def _below(web: Web, said: str) -> frozenset[str]:
    return frozenset(path for path, name in web.files.items() if is_below(name, [said]))


def _of_package(web: Web, said: str) -> frozenset[str]:
    """Files of a package of Java or a namespace of PHP, and of what is in it."""
    wanted = re.sub(r"\\+|/", ".", said).strip(".")
    return frozenset(
        path
        for path in web.files
        if (own := web.code.files[path].package) and is_below(own.replace("\\", "."), [wanted])
    )


def _called(web: Web, said: str) -> frozenset[str]:
    """Files in folders of a name, and files that are called so, with or without their ending."""
    wanted = said.casefold()
    found = set()
    for path in web.files:
        *folders, name = path.casefold().split("/")
        if wanted in {*folders, name, _ENDING.sub("", name)}:
            found.add(path)
    return frozenset(found)


def _outside(web: Web, said: str) -> frozenset[str]:
    beginnings = tuple(said + end for end in _ENDS)
    return frozenset(
        node
        for node in web.nodes
        if node.startswith(PACKAGE)
        and (name := node.removeprefix(PACKAGE)).startswith((said, *beginnings))
        and (name == said or name.startswith(beginnings))
    )
