"""What the names in functions of Go mean: constants, types of variables, functions and methods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from indexer.code.frameworks.go_router import NAMED, UNKNOWN
from memory.code.codebase import CodePlace
from memory.code.testing import is_test

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject

NAMES = re.compile(f"{NAMED}([^{NAMED}]*){NAMED}")
#: A field of what is set somewhere: `server.Config.RootPath`.
_OF_SETTINGS = re.compile(r"conf|setting|option|opts|cfg|param", re.IGNORECASE)
#: A type by whose name its values may answer requests.
_ANSWERS = re.compile(
    r"func\b|Handler|Server?Mux|Router|Engine|http\.|gin\.|echo\.|chi\.|interface|any$"
)
READER = "go-routers"  # whose marks tell of functions
DEEPEST = 10  # functions that hand a router on


def steps(text: str) -> list[str]:
    """What a chain of calls names: "auth.New", "With", "Handler" of `auth.New(x).With(y).Handler`.

    What is called of what a function gives back, `auth(x)(y)`, is no further step.
    """
    depth, plain = 0, ""
    for sign in text:
        if sign in "([{":
            plain += "(" if not depth else ""
            depth += 1
        elif sign in ")]}":
            depth = max(0, depth - 1)
        elif not depth:
            plain += sign
    first, *rest = plain.split("(")
    return [first.strip(), *(one.strip(" .") for one in rest if one.strip().startswith("."))]


class Names:
    """What the names in functions mean."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._functions = {
            (path, one.name): one.data for path, one in project.marks(READER, "function")
        }
        self._structs = {
            CodePlace(path, one.name): one.data for path, one in project.marks(READER, "struct")
        }
        self._constants = {
            CodePlace(path, one.name): one.data["is"]
            for path, one in project.marks(READER, "constant")
        }
        self._anew = {project.locate(path, one.name) for path, one in project.marks(READER, "anew")}
        self._changing = {mark.name for _, mark in project.marks(READER, "changes")}
        self._changed = {name.rpartition(".")[0] for name in self._changing}
        self._sets: dict[str, set[str]] = {}  # the files that give fields something, by their names
        for path, mark in project.marks(READER, "anew"):
            if "." in mark.name and not is_test(path):
                self._sets.setdefault(mark.name.rpartition(".")[2], set()).add(path)
        self._methods: dict[str, list[CodePlace]] = {}
        for path, facts in project.files.items():
            if facts.language == "go" and not is_test(path):
                for one in facts.definitions:
                    if one.kind == "method":
                        own = one.name.rpartition(".")[2]
                        self._methods.setdefault(own, []).append(CodePlace(path, one.name))

    def path(self, file: str, said: str, depth: int = 0) -> str:
        """A path with its constants filled in."""

        def known(name: re.Match[str]) -> str:
            place = self._project.locate(file, name[1])
            value = None if place in self._anew else self._constants.get(place) if place else None
            if place is None or value is None or depth > DEEPEST:
                owner, _, field = name[1].rpartition(".")
                one = self._project.definition(place) if place else None
                is_set = _OF_SETTINGS.search(owner) or (one and one.kind == "constant")
                return f"{{{field}}}" if is_set else UNKNOWN
            return self.path(place.path, value, depth + 1)

        return NAMES.sub(known, said)

    def is_variable(self, place: CodePlace | None) -> bool:
        """Whether a place is a variable or constant of a package."""
        one = self._project.definition(place) if place else None
        return one is not None and one.kind == "constant"

    def is_anew(self, place: CodePlace) -> bool:
        """Whether a function gives a variable of a package something else."""
        return place in self._anew

    def takes(self, key: tuple[str, str, str]) -> bool:
        """Whether a parameter of a function is a router by its type."""
        return key[2] in self._functions.get(key[:2], {}).get("takes", ())

    def gives(self, place: CodePlace, at: int) -> str:
        """The kind of router that a function gives at a place; "" for none."""
        kinds = self._functions.get((place.path, place.symbol), {}).get("gives", ())
        return kinds[at] if at < len(kinds) else ""

    def function(self, file: str, within: str, text: str) -> CodePlace | None:
        """The function or method that is called so in a function.

        Of `auth.New(users).Handler` it is the method of what is made, if that is known.
        """
        made, *members = steps(text)
        if members:
            type_ = self._type(file, f"{made.lstrip('&*')}(")
            all_ = [self._member(type_, one) for one in members] if type_ else [None]
            return all_[-1] if all(all_) else None
        text = made.lstrip("&*")
        owner, _, member = text.rpartition(".")
        if not owner:
            is_hidden = self.held(file, within, text)  # a variable of the function itself
            return None if is_hidden else self._defined(self._project.locate(file, text))
        said, type_ = self._typed(file, within, owner)
        if type_ is not None:
            return self._member(type_, member)
        if not said and "." not in owner and (found := self._project.locate(file, text)):
            return self._defined(found)
        candidates = self._methods.get(member, [])
        return candidates[0] if len(candidates) == 1 else None

    def behind(self, file: str, within: str, text: str) -> list[CodePlace]:
        """The methods that a method of an interface may be, by its name."""
        owner, _, member = text.rpartition(".")
        _, type_ = self._typed(file, within, owner) if owner else ("", None)
        one = self._project.definition(type_) if type_ else None
        return self._methods.get(member, []) if one and one.kind == "interface" else []

    def held(self, file: str, within: str, text: str) -> str:
        """What is said of the variable of a function by which something is called; or ""."""
        hints = self._functions.get((file, within), {}).get("hints", {})
        return str(hints.get(text.partition("(")[0], ""))

    def is_value(self, file: str, within: str, text: str) -> bool:
        """Whether a variable or a field evidently answers no requests, by its type."""
        said, type_ = self._typed(file, within, text.lstrip("&*"))
        if not said or _ANSWERS.search(said):
            return False
        is_type = "(" not in said  # else what it is made by
        return self._member(type_, "ServeHTTP") is None if type_ else is_type

    def made(self, file: str, within: str, name: str) -> str | int | None:
        """What a variable of a function is made as, or which parameter it is; None if not certain.

        What is made once, and does not change behind that by a method that changes what it is of.
        """
        data = self._functions.get((file, within), {})
        if name not in data.get("values", {}):
            return None
        return cast("str | int", data["values"][name])

    def uses(self, file: str, within: str, name: str) -> list[str]:
        """What a function calls of a variable; "" where it hands that on."""
        return list(self._functions.get((file, within), {}).get("used", {}).get(name, ()))

    def changes(self, type_: str, method: str) -> bool:
        """Whether a method that is called so may change the struct that is called so."""
        return f"{type_}.{method}" in self._changing

    def is_changed(self, type_: str) -> bool:
        """Whether a struct that is called so has a method that may change it."""
        return type_ in self._changed

    def sets(self, field: str) -> set[str]:
        """The files in which a field that is called so is given something."""
        return self._sets.get(field, set())

    def type_of(self, file: str, text: str) -> CodePlace | None:
        """The struct that is called so."""
        place = self._project.locate(file, text.lstrip("&*")) if text else None
        one = self._project.definition(place) if place else None
        return place if one and one.kind in {"class", "type", "interface"} else None

    def of_type(self, type_: CodePlace, name: str) -> CodePlace | None:
        """The method of a struct that is called so."""
        return self._defined(self._member(type_, name))

    def fields_of(self, type_: CodePlace) -> list[str]:
        """The names of the fields of a struct, in their order."""
        return list(self._structs.get(type_, ()))

    def field_type(self, type_: CodePlace, name: str) -> str:
        """The type of a field; "" where that is not known."""
        return str(self._structs.get(type_, {}).get(name, ""))

    def variable(self, file: str, said: str) -> CodePlace | None:
        """The variable of a package that is called so."""
        place = self._project.locate(file, said) if re.fullmatch(r"[\w.]+", said) else None
        return place if self.is_variable(place) else None

    def _typed(self, file: str, within: str, text: str) -> tuple[str, CodePlace | None]:
        """What says the type of a variable or of its field, and the type; "" and None for none."""
        root, *fields = text.split(".")
        said = self._functions.get((file, within), {}).get("hints", {}).get(root, "")
        type_ = self._type(file, said) if said else None
        for name in fields:
            said = self._structs.get(type_, {}).get(name, "") if type_ else ""
            type_ = self._type(type_.path, said) if type_ and said else None
        return said, type_

    def _member(self, type_: CodePlace, name: str) -> CodePlace | None:
        found = self._project.locate(type_.path, f"{type_.symbol}.{name}")
        return found if found and found.symbol == f"{type_.symbol}.{name}" else None

    def _defined(self, place: CodePlace | None) -> CodePlace | None:
        return place if place and self._project.definition(place) else None

    def _type(self, file: str, hint: str) -> CodePlace | None:
        """The type that a variable has by what it is made by."""
        hint = hint.lstrip("&*").partition("[")[0].removeprefix("new(").rstrip(")")
        called = hint.partition("(")[0]
        place = self._project.locate(file, called)
        one = self._project.definition(place) if place else None
        if place is None or one is None:
            return None
        if one.kind in {"class", "interface", "type"}:
            return place
        result = self._functions.get((place.path, place.symbol), {}).get("result", "")
        result = result.partition(",")[0].strip()
        made = re.sub(r"^(?:[Nn]ew|[Mm]ake)", "", one.name)
        for name in [result.lstrip("*")] if result else [made, made[:1].lower() + made[1:]]:
            found = self._project.locate(place.path, name) if name and name != called else None
            known = self._project.definition(found) if found else None
            if known and known.kind != "function":
                return found
        return None

    def origin(self, file: str, text: str) -> str:
        """What a name means that another package has: `net/http.StripPrefix`."""
        root, _, rest = text.partition("(")[0].partition(".")
        for one in self._project.files[file].imports:
            last = re.sub(r"/v\d+$", "", one.target).rpartition("/")[2]
            if root in (one.local or (last, last.removeprefix("go-").replace("-", ""))):
                return f"{one.target}.{rest}"
        return ""
