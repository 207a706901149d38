"""Queries of Java: Spring Data's repositories, JPA's relations, MyBatis' mappers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.queries.php import used_as
from indexer.code.queries.reader import ChainQuery, Lookup, QueryReader
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.queries.chains import Chain
    from indexer.code.syntax import SourceFile

_EXTENDS = re.compile(
    rb"(?:interface|class)\s++(\w++)\s*+(?:<[^>{]{0,499}>)?\s*+extends\s++([^{]*+)"
)
_REPOSITORY = re.compile(rb"(?:Repository|Mapper|Dao)\s*+<\s*+(\w++)")
_IS_REPOSITORY = re.compile(r"(?:Repository|Repo|Dao|Mapper|Mapping)$")
_READS = re.compile(r"(?:find|get|read|query|search|stream|count|exists|select|list|page|load)")
_WRITES = re.compile(
    r"(?:save|delete|remove|insert|update|batch|persist|merge|flush|add|deleteAll)"
)
_BY = re.compile(r"By([A-Z]\w{0,99}?)(?:OrderBy([A-Z]\w{0,99}))?$")
_OPERATORS = re.compile(
    r"(?:IgnoreCase|AllIgnoreCase|IsNotNull|IsNull|NotNull|Null|NotIn|In|NotLike|Like|NotContaining"
    r"|Containing|Contains|StartingWith|StartsWith|EndingWith|EndsWith|Between|LessThanEqual|LessThan"
    r"|GreaterThanEqual|GreaterThan|Before|After|IsNot|Is|Not|Equals|True|False)$"
)
#: What looks inside of texts, for which no index helps.
_INSIDE = re.compile(r"(?:Not)?(?:Like|Containing|Contains)$|(?:EndingWith|EndsWith|IsNot|NotIn)$")
_CASE = re.compile(r"(?:All)?IgnoreCase$")
_MANY = re.compile(r"All|List|Many|In$|page|search|stream", re.IGNORECASE)
_RELATION = re.compile(
    rb"@(?P<how>OneToMany|ManyToMany|ManyToOne|OneToOne)\b(?P<said>\s*+\((?:[^()@]|@(?!(?:One|Many)To)|\([^()@]*\))*+\))?+"
    rb"(?P<more>(?:\s*+@(?!(?:One|Many)To)\w++(?:\.\w++)*+\s*+(?:\((?:[^()@]|@(?!(?:One|Many)To)|\([^()@]*\))*+\))?)*+)"
    rb"\s*+(?:(?:private|protected|public|final)\s++)*+(?P<type>[\w.]++(?:\s*<[^;={}@]*>)?)\s++(?P<name>\w++)\s*+[;=]"
)
_HTTP = re.compile(
    r"^(?:restTemplate|webClient|restClient|httpClient|okHttpClient)$", re.IGNORECASE
)
_FETCHED = re.compile(rb"(?:@EntityGraph|JOIN\s+FETCH)([^;{}]*+)(;?)", re.IGNORECASE)
_CALLED = re.compile(rb"\b(\w++)\s*+\(")


class JavaQueries(QueryReader):
    """Spring Data, JPA and MyBatis."""

    name = "java-queries"
    languages = frozenset({"java"})
    hint = re.compile(
        rb"Repository|Mapper|Dao\b|OneTo|ManyTo|\bfor\b|stream\(\)|forEach|restTemplate|webClient"
    )

    def declared(self, source: SourceFile) -> Iterable[Mark]:
        """`repository` with its model; `relation` of an entity; `fetch`: what joins some."""
        for found in _EXTENDS.finditer(source.content):
            line = source.content.count(b"\n", 0, found.start()) + 1
            if of := _REPOSITORY.search(found[2]):
                data = {"class": found[1].decode("utf-8", "replace")}
                yield Mark(self.name, "repository", of[1].decode("utf-8", "replace"), line, data)
        for found in _FETCHED.finditer(source.content):
            line = source.content.count(b"\n", 0, found.start()) + 1
            method = _CALLED.search(found[1]) if found[2] else None
            if method and found[1].rstrip().endswith(b")"):
                yield Mark(self.name, "fetch", method[1].decode("utf-8", "replace"), line, {})
        for found in _RELATION.finditer(source.content):
            line = source.content.count(b"\n", 0, found.start("name")) + 1
            type_ = found["type"].decode("utf-8", "replace")
            inner = re.findall(r"[\w.]+", type_)[-1]
            how, said = found["how"], (found["said"] or b"") + (found["more"] or b"")
            is_many = how.endswith(b"ToMany")
            is_lazy = b"LAZY" in said or (is_many and b"EAGER" not in said)
            is_batched = b"BatchSize" in said or b"SUBSELECT" in said
            owner = next(
                (
                    one.name
                    for one in source.facts.definitions[::-1]
                    if one.kind == "class" and one.line <= line <= one.last_line
                ),
                "",
            )
            data = {"class": owner, "to": inner, "many": is_many, "back": "", "lib": "jpa"}
            name = found["name"].decode("utf-8", "replace")
            yield Mark(
                self.name, "relation", name, line, {**data, "eager": not is_lazy or is_batched}
            )

    def asked(self, said: Chain, at: Lookup) -> ChainQuery | None:
        """Of a repository or mapper, going by the type of the variable and the method's name."""
        step = next((one for one in said.steps if one.is_call), None)
        if step is None:
            return None
        reads, writes = _READS.match(step.name), _WRITES.match(step.name)
        if not reads and not writes:
            return None
        owner, _, _ = used_as(said, at).rpartition(".")
        if not _IS_REPOSITORY.search(owner):
            return None
        columns, orders = _columns(step.name)
        many = bool(_MANY.search(step.name)) or "List" in step.name
        does = "read" if reads else "write"
        joined = (f"@{step.name}",)  # which `meaning` knows to join relations, or not
        return ChainQuery(owner, "repository", does, columns, orders, joined, many)

    def requests(self, said: Chain, at: Lookup) -> str:  # noqa: ARG002
        """Spring's clients."""
        root = said.steps[0].name if said.root == "this" and said.steps else said.root
        return f"{root}.{said.steps[-1].name}" if said.steps and _HTTP.match(root) else ""

    def relation(self, said: Chain) -> str:
        """`order.getLines()`, `order.lines`."""
        first = said.steps[0] if said.steps else None
        if first is None:
            return ""
        if found := re.fullmatch(r"get([A-Z]\w*)", first.name):
            return found[1][0].lower() + found[1][1:]
        return first.name

    def called(self, said: Chain, at: Lookup) -> str:
        """As the facts of the file have it, which know the types of variables."""
        return used_as(said, at)


def _columns(method: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The properties that the name of a method goes by and sorts by."""
    found = _BY.search(method)
    if found is None:
        return (), ()
    parts = [_CASE.sub("", one) for one in re.split(r"And(?=[A-Z])|Or(?=[A-Z])", found[1])]
    columns = [_property(one) for one in parts if not _INSIDE.search(one)]
    orders = [_property(re.sub(r"(?:Asc|Desc)$", "", found[2]))] if found[2] else []
    return tuple(columns), tuple(orders)


def _property(said: str) -> str:
    while (shorter := _OPERATORS.sub("", said)) != said and shorter:
        said = shorter
    return said[:1].lower() + said[1:]
