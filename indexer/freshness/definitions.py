"""Where programs define a name, and what they define it as, read by regular expressions."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.git.process import GitFailed
from indexer.source_paths import is_code
from indexer.wording.anchors import symbol_parts
from memory.texts.lexicon import read_lexicon, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from indexer.git.repository import Repository

#: Endings of files in which definitions are looked for.
LANGUAGES = tuple(sorted(words_of("programs", "languages")))
_KEYWORDS, _MODIFIER, _NOT_TYPE = (
    "|".join(read_lexicon("programs")[table]) for table in ("keywords", "modifiers", "not_types")
)
_MODIFIERS = rf"(?:(?:{_MODIFIER})\s+)*"
_NOT_TYPES = rf"(?!(?:{_NOT_TYPE})\b)"
_BY_KEYWORD = re.compile(
    rf"\s*{_MODIFIERS}(?:{_KEYWORDS})\s+(?:\([^)]*\)\s*)?(?:self\.|[\w.]+\.|mut\s)?(\w+)(?![.:]\w)"
    r"|\s*(?:CREATE|create)\s+(?:\w+\s+)*(\w+)",
    re.ASCII,
)
_CONSTANT = re.compile(
    rf"\s*{_MODIFIERS}(\w+)\s*(?::\s*[^=(){{}}]{{1,80}})?\s*=(?![=~>])", re.ASCII
)
#: In Go: `const (`, and below it `\tMost int = 8`; elsewhere a field, `\tOrder order = one`.
_GROUPED = re.compile(r"\t(\w+)[ \t]+(?:u?int\d*|float\d+|string|bool|byte|time\.\w+)[ \t]*=(?!=)")
_METHOD = re.compile(
    rf"\s*{_NOT_TYPES}{_MODIFIERS}{_NOT_TYPES}(?:[\w<>\[\],.?&*:]+\s+)?[*&]?(?:\w+::)?(\w+)"
    r"\s*(?:<[^>]*>)?\([^;]*\)[^;=]{0,80}\{\s*$"
    r"|\s*(\w+)\s*:\s*(?:async\s+)?function\b",
    re.ASCII,
)
#: The closing of a block stands at the indentation of its beginning.
_CLOSING = re.compile(r"[})\]]|end\b|fi\b|done\b")


def find_definitions(
    git: Repository, wanted: Collection[str], commit: str
) -> dict[str, dict[str, str]]:
    """What names are defined as in a commit, or with "" in the worktree, by name and file."""
    found: dict[str, dict[str, str]] = {name: {} for name in wanted}
    last = {name: symbol_parts(name)[-1] for name in wanted}
    words = {word for word in last.values() if word.isascii()}
    if not words:
        return found
    try:
        lines = git.grep(words, commit, LANGUAGES)
    except GitFailed:
        if commit:
            return found
        lines = git.grep(words, commit := git.head(), LANGUAGES)  # a bare repository
    candidates = [
        (name, path)
        for path, said in lines.items()
        for name in wanted
        if last[name] in said and defines(said, name)
    ]
    texts = git.texts((commit, path) for _, path in candidates)
    for name, path in candidates:
        if body := definitions(path, texts.get((commit, path), ""), name):
            found[name][path] = body
    return {name: without_tests(bodies) for name, bodies in found.items()}


def without_tests(bodies: Mapping[str, str]) -> dict[str, str]:
    """Those that are any; tests, and what a program wrote, unless there is nothing else."""
    there = {path: body for path, body in bodies.items() if body}
    return {path: body for path, body in there.items() if is_code(path)} or there


def definitions(path: str, text: str, name: str) -> str:
    """A hash of everything that a file defines by a name; "" if it does not.

    Only what is said counts: not blank lines, not how far the whole is indented.

    Args:
        path: Of the file.
        text: What it holds.
        name: A symbol. Of `Order.total`, `total` is to stand in an `Order`; of `order.total`, in
            a file or a folder of that name.
    """
    *qualifiers, last = symbol_parts(name)
    if last not in text or not _is_in(path, qualifiers):
        return ""
    lines = text.split("\n")
    found = [at for at, line in enumerate(lines) if last in line and last in _defined_in(line)]
    if qualifiers and qualifiers[-1][:1].isupper():
        found = [at for at in found if _belongs(lines, at, qualifiers[-1])]
    if not found:
        return ""
    said = "\n".join(line for at in found for line in _block(lines, at))
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()


def defines(lines: str, name: str) -> bool:
    """Whether one of these lines begins a definition of a name."""
    last = symbol_parts(name)[-1]
    return any(last in _defined_in(line) for line in lines.split("\n") if last in line)


def _defined_in(line: str) -> Iterator[str]:
    """The names that a line may begin to define.

    What is indented, and begins with a small letter, is what a function calls a value.
    """
    for pattern in (_BY_KEYWORD, _METHOD):
        if match := pattern.match(line):
            yield match[1] or match[2]
    for pattern in (_CONSTANT, _GROUPED):
        match = pattern.match(line)
        if match and (match[1][:1].isupper() or not line[:1].isspace()):
            yield match[1]


def _is_in(path: str, qualifiers: list[str]) -> bool:
    """Whether a file can be what a qualifier in small letters means: a module, a package."""
    if (
        not qualifiers
        or qualifiers[-1][:1].isupper()
        or qualifiers[-1] in words_of("programs", "itself")
    ):
        return True
    return qualifiers[-1] in (*path.split("/")[:-1], PurePosixPath(path).name.partition(".")[0])


def _belongs(lines: list[str], at: int, owner: str) -> bool:
    """Whether a definition stands in a type, or names it: `func (o *Order) Total()`."""
    word = re.compile(rf"\b{re.escape(owner)}\b")
    if word.search(lines[at]):
        return True
    depth = _depth(lines[at])
    for line in reversed(lines[:at]):
        if line.strip() and _depth(line) < depth:
            if word.search(line):
                return True
            depth = _depth(line)
    return False


def _block(lines: list[str], at: int) -> list[str]:
    """The lines of a definition: what is indented below its first, and what closes it."""
    depth = _depth(lines[at])
    block = [lines[at]]
    for line in lines[at + 1 :]:
        if not line.strip():
            continue
        if _depth(line) > depth:
            block.append(line)
        elif _depth(line) == depth and _CLOSING.match(line.strip()):
            block.append(line)
            if not line.rstrip().endswith((":", "{", "(", "->", ",")):
                break
        else:
            break
    return [line[min(depth, _depth(line)) :].rstrip() for line in block]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
