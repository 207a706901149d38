"""Where programs define a name, and what they define it as.

Where the language of a file is read, its definitions are those of the code facts; of other files,
and of what facts do not hold, as a value of a class, they are found by regular expressions.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.apart import TooHeavy
from indexer.code.registry import CONFIG, language_of, languages
from indexer.freshness.beside import is_within
from indexer.git.process import GitFailed
from indexer.source_paths import is_code
from indexer.wording.anchors import symbol_parts
from memory.texts.lexicon import read_lexicon, words_of
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from indexer.git.repository import Repository
    from memory.code.facts import Definition

#: Endings of files in which definitions are looked for.
LANGUAGES = tuple(sorted(words_of("programs", "languages")))
_KEYWORDS, _MODIFIER, _NOT_TYPE = (
    "|".join(read_lexicon("programs")[table]) for table in ("keywords", "modifiers", "not_types")
)
_CONTAINERS, _VALUES = (
    "|".join(map(re.escape, read_lexicon("programs")[table])) for table in ("containers", "values")
)
_MODIFIERS = rf"(?:(?:{_MODIFIER})\s++|@[\w.]++(?:\([^()]*\))?\s++)*"
_NOT_TYPES = rf"(?!(?:{_NOT_TYPE})\b)"
_TYPE = r"(?:<[^()]{1,80}>\s+)?[\w.:]+(?:<[^()={}]{1,120}>)?[\[\]?&*]*\s+"
_BY_KEYWORD = lazy(
    rf"\s*{_MODIFIERS}(?:{_KEYWORDS})\s+(?:\([^)]*\)\s*|<[^()]{{1,80}}>\s+)?"
    r"(?:self\.|[\w.]+(?:<[^()]{1,80}>)?\.|mut\s)?(\w+)(?![.:]\w)"
    r"|\s*(?:CREATE|create)\s+(?:\w+\s+)*(\w+)",
    re.ASCII,
)
_CONSTANT = lazy(
    rf"\s*{_MODIFIERS}(?:{_TYPE}(?=[A-Z][A-Z\d_]+\s*=))?(\w+)\s*(?::\s*+[^=(){{}}]{{1,80}})?\s*=(?![=~>])",
    re.ASCII,
)
#: In Go: `const (`, and below it `\tMost int = 8`; elsewhere a field, `\tOrder order = one`.
_GROUPED = lazy(r"\t(\w+)[ \t]+(?:u?int\d*|float\d+|string|bool|byte|time\.\w+)[ \t]*=(?!=)")
_METHOD = lazy(
    rf"\s*{_NOT_TYPES}{_MODIFIERS}{_NOT_TYPES}(?:{_TYPE})?[*&]?(?:\w+::)?(\w+)"
    r"\s*(?:<[^>]*>)?\([^;]*\)[^;=]{0,80}\{\s*$"
    r"|\s*(\w+)\s*:\s*(?:async\s+)?function\b",
    re.ASCII,
)
#: A method that an interface asks for, in languages that write its type before it.
_ASKED = lazy(
    rf"\s+{_NOT_TYPES}{_MODIFIERS}{_NOT_TYPES}{_TYPE}(\w+)"
    r"\s*\([^;{}=]*\)(?:\s*throws\s[\w., ]+)?;\s*$",
    re.ASCII,
)
_WITH_ASKED = (".java", ".cs")
#: A method whose parameters go on below; of a call that looks so, the facts know better.
_OPENED = lazy(
    rf"\s*{_NOT_TYPES}{_MODIFIERS}{_NOT_TYPES}(?:{_TYPE})?(\w+)\s*(?:<[^>]*>)?\((?:[^;{{}}=]*,)?\s*$"
)
_SCHEMAS = (".graphql", ".proto", ".sql")
_SAME = lazy(r"\s*(?:export\s+)?(?:type\s+|const\s+)?(\w+)\s*=\s*[\w.]+\.\1;?\s*$")
_VALUE = lazy(rf"\s+{_MODIFIERS}(?:{_VALUES})\s")
_SCOPE = lazy(r"\s*(?:async\s+def|def|class)\s")  # of Python
_CONTAINER = lazy(rf"\b(?:{_CONTAINERS})\b|<script\b")
_RECEIVER = lazy(r"func\s+\(\w*\s*\*?(\w+)")
#: The closing of a block stands at the indentation of its beginning; so does what goes on with it.
_CLOSING = lazy(r"[})\]]|end\b|fi\b|done\b")
_GOING_ON = lazy(
    r"\{|(?:private|protected|public|internal|where|else|elsif|rescue|ensure|catch|finally|throws)\b"
)
_COMMENT = lazy(r"\s*(?://|#|/?\*|--|<!--|\"\"\")")


LONGEST = 500  # characters of a line that defines something; of a longer one patterns take long
_LINES = 16_384  # of which is known what they define; many stand in many files, and in all commits


class Body(NamedTuple):
    """What a file defines a name as."""

    said: str  # a hash of all that it says there
    is_several: bool = False  # different types have a method of the name
    is_member: bool = False  # whatever has the name there is a member of a type, or of a schema


class Defined(NamedTuple):
    """What a name is in the files of a commit."""

    bodies: dict[str, Body]  # what it is defined as, by file
    used: str = ""  # a file of code that has the word outside of comments


def find_definitions(
    git: Repository, wanted: Collection[str], commit: str, beside: Collection[str] = ()
) -> dict[str, Defined]:
    """What names are defined as in a commit, or with "" in the worktree, by name.

    What lies in the folders `beside`, those of records, shows how something could be and is not
    the program: it neither defines a name nor uses it.
    """
    found: dict[str, dict[str, Body]] = {name: {} for name in wanted}
    last = {name: symbol_parts(name)[-1] for name in wanted}
    words = {word for word in last.values() if word.isascii()}
    lines: dict[str, str] = {}
    try:
        lines = git.grep(words, commit, LANGUAGES) if words else {}
    except GitFailed:
        if not commit:
            lines = git.grep(words, commit := git.head(), LANGUAGES)  # a bare repository
    lines = {path: said for path, said in lines.items() if not is_within(path, beside)}
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
        name: Defined(foremost(bodies), "" if bodies else _user(last[name], code))
        for name, bodies in found.items()
    }


def _user(word: str, lines: Mapping[str, str]) -> str:
    whole = re.compile(rf"\b{re.escape(word)}\b")
    return min(
        (
            path
            for path, said in lines.items()
            if word in said
            and any(whole.search(line) and not _COMMENT.match(line) for line in said.split("\n"))
        ),
        default="",
    )


def foremost(bodies: Mapping[str, Body | None]) -> dict[str, Body]:
    """Those that are any; tests, and what a program wrote, unless there is nothing else.

    What a program defines counts before the schema that it speaks.
    """
    there = {path: body for path, body in bodies.items() if body}
    ours = {path: body for path, body in there.items() if is_code(path)} or there
    programs = {path: body for path, body in ours.items() if not path.endswith(_SCHEMAS)}
    return programs or ours


def definitions(path: str, text: str, name: str) -> Body | None:
    """Everything that a file defines by a name; None if it does not.

    Only what is said counts: not blank lines, not how far the whole is indented. What a function
    calls a value is nobody else's, and neither is another name for what is called so elsewhere.

    Args:
        path: Of the file.
        text: What it holds.
        name: A symbol. Of `Order.total`, `total` is to stand in an `Order`; of `order.total`, in
            a file or a folder of that name.
    """
    *qualifiers, last = symbol_parts(name)
    if last not in text or not _is_in(path, qualifiers):
        return None
    lines = text.split("\n")
    owner = qualifiers[-1] if qualifiers and qualifiers[-1][:1].isupper() else ""
    found = _by_facts(path, text, lines, last)
    if found is None:
        found = _by_text(path, lines, last)
        if owner:
            found = [one for one in found if _belongs(path, lines, one.at, owner)]
    elif owner:
        found = [one for one in found if owner in one.owner.split(".")]
    found = [one for one in found if not _SAME.fullmatch("\n".join(one.lines))]
    if not found:
        return None
    said = "\n".join(line for one in found for line in one.lines)
    digest = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()
    owners = {one.owner for one in found}
    return Body(digest, len(owners) > 1, path.endswith(_SCHEMAS) or all(owners))


def is_changed(path: str, before: str, after: str, name: str) -> bool:
    """Whether a file, by its texts, defines a name otherwise than before.

    Where regular expressions find it in both they decide, as facts of so many versions of a file
    would take as long as the rest of a look.
    """
    last = symbol_parts(name)[-1]
    blocks = [
        [one.lines for one in _by_text(path, text.split("\n"), last)] for text in (before, after)
    ]
    if all(blocks):
        return blocks[0] != blocks[1]
    return definitions(path, before, name) != definitions(path, after, name)


def defines(path: str, lines: str, name: str) -> bool:
    """Whether one of these lines of a file may begin a definition of a name."""
    last = symbol_parts(name)[-1]
    is_read = language_of(path) is not None
    return any(
        last in _defined_in(path, line) or (is_read and last == _opened_in(line))
        for line in lines.split("\n")
        if last in line and len(line) <= LONGEST
    )


class _Place(NamedTuple):
    """A definition in a file."""

    at: int  # its first line, from 0
    lines: list[str]  # without the blank ones, and as far to the left as they go
    owner: str  # the type that it is in; "" at the top


def _by_facts(path: str, text: str, lines: list[str], last: str) -> list[_Place] | None:
    """By the facts of a language that is read; None if they do not have the name."""
    language = language_of(path)
    if language is None or language == CONFIG:
        return None
    known = _facts(language, text)
    found: list[_Place] = []
    end = 0
    for one in known:
        owner, _, own = one.name.rpartition(".")
        if own != last or one.line <= end:  # a constructor is in what it makes
            continue
        end = one.last_line
        within = lines[one.line - 1 : end] if end > one.line else _block(lines, one.line - 1)
        found.append(_Place(one.line - 1, _dedented(within), owner))
    return found or None


@lru_cache(maxsize=4096)
def _facts(language: str, text: str) -> tuple[Definition, ...]:
    try:
        return languages()[language].definitions(text.encode("utf-8", "replace"))
    except TooHeavy:
        return ()


def _by_text(path: str, lines: list[str], last: str) -> list[_Place]:
    found = [
        at
        for at, line in enumerate(lines)
        if last in line and last in _defined_in(path, line) and not _is_local(path, lines, at)
    ]
    owners = {at: _owner(lines, at) for at in found}
    return [_Place(at, _block(lines, at), "" if last in owners[at] else owners[at]) for at in found]


def _defined_in(path: str, line: str) -> tuple[str, ...]:
    """The names that a line may begin to define.

    What is indented, and begins with a small letter, is what a function calls a value.
    """
    return _names_in(line, path.endswith(_WITH_ASKED)) if len(line) <= LONGEST else ()


@lru_cache(maxsize=_LINES)
def _names_in(line: str, with_asked: bool) -> tuple[str, ...]:
    names = [match[1] or match[2] for one in (_BY_KEYWORD, _METHOD) if (match := one.match(line))]
    if with_asked and (match := _ASKED.match(line)):
        names.append(match[1])
    for pattern in (_CONSTANT, _GROUPED):
        match = pattern.match(line)
        if match and (match[1][:1].isupper() or not line[:1].isspace()):
            names.append(match[1])
    return tuple(names)


@lru_cache(maxsize=_LINES)
def _opened_in(line: str) -> str:
    """The function whose parameters go on below a line, if it is one's."""
    match = _OPENED.match(line)
    return match[1] if match else ""


def _is_local(path: str, lines: list[str], at: int) -> bool:
    """Whether a line gives a value a name inside of a function."""
    if path.endswith(".py") and _CONSTANT.match(lines[at]):
        around = next((line for line in _around(lines, at) if _SCOPE.match(line)), "")
        return bool(around) and not around.lstrip().startswith("class")
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
        if not is_sought and (not depth or line[:depth].isspace()):
            continue  # no less deep
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
    named = re.compile(
        rf"\b{re.escape(owner)}\b(?:<[^()]{{0,99}}>|\[[^()]{{0,99}}\])?\s*(?:\)|::|\.|#)"
    )
    extended = re.compile(rf"\b(?:for|impl(?:<[^()]{{0,99}}>)?|extension)\s+{re.escape(owner)}\b")
    return bool(named.search(lines[at])) or any(
        owner in _defined_in(path, line) or extended.search(line) for line in _around(lines, at)
    )


def _block(lines: list[str], at: int) -> list[str]:
    """The lines of a definition: what is indented below its first, and what closes it."""
    depth = _depth(lines[at])
    block = [lines[at]]
    for line in lines[at + 1 :]:
        said = line.strip()
        if not said:
            continue
        is_deeper = line[: depth + 1].isspace()  # as nearly every line is
        if is_deeper or (_depth(line) == depth and _GOING_ON.match(said)):
            block.append(line)
        elif _depth(line) == depth and _CLOSING.match(said):
            block.append(line)
            if not said.endswith((":", "{", "(", "->", ",")):
                break
        else:
            break
    return _dedented(block)


def _dedented(block: list[str]) -> list[str]:
    depth = _depth(block[0]) if block else 0
    return [
        (line[depth:] if line[:depth].isspace() else line[min(depth, _depth(line)) :]).rstrip()
        for line in block
        if line.strip()
    ]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
