"""What it is asked of who may do it ("who may ban users"), and the routes that do it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from memory.coordination.code_names import name_words, shares_run
from memory.coordination.phrases import runs_of, strip, without_articles
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.code.codebase import CodeBase, Route


class Act(NamedTuple):
    """Something that somebody may do: a verb, and what it is done to; "" where nothing is said."""

    verb: str
    object: str

    def __str__(self) -> str:
        return f"{self.verb} {self.object}".rstrip()


def acts_of(text: str) -> tuple[str, list[Act]]:
    """A text without what it asks about who may do something, and what that is.

    Of "who may see and ban users" seeing and banning; none where any use is meant ("may call").
    """
    before, *clauses = _acting().split(text)
    found = [act for said in clauses for act in _acts(said)]
    return (before, found) if found else (text, [])


def _acts(said: str) -> Iterator[Act]:
    """The acts of a clause; a part of it that names no verb is what is done to by those before."""
    lexicon = read_lexicon("coordination")
    acts, phrases = lexicon["acts"], lexicon["phrases"]
    methods = {verb for verbs in acts["methods"].values() for verb in verbs.split()}
    known = methods.union(phrases["verbs"].split(), phrases["ending"].split())
    verbs: list[str] = []  # that wait for what they are done to, or that had it said last
    is_done = False
    found: list[Act] = []
    for part in _joints().split(without_articles(said)):
        begun = _beginning().match(part)
        if begun is None:
            continue  # "and why", "and are they checked"
        verb, rest = begun["verb"], part[begun.end() :]
        if begun["particle"]:
            found.append(Act(f"{verb} {begun['particle']}", ""))
            continue
        objects = next(runs_of(rest, is_bare=True), [])
        if not is_done or (objects and verb.casefold() in known):
            verbs = [verb] if is_done else [*verbs, verb]
            is_done = bool(objects)
        else:  # "and comments"
            objects = [verb, *objects]
        found += [Act(one, " ".join(strip(objects, "whole"))) for one in verbs if objects]
    anything = {*acts["anything"].split()}
    if not is_done:  # "who may see what"
        found += [Act(one, "") for one in verbs]
        anything |= methods
    yield from (one for one in found if one.verb.casefold() not in anything)


def routes_doing(code: CodeBase, act: Act) -> list[Route]:
    """The routes of which the path or the handler says verb and object next to each other.

    Or that are of the object alone by the method that the verb stands for: "delete invoices" is
    `DELETE /invoices/{id}`.
    """
    own = name_words(act.object)
    spelled = [name_words(act.verb), name_words(act.verb.replace(" ", ""))]  # "log out", `logout`
    methods = {
        method
        for method, verbs in read_lexicon("coordination")["acts"]["methods"].items()
        if act.verb.casefold() in verbs.split()
    }
    return [
        one
        for one in code.routes
        if one.file in code.files
        and not code.files[one.file].is_test
        and (
            any(shares_run([*said, *own], run) for run in _runs(one) for said in spelled)
            or (one.method in methods and own and _is_of(one, own))
        )
    ]


def _runs(one: Route) -> Iterator[list[str]]:
    """The words of the path, and of the handler without what handlers are called as."""
    yield [word for part in _parts(one.path) for word in name_words(part)]
    for part in one.symbol.split("."):
        yield name_words(part)
    yield [word for word in name_words(one.symbol) if word not in _sorts()]


def _is_of(one: Route, own: Sequence[str]) -> bool:
    """Whether a route is of what is called so: one, or all; none where it only parts them.

    `DELETE /folders/{id}/playlists` takes playlists out of a folder, and deletes none.
    """
    parts = [part for part in one.path.split("/") if part]
    is_parting = (
        one.method in {"DELETE", "PATCH", "PUT"}
        and len(parts) > 1
        and "{" in parts[-2]
        and "{" not in parts[-1]
        and parts[-1].endswith("s")
    )
    return not is_parting and _ends_with(_parts(one.path), own)


def _ends_with(parts: Sequence[str], own: Sequence[str]) -> bool:
    """Whether the last parts of a path are called so, one or several: `/podcasts/{id}/episode`."""
    said: list[str] = []
    for part in reversed(parts):
        said = [*name_words(part), *said]
        if len(said) >= len(own):
            break
    return said == [*own]


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part and "{" not in part]


@cache
def _sorts() -> frozenset[str]:
    sorts = read_lexicon("coordination")["subjects"]["sorts"]
    return frozenset(name_words(sorts))


@cache
def _acting() -> re.Pattern[str]:
    words = read_lexicon("coordination")["acts"]["before"]
    return re.compile(rf"\b(?:{any_of(words)})\b", re.IGNORECASE)


@cache
def _joints() -> re.Pattern[str]:
    return re.compile(r"[,;&/]\s*+|\b(?:and|or)\b", re.IGNORECASE)


@cache
def _beginning() -> re.Pattern[str]:
    """A verb, with its particle: "sign up", and not "write in" before what it is written in."""
    acts = read_lexicon("coordination")["acts"]
    apart, ending, no_verbs = (
        any_of(acts[name].split()) for name in ("particles", "after_particles", "no_verbs")
    )
    return re.compile(
        rf"\A\W*+(?:to\s++)?+(?!(?:{no_verbs})\b)(?P<verb>\w++)"
        rf"(?:\s++(?P<particle>{apart})(?=\W*+(?:$|(?:{ending})\b)))?",
        re.IGNORECASE,
    )
