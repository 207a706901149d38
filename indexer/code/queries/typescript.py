"""Queries of TypeScript: Prisma's client, TypeORM's repositories, models that are asked by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.queries.chains import Chain, ChainMember, literal, literals, plain
from indexer.code.queries.reader import ChainQuery, Lookup, QueryReader
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile

_PRISMA = {
    "findMany": "read",
    "findUnique": "read",
    "findUniqueOrThrow": "read",
    "findFirst": "read",
    "findFirstOrThrow": "read",
    "count": "read",
    "aggregate": "read",
    "groupBy": "read",
    "create": "write",
    "createMany": "write",
    "createManyAndReturn": "write",
    "update": "write",
    "updateMany": "write",
    "upsert": "write",
    "delete": "write",
    "deleteMany": "write",
}
_MODEL = {  # methods of repositories, and of models that are asked by name
    **dict.fromkeys(
        """find findOne findOneBy findBy findAndCount findAndCountBy findOneOrFail findOneByOrFail
        findById findAll findByPk findByIds findAndCountAll count countBy countDocuments exists
        exist aggregate findOrFail query createQueryBuilder distinct sum estimatedDocumentCount
        """.split(),
        "read",
    ),
    **dict.fromkeys(
        """save insert update delete remove softDelete softRemove upsert restore create destroy
        updateOne updateMany deleteOne deleteMany findOneAndUpdate findByIdAndUpdate insertMany
        findByIdAndDelete findOneAndDelete bulkCreate bulkWrite replaceOne findOrCreate increment
        decrement""".split(),
        "write",
    ),
}
_ONE = re.compile(r"One|First|Unique|ById|ByPk|count|exist|create$|save", re.IGNORECASE)
_CLIENT = re.compile(r"prisma|^tx$|^trx$|^db$|client", re.IGNORECASE)
_REPOSITORY = re.compile(
    r"^(?:Repository|MongoRepository|TreeRepository|EntityRepository)<\s*(\w+)"
)
_CLASS = re.compile(rb"class\s++(\w++)([^{]*+)")
_OF_REPOSITORY = re.compile(rb"\bextends\s++\w*Repository<\s*+(\w++)")
_TYPED = """
(required_parameter (accessibility_modifier) pattern: (identifier) @name
    type: (type_annotation (_) @type))
(public_field_definition name: (property_identifier) @name type: (type_annotation (_) @type))
"""
_IN_SQL = re.compile(
    r"\b\w+\.(\w+)\s*(?:=|<|>|!=|(?:NOT\s+)?I?LIKE\b|(?:NOT\s+)?IN\b|IS\b)", re.IGNORECASE
)
_LOGIC = frozenset({"AND", "OR", "NOT"})
_HTTP = re.compile(
    r"^(?:axios|superagent|got|ky|request)(?:\.(?:get|post|put|patch|delete|head|request))?$"
    r"|^fetch$|\b(?:httpService|http|httpClient)\.(?:get|post|put|patch|delete|request)$"
)


class TypeScriptQueries(QueryReader):
    """Prisma, TypeORM, and libraries whose models have methods like theirs."""

    name = "typescript-queries"
    languages = frozenset({"typescript"})
    hint = re.compile(
        rb"prisma|Repository|QueryBuilder|\.find(?:One|By|All|Many|First|Unique)|this\.\w+\.\w+\("
        rb"|\bawait\b|fetch\(|axios"
    )

    def declared(self, source: SourceFile) -> Iterable[Mark]:
        """`repository`: a class of one model; `call`: a method of what a class is given."""
        for found in _CLASS.finditer(source.content):
            if of := _OF_REPOSITORY.search(found[2]):
                line = source.content.count(b"\n", 0, found.start()) + 1
                data = {"class": found[1].decode("utf-8", "replace")}
                yield Mark(self.name, "repository", of[1].decode("utf-8", "replace"), line, data)
        self._types = _types(source) if b"this." in source.content else {}
        if not self._types:
            return
        seen = set()
        for node in source.captures("(call_expression) @call").get("call", ()):
            function = node.child_by_field_name("function")
            found_ = re.fullmatch(r"this\.(\w+)\.(\w+)", source.text(function))
            type_ = self._types.get(found_[1], "") if found_ else ""
            index = source.within(node)
            if found_ and index >= 0 and re.fullmatch(r"[A-Z]\w*", type_):
                name, within = f"{type_}.{found_[2]}", source.facts.definitions[index].name
                if (name, within) not in seen:
                    seen.add((name, within))
                    yield Mark(self.name, "call", name, line_of(node), {"in": within})

    def asked(self, said: Chain, at: Lookup) -> ChainQuery | None:
        """Of a field of Prisma's client, of a repository, or of a model by its name."""
        names = [said.root, *(step.name for step in said.steps)]
        for index, step in enumerate(said.steps):
            if step.is_call and step.name in _PRISMA and index > 0:
                before = said.steps[index - 1]
                if not before.is_call and _CLIENT.search(
                    ".".join(names[: index + 1]).rpartition(".")[0]
                ):
                    return _prisma(at, before.name, step)
        for index, step in enumerate(said.steps):
            if not step.is_call or step.name not in _MODEL:
                continue
            kind, owner = self._repository(said, at, index)
            if owner:
                return _typeorm(at, owner, kind, step, said.steps[index + 1 :])
            break
        return None

    def _repository(self, said: Chain, at: Lookup, index: int) -> tuple[str, str]:
        """How the model is named that a call is of: a kind of `ChainQuery`, and an owner."""
        before = said.steps[:index]
        if before and before[-1].name == "getRepository" and (given := plain(before[-1])):
            return "model", at.source.text(given[0])
        given = plain(said.steps[index])
        if before and "manager" in before[-1].name.lower() and given:
            name = at.source.text(given[0])
            return ("model", name) if name[:1].isupper() else ("", "")
        if not before:
            return ("model", said.root) if said.root[:1].isupper() else ("", "")
        field = before[-1].name if not before[-1].is_call else ""
        type_ = self._types.get(field, "")
        if found := _REPOSITORY.match(type_):
            return "model", found[1]
        if re.fullmatch(r"\w*Repository", type_):
            return "repository", type_
        return "", ""

    def requests(self, said: Chain, at: Lookup) -> str:  # noqa: ARG002
        """`fetch`, `axios` and their like."""
        dotted = said.dotted
        return dotted if dotted and _HTTP.search(dotted) else ""

    def called(self, said: Chain, at: Lookup) -> str:  # noqa: ARG002
        """`Type.method` where a class states the type of its field."""
        dotted = said.dotted
        if not dotted or not said.steps[-1].is_call:
            return ""
        parts = dotted.split(".")
        if len(parts) == 3 and parts[0] == "this":
            type_ = self._types.get(parts[1], "")
            return f"{type_}.{parts[2]}" if re.fullmatch(r"[A-Z]\w*", type_) else ""
        return dotted


def _types(source: SourceFile) -> dict[str, str]:
    """The types of fields by name; not of those to which classes of the file give several."""
    found: dict[str, set[str]] = {}
    for one in source.matches(_TYPED):
        type_ = " ".join(source.text(one["type"][0]).split())
        found.setdefault(source.text(one["name"][0]), set()).add(type_)
    return {name: next(iter(types)) for name, types in found.items() if len(types) == 1}


def _prisma(at: Lookup, owner: str, step: ChainMember) -> ChainQuery:
    given = next(iter(plain(step)), None)
    said = dict(_pairs(at.source, given))
    columns = tuple(dict.fromkeys(_where(at.source, said.get("where"))))
    orders = tuple(dict.fromkeys(_where(at.source, said.get("orderBy"))))
    eager = tuple(
        name for one in ("include", "select") for name, _ in _pairs(at.source, said.get(one))
    )
    many = step.name in {"findMany", "groupBy"}
    return ChainQuery(owner, "prisma", _PRISMA[step.name], columns, orders, eager, many)


def _typeorm(
    at: Lookup, owner: str, kind: str, step: ChainMember, rest: tuple[ChainMember, ...]
) -> ChainQuery:
    given = [one for one in plain(step) if one.type == "object"]
    said = dict(_pairs(at.source, given[0])) if given else {}
    inside = said.get("where")
    is_direct = inside is None and given and step.name not in {"save", "insert", "create"}
    columns = list(
        _where(at.source, inside if inside is not None else given[0] if is_direct else None)
    )
    if step.name in {"findById", "findByPk", "findByIds", "findByIdAndUpdate", "findByIdAndDelete"}:
        columns = ["id"]
    orders = list(_where(at.source, said.get("order")))
    relations = said.get("relations")
    eager = literals(at.source, [relations]) if relations is not None else []
    eager += [name for name, _ in _pairs(at.source, relations)]
    does = _MODEL[step.name]
    for one in rest:
        first = next(iter(plain(one)), None) if one.is_call else None
        if re.fullmatch(r"(?:and|or)?[wW]here", one.name):
            columns += _IN_SQL.findall(at.source.text(first))
        elif one.name in {"orderBy", "addOrderBy"}:
            orders.append(literal(at.source, first).rpartition(".")[2])
        elif one.name in {"leftJoinAndSelect", "innerJoinAndSelect"}:
            eager.append(literal(at.source, first).partition(".")[2])
        elif one.name in {"update", "delete", "insert", "softDelete"}:
            does = "write"
    many = not _ONE.search(step.name) and not any(_ONE.search(one.name) for one in rest)
    return ChainQuery(
        owner,
        kind,
        does,
        tuple(dict.fromkeys(columns)),
        tuple(dict.fromkeys(one for one in orders if one)),
        tuple(eager),
        many,
    )


def _pairs(source: SourceFile, node: Node | None) -> Iterator[tuple[str, Node]]:
    """The properties of an object that have a plain name."""
    for one in node.named_children if node is not None and node.type == "object" else ():
        if one.type == "shorthand_property_identifier":
            yield source.text(one), one
            continue
        key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
        if key is not None and value is not None:
            yield source.text(key).strip("\"'"), value


def _where(source: SourceFile, node: Node | None) -> Iterator[str]:
    """The names of columns in a condition, or in a list of them."""
    if node is None:
        return
    if node.type == "array":
        for one in node.named_children:
            yield from _where(source, one)
    for name, value in _pairs(source, node):
        if name in _LOGIC:
            yield from _where(source, value)
        else:
            inside = [each for each, _ in _pairs(source, value)]
            yield from inside if "_" in name and len(inside) > 1 else [name]
