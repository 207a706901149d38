"""The applications and routers of Express, and which of them a name means."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from indexer.code.frameworks.express_classes import Key, RouterClasses
from indexer.code.frameworks.express_made import NEW
from indexer.code.frameworks.scopes import names_at
from memory.code.codebase import CodePlace
from memory.code.testing import is_test

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from memory.code.facts import Mark

_REQUIRED = re.compile(r"require\(\s*['\"]([^'\"]+)['\"]\s*\)(?:\.(\w+))?")
_OF_INSTANCE = re.compile(r"(new\s+[\w$.]+\([^()]*+\)|(?:this\.)?[\w$]+)\.([\w$]+)(?:\(\s*\))?")
_MAKES = re.compile(r"[^()]{0,99}Router\(|(?:\w*[eE]xpress|require\([^()]{0,99}\))\(\)")
_CALL = re.compile(r"[\w$.]++\([^()]*+\)")


class Owners:
    """What is made in a project, and what files mean by names and calls.

    Args:
        project: The files.
    """

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        made = {
            (path, self._named(path, mark)): mark.data
            for path, mark in project.marks("express", "made")
            if not is_test(path)
        }
        self.classes = RouterClasses(project, made)
        made |= {key: made[above] for key, above in self.classes.inherited.items()}
        self.made = made
        self.several = self._called_alike()
        self._instances = {
            (path, mark.name): mark.data["is"]
            for path, mark in project.marks("express", "instance")
        }
        self.by = {
            (path, f"{mark.data['in']}.{mark.name}".lstrip(".")): mark.data["is"]
            for path, mark in project.marks("express", "by")
        }
        self._given_back = {
            (path, mark.name): mark.data["is"]
            for path, mark in project.marks("express", "given back")
        }
        given = Counter(self._gives(path, said) for (path, _), said in self.by.items())
        given.update(
            place
            for path, mark in project.marks("express", "use")
            for said, *_ in mark.data["args"]
            if _CALL.fullmatch(said) and (place := project.locate(path, said.partition("(")[0]))
        )
        self._giving = {place for place, several in given.items() if several > 1}
        self.applications = {key for key, data in made.items() if data["is_application"]}
        self._handed = self._hand()
        self._passing = {
            CodePlace(path, mark.name): mark.data["to"]
            for path, mark in project.marks("express", "passes use")
        }

    def of(self, path: str, mark: Mark, line: int) -> Key | None:
        """What a mark of a file registers at, or is used by."""
        if "function" in mark.data:
            return self._handed.get((path, mark.data["function"], mark.data["index"]))
        if mark.name == "this":
            return self._passed(path, line)
        by = (
            self.by.get((path, one))
            for one in (*names_at(self._project.files[path], mark.name, line), mark.name)
        )
        if any(one and self._gives(path, one) in self._giving for one in by):
            return None  # each call of a function makes a router of its own
        return self.meant(path, mark.name, line)

    def _passed(self, path: str, line: int) -> Key | None:
        """The field of a class that what its method `use` is given is used by."""
        for name in names_at(self._project.files[path], "this.use", line):
            owner = name.rpartition(".")[0]
            for one in self.classes.lineage(CodePlace(path, owner)):
                method = CodePlace(one.path, f"{one.symbol}.use")
                if method in self._passing:
                    field = self._passing[method].removeprefix("this.")
                    return self.meant(path, f"this.{field}", line)
                if self._project.definition(method):
                    return None
        return None

    def meant(self, path: str, said: str, line: int, *, is_given: bool = False) -> Key | None:
        """The application or router that a name, or `require(...)`, means at a line of a file.

        Args:
            path: The file.
            said: The name.
            line: Where it is said.
            is_given: Whether it is a function that gives it.
        """
        for name in (*names_at(self._project.files[path], said, line), said):
            for key in ((path, name), self.classes.field(path, name)):
                if key in self.made:
                    return key
            if (path, name) in self.by and not is_given:
                return self.meant(path, self.by[path, name], line, is_given=True)
        if (member := self._of_instance(path, said)) in self.made:
            return member
        plain = said.removesuffix("()")
        place = self._project.locate(path, plain) if re.fullmatch(r"[\w$.]+", plain) else None
        if required := _REQUIRED.fullmatch(plain):
            file = self._project.module(path, required[1])
            place = CodePlace(file, required[2] or "") if file else None
        if place is None:
            return self._default(path, plain)
        symbols = (place.symbol,) if place.symbol else ("default", "router")
        made = next((one for symbol in symbols if (one := (place.path, symbol)) in self.made), None)
        inside = [
            key
            for key, data in self.made.items()
            if key[0] == place.path and data["within"] in symbols and self._is_given(key)
        ]
        if made or len(inside) == 1:  # a function that makes a router and gives it back
            return made or inside[0]
        return None if place.symbol else self._exported(place.path)

    def makes(self, key: Key, path: str, at: int, line: int) -> bool:
        """Whether one line of a file, and not another, stands in what makes an application."""
        made = CodePlace(key[0], self.made[key]["within"] if key in self.made else "")
        one = self._project.definition(made) if made.symbol and key[0] == path else None
        return (
            one is not None
            and one.line <= at <= one.last_line
            and not (one.line <= line <= one.last_line)
        )

    def _hand(self) -> dict[tuple[str, str, int], Key]:
        """What functions are given as parameters: applications and routers, by file and name."""
        found: dict[tuple[str, str, int], Key] = {}
        for path, mark in self._project.marks("express", "handed"):
            required = _REQUIRED.match(mark.name)
            file = self._project.module(path, required[1]) if required else ""
            place = self._project.locate(path, mark.name)
            if file and required:
                place = CodePlace(file, required[2] or "default")
            elif place and not place.symbol and "." in mark.name:
                place = CodePlace(place.path, mark.name.rpartition(".")[2])
            for index, said in enumerate(mark.data["args"]):
                key = self.meant(path, said, mark.line)
                if place and key:
                    found.setdefault((place.path, place.symbol or "default", index), key)
        return found

    def _named(self, path: str, mark: Mark) -> str:
        """What is made is called; a variable that its function has not from outside, by that."""
        is_own = mark.data["is_own"] or mark.name.startswith("this.")
        names = names_at(self._project.files[path], mark.name, mark.line) if is_own else ()
        return next(iter(names), mark.name)

    def _called_alike(self) -> set[Key]:
        """What stands for several, which only the blocks around them tell apart."""
        own = Counter(
            (path, self._named(path, mark))
            for path, mark in self._project.marks("express", "made")
            if mark.data["is_own"] and not is_test(path)
        )
        return {key for key, several in own.items() if several > 1}

    def _gives(self, path: str, said: str) -> CodePlace:
        """The function that gives a router."""
        return self._project.locate(path, said) or CodePlace(path, said)

    def _is_given(self, key: Key) -> bool:
        """Whether a function gives back what it makes, as far as it says what it gives back."""
        said = self._given_back.get((key[0], self.made[key]["within"]), "")
        return not said or said.startswith("({") or bool(_MAKES.match(said))

    def _of_instance(self, path: str, said: str) -> Key | None:
        """What a member of an instance is: of `this.orders.router`, or `new Orders().router`."""
        found = _OF_INSTANCE.fullmatch(said)
        if found is None:
            return None
        made = NEW.match(found[1])
        name = made[1] if made else self._instances.get((path, found[1]), "")
        place = self._project.locate(path, name) if name else None
        if place is None or place.symbol:
            return self.classes.field(place.path, f"{place.symbol}.{found[2]}") if place else None
        alike = [
            one for one in self.made if one[0] == place.path and one[1].endswith(f".{found[2]}")
        ]
        return alike[0] if len(alike) == 1 else None

    def _default(self, path: str, name: str) -> Key | None:
        """What another file exports without a name, where it is imported as this."""
        for one in self._project.files[path].imports:
            if name in one.local and one.target and one.names[one.local.index(name)] == "default":
                key = (self._project.module(path, one.target), "default")
                return key if key in self.made else None
        return None

    def _exported(self, path: str) -> Key | None:
        """What a file gives as `module.exports`."""
        for one in self._project.files[path].imports:
            if not one.target and "default" in one.local:
                name = one.names[one.local.index("default")]
                if (path, name) in self.made:
                    return path, name
                by = self.by.get((path, name))
                if by and self._gives(path, by) not in self._giving:
                    return self.meant(path, by, 0, is_given=True)
        return None
