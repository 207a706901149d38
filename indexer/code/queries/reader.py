"""What every language's reader of queries does: chains held against loops and known variables."""

from __future__ import annotations

import re
from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.queries.caching import FUNCTIONS, is_kept
from indexer.code.queries.chains import CALLS, MEMBERS, Chain, chain, plain, unwrap
from indexer.code.queries.loops import (
    BRANCHES,
    Loop,
    changes_each,
    find_loops,
    is_for_one,
    is_left_with,
)
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile

_CALLS = {
    "python": "(call) @call (attribute) @member",
    "php": """
[(member_call_expression) (nullsafe_member_call_expression) (scoped_call_expression)
 (function_call_expression) (object_creation_expression)] @call
[(member_access_expression) (nullsafe_member_access_expression)] @member
""",
    "typescript": "(call_expression) @call",
    "java": "(method_invocation) @call",
}
_ASSIGNED = {
    "python": ("assignment", "left", "right"),
    "php": ("assignment_expression", "left", "right"),
    "typescript": ("variable_declarator", "name", "value"),
    "java": ("variable_declarator", "name", "value"),
}
_OWN = frozenset({"self", "this", "$this"})
_RUN = frozenset("scalars scalar execute all list unique one first sorted".split())
_WORD = re.compile(r"[$\w]+")
#: What looks inside of texts, which nobody can do for many at once.
_SEARCHES = re.compile(
    r"""["']i?(?:like|regexp)["']|__i?(?:contains|regex)\b|__search\b|\.i?like\("""
)
_TYPED = """
[(typed_parameter . (identifier) @name type: (type) @type)
 (typed_default_parameter name: (identifier) @name type: (type) @type)]
"""
#: The class of an annotation: "Order", "models.Order | None", "Optional[Order]"; no collection.
_CLASS = re.compile(r"^[\"']?(?:Optional\[)?((?:\w+\.)*[A-Z]\w*)\]?(?:\s*\|\s*None)?[\"']?$")

#: The same of PHP: "?Order", "Order|null".
_NULLABLE = re.compile(r"\??(\\?(?:\w+\\)*[A-Z]\w*)(?:\|null)?")


#: What writes where nothing was found, or what was: it reads before.
_FINDS_FIRST = frozenset(
    """get_or_create update_or_create aget_or_create aupdate_or_create firstOrCreate updateOrCreate
    updateOrInsert createOrFirst""".split()
)


class ChainQuery(NamedTuple):
    """What a chain asks a database."""

    owner: str  # as it is written: a model, a table, a field of a client
    #: model, table, prisma (a field of its client), repository; related, what something has;
    #: held, what the own object has; member, what a variable has, by its name; made, what a
    #: function gives; own, the class itself; named, a model called like this
    kind: str
    does: str = "read"  # or "write"
    columns: tuple[str, ...] = ()  # that it goes by
    orders: tuple[str, ...] = ()  # that it sorts by
    eager: tuple[str, ...] = ()  # relations that come with it, dotted
    gives_many: bool = True
    is_evaluated: bool = True  # False for one that is only put together here
    is_values: bool = False  # True for what is in memory: its methods ask nothing
    is_sure: bool = True  # False where a method of the project's own may keep the answer


class Lookup:
    """What dialects may ask about a file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        #: By definition and variable: what it was last given.
        self.known: dict[tuple[int, str], ChainQuery] = {}
        #: By definition and variable: the relations that were loaded into it.
        self.loaded: dict[tuple[int, str], list[str]] = {}

    @cached_property
    def calls(self) -> dict[tuple[int, str], set[str]]:
        """The calls of the file by definition and last name, as its language has them."""
        found: dict[tuple[int, str], set[str]] = {}
        for use in self.source.facts.uses:
            if use.is_call:
                found.setdefault((use.within, use.name.rpartition(".")[2]), set()).add(use.name)
        return found

    @cached_property
    def typed(self) -> dict[tuple[int, str], str]:
        """The classes of parameters, by definition and name, where Python's annotations say one."""
        found = self.source.captures(_TYPED)
        pairs = zip(found.get("name", ()), found.get("type", ()), strict=False)
        said = ((name, _CLASS.search(self.source.text(type_))) for name, type_ in pairs)
        return {
            (self.source.within(name), self.source.text(name)): one[1] for name, one in said if one
        }

    def within(self, node: Node) -> int:
        """The definition that something stands in."""
        return self.source.within(node)

    def variable(self, node: Node, name: str) -> ChainQuery | None:
        """What a variable is, where a query gave it."""
        return self.known.get((self.within(node), name))

    def owner_class(self, node: Node) -> str:
        """The class that something stands in; "" for none."""
        index = self.within(node)
        name = self.source.facts.definitions[index].name if index >= 0 else ""
        return name.rpartition(".")[0]


class QueryReader(Reader):
    """The reader of one language; what its libraries call a query is told by its methods."""

    version = 19

    @abstractmethod
    def asked(self, said: Chain, at: Lookup) -> ChainQuery | None:
        """What a chain asks a database, if it does."""

    @abstractmethod
    def declared(self, source: SourceFile) -> Iterable[Mark]:
        """Relations of models, and whatever else stands outside of functions."""

    def requests(self, said: Chain, at: Lookup) -> str:  # noqa: ARG002
        """How an outgoing HTTP call is written; "" for none."""
        return ""

    def relation(self, said: Chain) -> str:  # noqa: ARG002
        """What a chain that begins with what a loop goes over loads lazily; "" for nothing."""
        return ""

    def loads_once(self, said: Chain) -> bool:  # noqa: ARG002
        """Whether a query of a relation asks nothing where the relation is loaded already."""
        return False

    def is_own_too(self, said: Chain) -> bool:  # noqa: ARG002
        """Whether what an object is asked to do a model may do by a method of its own."""
        return False

    def called(self, said: Chain, at: Lookup) -> str:  # noqa: ARG002
        """The function that a chain calls, as the language's resolver takes it; "" for none."""
        return said.dotted if said.steps and said.steps[-1].is_call else ""

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """See the package."""
        declared = list(self.declared(source))
        yield from declared
        captured = source.captures(_CALLS[source.facts.language])
        nodes = [*captured.get("call", ()), *captured.get("member", ())]
        if nodes:
            yield from _Reading(self, source, declared).marks(nodes)


class _Reading:
    """One file that is being read."""

    def __init__(self, reader: QueryReader, source: SourceFile, declared: list[Mark]) -> None:
        self._relations = {
            (one.data["class"], one.name) for one in declared if one.kind == "relation"
        }
        self._reader = reader
        self._source = source
        self._at = Lookup(source)
        self._loops = find_loops(source)
        self._done: set[tuple[str, ...]] = set()
        self._changing: dict[int, bool] = {}  # by the node of a loop
        self._given: dict[int, dict[str, tuple[int, str]]] = {}  # by the node of a function
        self._overs = {
            (one.over.start_byte, one.over.end_byte) for one in self._loops if one.over is not None
        }

    def marks(self, nodes: list[Node]) -> Iterator[Mark]:
        inside: set[tuple[int, int]] = set()
        for node in sorted(nodes, key=lambda one: (one.start_byte, -one.end_byte)):
            if (node.start_byte, node.end_byte) in inside:
                continue
            said = chain(self._source, node)
            inside.update(said.inner)
            yield from self._chain(said)

    def _chain(self, said: Chain) -> Iterator[Mark]:
        reader, node = self._reader, said.node
        loops = [one for one in self._loops if one.holds(node)]
        loop = next((one for one in loops[::-1] if said.root in one.names), None)
        asked = reader.asked(said, self._at)
        if asked and not (loop and asked.kind == "related" and reader.loads_once(said)):
            yield from self._queries(asked, said, loops)
            if loop and reader.is_own_too(said):
                yield self._lazy(loop, loops, said, said.steps[0].name)
            return
        yield from self._asks_parameter(said)
        self._remember_given(said)
        if request := reader.requests(said, self._at):
            yield self._mark("http", request, node, loops)
            return
        if not loops:
            yield from self._touched(said)
            return
        relation = reader.relation(said) if loop and not self._is_given(node) else ""
        if loop and relation:
            if self._is_new("lazy", said.root, relation, str(loop.line)):
                yield self._lazy(loop, loops, said, relation)
            if not said.steps[0].is_call:
                return
        name = reader.called(said, self._at)
        if name and self._is_new("repeat", name, str(loops[-1].line), str(line_of(node))):
            yield self._mark("repeat", name, node, loops, self._handed(said, name, loops))

    def _queries(self, asked: ChainQuery, said: Chain, loops: list[Loop]) -> Iterator[Mark]:
        """What a chain asks; what finds or makes reads before it writes."""
        self._remember(said.node, asked)
        loops = loops if asked.is_evaluated else []
        data = _fields(asked)
        if asked.kind in {"related", "joined"}:
            data["root"] = said.root
        mark = self._mark("query", asked.owner, said.node, loops, data)
        if not asked.is_sure or (not asked.is_evaluated and self._adds_at_times(said)):
            mark.data["each"] = False
        yield mark
        if asked.does == "write" and any(step.name in _FINDS_FIRST for step in said.steps):
            yield mark._replace(data={**mark.data, "does": "read"})

    def _lazy(self, loop: Loop, loops: list[Loop], said: Chain, relation: str) -> Mark:
        """What each of a loop is asked for, by its name alone."""
        data = {**self._gone_over(loop, loops, said.root), "called": said.steps[0].is_call}
        return self._mark("lazy", relation, said.node, [loop], data)

    def _gone_over(self, loop: Loop, loops: list[Loop], name: str) -> dict[str, Any]:
        """What a loop goes over, as far as the file tells."""
        over = self._over(loop, loops)
        return {
            "var": name,
            "type": _class_of(loop.type) or loop.type,
            "over": _fields(over) if over else None,
            "model": over.owner if over else "",
            "of": self._relation_over(loop),
        }

    def _handed(self, said: Chain, name: str, loops: list[Loop]) -> dict[str, Any]:
        """`handed`: the argument of a call that is what a loop is at, and of which loop."""
        last = name.rpartition(".")[2].rpartition("\\")[2]
        step = next((one for one in said.steps if one.is_call and one.name == last), None)
        for index, one in enumerate(plain(step) if step else ()):
            text = self._source.text(one)
            loop = next((each for each in loops[::-1] if text in each.names), None)
            if loop is not None:
                own = {"at": index, "loop": loop.line, **self._gone_over(loop, loops, text)}
                return {"handed": own}
        return {}

    def _asks_parameter(self, said: Chain) -> Iterator[Mark]:
        """`asks`: a relation of what a function is given, which has more of it or is gone over."""
        if not said.steps or said.steps[0].is_call or said.root in _OWN:
            return
        is_over = (said.node.start_byte, said.node.end_byte) in self._overs
        if len(said.steps) == 1 and not is_over:
            return
        function = said.node.parent
        while function is not None and function.type not in FUNCTIONS:
            function = function.parent
        given = self._parameters(function) if function is not None else {}
        relation = self._reader.relation(said) if said.root in given else ""
        owner = self._source.owner(said.node)
        if relation and self._is_new("asks", owner, said.root, relation):
            index, type_ = given[said.root]
            yield self._mark("asks", relation, said.node, [], {"at": index, "type": type_})

    def _parameters(self, function: Node) -> dict[str, tuple[int, str]]:
        """The parameters of a function by name: their places, without its own object, and types."""
        if function.id not in self._given:
            found = function.child_by_field_name("parameters")
            plain_ = [one for one in found.named_children if one.type != "comment"] if found else []
            names = [self._source.text(_name_of(one)) for one in plain_]
            own = 1 if names and names[0] in {"self", "cls"} else 0
            self._given[function.id] = {
                name: (index - own, _class_of(self._source.text(one.child_by_field_name("type"))))
                for index, (name, one) in enumerate(zip(names, plain_, strict=True))
                if index >= own
            }
        return self._given[function.id]

    def _adds_at_times(self, said: Chain) -> bool:
        """Whether it narrows a query that a variable holds, where a condition is met."""
        outer = said.node.parent
        is_own = outer is not None and outer.type == "expression_statement"
        if not is_own and self._variable_given(said.node)[0] != said.root:
            return False
        while outer is not None and outer.type not in FUNCTIONS:
            if outer.type in BRANCHES:
                return True
            outer = outer.parent
        return False

    def _remember_given(self, said: Chain) -> None:
        """A variable that is given a relation of the own object, or what a function gives."""
        if not self._variable_given(said.node)[0]:
            return
        if said.root in _OWN and len(said.steps) == 1 and not said.steps[0].is_call:
            self._remember(said.node, ChainQuery(said.steps[0].name, "held", is_values=True))
        elif name := self._reader.called(said, self._at):
            is_class = name.rpartition(".")[2].rpartition("\\")[2][:1].isupper()
            made = ChainQuery(name, "model", gives_many=False) if is_class else _made(name)
            self._remember(said.node, made)

    def _touched(self, said: Chain) -> Iterator[Mark]:
        """A relation of the own object that is asked for, outside of loops."""
        if said.root not in _OWN or not said.steps or not self._relations:
            return
        relation = self._reader.relation(said)
        owner = self._at.owner_class(said.node)
        if (owner, relation) in self._relations and not self._is_given(said.node):
            yield self._mark("touch", relation, said.node, [])

    def _is_given(self, node: Node) -> bool:
        """Whether something is assigned to it."""
        kind, left, _ = _ASSIGNED[self._source.facts.language]
        outer = node.parent
        given = (
            outer.child_by_field_name(left) if outer is not None and outer.type == kind else None
        )
        return given is not None and given.id == node.id

    def _is_new(self, *key: str) -> bool:
        new = key not in self._done
        self._done.add(key)
        return new

    def _mark(
        self,
        what: str,
        name: str,
        node: Node,
        loops: list[Loop],
        more: dict[str, Any] | None = None,
    ) -> Mark:
        data = {"in": self._source.owner(node), **(more or {})}
        if loops:
            data |= {"loop": loops[-1].line, "each": self._goes_by(node, loops)}
        elif what == "query" and is_kept(self._source, node, None):
            data["each"] = False
        return Mark(self._reader.name, what, name, line_of(node), data)

    def _goes_by(self, node: Node, loops: list[Loop]) -> bool:
        """Whether it depends on what the loop is at, and could be asked for all at once."""
        inner = loops[-1]
        text = self._source.text(node)
        words = set(_WORD.findall(text))
        names = set().union(*(one.names for one in loops)) | self._made_in(inner)
        return (
            bool(words & names)
            and not is_kept(self._source, node, inner)
            and not is_for_one(self._source, node, inner)
            and not is_left_with(node, inner)
            and not self._changes_each(inner)
            and not _SEARCHES.search(text)
        )

    def _changes_each(self, loop: Loop) -> bool:
        if loop.node.id not in self._changing:
            self._changing[loop.node.id] = changes_each(self._source, loop)
        return self._changing[loop.node.id]

    def _made_in(self, loop: Loop) -> set[str]:
        kind, left, _ = _ASSIGNED[self._source.facts.language]
        found = self._source.captures(f"({kind} {left}: (_) @name)", loop.node).get("name", ())
        return {word for one in found for word in _WORD.findall(self._source.text(one))}

    def _remember(self, node: Node, asked: ChainQuery) -> None:
        """A variable that is given this is it, from here on."""
        name, is_run = self._variable_given(node)
        if name:
            asked = asked._replace(is_values=True) if is_run else asked
            self._at.known[self._at.within(node), name] = asked

    def _variable_given(self, node: Node) -> tuple[str, bool]:
        """The variable that is given an expression, "" for none, and whether it is run for it."""
        kind, left, right = _ASSIGNED[self._source.facts.language]
        inner, outer, is_run = node, node.parent, False
        while outer is not None:
            if unwrap(outer).id != unwrap(inner).id:
                if not self._hands_on(outer, inner):
                    break
                is_run = True
            inner, outer = outer, outer.parent
        if outer is not None and outer.type == kind:
            value, name = outer.child_by_field_name(right), outer.child_by_field_name(left)
            if value is not None and value.id == inner.id and name is not None:
                return self._source.text(name), is_run
        return "", is_run

    def _hands_on(self, outer: Node, inner: Node) -> bool:
        """Whether a statement is only run here: `session.scalars(select(Order)).all()`."""
        if outer.type == "call":
            said = self._source.text(outer.child_by_field_name("function"))
            return said.rpartition(".")[2] in _RUN
        return outer.type in {"argument_list", "attribute"} and inner.type in {
            "call",
            "argument_list",
        }

    def _over(  # noqa: PLR0911  (a form each)
        self, loop: Loop, loops: list[Loop]
    ) -> ChainQuery | None:
        """What a loop goes over, where that is known to be of a model."""
        if loop.over is None:
            return None
        text = self._source.text(loop.over)
        if known := self._at.variable(loop.over, text):
            return known
        if loop.over.type not in {*CALLS, *MEMBERS}:
            return None
        said = chain(self._source, loop.over)
        is_member = len(said.steps) == 1 and not said.steps[0].is_call
        if said.root in _OWN and is_member:
            return ChainQuery(said.steps[0].name, "held", eager=self._loaded_of(said))
        outer = next((one for one in loops if said.root in one.names and one is not loop), None)
        if outer and said.steps:
            above = self._over(outer, [one for one in loops if one is not loop])
            way = f"{said.steps[0].name}."
            eager = [one.removeprefix(way) for one in (above.eager if above else ()) if way in one]
            return ChainQuery(said.steps[0].name, "related", eager=tuple(eager)) if above else None
        if is_member and said.root.lstrip("$")[:1].islower():
            known = self._at.variable(loop.over, said.root)
            if known is None or known.kind == "made":
                return ChainQuery(f"{said.root}.{said.steps[0].name}", "member")
            return ChainQuery(said.steps[0].name, "related", eager=self._loaded_of(said))
        asked = self._reader.asked(said, self._at)
        name = "" if asked else self._reader.called(said, self._at)
        return _made(name) if name else asked

    def _loaded_of(self, said: Chain) -> tuple[str, ...]:
        """What was loaded with a relation of a variable, or of the own object."""
        known = self._at.variable(said.node, said.root)
        loaded = self._at.loaded.get((self._at.within(said.node), said.root), ())
        way = f"{said.steps[0].name}."
        every = (*(known.eager if known else ()), *loaded)
        return tuple(one.removeprefix(way) for one in every if one.startswith(way))

    def _relation_over(self, loop: Loop) -> str:
        """What of something a loop goes over: "lines" of `order.lines` and `order.lines.all()`."""
        if loop.over is None or loop.over.type not in {*CALLS, *MEMBERS}:
            return ""
        steps = chain(self._source, loop.over).steps
        return next((one.name for one in reversed(steps) if not one.is_call), "")


def _name_of(parameter: Node) -> Node | None:
    """What a parameter is called."""
    named = parameter.child_by_field_name("name")
    if named is None and parameter.type == "typed_parameter":
        named = parameter.named_children[0]
    return named if named is not None else parameter


def _class_of(type_: str) -> str:
    """The class that a type is, or null; "" for any other type."""
    found = _NULLABLE.fullmatch(type_) or _CLASS.search(type_)
    return found[1] if found else ""


def _made(name: str) -> ChainQuery:
    return ChainQuery(name, "made", is_values=True)


def _fields(asked: ChainQuery) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "does": asked.does,
        "columns": list(asked.columns),
        "orders": list(asked.orders),
        "eager": list(asked.eager),
        "many": asked.gives_many,
        "own": not asked.is_sure,
    }
