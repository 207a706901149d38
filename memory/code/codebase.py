"""The code of a project as a whole: files, and what connects them, graded by how it is known."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from memory.code.name_counts import name_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPUTED = "what is imported is computed"  # a reason of `Unresolved`: it may be anything


_WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|\d+")


class Grade(StrEnum):
    """How an edge is known."""

    IMPORT = "import"
    CALL = "call"  # a name that was resolved to its definition, and is called
    INHERIT = "inherit"  # likewise, and is extended or implemented
    INHERITED = "inherited"  # a member of a named class, which has it from this one
    USE = "use"  # likewise, and is only named
    REFERENCE = "reference"  # the name of a module in a string
    DYNAMIC = "dynamic"  # an import by a call
    FRAMEWORK = "framework"  # wiring that a framework does
    TABLE = "table"  # two places touch one table
    COCHANGE = "cochange"  # git only

    __hash__ = str.__hash__  # an enum's own is a function of Python, called for each edge in a set


class CodePlace(NamedTuple):
    """A file, or a definition in it."""

    path: str
    symbol: str = ""  # "" for the file itself

    @property
    def top(self) -> CodePlace:
        """The definition at the top level of the file that it is in."""
        return CodePlace(self.path, self.symbol.partition(".")[0])


class Edge(NamedTuple):
    """One file needs another."""

    source: CodePlace
    target: CodePlace
    grade: Grade
    line: int  # in the source
    type_checking: bool = False
    exempt: bool = False  # from contracts of tach


class Unresolved(NamedTuple):
    """What was seen and could not be told: it is counted and named beside each answer."""

    path: str
    line: int
    what: str  # "import", "route", "table", "reference" ...
    name: str
    reason: str


class Outside(NamedTuple):
    """An import of what is not the project's own: a package, or the standard library."""

    path: str
    line: int
    name: str  # as it is written: "os.path", "@nestjs/common"
    type_checking: bool = False


class Taken(NamedTuple):
    """What a file of Python imports of another one of the project."""

    path: str
    line: int
    target: str  # the other file
    name: str  # in it, and "*" for all names; "" for the module itself
    type_checking: bool = False
    exempt: bool = False  # from contracts of tach


LanguageFact: TypeAlias = Edge | Unresolved | Outside | Taken  # what a language says of files


class Answered(NamedTuple):
    """Whether something holds, as far as the code tells, and by what."""

    answer: str  # yes, no, unknown
    evidence: str  # "permission_classes = [IsAdminUser] (api/views.py:12)"; of unknown, what it is
    why: str = ""  # of unknown: the sort of reason, one of few

    def __str__(self) -> str:
        return ": ".join(one for one in (self.answer, self.why, self.evidence) if one)


NOT_ASKED = Answered("unknown", "", "nothing that reads this framework looks for it")


class Route(NamedTuple):
    """What is served under a path."""

    method: str  # GET, POST ...; ANY where the framework does not tell them apart
    path: str  # "/orders/{id}"
    handler: str  # dotted in Python; else as its language writes it
    file: str  # where the handler is, or else where the route is registered
    line: int
    auth: Answered = NOT_ASKED
    authorisation: Answered = NOT_ASKED
    validation: Answered = NOT_ASKED
    rate_limit: Answered = NOT_ASKED
    middleware: tuple[str, ...] = ()
    registered: str = ""  # "path:line" of the registration
    symbol: str = ""  # the handler within its file
    takes_input: bool = True  # False where its handler is given nothing but its path and who asks
    inside: tuple[int, int] = (0, 0)  # first and last line of a handler that has no name


class Column(NamedTuple):
    """A column as it is after all migrations."""

    name: str
    type: str
    nullable: bool | None  # None where it is not said


class ForeignKey(NamedTuple):
    """Columns that point at another table."""

    columns: tuple[str, ...]
    references: str  # the table
    referenced: tuple[str, ...] = ()
    on_delete: str = ""
    line: int = 0  # where it is written, in the file of the table; 0 where nobody says


class Table(NamedTuple):
    """A table as it is after all migrations."""

    table: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    indexes: tuple[tuple[str, ...], ...]
    unique: tuple[tuple[str, ...], ...]
    model: str  # dotted in Python; "" without one
    file: str
    line: int
    symbol: str = ""  # the model within its file
    whole: bool = True  # whether all that concerns it was understood
    created: str = ""  # "path:line" of what creates it, where that is not the file of the model


class Query(NamedTuple):
    """A place where a table is read or written."""

    place: CodePlace  # the definition that it stands in
    line: int
    does: str  # read, write
    table: str  # "" for one that nobody knows
    model: str  # as `CodeBase.called` has it; "" without one
    columns: tuple[str, ...] = ()  # that it goes by, as the table has them
    orders: tuple[str, ...] = ()  # that it sorts by
    relation: str = ""  # which is loaded by being asked for; "" for a query that is written
    loop: int = 0  # the line of the loop that it is repeated in; 0 for none
    of_another: bool = False  # it asks for what another row has, and so by its key, too
    #: Whether it is asked each time: for each of what a loop goes over, whatever else is asked.
    sure: bool = True


class Repeat(NamedTuple):
    """A call that a loop repeats."""

    source: CodePlace
    target: CodePlace
    line: int
    loop: int  # its line
    sure: bool = True  # as of a query
    loaded: tuple[str, ...] = ()  # relations that what it is called of has already


class Outgoing(NamedTuple):
    """A call of another service."""

    place: CodePlace
    line: int
    said: str  # "requests.get"


class Way(NamedTuple):
    """How a file does something that can be done in several ways."""

    about: str  # what: "logging"
    way: str  # "printed"
    path: str
    line: int  # the first
    said: str  # what is there
    times: int  # in the file


class CodeFile(NamedTuple):
    """A file of code."""

    path: str
    name: str  # the dotted module of Python; else the path
    language: str
    lines: int
    is_test: bool
    module: str = ""
    opaque: int = 0  # calls of methods of values, which lead to nobody knows where
    package: str = ""  # as the file says it: the package of Java or Go, the namespace of PHP


class Symbol(NamedTuple):
    """A definition, in its file."""

    place: CodePlace
    kind: str
    line: int
    last_line: int
    visibility: str
    bases: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class CodeBase:
    """Everything that is known of the code of a project; one of the same files is equal in all."""

    files: Mapping[str, CodeFile]  # by path
    edges: tuple[Edge, ...]
    symbols: Mapping[CodePlace, Symbol]
    routes: tuple[Route, ...]
    tables: tuple[Table, ...]
    unresolved: tuple[Unresolved, ...]
    unread: Mapping[str, str]  # files that could not be read, and why
    revision: str = ""  # equal for equal files
    outside: tuple[Outside, ...] = ()
    ways: tuple[Way, ...] = ()  # by path
    blobs: Mapping[str, str] = field(default_factory=dict)  # hashes of contents, by path
    queries: tuple[Query, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    taken: tuple[Taken, ...] = ()

    def says_as(self, other: CodeBase) -> bool:
        """Whether another one is equal in all."""
        return all(getattr(self, one.name) == getattr(other, one.name) for one in fields(self))

    def called(self, place: CodePlace) -> str:
        """What a place is called in full: "orders.views.OrderList", "src/user.ts:User"."""
        file = self.files[place.path]
        mark = ":" if file.name == file.path else "."
        return f"{file.name}{mark}{place.symbol}" if place.symbol else file.name

    @cached_property
    def edges_of(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges that begin or end in each file, those within it left out."""
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            if edge.source.path != edge.target.path:
                found.setdefault(edge.source.path, []).append(edge)
                found.setdefault(edge.target.path, []).append(edge)
        return {path: tuple(edges) for path, edges in found.items()}

    @cached_property
    def imports_at_run_time(self) -> tuple[Edge, ...]:
        """The imports of one file by another that run, without those of tests."""
        product = {path for path, file in self.files.items() if not file.is_test}
        return tuple(
            edge
            for edge in self.edges
            if edge.grade is Grade.IMPORT
            and not edge.type_checking
            and edge.source.path != edge.target.path
            and edge.source.path in product
            and edge.target.path in product
        )

    @cached_property
    def needed_by(self) -> Mapping[str, frozenset[str]]:
        """The files that have an edge to each file."""
        found: dict[str, list[str]] = {}
        for source, target in {(edge.source.path, edge.target.path): None for edge in self.edges}:
            if source != target:
                found.setdefault(target, []).append(source)
        return {path: frozenset(sources) for path, sources in found.items()}

    @cached_property
    def needs_of(self) -> Mapping[str, frozenset[str]]:
        """The files that each file has an edge to."""
        found: dict[str, set[str]] = {}
        for target, sources in self.needed_by.items():
            for source in sources:
                found.setdefault(source, set()).add(target)
        return {path: frozenset(targets) for path, targets in found.items()}

    @cached_property
    def words_of(self) -> Mapping[str, frozenset[str]]:
        """The words of the path of each file: "order", "line", "model"."""
        return {
            path: frozenset(word.lower().rstrip("s") for word in _WORD.findall(path))
            for path in self.files
        }

    @cached_property
    def rarity(self) -> Mapping[str, float]:
        """How much each word of a path tells: an inverse document frequency."""
        counts = Counter(word for words in self.words_of.values() for word in words)
        return {word: log(1 + len(self.files) / (1 + count)) for word, count in counts.items()}

    @cached_property
    def names_of(self) -> Mapping[str, Counter[str]]:
        """How often each stem stands in what a file and all in it are called, by its path."""
        return name_counts(self)

    @cached_property
    def name_frequency(self) -> Counter[str]:
        """In how many files' names each stem is."""
        return Counter(word for counts in self.names_of.values() for word in counts)

    @cached_property
    def symbols_of(self) -> Mapping[str, tuple[Symbol, ...]]:
        """The definitions of each file."""
        found: dict[str, list[Symbol]] = {}
        for place, symbol in self.symbols.items():
            found.setdefault(place.path, []).append(symbol)
        return {path: tuple(symbols) for path, symbols in found.items()}

    @cached_property
    def symbols_named(self) -> Mapping[str, tuple[CodePlace, ...]]:
        """The definitions by the last part of their names."""
        found: dict[str, list[CodePlace]] = {}
        for place in self.symbols:
            found.setdefault(place.symbol.rpartition(".")[2], []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def incoming(self) -> Mapping[CodePlace, tuple[Edge, ...]]:
        """The edges to each top-level definition, and to each file as such, from other ones."""
        found: dict[CodePlace, list[Edge]] = {}
        for edge in self.edges:
            if (target := edge.target.top) != edge.source.top:
                found.setdefault(target, []).append(edge)
        return {place: tuple(edges) for place, edges in found.items()}
