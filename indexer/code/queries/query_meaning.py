"""What the queries of all files mean: which tables they ask, and which calls a loop repeats."""

from __future__ import annotations

import re
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from memory.code.codebase import CodePlace, Edge, Grade, Outgoing, Query, Repeat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.code.project_code import CodeProject
    from memory.code.codebase import Table
    from memory.code.facts import Mark

READERS = ("java-queries", "php-queries", "python-queries", "typescript-queries")
_DEEPEST = 8  # bases of a model
_KNOWING = frozenset({"django", "sqlalchemy"})  # what is asked of an object knows it
_MAKING = ("__init__", "__construct")
_OWN = frozenset({"self", "this", "cls", "$this"})
_WORDS = re.compile(r"(?=[a-z]\w*?(?:_[a-z]|[a-z][A-Z]))\w++")  # a name of two words or more
_SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class ModelRelation(NamedTuple):
    """What a model has of another one."""

    to: CodePlace | None
    many: bool
    eager: bool
    back: str = ""  # what the other one calls it, where it knows the one that it was asked of


class QueryMeaning:
    """The marks of the readers of queries, held against models and tables."""

    def __init__(self, project: CodeProject, tables: Sequence[Table]) -> None:
        self._project = project
        self._tables = {CodePlace(one.file, one.symbol): one for one in tables if one.symbol}
        self._by_table = {one.table.lower(): one for one in reversed(tables)}
        self._prisma = {_plain(one.symbol): one for one in tables if one.file.endswith(".prisma")}
        self._named: dict[str, list[CodePlace]] = {}
        for place in self._tables:
            self._named.setdefault(_plain(place.symbol.rpartition(".")[2]), []).append(place)

    def _marks(self, kind: str) -> Iterator[tuple[str, Mark]]:
        for reader in READERS:
            yield from self._project.marks(reader, kind)

    def queries(self) -> Iterator[Query]:
        """Queries that are written, and relations that loops load one by one."""
        for path, mark in self._marks("query"):
            if (found := self._query(path, mark)) is not None:
                yield found
        for path, mark in self._marks("lazy"):
            if (found := self._lazy(path, mark)) is not None:
                yield found
        for path, mark in self._marks("repeat"):
            yield from self._of_handed(path, mark)
        for path, mark in self._marks("touch"):
            owner = CodePlace(path, mark.data["in"].rpartition(".")[0])
            relation = self._relation(owner, mark.name)
            if relation is not None and not relation.eager:
                yield self._loaded(path, mark, relation)

    def repeats(self) -> Iterator[Repeat]:
        """Calls of the project's own functions that loops repeat, each once."""
        seen = set()
        for one in (*self._repeats_by_model(), *self._repeats_by_name()):
            if (key := (one.source, one.target, one.line)) not in seen:
                seen.add(key)
                yield one

    def _repeats_by_name(self) -> Iterator[Repeat]:
        for path, mark in self._marks("repeat"):
            source = CodePlace(path, mark.data["in"])
            target = self._function(source, mark.name)
            guessed = self._of_variable(mark.name) if target is None else None
            if guessed is not None:  # of something that nobody knows: less sure
                yield Repeat(source, guessed, mark.line, mark.data["loop"], sure=False)
            if target is not None and target != source:
                held = self._held(source, target, mark.name)
                sure = mark.data["each"] and not self._is_overloaded(target)
                yield Repeat(source, target, mark.line, mark.data["loop"], sure, held)

    def _repeats_by_model(self) -> Iterator[Repeat]:
        for path, mark in self._marks("lazy"):
            model, eager = self._gone_over(path, mark)
            target = self._asking(model, mark) if model else None
            if model is not None and target is not None:
                yield Repeat(
                    CodePlace(path, mark.data["in"]),
                    target,
                    mark.line,
                    mark.data["loop"],
                    mark.data["each"] and (eager is not None or bool(mark.data["type"])),
                    tuple(sorted({*(eager or ()), *self._known(model, mark)})),
                )

    def _of_variable(self, name: str) -> CodePlace | None:
        """The only method of all models that is called like one of a variable."""
        root, _, method = name.partition(".")
        found = self._methods.get(method, ()) if root[:1].islower() and root not in _OWN else ()
        return found[0] if len(found) == 1 else None

    @cached_property
    def _methods(self) -> dict[str, list[CodePlace]]:
        """The methods of all models by name, where that has two words or more."""
        found: dict[str, list[CodePlace]] = {}
        for model in {*self._tables, *self._relations}:
            file = self._project.files.get(model.path)
            for one in file.definitions if file else ():
                owner, _, name = one.name.rpartition(".")
                if owner == model.symbol and one.kind == "method" and _WORDS.fullmatch(name):
                    found.setdefault(name, []).append(CodePlace(model.path, one.name))
        return found

    def _is_overloaded(self, target: CodePlace) -> bool:
        """Whether there are several of its name, of which it is not told which one is called."""
        own = self._project.files[target.path].definitions if target.path.endswith(".java") else ()
        return sum(one.name == target.symbol for one in own) > 1

    def _held(self, source: CodePlace, target: CodePlace, called: str) -> tuple[str, ...]:
        """What an object that calls itself in a loop loads once: that of which it has one."""
        if called.partition(".")[0] not in _OWN or target.top != source.top:
            return ()
        own = CodePlace(target.path, target.symbol.rpartition(".")[0])
        return tuple(name for name, one in self._relations.get(own, {}).items() if not one.many)

    def outgoing(self) -> Iterator[Outgoing]:
        """Calls of other services."""
        for path, mark in self._marks("http"):
            yield Outgoing(CodePlace(path, mark.data["in"]), mark.line, mark.name)

    def calls(self) -> Iterator[Edge]:
        """Calls of methods of what a class is given, where its language does not tell them."""
        for path, mark in self._marks("call"):
            source, target = CodePlace(path, mark.data["in"]), self._project.locate(path, mark.name)
            if target is not None and target.symbol and target != source:
                yield Edge(source, target, Grade.CALL, mark.line)

    def _function(self, source: CodePlace, name: str) -> CodePlace | None:
        root, _, member = name.partition(".")
        if root in _OWN and member and "." not in member:
            name = f"{source.symbol.rpartition('.')[0]}.{member}"
        inside = CodePlace(source.path, f"{source.symbol}.{name}")
        if source.symbol and "." not in name and self._project.definition(inside):
            return inside
        found = self._project.locate(source.path, name)
        last = name.rpartition(".")[2].rpartition("\\")[2]
        one = self._project.definition(found) if found else None
        if found and one and one.kind == "class":  # what it extends has it, or it is made
            made = next((one for one in map(partial(self._member, found), _MAKING) if one), None)
            found = made if last == found.symbol else self._member(found, last)
            one = self._project.definition(found) if found else None
            last = found.symbol.rpartition(".")[2] if found else last
        is_it = one is not None and one.name.rpartition(".")[2] == last
        return found if one and is_it and one.kind in {"function", "method"} else None

    def _member(self, owner: CodePlace, name: str, depth: int = 0) -> CodePlace | None:
        """A method of a class, or of the first of its bases that has one."""
        own = CodePlace(owner.path, f"{owner.symbol}.{name}")
        if self._project.definition(own):
            return own
        one = self._project.definition(owner)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(owner.path, base)
            if above and above != owner and (found := self._member(above, name, depth + 1)):
                return found
        return None

    def _asking(self, model: CodePlace, mark: Mark) -> CodePlace | None:
        """A method or property of a model by its name, which is called for each."""
        if mark.data["called"]:
            return self._member(model, mark.name)
        studly = "".join(part[:1].upper() + part[1:] for part in mark.name.split("_"))
        for name in (mark.name, f"get{studly}Attribute"):
            found = self._member(model, name)
            one = self._project.definition(found) if found else None
            is_property = one and any("property" in note for note in one.annotations)
            if is_property or (found and name != mark.name):
                return found
        return None

    def _query(self, path: str, mark: Mark) -> Query | None:
        kind = mark.data["kind"]
        if kind in {"table", "prisma"}:
            known = self._by_table if kind == "table" else self._prisma
            table = known.get(mark.name.lower() if kind == "table" else _plain(mark.name))
            is_meant = table is not None or kind == "table"
            return self._told(path, mark, table, None, mark.data) if is_meant else None
        if kind == "joined":
            return self._told(path, mark, self._between(mark), None, mark.data)
        model = self._meant(path, kind, mark.name)
        if kind == "related":
            owner = self._by_name(mark.data["root"])
            relation = self._relation(owner, mark.name) if owner else None
            model = relation.to if relation and relation.to else model
            if model is None and mark.name in self._by_relation:  # of one of several models
                told = self._told(path, mark, None, None, mark.data)
                return told._replace(relation=mark.name)
        return self._told(path, mark, None, model, mark.data) if model else None

    def _between(self, mark: Mark) -> Table | None:
        """The table of pairs that a relation is kept in, where it is called as Eloquent does."""
        owner = self._by_name(mark.data["root"])
        relation = self._relation(owner, mark.name) if owner else None
        other = relation.to if relation else self._related(mark.name)
        if owner is None or other is None:
            return None
        names = (one.symbol.rpartition(".")[2] for one in (owner, other))
        return self._by_table.get("_".join(sorted(_SNAKE.sub("_", one).lower() for one in names)))

    def _meant(self, path: str, kind: str, name: str) -> CodePlace | None:
        """The model that is named, by itself or by what leads to it."""
        match kind:
            case "repository":
                return self._of_repository(path, name)
            case "related":
                return self._related(name)
            case "named":
                return self._by_name(name)
            case "own":
                place = CodePlace(path, name)
                return self._model(path, name) or (
                    place if self._project.definition(place) else None
                )
            case "made":
                return self._made(path, name)[0]
        return self._model(path, name)

    def _told(
        self,
        path: str,
        mark: Mark,
        table: Table | None,
        model: CodePlace | None,
        data: dict[str, Any],
    ) -> Query:
        if table is None and model is not None:
            table = self._tables.get(model)
        place = CodePlace(table.file, table.symbol) if table and table.symbol else model
        return Query(
            CodePlace(path, data["in"]),
            mark.line,
            data["does"],
            table.table if table else "",
            self._project.called(place) if place else "",
            tuple(_asked_column(one, table) for one in data["columns"]),
            tuple(_column(one, table) for one in data["orders"]),
            loop=data.get("loop", 0),
            of_another=data["kind"] == "related",
            sure=data.get("each", True) and not self._may_be_loaded(mark),
        )

    def _may_be_loaded(self, mark: Mark) -> bool:
        """Whether it is all of a relation, which some query of the project loads beforehand."""
        data = mark.data
        is_plain = data["kind"] == "related" and not data["columns"] and not data["orders"]
        return is_plain and "loop" not in data and _plain(mark.name) in self._loaded_before

    @cached_property
    def _loaded_before(self) -> frozenset[str]:
        """Relations that are loaded with what has them, anywhere, by their names."""
        return frozenset(
            _plain(name)
            for _, mark in self._marks("query")
            for said in mark.data["eager"]
            for name in re.split(r"[.:]", said)
        )

    def _of_handed(self, path: str, mark: Mark) -> Iterator[Query]:
        """Relations that a function asks of its parameter, which is what a loop is at."""
        handed = mark.data.get("handed") or {}
        target = self._function(CodePlace(path, mark.data["in"]), mark.name) if handed else None
        for where, asks in self._asks_in.get(target, ()) if target else ():
            if asks.data["at"] == handed["at"]:
                data = {**handed, "in": mark.data["in"], "each": mark.data["each"], "called": False}
                model, eager = self._gone_over(path, mark._replace(data=data))
                if eager is None:
                    model = self._model(where, asks.data["type"]) or model
                asked = mark._replace(name=asks.name, data=data)
                if (found := self._lazy_of(path, asked, model, eager)) is not None:
                    yield found

    @cached_property
    def _asks_in(self) -> dict[CodePlace, list[tuple[str, Mark]]]:
        found: dict[CodePlace, list[tuple[str, Mark]]] = {}
        for path, mark in self._marks("asks"):
            found.setdefault(CodePlace(path, mark.data["in"]), []).append((path, mark))
        return found

    def _lazy(self, path: str, mark: Mark) -> Query | None:
        return self._lazy_of(path, mark, *self._gone_over(path, mark))

    def _lazy_of(
        self, path: str, mark: Mark, model: CodePlace | None, eager: Sequence[str] | None
    ) -> Query | None:
        relation = self._relation(model, mark.name) if model else None
        if model is None or relation is None or relation.eager:
            return None
        if _comes_with(mark.name, (*(eager or ()), *self._known(model, mark))):
            return None
        told = self._loaded(path, mark, relation)
        is_sure = eager is not None and not self._is_loaded_by_callers(mark)
        return told._replace(sure=is_sure and mark.data["each"])

    def _is_loaded_by_callers(self, mark: Mark) -> bool:
        """Whether some query loads it with what the own object has of the loop."""
        over = mark.data["over"]
        held = mark.data["model"] if over and over["kind"] == "held" else ""
        return bool(held) and (_plain(held), _plain(mark.name)) in self._loaded_within

    @cached_property
    def _loaded_within(self) -> frozenset[tuple[str, str]]:
        """Pairs of relations of which the second is loaded with the first, anywhere."""
        parts = (
            [_plain(name) for name in re.split(r"[.:]", said)]
            for _, mark in self._marks("query")
            for said in mark.data["eager"]
        )
        return frozenset(pair for one in parts for pair in pairwise(one))

    def _known(self, model: CodePlace, mark: Mark) -> set[str]:
        """Relations of what a loop goes over that lead back to what it was asked of."""
        back = mark.data["of"]
        own = self._relations.get(model, {})
        return {name for name, one in own.items() if back and one.back == back and not one.many}

    def _loaded(self, path: str, mark: Mark, relation: ModelRelation) -> Query:
        table = self._tables.get(relation.to) if relation.to else None
        return Query(
            CodePlace(path, mark.data["in"]),
            mark.line,
            "read",
            table.table if table else "",
            self._project.called(relation.to) if relation.to else "",
            relation=mark.name,
            loop=mark.data.get("loop", 0),
        )

    def _gone_over(self, path: str, mark: Mark) -> tuple[CodePlace | None, Sequence[str] | None]:
        """The model of what a loop goes over, and what was loaded with it; None for unknown."""
        data, over = mark.data, mark.data["over"]
        model, eager = None, None
        within = CodePlace(path, data["in"])
        if over and over["kind"] == "held":
            owner = CodePlace(path, within.symbol.rpartition(".")[0])
            if (relation := self._relation(owner, data["model"])) is not None:
                return relation.to, over["eager"]
            model, eager = self._made(path, f"self.{data['model']}", within)
            one = self._project.definition(owner)
            if model is None and one and one.kind == "trait":  # whoever has it has the relation
                model, eager = self._related(data["model"]), ()
        elif over and over["kind"] == "made":
            model, eager = self._made(path, data["model"], within)
        elif over and over["kind"] == "member":
            root, _, name = data["model"].rpartition(".")
            above = self._by_name(root)
            relation = self._relation(above, name) if above else None
            model = relation.to if relation else None
        elif over:
            model = self._meant(path, over["kind"], data["model"])
            eager = [
                "*" if one.startswith("@") and one[1:] in self._fetching else one
                for one in over["eager"]
            ]
            eager = None if over["own"] else eager  # it may load more than is written here
        if model is None and data["type"]:
            model = self._model(path, data["type"])
        if model is None:  # by the name of a variable, which is a guess
            return self._by_name(data["var"]), None
        return model, eager

    def _made(
        self, path: str, name: str, within: CodePlace | None = None
    ) -> tuple[CodePlace | None, Sequence[str] | None]:
        """What a function of the project gives, going by the queries in it."""
        place = self._function(within or CodePlace(path), name)
        for where, mark in self._asked_in.get(place, ()) if place else ():
            if mark.data["many"] and mark.data["does"] == "read" and mark.data["kind"] != "made":
                owner = name.rpartition(".")[0]
                is_own = mark.data["kind"] == "own"
                model = self._model(path, owner) if is_own else None
                eager = None if mark.data["own"] else mark.data["eager"]
                return model or self._meant(where, mark.data["kind"], mark.name), eager
        return None, None

    @cached_property
    def _asked_in(self) -> dict[CodePlace, list[tuple[str, Mark]]]:
        found: dict[CodePlace, list[tuple[str, Mark]]] = {}
        for path, mark in self._marks("query"):
            found.setdefault(CodePlace(path, mark.data["in"]), []).append((path, mark))
        return found

    def _model(self, path: str, name: str) -> CodePlace | None:
        """The model that a name means in a file, going by its table or its relations."""
        place = self._project.locate(path, name) if name else None
        if place is None and name and "." not in name:
            place = own if (own := CodePlace(path, name)) in self._tables else None
        if place is None or not place.symbol:
            return None
        if place in self._tables or place in self._relations:
            return place
        one = self._project.definition(place)  # of a proxy, or of what has no migration
        above = (self._project.locate(place.path, base) for base in (one.bases if one else ()))
        return place if any(each in self._tables for each in above) else None

    def _by_name(self, name: str) -> CodePlace | None:
        """The only model that is called like a variable."""
        named = self._named.get(_plain(name), [])
        return named[0] if len(named) == 1 else None

    def _of_repository(self, path: str, name: str) -> CodePlace | None:
        place = self._project.locate(path, name)
        return self._repositories.get(place.top) if place else None

    @cached_property
    def _repositories(self) -> dict[CodePlace, CodePlace | None]:
        return {
            CodePlace(path, mark.data["class"]): self._model(path, mark.name)
            for path, mark in self._marks("repository")
        }

    @cached_property
    def _fetching(self) -> frozenset[str]:
        """Methods of repositories that join relations."""
        return frozenset(mark.name for _, mark in self._marks("fetch"))

    def _related(self, name: str) -> CodePlace | None:
        """The one model that a relation of this name leads to, whatever has it."""
        found = {one.to for one in self._by_relation.get(name, ()) if one.to}
        return next(iter(found)) if len(found) == 1 else None

    @cached_property
    def _by_relation(self) -> dict[str, list[ModelRelation]]:
        found: dict[str, list[ModelRelation]] = {}
        for own in self._relations.values():
            for name, one in own.items():
                found.setdefault(name, []).append(one)
        return found

    @cached_property
    def _relations(self) -> dict[CodePlace, dict[str, ModelRelation]]:
        """The relations of each class that states some, the other way around too."""
        found: dict[CodePlace, dict[str, ModelRelation]] = {}
        for path, mark in self._marks("relation"):
            data = mark.data
            owner = CodePlace(path, data["class"])
            to = self._other(path, data["to"], owner)
            back = data["back"]
            if data["lib"] == "django" and not back:
                back = f"{owner.symbol.rpartition('.')[2].lower()}_set"
            known = back or data.get("other", "") if data["lib"] in _KNOWING else ""
            relation = ModelRelation(to, data["many"], data["eager"], known)
            found.setdefault(owner, {})[mark.name] = relation
            if data["lib"] == "django" and to is not None and back != "+":
                found.setdefault(to, {})[back] = ModelRelation(owner, many=True, eager=False)
            elif data["back"] and to is not None:
                found.setdefault(to, {})[data["back"]] = ModelRelation(
                    owner, many=True, eager=False
                )
        return found

    def _other(self, path: str, said: str, owner: CodePlace) -> CodePlace | None:
        if said in {"self", "this", "static"}:
            return owner
        last = said.rpartition(".")[2].rpartition("\\")[2]
        if "AUTH_USER_MODEL" in said or "get_user_model" in said:
            return self._by_name("user")
        place = self._project.locate(path, said) if re.fullmatch(r"[\w.\\]+", said) else None
        if place is not None and place.symbol:
            return place
        return self._by_name(last)

    def _relation(self, model: CodePlace, name: str, depth: int = 0) -> ModelRelation | None:
        """A relation of a model, or of what it extends."""
        if found := self._relations.get(model, {}).get(name):
            return found
        one = self._project.definition(model)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self._project.locate(model.path, base)
            if above and above != model and (found := self._relation(above, name, depth + 1)):
                return found
        return None


def _plain(name: str) -> str:
    return name.strip("$").replace("_", "").lower()


def _comes_with(relation: str, eager: Sequence[str]) -> bool:
    wanted = _plain(relation)
    return any(
        one == "*" or _plain(one.partition(".")[0].partition(":")[0]) == wanted for one in eager
    )


def _column(said: str, table: Table | None) -> str:
    """A field as its table calls it."""
    if table is None:
        return said
    names = {one.name.lower(): one.name for one in table.columns}
    if said == "pk" and len(table.primary_key) == 1:
        return table.primary_key[0]
    snake = _SNAKE.sub("_", said).lower()
    for one in (said.lower(), f"{said.lower()}_id", snake, f"{snake}_id"):
        if one in names:
            return names[one]
    return said


def _asked_column(said: str, table: Table | None) -> str:
    """The column that a condition goes by: of Prisma's `creator: { id }` that is `creatorId`."""
    found = _column(said, table)
    own = {one.name for one in table.columns} if table else ()
    return f"{said}Id" if found not in own and f"{said}Id" in own else found
