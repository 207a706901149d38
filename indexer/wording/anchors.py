"""Which places of a codebase a text names: paths, symbols, commits, versions."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from indexer.markup.elements import links, without_code, without_comments
from memory.models.assessment import Anchor
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 24  # anchors of one memory; who names more lists them rather than speaks of them

_LEXICON = read_lexicon("anchors")
_ENDINGS, _WHOLE_NAMES = frozenset(_LEXICON["endings"]), frozenset(_LEXICON["whole_names"])
_MEDIA = lazy(r"(?:application|text|image|audio|video|multipart|font)/[\w.+*-]+$")
_SPAN = lazy(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,300})\1(?!`)")
_URL = lazy(r"\b[a-z][a-z+.-]{1,12}://\S+", re.IGNORECASE)
_AT_LINE = lazy(r"(?::\d+(?:[-:,]\d+){0,9}|#L\d+(?:-L?\d+)?|#[\w-]+)$")
_PATH = lazy(r"(?:\.{0,2}/)*+[\w.@+-]++(?:/[\w.@+-]++)*+/?|(?:\.{0,2}/)++(?<=\./)")
_PATH_IN_WORDS = lazy(
    r"(?<![\w/.:@~$*{}<>\\+-])(?:[\w.@+-]+/)+(?:[\w@+-][\w.@+-]*)?(?![*?{}<>$\w/\\])"
)
_BACKSLASHED = lazy(r"(?<![\w\\/.@+-])(?:[\w.@+-]+\\)+[\w@+-]+\.[a-z]\w{0,9}\b")
_SYMBOL = lazy(
    r"(?:[A-Za-z_]\w*(?:::|\.|#|->))*[A-Za-z_]\w*[!?]?(?P<call>\([^()]{0,80}\))?(?:;|:)?"
)
_SYMBOL_IN_WORDS = lazy(
    r"(?<![\w.:/`@-])(?:(?:[A-Za-z_]\w*(?:\.|::))*[A-Za-z_]\w+\(\)"
    r"|[A-Za-z_]\w*(?:::[A-Za-z_]\w*)+(?:\(\))?)"
)
_JOINT = lazy(r"::|\.|#|->")
_TELLING = lazy(r"[a-zA-Z0-9]_[a-zA-Z0-9]|[a-z][A-Z]|^[A-Z][a-z0-9]+[A-Z]|^[A-Z]+[a-z]\w*[A-Z]")
_HASH = lazy(r"(?<![\w/.#@-])([0-9a-f]{7,40})(?![\w/-]|\.\w)")
_BEFORE_HASH = lazy(rf"\b(?:{any_of(_LEXICON['before_hash'])})\b[^.;\n]{{0,24}}$", re.IGNORECASE)
_OTHER_HASH = lazy(rf"\b(?:{any_of(_LEXICON['other_hashes'])})\b", re.IGNORECASE)
_LAST_CLAUSE = lazy(r"[;\n]|(?<!e\.g)(?<!i\.e)\.\s")
_PRODUCTS = any_of(_LEXICON["products"])
_OR_LATER = rf"(?:\+|(?:,\s?|\s)(?:{any_of(_LEXICON['or_later'])})\b)"
_VERSION = lazy(
    rf"(?<![\w.-])(?:(?P<product>{_PRODUCTS})\s(?:version\s)?v?(?P<number>\d{{1,3}}(?:\.\d+){{0,2}})"
    r"|(?P<go>Go)\s(?P<go_number>\d\.\d+(?:\.\d+)?))"
    rf"(?P<later>{_OR_LATER})?(?![\w%]|\.\d|\s?(?:%|ms\b|times\b|days\b))"
)
_REQUIREMENT = lazy(
    r"@?[A-Za-z][\w./-]{1,80}(?:\[[\w,]+\])?(?:\s?(?:>=|~=)\s?|==|[@^])[v^~]?\d+(?:\.\d+){0,3}"
)
_IMAGE = lazy(rf"(?:{_PRODUCTS}):\d+(?:\.\d+){{0,2}}(?:-\w+)?", re.IGNORECASE)
_HOST = lazy(r"[\w-]+\.(?:com|org|io|dev|net)/")
_CURVES = frozenset({"ed25519", "ed448"})  # which could be hashes, and never are


def find_anchors(text: str, path: str = "", *, most: int = MOST) -> tuple[Anchor, ...]:
    """The places that a Markdown text names, each once, in the order of the text.

    Fenced code and comments name nothing, addresses on the web neither: they may be anybody's.
    What could as well be prose is left out.

    `path` is that of its file, which relative links begin at.
    """
    text = without_code(without_comments(text))
    found = sorted(_found(text, path), key=lambda one: one[0])
    anchors = dict.fromkeys(anchor for _, anchor in found if anchor.name != path)
    return tuple(anchors)[:most]


def symbol_parts(name: str) -> tuple[str, ...]:
    """What a symbol's name is made of: `Order::lines` is Order and lines."""
    return tuple(part for part in _JOINT.split(name.rstrip("!?")) if part)


def _found(text: str, path: str) -> Iterator[tuple[int, Anchor]]:
    spans = list(_SPAN.finditer(text))
    for span in spans:
        for anchor in _in_code(span[2].strip(), path):
            if anchor.type != "commit" or _is_commit(anchor.name, text, span):
                yield span.start(), anchor
    linked = links(text)
    for link in linked:
        place = None if "://" in link.target else _place(link.target, path, is_linked=True)
        if place:
            yield link.span[0], place
    words = _blanked(text, [span.span() for span in spans])
    words = _blanked(words, [match.span() for match in _URL.finditer(words)])
    words = _blanked(words, [_target_span(link.span, link.target, words) for link in linked])
    yield from _in_words(words, path)
    for match in _HASH.finditer(_blanked(text, [one.span() for one in _URL.finditer(text)])):
        before = text[: match.start()].replace("`", "")
        if _looks_hashed(match[1]) and _BEFORE_HASH.search(before[-60:]):
            yield match.start(), Anchor(type="commit", name=match[1])


def _in_code(code: str, path: str) -> Iterator[Anchor]:
    """What a code span names: itself, or where it is a command, the paths in it."""
    if _HASH.fullmatch(code):
        if _looks_hashed(code):
            yield Anchor(type="commit", name=code)
    elif any(form.fullmatch(code) for form in (_REQUIREMENT, _IMAGE, _VERSION)):
        yield Anchor(type="version", name=_version(code))
    elif place := _place(code, path):
        yield place
    elif code.endswith(".js"):  # Node.js
        return
    elif symbol := _symbol(code):
        yield symbol
    elif " " in code:
        for match in _PATH_IN_WORDS.finditer(_URL.sub(" ", code)):
            if _ends_like_a_file(match[0]) and (place := _place(match[0], path)):
                yield place


def _is_commit(name: str, text: str, span: re.Match[str]) -> bool:
    """Whether a hash in code is a commit's, and no example, no part of an address, no other id."""
    if _BEFORE_HASH.search(text[max(0, span.start() - 60) : span.start()]):
        return True
    before, after = text[max(0, span.start() - 40) : span.start()], text[span.end() :][:30]
    around = f"{_LAST_CLAUSE.split(before)[-1]} {_LAST_CLAUSE.split(after)[0]}"
    return not (_OTHER_HASH.search(around) or _in_address(name).search(text))


def _in_address(name: str) -> re.Pattern[str]:
    places = "".join(f"(?<!{place})" for place in ("commit", "commits", "tree", "blob", "compare"))
    return re.compile(rf"{places}[/=]{name}(?!\w)")


def _in_words(words: str, path: str) -> Iterator[tuple[int, Anchor]]:
    words = _BACKSLASHED.sub(lambda match: match[0].replace("\\", "/"), words)
    for match in _PATH_IN_WORDS.finditer(words):
        said = match[0].rstrip(".")
        is_folder = said.endswith("/") and said.count("/") > 1
        if (is_folder or _ends_like_a_file(said)) and (place := _place(said, path)):
            yield match.start(), place
    for match in _SYMBOL_IN_WORDS.finditer(words):
        if not _ends_like_a_file(match[0]):
            yield match.start(), Anchor(type="symbol", name=match[0].removesuffix("()"))
    for match in _VERSION.finditer(words):
        yield match.start(), Anchor(type="version", name=_version(match[0]))


def _version(said: str) -> str:
    """A version as it is named: "Go  1.7 or later" as `Go 1.7+`."""
    found = _VERSION.fullmatch(said)
    later = (found and found["later"]) or ""
    return " ".join(said.removesuffix(later).split()) + ("+" if later else "")


def _place(said: str, path: str, *, is_linked: bool = False) -> Anchor | None:
    """A path from the project's root, if that is what is written."""
    said = said.replace("\\", "/") if _BACKSLASHED.fullmatch(said) else said
    said = _AT_LINE.sub("", said)
    if not _PATH.fullmatch(said) or _MEDIA.fullmatch(said) or _HOST.match(said) or "..." in said:
        return None
    if "/" not in said.rstrip("/") and not (_ends_like_a_file(said) or said.endswith("/")):
        return None
    if (is_linked and not said.startswith("/")) or said.startswith(("./", "../")):
        said = posixpath.join(posixpath.dirname(path), said)
    name = posixpath.normpath(said).lstrip("/")
    letters = sum(character.isalpha() for character in name)
    return None if name.startswith("..") or letters < 2 else Anchor(type="path", name=name)


def _ends_like_a_file(said: str) -> bool:
    name = posixpath.basename(_AT_LINE.sub("", said))
    stem, dot, ending = name.rpartition(".")
    if name in _WHOLE_NAMES:
        return True
    return bool(dot) and ending in _ENDINGS and not (ending == "js" and stem.istitle())


def _symbol(code: str) -> Anchor | None:
    """A symbol, if a code span looks like one and not like a word."""
    match = _SYMBOL.fullmatch(code)
    if match is None:
        return None
    name = code.rstrip(";:")
    name = name[: match.start("call")] if match["call"] else name
    parts = symbol_parts(name)
    is_telling = _TELLING.search(parts[-1]) or (len(parts) > 1 and parts[0][:1].isupper())
    if not (is_telling or match["call"] == "()" or "::" in name) or _ends_like_a_file(name):
        return None
    return Anchor(type="symbol", name=name)


def _looks_hashed(name: str) -> bool:
    """Whether it is neither a number nor a word that happens to have no letter beyond f."""
    has_both = any(one.isdigit() for one in name) and any(one.isalpha() for one in name)
    return has_both and name not in _CURVES


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with blanks where these spans were, so that everything else stays in its place."""
    kept = []
    at = 0
    for start, end in sorted(spans):
        kept += [text[at:start], " " * (end - max(start, at))]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _target_span(span: tuple[int, int], target: str, text: str) -> tuple[int, int]:
    """Where in a link its target is written; nowhere for one that stands elsewhere."""
    at = text.rfind(target, *span)
    return (at, at + len(target)) if at >= 0 else (span[0], span[0])
