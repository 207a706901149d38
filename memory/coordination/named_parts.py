"""Which files the phrases of a request mean, by how files and their folders are called."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from memory.code.apart import is_apart
from memory.coordination.code_names import (
    files_defining,
    files_joined,
    is_called_in_backend,
    name_words,
    plain_words,
    shares_run,
)
from memory.coordination.phrases import bare_phrases, phrases_of, strip, without_articles
from memory.coordination.programs import is_of_backend, of_backend

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase

_LARGEST = 0.4  # of the files: what more of them are called by tells nothing
_SHORTEST = 2  # letters of an abbreviation


class NamedParts(NamedTuple):
    """What phrases mean, and those of which nobody can tell."""

    paths: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    parts: tuple[frozenset[str], ...] = ()  # the paths of each phrase by itself


def named_parts(
    code: CodeBase, text: str, modules: Sequence[str], taken: Collection[str]
) -> NamedParts:
    """What the phrases of a text mean that no definition, table or route is named by.

    Args:
        code: All of it.
        text: The request, without the words that say what is asked.
        modules: Those that it names to the letter.
        taken: Names that were found in it.
    """
    used = {word for name in taken for word in plain_words(name)}
    before = phrases_of(text.partition(":")[0])
    product = [one for one in code.files if not code.files[one].is_test and not is_apart(one)]
    known = sorted({file.module for file in code.files.values() if not file.is_test})
    found: dict[str, None] = {}
    named, called, doubts, unknown = [], [], [], []
    parts: list[frozenset[str]] = []
    rest = list(modules)
    for said, head in _with_heads(text, before or phrases_of(text) or bare_phrases(text)):
        if not used.isdisjoint(plain_words(said)):
            continue
        inside = [one for one in rest if shares_run(name_words(one), name_words(said))]
        if " ".join(strip(head.split(), "whole")) in unknown:  # nothing is asked of users alone
            rest = [one for one in rest if one not in inside]
            continue
        plain = " ".join(strip(said.split(), "whole"))
        narrow, whole = _narrowest(code, product, said)
        if not narrow and (exact := _modules_called(known, plain)):
            named += exact
            parts.append(frozenset(one for one in product if code.files[one].module in exact))
        elif (paths := (narrow, "") if narrow else _files_called(code, product, said)) and (
            is_of_backend(code, paths[0]) or not _is_kept_or_served(code, plain)
        ):
            found |= dict.fromkeys(paths[0])
            parts.append(frozenset(paths[0]))
            called.append(whole or plain)
            doubts += [paths[1]] if paths[1] else []
        elif paths or inside or strip(plain.split(), "sorts") or _is_kept_or_served(code, plain):
            unknown.append(plain)
        rest = [one for one in rest if one not in inside]
    return NamedParts(
        tuple(sorted(found)),
        tuple(dict.fromkeys([*rest, *named])),
        tuple(called),
        tuple(doubts),
        tuple(unknown),
        tuple(parts),
    )


def _is_kept_or_served(code: CodeBase, said: str) -> bool:
    """Whether a handler or a table is called so, or by all of it but what it is: "checks view"."""
    *words, last = said.split() or [""]
    shorter = " ".join(words) if not strip([last], "sorts") else ""
    return any(one and is_called_in_backend(code, one) for one in (said, shorter))


def _with_heads(text: str, phrases: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Phrases, each after what is said to be of it, and that: "quotas" of "quotas of users"."""
    told: set[str] = set()
    bare = bare_phrases(text)
    plain = " ".join(without_articles(text).split())
    for said in phrases:
        heads = (one for one in (*phrases, *bare) if f"{one} of {said}" in plain)
        head = next(heads, "")
        for one, of in ((head, ""), (said, head)):
            if one and one not in told:
                told.add(one)
                yield one, of


def _modules_called(modules: Iterable[str], said: str) -> list[str]:
    """The modules of that name, or else of its other number: "managers" is `manager`."""
    same = [one for one in modules if one.casefold() == said.casefold()]
    return same or [one for one in modules if name_words(one) == name_words(said)]


def _narrowest(code: CodeBase, product: Sequence[str], said: str) -> tuple[list[str], str]:
    """The files of a phrase with what any code has parts of, and it: "the web api" package."""
    words = said.split()
    telling = strip(words, "whole")
    for longer in range(len(words), len(telling), -1):
        wanted = name_words(" ".join(words[:longer]))
        paths = [one for one in product if _means(one, wanted, name_words, is_sort=False)]
        if telling and words[: len(telling)] == telling and _tells(code, paths):
            return of_backend(code, paths), " ".join(words[:longer])
    return [], ""


def _files_called(
    code: CodeBase, product: Sequence[str], said: str
) -> tuple[list[str], str] | None:
    """The files that a phrase means, and what is doubtful about it.

    By all its words as they are written, else by how names have them short or in one, else by
    their first letters, else by what a file defines; then the same without what parts of any code
    are called ("old", "API"), and then without what they are called as ("pages").
    """
    telling = strip(said.split(), "whole")
    shorter = strip(telling, "sorts")
    for words in filter(None, dict.fromkeys(map(" ".join, (said.split(), telling, shorter)))):
        for spelled in (name_words, plain_words):
            stems = spelled(words)
            is_sort = not strip(words.split(), "sorts")
            means = partial(_means, stems=stems, spelled=spelled, is_sort=is_sort)
            paths = list(filter(means, product))
            if _tells(code, paths):
                return of_backend(code, paths), ""
        if told := _taken(code, words, files_joined(code, words)):
            return told
        letters = "".join(word[0] for word in words.split())
        if len(letters) >= _SHORTEST:
            paths = [path for path in product if [letters.casefold()] in _segments(path)]
            if _tells(code, paths):
                return of_backend(code, paths), f"{words}: taken for what is called {letters}"
        if told := _taken(code, words, files_defining(code, words)):
            return told
    return None


def _taken(code: CodeBase, words: str, named: Mapping[str, str]) -> tuple[list[str], str] | None:
    """Files with names that are not quite what was said, which is told."""
    own = of_backend(code, list(named))
    if not _tells(code, own):
        return None
    names = ", ".join(sorted({named[path] for path in own}))
    return own, f"{words}: taken for what is called {names}"


def _tells(code: CodeBase, paths: Collection[str]) -> bool:
    return 0 < len(paths) <= _LARGEST * len(code.files)


def _means(
    path: str, stems: Sequence[str], spelled: Callable[[str], list[str]], *, is_sort: bool
) -> bool:
    """Whether a folder or the file is called by words, or some that lie in each other are.

    What is called as parts are ("handlers") means only what is called by that alone.
    """
    segments = _segments(path, spelled)
    if not {word for one in segments for word in one}.issuperset(stems):
        return False
    if is_sort:
        return list(stems) in segments
    if any(shares_run(stems, one) for one in segments):
        return True
    wanted = Counter(stems)
    return any(
        Counter(word for one in segments[first:last] for word in one) == wanted
        for first in range(len(segments))
        for last in range(first + 2, min(len(segments), first + len(stems)) + 1)
    )


def _segments(path: str, spelled: Callable[[str], list[str]] = plain_words) -> list[list[str]]:
    folders, _, name = path.rpartition("/")
    parts = [*folders.split("/"), name.partition(".")[0]]
    return [spelled(one) for one in parts]
