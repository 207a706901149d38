"""What of the code a text names: definitions and files."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from memory.code.apart import is_apart
from memory.code.codebase import CodePlace, Grade
from memory.code.targets import find_target, named_symbols
from memory.coordination.phrases import without_articles
from memory.coordination.programs import of_backend
from memory.errors import InvalidRequest
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.code.codebase import CodeBase

#: What people write as the name of something in code: User, OrderLine, line_total, users.models.
_NAME = re.compile(r"\b[A-Z]\w+(?:\.\w+)*|\b[a-z]\w*(?:[._/]\w+)+")
_WORKING_SAID = re.compile(
    r"\b(\w+(?:\s\w+)?)\s+(view|handler|action|endpoint|function|method)\b", re.IGNORECASE
)
_CALLED = frozenset({"function", "method"})
_FEWEST_WORDS = 2  # of a file's name that a text has to have
_LEAST_LETTERS = 3  # of a word that a name has short
_WORKING = frozenset({"function", "method", "class"})
_TYPES = frozenset({"class", "interface", "trait", "enum", "type", "struct"})


def named_places(code: CodeBase, text: str) -> list[tuple[str, CodePlace]]:
    """The definitions that a text names, each once, with the name: types, dotted names, files.

    Of `Order.total` that is `Order` where the code has no such member.
    """
    found: dict[CodePlace, str] = {}
    for said in dict.fromkeys(_NAME.findall(text)):
        name = said
        while not (places := named_symbols(code, name)) and "." in name:
            name = name.rpartition(".")[0]
        for place in _model_said(code, text, said) or _first_meant(code, places):
            if not name.isalpha() or not place.symbol or code.symbols[place].kind in _TYPES:
                found.setdefault(place, name)
        if "/" in said:
            for place in _of_path(code, said):
                found.setdefault(place, said)
    return [(name, place) for place, name in found.items()]


def _model_said(code: CodeBase, text: str, name: str) -> list[CodePlace]:
    """What "the Watch model" is, where nothing is called so but a file among models: that file.

    A definition there, or a model of a table, is that of its name anyway.
    """
    if not re.search(rf"\b{re.escape(name)}\s(?:model|entity)\b", text, re.IGNORECASE):
        return []
    kept = {(one.file, one.symbol) for one in code.tables}
    if any(tuple(one) in kept for one in named_symbols(code, name)):
        return []
    words = name_words(name)
    paths = [
        path
        for path, file in code.files.items()
        if not file.is_test and not is_apart(path) and _is_model_of(path, words)
    ]
    inside = [one for one in named_symbols(code, name) if one.path in paths]
    return inside[:1] or [CodePlace(path, "") for path in of_backend(code, paths)[:1]]


def _is_model_of(path: str, words: Sequence[str]) -> bool:
    *folders, file = path.split("/")
    of_models = (["model"], ["entity"])
    return name_words(file.partition(".")[0]) == words and any(
        name_words(one) in of_models for one in folders
    )


def namesakes(code: CodeBase, name: str, place: CodePlace) -> list[CodePlace]:
    """The other definitions of a name that a backend's request may mean as well."""
    kept = {(one.file, one.symbol) for one in code.tables}
    if tuple(place) in kept:
        return []
    alike = [one for one in named_symbols(code, name) if code.symbols[one].kind in _TYPES]
    own = of_backend(code, [one.path for one in alike])
    return [one for one in alike if one.path in own and one != place and place.path in own]


def _first_meant(code: CodeBase, places: Sequence[CodePlace]) -> Sequence[CodePlace]:
    """The one of some definitions of a name that a backend's request means, where there are any.

    The model of a table, else that of what answers requests, else the first.
    """
    kept = {(one.file, one.symbol) for one in code.tables}
    own = of_backend(code, [one.path for one in places]) if len(places) > 1 else ()
    is_less = {place: (tuple(place) not in kept, place.path not in own) for place in places}
    return sorted(places, key=lambda one: (is_less[one], one))[:1]


def named_files(code: CodeBase, text: str) -> tuple[str, ...]:
    """The files whose names have several words of a text in their order: "shopping lists".

    Those with most of them; plural and singular are one. None of tests or migrations.
    """
    said = plain_words(text)
    best: dict[str, int] = {}
    for path, file in code.files.items():
        if file.is_test or is_apart(path):
            continue
        own = plain_words(path.rpartition("/")[2].partition(".")[0])
        length = _longest_shared(own, said)
        if length >= _FEWEST_WORDS:
            best[path] = length
    most = max(best.values(), default=0)
    return tuple(sorted(path for path, length in best.items() if length == most))


def _longest_shared(some: Sequence[str], others: Sequence[str]) -> int:
    """The length of the longest run of words that stands in both."""
    runs = [0] * (len(others) + 1)
    longest = 0
    for word in some:
        for at in range(len(others), 0, -1):
            runs[at] = runs[at - 1] + 1 if others[at - 1] == word else 0
            longest = max(longest, runs[at])
    return longest


def files_called(code: CodeBase, words: Sequence[str]) -> list[str]:
    """The files that have words in this order in their name, or in that of a folder around them.

    None of tests or migrations.
    """
    found = []
    for path, file in code.files.items():
        if words and not file.is_test and not is_apart(path):
            folders, _, name = path.rpartition("/")
            parts = [*folders.split("/"), name.partition(".")[0]]
            if any(shares_run(words, plain_words(one)) for one in parts):
                found.append(path)
    return found


def files_joined(code: CodeBase, said: str) -> dict[str, str]:
    """The files below what has the words of a text in one name, or its beginnings, and that name.

    "Code generator" is `codegen`, "rate limits" `ratelimit`; none of tests or migrations.
    """
    words = re.findall(r"[a-z0-9]+", said.casefold())
    found = {}
    for path, file in code.files.items():
        if len(words) > 1 and not file.is_test and not is_apart(path):
            for part in path.split("/"):
                name = part.partition(".")[0]
                if _is_joined(name.casefold(), words):
                    found[path] = name
    return found


def _is_joined(name: str, words: Sequence[str]) -> bool:
    """Whether a name is made of the beginnings of words, of which at least one is whole."""
    least = sum(min(len(one), _LEAST_LETTERS) for one in words)
    if not least <= len(name) <= sum(map(len, words)) or not name.startswith(words[0][0]):
        return False
    first, *rest = words
    for length in range(min(len(first), _LEAST_LETTERS), len(first) + 1):
        if not name.startswith(first[:length]):
            break
        left, is_whole = name[length:], length == len(first)
        if len(rest) == 1 and _begins(rest[0], left) and (is_whole or left == rest[0]):
            return True
        if len(rest) > 1 and is_whole and _is_joined(left, rest):
            return True
    return False


def _begins(word: str, said: str) -> bool:
    return word.startswith(said) and len(said) >= min(len(word), _LEAST_LETTERS)


def files_defining(code: CodeBase, said: str) -> dict[str, str]:
    """The files that are about what a definition of theirs is called by all words, and its name.

    "Email sending" is the file of `send_email`, where most of that file is; one word tells nothing.
    """
    words = sorted(name_words(said))
    found: dict[str, str] = {}
    for place, one in code.symbols.items():
        name = place.symbol.rpartition(".")[2]
        if len(words) > 1 and one.kind in _WORKING and sorted(name_words(name)) == words:
            file = code.files[place.path]
            is_most = 2 * (one.last_line - one.line + 1) >= file.lines
            if is_most and not file.is_test and not is_apart(place.path):
                found[place.path] = name
    return found


def heirs_called(code: CodeBase, words: Sequence[str]) -> list[str]:
    """The files of a type that is called by words alone, and of what extends it; none without.

    "The payment providers" are what extends `PaymentProvider`, and not `PaymentProviderFilter`.
    """
    types = {
        place
        for place, one in code.symbols.items()
        if one.kind in _TYPES and plain_words(place.symbol) == list(words)
    }
    heirs = {
        edge.source.path
        for edge in code.edges
        if edge.grade is Grade.INHERIT and edge.target in types
    }
    heirs = {path for path in heirs if not code.files[path].is_test and not is_apart(path)}
    return sorted(heirs | {place.path for place in types}) if heirs else []


def functions_said(code: CodeBase, text: str) -> dict[str, list[CodePlace]]:
    """The functions that are said as what they are: "the ping view", "the send mail function".

    What is called so, by what was said; a view is what answers requests.
    """
    served = {(one.file, one.symbol) for one in code.routes}
    found = {}
    for said, sort in _WORKING_SAID.findall(without_articles(text)):
        words = name_words(said)
        own = [
            place
            for place, one in code.symbols.items()
            if one.kind in _CALLED
            and (sort.casefold() in _CALLED or tuple(place) in served)
            and name_words(place.symbol.rpartition(".")[2]) == words
            and not code.files[place.path].is_test
        ]
        spelled = said.replace(" ", "_").casefold()
        exact = [one for one in own if one.symbol.rpartition(".")[2].casefold() == spelled]
        if own:
            found[f"{said} {sort}"] = exact or own
    return found


def is_called_in_backend(code: CodeBase, said: str) -> bool:
    """Whether a handler of a route, a table or its model is called so by all words."""
    words = name_words(said)
    symbols = [*(one.symbol for one in code.routes), *(one.symbol for one in code.tables)]
    names = [*(one.rpartition(".")[2] for one in symbols), *(one.table for one in code.tables)]
    return words in map(name_words, names)


def plain_words(text: str) -> list[str]:
    """The words of a text or a name, without endings: "ShoppingLists" is "shopp list".

    What people write out is as code has it short: "configuration" is "config".
    """
    return list(_words(text, is_short=True))


def name_words(text: str) -> list[str]:
    """The words of a text or a name, without endings, as they are spelled."""
    return list(_words(text, is_short=False))


@lru_cache(maxsize=65_536)  # folders stand before many files
def _words(text: str, *, is_short: bool) -> tuple[str, ...]:
    short = read_lexicon("coordination")["subjects"]["short"] if is_short else {}
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\W]+", " ", text).casefold().split()
    return tuple(_stem(short.get(word, word)) for word in parted)


def shares_run(words: Sequence[str], own: Sequence[str]) -> bool:
    """Whether words stand in others next to each other: "link checks" in `CheckLinks`, too."""
    wanted, size = sorted(words), len(words)
    return size > 0 and any(
        sorted(own[at : at + size]) == wanted for at in range(len(own) - size + 1)
    )


def _stem(word: str) -> str:
    word = re.sub(r"(?<=[a-z])ies$", "y", word).removesuffix("s")
    return re.sub(r"(?<=[a-z]{3})(?:ing|er|e)$", "", word)


def _of_path(code: CodeBase, said: str) -> tuple[CodePlace, ...]:
    try:
        return find_target(code, said).starts[:1]
    except InvalidRequest:
        return ()
