"""Permission classes of REST framework: those of the library, and what those of a project do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from indexer.code.access import ON_SETTINGS, AccessCheck
from indexer.code.frameworks.python_refusals import PythonFunctionRefusals
from memory.code.codebase import CodePlace

if TYPE_CHECKING:
    from indexer.code.frameworks.rest_methods import ViewMethods
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

REST = "django rest framework"  # the reader that leaves the marks
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LIBRARY = "rest_framework.permissions."
_STRICT = frozenset(
    {"IsAuthenticated", "IsAdminUser", "DjangoModelPermissions", "DjangoObjectPermissions"}
)
_READ_ONLY = frozenset({"IsAuthenticatedOrReadOnly", "DjangoModelPermissionsOrAnonReadOnly"})
_OPEN = frozenset({"AllowAny", "BasePermission"})
_USER = r"(?:(?:self\.)?request\.)?user"
#: What is false for who is nobody, in Django's AnonymousUser too.
_KNOWN = re.compile(
    rf"(?:bool\()?\s*(?:{_USER}\s+and\s+)?{_USER}\.is_(?:authenticated|staff|superuser)\b(?:\(\))?\)?"
    rf"|not\s+{_USER}\.is_anonymous\b"
    # REST framework: what a request was authenticated by, None where it was not.
    r"|bool\((?:self\.)?request\.auth\)|(?:self\.)?request\.auth(?: is not None)?"
)
_MISSING = re.compile(
    rf"not\s+(?:bool\()?{_USER}(?:\.is_authenticated(?:\(\))?)?\)?$|{_USER}\.is_anonymous$"
    rf"|{_USER}\s+is\s+None$"
)
_BY_METHOD = re.compile(
    r"request\.method\s+in\s+(?:\w+\.)?SAFE_METHODS|request\.method\s*==\s*['\"]GET['\"]"
)
_SUPER = re.compile(r"super\([^)]*\)\.has_permission\([^()]*\)(?= and |$)")
_KEPT_ABOVE = re.compile(r"(\w+) = (super\([^()]*\)\.has_permission\([^()]*\))")
_NOT_SUPER = re.compile(
    r"^not super\([^)]*\)\.has_permission\([^()]*\)$"
    r"|^super\([^)]*\)\.has_permission\([^()]*\) is False$"
)
#: What is refused unless one of several holds, of which none is in parentheses but a call's.
_NEITHER = re.compile(r"not\s*\(((?:[^()]|\([^()]*\))*)\)")
REFUSES, PASSES, MAY, SUPER = "refuses", "passes", "may", "super"
FIRST = "first"  # what the class above refuses is refused; of the rest nobody knows
SOMETHING = "something"  # which nobody here understands


#: Whether an attribute of a view is true; None where nobody knows.
Attributes = Callable[[str], bool | None]
#: A permission that is asked of the views that have an attribute, and of no others.
_BY_VIEW = re.compile(
    r"\bif\s+(?:hasattr\(view,\s*['\"]\w+['\"]\)\s+and\s+)?(?:getattr\(view,\s*['\"](\w+)['\"],\s*False\)|view\.(\w+))"
    r":\s*+return\s++([^\n]{1,499}?)\s*+return\s++True\s*+$"
)

_BOTH = ("what is asked of who asks", "the action")
_BY_ACTION = re.compile(
    r"view\.action\s*(==|!=|in|not\s+in)\s*(['\"]\w+['\"]|[\[({][\s\w'\",]{1,400}[\])}])"
)


class Permissions:
    """The permission classes of a project."""

    def __init__(self, project: CodeProject) -> None:
        self._project = project
        self._refusals = PythonFunctionRefusals(project)
        self._view: Attributes = lambda _: None
        self._action = ""
        self._own = {
            (path, mark.name): mark.data for path, mark in project.marks(REST, "permission")
        }

    def checks(
        self,
        names: list[str],
        path: str,
        line: int,
        served: ViewMethods,
        view: Attributes,
    ) -> list[AccessCheck]:
        """What each of some classes does, which are all asked, of a view with these attributes."""
        self._view, self._action, method = view, served.action, served.method
        return [
            AccessCheck(f"{name} ({path}:{line})", self._refuses(name, path, method, 0))
            for name in (one.strip("'\"") for one in names)
        ] or [AccessCheck(f"no permission classes ({path}:{line})", False)]

    def _refuses(self, said: str, path: str, method: str, depth: int) -> bool | None:
        said = said.strip()
        for sign, enough in (("|", False), ("&", True)):
            parts = _apart(said, sign)  # of `&` one that refuses is enough, of `|` all have to
            if len(parts) > 1:
                found = [self._refuses(one, path, method, depth) for one in parts]
                return enough if enough in found else None if None in found else not enough
        if said.startswith("(") and said.endswith(")"):
            return self._refuses(said[1:-1], path, method, depth)
        said = said.partition("(")[0]
        place = self._project.locate(path, said)
        origin = said if said.startswith(_LIBRARY) else ""
        origin = origin or (self._project.origin(path, said) if place is None else "")
        if origin.startswith(_LIBRARY):
            return _of_library(origin.removeprefix(_LIBRARY), method)
        place = place if origin else self._project.locate_dotted(path, said)
        return self._of_class(place, method, depth) if place else None

    def _of_class(  # noqa: PLR0911  (a form each)
        self, place: CodePlace, method: str, depth: int
    ) -> bool | None:
        if depth > _DEEPEST:
            return None
        own = self._own.get((place.path, place.symbol))
        one = self._project.definition(place)
        said = own["safe" if method in _SAFE else "unsafe"] if own else SUPER
        if own and own["asks"] and self._refusals.denies(place.path, own["asks"]):
            return True
        if own and own.get("by"):
            return self._view(own["by"])
        if own and own.get("actions"):
            return self._for_action(**own["actions"])
        if said in {REFUSES, PASSES}:
            return bool(said == REFUSES)
        makes = self._project.definition(CodePlace(place.path, f"{place.symbol}.__init__"))
        is_above = said in {SUPER, FIRST} and one is not None and one.bases
        if not is_above or (makes and self._is_of_models(place, depth)):
            return None
        found = self._refuses(one.bases[0] if one else "", place.path, method, depth + 1)
        return found or (None if said == FIRST else found)

    def _for_action(self, are: list[str], *, closed: bool) -> bool | None:
        """Whether nobody is refused for the action, where some are closed, or all but some."""
        return True if self._action and (self._action in are) == closed else None

    def _is_of_models(self, place: CodePlace, depth: int) -> bool:
        """Whether a class comes of one that an attribute may open to who is nobody."""
        one = self._project.definition(place)
        for base in one.bases if one and depth <= _DEEPEST else ():
            above = self._project.locate(place.path, base)
            if self._is_of_models(above, depth + 1) if above else "Django" in base:
                return True
        return False


_DEEPEST = 6  # classes that extend classes


def _apart(said: str, sign: str) -> list[str]:
    """The parts of an expression between signs that stand in no parentheses."""
    parts, inside = [""], 0
    for one in said:
        inside += (one == "(") - (one == ")")
        if one == sign and not inside:
            parts.append("")
        else:
            parts[-1] += one
    return parts


def _of_library(name: str, method: str) -> bool | None:
    if name in _READ_ONLY:
        return method not in _SAFE
    return True if name in _STRICT else False if name in _OPEN else None


def asked_by(source: SourceFile, function: Node) -> str:
    """The attribute of a view by which alone `has_permission` refuses nobody; "" for another."""
    found = _BY_VIEW.search(re.sub(r'"""[\s\S]*?"""|#[^\n]*', "", source.text(function)))
    is_closed = found and _value(found[3], is_safe=False) == REFUSES
    return (found[1] or found[2]) if found and is_closed else ""


def closed_by_action(source: SourceFile, function: Node) -> dict[str, Any]:
    """For which actions, or for all but which, `has_permission` refuses nobody; {} for another.

    `return user.is_authenticated or view.action != "create"`: of the other actions each object may
    still ask.
    """
    plain = re.sub(r'"""[\s\S]*?"""|#[^\n]*', "", source.text(function))
    body = plain.partition(":\n")[2].strip()
    parts = body.removeprefix("return").strip().split(" or ")
    if not body.startswith("return ") or body.count("return") > 1 or len(parts) != len(_BOTH):
        return {}
    for one, other in (parts, parts[::-1]):
        found = _BY_ACTION.fullmatch(one.strip())
        is_text = found and found[2].lstrip().startswith("(") and "," not in found[2]
        if found and not is_text and _value(other, is_safe=False) == REFUSES:
            are = re.findall(r"\w+", found[2])
            return {"are": are, "closed": found[1] == "!=" or found[1].startswith("not")}
    return {}


def verdict(source: SourceFile, function: Node, *, is_safe: bool) -> str:
    """What `has_permission` answers to who is nobody, for a method that only reads or another."""
    body = function.child_by_field_name("body")
    return _block(source, body.named_children if body is not None else [], is_safe=is_safe)


def _block(source: SourceFile, nodes: list[Node], *, is_safe: bool) -> str:
    may_refuse = False
    above: dict[str, str] = {}  # variables that hold what the class above answers
    for number, one in enumerate(nodes):
        said = source.text(one)
        if one.type == "if_statement":
            found = _if(source, one, is_safe=is_safe)
            if found == FIRST:
                is_alone = _NOT_SUPER.match(source.text(one.named_children[0])) and not may_refuse
                is_alone = is_alone and len(one.named_children) == len(("condition", "block"))
                rest = _block(source, nodes[number + 1 :], is_safe=is_safe) if is_alone else MAY
                return {PASSES: SUPER, SUPER: SUPER, REFUSES: REFUSES}.get(rest, FIRST)
            if found == MAY:
                may_refuse = True
            elif found:
                return found
        elif (kept := _KEPT_ABOVE.fullmatch(said)) and not _is_set(
            "\n".join(map(source.text, nodes[number + 1 :])), kept[1]
        ):
            above[kept[1]] = kept[2]
        elif one.type == "return_statement":
            for name, asked in above.items():
                said = re.sub(rf"\b{name}\b", asked, said)
            found = _value(said.removeprefix("return"), is_safe=is_safe)
            return MAY if found == PASSES and may_refuse else found
        elif re.search(r"\b(?:return|raise)\b", said):
            return MAY
    return MAY


def _is_set(said: str, name: str) -> bool:
    """Whether a variable is given another value."""
    return re.search(rf"(?<![\w.]){name} ?(?:[|&^+-]|:)?=(?!=)", said) is not None


def _if(source: SourceFile, node: Node, *, is_safe: bool) -> str:
    """What an `if` answers; MAY if it only may refuse, "" if it does nothing, for who is nobody."""
    condition = source.text(node.child_by_field_name("condition"))
    inside = node.child_by_field_name("consequence")
    others = [one for one in node.named_children if one.type in {"elif_clause", "else_clause"}]
    if _BY_METHOD.fullmatch(condition) and len(others) <= 1:
        chosen = inside if is_safe else others[0].child_by_field_name("body") if others else None
        return _block(source, chosen.named_children, is_safe=is_safe) if chosen else ""
    own = re.findall(r"\breturn\s+([^\n]+)", source.text(inside))
    parts = condition.split(" or ")
    if " and " not in condition and own == ["False"] and any(map(_NOT_SUPER.match, parts)):
        return FIRST
    neither = _NEITHER.fullmatch(condition)
    if neither and own == ["False"] and _value(neither[1], is_safe=is_safe) == REFUSES:
        return REFUSES
    if " and " not in condition and any(_MISSING.search(one) for one in parts):
        if own == ["False"]:
            return REFUSES
        if own == ["True"]:
            return PASSES
    returned = set(re.findall(r"\breturn\s+([^\n]+)", source.text(node)))
    raised = "raise" in source.text(node)
    return "" if not returned and not raised else MAY if returned <= {"False"} else SOMETHING


def _value(said: str, *, is_safe: bool) -> str:
    """What an expression answers for who is nobody."""
    whole = re.sub(r"\s+", " ", said).strip()
    if whole.startswith("(") and whole.endswith(")"):
        whole = whole[1:-1].strip()
    if whole in {"True", "False"}:
        return PASSES if whole == "True" else REFUSES
    by_method = re.match(rf"(?:{_BY_METHOD.pattern}) or (.+)", whole)
    if by_method:
        return PASSES if is_safe else _value(by_method[1], is_safe=is_safe)
    either = _apart_by_or(whole)
    if len(either) > 1 and all(_value(one, is_safe=is_safe) == REFUSES for one in either):
        return REFUSES
    above = _SUPER.match(whole)
    is_doubted = not above and ON_SETTINGS.search(whole)  # else what follows only narrows
    if is_doubted or re.search(r"\b(?:or|if)\b", whole):
        return SOMETHING
    is_known = any(_KNOWN.fullmatch(one.strip()) for one in (whole, *whole.split(" and ")))
    return REFUSES if is_known else SOMETHING if not above else FIRST if " and " in whole else SUPER


def _apart_by_or(said: str) -> list[str]:
    """The parts of an expression between `or`, if each closes what it opens."""
    parts = said.split(" or ")
    closed = all(one.count("(") == one.count(")") and "if " not in one for one in parts)
    return parts if closed else [said]


By = list[tuple[list[str] | None, list[str] | None]]
#: The same, with the file that names the classes.
Told = list[tuple[list[str] | None, list[str] | None, str]]
#: In the place of actions: what is asked is not understood, so that it may be for any of them.
PERHAPS = ["?"]
#: First of the classes for an action where they come beside those that the class has otherwise.
INHERITED = "super().get_permissions()"
_RAISING = re.compile(r"^[ \t]*+if [^\n:]*+:\s*+raise [^\n]*+", re.MULTILINE)
_KEPT = re.compile(r"(\w+)\s*=\s*(?:list\()?super\([^)]*\)\.get_permissions\(\)\)?")


#: Before the name of a dictionary that has the classes for each action, in place of these.
MAPPED = "each of "
_EACH = r"\[ ?(\w+)\(\) for \1 in ((?:self\.)?\w+)"
_TRIED = re.compile(
    rf"try: return {_EACH}\[self\.(?:action|request\.method)\] ?\] except KeyError(?: as \w+)?:"
    r" (return .+)"
)
_GOT = re.compile(
    rf"return {_EACH}\.get\(self\.(?:action|request\.method),"
    r" (self\.permission_classes|\[[\w, ]*\])\) ?\]"
)


def possible(by: Told, asked: set[str], path: str) -> list[tuple[list[str], str]]:
    """The classes that are given for an action or a method, each with the file that names them.

    Several where nobody knows which; at `path` is the file of what gives none itself.
    """
    found = []
    for actions, names, where in by:
        if actions is None or actions == PERHAPS or asked & {*actions}:
            found.append(([INHERITED] if names is None else names, where))
            if actions != PERHAPS:
                return found
    return [*found, ([INHERITED], path)]


def of_all(evidence: str, ways: list[list[AccessCheck]]) -> AccessCheck:
    """What is done on whichever way is gone."""
    told = {_of_way(way) for way in ways}
    said = " or ".join(dict.fromkeys(one.said for way in ways for one in way))
    return AccessCheck(said, next(iter(told))) if len(told) == 1 else AccessCheck(evidence, None)


def _of_way(way: list[AccessCheck]) -> bool | None:
    found = {one.refuses for one in way}
    return True if True in found else None if None in found else False


def permissions_by(source: SourceFile, function: Node) -> By | None:
    """What `get_permissions` gives by action or method.

    Returns:
        Actions, None for all others, and the classes for them, None for those that the class
        states; in the order in which they are asked. None for what is not understood.
    """
    body = function.child_by_field_name("body")
    nodes = [one for one in body.named_children if not _is_said(one)] if body else []
    found: By = []
    for number, one in enumerate(nodes):
        said = source.text(one)
        if one.type == "if_statement":
            branches = _branches(source, one, _classes)
            if branches is None:
                return None
            found += branches
        elif (mapped := _mapped(said)) is not None:
            found += mapped
        elif one.type == "return_statement":
            names = _classes(said)
            if names is None and "super(" in said:
                names = [INHERITED]
            elif names is None and not re.search(
                r"for \w+ in (?:self\.)?permission_classes\b", said
            ):
                return None
            found.append((None, names))
        elif not found and (kept := _KEPT.fullmatch(said)):
            return _added_to(source, kept[1], nodes[number + 1 :])
        elif "permission" in said:
            return None
    return found or None


def _mapped(said: str) -> By | None:
    """What is given by a dictionary, and where that has nothing; None for what has none."""
    plain = " ".join(re.sub(r"#[^\n]*", "", said).split())
    tried, got = _TRIED.fullmatch(plain), _GOT.fullmatch(plain)
    if tried:
        otherwise = _classes(tried[3])
        is_own = re.fullmatch(
            r"return \[ ?(\w+)\(\) for \1 in self\.permission_classes ?\]", tried[3]
        )
        return [([MAPPED + tried[2]], None), (None, otherwise)] if otherwise or is_own else None
    if got is None:
        return None
    otherwise = _classes(f"return {got[3]}") if got[3].startswith("[") else None
    return [([MAPPED + got[2]], None), (None, otherwise)]


def _is_said(node: Node) -> bool:
    """Whether it does nothing: a comment or a docstring."""
    parts = [one.type for one in node.named_children]
    return node.type == "comment" or (node.type == "expression_statement" and parts == ["string"])


def _added_to(source: SourceFile, kept: str, nodes: Sequence[Node]) -> By | None:
    """What `get_permissions` gives that adds to what it inherits, by action."""

    def added(said: str) -> list[str] | None:
        return _appended(kept, said)

    found: By = []
    for one in nodes:
        if one.type == "if_statement":
            branches = _branches(source, one, added)
            if branches is None or any(actions is PERHAPS for actions, _ in branches):
                return None
            found += branches
        elif one.type == "return_statement":
            named = [action for actions, _ in found for action in actions or [""]]
            if source.text(one).removeprefix("return").strip() != kept or len(named) != len(
                {*named}
            ):
                return None
            return [*found, (None, [INHERITED])]
        else:
            return None
    return None


def _appended(kept: str, said: str) -> list[str] | None:
    """The classes that a block appends to a list, behind what it inherits."""
    plain = re.sub(r"#[^\n]*", "", said)
    plain = _RAISING.sub("", plain)  # refuses more
    flat = re.sub(r"\s+", "", plain)
    found = re.findall(rf"{kept}\.append\(((?:\([\w.|&]++\)|[\w.]++)\(\))\)", flat)
    if "".join(f"{kept}.append({one})" for one in found) != flat or not found:
        return None
    return [INHERITED, *(one.removesuffix("()") for one in found)]


def _branches(
    source: SourceFile, node: Node, classes: Callable[[str], list[str] | None]
) -> By | None:
    found: By = []
    for part in (node, *node.named_children):
        if part.type not in {"if_statement", "elif_clause", "else_clause"}:
            continue
        condition = part.child_by_field_name("condition")
        block = part.child_by_field_name("consequence") or part.child_by_field_name("body")
        names = classes(source.text(block))
        if names is None:
            return None
        actions = _named_actions(source.text(condition)) or PERHAPS if condition else None
        found.append((actions, names))
    return found


def _named_actions(condition: str) -> list[str] | None:
    plain = re.fullmatch(
        r"(?:\(?\w+ := )?self\.(?:action|request\.method)\)?\s*(?:==|in)\s*"
        r"([\[({]?[^\])}]*[\])}]?)",
        condition.strip("() "),
    )
    if plain is None:
        return None
    if "SAFE_METHODS" in plain[1]:
        return sorted(_SAFE)
    return re.findall(r"['\"](\w+)['\"]", plain[1]) or None


def _classes(said: str) -> list[str] | None:
    """The classes that are given back, or put into `permission_classes`, in a block."""
    said = re.sub(r"#[^\n]*", "", said)
    found = re.findall(
        r"(?:\breturn|permission_classes\s*=)\s*[\[(]((?:(?!\breturn\b)[^\[\]])*?)[\])][ \t]*+$",
        said,
        re.MULTILINE,
    )
    if len(found) != 1 or " for " in found[0]:
        return None
    return [one.strip().removesuffix("()") for one in _apart(found[0], ",") if one.strip()]
