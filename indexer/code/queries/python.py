"""Queries of Python: Django's managers, SQLAlchemy's sessions and statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.queries.chains import Chain, ChainMember, keywords, literals, plain
from indexer.code.queries.generic_views import read_by_views
from indexer.code.queries.reader import ChainQuery, Lookup, QueryReader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile

_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
_SET = frozenset(  # of a queryset or a manager of related ones
    """all filter exclude get first last count exists order_by values values_list aggregate annotate
    distinct latest earliest only defer iterator in_bulk none reverse union select_related
    prefetch_related aget afirst acount aexists alast""".split()
)
_WRITES = frozenset(
    """create bulk_create bulk_update get_or_create update_or_create update delete acreate
    aget_or_create aupdate_or_create aupdate adelete abulk_create insert add remove clear set
    merge""".split()
)
_FILTERS = frozenset(
    "filter get first filter_by get_or_create update_or_create aget aget_or_create".split()
)
_ONE = frozenset(
    """get first last count exists aggregate latest earliest one one_or_none scalar scalar_one
    scalar_one_or_none aget afirst acount aexists create get_or_404 first_or_404""".split()
)
_OF_STATEMENTS = frozenset({"where", "options", "join", "filter_by"})
_OF_RELATIONS = frozenset("create add remove set clear get_or_create update_or_create".split())
_OF_SETS = frozenset(
    "filter exclude order_by prefetch_related select_related annotate values_list exists".split()
)
_OF_DICTIONARIES = frozenset({"get", "values"})
_OF_COLLECTIONS = _OF_DICTIONARIES | frozenset(
    "update add remove clear set insert count union reverse join merge".split()
)
_SAVED = frozenset({"save", "delete", "asave", "adelete"})
_SHORTCUTS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404"})
_STATEMENTS = {"select": "read", "update": "write", "delete": "write", "insert": "write"}
_LOADED = re.compile(
    r"(?:joinedload|selectinload|subqueryload|contains_eager|immediateload)(?:_all)?"
    r"\(\s*(?:[\w.]+\.)?[\"']?(\w+)"
)
_PREFETCHED = re.compile(r"Prefetch\(\s*[\"']([\w]+)")
_NAMED_EAGERLY = frozenset({"string", "call", "keyword_argument", "comment"})  # else by variables
#: What a column is put into, so that no index of it helps.
_COMPUTED = re.compile(r"\b(?:cast|extract|func\.\w+)\([^()]*\)")
_VALUES = frozenset({"integer", "float", "true", "false", "none"})
_MEMBER = re.compile(r"(?:\w+\.)*[A-Z]\w*\.[A-Z][A-Z0-9_]*")  # of an enumeration
_ANY = "**"  # columns that are not known: those of a dictionary
_OF_QUERYSETS = frozenset("using select_for_update raw dates datetimes union extra".split())
_AROUND = frozenset({"Exists", "Subquery", "exists"})  # what takes a query as a part of another
_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w*$")
_IN_TEXT = re.compile(r"\b([A-Z]\w+)\b(?:\.\w+)?")
_FIELD = """
(class_definition name: (identifier) @class body: (block (expression_statement
    (assignment left: (identifier) @field right: (call) @value))))
(class_definition name: (identifier) @class body: (block (expression_statement
    (assignment left: (identifier) @field type: (type) right: (call) @value))))
"""
_TO_ONE = frozenset({"ForeignKey", "OneToOneField", "ParentalKey"})
_TO_MANY = frozenset({"ManyToManyField", "ParentalManyToManyField", "GenericRelation"})
_EAGER = re.compile(
    r"lazy\s*=\s*[\"'](?:joined|selectin|subquery|immediate|select_in)[\"']|lazy=False"
)
_HTTP = re.compile(
    r"(?:requests|httpx|aiohttp|urllib3|urllib\.request)\.(?:get|post|put|patch|delete|head|request"
    r"|urlopen|stream)$|urlopen$"
)
#: What follows a column of SQLAlchemy where no index helps: a search inside of it, or another one.
_NO_INDEX = r"\s*+(?:!=|\.\s*+(?:not_?|i)*+(?:like|contains|endswith|regexp_match|match)\()"
_SESSION = re.compile(r"(?:^|_)(?:[Ss]ession|db)$")
_MADE = re.compile(r"[\[\s]*+((?:\w+\.)*+[A-Z]\w*+)\(")
_INSIDE = re.compile(r"__(?:isnull|i?contains|i?endswith|search|i?regex|istartswith)$")


class PythonQueries(QueryReader):
    """Django and SQLAlchemy."""

    name = "python-queries"
    languages = frozenset({"python"})
    hint = re.compile(
        rb"\bfor\b|objects|session|\bquery\b|select\(|ForeignKey|relationship\(|\.save\("
        rb"|requests|httpx|aiohttp|urlopen|(?:Detail|List)View"
    )

    def declared(self, source: SourceFile) -> Iterable[Mark]:
        """`relation`: what a class has of another one, or the other of it; `query`: of views."""
        yield from read_by_views(source, self.name)
        if not re.search(
            rb"ForeignKey|OneToOne|ManyToMany|relationship\(|ParentalKey", source.content
        ):
            return
        for found in source.matches(_FIELD):
            node = found["value"][0]
            function = source.text(node.child_by_field_name("function")).rpartition(".")[2]
            is_many = function in _TO_MANY
            if function not in _TO_ONE | _TO_MANY | {"relationship"}:
                continue
            text = source.text(node)
            if function == "relationship":
                uselist = "uselist=False" in text.replace(" ", "")
                is_many = not uselist and bool(re.search(r"secondary|List\[|Set\[", text))
            given = node.child_by_field_name("arguments")
            first = next(
                (
                    one
                    for one in (given.named_children if given else ())
                    if one.type != "keyword_argument"
                ),
                None,
            )
            back = re.search(r"(?:related_name\s*=|backref\s*=(?:\s*[\w.]*\()?)\s*[\"'](\w+)", text)
            other = re.search(r"back_populates\s*=\s*[\"'](\w+)", text)
            owner = source.owner(found["class"][0])
            data = {
                "class": owner,
                "to": source.text(first).strip("\"'").rpartition("(")[0]
                or source.text(first).strip("\"'"),
                "many": is_many,
                "back": back[1] if back else "",
                "other": other[1] if other else "",
                "lib": "sqlalchemy" if function == "relationship" else "django",
                "eager": bool(_EAGER.search(text)),
            }
            yield Mark(self.name, "relation", source.text(found["field"][0]), line_of(node), data)

    def asked(self, said: Chain, at: Lookup) -> ChainQuery | None:
        """Of a model by its manager, a session or a statement; of a variable that is one."""
        found = self._any_asked(said, at)
        if found and found.does == "read" and _is_part(at.source, said.node):
            return found._replace(is_evaluated=False)
        return found

    def _any_asked(self, said: Chain, at: Lookup) -> ChainQuery | None:
        names = [step.name for step in said.steps]
        for index, step in enumerate(said.steps):
            if step.name in _MANAGERS and not step.is_call and index + 1 < len(said.steps):
                owner = ".".join([said.root, *names[:index]]) if said.root else ""
                kind = "own" if owner in {"self", "cls"} else "model"
                owner = at.owner_class(said.node) if kind == "own" else owner
                return _django(at, owner, kind, said.steps[index + 1 :]) if owner else None
            if index and step.is_call and step.name in _OF_SETS and said.steps[index - 1].is_call:
                owner = ".".join([said.root, *names[: index - 1]])
                if _CLASS.match(owner) and not any(one.is_call for one in said.steps[: index - 1]):
                    return _django(at, owner, "model", said.steps[index:])
        if names and names[0] in _SHORTCUTS and (given := plain(said.steps[0])):
            return self._shortcut(said, at, given[0])
        return (
            self._sqlalchemy(said, at, names)
            or self._added(said, at, names)
            or self._of_variable(said, at, names)
            or self._saved(said, at, names)
        )

    def _shortcut(self, said: Chain, at: Lookup, first: Node) -> ChainQuery | None:
        owner = at.source.text(first)
        if not _CLASS.match(owner):
            found = re.match(r"(\w+(?:\.\w+)*?)\.objects\b", owner)
            owner = found[1] if found else ""
        columns = tuple(name for name, _ in keywords(at.source, said.steps[0]))
        return (
            ChainQuery(owner, "model", "read", _fields(columns), gives_many=False)
            if owner
            else None
        )

    def _sqlalchemy(self, said: Chain, at: Lookup, names: list[str]) -> ChainQuery | None:
        owner, does, rest, kind = "", "read", said.steps, "model"
        for index, step in enumerate(said.steps):
            given = plain(step) if step.is_call else []
            if step.name == "query" and given:
                owner, rest = _model_in(at.source, given[0]), said.steps[index + 1 :]
            elif step.name == "query" and not step.is_call and index + 1 < len(said.steps):
                owner, rest = ".".join([said.root, *names[:index]]), said.steps[index + 1 :]
                if owner == "cls":
                    owner, kind = at.owner_class(said.node), "own"
                elif not _CLASS.match(owner):
                    return None
            elif (
                step.name in _STATEMENTS
                and given
                and (index == 0 or said.root in {"sa", "db", "sqlalchemy", "sql"})
            ):
                owner, rest = _model_in(at.source, given[0]), said.steps[index + 1 :]
                does = _STATEMENTS[step.name]
            elif step.name == "get" and len(given) > 1 and "session" in said.root + "".join(names):
                model = at.source.text(given[0])
                return ChainQuery(model, "model", gives_many=False) if _CLASS.match(model) else None
            if owner:
                break
        return _alchemy(at.source, owner, does, rest)._replace(kind=kind) if owner else None

    def _added(self, said: Chain, at: Lookup, names: list[str]) -> ChainQuery | None:
        """An object that a session is given, which writes all of them at once."""
        given = plain(said.steps[-1]) if names and names[-1] in {"add", "add_all"} else []
        if not given or not _SESSION.search([said.root, *names[:-1]][-1]):
            return None
        text = at.source.text(given[0])
        known = at.variable(given[0], text)
        if made := _MADE.match(text):
            owner, kind = made[1], "model"
        elif known and known.kind != "made":
            owner, kind = known.owner, known.kind
        else:
            typed = at.typed.get((at.within(given[0]), text), "")
            owner, kind = typed or text, "model" if typed else "named"
        return ChainQuery(owner, kind, "write", gives_many=False, is_evaluated=False)

    def _of_variable(self, said: Chain, at: Lookup, names: list[str]) -> ChainQuery | None:
        """More of a query that a variable holds; or of what something has, by its manager."""
        if (known := at.variable(said.node, said.root)) and names and said.steps[0].is_call:
            if known.is_values and _is_in_memory(known, said.steps[0]):
                return None
            if known.gives_many and names[0] in _SET | _WRITES | _OF_STATEMENTS:
                is_django = _OF_STATEMENTS.isdisjoint(names)
                more = (
                    _django(at, known.owner, known.kind, said.steps)
                    if is_django
                    else _alchemy(at.source, known.owner, known.does, said.steps)
                )
                return more._replace(
                    kind=known.kind,
                    columns=(*known.columns, *more.columns),
                    eager=(*known.eager, *more.eager),
                    is_evaluated=more.does == "write" or not more.gives_many,
                )
            return None
        for index, step in enumerate(said.steps[1:], 1):
            before = said.steps[index - 1]
            if (
                step.is_call
                and step.name in _SET | _OF_RELATIONS
                and _is_relation(before)
                and said.root
            ):
                is_last = index + 1 == len(said.steps)
                is_set = before.name.endswith("_set") or any(keywords(at.source, step))
                if is_last and step.name in _OF_DICTIONARIES and not is_set:
                    return None
                return _django(at, before.name, "related", said.steps[index:])
        return None

    def _saved(self, said: Chain, at: Lookup, names: list[str]) -> ChainQuery | None:
        """An object that is saved or deleted."""
        if len(names) != 1 or names[0] not in _SAVED or not said.steps[0].is_call:
            return None
        if said.root in {"self", "cls"}:
            return ChainQuery(at.owner_class(said.node), "instance", "write", gives_many=False)
        known = at.variable(said.node, said.root)
        typed = at.typed.get((at.within(said.node), said.root), "")
        owner = known.owner if known else typed or said.root
        kind = known.kind if known else "model" if typed else "named"
        return ChainQuery(owner, kind, "write", gives_many=False) if owner else None

    def requests(self, said: Chain, at: Lookup) -> str:  # noqa: ARG002
        """`requests.get` and its like."""
        return said.dotted if said.dotted and _HTTP.search(said.dotted) else ""

    def loads_once(self, said: Chain) -> bool:
        """`all`, `count` and `exists` go by what was prefetched."""
        names = [step.name for step in said.steps if step.is_call]
        return set(names) <= {"all", "count", "exists"}

    def relation(self, said: Chain) -> str:
        """`order.customer.name`, `order.lines.all()`, `order.line_set.count()`."""
        first = said.steps[0] if said.steps else None
        if first is None:
            return ""
        if first.is_call:
            return first.name if len(said.steps) == 1 else ""  # a method, which may ask
        if len(said.steps) > 1 and said.steps[1].name in {"id", "pk"} and not said.steps[1].is_call:
            return ""
        return first.name


def _is_part(source: SourceFile, node: Node) -> bool:
    """Whether a query is only put into another one: a subquery."""
    call = node.parent.parent if node.parent is not None else None
    within = call.child_by_field_name("function") if call is not None else None
    outer = source.text(within).rpartition(".")[2] if within is not None else ""
    return outer in _AROUND or "OuterRef(" in source.text(node)


def _is_in_memory(known: ChainQuery, step: ChainMember) -> bool:
    """Whether a call is of values that are there: a list, or a mapping that a function gives."""
    if known.kind != "made":
        return True
    is_of_set = any(one.type == "keyword_argument" for one in step.arguments or ()) or (
        step.name == "count" and not step.arguments
    )
    return step.name in _OF_COLLECTIONS and not is_of_set


def _is_relation(step: ChainMember) -> bool:
    """Whether it may be what something has of others: no call, no class, no constant."""
    return not step.is_call and not step.name[:1].isupper()


def _django(at: Lookup, owner: str, kind: str, steps: tuple[ChainMember, ...]) -> ChainQuery:
    columns: list[str] = []
    orders: list[str] = []
    eager: list[str] = []
    for step in steps:
        if step.name in _FILTERS:
            columns += [name for name in _given(at.source, step) if name != "defaults"]
            for one in plain(step):
                columns += _in_q(at.source, one)
            if any(one.type == "dictionary_splat" for one in step.arguments or ()):
                columns.append(_ANY)
        elif step.name == "order_by":
            orders += [one.lstrip("-") for one in literals(at.source, plain(step))]
        elif step.name in {"select_related", "prefetch_related"}:
            eager += literals(at.source, plain(step))
            for one in plain(step):
                eager += _PREFETCHED.findall(at.source.text(one))
            named = [one.type in _NAMED_EAGERLY for one in step.arguments or ()]
            if not all(named) or (step.name == "select_related" and not named):
                eager.append("*")
    does = "write" if any(step.name in _WRITES for step in steps) else "read"
    names = {step.name for step in steps}
    return ChainQuery(
        owner,
        kind,
        does,
        _fields(columns),
        _fields(orders),
        tuple(one.replace("__", ".") for one in eager),
        not any(step.name in _ONE for step in steps),
        is_values="in_bulk" in names,
        is_sure=steps[0].name in _SET | _WRITES | _OF_QUERYSETS,
    )


def _given(source: SourceFile, step: ChainMember) -> Iterator[str]:
    """What a filter goes by, but for a number or constant in the code: one of few."""
    for name, value in keywords(source, step):
        if value.type not in _VALUES and not _MEMBER.fullmatch(source.text(value)):
            yield name


def _in_q(source: SourceFile, node: Node) -> Iterator[str]:
    text = source.text(node)
    if "Q(" in text:
        yield from re.findall(r"\bQ\(\s*(\w+)\s*=", text)


def _fields(said: Iterable[str]) -> tuple[str, ...]:
    """`customer__name` goes by `customer`; what looks inside of texts goes by nothing."""
    return tuple(dict.fromkeys(one.partition("__")[0] for one in said if not _INSIDE.search(one)))


def _alchemy(
    source: SourceFile, owner: str, does: str, steps: tuple[ChainMember, ...]
) -> ChainQuery:
    columns: list[str] = []
    orders: list[str] = []
    eager: list[str] = []
    own = re.compile(rf"\b{re.escape(owner.rpartition('.')[2])}\.(\w++)(?!{_NO_INDEX})")
    for step in steps:
        text = _COMPUTED.sub("", " ".join(source.text(one) for one in step.arguments or ()))
        if step.name == "filter_by":
            columns += _given(source, step)
        elif step.name in {"filter", "where", "having"}:
            columns += own.findall(text)
        elif step.name == "order_by":
            orders += own.findall(text)
        elif step.name == "options":
            eager += _LOADED.findall(text)
        elif step.name in {"update", "delete"}:
            does = "write"
    names = {step.name for step in steps}
    return ChainQuery(
        owner,
        "model",
        does,
        tuple(columns),
        tuple(orders),
        tuple(eager),
        gives_many=_ONE.isdisjoint(names),
        is_values="all" in names,
    )


def _model_in(source: SourceFile, node: Node) -> str:
    text = source.text(node)
    if _CLASS.match(text):
        return text
    found = _IN_TEXT.search(text)
    return found[1] if found and not found[1].isupper() else ""
