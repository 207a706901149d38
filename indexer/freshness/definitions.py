"""Where programs define a name, and what they define it as, read by regular expressions."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.process import GitFailed
from indexer.source_paths import is_code
from indexer.wording.anchors import symbol_parts
from memory.texts.lexicon import read_lexicon, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from indexer.git.repository import Repository

SEVERAL = "*"  # before what is defined by one name for several types
#: Endings of files in which definitions are looked for.
LANGUAGES = tuple(sorted(words_of("programs", "languages")))
_KEYWORDS, _MODIFIER, _NOT_TYPE = (
    "|".join(read_lexicon("programs")[table]) for table in ("keywords", "modifiers", "not_types")
)
_CONTAINERS, _VALUES = (
    "|".join(map(re.escape, read_lexicon("programs")[table])) for table in ("containers", "values")
)
_MODIFIERS = rf"(?:(?:{_MODIFIER})\s+|@[\w.]+(?:\([^()]*\))?\s+)*"
_NOT_TYPES = rf"(?!(?:{_NOT_TYPE})\b)"
_TYPE = r"(?:<[^()]{1,80}>\s+)?[\w.:]+(?:<[^()={}]{1,120}>)?[\[\]?&*]*\s+"
_BY_KEYWORD = re.compile(
    rf"\s*{_MODIFIERS}(?:{_KEYWORDS})\s+(?:\([^)]*\)\s*|<[^()]{{1,80}}>\s+)?"
    r"(?:self\.|[\w.]+(?:<[^()]{1,80}>)?\.|mut\s)?(\w+)(?![.:]\w)"
    r"|\s*(?:CREATE|create)\s+(?:\w+\s+)*(\w+)",
    re.ASCII,
)
_CONSTANT = re.compile(
    rf"\s*{_MODIFIERS}(?:{_TYPE}(?=[A-Z][A-Z\d_]+\s*=))?(\w+)\s*(?::\s*[^=(){{}}]{{1,80}})?\s*=(?![=~>])",
    re.ASCII,
)
#: In Go: `const (`, and below it `\tMost int = 8`; elsewhere a field, `\tOrder order = one`.
_GROUPED = re.compile(r"\t(\w+)[ \t]+(?:u?int\d*|float\d+|string|bool|byte|time\.\w+)[ \t]*=(?!=)")
_METHOD = re.compile(
    rf"\s*{_NOT_TYPES}{_MODIFIERS}{_NOT_TYPES}(?:{_TYPE})?[*&]?(?:\w+::)?(\w+)"
    r"\s*(?:<[^>]*>)?\([^;]*\)[^;=]{0,80}\{\s*$"
    r"|\s*(\w+)\s*:\s*(?:async\s+)?function\b",
    re.ASCII,
)
#: A method that an interface asks for, in languages that write its type before it.
_ASKED = re.compile(
    rf"\s+{_NOT_TYPES}{_MODIFIERS}{_NOT_TYPES}{_TYPE}(\w+)"
    r"\s*\([^;{}=]*\)(?:\s*throws\s[\w., ]+)?;\s*$",
    re.ASCII,
)
_WITH_ASKED = (".java", ".cs")
_VALUE = re.compile(rf"\s+{_MODIFIERS}(?:{_VALUES})\s")
_CONTAINER = re.compile(rf"\b(?:{_CONTAINERS})\b|<script\b")
_RECEIVER = re.compile(r"func\s+\(\w*\s*\*?(\w+)")
#: The closing of a block stands at the indentation of its beginning; so does what goes on with it.
_CLOSING = re.compile(r"[})\]]|end\b|fi\b|done\b")
_GOING_ON = re.compile(
    r"\{|(?:private|protected|public|internal|where|else|elsif|rescue|ensure|catch|finally|throws)\b"
)
_COMMENT = re.compile(r"\s*(?://|#|/?\*|--|<!--|\"\"\")")


class Defined(NamedTuple):
    """What a name is in the files of a commit."""

    bodies: dict[str, str]  # what it is defined as, by file: as `definitions` has it
    used: str = ""  # a file of code that has the word outside of comments


def find_definitions(git: Repository, wanted: Collection[str], commit: str) -> dict[str, Defined]:
    """What names are defined as in a commit, or with "" in the worktree, by name."""
    found: dict[str, dict[str, str]] = {name: {} for name in wanted}
    last = {name: symbol_parts(name)[-1] for name in wanted}
    words = {word for word in last.values() if word.isascii()}
    lines: dict[str, str] = {}
    try:
        lines = git.grep(words, commit, LANGUAGES) if words else {}
    except GitFailed:
        if not commit:
            lines = git.grep(words, commit := git.head(), LANGUAGES)  # a bare repository
    candidates = [
        (name, path)
        for path, said in lines.items()
        for name in wanted
        if last[name] in said and defines(path, said, name)
    ]
    texts = git.texts((commit, path) for _, path in candidates)
    for name, path in candidates:
        if body := definitions(path, texts.get((commit, path), ""), name):
            found[name][path] = body
    code = {path: said for path, said in lines.items() if is_code(path)}
    return {
        name: Defined(without_tests(bodies), "" if bodies else _user(last[name], code))
        for name, bodies in found.items()
    }


def _user(word: str, lines: Mapping[str, str]) -> str:
    whole = re.compile(rf"\b{re.escape(word)}\b")
    return min(
        (
            path
            for path, said in lines.items()
            if any(whole.search(line) and not _COMMENT.match(line) for line in said.split("\n"))
        ),
        default="",
    )


def without_tests(bodies: Mapping[str, str]) -> dict[str, str]:
    """Those that are any; tests, and what a program wrote, unless there is nothing else."""
    there = {path: body for path, body in bodies.items() if body}
    return {path: body for path, body in there.items() if is_code(path)} or there


def definitions(path: str, text: str, name: str) -> str:
    """A hash of everything that a file defines by a name; "" if it does not.

    Only what is said counts: not blank lines, not how far the whole is indented. What a function
    calls a value is nobody else's. It begins with `SEVERAL` where methods of different types
    have the name, and nobody says whose is meant.

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
    found = [
        at
        for at, line in enumerate(lines)
        if last in line and last in _defined_in(path, line) and not _is_local(lines, at)
    ]
    if qualifiers and qualifiers[-1][:1].isupper():
        found = [at for at in found if _belongs(path, lines, at, qualifiers[-1])]
    if not found:
        return ""
    said = "\n".join(line for at in found for line in _block(lines, at))
    owners = {_owner(lines, at) for at in found if last not in _owner(lines, at)}
    several = SEVERAL if len(owners) > 1 else ""
    return several + hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()


def defines(path: str, lines: str, name: str) -> bool:
    """Whether one of these lines of a file begins a definition of a name."""
    last = symbol_parts(name)[-1]
    return any(last in _defined_in(path, line) for line in lines.split("\n") if last in line)


def _defined_in(path: str, line: str) -> Iterator[str]:
    """The names that a line may begin to define.

    What is indented, and begins with a small letter, is what a function calls a value.
    """
    for pattern in (_BY_KEYWORD, _METHOD):
        if match := pattern.match(line):
            yield match[1] or match[2]
    if path.endswith(_WITH_ASKED) and (match := _ASKED.match(line)):
        yield match[1]
    for pattern in (_CONSTANT, _GROUPED):
        match = pattern.match(line)
        if match and (match[1][:1].isupper() or not line[:1].isspace()):
            yield match[1]


def _is_local(lines: list[str], at: int) -> bool:
    """Whether a line gives a value a name inside of a function."""
    if not _VALUE.match(lines[at]):
        return False
    around = next(_around(lines, at), "")
    return bool(around) and not _CONTAINER.search(around)


def _owner(lines: list[str], at: int) -> str:
    """The line of the type that a definition stands in, or the type that it names; or ""."""
    if receiver := _RECEIVER.match(lines[at]):
        return receiver[1]
    return next(_around(lines, at), "").strip()


def _around(lines: list[str], at: int) -> Iterator[str]:
    """The lines that open the blocks around one, from the inside."""
    depth, is_sought = _depth(lines[at]), False
    for line in reversed(lines[:at]):
        said = line.strip()
        if said and (_depth(line) < depth or (is_sought and _depth(line) == depth)):
            depth, is_sought = _depth(line), bool(_CLOSING.match(said) or said == "{")
            if not is_sought and not _GOING_ON.fullmatch(said.rstrip(":")):
                yield line


def _is_in(path: str, qualifiers: list[str]) -> bool:
    """Whether a file can be what a qualifier in small letters means: a module, a package."""
    if (
        not qualifiers
        or qualifiers[-1][:1].isupper()
        or qualifiers[-1] in words_of("programs", "itself")
    ):
        return True
    return qualifiers[-1] in (*path.split("/")[:-1], PurePosixPath(path).name.partition(".")[0])


def _belongs(path: str, lines: list[str], at: int, owner: str) -> bool:
    """Whether a definition stands in a type, or names it: `func (o *Order) Total()`."""
    named = re.compile(rf"\b{re.escape(owner)}\b(?:<[^()]*>|\[[^()]*\])?\s*(?:\)|::|\.|#)")
    extended = re.compile(rf"\b(?:for|impl(?:<[^()]*>)?|extension)\s+{re.escape(owner)}\b")
    return bool(named.search(lines[at])) or any(
        owner in _defined_in(path, line) or extended.search(line) for line in _around(lines, at)
    )


def _block(lines: list[str], at: int) -> list[str]:
    """The lines of a definition: what is indented below its first, and what closes it."""
    depth = _depth(lines[at])
    block = [lines[at]]
    for line in lines[at + 1 :]:
        if not line.strip():
            continue
        goes_on = _depth(line) == depth and _GOING_ON.match(line.strip())
        if _depth(line) > depth or goes_on:
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
