"""What of the code a request is about, as far as its words tell.

What stands in a clause of purpose ("so that plugins can ...") is not what it is about.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace
from memory.code.graph import connected
from memory.coordination.code_names import (
    files_called,
    files_defining,
    files_joined,
    heirs_called,
    name_words,
    named_files,
    named_places,
    plain_words,
    shares_run,
)
from memory.coordination.families import without_words
from memory.coordination.phrases import nouns_of, strip, without_articles
from memory.coordination.programs import of_backend
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.module_names import modules_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from memory.code.codebase import CodeBase, Column, Route, Table

_DOTTED = re.compile(r"\b(\w+)\.(\w+)\b(?!\()")
_MEMBER = re.compile(r"\b[A-Z]\w*\.\w+\b(?!\()")
_NEW_NAME = re.compile(r"\b(?:to|into|as)\s++[`\"']?(\w+)\.\w+\b(?!\()")
_RELATIVE = re.compile(r"\b(?:that|which|who|where|whose)\b", re.IGNORECASE)
_JOINED = re.compile(r"(?<!\s)\s*+(?:,|&|\band\b|\bor\b)\s*+", re.IGNORECASE)
#: Kinds of definitions that do nothing.
SHAPES = frozenset({"constant", "enum", "interface", "type"})
_NOTHING_CALLED = "no module, file or folder is known to be called so"
_LEFT_OUT = "it is no module, and only modules are told of"
_SHOWN = 3
_LARGEST = 0.4  # of the files: what more of them are called by tells nothing


class NamedColumn(NamedTuple):
    """A column that a request names."""

    table: Table
    column: Column

    def __str__(self) -> str:
        return f"{self.table.table}.{self.column.name}"


class RequestSubject(NamedTuple):
    """What a request is about; all of it is there in the code."""

    places: tuple[tuple[str, CodePlace], ...] = ()  # definitions, with the names that were said
    columns: tuple[NamedColumn, ...] = ()
    tables: tuple[Table, ...] = ()
    routes: tuple[Route, ...] = ()  # those of "the client API"
    called: str = ""  # the words that routes, or files, are called by
    modules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  # that are called so, where nothing else is named
    members: tuple[str, ...] = ()  # "Topic.colour", of which only Topic is known
    between: tuple[frozenset[str], ...] = ()  # paths of what is held against each other
    doubt: str = ""  # what is not known of what is named

    @property
    def names(self) -> tuple[str, ...]:
        """All of it, each once."""
        said = [name for name, _ in self.places]
        said += map(str, self.columns)
        said += [one.table for one in self.tables]
        said += [self.called] if self.called else []
        return tuple(dict.fromkeys([*said, *self.modules, *(() if self.called else self.files)]))


def main_part(text: str) -> str:
    """A request without what it is for: up to the first "so that", "without", "because"."""
    found = _purposes().search(text)
    return text[: found.start()] if found and found.start() else text


def subject_of(
    code: CodeBase, text: str, without: Collection[str], *, of_data: bool
) -> RequestSubject:
    """What a request is about.

    Args:
        code: All of it.
        text: The request.
        without: Words of it that say what is asked, and not about what.
        of_data: Whether it is about data, so that `posts` alone is the table of that name.
    """
    text = main_part(text)
    columns = tuple(_columns(code, text))
    said = {_plain(one.column.name) for one in columns}
    renamed = {owner for owner, name in _DOTTED.findall(text) if _plain(name) in said}
    text = _NEW_NAME.sub(lambda found: " " if found[1] in renamed else found[0], text)
    text = _DOTTED.sub(lambda found: " " if _plain(found[2]) in said else found[0], text)
    places = [*named_places(code, text), *_models_said(code, text)]
    rest = asked = without_words(text, without)
    routes, words = _routes(code, text)
    for word in [*words, *(name for name, _ in places)]:
        rest = re.sub(rf"\b{re.escape(word)}\b", " ", rest)
    names = sorted({file.module for file in code.files.values() if not file.is_test})
    modules = [name for name in modules_in(rest, names) if _is_meant(name, rest)]
    tables = tuple(_tables(code, asked, of_data=of_data))
    apart = _apart(tables, places, text)
    tables = tuple(one for one in tables if one not in apart)
    own = {CodePlace(one.file, one.symbol): one.table for one in tables if one.symbol}
    places += [(own[place], place) for place in own if place in code.symbols]
    members = [said for said in _MEMBER.findall(text) if said not in (name for name, _ in places)]
    owners = {name for name, _ in places}
    known = bool(columns or places or tables or routes or modules)
    return RequestSubject(
        places=tuple({place: (name, place) for name, place in reversed(places)}.values())[::-1],
        columns=columns,
        tables=tables,
        routes=tuple(routes),
        called=" and ".join(words),
        modules=tuple(modules),
        files=() if known else named_files(code, rest),
        members=tuple(one for one in members if one.partition(".")[0] in owners),
        doubt=_no_api(text)
        if code.routes and not known
        else "; ".join(
            f"{one.table}: a table is called so; whether {name} is kept in it is not known"
            for one, name in apart.items()
        ),
    )


def _apart(
    tables: Sequence[Table], places: Sequence[tuple[str, CodePlace]], text: str
) -> dict[Table, str]:
    """Tables only called like a type that is named, with its name: "PlayQueue", not "the X model".

    Which model is kept in them nobody says.
    """
    names = {tuple(plain_words(name)): name for name, place in places if place.symbol}
    return {
        one: names[words]
        for one in tables
        if not one.symbol
        and (words := tuple(plain_words(one.table))) in names
        and not re.search(rf"\b{re.escape(names[words])}\s+(?:model|entity|table)", text)
        and one.table not in text
    }


def page_of(code: CodeBase, text: str) -> RequestSubject:
    """The routes of "for the dashboard", where a part of their paths is called so."""
    lexicon = read_lexicon("coordination")["subjects"]
    left_out = {*lexicon["sorts"].split(), *lexicon["no_name"].split()}
    for word in _NAMED_AS.findall(main_part(text)):
        stem = plain_words(word)
        own = tuple(one for one in code.routes if stem in _segments(one))
        if word.casefold() not in left_out and 0 < len(own) < _LARGEST * len(code.routes):
            return RequestSubject(routes=own, called=word)
    return RequestSubject()


def extracted(code: CodeBase, text: str) -> RequestSubject:
    """What is to be a service by itself: modules, or else files that are called like it."""
    found = _extracting().search(main_part(text))
    rest = main_part(text)[found.end() :].lstrip().casefold() if found else ""
    is_of_pieces = found and found[0].casefold().startswith("split") and rest.startswith("into")
    if found is None or (is_of_pieces and "service" not in rest):
        return RequestSubject()
    said = _head_clause(found["object"])
    names = sorted({file.module for file in code.files.values() if not file.is_test})
    heads = list(_heads(said))
    modules = {
        one: name
        for one in heads
        for name in names
        if modules_in(one, [name]) and len(name_words(one)) == len(name_words(name))
    }
    if not modules and (places := named_places(code, said)):
        return RequestSubject(places=tuple(places))
    files: dict[str, None] = {}
    lost, doubts = [], []
    for head in (one for one in heads if one not in modules):
        own = heirs_called(code, plain_words(head)) or files_called(code, plain_words(head))
        own = of_backend(code, own)
        apart = [one for one in _groups(code, own) if _works(code, one)]
        if len(apart) > 1:
            first = ", ".join(sorted(min(one) for one in apart)[:_SHOWN])
            doubts.append(f"{head}: {len(apart)} things apart are called so: {first}")
        elif own:
            files |= dict.fromkeys(own)
        else:
            lost.append(head)
    whole = " ".join(without_articles(said).split())
    if taken := files_joined(code, whole) or ({} if files else files_defining(code, whole)):
        files = dict.fromkeys(of_backend(code, list(taken)))
        taken_for = ", ".join(sorted({*taken.values()}))
        lost, doubts = [], [f"{whole}: taken for what is called {taken_for}"]
    doubts += [f"{one}: {_NOTHING_CALLED}" for one in lost]
    if modules:
        doubts += [f"{one}: {_LEFT_OUT}" for one in heads if one not in {*modules, *lost}]
        return RequestSubject(modules=tuple(modules.values()), doubt="; ".join(doubts))
    if not files or len(files) > _LARGEST * len(code.files) or not _works(code, files):
        return RequestSubject(doubt="; ".join(doubts))
    return RequestSubject(
        files=tuple(sorted(files)), called=_plainly(said), doubt="; ".join(doubts)
    )


def _groups(code: CodeBase, paths: Sequence[str]) -> list[set[str]]:
    """Files in groups: those of one folder, or of which one uses another, are together."""
    first: dict[str, str] = {}
    edges = [(path, first.setdefault(path.rpartition("/")[0], path)) for path in paths]
    between = ((edge.source.path, edge.target.path) for edge in code.edges)
    own = {*paths}
    return connected(paths, [*edges, *(pair for pair in between if own.issuperset(pair))])


def _head_clause(said: str) -> str:
    """What is meant, without the clause that tells of it: "worker" of "worker that runs checks"."""
    head = _RELATIVE.split(said, maxsplit=1)[0]
    return head if _plainly(head) else said


def _works(code: CodeBase, paths: Collection[str]) -> bool:
    """Whether some of the files do something or keep it: types alone are no service."""
    kept = {one.file for one in code.tables} | {one.file for one in code.routes}
    return any(
        path in kept
        or any(
            one.kind not in SHAPES and one.last_line > one.line
            for one in code.symbols_of.get(path, ())
        )
        for path in paths
    )


def _is_meant(name: str, text: str) -> bool:
    """Whether a module is, which may be called as sorts of things are: "the Item entity"."""
    lexicon = read_lexicon("coordination")
    sorts = f"{lexicon['subjects']['sorts']} {lexicon['phrases']['whole']}".split()
    said = rf"\b{re.escape(name)}\s+(?:module|folder|package)\b"
    return name.casefold() not in sorts or bool(re.search(said, text, re.IGNORECASE))


def _heads(said: str) -> Iterator[str]:
    """What each part of a list is: of "importing and exporting of x" "importing", "exporting"."""
    for part in _JOINED.split(said):
        head = _plainly(re.split(r"(?<!\s)\s++(?:of|for|in|with)\s++", f" {part}", maxsplit=1)[0])
        if head:
            yield head


def _plainly(said: str) -> str:
    """Words without articles and without what they are called as: "the mail module" is "mail"."""
    left_out = read_lexicon("coordination")["subjects"]["no_name"].split()
    return " ".join(word for word in said.split() if word.casefold() not in left_out)


def _columns(code: CodeBase, text: str) -> Iterator[NamedColumn]:
    """The columns that are said with their table or model: "Topic.username"."""
    for owner, name in dict.fromkeys(_DOTTED.findall(text)):
        for table in code.tables:
            if owner in {table.table, table.symbol.rpartition(".")[2]}:
                wanted = _plain(name)
                yield from (
                    NamedColumn(table, one) for one in table.columns if _plain(one.name) == wanted
                )


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _models_said(code: CodeBase, text: str) -> Iterator[tuple[str, CodePlace]]:
    """The models of tables that are said in small letters: "the allocation model"."""
    models = {
        one.symbol.casefold(): CodePlace(one.file, one.symbol) for one in code.tables if one.symbol
    }
    for said in re.findall(r"\b([a-z]\w+)\s+(?:model|entity|class)\b", text):
        place = models.get(said.casefold())
        if place is not None and place in code.symbols:
            yield place.symbol, place


def _tables(code: CodeBase, text: str, *, of_data: bool) -> Iterator[Table]:
    """Tables by names of several words, by "the posts table", and of what is about data by all."""
    words = Counter(re.findall(r"\w+", text))
    said = {
        name.casefold()
        for pair in re.findall(r"\b(\w++)[`\"']?\s++tables?\b|\btables?\s++[`\"']?(\w++)", text)
        for name in pair
    }
    # All of a phrase: "episode" is not meant by "episode files", nor "modules" by "mail modules".
    stems = {
        tuple(plain_words(" ".join(one)))
        for run in (nouns_of(text) if of_data else ())
        for one in (run, strip(run, "sorts"), strip(strip(run, "whole"), "sorts"))
        if one
    }
    own = plain_words(text) if of_data else []
    named = {one: tuple(plain_words(one.table)) for one in code.tables}
    long = {one for one in named.values() if len(one) > 1 and _is_run(one, own)}
    stems = {one for one in stems if not any(_is_run(one, longer) for longer in long)} | long
    for one in code.tables:
        is_long = "_" in one.table and one.table in words
        is_plain = named[one] in stems
        if is_long or is_plain or one.table.casefold() in said:
            yield one


def _is_run(words: Sequence[str], own: Sequence[str]) -> bool:
    """Whether words stand in others in their order, next to each other."""
    size = len(words)
    return any(tuple(own[at : at + size]) == tuple(words) for at in range(len(own) - size + 1))


def _routes(code: CodeBase, text: str) -> tuple[list[Route], list[str]]:
    """The routes of "the client and admin API", by parts of their paths, and these words."""
    found: dict[Route, None] = {}
    words = []
    for said, is_api in _APIS.findall(text):
        for word in _JOINED.split(said):
            last = _plainly(word).rpartition(" ")[2].casefold()
            stem = plain_words(last)
            own = [one for one in code.routes if stem and stem in _segments(one)]
            # Of "the admin API" pages below `/admin` are none where there is an `/admin/api`.
            own = [one for one in own if is_api and ["api"] in _segments(one)] or own
            if own and len(own) < len(code.routes):
                found |= dict.fromkeys(own)
                words.append(last)
    return list(found), words


def routes_called(code: CodeBase, said: str) -> list[Route]:
    """The routes that a part of the path is called like, or some words that stand in its handler.

    "The password reset" is `/auth/reset_password/{token}`; one word is a whole part of a path.
    """
    words = plain_words(said)
    own = [
        one
        for one in code.routes
        if words in _segments(one)
        or (
            len(words) > 1
            and any(shares_run(words, part) for part in (*_segments(one), plain_words(one.symbol)))
        )
    ]
    return own if len(own) < _LARGEST * len(code.routes) else []


def _no_api(text: str) -> str:
    """That no route is called as the API is that a text names; "" where it names none."""
    for said, is_api in _APIS.findall(text):
        name = _plainly(_JOINED.split(said)[-1]).rpartition(" ")[2]
        if is_api and re.search(rf"\b(?:the|our) {re.escape(name)} API", text, re.IGNORECASE):
            return f"the {name} API: no route is called so, and which are its is not known"
    return ""


_NAMED_AS = re.compile(
    r"\b(?:for|of|in|on|the|our)\s++(?:(?:the|our)\s++)?([a-zA-Z]\w++)(?!\s+of\b)",
    re.IGNORECASE,
)
_APIS = re.compile(
    r"(?<![\w-])((?:[\w-]++\s*+(?:[,&]|\band\b|\bor\b)\s*+){0,12}[\w-]++)\s++(?:(APIs?)|endpoints?|routes?)\b",
    re.IGNORECASE,
)


def _segments(one: Route) -> list[list[str]]:
    """The words of each part of a route's path that is no parameter."""
    return [plain_words(part) for part in one.path.split("/") if "{" not in part]


@cache
def _purposes() -> re.Pattern[str]:
    words = read_lexicon("coordination")["subjects"]["purposes"]
    return re.compile(rf"\b(?:{any_of(words)})\b", re.IGNORECASE)


@cache
def _extracting() -> re.Pattern[str]:
    lexicon = read_lexicon("coordination")["subjects"]
    verbs, ends = any_of(lexicon["extracting"]), any_of(lexicon["until"])
    return re.compile(
        rf"\b(?:{verbs})\s+(?P<object>[^.?!;:]+?)(?=(?<!\s)\s++(?:{ends})\b|[.?!;:]|$)",
        re.IGNORECASE,
    )
