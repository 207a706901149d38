"""Flask: routes of applications and blueprints, of flask-restful, flask-restx and flask-smorest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import HANDLER, LIBRARY, AccessCheck, answer, untold
from indexer.code.frameworks.flask_before import RunBefore, before, run_before
from indexer.code.frameworks.flask_calls import (
    Builders,
    FlaskHelpers,
    builders,
    helpers,
    included,
    joined,
    literal,
    said_of,
)
from indexer.code.frameworks.flask_decorators import (
    ROLES,
    SCHEMES,
    VALIDATORS,
    Decorators,
    Key,
    as_written,
    class_marks,
    head_of,
    renaming_marks,
)
from indexer.code.frameworks.flask_registrars import FlaskRegistrars, registrars
from indexer.code.frameworks.flask_views import SHORT, FlaskViews, endpoint
from indexer.code.frameworks.python_scopes import own_names
from indexer.code.frameworks.python_served import ServedRoute
from indexer.code.frameworks.scopes import names_at
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.codebase import NOT_ASKED, Answered, CodePlace, Route, Unresolved
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_MADE = """
(assignment left: [(identifier) (attribute)] @name
    right: (call function: (_) @called arguments: (argument_list) @arguments)) @made
"""
_CALLS = """
(call function: (attribute object: (_) @owner attribute: (identifier) @called)
    arguments: (argument_list) @arguments) @call
"""
#: What is made of these holds routes, if a way leads from it to an application.
_OWNERS = re.compile(r"(?:Flask|OpenAPI|Quart|Blueprint|Api|Namespace)$")
_APPLICATIONS = re.compile(r"(?:Flask|OpenAPI|Quart)$")
#: What a class of the project's own may be called that is one of these by its bases.
_MAY_OWN = re.compile(r"Flask|Quart|Blueprint|Api|API|App|Namespace")
_LIMITS = re.compile(r"Limiter$")
_OF_LIBRARIES = (_OWNERS, SCHEMES, _LIMITS)
_INCLUDES = frozenset({"register_blueprint", "register_api", "add_namespace", "init_app"})
_RULES = frozenset({"add_url_rule", "add_resource"})
_DEEPEST = 8  # blueprints within blueprints
#: Packages that may refuse for a whole application.
_FORCING = frozenset({"flask_basicauth", "flask_htpasswd", "flask_appbuilder", "flask_oidc"})
_VALIDATES = re.compile(
    r"\.validate_on_submit\(|\.parse_args\(|\.validate\(|[sS]chema\w{0,99}(?:\([^)]{0,999}\))?\.load\("
    r"|\.model_validate\("
)
_OF_ALL = re.compile(r"(?i)(?:app|application|server|flask)$")  # what an application is called
_SOME = ("", "")  # one of several applications, of which nobody knows which
_NO_LITERAL = "its path is not a literal"
_NOTHING = "nothing at the route, its blueprints or its application refuses"


class Flask(Reader):
    """Decorated functions and classes, below the prefixes of blueprints."""

    name = "flask"
    version = 18
    languages = frozenset({"python"})
    hint = re.compile(
        rb"@\w+\.(?:route|get|post|put|patch|delete|before|url_value)|wsgi_app|flask|Flask|[Bb]lueprint|quart|Quart"
        rb"|add_url_rule|add_resource|App(?:lication)?\(|_PREFIX\b|as_view\("
    )

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What holds routes, what it is put into, the routes, and what runs before them."""
        text = source.text
        classes = {one.name for one in source.facts.definitions if one.kind == "class"}
        for found in source.matches(_MADE):
            called, name = text(found["called"][0]), text(found["name"][0])
            if called in classes or any(one.search(called) for one in (_MAY_OWN, *_OF_LIBRARIES)):
                data = {"class": called, **said_of(source, found["arguments"][0])}
                yield Mark(self.name, "made", name, line_of(found["made"][0]), data)
        for found in source.matches(_CALLS):
            yield from self._call(source, found)
        yield from helpers(source, self.name)
        yield from builders(source, self.name)
        yield from registrars(source, self.name)
        yield from before(source, self.name)
        yield from class_marks(source, self.name)
        yield from renaming_marks(source, self.name)

    def _call(self, source: SourceFile, found: dict[str, list[Node]]) -> Iterator[Mark]:
        node, called = found["call"][0], source.text(found["called"][0])
        owner, line = source.text(found["owner"][0]), line_of(node)
        said = {"called": called, **said_of(source, found["arguments"][0])}
        parent = node.parent
        if called in _INCLUDES:
            for each in included(source, node, said):
                yield Mark(self.name, "include", owner, line, each)
        elif called in _RULES:
            said["own"] = own_names(source, node, *said["args"], *said["keywords"].values())
            yield Mark(self.name, "rule", owner, line, said)
        elif parent is not None and parent.type == "decorator" and parent.parent is not None:
            one = parent.parent.child_by_field_name("definition")
            if one is not None and (called == "route" or called in SHORT):
                below = [
                    as_written(source, each)
                    for each in parent.parent.named_children
                    if each.type == "decorator" and each.start_byte > node.start_byte
                ]
                is_function = one.type == "function_definition"
                said |= {"handler": source.owner(one), "below": below}
                said["validates"] = is_function and bool(_VALIDATES.search(source.text(one)))
                yield Mark(self.name, "route", owner, line, said)

    def assemble(self, project: CodeProject) -> Iterable[Route | Unresolved]:
        """Each route below each application that its blueprints lead to."""
        return _Site(project).routes()


class _Above(NamedTuple):
    """A way from an application to what holds a route."""

    prefix: str | None  # None where a part of it is no literal
    holders: tuple[Key, ...]


class _Site:
    """Applications, blueprints, and what they hold."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._helpers = FlaskHelpers(project)
        self._builders = Builders(project)
        self._registrars = FlaskRegistrars(project)
        self._done = [(path, mark) for path, mark in self._registrars.done() if not is_test(path)]
        self._made = {
            (path, self._named(path, mark) if _OWNERS.search(kind) else mark.name): mark.data
            | {"class": kind}
            for path, mark in self._marks("made")
            if (kind := self._kind(path, mark.data["class"]))
        }
        prefixes: dict[Key, set[str]] = {}
        for path, mark in self._marks("made"):
            said = mark.data["keywords"].get("url_prefix", "")
            prefixes.setdefault((path, self._named(path, mark)), set()).add(said)
        #: Names of several, of which nobody knows which has a prefix.
        self._several = {key for key, said in prefixes.items() if len(said) > 1}
        self._plain: dict[Key, list[Key]] = {}  # by the last part of their names
        for path, name in self._made:
            self._plain.setdefault((path, name.rpartition(".")[2]), []).append((path, name))
        self._decorators = Decorators(project, self._made, self._key)
        self._applications = sorted(
            key for key, data in self._made.items() if _APPLICATIONS.search(data["class"])
        )
        self._views = FlaskViews(project)
        self._included: dict[Key, list[tuple[Key, dict[str, Any]]]] = {}
        self._lost: list[Unresolved] = []
        for path, mark in self._marks("include"):
            self._include(path, mark)
        for key, data in self._made.items():
            if data["class"].endswith("Api") and data["args"]:
                self._put(key[0], data["args"][0], 0, key, {"args": [], "keywords": {}})
        #: None for all routes; each with the value of a path without which it does nothing.
        self._before: dict[Key | None, list[RunBefore]] = {}
        for path, mark in self._marks("before"):
            one = run_before(project, self._decorators, path, mark)
            if mark.data.get("registered") and not self._is_put_once(path, mark):
                one = one.maybe()
            for owner in self._run_for(path, mark):
                is_seen = self._key(path, mark.name, mark.line) or _OF_ALL.search(mark.name)
                is_one = owner or (is_seen and len(self._applications) <= 1)
                self._before.setdefault(owner, []).append(one if is_one else one.maybe())
        of_some = (one for key in self._applications for one in self._before.get(key, ()))
        self._before[_SOME] = [one.maybe() for one in of_some]
        self._is_open = not any(
            one.target.partition(".")[0] in _FORCING
            for facts in project.files.values()
            for one in facts.imports
        )

    def _marks(self, kind: str) -> Iterator[tuple[str, Mark]]:
        """Those of one sort; tests serve nobody."""
        for path, mark in self._project.marks("flask", kind):
            if not is_test(path) and not self._registrars.is_inner(path, mark):
                yield path, mark
        yield from ((path, mark) for path, mark in self._done if mark.kind == kind)

    def _kind(self, path: str, called: str, depth: int = 0) -> str:
        """The class of a library that is meant, by the bases of one of the project's own."""
        place = self._project.locate(path, called) if re.fullmatch(r"[\w.]+", called) else None
        one = self._project.definition(place) if place and depth <= _DEEPEST else None
        if place is None or one is None or one.kind != "class":
            return called if any(one.search(called) for one in _OF_LIBRARIES) else ""
        kinds = (self._kind(place.path, base, depth + 1) for base in one.bases)
        return next((kind for kind in kinds if _OWNERS.search(kind) or _LIMITS.search(kind)), "")

    def _include(self, path: str, mark: Mark) -> None:
        data = mark.data
        if data["called"] == "init_app":  # api.init_app(app)
            key = self._key(path, mark.name, mark.line)
            if key and data["args"]:
                self._put(path, data["args"][0], mark.line, key, {"args": [], "keywords": {}})
            return
        said = data["args"][0] if data["args"] else data["keywords"].get("blueprint", "")
        key = self._key(path, said, mark.line) or self._key(*self._builders.made(path, said))
        if key:
            self._put(path, mark.name, mark.line, key, data)
        elif self._applications:
            reason = "what it includes is not in the project"
            self._lost.append(Unresolved(path, mark.line, "route", said[:80], reason))

    def _put(self, path: str, owner: str, line: int, key: Key, data: dict[str, Any]) -> None:
        above = self._key(path, owner, line) or self._only(path, owner)
        if above and above != key:
            self._included.setdefault(key, []).append((above, data))

    def _only(self, path: str, name: str) -> Key | None:
        """The one application, or one of several, where something is called as one.

        None where another package has it.
        """
        if self._project.origin(path, name) and not self._project.locate(path, name):
            return None
        is_one = name in {"app", "application"} and self._applications
        return (
            (self._applications[0] if len(self._applications) == 1 else _SOME) if is_one else None
        )

    def _is_put_once(self, path: str, mark: Mark) -> bool:
        """Whether what a function is run for is put somewhere by one call alone."""
        owner = self._key(path, mark.name, mark.line)
        return len(self._included.get(owner, ())) == 1 if owner else False

    def _named(self, path: str, mark: Mark) -> str:
        """What something is called, with the function, or of a field the class, that has it."""
        return next(names_at(self._project.files[path], mark.name, mark.line), mark.name)

    def _key(self, path: str, said: str, line: int = 0) -> Key | None:
        """The application or blueprint that a name means in a file, at a line of it."""
        for name in (*names_at(self._project.files[path], said, line), said):
            if (path, name) in self._made:
                return path, name
        place = self._project.locate(path, said) if re.fullmatch(r"[\w.]+", said) else None
        key = (place.path, place.symbol) if place else (path, said)
        if key in self._made:
            return key
        is_variable = self._project.definition(CodePlace(*key))
        alike = self._plain.get(key, ()) if is_variable else ()  # a function may set it
        return alike[0] if len(alike) == 1 else None

    def _run_for(self, path: str, mark: Mark) -> Sequence[Key | None]:
        """For the routes of what a function is run before them; None for all."""
        owner = self._key(path, mark.name, mark.line)
        if owner and not mark.data["is_all"] and owner not in self._applications:
            return [owner]
        above = {way.holders[0]: way for way in self._ways(owner)} if owner else {}
        return list(above) if above and len(self._applications) > 1 else [None]

    # Ways from an application

    def _ways(self, key: Key, depth: int = 0) -> Iterator[_Above]:
        if key in self._applications or key == _SOME:
            yield _Above("", (key,))
            return
        for owner, data in self._included.get(key, ()) if depth < _DEEPEST else ():
            own = self._prefix(key, data)
            for above in self._ways(owner, depth + 1):
                yield _Above(joined(above.prefix, own), (*above.holders, key))

    def _prefix(self, key: Key, data: dict[str, Any]) -> str | None:
        """What is put before the routes of a blueprint where it is included."""
        own = self._made[key]
        said = data["keywords"].get("url_prefix") or data["keywords"].get("path") or ""
        if own["class"].endswith("Namespace"):
            said = said or next(iter(data["args"][1:]), "") or own["keywords"].get("path", "")
            name = literal(next(iter(own["args"]), own["keywords"].get("name", "")))
            return literal(said) if said else f"/{name}" if name is not None else None
        if not said and key in self._several:
            return None
        said = said or own["keywords"].get("url_prefix") or own["keywords"].get("prefix") or ""
        return self._helpers.prefix(said) if said and said != "None" else ""

    # Routes

    def routes(self) -> Iterator[Route | Unresolved]:
        """All of them, by file and line."""
        yield from self._lost
        for path, mark in self._marks("route"):
            rules = mark.data["args"] or [mark.data["keywords"].get("rule", "")]
            place = CodePlace(path, mark.data["handler"])
            yield from self._routes(path, mark, rules[:1], place, mark.data["below"])
        for path, mark in self._marks("rule"):
            if not self._helpers.is_inner(path, mark):
                yield from self._rule(path, mark)
        for path, mark in self._marks("helped"):
            for one in self._helpers.rules(path, mark):
                yield from self._rule(path, one)

    def _rule(self, path: str, mark: Mark) -> Iterator[Route | Unresolved]:
        args, keywords = mark.data["args"], mark.data["keywords"]
        if mark.data["called"] == "add_resource":
            view, rules = args[0] if args else "", args[1:]
        else:
            view = keywords.get("view_func") or next(iter(args[2:3]), "")
            rules = args[:1] or [keywords.get("rule", "")]
        wraps = []
        while wrapped := re.fullmatch(r"([\w.]+)\((.*)\)", view, re.DOTALL):
            if wrapped[1].endswith(".as_view"):
                view = wrapped[1].removesuffix(".as_view")
                break
            wraps.append(wrapped[1])
            view = wrapped[2]
        own = mark.data.get("own", {}).get(view.partition(".")[0])
        place = self._project.locate(path, view) if re.fullmatch(r"[\w.]+", view) else None
        place = CodePlace(path, own) if own else place
        if place is None or self._project.definition(place) is None:
            if self._owner(path, mark) or self._is_of_flask(path):
                said = f"{' '.join(rules)} {view}"[:80].strip()
                reason = "its view is not in the project, or given to a function"
                yield Unresolved(path, mark.line, "route", said, reason)
            return
        yield from self._routes(path, mark, rules, place, wraps)

    def _owner(self, path: str, mark: Mark) -> Key | None:
        key = self._key(path, mark.name, mark.line)
        return key or (self._only(path, mark.name) if mark.data["called"] not in SHORT else None)

    def _routes(
        self, path: str, mark: Mark, rules: list[str], place: CodePlace, decorators: list[str]
    ) -> Iterator[Route | Unresolved]:
        key = self._owner(path, mark)
        if key is None:
            if mark.data["called"] not in SHORT and self._is_of_flask(path):
                reason = "what it is registered at is not in the project"
                yield Unresolved(path, mark.line, "route", f"{mark.name} {rules}"[:80], reason)
            return
        ways = list(self._ways(key))
        if not ways:
            reason = "nobody registers its blueprint"
            yield Unresolved(path, mark.line, "route", place.symbol, reason)
        for above in ways:
            for rule in rules:
                full = joined(above.prefix, literal(rule))
                methods = self._views.methods(mark, place)
                if full is None or methods is None:
                    reason = _NO_LITERAL if full is None else "its methods are no literals"
                    said = f"{place.symbol} {rule}"[:80]
                    yield Unresolved(path, mark.line, "route", said, reason)
                    continue
                for method in methods:
                    yield self._route(path, mark, above, full, method, place, decorators)

    def _names(self, above: _Above) -> list[str | None]:
        """What the blueprints above a route are called; None for one that may have another name."""
        held = [one for one in above.holders if one and one not in {_SOME, *self._applications}]
        named = {
            one
            for one in held
            for _, data in self._included.get(one, ())
            if "name" in data["keywords"]
        }
        args = {one: self._made[one]["args"] if one in self._made else [] for one in held}
        return [literal(next(iter(args[one]), "")) if one not in named else None for one in held]

    def _is_of_flask(self, path: str) -> bool:
        imports = self._project.files[path].imports
        return any(one.target.partition(".")[0].startswith("flask") for one in imports)

    def _route(
        self,
        path: str,
        mark: Mark,
        above: _Above,
        full: str,
        method: str,
        place: CodePlace,
        decorators: list[str],
    ) -> Route:
        said = [(one, path) for one in decorators]
        definition = self._project.definition(place)
        if definition and definition.kind == "class":
            for kind in ("decorators", "method_decorators"):
                said += self._views.of_class(place, kind)
            place = self._views.member(place, method.lower()) or place
            member = self._project.definition(place)
            if member and member is not definition:
                said += [(one, place.path) for one in member.annotations]
                definition = member
        line = definition.line if definition else mark.line
        before = [one for key in (None, *above.holders) for one in self._before.get(key, ())]
        is_given = "defaults" in mark.data["keywords"]  # what the path does not have
        is_plain = definition is None or definition.kind == "function"
        is_plain = is_plain and not any(self._decorators.renames(*one) for one in said)
        served = ServedRoute(full, endpoint(mark, self._names(above), is_plain=is_plain), method)
        checks = [
            one.before(served, self._decorators.refusals)
            for one in before
            if not one.needs or is_given or f"{{{one.needs}}}" in full
        ]
        checks += [self._decorators.check(*one, line) for one in said]
        refuses = self._decorators.refusals.handler(place)
        checks.append(AccessCheck(f"{place.symbol} ({place.path}:{line})", refuses, HANDLER))
        roles = (
            each
            for each, one in zip(said, checks[-len(said) - 1 :], strict=False)
            if one.refuses and ROLES.search(head_of(each[0]))
        )
        role = next(roles, None)
        validator = next((one for one, _ in said if VALIDATORS.search(head_of(one))), "")
        validates = validator or ("its body" if mark.data.get("validates") else "")
        return Route(
            method,
            full,
            self._project.called(place),
            place.path,
            line,
            auth=answer(checks, _NOTHING, None if self._is_open else untold(LIBRARY)),
            authorisation=Answered("yes", f"@{role[0]} ({role[1]}:{line})") if role else NOT_ASKED,
            validation=Answered("yes", f"{validates} ({place.path}:{line})")
            if validates
            else NOT_ASKED,
            rate_limit=self._decorators.limits(said, line),
            middleware=tuple(one for one, _ in said),
            registered=f"{path}:{mark.line}",
            symbol=place.symbol,
        )
