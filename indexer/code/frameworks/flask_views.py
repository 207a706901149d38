"""Views of Flask: the classes that some are, their methods, and what a route is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.frameworks.flask_calls import literal
from memory.code.codebase import CodePlace

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from memory.code.facts import Mark

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
SHORT = frozenset({"get", "post", "put", "patch", "delete"})
_DEEPEST = 8  # classes, one extending another


def endpoint(mark: Mark, above: list[str | None], *, is_plain: bool) -> str:
    """What a route is called, by the names of its blueprints too.

    "" for what a library calls, and for what does not say it at the route and is not plain: a
    class, or a function that a decorator gives another name.
    """
    data = mark.data
    if data["called"] == "add_resource" or not all(above):
        return ""
    keywords, args = data["keywords"], data["args"]
    view = data.get("handler") or keywords.get("view_func") or next(iter(args[2:3]), "")
    second = next(iter(args[1:2]), "") if data["called"] == "add_url_rule" else ""
    said = keywords.get("endpoint") or second
    is_plain = is_plain and bool(re.fullmatch(r"[\w.]+", view))
    plain = view.rpartition(".")[2] if is_plain else ""
    own = literal(said) if said else plain
    return ".".join([*map(str, above), own]) if own else ""


class FlaskViews:
    """The views of a project that are classes."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._lists = {
            (path, mark.name, mark.kind): mark.data["is"]
            for kind in ("decorators", "method_decorators", "methods")
            for path, mark in project.marks("flask", kind)
        }

    def methods(self, mark: Mark, place: CodePlace) -> list[str] | None:
        """The methods of a route; None where it is told in no way that is seen."""
        if mark.data["called"] in SHORT:
            return [mark.data["called"].upper()]
        said = mark.data["keywords"].get("methods", "")
        if said:
            found = re.findall(r"['\"](\w+)['\"]", said)
            plain = re.fullmatch(r"[\[({]\s*+(?:['\"]\w+['\"]\s*+,?\s*+)*+[\])}]", said)
            return [one.upper() for one in found] if plain else None
        one = self._project.definition(place)
        if one is None or one.kind != "class":
            return ["GET"]
        if listed := self.of_class(place, "methods"):
            return [said.strip("'\"").upper() for said, _ in listed]
        return [each.upper() for each in _METHODS if self.member(place, each)] or ["GET"]

    def member(self, place: CodePlace, name: str, depth: int = 0) -> CodePlace | None:
        """A method of a class, or of the first of its bases that has one."""
        own = CodePlace(place.path, f"{place.symbol}.{name}")
        one = self._project.definition(place)
        if self._project.definition(own) or one is None or depth > _DEEPEST:
            return own if self._project.definition(own) else None
        above = (self._project.locate(place.path, base) for base in one.bases)
        members = (self.member(each, name, depth + 1) for each in above if each and each != place)
        return next((each for each in members if each), None)

    def of_class(self, place: CodePlace, kind: str, depth: int = 0) -> list[tuple[str, str]]:
        """What a class, or the first of its bases that does, lists; with the file."""
        if found := self._lists.get((place.path, place.symbol, kind)):
            return [(said, place.path) for said in found]
        one = self._project.definition(place)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if above and above != place and (listed := self.of_class(above, kind, depth + 1)):
                return listed
        return []
