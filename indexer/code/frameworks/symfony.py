"""Symfony: routes by attributes, annotations, YAML and PHP, below what mounts them."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.frameworks.symfony_access_control import of_security
from indexer.code.frameworks.symfony_read import configured, controllers
from indexer.code.frameworks.symfony_security import SymfonySecurity
from indexer.code.php_values import UNKNOWN, class_named, texts
from indexer.code.readers import Reader
from indexer.code.refusals import refusing
from indexer.code.yaml_lines import mapping, read_yaml
from memory.code.codebase import NOT_ASKED, CodePlace, Route, Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.facts import Mark

_TOP = re.compile(r"(?:^|/)(?:config/routes\.ya?ml|config/routes/[^/]+\.ya?ml"
                  r"|app/config/routing\.ya?ml)$")  # fmt: skip
_PARAMETER = re.compile(r"\{!?(\w+)(?:<[^<>]*>)?(?:\?[^{}]*)?(?::[\w.]+)?\}")
_INLINE = re.compile(r"\{!?(\w+)<([^<>]+)>")
_REFUSES = re.compile(
    rb"AccessDenied|createAccessDenied|isGranted\(|denyAccess|Unauthorized|Forbidden|FORBIDDEN"
    rb"|\bhash_equals\(|\b40[13]\b|->getUser\(\)|getToken\(\)|AuthenticationException|InsufficientAuth"
)
_ATTRIBUTED = frozenset({"attribute", "annotation", "annotations", "attributes"})
_SEPARATOR = "\\"
_DEEPEST = 10  # resources within resources


class Symfony(Reader):
    """Attributes and annotations of controllers, routes in YAML, and what mounts them."""

    name = "symfony"
    version = 6
    languages = frozenset({"php"})
    hint = re.compile(
        rb"Rout(?:e|ing)|IsGranted|@Security|ApiResource|Rest\\|voteOnAttribute|['\"]ROLE_|"
        + _REFUSES.pattern
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """Routes of classes and methods, what is asked there, and what may refuse."""
        yield from controllers(source, self.name)
        yield from configured(source, self.name)
        yield from refusing(source, self.name, _REFUSES)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route once for each resource that mounts its controller."""
        return _Routes(project).all()


class _Mount(NamedTuple):
    """A folder or file of controllers that is mounted."""

    where: str  # from the root; "" for all that there is
    prefix: str
    names: str  # what is put before the names of its routes


class _Entry(NamedTuple):
    """A route, before its access is known."""

    path: str  # of the file that registers it
    line: int
    route: str
    methods: list[str]
    requirements: dict[str, str]
    place: CodePlace | None
    handler: str
    name: str


class _Routes:
    """The routes of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._security = SymfonySecurity(project)
        self._configs = {
            path: said
            for path, text in project.configs("php").items()
            if not is_test(path) and (said := read_yaml(text)) and not of_security(said)
        }
        self._any_file = next((p for p, one in project.files.items() if one.language == "php"), "")
        self._mounts: list[_Mount] = []
        self._found: list[_Entry | Unresolved] = []
        self._in_php: dict[str, list[Mark]] = {}  # what files of routes in PHP say
        for kind in ("import", "add"):
            for path, mark in project.marks("symfony", kind):
                if not is_test(path):
                    self._in_php.setdefault(path, []).append(mark)
        self._mounted = {
            self._target(path, str(mark.data["first"][0]))
            for path, marks in self._in_php.items()
            for mark in marks
            if mark.kind == "import"
        }  # those that stand alone are not
        for path in self._configs:
            if _TOP.search(path):
                self._yaml(path, "", 0)
        for path in self._in_php:
            if path not in self._mounted:
                self._php(path, "", 0)

    def all(self) -> Iterator[Route | Unresolved]:
        for path, mark in self._project.marks("symfony", "class"):
            if not is_test(path) and not mark.data["is_abstract"]:
                self._of_class(path, mark)
        entries = [one for one in self._found if isinstance(one, _Entry)]
        paths = frozenset(one.route for one in entries)
        for one in self._found:
            if isinstance(one, Unresolved):
                yield one
            elif UNKNOWN in one.route:
                said = one.route.replace(UNKNOWN, "...")
                reason = "its path is not a literal"
                yield Unresolved(one.path, one.line, "route", said, reason)
            else:
                yield from self._served(one, paths)

    def _served(self, one: _Entry, paths: frozenset[str]) -> Iterator[Route | Unresolved]:
        definition = self._project.definition(one.place) if one.place else None
        inline = dict(_INLINE.findall(one.route))
        full = "/" + _PARAMETER.sub(r"{\1}", one.route).lstrip("/")
        for method in one.methods or ["ANY"]:
            if UNKNOWN in method:
                reason = "its method is not a literal"
                yield Unresolved(one.path, one.line, "route", full, reason)
                continue
            place = one.place if definition else None
            judged = self._security.judged(
                method, full, one.name, place or one.handler, inline | one.requirements, paths
            )
            yield Route(
                method,
                full,
                self._project.called(place) if place else one.handler,
                place.path if place else one.path,
                definition.line if definition else one.line,
                auth=judged.get("auth", NOT_ASKED),
                authorisation=judged.get("authorisation", NOT_ASKED),
                validation=judged.get("validation", NOT_ASKED),
                rate_limit=judged.get("rate_limit", NOT_ASKED),
                registered=f"{one.path}:{one.line}",
                symbol=place.symbol if place else "",
            )

    def _of_class(self, path: str, mark: Mark) -> None:
        """The routes of a controller, once for each way in which it is mounted."""
        if mark.data["generates"]:
            reason = "the routes of a resource are made from its model"
            self._found.append(Unresolved(path, mark.line, "route", mark.name, reason))
        handlers = list(self._handlers(CodePlace(path, mark.name), 0))
        if not any(each.data["routes"] for _, each in handlers) and not mark.data["routes"]:
            return
        prefixes = self._prefixes(path)
        if not prefixes:
            reason = "nobody is seen to mount its folder"
            self._found.append(Unresolved(path, mark.line, "route", mark.name, reason))
        plain = {"paths": [""], "methods": [], "requirements": {}, "name": ""}
        outer = mark.data["routes"] or [plain]
        for prefix in prefixes:
            count = len(self._found)
            for place, handler in handlers:
                for inner in handler.data["routes"]:
                    for above in outer:
                        self._joined(prefix, above, inner, place)
            if len(self._found) == count:  # a class that is a controller by itself
                own = CodePlace(path, mark.name)
                place = self._project.locate(path, f"{mark.name}.__invoke") or own
                for above in mark.data["routes"]:
                    self._joined(prefix, None, above, place)

    def _joined(
        self, prefix: str, above: dict[str, Any] | None, inner: dict[str, Any], place: CodePlace
    ) -> None:
        outer = above["paths"] if above else [""]
        for first in outer:
            for own in inner["paths"]:
                full = _join(prefix, _join(first, own) if first else own)
                entry = _Entry(
                    place.path,
                    inner["line"],
                    full,
                    inner["methods"] or (above["methods"] if above else []),
                    (above["requirements"] if above else {}) | inner["requirements"],
                    place,
                    "",
                    (above["name"] if above else "") + inner["name"],
                )
                self._found.append(entry)

    def _handlers(self, place: CodePlace, depth: int) -> Iterator[tuple[CodePlace, Mark]]:
        """The methods of a class with routes, and those of what it extends."""
        for mark in self._marks_of(place):
            yield CodePlace(place.path, mark.name), mark
        one = self._project.definition(place)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            known = self._class(above) if above else None
            if above and known and known.data["is_abstract"]:
                yield from self._handlers(above, depth + 1)

    def _class(self, place: CodePlace) -> Mark | None:
        for mark in self._project.files[place.path].marks:
            if mark.reader == "symfony" and mark.kind == "class" and mark.name == place.symbol:
                return mark
        return None

    def _marks_of(self, place: CodePlace) -> Iterator[Mark]:
        for mark in self._project.files[place.path].marks:
            is_method = mark.reader == "symfony" and mark.kind == "method"
            if is_method and mark.name.rpartition(".")[0] == place.symbol:
                yield mark

    def _prefixes(self, path: str) -> list[str]:
        """The prefixes below which the controllers of a file are mounted."""
        # Of two routes of one name the later stays: what mounts a folder anew moves its routes.
        found = {one.names: one.prefix for one in self._mounts if path.startswith(one.where)}
        return list(found.values()) if found or self._mounts else [""]

    def _yaml(self, path: str, prefix: str, depth: int) -> None:
        """The routes of a file of routes, and of what it mounts."""
        for name, said, line in mapping(self._configs[path]):
            if not isinstance(said, dict) or name.startswith("when@"):
                continue
            if "resource" in said:
                inner = said.get("prefix") or ""
                for one in inner.values() if isinstance(inner, dict) else [str(inner)]:
                    below = _join(prefix, one) if one else prefix
                    self._resource(path, line, said, below, depth)
            elif "path" in said or "pattern" in said:
                self._route(path, line, name, said, prefix)

    def _php(self, path: str, prefix: str, depth: int) -> None:
        """The same of a file of routes in PHP."""
        self._mounted.add(path)
        for mark in self._in_php[path]:
            below = str(mark.data.get("prefix", ""))
            self._configured(path, mark, _join(prefix, below) if below else prefix, depth)

    def _configured(self, path: str, mark: Mark, prefix: str, depth: int) -> None:
        """What a call in PHP says, as if it were in YAML."""
        first, second = mark.data["first"]
        if mark.kind == "import":
            said = {"resource": first, "name_prefix": mark.data.get("namePrefix", "")}
            said |= {} if second == UNKNOWN else {"type": second}
            self._resource(path, mark.line, said, prefix, depth)
            return
        controller = mark.data.get("controller", "")
        owner, method = (*texts(controller), "")[:2]
        if named := class_named(owner):
            controller = f"{self._full(path, named)}::{method or '__invoke'}"
        said = {"path": second, "controller": controller, "methods": mark.data.get("methods", [])}
        self._route(path, mark.line, str(first), said, prefix)

    def _full(self, path: str, name: str) -> str:
        place = self._project.locate(path, name)
        package = self._project.files[place.path].package if place else ""
        return f"{package}{_SEPARATOR}{place.symbol}".lstrip(_SEPARATOR) if place else name

    def _route(self, path: str, line: int, name: str, said: dict[str, Any], prefix: str) -> None:
        given = said.get("path", said.get("pattern"))
        controller = said.get("controller") or (said.get("defaults") or {}).get("_controller") or ""
        methods = said.get("methods") or []
        methods = re.split(r"[|,\s]+", methods) if isinstance(methods, str) else methods
        required = said.get("requirements") or {}
        place = self._controller(str(controller))
        for one in given.values() if isinstance(given, dict) else [given]:
            whole = _join(prefix, str(one))
            whole = whole if "%" not in whole else UNKNOWN
            requirements = {str(key): str(value) for key, value in required.items()}
            self._found.append(
                _Entry(path, line, whole, [str(each).upper() for each in methods if each],
                       requirements, place, str(controller), name)
            )  # fmt: skip

    def _controller(self, said: str) -> CodePlace | None:
        owner, _, method = said.partition("::") if "::" in said else said.rpartition(":")
        owner, method = (owner, method) if owner else (said, "__invoke")
        if not self._any_file or not re.fullmatch(r"[\w\\]+", owner):
            return None
        full = f"{_SEPARATOR}{owner.lstrip(_SEPARATOR)}.{method or '__invoke'}"
        place = self._project.locate(self._any_file, full)
        return place if place and "." in place.symbol else None

    def _resource(
        self,
        path: str,
        line: int,
        said: dict[str, Any],
        prefix: str,
        depth: int,
    ) -> None:
        resource = said["resource"]
        kind, names = str(said.get("type", "")), str(said.get("name_prefix", ""))
        if isinstance(resource, dict):
            resource = resource.get("path", "")
        for one in [resource] if isinstance(resource, str) else resource or []:
            target = self._target(path, str(one))
            several = self._like(path, str(one))
            if several and depth < _DEEPEST:
                for each in several:
                    self._yaml(each, prefix, depth + 1)
            elif target in self._in_php and depth < _DEEPEST:
                self._php(target, prefix, depth + 1)
            elif kind in _ATTRIBUTED or (not kind and target.endswith(("/", ".php"))):
                self._mounts.append(_Mount(target, prefix, names))
            elif kind == "tagged_services" or one == "routing.controllers":
                self._mounts.append(_Mount("", prefix, names))
            elif target in self._configs and depth < _DEEPEST:
                self._yaml(target, prefix, depth + 1)
            else:
                reason = "what it mounts is not " + ("read" if kind else "in the project")
                self._found.append(
                    Unresolved(path, line, "route", str(one).partition("\n")[0][:80], reason)
                )

    def _like(self, path: str, said: str) -> list[str]:
        """The files of routes that a pattern means: `../config/{routes}/*.yaml`."""
        if "*" not in said or not said.endswith((".yaml", ".yml")):
            return []
        pattern = re.sub(r"\{([\w,]+)\}", r"\1", said)
        pattern = re.sub(rf"^(?:{UNKNOWN}|%kernel\.project_dir%)/", "", pattern)
        if pattern == said or said.startswith("."):
            pattern = posixpath.normpath(posixpath.join(posixpath.dirname(path), pattern))
        return [
            one
            for one in sorted(self._configs)
            if UNKNOWN not in pattern and fnmatch.fnmatchcase(f"/{one}", f"*/{pattern}")
        ]

    def _target(self, path: str, said: str) -> str:
        """The file or folder of a resource, from the root."""
        bundle = re.match(r"^@(\w+)/(.*)$", said)
        folder = posixpath.dirname(path)
        if bundle:
            owner = f"{bundle[1]}.php"
            folder = next(
                (posixpath.dirname(one) for one in self._project.files
                 if posixpath.basename(one) == owner), "\0",
            )  # fmt: skip
            said = bundle[2]
        elif said.startswith("%kernel.project_dir%"):
            folder = re.sub(r"(?:^|/)(?:app/)?config(?:/.*)?$", "", folder)
            said = said.removeprefix("%kernel.project_dir%").lstrip("/")
        is_folder = said.endswith("/") or "." not in posixpath.basename(said.rstrip("*/"))
        found = posixpath.normpath(posixpath.join(folder, said.partition("*")[0]))
        return f"{found}/" if is_folder else found


def _join(prefix: str, path: str) -> str:
    """A path below a prefix, as the framework joins them."""
    front = prefix.strip("/")
    return f"/{front}/{path.lstrip('/')}" if path and front else path or f"/{front}"
