"""How a file does what can be done in several ways: logs, validates, answers with errors."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from memory.code.facts import Mark
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.syntax import Node, SourceFile

_LANGUAGES = frozenset({"python", "php", "typescript", "java", "go"})
#: A status of HTTP that says that something failed, or an exception that stands for one.
_ERRORS = (
    r"HTTP_[45]\d\d",
    r"Status(?:Bad|Not|Unauth|Forb|Conf|Unproc|Intern|Service|Too|Gone|Payment)\w+",
    r"HttpStatus\.(?:BAD|NOT|UNAUTH|FORB|CONF|UNPROC|INTERN)\w+",
    r"status(?:_code)?\s*[=:(]\s*[45]\d\d\b",
    r", 4\d\d\b",
    r", 5\d\d\b",
    r"abort\(",
    r"abort_(?:if|unless)\(",
    r"throw ValidationException::",
    r"Abort\w{0,30}\([45]\d\d\b",
    r"sendStatus\([45]\d\d\b",
    r"HttpResponse(?:BadRequest|NotFound|Forbidden|Gone|ServerError)\(",
    r"raise HTTPException\b",
    r"raise Http404\b",
    r"raise NotFound\b",
    r"raise PermissionDenied\b",
    r"raise ValidationError\b",
    r"throw new \w*(?:NotFound|BadRequest|Forbidden|Unauthorized|Conflict|Http)\w*",
    r"throw new (?:Unprocessable|TooMany|PaymentRequired|InternalServer|NotAcceptable)\w*",
)
_STATEMENTS = frozenset(
    "return_statement raise_statement throw_statement throw_expression expression_statement "
    "short_var_declaration arrow_function".split()
)
_THROWN = frozenset({"raise_statement", "throw_statement", "throw_expression"})
_EITHER = frozenset({"conditional_expression", "ternary_expression"})
_ASKED = re.compile(r"comparison|binary_expression|case|decorator|annotation|parameter|assignment")
_KEY = re.compile(
    r"[\"']?\b(errors?|message|msg|details?|reason|description|title)\b[\"']?\s*(?::|=>|=(?!=))"
)
_QUOTED_KEY = re.compile(r"\"(errors?|message|msg|details?|reason|description|title)\"\s*:")
_ABORTS = re.compile(r"(?:^|[\s.(])(?:abort(?:_if|_unless)?|Abort\w*)\(")
_MADE = re.compile(r"return\s++(?:await\s++)?new\s++\w*(?:Exception|Error)\b")
#: A number alone is a status where it is handed to what answers, and not in `between(100, 500)`.
_NUMBER = re.compile(rb", [45]\d\d$")
_ARGUMENTS = frozenset({"arguments", "argument_list"})
_ANSWERS = re.compile(r"(?i)json|xml|respon|error|fail|abort|status|send|render|view|problem|reply")
#: Of Django, where what went wrong is told by the class of an answer that may have no words.
_BARE = re.compile(r"return\s++HttpResponse(?:BadRequest|NotFound|Forbidden|Gone|ServerError)\(")
#: Of Express, also where nothing or only a text is said.
_SENT = re.compile(r"\bres(?:ponse)?\.(?:sendStatus|status)\([45]\d\d")
_LONGEST = 800  # bytes of a statement that answers
ERRORS, KEYS, THROWN = "errors", "error keys", "thrown"


class Ways(Reader):
    """Each way of `data/lexicon/ways.toml` and of errors that a file goes, with how often."""

    name = "ways"
    version = 9
    languages = _LANGUAGES
    hint = re.compile(rb"")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """A mark for each thing and way: its first line, what is there, and how often."""
        found = [
            *_by_patterns(source),
            *_by_libraries(source),
            *_errors(source),
        ]
        told: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for about, way, line, said in found:
            told.setdefault((about, way), []).append((line, said))
        for (about, way), own in sorted(told.items()):
            line, said = own[0]
            data = {"said": said, "times": len(own)}
            if way == THROWN:
                data["thrown"] = [[line, said] for line, said in own]
            yield Mark(self.name, about, way, line, data)


Found = tuple[str, str, int, str]  # what, its way, the line, what is there


class _Pattern:
    """A pattern that begins with letters, by which most files are passed over quickly."""

    def __init__(self, pattern: str) -> None:
        found = _FIRST_LETTERS.match(pattern)
        self._first = re.sub(r"\\(.)", r"\1", found[1] if found else "").encode()
        self._pattern = re.compile(pattern.encode())

    def found(self, content: bytes) -> Iterator[re.Match[bytes]]:
        """Where it fits."""
        return self._pattern.finditer(content) if self._first in content else iter(())


_FIRST_LETTERS = re.compile(r"(?:\(\?<!.*?\))?((?:[\w ,@:>-]|\\[.(])+)(?![?*+\w])")


@cache
def _errors_of() -> tuple[_Pattern, ...]:
    return tuple(map(_Pattern, _ERRORS))


@cache
def _patterns(language: str) -> tuple[tuple[str, str, _Pattern], ...]:
    return tuple(
        (about, way, _Pattern(pattern))
        for about, by_language in read_lexicon("ways").items()
        for way, patterns in by_language.get(language, {}).items()
        for pattern in patterns
    )


@cache
def _libraries() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return tuple(
        (about, way, tuple(names))
        for about, ways in read_lexicon("ways")["libraries"].items()
        for way, names in ways.items()
    )


def _by_patterns(source: SourceFile) -> Iterator[Found]:
    for about, way, pattern in _patterns(source.facts.language):
        for found in pattern.found(source.content):
            if (node := _code_at(source, found.start(), found.start() + 1)) is not None:
                yield about, way, line_of(node), _said(found[0])


def _by_libraries(source: SourceFile) -> Iterator[Found]:
    for one in source.facts.imports:
        for about, way, names in _libraries():
            if any(
                one.target == name or one.target.startswith((f"{name}/", f"{name}."))
                for name in names
            ):
                yield about, way, one.line, one.target


def _errors(source: SourceFile) -> Iterator[Found]:
    """How each statement with a failing status answers: throws or returns, and under which key."""
    seen: set[int] = set()
    for found in (one for each in _errors_of() for one in each.found(source.content)):
        node = _code_at(source, found.start(), found.end())
        statement, answer = _statement(node)
        if statement is None or answer is None or statement.start_byte in seen:
            continue
        if _NUMBER.match(found[0]) and not _is_handed_to_an_answer(source, node):
            continue
        seen.add(statement.start_byte)
        line = line_of(statement)
        yield from _answered(source, statement, source.text(answer)[:_LONGEST], line)


def _answered(source: SourceFile, statement: Node, said: str, line: int) -> Iterator[Found]:
    """How one statement answers."""
    shown = _said(said.encode())
    if statement.type in _THROWN:
        yield ERRORS, THROWN, line, shown
    elif _ABORTS.search(said):
        if source.facts.language != "typescript":  # there a request of one's own is given up
            yield ERRORS, "left to abort()", line, shown
    else:
        key = _key(source, said)
        is_answer = _BARE.match(said) or _SENT.search(said)
        if is_answer or (key and not _MADE.match(said)):  # who asks for an exception throws it
            yield ERRORS, "returned", line, shown
        if key:
            yield KEYS, f'told under "{key}"', line, shown


def _key(source: SourceFile, said: str) -> str:
    """The key of an error in an answer; of Go a field of a struct is none: its tag names that."""
    found = _QUOTED_KEY.search(said) if source.facts.language == "go" else _KEY.search(said)
    return found[1] if found else ""


def _is_handed_to_an_answer(source: SourceFile, node: Node | None) -> bool:
    """Whether what stands in arguments is among those of a call that answers by its name."""
    while node is not None and node.type not in _ARGUMENTS and node.type not in _STATEMENTS:
        node = node.parent
    if node is None or node.type in _STATEMENTS or node.parent is None:
        return True
    called = source.content[node.parent.start_byte : node.start_byte].decode("utf-8", "replace")
    return bool(_ANSWERS.search(re.split(r"->|::|\.", called)[-1]))


def _code_at(source: SourceFile, start: int, end: int) -> Node | None:
    """The smallest node around bytes; None in a comment or a text."""
    node = source.root.descendant_for_byte_range(start, end)
    while node is not None and node.start_byte == start and node.end_byte < end and node.parent:
        node = node.parent
    above = node
    while above is not None and above.end_byte - above.start_byte < _LONGEST:
        if "comment" in above.type or "string" in above.type or above.type in {"text", "heredoc"}:
            return None
        above = above.parent
    return node


def _statement(node: Node | None) -> tuple[Node | None, Node | None]:
    """The statement that answers with what stands at a node, and what of it is that answer.

    Of `a if found else b` that is one of both. None where the node is only asked for.
    """
    answer = None
    while node is not None:
        if node.type in _STATEMENTS:
            return node, answer or node
        if _ASKED.search(node.type) or node.type.endswith("_statement"):
            break
        if answer is None and node.parent is not None and node.parent.type in _EITHER:
            answer = node
        node = node.parent
    return None, None


def _said(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:80]
