"""The families of requests, by their words, and what is true of each."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Families of which what they name is the subject: where it is not found, nobody can tell.
OF_A_MODEL = "change of a model"
OF_SCHEMAS = "schema redesign"
OF_A_SERVICE = "extraction of a service"
OF_PIECES = "restructuring within"
NAMES = frozenset({OF_A_SERVICE, OF_A_MODEL, OF_SCHEMAS})
SERVICES = frozenset({"migration to services", OF_A_SERVICE})
#: Families of which what is named keeps its interface: nothing breaks by who uses it.
WITHIN = frozenset(
    {
        "API versioning",
        "authentication",
        "caching",
        "deduplication",
        "dependency analysis",
        "performance",
        OF_PIECES,
        "security",
        "standardising errors",
        "technical debt",
        "tracing",
    }
)
#: Families in which the name of a table alone means that table.
OF_DATA = frozenset({OF_A_MODEL, "caching", OF_SCHEMAS, "performance"})
#: Families in which a page may be meant by a part of its path: "caching for the dashboard".
OF_SPEED = frozenset({"caching", "performance"})
OF_ACCESS = "authentication"
OF_MODULES = "dependency analysis"
OF_ROUTES = frozenset({"migration of an interface", "API versioning", "security"})
WHOLE = frozenset({"dependency analysis", "technical debt", "security", "deduplication"})
#: Families of which what they name bounds what is told of.
SCOPED = WITHIN | OF_ROUTES
BOUND = SCOPED | {OF_SCHEMAS}


def family_of(query: str) -> str:
    """What a request is about by its words; "" where they do not say.

    Of several what it begins with says it: "Cache what the login reads" is about caching. What is
    split into functions stays where it is, also where it is called a service.
    """
    found = [name for name in _patterns() if any(True for _ in _said_of(query, name))]
    if OF_PIECES in found:
        found = [name for name in found if name != OF_A_SERVICE]
    first = (name for name in found if name != OF_A_MODEL and _patterns()[name].match(query))
    return next(first, found[0] if found else "")


def words_of(query: str, family: str) -> list[str]:
    """The words of a request that say of which family it is, without what is named among them.

    What something is split into is named by none of them: "into smaller functions".
    """
    found = (one[0] for one in _said_of(query, family))
    if family == OF_PIECES:
        return list(found)
    return [
        said
        for said in found
        if all(one.isdigit() or _words(family).fullmatch(one) for one in said.split())
    ]


def _said_of(query: str, family: str) -> Iterator[re.Match[str]]:
    """Where words of a family are said of what is to be done, and not of what: "login page"."""
    for one in _patterns()[family].finditer(query):
        if family != OF_ACCESS or not _objects().match(query, one.end()):
            yield one


def without_words(text: str, words: Iterable[str], instead: str = " ") -> str:
    """A text without words and their plurals; `login` is still in `login_attempts`."""
    any_ = "|".join(map(re.escape, words))
    return re.sub(rf"(?<!\w)(?:{any_})s?(?!\w)", instead, text) if any_ else text


@cache
def _objects() -> re.Pattern[str]:
    words = read_lexicon("coordination")["subjects"]["objects"].split()
    return re.compile(rf"\s(?:{any_of(words)})\b", re.IGNORECASE)


@cache
def _words(family: str) -> re.Pattern[str]:
    phrases = read_lexicon("coordination")["families"][family]
    words = {word for phrase in phrases for word in phrase.split() if word != "*"}
    return re.compile(any_of(sorted(words)), re.IGNORECASE)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(rf"\b(?:{any_of(words)})", re.IGNORECASE)
        for name, words in read_lexicon("coordination")["families"].items()
    }
