"""Queries of PHP: Eloquent's models and relations, Laravel's query builder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.queries.chains import Chain, ChainMember, literal, literals, plain
from indexer.code.queries.reader import ChainQuery, Lookup, QueryReader
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile

_READS = frozenset(
    """all find findOrFail findMany first firstOrFail firstWhere get paginate simplePaginate
    cursorPaginate pluck count exists doesntExist value max min sum avg cursor chunk chunkById each
    lazy lazyById sole findOr findOrNew firstOr firstOrNew""".split()
)
_WRITES = frozenset(
    """create insert insertOrIgnore insertGetId update updateOrCreate updateOrInsert upsert
    delete destroy forceDelete increment decrement truncate firstOrCreate forceCreate save
    saveMany createMany attach detach sync syncWithoutDetaching restore touch
    saveQuietly toggle updateExistingPivot""".split()
)
#: Of a relation of many to many: these write the table between, and neither of the two.
_JOINING = frozenset("attach detach sync syncWithoutDetaching toggle updateExistingPivot".split())
_ONE = frozenset(
    """find findOrFail first firstOrFail firstWhere count exists doesntExist value max min sum avg
    sole create firstOrCreate updateOrCreate firstOrNew""".split()
)
_BUILDS = frozenset(
    """where orWhere whereIn whereNotIn whereNull whereNotNull whereHas with withCount select
    orderBy orderByDesc latest oldest query join leftJoin has whereBetween whereDate whereKey
    withTrashed newQuery on groupBy distinct limit take when whereRaw selectRaw""".split()
)
_OTHERS = _BUILDS | frozenset(
    """whereYear whereMonth whereDay whereTime whereNot whereNotBetween whereColumn whereExists
    whereDoesntHave whereRelation whereJsonContains whereBelongsTo whereMorphedTo whereLike
    whereHasMorph whereNotExists whereAny whereAll whereFullText""".split()
)
_ASKING = _READS | _WRITES | _BUILDS
_ON_OBJECT = frozenset(
    "save delete update forceDelete saveQuietly push increment decrement".split()
)
_WHERE = re.compile(
    r"(?:orW|w)here(?:In|Between)?$|firstWhere$"  # by which an index is of use
)
#: That take functions in which more conditions are.
_GROUPS = frozenset({"where", "when", "unless"})
_CLOSURES = frozenset({"anonymous_function", "arrow_function"})
_IN_GROUP = re.compile(
    r"->where(?:In)?\(\s*['\"](?P<column>[\w.]+)['\"]|->whereBelongsTo\(\s*(?P<what>\$\w+)"
)
_VALUES = frozenset({"integer", "float", "boolean", "null", "class_constant_access_expression"})
_NO_INDEX = re.compile(r"!=|<>|(?:not )?i?like", re.IGNORECASE)
_EAGER = frozenset({"with", "load", "loadMissing", "withCount", "loadCount", "withExists"})
_LOADS = frozenset({"load", "loadMissing", "loadCount"})  # into what is there already
_RELATIONS = {
    "hasOne": False,
    "belongsTo": False,
    "morphOne": False,
    "hasOneThrough": False,
    "hasMany": True,
    "belongsToMany": True,
    "morphMany": True,
    "morphToMany": True,
    "morphedByMany": True,
    "hasManyThrough": True,
}
_DECLARED = re.compile(
    rb"\$this\s*->\s*(?P<how>hasOne|belongsTo|morphOne|hasOneThrough|hasMany|belongsToMany|morphMany"
    rb"|morphToMany|morphedByMany|hasManyThrough)\s*\(\s*"
    rb"(?:(?P<to>\\?[\w\\]+)::class|['\"](?P<named>[\w\\]+)['\"])"
)
_WITH = re.compile(rb"\$with\s*=\s*\[((?:(?!\$with)[^\]])*)\]")


class PhpQueries(QueryReader):
    """Eloquent and `DB::table`."""

    name = "php-queries"
    languages = frozenset({"php"})
    hint = re.compile(rb"->|::")

    def declared(self, source: SourceFile) -> Iterable[Mark]:
        """`relation`: a method of a model that returns one, and what it is of."""
        with_ = {
            name.decode()
            for found in _WITH.finditer(source.content)
            for name in re.findall(rb"['\"](\w+)", found[1])
        }
        for found in _DECLARED.finditer(source.content):
            line = source.content.count(b"\n", 0, found.start()) + 1
            around = [one for one in source.facts.definitions if one.line <= line <= one.last_line]
            method = around[-1] if around else None
            if method is None or method.kind != "method":
                continue
            owner, _, name = method.name.rpartition(".")
            data: dict[str, Any] = {"class": owner, "to": _model_of(found), "back": ""}
            data |= {"many": _RELATIONS[found["how"].decode()], "lib": "eloquent"}
            yield Mark(self.name, "relation", name, line, {**data, "eager": name in with_})

    def asked(self, said: Chain, at: Lookup) -> ChainQuery | None:
        """Of a model by its name, of a table, of a relation, of a variable that is a query."""
        if not said.steps or not any(step.is_call for step in said.steps):
            return None
        if said.steps[0].name in _LOADS and said.root.startswith("$"):
            held = at.loaded.setdefault((at.within(said.node), said.root), [])
            held += _built(at, "", "", said.steps).eager
        names = {step.name for step in said.steps if step.is_call}
        first = said.steps[0]
        if said.root == "DB" and first.name == "table":
            owner = literal(at.source, next(iter(plain(first)), None))
            return _built(at, owner, "table", said.steps[1:]) if owner else None
        is_class = said.root[:1].isupper() or said.root.startswith("\\")
        if is_class or said.root in {"self", "static"}:
            owner = said.root if is_class else at.owner_class(said.node)
            is_query = first.is_call and names & _ASKING
            return _built(at, owner, "model", said.steps) if is_query else None
        return self._of_variable(said, at, first) or self._of_object(said, at)

    def _of_variable(self, said: Chain, at: Lookup, first: ChainMember) -> ChainQuery | None:
        """More of a query that a variable holds, or relations that are loaded into its models."""
        if known := at.variable(said.node, said.root):
            if first.name in _EAGER:
                more = _built(at, known.owner, known.kind, said.steps)
                more = more._replace(eager=(*known.eager, *more.eager), gives_many=True)
                held = more._replace(is_values=known.is_values or not known.gives_many)
                at.known[at.within(said.node), said.root] = held
                return more
            if known.is_values:
                return None  # a collection has methods that are called like those of a query
            if known.gives_many and first.is_call and first.name in _ASKING:
                more = _built(at, known.owner, known.kind, said.steps)
                return more._replace(
                    columns=(*known.columns, *more.columns), eager=(*known.eager, *more.eager)
                )
        return None

    def _of_object(  # noqa: PLR0911  (a form each)
        self, said: Chain, at: Lookup
    ) -> ChainQuery | None:
        """`$user->posts()->where(...)->get()`, `$user->save()`."""
        for index, step in enumerate(said.steps[1:], 1):
            before = said.steps[index - 1]
            if step.is_call and step.name in _ASKING and before.is_call:
                if before.arguments:
                    return None
                kind = "joined" if step.name in _JOINING else "related"
                return _built(at, before.name, kind, said.steps[index:])
        *above, step = said.steps
        if len(above) == 1 and step.name in _ON_OBJECT and step.is_call:
            if above[0].is_call:
                return None
            return ChainQuery(above[0].name, "related", "write", gives_many=False)
        if not above and step.name in _ON_OBJECT and step.is_call:
            if said.root == "$this":
                return ChainQuery(at.owner_class(said.node), "instance", "write", gives_many=False)
            known = at.variable(said.node, said.root)
            owner, kind = (known.owner, known.kind) if known else (said.root, "named")
            return ChainQuery(owner, kind, "write", gives_many=False)
        return None

    def requests(self, said: Chain, at: Lookup) -> str:  # noqa: ARG002
        """`Http::get` and Guzzle's clients."""
        last = said.steps[-1].name if said.steps and said.steps[-1].is_call else ""
        if said.root == "Http" and said.steps[0].is_call:
            return f"Http::{last}"
        if said.root == "curl_exec":
            return said.root
        is_client = "client" in said.root.lower() or any(
            "client" in step.name.lower() for step in said.steps[:-1]
        )
        return f"client->{last}" if is_client and last in {"request", "requestAsync"} else ""

    def relation(self, said: Chain) -> str:
        """`$post->author->name`, `$post->comments`, `$post->rating()`, which may ask."""
        return said.steps[0].name if said.steps else ""

    def is_own_too(self, said: Chain) -> bool:
        """`$post->delete()`, of which a model may have one of its own."""
        return len(said.steps) == 1 and said.steps[0].name in _ON_OBJECT

    def called(self, said: Chain, at: Lookup) -> str:
        """As the facts of the file have it, which know the types of variables."""
        return used_as(said, at)


def _model_of(declared: re.Match[bytes]) -> str:
    """The class that a relation is of: as it is written, or in full by a string."""
    if declared["to"]:
        return declared["to"].decode("utf-8", "replace")
    return "\\" + declared["named"].decode("utf-8", "replace").replace("\\\\", "\\").lstrip("\\")


def used_as(said: Chain, at: Lookup) -> str:
    """The name of a call as the facts of a file have it, `Type.method`; "" for none or several."""
    if not said.steps or (not said.steps[0].is_call and len(said.steps) > 2):
        return ""
    step = next((one for one in said.steps if one.is_call), None)
    if step is None:
        return ""
    names = at.calls.get((at.within(said.node), step.name), set())
    return next(iter(names)) if len(names) == 1 else ""


def _built(at: Lookup, owner: str, kind: str, steps: tuple[ChainMember, ...]) -> ChainQuery:
    columns: list[str] = []
    orders: list[str] = []
    eager: list[str] = []
    for step in steps:
        given = plain(step) if step.is_call else []
        first = next(iter(given), None)
        if _WHERE.match(step.name) and first is not None:
            columns += _condition(at.source, given)
        if step.name in _GROUPS:
            columns += _within(at.source, given)
        elif step.name in {"orderBy", "orderByDesc"}:
            orders += literals(at.source, given[:1])
        elif step.name in {"latest", "oldest"} and step.is_call:
            orders.append(literal(at.source, first) or "created_at")
        elif step.name in _EAGER:
            eager += literals(at.source, given)
            for one in given:
                eager += _keys(at.source, one)
        elif re.fullmatch(r"where[A-Z]\w*", step.name) and step.name not in _OTHERS:
            columns.append(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", step.name[5:]).lower())
        elif step.name in {"find", "findOrFail", "findMany", "whereKey"}:
            columns.append("pk")
    names = {step.name for step in steps if step.is_call}
    return ChainQuery(
        owner,
        kind,
        "write" if names & _WRITES else "read",
        tuple(dict.fromkeys(columns)),
        tuple(dict.fromkeys(orders)),
        tuple(one.partition(" ")[0] for one in eager),
        not names & _ONE,
        bool(names & (_READS | _WRITES)),
        is_values=bool(names & _READS),
    )


def _condition(source: SourceFile, given: list[Node]) -> list[str]:
    """The columns of a `where`, unless an index would be of no use to it.

    A number or constant that stands in the code is one of few.
    """
    if len(given) > 2 and _NO_INDEX.fullmatch(literal(source, given[1])):
        return []
    if len(given) > 1 and given[-1].type in _VALUES:
        return []
    said = literal(source, given[0])
    return [said.rpartition(".")[2]] if said else _keys(source, given[0])


def _within(source: SourceFile, given: list[Node]) -> Iterator[str]:
    """The columns of conditions in functions that are given the query."""
    for one in given:
        if one.type in _CLOSURES:
            for found in _IN_GROUP.finditer(source.text(one)):
                yield found["column"].rpartition(".")[2] if found["column"] else found["what"]


def _keys(source: SourceFile, node: Node) -> list[str]:
    """The keys of an array that are literals."""
    found = []
    for one in node.named_children if node.type == "array_creation_expression" else ():
        parts = one.named_children
        if len(parts) == 2 and (said := literal(source, parts[0])):
            found.append(said)
    return found
