"""Who may ask a view of Django: by middleware, decorators, mixins, and what it does itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.access import HANDLER, LIBRARY, SETTINGS, AccessCheck, answer, untold
from indexer.code.frameworks.django_middleware import Middleware
from indexer.code.frameworks.python_refusals import PythonFunctionRefusals
from indexer.code.frameworks.python_scopes import function_of, types_of
from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Answered
    from memory.code.facts import Definition

_DECORATORS = "django.contrib.auth.decorators."
_MIXINS = "django.contrib.auth.mixins."
#: What refuses who is nobody, by its full name.
_GUARDS = frozenset({
    f"{_DECORATORS}login_required",
    f"{_DECORATORS}permission_required",
    "django.contrib.admin.views.decorators.staff_member_required",
    f"{_MIXINS}LoginRequiredMixin",
    f"{_MIXINS}PermissionRequiredMixin",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.auth.views.PasswordChangeView",
    "django.contrib.auth.views.PasswordChangeDoneView",
})  # fmt: skip
_RIGHTS = re.compile(r"permission_required|staff_member|PermissionRequired")
_TESTS = f"{_DECORATORS}user_passes_test"
_FOR_METHODS = "django.utils.decorators.method_decorator"
_OF_METHOD = re.compile(r"\bname\s*=\s*['\"](\w+)['\"]")
#: What a test of a user says that is false for nobody.
_KNOWN = re.compile(r"\b\w+\.is_(?:authenticated|staff|superuser|active)\b")
_ALTERNATIVES = re.compile(r"\bor\b|\bnot\b|\bif\b")
#: Decorators of libraries that refuse nobody for being nobody.
_HARMLESS = re.compile(
    r"(?:django\.(?:views\.decorators|db|utils)|functools|contextlib|typing|django_htmx|csp"
    r"|drf_spectacular|drf_yasg|ratelimit|django_ratelimit|silk|sentry_sdk|asgiref)\b.*"
)
#: Bases of libraries that refuse nobody for being nobody, unless they are called as what does.
_PLAIN = re.compile(
    r"django\.(?:views|contrib\.auth\.views)\b.*|object|abc\.ABC|(?:typing\.)?Generic"
    r"|(?i:(?!.*(?:auth|login|permission|access|private|sso|oidc|restrict|require)))"
    r"(?:django|django_(?:filters|tables2|htmx|select2)|extra_views|formtools|vanilla"
    r"|braces(?!.*UserPassesTest))\..*"
)
_NAMED_GUARD = re.compile(
    r"auth(?!entication\.middleware)|login|permission|access|private|sso|oidc|lockdown|restrict",
    re.I,
)
#: Middleware of libraries that is called like a guard and is none: it sets headers, or who asks.
_NO_GUARDS = re.compile(r"(?:django_permissions_policy|oauth2_provider|social_django)\..*")
_ASKED_OF = ("__call__", "process_request", "process_view", "process_response")
#: What the generic views answer to.
_GENERIC = {
    **dict.fromkeys(("ListView", "DetailView", "TemplateView", "RedirectView"), ("GET",)),
    **dict.fromkeys(("CreateView", "UpdateView", "FormView", "DeleteView"), ("GET", "POST")),
}
_DEEPEST = 12  # classes that extend classes
_MOST_CALLS = 3  # from what is asked first
_NOTHING = "no middleware, decorator or mixin refuses, nor does the view"
_HANDS = """
(call function: (attribute object: (_) @view attribute: (identifier) @made)
    (#any-of? @made "as_view" "dispatch")) @call
"""
_ANSWERING = ("get", "post", "put", "patch", "delete")
_MAY_HAND = re.compile(rb"\.(?:as_view|dispatch)\(")
_PUTS = re.compile(rb"\.user\s*+[=:,](?!=)|\bsetattr\([^,()]*+,\s*+['\"]user['\"]")
_PUTTING = """
([(assignment left: [(attribute object: (_) @asking attribute: (identifier) @name)
    (pattern_list (attribute object: (_) @asking attribute: (identifier) @name))])
 (call function: (identifier) @by arguments: (argument_list . (_) @asking
    . (string (string_content) @name)) (#eq? @by "setattr"))]
 (#eq? @name "user"))
"""
_IDLE = frozenset({"comment", "expression_statement"})
_LISTS = """
[(assignment left: (identifier) @name right: (_) @value)
 (augmented_assignment left: (identifier) @name right: (_) @value)]
"""


class RegisteredView(NamedTuple):
    """A view, as it is registered."""

    place: CodePlace
    method: str  # of its class; "" for a function
    wrapped: tuple[str, ...]  # what it is given to where it is registered: "login_required"
    registered: tuple[str, int]  # file and line


class Access:
    """What stands before the views of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = PythonFunctionRefusals(project)
        self._tests = {
            (path, mark.name): mark.data["is"] for path, mark in project.marks("django", "test")
        }
        self._hands: dict[CodePlace, list[Mark]] = {}
        for path, mark in project.marks("django", "hands"):
            self._hands.setdefault(CodePlace(path, mark.name), []).append(mark)
        self._puts = {CodePlace(path, mark.name) for path, mark in project.marks("django", "puts")}
        self._first = [
            self._middleware(path, mark, is_sure=is_sure)
            for path, mark, is_sure in Middleware(project).all()
        ]

    def judged(
        self, asked: RegisteredView, own: Sequence[AccessCheck] | None = None
    ) -> tuple[Answered, str]:
        """Whether who shows nothing is refused; and what asks for a right, "" for nothing.

        Args:
            asked: The view.
            own: What a framework on top of Django says of its class or function; None for none.
        """
        checks = [*self._first, *self._around(asked)]
        checks += self._of_view(asked) if own is None else own
        nothing = "; ".join(one.said for one in own or () if one.said) or _NOTHING
        rights = (one.said for one in checks if one.refuses and _RIGHTS.search(one.what))
        left = (
            None
            if self._first or own is not None
            else untold(SETTINGS, "no MIDDLEWARE of settings is seen")
        )
        return answer(checks, nothing, left), next(rights, "")

    def generic_methods(self, place: CodePlace) -> list[str]:
        """What a class serves because a generic view of Django does."""
        found: list[str] = []
        for one in (each for each in self._classes(place) if isinstance(each, CodePlace)):
            definition = self._project.definition(one)
            for base in definition.bases if definition else ():
                origin = self._project.origin(one.path, base)
                if origin.startswith("django.views.generic"):
                    found += _GENERIC.get(origin.rpartition(".")[2], ())
        return list(dict.fromkeys(found))

    def _middleware(self, path: str, mark: Mark, *, is_sure: bool) -> AccessCheck:
        said = f"{mark.name} ({path}:{mark.line})"
        name = mark.name.rpartition(".")[2]
        if mark.data["is"] != "string":
            return AccessCheck(said, None, SETTINGS)
        if mark.name in _GUARDS:
            return AccessCheck(said, None)  # views may be exempt from it
        place = self._project.locate_dotted(path, mark.name)
        if place is None:
            is_plain = mark.name.startswith("django.") or _NO_GUARDS.fullmatch(mark.name)
            is_named = not is_plain and _NAMED_GUARD.search(name)
            return AccessCheck(said, None if is_named else False)
        members = [place, *(CodePlace(place.path, f"{name}.{one}") for one in _ASKED_OF)]
        known = [self._refusals.guard(one) for one in members if self._project.definition(one)]
        if True in known:
            return AccessCheck(said, True if is_sure else None)
        inner = f"{place.symbol}."
        all_of = (one.name for one in self._project.files[place.path].definitions)
        members += [CodePlace(place.path, one) for one in all_of if one.startswith(inner)]
        is_harmless = all(map(self._passes_on, members))
        return AccessCheck(said, False if is_harmless else None)

    def _passes_on(self, member: CodePlace) -> bool:
        """Whether a part of a middleware neither refuses nor asks what is false for nobody."""
        return self._refusals.guard(member) is False and not any(
            self._refusals.denies(member.path, one) for one in self._project.calls(member)
        )

    def _around(self, asked: RegisteredView) -> Iterator[AccessCheck]:
        path, line = asked.registered
        for said in asked.wrapped:
            yield self._decorator(said, path, line, "")

    def _of_view(self, asked: RegisteredView) -> Iterator[AccessCheck]:
        one = self._project.definition(asked.place)
        if one is None:
            return
        if one.kind == "constant":  # what something made
            yield AccessCheck(f"{one.name} ({asked.place.path}:{one.line})", None)
        elif one.kind != "class":
            yield from self._decorators(one.annotations, asked.place.path, one.line, asked.method)
            yield self._handler(asked.place, one)
            yield from self._handed(asked.place)
        else:
            yield from self._of_class(asked.place, asked.method)

    def _handed(self, place: CodePlace) -> Iterator[AccessCheck]:
        """What the views do that a function hands a request on to, where it does nothing else."""
        for mark in self._hands.get(place, ()):
            view = self._project.locate(place.path, mark.data["is"])
            said = f"{mark.data['is']} ({place.path}:{mark.line})"
            if view is None or not mark.data["alone"] or self._says_who_asks(place):
                yield AccessCheck(said, None, HANDLER)
            else:
                yield from self._of_class(view, "")
                yield from self._answering(view, said)

    def _answering(self, view: CodePlace, said: str) -> Iterator[AccessCheck]:
        """A doubt where a method of a view may refuse, and it is not known which is asked."""
        places = [one for one in self._classes(view) if not isinstance(one, AccessCheck)]
        members = (CodePlace(o.path, f"{o.symbol}.{name}") for o in places for name in _ANSWERING)
        known = [one for one in members if self._project.definition(one)]
        if any(self._refusals.handler(one) is not False for one in known):
            yield AccessCheck(said, None, HANDLER)

    def _of_class(self, place: CodePlace, method: str) -> Iterator[AccessCheck]:
        """What the classes that a view is made of do; in doubt where one of them says who asks."""
        classes = [one for one in self._classes(place) if isinstance(one, CodePlace)]
        members = (
            CodePlace(one.path, f"{one.symbol}.{name}")
            for one in classes
            for name in ("setup", "dispatch")
        )
        known = (one for one in members if self._puts and self._project.definition(one))
        is_put = any(map(self._says_who_asks, known))
        for one in self._asked(place, method):
            yield one._replace(refuses=None) if is_put and one.refuses else one

    def _asked(self, place: CodePlace, method: str) -> Iterator[AccessCheck]:
        """What the classes that a view is made of do, in the order in which they are asked."""
        is_handled, is_dispatched = False, False
        for one in self._classes(place):
            if isinstance(one, AccessCheck):
                if not is_dispatched:
                    yield one
                continue
            definition = self._project.definition(one)
            if definition is None:
                continue
            yield from self._decorators(definition.annotations, one.path, definition.line, method)
            for name in ("dispatch", method, "get_queryset", "get_object", "form_valid"):
                member = CodePlace(one.path, f"{one.symbol}.{name}")
                known = self._project.definition(member)
                if known is None or (name == method and is_handled):
                    continue
                yield from self._decorators(known.annotations, one.path, known.line, method)
                if name == "dispatch":
                    yield self._dispatch(member, known)
                else:
                    yield self._handler(member, known)
                yield from self._handed(member)
                is_handled = is_handled or name == method
        if method == "__call__" and not is_handled:
            yield AccessCheck(f"{place.symbol} ({place.path})", None, LIBRARY)

    def _classes(self, place: CodePlace, depth: int = 0) -> Iterator[CodePlace | AccessCheck]:
        """A class and those that it extends; what libraries do as a check."""
        yield place
        is_behind = False  # a view of Django, which hands nothing on to what stands behind it
        one = self._project.definition(place)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if above and above.symbol and above != place:
                yield from self._classes(above, depth + 1)
                continue
            origin = self._project.origin(place.path, base) or base
            said = f"{base} ({place.path}:{one.line if one else 0})"
            is_behind = is_behind or origin.startswith("django.views.")
            if origin in _GUARDS:
                yield AccessCheck(said, None if is_behind else True)
            elif origin == f"{_MIXINS}UserPassesTestMixin":
                test = self._tests.get((place.path, f"{place.symbol}.test_func"), "")
                yield AccessCheck(
                    f"test_func of {place.symbol} ({place.path})", _passes_known(test)
                )
            elif not _PLAIN.fullmatch(origin):
                yield AccessCheck(said, None, LIBRARY)

    def _dispatch(self, member: CodePlace, one: Definition) -> AccessCheck:
        said = f"{member.symbol} ({member.path}:{one.line})"
        return AccessCheck(said, self._refusals.handler(member) or self._refusals.guard(member))

    def _handler(self, member: CodePlace, one: Definition) -> AccessCheck:
        said = f"{member.symbol} ({member.path}:{one.line})"
        return AccessCheck(said, self._refusals.handler(member), HANDLER)

    def _decorators(
        self, said: Iterable[str], path: str, line: int, method: str
    ) -> Iterator[AccessCheck]:
        is_put = False  # whether one that is asked before says who asks
        for one in said:
            check = self._decorator(one, path, line, method)
            yield check._replace(refuses=None) if is_put and check.refuses else check
            place = self._project.locate(path, (re.match(r"[\w.]*", one) or [""])[0])
            is_put = is_put or bool(self._puts and place and self._says_who_asks(place))

    def _says_who_asks(self, place: CodePlace, depth: int = 0) -> bool:
        """Whether a function, one within it, or what they call puts somebody there who asks."""
        if depth > _MOST_CALLS or place.path not in self._project.files:
            return False
        inner = f"{place.symbol}."
        own = [
            CodePlace(place.path, one.name)
            for one in self._project.files[place.path].definitions
            if f"{one.name}.".startswith(inner)
        ]
        if not self._puts.isdisjoint(own):
            return True
        called = {two for one in own for two in self._project.calls(one).values() if two}
        return any(self._says_who_asks(one, depth + 1) for one in called - set(own))

    def _decorator(self, said: str, path: str, line: int, method: str) -> AccessCheck:
        head = (re.match(r"[\w.]*", said) or [""])[0]
        evidence = f"@{said} ({path}:{line})"
        origin = self._project.origin(path, head)
        if origin in _GUARDS:
            return AccessCheck(evidence, True)
        if origin == _TESTS:
            return AccessCheck(evidence, self._passes(said, CodePlace(path, "")))
        if origin == _FOR_METHODS:
            named = _OF_METHOD.search(said)
            if named and named[1] not in {"dispatch", method}:
                return AccessCheck(evidence, False)
            inner = re.findall(r"[\w.]+", said.partition("(")[2])
            known = [self._named(path, one) for one in inner[:6] if one not in {"name", "dispatch"}]
            return AccessCheck(
                evidence, True if True in known else None if None in known else False
            )
        return AccessCheck(evidence, self._named(path, head))

    def _named(self, path: str, name: str) -> bool | None:
        """What a decorator does by its name; False for what is no decorator at all."""
        origin = self._project.origin(path, name)
        if origin in _GUARDS:
            return True
        place = self._project.locate(path, name)
        one = self._project.definition(place) if place else None
        if place and one:
            made = self._tests.get((place.path, place.symbol), "")
            if made or one.kind == "constant":  # ours = user_passes_test(lambda u: u.is_staff)
                return self._passes(made, place) if made else None
            return self._refusals.guard(place)
        if not origin:
            return False if name in {"property", "staticmethod", "classmethod"} else None
        return False if _HARMLESS.fullmatch(origin) or not _NAMED_GUARD.search(name) else None

    def _passes(self, made: str, place: CodePlace) -> bool | None:
        """True where `user_passes_test` is given what is false for nobody in particular."""
        given = made.partition("(")[2]
        name = re.match(r"\s*([\w.]+)\s*[,)]", given)
        if name and self._refusals.denies(place.path, name[1], place.symbol):
            return True
        return _passes_known(given)


def test_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What `test_func` gives back, and constants that are made by `user_passes_test`."""
    if b"test_func" in source.content:
        for found in source.matches("(function_definition name: (identifier) @name) @function"):
            if source.text(found["name"][0]) == "test_func":
                node = found["function"][0]
                said = source.text(node.child_by_field_name("body"))
                yield Mark(reader, "test", source.symbol(node), line_of(node), {"is": said})
    if b"user_passes_test" in source.content:
        for found in source.matches(_LISTS):
            said = source.text(found["value"][0])
            if re.match(r"(?:\w+\.)*user_passes_test\(", said):
                name = source.text(found["name"][0])
                yield Mark(reader, "test", name, line_of(found["value"][0]), {"is": said})
        for node in source.captures("(return_statement (call) @made)").get("made", ()):
            said = source.text(node)
            if re.match(r"(?:\w+\.)*user_passes_test\(", said):
                yield Mark(reader, "test", source.owner(node), line_of(node), {"is": said})


def handing_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """The views that a function hands a request on to, and whether it does nothing else."""
    if not _MAY_HAND.search(source.content):
        return
    for found in source.matches(_HANDS):
        node, view = found["call"][0], source.text(found["view"][0])
        if not view.startswith("super("):
            data = {
                "is": view,
                "alone": source.text(found["made"][0]) == "as_view" and _alone(node),
            }
            yield Mark(reader, "hands", source.owner(node), line_of(node), data)


def putting_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """The functions that say themselves who it is that asks: `request.user = User(1)`."""
    for found in source.matches(_PUTTING) if _PUTS.search(source.content) else ():
        node = found["asking"][0]
        name, outer = source.text(node), function_of(node)
        if outer is not None and name != "self":
            is_given = name in types_of(source, outer)
            if is_given or name.rpartition(".")[2] == "request":
                yield Mark(reader, "puts", source.owner(node), line_of(node), {})


def _alone(made: Node) -> bool:
    """Whether a function does nothing but to give back what a view that is made in it answers."""
    call = made.parent
    back = call.parent if call is not None else None
    if back is not None and back.type == "await":
        back = back.parent
    block = back.parent if back is not None and back.type == "return_statement" else None
    if call is None or call.child_by_field_name("function") != made or block is None:
        return False
    done = [one for one in block.named_children if one.type not in _IDLE]
    is_body = block.parent is not None and block.parent.type == "function_definition"
    return is_body and done == [back]


def _passes_known(said: str) -> bool | None:
    """True for a test that is false for nobody in particular; None if that is not certain."""
    returned = said.rpartition("return ")[2] if "return " in said else said
    is_certain = said.count("return ") <= 1 and not _ALTERNATIVES.search(returned)
    return True if is_certain and _KNOWN.search(returned) else None
